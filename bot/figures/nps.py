"""NPS: would they recommend us, 0 to 10. We show it as loyalty, not as satisfaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from math import sqrt
from typing import Final

from bot.figures.figure import NOTHING, Figure, Window, once, rounded, unknown

PROMOTERS: Final = (9, 10)
PASSIVES: Final = (7, 8)
SAME: Final = timedelta(hours=24)  # in which a person may think better of their mark


@dataclass(frozen=True)
class Answer:
    """A mark, 0 to 10."""

    id: int
    person_id: int
    wave: str  # of the survey
    at: datetime
    mark: int


def counted(answers: Iterable[Answer]) -> list[Answer]:
    """One answer of every person and wave: the last within 24 hours of the first.

    Raises ValueError for a mark that is none.
    """
    found: dict[tuple[int, str], tuple[datetime, Answer]] = {}
    for answer in sorted(once(answers), key=lambda each: (each.at, each.id)):
        if not 0 <= answer.mark <= 10:
            raise ValueError(f"{answer.mark} is no mark from 0 to 10")
        key = (answer.person_id, answer.wave)
        first, _ = found.get(key, (answer.at, answer))
        if answer.at - first <= SAME:
            found[key] = (first, answer)
    return once(answer for _, answer in found.values())


def nps(answers: Iterable[Answer], window: Window) -> Figure:
    """100 × (promoters − detractors) / N, from −100 to 100; the hits are the promoters. A person
    who answered is counted in the window of their counted answer."""
    over = [answer for answer in counted(answers) if answer.at in window]
    if not over:
        return unknown("nps", "points", window, NOTHING, "answer")
    promoters = [answer.id for answer in over if answer.mark in PROMOTERS]
    detractors = sum(answer.mark < PASSIVES[0] for answer in over)
    score = Fraction(100 * (len(promoters) - detractors), len(over))
    half = margin(len(promoters), detractors, len(over))
    return Figure(
        "nps",
        "points",
        window,
        rounded(score),
        len(over),
        low=rounded(max(-100.0, float(score) - half)),
        high=rounded(min(100.0, float(score) + half)),
        of="answer",
        rows=tuple(answer.id for answer in over),
        hits=tuple(promoters),
    )


def margin(promoters: int, detractors: int, n: int) -> float:
    """Half the 95 % interval, in points: 1.96·√((p+d−(p−d)²)/N)."""
    p, d = promoters / n, detractors / n
    return 100 * 1.96 * sqrt(max(0.0, p + d - (p - d) ** 2) / n)
