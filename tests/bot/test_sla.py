"""Deadlines in open time: across lunch, night, weekend and Tết."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from bot import schedule, sla
from bot.facts import HERE
from bot.schedule import ALWAYS, Hours, Invalid

WORKDAY = ["08:00-12:00", "13:30-21:00"]
SHOP = schedule.read(
    {
        "week": dict.fromkeys(schedule.WEEKDAYS[:6], WORKDAY),
        "holidays": True,
        "days": {"2026-07-10": []},
    }
)


def here(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HERE).astimezone(timezone.utc)


@pytest.mark.parametrize(
    ("since", "minutes", "warn_at", "by"),
    [
        ("2026-07-08 09:00", 5, "2026-07-08 09:04", "2026-07-08 09:05"),
        ("2026-07-08 11:58", 5, "2026-07-08 13:32", "2026-07-08 13:33"),  # over lunch
        ("2026-07-08 11:56", 5, "2026-07-08 12:00", "2026-07-08 13:31"),  # warned before it
        ("2026-07-08 12:15", 5, "2026-07-08 13:34", "2026-07-08 13:35"),  # asked at lunch
        ("2026-07-08 20:58", 5, "2026-07-09 08:02", "2026-07-09 08:03"),  # over the night
        ("2026-07-08 23:30", 5, "2026-07-09 08:04", "2026-07-09 08:05"),
        ("2026-07-18 20:00", 120, "2026-07-20 08:36", "2026-07-20 09:00"),  # over Sunday
        ("2026-07-09 20:55", 10, "2026-07-11 08:03", "2026-07-11 08:05"),  # over a day off
        ("2026-02-14 20:30", 60, "2026-02-21 08:18", "2026-02-21 08:30"),  # over Tết
        ("2026-02-18 10:00", 5, "2026-02-21 08:04", "2026-02-21 08:05"),  # asked at Tết
        ("2026-11-23 20:58", 5, "2026-11-25 08:02", "2026-11-25 08:03"),
    ],
)
def test_the_clock_runs_in_open_time(since: str, minutes: int, warn_at: str, by: str) -> None:
    clock = sla.deadline(SHOP, here(since), timedelta(minutes=minutes))

    assert clock == sla.Clock(by=here(by), warn_at=here(warn_at))


def test_the_clock_runs_in_calendar_time_where_it_is_always_open() -> None:
    clock = sla.deadline(ALWAYS, here("2026-02-16 23:00"), timedelta(hours=10))

    assert clock == sla.Clock(by=here("2026-02-17 09:00"), warn_at=here("2026-02-17 07:00"))


def test_hours_that_never_open_set_no_deadline() -> None:
    with pytest.raises(Invalid) as caught:
        sla.deadline(Hours({}), here("2026-07-08 09:00"), timedelta(minutes=5))

    assert caught.value.code == "never_open"
