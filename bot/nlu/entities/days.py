"""Arithmetic of days: the nearest one that fits, and months on."""

from calendar import monthrange
from collections.abc import Callable
from datetime import date

from bot import lunar

Make = Callable[[int], date | None]  # a day of a year, where the year has it


def solar_day(day: int, month: int, year: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def nearest(make: Make, today: date, past: bool, years: int = 8) -> date | None:
    """The next day that `make` gives, or the last one. Today counts as both."""
    days = sorted(
        day for year in range(today.year - years, today.year + years + 1) if (day := make(year))
    )
    if past:
        return next((day for day in reversed(days) if day <= today), None)
    return next((day for day in days if day >= today), None)


def day_and_month(
    day: int, month: int, year: int | None, is_lunar: bool, today: date, past: bool
) -> date | None:
    """A day and month of either calendar, in its year or the nearest."""
    make = lunar.solar if is_lunar else solar_day
    if year is not None:
        return make(day, month, year)
    return nearest(lambda each: make(day, month, each), today, past, years=2 if is_lunar else 8)


def add_months(day: date, months: int) -> date:
    """The same day some months on, or the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
