"""Who stays: customer retention rate, churn, how long they have been with us, and the trend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import sqrt
from typing import Final, NamedTuple

from bot.facts import HERE
from bot.figures.figure import (
    REACTIVATED,
    TOO_FEW_POINTS,
    TOO_YOUNG,
    Figure,
    Window,
    rounded,
    unknown,
)
from bot.figures.order import ACTIVE, Order, active, first_orders
from bot.figures.share import share, wilson

YEARS: Final = (1, 2, 5)
POINTS: Final = 12
ENOUGH_POINTS: Final = 6
# Student's t of a 95 % interval, by degrees of freedom (points − 2): ISO 3207 and any table.
T: Final = {4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262, 10: 2.228}


class Kept(NamedTuple):
    """People who were active at the start, at the end, and of these the new ones."""

    before: frozenset[int]
    after: frozenset[int]
    new: frozenset[int]

    @property
    def lost(self) -> frozenset[int]:
        return self.before - self.after

    @property
    def back(self) -> frozenset[int]:
        """Who had been lost before the start and has come back: not new."""
        return self.after - self.before - self.new


def kept(orders: Sequence[Order], window: Window, within: timedelta = ACTIVE) -> Kept:
    first = first_orders(orders)
    after = active(orders, window.end, within)
    new = frozenset(person for person in after if first[person] in window)
    return Kept(active(orders, window.start, within), after, new)


def crr(orders: Sequence[Order], window: Window, within: timedelta = ACTIVE) -> Figure:
    """(E − new) / S × 100 over people; the hits are those who stayed. S = 0 has no value."""
    return _crr(kept(orders, window, within), window)


def churn(orders: Sequence[Order], window: Window, within: timedelta = ACTIVE) -> Figure:
    """100 − CRR; its hits are the people who were lost. By its definition over 12 months."""
    people = kept(orders, window, within)
    rate = _crr(people, window)
    return replace(
        rate,
        name="churn",
        value=_rest(rate.value),
        low=_rest(rate.high),
        high=_rest(rate.low),
        hits=tuple(sorted(people.lost)),
    )


def _crr(people: Kept, window: Window) -> Figure:
    flags = (REACTIVATED,) if people.back else ()
    figure = share("crr", window, people.after, people.before, of="person", flags=flags)
    if not people.before:
        return figure
    stayed, before = len(people.after - people.new), len(people.before)
    # So many may have come back that it is no share any more.
    low, high = wilson(stayed, before) if stayed <= before else (None, None)
    return replace(
        figure,
        value=rounded(Fraction(100 * stayed, before)),
        low=None if low is None else rounded(100 * low),
        high=None if high is None else rounded(100 * high),
    )


def tenure(
    orders: Sequence[Order], window: Window, years: int, within: timedelta = ACTIVE
) -> Figure:
    """Of the people active at the window's end, how many in a hundred bought for the first time
    that many years ago or earlier. Has no value while the business itself is younger."""
    name, first = f"tenure_{years}", first_orders(orders)
    since = years_before(window.end, years)
    if not first or min(first.values()) > since:
        return unknown(name, "percent", window, TOO_YOUNG, "person")
    people = active(orders, window.end, within)
    return share(
        name, window, (each for each in people if first[each] <= since), people, of="person"
    )


def monthly(
    orders: Sequence[Order], end: date, points: int = POINTS, within: timedelta = ACTIVE
) -> list[Figure]:
    """CRR of the last calendar months that were over on that day, the oldest first."""
    firsts = [end.replace(day=1)]
    for _ in range(points):
        firsts.append((firsts[-1] - timedelta(days=1)).replace(day=1))
    firsts.reverse()
    midnights = [datetime.combine(each, time(), HERE) for each in firsts]
    return [crr(orders, Window(start, stop), within) for start, stop in pairwise(midnights)]


def trend(months: Sequence[Figure], window: Window) -> Figure:
    """By how many points a month CRR grows: the slope of the straight line through the months that
    have a value, with its interval. Has none under six points."""
    points = [(n, float(each.value)) for n, each in enumerate(months) if each.value is not None]
    if len(points) < ENOUGH_POINTS:
        return unknown("crr_trend", "points", window, TOO_FEW_POINTS, "month")
    n = len(points)
    mean_x, mean_y = sum(x for x, _ in points) / n, sum(y for _, y in points) / n
    width = sum((x - mean_x) ** 2 for x, _ in points)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / width
    rest = sum((y - mean_y - slope * (x - mean_x)) ** 2 for x, y in points)
    half = T[n - 2] * sqrt(rest / (n - 2) / width)
    return Figure(
        "crr_trend",
        "points",
        window,
        rounded(slope),
        n,
        low=rounded(slope - half),
        high=rounded(slope + half),
        of="month",
        is_sample=False,
    )


def years_before(at: datetime, years: int) -> datetime:
    """The same day and time so many years ago in Vietnam; of 29 February, the 28th."""
    here = at.astimezone(HERE)
    try:
        before = here.replace(year=here.year - years)
    except ValueError:
        before = here.replace(year=here.year - years, day=28)
    return before.astimezone(timezone.utc)


def _rest(value: Decimal | None) -> Decimal | None:
    return None if value is None else 100 - value
