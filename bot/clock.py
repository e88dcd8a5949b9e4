"""The one place that asks what time it is. Below the loops and the doors, `now` is an argument."""

from datetime import datetime, timezone


def now() -> datetime:
    """The present, aware, in UTC."""
    return datetime.now(timezone.utc)
