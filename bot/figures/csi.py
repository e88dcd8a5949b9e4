"""CSI: an index of what they think of our parts: how fast, how polite, what we sell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Final

from bot.figures.figure import NOTHING, REWEIGHTED, Figure, Window, once, rounded, unknown

WEIGHTS: Final = {
    "speed": Fraction(25, 100),
    "attitude": Fraction(25, 100),
    "product": Fraction(20, 100),
    "delivery": Fraction(15, 100),
    "resolution": Fraction(15, 100),
}


@dataclass(frozen=True)
class Answer:
    """Marks from 1 to 5, by attribute; what was left out is missing."""

    id: int
    at: datetime
    marks: Mapping[str, int]


def csi(
    answers: Iterable[Answer], window: Window, weights: Mapping[str, Fraction] = WEIGHTS
) -> Figure:
    """The weighted index, 0 to 100: Σ weight · (mean − 1)/4 · 100. An attribute without answers
    gives its weight to the others, and the figure says so.

    Raises ValueError when the weights are not 1 together, and for a mark that is none.
    """
    if sum(weights.values()) != 1 or min(weights.values()) < 0:
        raise ValueError(f"weights that are not 1 together: {dict(weights)}")
    over = [each for each in once(answers) if each.at in window and weights.keys() & each.marks]
    means = {name: mean for name in weights if (mean := _mean(over, name)) is not None}
    weight = sum(weights[name] for name in means)
    if not weight:
        return unknown("csi", "points", window, NOTHING, "answer")
    index = sum(weights[name] * (mean - 1) / 4 * 100 for name, mean in means.items()) / weight
    return Figure(
        "csi",
        "points",
        window,
        rounded(Fraction(index)),
        len(over),
        of="answer",
        rows=tuple(each.id for each in over),
        flags=(REWEIGHTED,) if weight != 1 else (),
    )


def _mean(answers: Iterable[Answer], name: str) -> Fraction | None:
    marks = [each.marks[name] for each in answers if name in each.marks]
    if not all(1 <= mark <= 5 for mark in marks):
        raise ValueError(f"{name}: a mark is from 1 to 5")
    return Fraction(sum(marks), len(marks)) if marks else None
