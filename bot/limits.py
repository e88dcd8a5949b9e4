"""How much one sender may ask of us. (The `limits` library needs a newer packaging than Rasa
allows.)"""

from __future__ import annotations

import time
from collections import OrderedDict

from bot.shared import Shared

REMEMBERED = 100_000  # senders; the one longest quiet is forgotten first


class TokenBuckets:
    """One bucket a sender: `burst` tokens at once, refilled at `per_minute`."""

    def __init__(self, per_minute: float, burst: float) -> None:
        self._per_second = per_minute / 60
        self._burst = burst
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, sender: str, now: float) -> bool:
        """Take a token; False when the bucket is empty. `now` in seconds of a monotonic clock."""
        tokens, at = self._buckets.pop(sender, (self._burst, now))
        tokens = min(self._burst, tokens + (now - at) * self._per_second)
        allowed = tokens >= 1
        self._buckets[sender] = (tokens - 1 if allowed else tokens, now)
        if len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
        return allowed


class Limit:
    """Buckets of all web processes together, where they share a Redis; else of this one."""

    def __init__(self, name: str, per_minute: float, burst: float, shared: Shared | None) -> None:
        self._key = f"limit:{name}:"
        self._every = 60 / per_minute
        self._burst = burst
        self._shared = shared
        self._own = TokenBuckets(per_minute, burst)

    async def take(self, sender: str) -> bool:
        """Take a token; False when the sender's bucket is empty."""
        if self._shared is not None:
            wait = await self._shared.turn(self._key + sender, self._every, self._burst)
            if wait is not None:
                return wait == 0
        return self._own.take(sender, time.monotonic())
