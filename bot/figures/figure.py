"""A figure: a number with what it takes to trust it. docs/metrics.md says how each is reckoned.

The formulas are pure: the same rows give the same figure to the last byte, whatever their order,
and a row that is told twice counts once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timezone
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Final, Protocol, TypeVar

from bot.facts import HERE
from connectors.base import Json

ENOUGH: Final = 30  # rows; a figure over fewer is shown in grey

# Flags. What cannot be told has no value, and one of these says why.
NOTHING: Final = "nothing"  # nothing to divide by
TOO_YOUNG: Final = "too_young"  # the business itself is younger than what is asked
TOO_FEW_POINTS: Final = "too_few_points"
NO_MARGIN: Final = "no_margin"  # revenue is shown in place of what is earned by it
CAPPED: Final = "capped"
REWEIGHTED: Final = "reweighted"  # a part that nobody has marked is left out
REACTIVATED: Final = "reactivated"  # people who had been lost have come back


@dataclass(frozen=True)
class Window:
    """From `start` on, before `end`; aware times, kept in UTC: comparing times of two zones takes
    thirty times longer."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise ValueError(f"a window ends after it begins: {self.start} to {self.end}")
        object.__setattr__(self, "start", self.start.astimezone(timezone.utc))
        object.__setattr__(self, "end", self.end.astimezone(timezone.utc))

    def __contains__(self, at: datetime) -> bool:
        return self.start <= at < self.end


def days(first: date, after: date) -> Window:
    """From the first day's midnight in Vietnam on, before that of the day `after`."""
    return Window(datetime.combine(first, time(), HERE), datetime.combine(after, time(), HERE))


@dataclass(frozen=True)
class Figure:
    """One number. `low` and `high` are its 95 % interval, where it has one."""

    name: str
    unit: str  # percent, points, dong, seconds, per_100, count or people
    window: Window
    value: Decimal | None
    n: int
    low: Decimal | None = None
    high: Decimal | None = None
    of: str = "conversation"  # what `rows` are the ids of
    rows: tuple[int, ...] = ()  # what it is over
    hits: tuple[int, ...] = ()  # those of them that count
    flags: tuple[str, ...] = ()
    is_sample: bool = True  # or a plain count, of which few is not too few

    @property
    def is_thin(self) -> bool:
        """Whether it is over too few rows to tell much."""
        return self.is_sample and self.n < ENOUGH

    def as_json(self) -> Json:
        """The same bytes for the same figure."""
        return {
            "name": self.name,
            "unit": self.unit,
            "from": self.window.start.astimezone(HERE).isoformat(),
            "to": self.window.end.astimezone(HERE).isoformat(),
            "value": _text(self.value),
            "n": self.n,
            "low": _text(self.low),
            "high": _text(self.high),
            "of": self.of,
            "rows": list(self.rows),
            "hits": list(self.hits),
            "flags": list(self.flags),
            "thin": self.is_thin,
        }


def _text(number: Decimal | None) -> str | None:
    return None if number is None else str(number)


def rounded(number: Fraction | Decimal | float, places: int = 1) -> Decimal:
    """Rounded half away from zero: 0.25 to 0.3, -0.25 to -0.3. Never "-0.0"."""
    if isinstance(number, Fraction):
        exact = Decimal(number.numerator) / Decimal(number.denominator)
    else:
        exact = Decimal(str(number))
    found = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return abs(found) if found == 0 else found


def unknown(name: str, unit: str, window: Window, why: str, of: str = "conversation") -> Figure:
    """A figure that cannot be told."""
    return Figure(name, unit, window, None, 0, of=of, flags=(why,))


class Row(Protocol):
    @property
    def id(self) -> int: ...


R = TypeVar("R", bound=Row)


def once(rows: Iterable[R]) -> list[R]:
    """Every row once, by its id."""
    rows = list(rows)
    if all(one.id < other.id for one, other in pairwise(rows)):
        return rows
    return [row for _, row in sorted({row.id: row for row in rows}.items())]
