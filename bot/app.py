"""Puts the parts together; the only module that knows them all."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from importlib import import_module

import uvicorn

from bot import clock, doorbell
from bot.answer import Dialogue
from bot.config import Settings
from bot.live import Live
from bot.storage.db import Database
from bot.worker import Worker
from connectors.base import Channel

log = logging.getLogger(__name__)

SOCKET_BYTES = 2 * 1024 * 1024  # a larger frame closes the socket; a long text is refused in words


def channels(settings: Settings) -> dict[str, Channel]:
    """The platforms that are set up, by name."""
    from connectors.web_widget import WebWidget

    widget = WebWidget(settings.secret_key, settings.widget_identity_secret)
    return {widget.name: widget}


def serve_web(settings: Settings) -> None:
    """Run the web process until it is told to stop."""
    from bot import web

    db = Database(settings.database_url)
    live = Live(db, doorbell.for_database(settings.database_url))
    uvicorn.run(
        web.build(db, live, settings, clock.now),
        host=settings.host,
        port=settings.port,
        ws="wsproto",  # "auto" would import websockets 10, which Rasa holds and uvicorn cannot use
        ws_max_size=SOCKET_BYTES,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )


def serve_worker(settings: Settings) -> None:
    """Run a worker until it is told to stop."""
    asyncio.run(_work(settings))


async def _work(settings: Settings) -> None:
    def load(archive: bytes, name: str) -> Dialogue:
        from bot.dialogue import RasaDialogue

        return RasaDialogue.load(archive, name)

    # Rasa takes many seconds to import: meanwhile the worker shows that it lives, and a model may
    # still be in training.
    importing = asyncio.get_running_loop().run_in_executor(None, import_module, "bot.dialogue")

    db = Database(settings.database_url)
    worker = Worker(
        db,
        doorbell.for_database(settings.database_url),
        channels(settings),
        load,
        clock.now,
        settings,
    )
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(sign, worker.stop)
    try:
        await worker.run()
        await importing
    finally:
        await db.close()
