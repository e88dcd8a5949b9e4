"""Days of the feasts: "mùng 3 Tết", "rằm tháng 7", "trung thu", "Noel"."""

import re
from datetime import date
from typing import Final

from bot import lunar
from bot.nlu.entities.days import day_and_month, nearest
from bot.nlu.entities.numbers import BELOW_100, number
from bot.nlu.entities.past import is_past
from bot.nlu.entities.reading import Reading, rule
from bot.nlu.entities.written_days import LUNAR, LUNAR_MONTHS, MONTH

FULL_MOON: Final = rule(
    rf"(?<!\w)rằm(?: (?:tháng )?(?P<month>{MONTH})(?!\w))?(?:\s*(?:năm)?\s*(?P<year>20\d\d))?"
    rf"{LUNAR}?"
)


def full_moon(read: Reading, match: re.Match[str], today: date) -> date | None:
    """Rằm tháng 7; rằm alone is the next fifteenth."""
    name = read.part(match, "month")
    if not name:
        is_memory = match.group() == "ram"
        return None if is_memory else lunar.next_day(15, today)
    month = LUNAR_MONTHS.get(name) or number(read, *match.span("month"))
    if month is None:
        return None
    year = int(match["year"]) if match["year"] else None
    return day_and_month(15, month, year, True, today, is_past(read, *match.span()))


TET: Final = rule(
    rf"(?<!\w)(?:(?:mùng|mồng|mùn|m|ngày) ?)?(?P<day>\d{{1,2}}|{BELOW_100}) tết"
    r"(?: nguyên đán| ta| âm)?(?!\w)"
    r"(?P<which> (?:năm )?(?:20\d\d|này|nay|ngoái|trước|rồi|sau|tới)(?!\w))?"
)


def tet(read: Reading, match: re.Match[str], today: date) -> date | None:
    """Mùng 3 Tết, 29 Tết, with or without the year."""
    day = number(read, *match.span("day"))
    if day is None:
        return None

    def make(year: int) -> date | None:
        return lunar.of_tet(day or 0, year)

    which = read.part(match, "which").split()[-1:]
    if which and which[0].isdigit():
        return make(int(which[0]))
    if which and which[0] in ("ngoai", "sau"):
        return make(today.year + (1 if which[0] == "sau" else -1))
    past = which in (["truoc"], ["roi"]) or (not which and is_past(read, *match.span()))
    return nearest(make, today, past, years=2)


HOLIDAY: Final = rule(
    r"(?<!\w)(?:noel|giáng sinh|tết tây|tết dương(?: lịch)?|quốc khánh|giỗ tổ|trung thu|giao thừa"
    r"|valentine)(?!\w)"
)
# Day, month, and whether they are of the lunar calendar.
HOLIDAYS: Final = {
    "noel": (25, 12, False),
    "giang sinh": (25, 12, False),
    "tet tay": (1, 1, False),
    "tet duong": (1, 1, False),
    "tet duong lich": (1, 1, False),
    "quoc khanh": (2, 9, False),
    "valentine": (14, 2, False),
    "gio to": (10, 3, True),
    "trung thu": (15, 8, True),
}


def holiday(read: Reading, match: re.Match[str], today: date) -> date | None:
    """Feasts that fall on one day: Noel, trung thu, giao thừa."""
    name = read.bare[match.start() : match.end()]
    past = is_past(read, *match.span())
    if name == "giao thua":
        return nearest(lambda year: lunar.of_tet(30, year), today, past, years=2)
    day, month, is_lunar = HOLIDAYS[name]
    return day_and_month(day, month, None, is_lunar, today, past)
