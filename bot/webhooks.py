"""The platforms' door: verified, stored, acknowledged; workers do the rest."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot import intake
from bot.metrics import REFUSED
from bot.web_io import BodyTooLarge, read_body, webhook_request
from connectors.base import (
    Channel,
    Event,
    InboundMessage,
    SignatureError,
    Unread,
    UnreadableError,
    WebhookRequest,
)

log = logging.getLogger(__name__)

LARGEST = 2 * 1024 * 1024  # bytes; a platform's batch of a thousand events is smaller
NOTICES = 4  # at once on each channel; in a flood, or while a platform hangs, the others go without


def routes() -> list[BaseRoute]:
    return [Route("/webhooks/{channel}", webhook, methods=["GET", "HEAD", "POST"])]


async def webhook(request: Request) -> Response:
    """GET: the platform's handshake. POST: its events; 200 when every one is stored, 401 when it
    did not send them, 503 (and it tries again) when the database is away."""
    channels: Mapping[str, Channel] = request.app.state.channels
    channel = channels.get(request.path_params["channel"])
    if channel is None:
        return PlainTextResponse("This channel is not set up.", 404)
    try:
        seen = webhook_request(request, await read_body(request, LARGEST))
        if (echo := channel.challenge(seen)) is not None:
            return PlainTextResponse(echo)
        if request.method != "POST":
            return PlainTextResponse("ok")
        channel.verify(seen)
    except BodyTooLarge:
        return PlainTextResponse("The body is too large.", 413)
    except SignatureError as forgery:
        REFUSED.labels(channel.name).inc()
        log.warning("webhook %s refused: %s", channel.name, forgery)
        return PlainTextResponse("The signature is not right.", 401)
    state = request.app.state
    events = _events(channel, seen)
    new = await intake.take(state.db, channel, events, state.clock, state.settings.debounce)
    await state.live.ring(intake.word_of(events, new))
    free = state.noticing.setdefault(channel.name, asyncio.Semaphore(NOTICES))
    # Not JSON: Telegram would read a method call in it.
    return PlainTextResponse("ok", background=BackgroundTask(_notice, channel, new, free))


async def _notice(channel: Channel, new: Sequence[InboundMessage], free: asyncio.Semaphore) -> None:
    if not free.locked():
        async with free:
            await intake.notice(channel, new)


def _events(channel: Channel, seen: WebhookRequest) -> Sequence[Event]:
    try:
        return channel.parse(seen)
    except UnreadableError as error:
        return [Unread(channel.name, str(error), seen.body.decode("utf-8", "replace"))]
    except Exception as bug:  # a parser that trips over one body must still take it
        log.exception("webhook %s: the parser failed", channel.name)
        return [Unread(channel.name, type(bug).__name__, seen.body.decode("utf-8", "replace"))]
