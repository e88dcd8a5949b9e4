"""Birthdays as people write them: "15/8/1990", "29/2", "15 tháng 8 âm lịch", "3/6 nhuận"."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from bot import lunar
from bot.folded import fold
from bot.occasions import Yearly, in_year

WRITTEN: Final = re.compile(
    r"(?P<y>[12]\d{3})-(?P<m>\d\d)-(?P<d>\d\d)"
    r"|(?:ngay )?(?:mung |mong )?(?P<day>\d\d?|ram)(?P<sep> ?[-/.] ?| thang )"
    r"(?P<month>\d\d?|gieng|chap)(?:(?:(?P=sep)|,? nam |/)(?P<year>[12]\d{3}))?",
    re.ASCII,
)
CALENDAR: Final = re.compile(r" ?\(?\b(nhuan|am lich|am|al|duong lich)\b\)?")
MOONS: Final = {"ram": 15, "gieng": 1, "chap": 12}  # days and months that only the moon has


class Birthday(NamedTuple):
    """When somebody was born, by the calendar that they go by."""

    on: Yearly
    year: int | None = None  # of that calendar


def read(text: str) -> Birthday:
    """The birthday of a table's cell or a form's field. The day comes before the month, but in
    1990-08-15; the year has four digits or is left out; by the moon it is where that is said.
    Raises ValueError when it is no day, or that year did not have it."""
    plain = " ".join(fold(text).split())
    said = set(CALENDAR.findall(plain))
    found = WRITTEN.fullmatch(CALENDAR.sub("", plain).strip())
    if found is None:
        raise ValueError("not a birthday")
    day, month = found["d"] or found["day"], found["m"] or found["month"]
    year = found["y"] or found["year"]
    by_moon = bool(said - {"duong lich"} or {day, month} & MOONS.keys())
    if by_moon and "duong lich" in said:
        raise ValueError("of two calendars")
    on = Yearly(_number(day), _number(month), by_moon, "nhuan" in said)
    birthday = Birthday(on, int(year) if year else None)
    if not _was(birthday):
        raise ValueError("not a day of that year")
    return birthday


def write(birthday: Birthday) -> str:
    """As `read` reads it: "15/8/1990", "15/7/1987 nhuận âm lịch"."""
    on, year = birthday
    return (
        f"{on.day}/{on.month}{f'/{year}' if year else ''}"
        f"{' nhuận' if on.leap else ''}{' âm lịch' if on.lunar else ''}"
    )


def _number(word: str) -> int:
    return MOONS.get(word) or int(word)


def _was(birthday: Birthday) -> bool:
    on, year = birthday
    if year is None:
        return True
    if on.lunar:
        return lunar.solar(on.day, on.month, year, on.leap) is not None
    return in_year(on, year).day == on.day
