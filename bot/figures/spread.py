"""Figures of amounts: mean, median and 90th percentile, of money or of time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from fractions import Fraction
from typing import Final

from bot.figures.figure import NOTHING, Figure, Window, rounded, unknown

Amount = int | Fraction
PLACES: Final = {"dong": 0}  # one for all other units


def mean(name: str, window: Window, amounts: Mapping[int, Amount], unit: str, of: str) -> Figure:
    """The mean of the amounts, which are by the id of their row."""
    if not amounts:
        return unknown(name, unit, window, NOTHING, of)
    total = Fraction(sum(amounts.values()))
    return _figure(name, window, amounts, total / len(amounts), unit, of)


def median(name: str, window: Window, amounts: Mapping[int, Amount], unit: str, of: str) -> Figure:
    """The middle amount, or the mean of the two in the middle."""
    if not amounts:
        return unknown(name, unit, window, NOTHING, of)
    ranked = sorted(amounts.values())
    half = len(ranked) // 2
    middle = Fraction(ranked[half] + ranked[~half]) / 2
    return _figure(name, window, amounts, middle, unit, of)


def p90(name: str, window: Window, amounts: Mapping[int, Amount], unit: str, of: str) -> Figure:
    """The least of the amounts that nine in ten do not exceed (nearest rank)."""
    if not amounts:
        return unknown(name, unit, window, NOTHING, of)
    ranked = sorted(amounts.values())
    ninth = Fraction(ranked[-(-9 * len(ranked) // 10) - 1])
    return _figure(name, window, amounts, ninth, unit, of)


def seconds(spans: Mapping[int, timedelta]) -> dict[int, Fraction]:
    """Exact seconds."""
    second = timedelta(seconds=1) // timedelta.resolution
    return {id: Fraction(span // timedelta.resolution, second) for id, span in spans.items()}


def _figure(
    name: str,
    window: Window,
    amounts: Mapping[int, Amount],
    value: Fraction,
    unit: str,
    of: str,
) -> Figure:
    return Figure(
        name,
        unit,
        window,
        rounded(value, PLACES.get(unit, 1)),
        len(amounts),
        of=of,
        rows=tuple(sorted(amounts)),
    )
