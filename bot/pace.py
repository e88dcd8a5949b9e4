"""How fast we send: not more than a platform allows, for the account and for one person."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from aiolimiter import AsyncLimiter

from bot.shared import Shared
from connectors.base import Pace

REMEMBERED = 10_000  # people


class Pacer:
    """The pace of one channel: of all workers together where they share a Redis, else of this
    one."""

    def __init__(self, pace: Pace, channel: str = "", shared: Shared | None = None) -> None:
        self._pace = pace
        self._key = f"pace:{channel}"
        self._shared = shared
        self._burst = max(1.0, pace.per_second)
        self._account = AsyncLimiter(self._burst, 1.0)
        self._people: OrderedDict[str, AsyncLimiter] = OrderedDict()

    async def wait(self, recipient_id: str) -> None:
        """Returns when the next call to this person may be made."""
        if self._pace.same_person and not await self._booked(
            f"{self._key}:{recipient_id}", self._pace.same_person, 1
        ):
            person = self._people.setdefault(recipient_id, AsyncLimiter(1, self._pace.same_person))
            self._people.move_to_end(recipient_id)
            if len(self._people) > REMEMBERED:
                self._people.popitem(last=False)
            await person.acquire()
        if not await self._booked(self._key, 1 / self._burst, self._burst):
            await self._account.acquire()

    async def _booked(self, key: str, every: float, burst: float) -> bool:
        """Waits for a turn that all workers share; False while there is no Redis."""
        if self._shared is None:
            return False
        wait = await self._shared.turn(key, every, burst, booked=True)
        if wait is not None:
            await asyncio.sleep(wait)
        return wait is not None
