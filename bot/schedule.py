"""Business hours: when people answer, and how much open time lies between two moments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from holidays import country_holidays

from bot.facts import HERE
from connectors.base import Json

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT: Final = time.max  # as an end: 24:00
AHEAD: Final = timedelta(days=366)  # what does not open within this is taken never to open
DAY: Final = timedelta(days=1)
INTERVAL: Final = re.compile(r"\s*(\d\d?):(\d\d)\s*[-–]\s*(\d\d?):(\d\d)\s*", re.ASCII)

Code = Literal[
    "not_an_object",  # the document, `week` or `days`
    "not_a_list",  # a day's intervals
    "not_a_boolean",  # `holidays`
    "unknown",  # a key that is none of the three
    "not_a_day",  # of the week, or of the calendar
    "not_a_time",  # not like 08:00-12:00
    "backwards",  # ends before it begins; across midnight is two intervals
    "overlap",  # begins before another one has ended
    "never_open",
]


class Interval(NamedTuple):
    """Part of a day, to the minute; the end is not part of it. MIDNIGHT as the end is 24:00."""

    start: time
    end: time


Intervals = tuple[Interval, ...]


@dataclass(frozen=True)
class Hours:
    """When people answer. Times of the day are Vietnam's; a day's intervals are sorted and do not
    overlap. A one-off day of `days` wins over holidays, and those over the week."""

    week: Mapping[str, Intervals]  # by WEEKDAYS; missing or empty: closed
    holidays: bool = False  # closed on Vietnam's public holidays and days off in lieu
    days: Mapping[date, Intervals] = field(default_factory=dict)  # empty: closed all day


ALWAYS: Final = Hours(dict.fromkeys(WEEKDAYS, (Interval(time(), MIDNIGHT),)))


class Invalid(ValueError):
    """Hours that cannot be; `path` is the place, like "week.mon[1]", or "" for the whole."""

    def __init__(self, path: str, code: str) -> None:
        super().__init__(f"{path or 'hours'}: {code}")
        self.path = path
        self.code = code


def read(document: object) -> Hours:
    """Hours from JSON: {"week": {"mon": ["08:00-12:00", "13:30-24:00"]}, "holidays": true,
    "days": {"2026-12-24": ["08:00-12:00"], "2027-02-11": []}}. What is missing is closed, and
    not closed on holidays. Raises Invalid, naming the first wrong place."""
    parts = _object(document, "")
    for key in parts:
        if key not in ("week", "holidays", "days"):
            raise Invalid(str(key), "unknown")
    week = {
        _weekday(key): _intervals(texts, f"week.{key}")
        for key, texts in _object(parts.get("week", {}), "week").items()
    }
    days = {
        _day(key): _intervals(texts, f"days.{key}")
        for key, texts in _object(parts.get("days", {}), "days").items()
    }
    closed = parts.get("holidays", False)
    if not isinstance(closed, bool):
        raise Invalid("holidays", "not_a_boolean")
    if not any(week.values()) and not any(days.values()):
        raise Invalid("week", "never_open")
    return Hours(week, closed, days)


def write(hours: Hours) -> Json:
    """The JSON that `read` reads back."""
    return {
        "week": {key: _texts(intervals) for key, intervals in hours.week.items()},
        "holidays": hours.holidays,
        "days": {day.isoformat(): _texts(intervals) for day, intervals in hours.days.items()},
    }


def is_open(hours: Hours, at: datetime) -> bool:
    return any(_stretches(hours, at, at + timedelta.resolution))


def next_opening(hours: Hours, at: datetime) -> datetime | None:
    """The next open moment, `at` itself when open; None when there is none in 366 days."""
    return next((start for start, _ in _stretches(hours, at, at + AHEAD)), None)


def next_closing(hours: Hours, at: datetime) -> datetime | None:
    """The end of the open time that is now or comes next; None when none ends in 366 days."""
    closing = None
    for start, end in _stretches(hours, at, at + AHEAD):
        if closing is not None and start > closing:
            return closing
        closing = end
    return closing if closing != at + AHEAD else None


def add(hours: Hours, at: datetime, span: timedelta) -> datetime:
    """The first moment when `span` of open time has passed since `at`: the end of the shift, not
    the beginning of the next.

    Raises Invalid never_open when there is none in 366 days, and ValueError for a negative span.
    """
    if span < timedelta():
        raise ValueError(f"no going back: {span}")
    left = span
    while left:
        before = left
        for start, end in _stretches(hours, at, at + AHEAD):
            if end - start >= left:
                return start + left
            left -= end - start
        if left == before:
            raise Invalid("week", "never_open")
        at += AHEAD
    return at


def between(hours: Hours, begin: datetime, end: datetime) -> timedelta:
    """The open time from `begin` to `end`; negative when `end` is the earlier one."""
    if end < begin:
        return -between(hours, end, begin)
    stretches = _stretches(hours, begin, end)
    return sum((closes - opens for opens, closes in stretches), timedelta())


def holiday(at: date) -> str | None:
    """The public holiday's Vietnamese name, also of a day off in lieu ("nghỉ bù") or a day that
    the government has exchanged. It sets Tết and exchanges anew every autumn: until then, the
    days beside Tết are by the rule of the Labour Code 2019, article 112."""
    return _holidays(at.year).get(at)


@lru_cache(maxsize=64)
def _holidays(year: int) -> Mapping[date, str]:
    return dict(country_holidays("VN", years=year, language="vi").items())


def _stretches(hours: Hours, begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The open time from `begin` to `end`, cut at both; stretches may touch."""
    day = begin.astimezone(HERE).date()
    midnight = datetime.combine(day, time(), HERE).astimezone(timezone.utc)
    while midnight < end:
        for interval in _of_day(hours, day):
            opens = max(begin, midnight + _after_midnight(interval.start))
            closes = min(end, midnight + _after_midnight(interval.end))
            if opens < closes:
                yield opens, closes
        day += DAY
        midnight += DAY


def _of_day(hours: Hours, day: date) -> Intervals:
    one_off = hours.days.get(day)
    if one_off is not None:
        return one_off
    if hours.holidays and holiday(day):
        return ()
    return hours.week.get(WEEKDAYS[day.weekday()], ())


def _after_midnight(at: time) -> timedelta:
    return DAY if at == MIDNIGHT else timedelta(hours=at.hour, minutes=at.minute)


def _object(value: object, path: str) -> Json:
    if not isinstance(value, dict):
        raise Invalid(path, "not_an_object")
    return value


def _weekday(key: str) -> str:
    if key not in WEEKDAYS:
        raise Invalid(f"week.{key}", "not_a_day")
    return key


def _day(key: str) -> date:
    try:
        return date.fromisoformat(key)
    except (TypeError, ValueError):
        raise Invalid(f"days.{key}", "not_a_day") from None


def _intervals(texts: object, path: str) -> Intervals:
    if not isinstance(texts, list):
        raise Invalid(path, "not_a_list")
    placed = sorted((_interval(text, f"{path}[{n}]"), n) for n, text in enumerate(texts))
    for (former, _), (latter, n) in pairwise(placed):
        if latter.start < former.end:
            raise Invalid(f"{path}[{n}]", "overlap")
    return tuple(interval for interval, _ in placed)


def _interval(text: object, path: str) -> Interval:
    found = INTERVAL.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise Invalid(path, "not_a_time")
    hour, minute, end_hour, end_minute = map(int, found.groups())
    try:
        start = time(hour, minute)
        end = MIDNIGHT if (end_hour, end_minute) == (24, 0) else time(end_hour, end_minute)
    except ValueError:
        raise Invalid(path, "not_a_time") from None
    if end <= start:
        raise Invalid(path, "backwards")
    return Interval(start, end)


def _texts(intervals: Intervals) -> list[str]:
    return [
        f"{start:%H:%M}-{'24:00' if end == MIDNIGHT else format(end, '%H:%M')}"
        for start, end in intervals
    ]
