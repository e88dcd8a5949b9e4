"""What all processes on all machines share through a Redis, where there is one. Nothing depends on
it: while it is away, each process does with what it has itself."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

from redis.asyncio import Redis
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

T = TypeVar("T")

PATIENCE: Final = 0.5  # seconds: a customer's message must not wait for it
AWAY_SECONDS: Final = 1.0  # before it is asked again
AWAY: Final = (RedisError, OSError, asyncio.TimeoutError)
PREFIX: Final = "carebot:"

# One number a key: when the next turn would come if all came evenly (generic cell rate algorithm).
# The clock is Redis's own. Answers the milliseconds to wait; a turn that is not booked is not
# taken when there are any.
TURN: Final = """
local now = redis.call('TIME')
now = now[1] * 1000 + now[2] / 1000
local every, burst, booked = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3] == '1'
local next = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
local wait = math.max(0, next - (burst - 1) * every - now)
if wait > 0 and not booked then return math.ceil(wait) end
redis.call('SET', KEYS[1], next + every, 'PX', math.ceil(next + every - now))
return math.ceil(wait)
"""


class Shared:
    """One Redis, by its URL."""

    def __init__(self, url: str) -> None:
        self._redis: Any = Redis.from_url(
            url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
        )
        self._turn = self._redis.register_script(TURN)
        self._away_until = 0.0

    async def ask(self, what: Callable[[Any], Awaitable[T]]) -> T | None:
        """None while Redis is away."""
        now = time.monotonic()
        if now < self._away_until:
            return None
        try:
            return await what(self._redis)
        except AWAY as error:
            log.warning("Redis is away: %s", type(error).__name__)
            self._away_until = time.monotonic() + AWAY_SECONDS
            return None

    async def turn(
        self, key: str, every: float, burst: float, *, booked: bool = False
    ) -> float | None:
        """Seconds until a turn of this key may be had, of which there is one `every` so many
        seconds and `burst` at once; 0 took it, and so does `booked` whatever the wait. None while
        Redis is away."""
        arguments = (every * 1000, burst, int(booked))

        async def ask(redis: Any) -> int:
            return int(await self._turn(keys=[PREFIX + key], args=arguments))

        wait = await self.ask(ask)
        return None if wait is None else wait / 1000

    async def close(self) -> None:
        await self._redis.close()
