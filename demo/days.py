"""Days as the shop counts them, in Việt Nam."""

from calendar import monthrange
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

HERE: Final = ZoneInfo("Asia/Ho_Chi_Minh")


def day_of(now: datetime) -> date:
    return now.astimezone(HERE).date()


def days_later(day: date, days: int) -> date:
    return day + timedelta(days=days)


def working_days_later(day: date, days: int) -> date:
    """Monday to Friday; public holidays are not known here."""
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return day


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last one."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
