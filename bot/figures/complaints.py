"""How often customers complain, and how often again of the same."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final

from bot.figures.figure import NOTHING, Figure, Window, once, rounded, unknown
from bot.figures.share import share, wilson

AGAIN: Final = timedelta(days=30)


@dataclass(frozen=True)
class Complaint:
    """A matter that was complained of. The same matter on another channel has the same case."""

    id: int
    case: str
    person_id: int
    cause: str
    at: datetime


def cases(complaints: Iterable[Complaint]) -> list[Complaint]:
    """The first complaint of every case."""
    first: dict[str, Complaint] = {}
    for each in sorted(once(complaints), key=lambda row: (row.at, row.id)):
        first.setdefault(each.case, each)
    return once(first.values())


def per_hundred(
    name: str, complaints: Iterable[Complaint], over: Collection[int], window: Window
) -> Figure:
    """Cases in the window for every hundred of these: orders, or talks. `n` counts them, the
    figure's rows are the complaints. It has an interval unless there are more cases than those."""
    found = tuple(each.id for each in cases(complaints) if each.at in window)
    n = len(over)
    if not n:
        return unknown(name, "per_100", window, NOTHING, "complaint")
    low, high = wilson(len(found), n) if len(found) <= n else (None, None)
    return Figure(
        name,
        "per_100",
        window,
        rounded(Fraction(100 * len(found), n)),
        n,
        low=None if low is None else rounded(100 * low),
        high=None if high is None else rounded(100 * high),
        of="complaint",
        rows=found,
    )


def repeats(complaints: Iterable[Complaint], window: Window) -> Figure:
    """How many in a hundred of the cases come from somebody who had another one of the same cause
    in the 30 days before."""
    last: dict[tuple[int, str], datetime] = {}
    again = []
    over = cases(complaints)
    for each in sorted(over, key=lambda row: (row.at, row.id)):
        before = last.get((each.person_id, each.cause))
        if before is not None and each.at - before <= AGAIN:
            again.append(each.id)
        last[each.person_id, each.cause] = each.at
    rows = (each.id for each in over if each.at in window)
    return share("complaint_repeat", window, again, rows, of="complaint")
