"""Days of the Vietnamese lunar calendar (UTC+7): Tết, rằm, "15/7 âm"."""

from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from lunar_vn import LunarDate, lunar_to_solar, solar_to_lunar

YEARS: Final = range(1901, 2099)  # what the library's tables are good for


@lru_cache(maxsize=512)
def solar(day: int, month: int, year: int, leap: bool = False) -> date | None:
    """The solar day of a lunar one. None where the month is shorter, or is not doubled that year
    and its `leap` half is asked for."""
    if year not in YEARS or not (1 <= day <= 30 and 1 <= month <= 12):
        return None
    lunar = LunarDate(day, month, year, leap)
    try:
        found: date = lunar_to_solar(lunar)
    except ValueError:  # another month is doubled
        return None
    return found if solar_to_lunar(found) == lunar else None


def tet(year: int) -> date:
    """The first day of a lunar year."""
    found: date = lunar_to_solar(LunarDate(1, 1, year))
    return found


def of_tet(day: int, year: int) -> date | None:
    """Mùng 1 to mùng 10, or the 20th and later of the month before: "29 Tết".

    "30 Tết" is the eve of Tết, also where that month has 29 days.
    """
    if year not in YEARS or not (1 <= day <= 10 or 20 <= day <= 30):
        return None
    if day <= 10:
        return solar(day, 1, year)
    return tet(year) - timedelta(days=1) if day == 30 else solar(day, 12, year - 1)


def next_tet(today: date) -> date:
    """The next first day of a lunar year, today if it is one."""
    this = tet(today.year)
    return this if this >= today else tet(today.year + 1)


def next_day(day: int, today: date) -> date | None:
    """The next day with this number in a lunar month."""
    days = (
        solar(day, month, year)
        for year in (today.year - 1, today.year, today.year + 1)
        for month in range(1, 13)
    )
    return min((found for found in days if found and found >= today), default=None)
