"""What was bought: the facts that retention, value and conversion are reckoned from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.figures.figure import once

ACTIVE: Final = timedelta(days=180)


@dataclass(frozen=True)
class Order:
    """A paid order."""

    id: int
    person_id: int  # of a merged person, the one that is left
    paid_at: datetime
    value: int  # đồng
    returned: int = 0  # đồng given back

    @property
    def stands(self) -> bool:
        """Whether the customer has kept any of it."""
        return self.returned < self.value or not self.returned


def active(orders: Iterable[Order], at: datetime, within: timedelta = ACTIVE) -> frozenset[int]:
    """People with a paid order in the time before that moment."""
    return frozenset(each.person_id for each in orders if at - within <= each.paid_at < at)


def first_orders(orders: Iterable[Order]) -> dict[int, datetime]:
    """When each person bought for the first time."""
    first: dict[int, datetime] = {}
    for each in once(orders):
        first[each.person_id] = min(each.paid_at, first.get(each.person_id, each.paid_at))
    return first
