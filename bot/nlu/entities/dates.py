"""Days, as ISO dates. Which kinds of wording there are, and the order they are looked for.

A weekday, or a day and month without a year, is the next one, or the last one when the text says
that it is past.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.nlu.entities.distances import DISTANCE, PART, distance, part
from bot.nlu.entities.feasts import FULL_MOON, HOLIDAY, TET, full_moon, holiday, tet
from bot.nlu.entities.found import Found
from bot.nlu.entities.near_days import NAMED, named
from bot.nlu.entities.reading import Reading
from bot.nlu.entities.weekdays import WEEKDAY, weekday
from bot.nlu.entities.written_days import DAY_ONLY, LONG, NUMERIC, day_only, long, numeric


@dataclass(frozen=True)
class Wording:
    """A way to name a day. It needs one of its bare words, or a digit where it has none."""

    keys: frozenset[str]
    pattern: re.Pattern[str]
    read: Callable[[Reading, re.Match[str], date], date | None]


WORDINGS: Final = tuple(
    Wording(frozenset(keys.split()), pattern, read)
    for keys, pattern, read in (
        ("", NUMERIC, numeric),
        ("tet", TET, tet),
        ("thang thg th", LONG, long),
        ("ram", FULL_MOON, full_moon),
        ("noel sinh tet khanh gio thu thua valentine", HOLIDAY, holiday),
        ("thu t cn cnhat nhat", WEEKDAY, weekday),
        ("ngay hom bua tuan thang nam", DISTANCE, distance),
        ("dau giua cuoi", PART, part),
        ("nay hnay hnai mai moi mot qua wa kia hqua hqa hwa hn", NAMED, named),
        ("ngay mung mong mun hom", DAY_ONLY, day_only),
    )
)


def find_dates(read: Reading, today: date) -> Iterator[Found]:
    """Every day that the message names."""
    for wording in WORDINGS:
        if not (read.has(wording.keys) if wording.keys else read.has_digit):
            continue
        for match in read.find(wording.pattern):
            if read.is_free(*match.span()):
                day = wording.read(read, match, today)
                if day is not None:
                    yield Found("date", day.isoformat(), *match.span())
