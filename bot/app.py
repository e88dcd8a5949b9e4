"""Puts the parts together; the only module that knows them all."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import signal
import sys
import threading
from collections.abc import AsyncIterator
from functools import partial
from importlib import import_module
from types import FrameType
from typing import Any

import uvicorn

from bot import clock, doorbell, metrics, scratch
from bot.answer import Dialogue
from bot.config import ConfigError, Settings
from bot.live import Live
from bot.shared import Shared
from bot.storage import files
from bot.storage.db import Database
from bot.vault import DatabaseVault
from bot.worker import Worker
from connectors.base import Channel, File, PermanentError, Tools

log = logging.getLogger(__name__)

# New objects between two looks for garbage: most of a turn's go by themselves, and Python's 700 are
# made some hundred times a second.
GARBAGE = 10_000

GRACE_SECONDS = 5  # for requests under way when the process stops
SOCKET_BYTES = 2 * 1024 * 1024  # a larger frame closes the socket; a long text is refused in words


# Where each connector is, by how the names of its settings begin: one that is not set up is not
# imported.
CHANNELS = {
    "MESSENGER_": "connectors.messenger:Messenger",
    "ZALO_": "connectors.zalo:ZaloOA",
    "ZALO_BOT_": "connectors.zalo_bot:ZaloBot",
    "TELEGRAM_": "connectors.telegram:Telegram",
}


def channels(settings: Settings, db: Database) -> dict[str, Channel]:
    """The platforms that are set up, by name. Raises ConfigError for one that is half set up."""
    given = tools(settings, db)
    found: dict[str, Channel] = {}
    for prefix in CHANNELS:
        if any(name.startswith(prefix) for name in settings.env):
            kind = connector(prefix)
            if (values := settings.of_channel(kind.settings)) is not None:
                found[kind.name] = kind(values, given)
    return found


@contextlib.asynccontextmanager
async def opened(settings: Settings, db: Database) -> AsyncIterator[dict[str, Channel]]:
    """The same, for a command."""
    found = channels(settings, db)
    try:
        yield found
    finally:
        for channel in found.values():
            await channel.close()


def tools(settings: Settings, db: Database) -> Tools:
    """What a connector is given."""
    vault = DatabaseVault(db, settings.secret_key, clock.now)
    return Tools(clock.now, partial(_read_file, db), vault)


def connector(prefix: str) -> Any:
    """The class of a connector."""
    module, _, name = CHANNELS[prefix].partition(":")
    return getattr(import_module(module), name)


async def _read_file(db: Database, url: str) -> File:
    """The bytes behind an address that we send. Raises PermanentError."""
    async with db.read() as tx:
        stored = await files.by_key(tx, url.removeprefix("/files/"))
    if stored is None:
        raise PermanentError(f"no file behind {url!r}", "no_file")
    file, data = stored
    return File(data, file.name, file.mime)


def slack_values(settings: Settings) -> dict[str, str] | None:
    """The settings of the agents' desk in Slack; None when it is not set up. Raises ConfigError
    when it is half set up."""
    if not any(name.startswith("SLACK_") for name in settings.env):
        return None
    from connectors.slack import UNSET, Slack

    values = settings.of_channel(Slack.settings)
    if values and values["SLACK_SIGNING_SECRET"] == values["SLACK_APP_TOKEN"] == UNSET:
        raise ConfigError("SLACK_SIGNING_SECRET: needed too; or SLACK_APP_TOKEN, for Socket Mode")
    return values


def _hear_slack(web_app: Any, settings: Settings, db: Database, live: Live) -> None:
    """Slack's door, where it is set up by HTTP."""
    if values := slack_values(settings):
        from bot.slack_desk import door, keep
        from connectors.slack import Ear

        ear = Ear(values, partial(keep, db, live.ring, clock.now))
        if not ear.by_socket:
            web_app.router.routes.append(door.route(ear))


async def _serve_slack(settings: Settings, db: Database, stopping: asyncio.Event) -> None:
    """The agents' desk in Slack, where it is set up."""
    if values := slack_values(settings):
        from bot.slack_desk import Look, SlackDesk, keep
        from connectors.slack import Ear, Slack

        bell = doorbell.for_database(settings.database_url, settings.redis_url)
        ear = Ear(values, partial(keep, db, bell.ring, clock.now))
        language = "en" if values["SLACK_LANGUAGE"] == "en" else "vi"
        look = Look(language, settings.public_url)
        await SlackDesk(db, bell, Slack(values), ear, look, clock.now).run(stopping)


async def _send_digests(settings: Settings, db: Database, stopping: asyncio.Event) -> None:
    """The weekly digest, by the ways that are set up."""
    from bot import digest
    from bot.digest.mail import ByMail

    ways: dict[str, digest.Send] = {}
    if settings.smtp_url:
        ways[digest.EMAIL] = ByMail(settings.smtp_url, settings.mail_from)
    values = slack_values(settings)
    if values and settings.digest_slack_channel:
        from bot.slack_desk.digest import BySlack
        from connectors.slack import Slack

        slack = Slack({**values, "SLACK_CHANNEL": settings.digest_slack_channel})
        ways[digest.SLACK] = BySlack(slack)
    office = digest.Office(
        db,
        ways,
        clock.now,
        business=settings.business,
        public_url=settings.public_url,
        channel=settings.digest_slack_channel,
    )
    await office.run(stopping)


def serve_web(settings: Settings) -> None:
    """Run the web process until it is told to stop."""
    gc.set_threshold(GARBAGE)
    from bot import web

    db = Database(settings.database_url)
    live = Live(db, doorbell.for_database(settings.database_url, settings.redis_url))
    web_app = web.build(db, live, settings, clock.now, channels(settings, db))
    _hear_slack(web_app, settings, db, live)
    config = uvicorn.Config(
        web_app,
        host=settings.host,
        port=settings.port,
        ws="wsproto",  # "auto" would import websockets 10, which Rasa holds and uvicorn cannot use
        ws_max_size=SOCKET_BYTES,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = _Server(config, settings.drain_seconds)
    server.run()
    if not server.started:
        sys.exit(3)  # it has said why


class _Server(uvicorn.Server):
    """Told to stop, it first only says at /health/ready that it will, and serves on for a while:
    so load balancers send nobody any more."""

    def __init__(self, config: uvicorn.Config, drain_seconds: float) -> None:
        super().__init__(config)
        self._drain_seconds = drain_seconds

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        state = self.config.app.state  # type: ignore[union-attr]
        if sig == signal.SIGTERM and self._drain_seconds and not state.leaving:
            state.leaving = True
            ending = threading.Timer(self._drain_seconds, super().handle_exit, (sig, frame))
            ending.daemon = True
            ending.start()
        else:
            super().handle_exit(sig, frame)


def serve_worker(settings: Settings) -> None:
    """Run a worker until it is told to stop."""
    gc.set_threshold(GARBAGE)
    scratch.begin()
    metrics.serve(settings.metrics_port)
    asyncio.run(_work(settings))


async def _work(settings: Settings) -> None:
    def load(archive: bytes, name: str) -> Dialogue:
        from bot.dialogue import RasaDialogue

        return RasaDialogue.load(archive, name)

    # Rasa takes many seconds to import: meanwhile the worker shows that it lives, and a model may
    # still be in training.
    importing = asyncio.get_running_loop().run_in_executor(None, import_module, "bot.dialogue")

    db = Database(settings.database_url)
    shared = Shared(settings.redis_url) if settings.redis_url else None
    worker = Worker(
        db,
        doorbell.for_database(settings.database_url, settings.redis_url),
        channels(settings, db),
        load,
        clock.now,
        settings,
        shared,
    )
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(sign, worker.stop)
    stopping = asyncio.Event()
    slack = asyncio.create_task(_serve_slack(settings, db, stopping))
    digests = asyncio.create_task(_send_digests(settings, db, stopping))
    try:
        await worker.run()
        await importing
    finally:
        stopping.set()
        await slack
        await digests
        if shared:
            await shared.close()
        await db.close()
