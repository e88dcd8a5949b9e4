"""Customers who may leave after a bad experience, and whether a person took care of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Final

from bot.figures.figure import Figure, Window, once
from bot.figures.resolution import AGAIN, Contact
from bot.figures.share import share
from bot.figures.topic import BUYING, OTHER

# What somebody may well ask about twice without being let down.
PLAIN: Final = (BUYING, "store", OTHER)
CSAT_UP_TO: Final = 2
NPS_UP_TO: Final = 6


@dataclass(frozen=True)
class Flag:
    """One bad experience. `followed_at` is when a person wrote to them after it, or marked what was
    promised as done."""

    id: int
    at: datetime
    due_at: datetime
    followed_at: datetime | None = None

    @property
    def in_time(self) -> bool:
        return self.followed_at is not None and self.followed_at <= self.due_at


def follow_up(flags: Iterable[Flag], window: Window, now: datetime) -> Figure:
    """How many in a hundred of the flags got a person in time. One whose time is not over and who
    still waits is neither."""
    over = [
        each
        for each in once(flags)
        if each.at in window and (each.followed_at is not None or each.due_at < now)
    ]
    met = [each.id for each in over if each.in_time]
    return share("at_risk_followed", window, met, (each.id for each in over))


def again(contacts: Iterable[Contact]) -> Iterator[Contact]:
    """Those by which somebody came back about one matter within seven days."""
    by_person: dict[int, list[Contact]] = {}
    for each in sorted(once(contacts), key=lambda contact: (contact.begun_at, contact.id)):
        by_person.setdefault(each.person_id, []).append(each)
    found = {
        then.id: then
        for theirs in by_person.values()
        for first, then in combinations(theirs, 2)
        if then.begun_at - first.begun_at <= AGAIN and _grave(first.matters & then.matters)
    }
    yield from found.values()


def _grave(matters: Iterable[str]) -> bool:
    return any(matter.partition("|")[0] not in PLAIN for matter in matters)
