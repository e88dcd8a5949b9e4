"""For how long each kind of data is kept. What a shop starts with is retention.yml; what
supervisors save is a part of the desk's document."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

import yaml

from bot.schedule import Invalid
from connectors.base import Json

FILE: Final = Path(__file__).parent / "retention.yml"
# The least that works, in days. A page of figures looks back a year, and a little beyond it for who
# came back; a platform tells for a week how far a message came.
LEAST: Final[Mapping[str, int]] = {
    "transcripts": 400,
    "files": 7,
    "raw": 1,
    "live_log": 2,
    "platform_ids": 8,
    "slack": 2,
    "codes": 2,
}
MOST: Final = 36_500


@lru_cache
def default() -> Mapping[str, int]:
    """Days by kind, as a new shop keeps them."""
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def read(given: Json) -> Mapping[str, int]:
    """Days by kind; those that are not given as retention.yml has them. Raises Invalid."""
    days = {**default(), **given}
    for kind, least in LEAST.items():
        number = days[kind]
        if isinstance(number, bool) or not isinstance(number, int) or not 0 < number <= MOST:
            raise Invalid(kind, "not_a_number")
        if number < least:
            raise Invalid(kind, "too_few_days")
    return {kind: days[kind] for kind in LEAST}
