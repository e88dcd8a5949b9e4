"""Where tests keep a channel's tokens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from connectors.base import Tokens


class MemoryVault:
    """As the database's: one asks at a time, and who comes late gets what the first was given."""

    def __init__(self, tokens: Tokens | None = None) -> None:
        self.now = tokens
        self.asked = 0
        self._lock = asyncio.Lock()

    async def tokens(self, channel: str) -> Tokens | None:
        return self.now

    async def renew(
        self, channel: str, used: Tokens, ask: Callable[[Tokens], Awaitable[Tokens]]
    ) -> Tokens:
        async with self._lock:
            if self.now is not None and self.now != used:
                return self.now
            self.asked += 1
            self.now = await ask(used)
            return self.now
