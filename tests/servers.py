"""A real Carebot server on a real socket, whose assistant is scripted."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
import uvicorn
import websockets
from doubles import ScriptedDialogue
from quick import QuickServer

from bot import clock, doorbell, web
from bot.answer import Dialogue
from bot.config import Settings
from bot.live import Live
from bot.storage import releases
from bot.storage.db import Database
from bot.worker import Worker
from connectors.base import Channel

SECRET = "x" * 32
SHOP = "https://shop.example"


def settings(database_url: str, port: int = 8080, **more: str) -> Settings:
    env = {
        "DATABASE_URL": database_url,
        "SECRET_KEY": SECRET,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "WIDGET_ORIGINS": SHOP,
        "WIDGET_IDENTITY_SECRET": "shop secret",
        "WIDGET_MESSAGES_PER_MINUTE": "120",
        "DEBOUNCE_MS": "0",
    }
    return Settings.from_env({**env, **more})


@dataclass
class Server:
    """A running Carebot whose assistant is scripted."""

    url: str
    db: Database
    settings: Settings
    dialogue: ScriptedDialogue
    http: httpx.AsyncClient
    sockets: list[Any] = field(default_factory=list)

    async def token(self, token: str = "") -> str:
        answer = await self.http.post("/widget/session", json={"token": token, "locale": "vi"})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["token"])

    async def open(
        self, token: str | None = None, after: int | None = None, **hello: object
    ) -> Tab:
        connection = await websockets.connect(  # type: ignore[attr-defined]
            self.url.replace("http", "ws") + "/widget/ws",
            origin=hello.pop("origin", SHOP),
            max_queue=None,  # a client that has stopped reading waits ten seconds for its goodbye
        )
        self.sockets.append(connection)
        tab = Tab(connection, token or await self.token())
        await tab.send({"type": "hello", "token": tab.token, "after": after, **hello})
        return tab


@dataclass
class Tab:
    """One socket, as an independent client (the websockets library) sees it."""

    connection: Any
    token: str
    frames: list[dict[str, Any]] = field(default_factory=list)

    async def send(self, frame: object) -> None:
        text = frame if isinstance(frame, str) else json.dumps(frame)
        await self.connection.send(text)

    async def next(self, kind: str, seconds: float = 5) -> dict[str, Any]:
        """The next frame of this kind; those before it are kept in `frames`."""
        while True:
            frame = json.loads(await asyncio.wait_for(self.connection.recv(), seconds))
            self.frames.append(frame)
            if frame["type"] == kind:
                return frame

    async def message(self, author: str) -> dict[str, Any]:
        while True:
            frame = await self.next("message")
            if frame["message"]["author"] == author:
                return frame["message"]


@contextlib.asynccontextmanager
async def running(
    settings: Settings,
    dialogue: Dialogue,
    port: int,
    sock: socket.socket,
    channels: Mapping[str, Channel] | None = None,
    now: Callable[[], datetime] = clock.now,
) -> AsyncIterator[Server]:
    db = Database(settings.database_url)
    own = Database(settings.database_url)
    live = Live(own, doorbell.for_database(settings.database_url))
    app = web.build(own, live, settings, now, channels)
    config = uvicorn.Config(app, ws="wsproto", log_config=None, ws_max_size=2 * 1024 * 1024)
    server = QuickServer(config)
    serving = asyncio.create_task(server.serve(sockets=[sock]))
    async with db.begin() as tx:
        model = await releases.store(tx, "scripted", "", b"", now())
        await releases.publish(tx, model.id, "test", now())
    worker = Worker(
        db,
        doorbell.for_database(settings.database_url),
        channels or {},
        lambda archive, name: dialogue,
        now,
        settings,
    )
    working = asyncio.create_task(worker.run())
    while not server.started:
        await asyncio.sleep(0.01)
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}", headers={"Origin": SHOP}
    ) as http:
        made = Server(f"http://127.0.0.1:{port}", db, settings, dialogue, http)  # type: ignore[arg-type]
        try:
            yield made
        finally:
            for connection in made.sockets:
                await connection.close()
            worker.stop()
            await working
            server.should_exit = True
            await serving
            await db.close()
