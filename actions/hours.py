"""When the shop is open, read from the facts as customers read them: one place says the hours."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from actions import shop
from actions.talk import HERE, plain

WEEKDAYS: Final = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
_DAYS: Final = {plain(name): number for number, name in enumerate(WEEKDAYS)}
_SPAN: Final = re.compile(r"(\d{1,2}:\d\d)\s*–\s*(\d{1,2}:\d\d)")

# The first day of the lunar year in Vietnam. Every one of these years ends with 29 tháng Chạp.
TET: Final = (
    date(2026, 2, 17),
    date(2027, 2, 6),
    date(2028, 1, 26),
    date(2029, 2, 13),
    date(2030, 2, 2),
    date(2031, 1, 23),
    date(2032, 2, 11),
)

Span = tuple[time, time]


@dataclass(frozen=True)
class Hours:
    """Opening hours by weekday, Monday first, and the days that are closed at Tết."""

    week: tuple[tuple[Span, ...], ...]
    tet_before: int = 0  # days closed before the first of the lunar year
    tet_after: int = 0  # and from that day on

    def of(self, day: date) -> tuple[Span, ...]:
        """The spans in which it is open that day; empty when it is closed."""
        return () if self.is_tet(day) else self.week[day.weekday()]

    def is_tet(self, day: date) -> bool:
        return any(-self.tet_before <= (day - first).days < self.tet_after for first in TET)

    def open_at(self, moment: datetime) -> bool:
        return self.closes(moment) is not None

    def closes(self, moment: datetime) -> time | None:
        """Until when it is open at that moment; None when it is closed."""
        now = moment.time()
        return next((end for start, end in self.of(moment.date()) if start <= now < end), None)

    def next_opening(self, moment: datetime) -> datetime:
        """The first opening after a moment at which it is closed."""
        for days in range(30):
            day = moment.date() + timedelta(days=days)
            for start, _ in self.of(day):
                opening = datetime.combine(day, start, HERE)
                if opening > moment:
                    return opening
        raise shop.ShopDown("hours: never open")

    def free_times(self, moment: datetime, count: int = 3) -> list[datetime]:
        """The next round hours at which somebody is there, at least half an hour ahead."""
        found: list[datetime] = []
        for days in range(30):
            day = moment.date() + timedelta(days=days)
            for hour in (9, 11, 14, 16, 19):
                at = datetime.combine(day, time(hour), HERE)
                if at - moment >= timedelta(minutes=30) and self.open_at(at):
                    found.append(at)
        return found[:count]


def read(hours: str, tet: str = "") -> Hours:
    """Hours like "08:00–12:00 và 13:30–21:00 từ thứ Hai đến thứ Bảy, 09:00–18:00 Chủ nhật", and
    the Tết break like "nghỉ từ 29 tháng Chạp đến hết mùng 4". Raises ShopDown when they cannot be
    read."""
    week: list[tuple[Span, ...]] = [()] * 7
    for part in hours.split(","):
        spans = tuple((_time(start), _time(end)) for start, end in _SPAN.findall(part))
        for day in _days(plain(_SPAN.sub("", part))):
            week[day] = spans
    if not any(week):
        raise shop.ShopDown("hours: cannot be read")
    before, after = (
        re.search(pattern, plain(tet)) for pattern in (r"(\d+) thang chap", r"mung (\d+)")
    )
    return Hours(
        week=tuple(week),
        tet_before=30 - int(before[1]) if before else 0,
        tet_after=int(after[1]) if after else 0,
    )


def _time(text: str) -> time:
    hour, minute = text.split(":")
    return time(int(hour), int(minute))


def _days(text: str) -> list[int]:
    named = sorted((text.index(name), number) for name, number in _DAYS.items() if name in text)
    if "hang ngay" in text or not named:
        return list(range(7))
    first, last = named[0][1], named[-1][1]
    return list(range(first, last + 1)) if " den " in text else [number for _, number in named]


def of_stores() -> Hours:
    """When the stores are open. Raises ShopDown."""
    return _of("store_hours")


def of_staff() -> Hours:
    """When staff answer messages and call back. Raises ShopDown."""
    return _of("chat_hours")


def _of(fact: str) -> Hours:
    facts = shop.facts()
    return read(facts.get(fact, ""), facts.get("tet_hours", ""))


def say_spans(spans: tuple[Span, ...]) -> str:
    """Like "08:00–12:00 và 13:30–21:00"."""
    return " và ".join(f"{start:%H:%M}–{end:%H:%M}" for start, end in spans)


def say_day(day: date, today: date) -> str:
    """Like "hôm nay", "ngày mai", "thứ Tư 25/11"."""
    match (day - today).days:
        case 0:
            return "hôm nay"
        case 1:
            return "ngày mai"
    return f"{WEEKDAYS[day.weekday()]} {day.day}/{day.month}"


def say_moment(moment: datetime, today: date) -> str:
    """Like "15:00 thứ Tư 25/11"."""
    return f"{moment:%H:%M} {say_day(moment.date(), today)}"
