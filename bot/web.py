"""The web process: every door of Carebot. It never loads Rasa; what it stores, workers answer."""

from __future__ import annotations

import functools
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bot import canned, console, health, hooks, webhooks, widget
from bot.config import Settings
from bot.facts import Facts, file_in
from bot.live import Live
from bot.shared import Shared
from bot.storage import canned as canned_replies
from bot.storage import health as depths
from bot.storage import releases
from bot.storage.db import Database, DatabaseUnavailable
from bot.suggestions import Suggestions
from bot.web_io import client_address
from connectors.base import Channel
from connectors.crm import Crm

log = logging.getLogger(__name__)

Endpoint = Callable[[Request], Awaitable[Response]]
LOOPBACK = ("127.0.0.1", "::1")


def build(
    db: Database,
    live: Live,
    settings: Settings,
    clock: Callable[[], datetime],
    channels: Mapping[str, Channel] | None = None,
) -> Starlette:
    """The ASGI application. `db` and `live` are the caller's to open, the application's to close;
    so are the connections of `channels`, the platforms that are set up."""
    app = Starlette(
        routes=[
            Route("/", home),
            Route("/health/live", alive),
            Route("/health/ready", ready),
            Route("/health/deep", deep),
            Route("/metrics", metrics_page),
            *webhooks.routes(),
            *hooks.routes(),
            *widget.routes(),
            console.mount(),
        ],
        exception_handlers={DatabaseUnavailable: _unavailable},
        lifespan=_lifespan,
    )
    app.state.db, app.state.live = db, live
    app.state.leaving = False  # told to stop, and still serving
    app.state.settings, app.state.clock = settings, clock
    app.state.shared = Shared(settings.redis_url) if settings.redis_url else None
    app.state.facts = Facts(file_in(settings.project_dir))
    app.state.suggestions = Suggestions(settings.project_dir, db)
    app.state.channels, app.state.noticing = channels or {}, {}
    app.state.crm = Crm(settings.crm_url, settings.crm_token) if settings.crm_url else None
    widget.prepare(app.state)
    return app


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    await app.state.live.open()
    await _begin_with_replies(app.state.db, app.state.clock())
    yield
    for channel in app.state.channels.values():
        await channel.close()
    if app.state.shared:
        await app.state.shared.close()
    await app.state.live.close()
    await app.state.db.close()


async def _begin_with_replies(db: Database, now: datetime) -> None:
    """The canned replies that a new shop begins with."""
    try:
        async with db.begin() as tx:
            await canned_replies.seed(tx, canned.defaults(), now)
    except DatabaseUnavailable as error:
        log.warning("canned replies: %s", error)


async def home(request: Request) -> Response:
    return RedirectResponse("/console/")


async def alive(request: Request) -> Response:
    """GET /health/live: this process answers."""
    return JSONResponse({"live": True})


async def ready(request: Request) -> Response:
    """GET /health/ready: messages can be stored (200, else 503); whether a bot answers them, and
    whether none waits for it too long. 503 too once the process is to stop."""
    state = request.app.state
    if state.leaving:
        return JSONResponse({"leaving": True, "why": "this process is about to stop"}, 503)
    now = state.clock()
    try:
        async with state.db.read() as tx:
            bot = await releases.bot_ready(tx, now - releases.ALIVE)
            oldest = await depths.oldest_waiting(tx)
    except DatabaseUnavailable as error:
        away = {"database": False, "bot": False, "queue": False}
        return JSONResponse({**away, "why": str(error)}, 503)
    moves = oldest is None or now - oldest < health.STUCK
    return JSONResponse({"database": True, "bot": bot, "queue": moves})


def from_here(endpoint: Endpoint) -> Endpoint:
    """What only this machine may read: others find nothing."""

    @functools.wraps(endpoint)
    async def guarded(request: Request) -> Response:
        if client_address(request) not in LOOPBACK:
            return Response("Not found", 404)
        return await endpoint(request)

    return guarded


@from_here
async def deep(request: Request) -> Response:
    """GET /health/deep: how everything stands."""
    state = request.app.state
    found = await health.look(state.db, state.channels, state.clock())
    return JSONResponse(health.as_json(found))


@from_here
async def metrics_page(request: Request) -> Response:
    """GET /metrics: what this process has counted, and how everything stands now."""
    state = request.app.state
    try:
        found = await health.look(state.db, state.channels, state.clock())
    except DatabaseUnavailable as error:
        log.warning("figures without the database: %s", error)
        found = None
    text = generate_latest() + health.exposition(found)
    return Response(text, media_type=CONTENT_TYPE_LATEST)


async def _unavailable(request: Request, error: Exception) -> Response:
    log.warning("%s %s: %s", request.method, request.url.path, error)
    return Response("The database is away; try again in a moment.", 503, {"Retry-After": "5"})
