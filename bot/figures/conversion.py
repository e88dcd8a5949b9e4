"""Whether talks about buying end in a purchase."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.figures.figure import Figure, Window, once
from bot.figures.order import Order
from bot.figures.share import share

WITHIN: Final = timedelta(days=7)


@dataclass(frozen=True)
class SalesTalk:
    """A talk in which the customer meant to buy."""

    id: int
    person_id: int
    at: datetime  # when it began


def any_touch(talks: Iterable[SalesTalk], orders: Iterable[Order], window: Window) -> Figure:
    """How many in a hundred of these talks were followed within seven days by a paid order of the
    same person that was not returned."""
    return _share("conversion_any", talks, orders, window, last_only=False)


def last_touch(talks: Iterable[SalesTalk], orders: Iterable[Order], window: Window) -> Figure:
    """The same where an order counts for the last talk before it only."""
    return _share("conversion_last", talks, orders, window, last_only=True)


def _share(
    name: str,
    talks: Iterable[SalesTalk],
    orders: Iterable[Order],
    window: Window,
    *,
    last_only: bool,
) -> Figure:
    by_person: dict[int, list[SalesTalk]] = {}
    for talk in sorted(once(talks), key=lambda row: (row.at, row.id)):
        by_person.setdefault(talk.person_id, []).append(talk)
    sold: set[int] = set()
    for order in once(orders):
        if order.stands:
            before = [
                talk.id
                for talk in by_person.get(order.person_id, ())
                if timedelta(0) <= order.paid_at - talk.at <= WITHIN
            ]
            sold.update(before[-1:] if last_only else before)
    over = (talk.id for found in by_person.values() for talk in found if talk.at in window)
    return share(name, window, sold, over)
