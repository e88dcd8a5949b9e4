"""The demo shop over real HTTP, with a clock that stands still."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from demo.shop import build

MONDAY_NOON = datetime(2026, 11, 23, 5, 0, tzinfo=timezone.utc)


@dataclass
class Clock:
    time: datetime = MONDAY_NOON

    def __call__(self) -> datetime:
        return self.time

    def forward(self, **much: float) -> None:
        self.time += timedelta(**much)


CLOSED: ASGIApp = PlainTextResponse("closed", status_code=503)


class Counter:
    """One server for every test's shop: opening a port a thousand times took minutes."""

    def __init__(self) -> None:
        self.shop: ASGIApp | None = None
        self._server = uvicorn.Server(
            uvicorn.Config(self, port=0, ws="none", lifespan="off", log_level="error")
        )
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        self.url = f"http://127.0.0.1:{self._server.servers[0].sockets[0].getsockname()[1]}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (self.shop or CLOSED)(scope, receive, send)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()


@dataclass
class Shop:
    """The demo shop behind a port; closed, it answers 503 where it is looked for."""

    data_dir: Path
    clock: Clock
    counter: Counter

    def open(self) -> None:
        self.counter.shop = build(self.data_dir, self.clock, "http://127.0.0.1:8080")

    @property
    def url(self) -> str:
        return self.counter.url

    def close(self) -> None:
        self.counter.shop = None
