"""Whether a talk with a person settled the matter, and whether it did so the first time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.figures.figure import Figure, Window, once
from bot.figures.share import share

AGAIN: Final = timedelta(days=7)


@dataclass(frozen=True)
class Contact:
    """A talk. Two are of the same matter when they share one: a case's id, or the group of what
    was asked together with the order."""

    id: int
    person_id: int
    begun_at: datetime
    ended_at: datetime | None = None
    solved: bool = False
    matters: frozenset[str] = frozenset()


def resolution(contacts: Iterable[Contact], window: Window) -> Figure:
    """How many in a hundred of the talks that ended were solved."""
    over = [each for each in once(contacts) if each.ended_at and each.ended_at in window]
    solved = [each.id for each in over if each.solved]
    return share("resolution", window, solved, (each.id for each in over))


def first_contact(contacts: Iterable[Contact], window: Window) -> Figure:
    """FCR: how many in a hundred of the solved talks had no new contact of the same person with the
    same matter within seven days after."""
    by_person: dict[int, list[Contact]] = {}
    for each in once(contacts):
        by_person.setdefault(each.person_id, []).append(each)
    over = [
        each
        for found in by_person.values()
        for each in found
        if each.solved and each.ended_at and each.ended_at in window
    ]
    once_only = [
        each.id
        for each in over
        if not any(_again(each, other) for other in by_person[each.person_id])
    ]
    return share("fcr", window, once_only, (each.id for each in over))


def _again(first: Contact, then: Contact) -> bool:
    if first.ended_at is None or then.id == first.id or not first.matters & then.matters:
        return False
    return timedelta(0) <= then.begun_at - first.ended_at <= AGAIN
