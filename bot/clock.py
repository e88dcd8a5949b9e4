"""The one place that asks what time it is. Below the loops and the doors, `now` is an argument."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timezone
from typing import Final

_held: Final[ContextVar[datetime | None]] = ContextVar("held", default=None)


def now() -> datetime:
    """The present, aware, in UTC."""
    return _held.get() or datetime.now(timezone.utc)


@contextmanager
def held(moment: datetime) -> Iterator[None]:
    """Within it, in this thread or task and what it starts, the present is `moment`.

    For sentences that are read on another day than they were written: "mai" is the day after.
    """
    token = _held.set(moment)
    try:
        yield
    finally:
        _held.reset(token)
