"""Fields of Zalo's events, none of which can be trusted to be there or to be of its type."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from connectors.base import Json

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=timezone.utc)
_ID: Final = re.compile(r"[!-~]{1,128}")


class Odd(Exception):
    """A field that is missing or not what it should be."""


def at(data: Json) -> datetime:
    value = timestamp(data)
    if not re.fullmatch(r"[0-9]{1,14}", value):
        raise Odd("timestamp is not a number of milliseconds")
    return _EPOCH + timedelta(milliseconds=int(value))


def timestamp(data: Json) -> str:
    """As it was signed; "" without one."""
    value = data.get("timestamp")
    return str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""


def object_(data: Any, key: str) -> Json:
    value = data.get(key) if isinstance(data, dict) else None
    if not isinstance(value, dict):
        raise Odd(f"{key} is not an object")
    return value


def string(data: Any, key: str) -> str:
    """A text or a number that may be missing, without what no database takes."""
    value = data.get(key) if isinstance(data, dict) else None
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Odd(f"{key} is not a text")
    return str(value).replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def id_(data: Json, key: str) -> str:
    return as_id(data.get(key), key)


def as_id(value: object, key: str) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise Odd(f"{key} is not an id")
    return value


def url_(payload: Json) -> str:
    url = string(payload, "url")
    if not url.startswith(("https://", "http://")):
        raise Odd("url is not an address")
    return url


def degrees(where: Json, key: str) -> str:
    """As it is written, so that no digit is lost."""
    value = where.get(key)
    written = str(value) if isinstance(value, str | int | float) else ""
    if not re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{1,20})?", written):
        raise Odd(f"{key} is not in degrees")
    return written
