"""Pretend platforms on a real socket."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import uvicorn
from quick import QuickServer
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from connectors.base import WebhookRequest


@dataclass
class Door:
    """Stands in for Carebot's webhooks: keeps what comes. What holds one of the words in `fails`
    is answered with 500, that many times."""

    came: list[WebhookRequest] = field(default_factory=list)
    fails: dict[bytes, int] = field(default_factory=dict)

    def routes(self) -> list[BaseRoute]:
        return [Route("/webhook", self._take, methods=["POST"])]

    async def _take(self, request: Request) -> Response:
        body = await request.body()
        self.came.append(
            WebhookRequest("POST", body, dict(request.headers), dict(request.query_params))
        )
        for word, times in self.fails.items():
            if word in body and times > 0:
                self.fails[word] -= 1
                return Response(status_code=500)
        return Response()


def free_socket() -> tuple[socket.socket, str]:
    """A bound socket and its address, so that an address is known before its server runs."""
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    return sock, f"http://127.0.0.1:{sock.getsockname()[1]}"


@contextlib.asynccontextmanager
async def serving(routes: Sequence[BaseRoute], sock: socket.socket) -> AsyncIterator[None]:
    app = Starlette(routes=list(routes))
    config = uvicorn.Config(app, log_config=None, ws="none", lifespan="off")
    server = QuickServer(config)
    running = asyncio.create_task(server.serve(sockets=[sock]))
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = server.force_exit = True  # some answer only after minutes
        await running
        sock.close()
