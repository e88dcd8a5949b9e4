"""Shares: so many of so many, with Wilson's interval.

The interval is five lines here. scipy.stats has it too and agrees (a test asks it), but costs the
web process 61 MB and half a second at its start.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from math import sqrt
from statistics import NormalDist
from typing import Final, TypeVar

from bot.figures.figure import NOTHING, Figure, Window, rounded

Z: Final = NormalDist().inv_cdf(0.975)  # of a 95 % interval

K = TypeVar("K", bound=Hashable)


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share, between 0 and 1. Raises ValueError unless 0 <= hits <= n and
    n > 0. Source: E. B. Wilson, JASA 22 (1927), without a correction for continuity."""
    if not 0 <= hits <= n or n == 0:
        raise ValueError(f"{hits} of {n} is no share")
    share, square = hits / n, Z * Z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = Z / (1 + square / n) * sqrt(share * (1 - share) / n + square / (4 * n * n))
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return (0.0 if hits == 0 else low), (1.0 if hits == n else high)


def newcombe(hits: int, n: int, other_hits: int, other_n: int) -> tuple[float, float]:
    """The 95 % interval of the first share less the other, of Wilson's two. Raises ValueError as
    `wilson` does. Source: R. G. Newcombe, Statistics in Medicine 17 (1998), method 10."""
    (low, high), (other_low, other_high) = wilson(hits, n), wilson(other_hits, other_n)
    one, other = hits / n, other_hits / other_n
    return (
        one - other - sqrt((one - low) ** 2 + (other_high - other) ** 2),
        one - other + sqrt((high - one) ** 2 + (other - other_low) ** 2),
    )


def share(
    name: str,
    window: Window,
    hits: Iterable[int],
    rows: Iterable[int],
    *,
    of: str = "conversation",
    unit: str = "percent",
    flags: tuple[str, ...] = (),
) -> Figure:
    """How many in a hundred of these rows are hits. Hits that are no rows are left out."""
    over = frozenset(rows)
    found = over & frozenset(hits)
    if not over:
        return Figure(name, unit, window, None, 0, of=of, flags=(*flags, NOTHING))
    low, high = wilson(len(found), len(over))
    return Figure(
        name,
        unit,
        window,
        rounded(Fraction(100 * len(found), len(over))),
        len(over),
        low=rounded(100 * low),
        high=rounded(100 * high),
        of=of,
        rows=tuple(sorted(over)),
        hits=tuple(sorted(found)),
        flags=flags,
    )


def among(figure: Figure, ids: Collection[int]) -> Figure:
    """The same share over these rows only."""
    keep = frozenset(ids)
    only = share(
        figure.name,
        figure.window,
        keep.intersection(figure.hits),
        keep.intersection(figure.rows),
        of=figure.of,
        unit=figure.unit,
    )
    kept = tuple(flag for flag in figure.flags if flag not in only.flags)
    return replace(only, flags=(*kept, *only.flags))


def split(figure: Figure, key: Mapping[int, K]) -> dict[K | None, Figure]:
    """A share, by what the key says of its rows: every row is in exactly one part. None holds
    those that the key does not know, like the talks that nobody was given."""
    parts: dict[K | None, list[int]] = {}
    for row in figure.rows:
        parts.setdefault(key.get(row), []).append(row)
    return {part: among(figure, rows) for part, rows in parts.items()}
