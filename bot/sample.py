"""The random sample of the assistant's answers that people judge, week by week.

Whether an answer is drawn depends on its number alone, never on what became of it: who draws the
sample of a week again draws the same, and no complaint brings an answer into it or out of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from bot.facts import HERE
from bot.figures.figure import Window, days

SIZE: Final = 50  # answers of a week
VERDICTS: Final = ("right", "wrong", "clumsy")  # in the order of their keys


def draw(answers: Iterable[int]) -> list[int]:
    """Those of a week's answers that are judged, in an order that tells nothing."""

    def lot(answer: int) -> bytes:
        return hashlib.sha256(f"answer {answer}".encode()).digest()

    return sorted(set(answers), key=lot)[:SIZE]


def week(monday: date) -> Window:
    """The week that begins on that day in Vietnam. Raises ValueError for another day."""
    if monday.weekday():
        raise ValueError(f"{monday} is no Monday")
    return days(monday, monday + timedelta(days=7))


def monday_of(window: Window) -> date:
    """The day on which a week begins."""
    return window.start.astimezone(HERE).date()


def last_monday(today: date) -> date:
    """When the last week that is over began: a week that goes on has no sample yet."""
    return today - timedelta(days=today.weekday() + 7)
