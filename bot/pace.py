"""How fast we send: not more than a platform allows, for the account and for one person."""

from __future__ import annotations

from collections import OrderedDict

from aiolimiter import AsyncLimiter

from connectors.base import Pace

REMEMBERED = 10_000  # people


class Pacer:
    """The pace of one channel in this process."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._account = AsyncLimiter(max(1.0, pace.per_second), 1.0)
        self._people: OrderedDict[str, AsyncLimiter] = OrderedDict()

    async def wait(self, recipient_id: str) -> None:
        """Returns when the next call to this person may be made."""
        if self._pace.same_person:
            person = self._people.setdefault(recipient_id, AsyncLimiter(1, self._pace.same_person))
            self._people.move_to_end(recipient_id)
            if len(self._people) > REMEMBERED:
                self._people.popitem(last=False)
            await person.acquire()
        await self._account.acquire()
