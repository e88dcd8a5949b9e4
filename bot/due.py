"""By when something is to be done, as people write it: "lúc 15h", "chiều nay", "30 phút nữa".

Days and hours are read by the rules of bot.nlu; no library reads Vietnamese times as people write
them (dateparser 1.5: none of 14 such lines, 19 ms each).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from bot.facts import HERE
from bot.nlu.entities.codes import find_codes
from bot.nlu.entities.dates import find_dates
from bot.nlu.entities.extract import keep
from bot.nlu.entities.found import Found
from bot.nlu.entities.money import find_money
from bot.nlu.entities.numbers import BELOW_100, number
from bot.nlu.entities.reading import HIDDEN, Reading, rule
from bot.nlu.entities.times import find_times

# By when a thing is done that was said for a part of the day, or for a day.
PARTS: Final = {"sang": time(11), "trua": time(12, 30), "chieu": time(17), "toi": time(20)}
END_OF_DAY: Final = time(17)
LEAST: Final = timedelta(minutes=30)  # for what is due in a part of the day that is nearly over
AWAKE: Final = range(7, 22)  # the hours that a bare "3h" may mean
SATURDAY: Final = 5

_COUNT: Final = rf"(?:\d{{1,3}}|{BELOW_100}|nửa)"
_SPAN: Final = rule(
    r"(?<!\w)(?P<before>(?:trong vòng|trong|sau|khoảng|tầm|chừng|độ|thêm|chờ em|đợi em) )*"
    rf"(?:{_COUNT} ?(?:-|–|đến|tới) ?)?(?P<n>{_COUNT}) ?(?P<unit>phút|ph|p|tiếng|giờ|h|ngày)"
    r"(?: đồng hồ| làm việc)?(?P<half> rưỡi)?(?P<after> (?:nữa|sau|tới))?(?!\w|:)"
)
_WITHIN: Final = rule(r"(?<!\w)(?:trong|chờ|đợi|thêm)(?!\w)")
_AFTER: Final = rule(r"(?<!\w)sau(?!\w)")
_TODAY: Final = rule(
    r"(?<!\w)(?:(?:trong|cuối) (?:hôm nay|ngày(?: hôm nay)?|bữa nay)|cuối giờ)(?! mai)(?!\w)"
)
_PART: Final = rule(r"(?<!\w)(?P<part>sáng|trưa|chiều|tối)(?!\w)")
_WEEK: Final = rule(r"(?<!\w)(?:trong )?tuần (?P<which>này|sau|tới)(?!\w)")
_TO: Final = rule(r"^\s*(?:-|–|đến|tới)\s*$")


@dataclass(frozen=True)
class Clause:
    """A stretch of a sentence, read."""

    low: str  # in lower case, "\\0" where a time stood
    due: datetime | None  # in Vietnam


def read(clause: str, now: datetime) -> Clause:
    """When the clause says that something is due, after `now`, an aware time."""
    now = now.astimezone(HERE)
    reading = Reading(clause)
    keep(reading, [], find_codes(reading))
    keep(reading, [], find_money(reading))
    due = _span(reading, now)
    if due is None:
        dates: list[Found] = []
        times: list[Found] = []
        keep(reading, dates, find_dates(reading, now.date()))
        keep(reading, times, find_times(reading))
        due = _moment(reading, dates, times, now)
    return Clause(re.sub(f"{HIDDEN}+", HIDDEN, reading.low), due)


def _span(reading: Reading, now: datetime) -> datetime | None:
    """A length of time from now: "30 phút nữa", "trong 2 ngày", "sau 1 tiếng rưỡi"."""
    for match in reading.find(_SPAN):
        unit, before = reading.part(match, "unit"), reading.low[match.start() : match.start("n")]
        half = reading.part(match, "n") == "nua"
        count = 0 if half else number(reading, *match.span("n"))
        if count is None:
            continue
        late = bool(match["after"]) or bool(_WITHIN.search(before))
        # "sau 15h" is a time of day, "sau 2 tiếng" is not.
        late = late or (bool(_AFTER.search(before)) and (unit not in ("h", "gio") or count <= 4))
        if not late:
            continue
        reading.hide(*match.span())
        if unit == "ngay":
            return datetime.combine(now.date() + timedelta(days=count), END_OF_DAY, HERE)
        whole = count + (0.5 if half or match["half"] else 0)
        minutes = whole * (60 if unit in ("h", "gio", "tieng") else 1)
        return (now + timedelta(minutes=minutes)).replace(second=0, microsecond=0)
    return None


def _moment(
    reading: Reading, dates: list[Found], times: list[Found], now: datetime
) -> datetime | None:
    """A day, an hour, a part of the day, or several of them together."""
    day = date.fromisoformat(str(dates[0].value)) if dates else None
    if times:
        return _at(_last_of_range(reading, times), day, now, bool(_PART.search(reading.said)))
    part = _PART.search(reading.low)
    until = PARTS[reading.part(part, "part")] if part else END_OF_DAY
    if day is None:
        if _TODAY.search(reading.said):
            day = now.date()
        elif week := _WEEK.search(reading.low):
            ahead = 0 if reading.part(week, "which") == "nay" else 7
            day = now.date() + timedelta(days=SATURDAY - now.weekday() + ahead)
        else:
            return None
    due = datetime.combine(day, until, HERE)
    return max(due, now + LEAST) if day == now.date() else due


def _last_of_range(reading: Reading, times: list[Found]) -> str:
    """Of "15h đến 16h" the end; else the first time that is named."""
    times = sorted(times, key=lambda found: found.start)
    first, *others = times
    if others and _TO.match(reading.raw[first.end : others[0].start].lower()):
        return str(others[0].value)
    return str(first.value)


def _at(said: str, day: date | None, now: datetime, exact: bool) -> datetime:
    """That hour of that day, or the next one. "3h" is three in the afternoon, unless it is `exact`:
    said with a part of the day."""
    hour, minute = map(int, said.split(":"))
    meant = [hour] if exact or hour >= 12 else [each for each in (hour, hour + 12) if each in AWAKE]
    moments = [
        datetime.combine(day or now.date(), time(each, minute), HERE) for each in meant or [hour]
    ]
    ahead = [moment for moment in moments if moment > now]
    if day is not None:
        return (ahead or moments)[0]
    return ahead[0] if ahead else moments[0] + timedelta(days=1)
