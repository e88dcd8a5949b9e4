"""Whether we talk with the people we have lost."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from bot.figures.figure import Figure, Window

SPAN: Final = timedelta(days=90)
GOAL: Final = 5  # people, in that time


@dataclass(frozen=True)
class Attempt:
    """We wrote to or called somebody, who answered or did not."""

    id: int
    person_id: int
    at: datetime
    answered: bool


def reached(attempts: Iterable[Attempt], lost: Collection[int], window: Window) -> Figure:
    """How many of the lost people we have talked with; who was only tried is a row but no hit."""
    tried = [each for each in attempts if each.at in window and each.person_id in lost]
    people = {each.person_id for each in tried if each.answered}
    return Figure(
        "winback",
        "people",
        window,
        Decimal(len(people)),
        len({each.person_id for each in tried}),
        of="person",
        rows=tuple(sorted({each.person_id for each in tried})),
        hits=tuple(sorted(people)),
        is_sample=False,
    )
