"""What the platforms' error codes mean: `<channel>.yml` beside this file, one entry a code.

    "10/2018278":
      fate: never
      vi: [Ngoài 24 giờ kể từ tin cuối của khách., Nhân viên viết tay …]
      en: [Outside of the 24 hours …, An agent may …]

The first sentence says what happened, the second what to do. Fates: `later` (retried), `busy`
(retried, the whole account waits), `never`, `gone` (never, and the person cannot be reached any
more), `sign_in` (the channel pauses until somebody acts).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import yaml

from connectors.base import AuthError, DeliveryError, PermanentError, RetryableError

FATES: Final = ("later", "busy", "never", "gone", "sign_in")


class Meaning(NamedTuple):
    """A code in words: what happened, what to do."""

    fate: str
    vi: tuple[str, str]
    en: tuple[str, str]


@cache
def meanings(channel: str) -> dict[str, Meaning]:
    """Every code of a channel that we know."""
    path = Path(__file__).with_name(f"{channel}.yml")
    if not path.is_file():
        return {}
    data = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    return {
        str(code): Meaning(entry["fate"], (*entry["vi"],), (*entry["en"],))
        for code, entry in data.items()
    }


def meaning(channel: str, code: str) -> Meaning | None:
    """A code in words. "10/2018278" is looked up whole, then as "10"."""
    known = meanings(channel)
    return known.get(code) or known.get(code.partition("/")[0])


def error(channel: str, code: str, reason: str, retry_after: float | None = None) -> DeliveryError:
    """The error that a code stands for. An unknown code is never retried."""
    known = meaning(channel, code)
    fate = known.fate if known else "never"
    if fate in ("later", "busy"):
        return RetryableError(reason, retry_after, code, everybody=fate == "busy")
    if fate == "sign_in":
        return AuthError(reason, code)
    return PermanentError(reason, code, unreachable=fate == "gone")
