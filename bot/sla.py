"""Until when a customer is to have an answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.schedule import Hours, add

WARNING: Final = 0.8  # of the target


@dataclass(frozen=True)
class Clock:
    """When the target is missed, and when the agent is warned of it; UTC."""

    by: datetime
    warn_at: datetime


def deadline(
    hours: Hours, since: datetime, target: timedelta, left: timedelta | None = None
) -> Clock:
    """The clock of a target in open time; in calendar time with ALWAYS. A clock that stood still
    goes on with what is `left` of the target; `since` is its warning when that has been.

    Raises schedule.Invalid when the hours do not open before that.
    """
    left = target if left is None else left
    quiet = max(timedelta(), left - target * (1 - WARNING))
    return Clock(by=add(hours, since, left), warn_at=add(hours, since, quiet))
