"""How much one sender may ask of us. (The `limits` library needs a newer packaging than Rasa
allows.)"""

from __future__ import annotations

from collections import OrderedDict

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
