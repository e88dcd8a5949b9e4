"""uvicorn as tests want it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from contextlib import AbstractContextManager

import uvicorn

LOOK_SECONDS = 0.01


class QuickServer(uvicorn.Server):
    """Stops at once: uvicorn looks ten times a second whether it shall, and rests for a tenth when
    it does, and tests stop hundreds of servers. Signals are left to pytest."""

    def capture_signals(self) -> AbstractContextManager[None]:
        return contextlib.nullcontext()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        # asyncio sets it for the sockets that it makes itself; without it the second of two small
        # writes waits 40 ms for the other side. What is accepted inherits it.
        for listening in sockets or ():
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await super().startup(sockets)

    async def main_loop(self) -> None:
        await self.on_tick(0)
        while not self.should_exit:
            await asyncio.sleep(LOOK_SECONDS)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for listening in (*self.servers, *(sockets or ())):
            listening.close()
        state, clock = self.server_state, asyncio.get_running_loop().time
        for connection in list(state.connections):
            connection.shutdown()
        patience = self.config.timeout_graceful_shutdown
        end = None if patience is None else clock() + patience
        await asyncio.sleep(LOOK_SECONDS)
        while (state.connections or state.tasks) and not self.force_exit:
            if end is not None and clock() > end:
                for task in state.tasks:
                    task.cancel()
                break
            await asyncio.sleep(LOOK_SECONDS)
        if not self.force_exit:
            await self.lifespan.shutdown()
