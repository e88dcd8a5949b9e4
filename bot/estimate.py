"""How long somebody in the queue will wait."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta
from statistics import fmean
from typing import Final, NamedTuple

USUAL: Final = timedelta(minutes=8)  # a conversation, while nothing is known
KNOWN: Final = 5  # conversations from which on the team's own time counts
SPREAD: Final = 0.5  # of the estimate, to both sides: chance alone moves the first places so far


class Minutes(NamedTuple):
    low: int
    high: int


def wait(
    place: int,
    slots: float,
    handled: Sequence[timedelta],
    at_most: timedelta | None = None,
) -> Minutes | None:
    """Minutes until the one at `place` (from 1) is helped, or anybody else may help them; None
    when nobody works.

    `slots` is how many conversations the team has at once, all of them taken; `handled` how long
    the last ones took. Each slot is free again after one of those, at a moment that does not
    depend on the others: the n-th release is expected after n times the mean, by the slots.
    """
    if slots <= 0 and at_most is None:
        return None
    mean = fmean(each.total_seconds() for each in handled) if len(handled) >= KNOWN else 0
    team = place * (mean or USUAL.total_seconds()) / slots / 60 if slots > 0 else math.inf
    minutes = team if at_most is None else min(team, at_most / timedelta(minutes=1))
    low = max(1, math.floor(minutes * (1 - SPREAD)))
    return Minutes(low, max(low + 1, math.ceil(minutes * (1 + SPREAD))))
