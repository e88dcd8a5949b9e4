"""The fields of Meta's events, as they should be."""

from __future__ import annotations

from datetime import datetime, timezone

from connectors.base import Json


class ShapeError(Exception):
    """A field is missing or not what it should be; the text names it and tells no content."""


def part(item: Json, name: str) -> Json:
    part = item.get(name)
    if not isinstance(part, dict):
        raise ShapeError(f"{name} is not an object")
    return part


def text(part: Json, name: str) -> str:
    value = part.get(name)
    if value is not None and not isinstance(value, str):
        raise ShapeError(f"{name} is not a text")
    return value or ""


def word(part: Json, name: str) -> str:
    """A text that may be missing or wrong: not worth losing the message for."""
    value = part.get(name)
    return value if isinstance(value, str) else ""


def identity(part: Json, name: str = "id") -> str:
    """Ids are texts of digits, and now and then numbers."""
    value = part.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int) or not str(value):
        raise ShapeError(f"{name} is not an id")
    return str(value)


def moment(part: Json, name: str = "timestamp") -> datetime:
    value = part.get(name)
    try:
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise ValueError
        return datetime.fromtimestamp(int(value) / 1000, timezone.utc)
    except (ValueError, OverflowError, OSError) as error:
        raise ShapeError(f"{name} is not a time") from error
