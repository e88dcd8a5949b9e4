"""The server side of the website widget. The protocol is in docs/widget-protocol.md."""

from __future__ import annotations

import asyncio
import gzip

from starlette.datastructures import State
from starlette.routing import BaseRoute, Route, WebSocketRoute

from bot.limits import Limit, TokenBuckets
from bot.widget.files import get_file, post_file
from bot.widget.http import (
    guarded,
    history,
    poll,
    post_identify,
    post_message,
    post_seen,
    post_typing,
    script,
    session,
)
from bot.widget.tab import socket
from connectors.web_widget import SCRIPT, WebWidget


def routes() -> list[BaseRoute]:
    def route(path: str, handler: object, method: str) -> Route:
        return Route(path, guarded(handler), methods=[method, "OPTIONS"])  # type: ignore[arg-type]

    return [
        Route("/widget.js", script),
        Route("/files/{key}", get_file),
        WebSocketRoute("/widget/ws", socket),
        route("/widget/session", session, "POST"),
        route("/widget/events", poll, "GET"),
        route("/widget/history", history, "GET"),
        route("/widget/messages", post_message, "POST"),
        route("/widget/seen", post_seen, "POST"),
        route("/widget/typing", post_typing, "POST"),
        route("/widget/identify", post_identify, "POST"),
        route("/widget/files", post_file, "POST"),
    ]


def prepare(state: State) -> None:
    """What the routes above need on the application's state, beside db, live, settings, clock,
    shared."""
    state.widget = WebWidget(state.settings.secret_key, state.settings.widget_identity_secret)
    plain = SCRIPT.read_bytes()
    state.widget_script = (plain, gzip.compress(plain, mtime=0))
    per_minute = state.settings.widget_messages_per_minute
    shared = state.shared
    state.message_limit = Limit("message", per_minute, max(20, per_minute / 3), shared)
    state.session_limit = Limit("session", 60, 120, shared)
    state.examining = asyncio.Semaphore(1)  # an image may take a second and 150 MB
    state.frame_limit = TokenBuckets(10 * per_minute, burst=max(200, per_minute))
    state.bot_seen = (float("-inf"), False)  # when it was looked, and whether a bot was there
    state.file_limit = Limit("file", 20, 20, shared)
