"""Business hours: lunch, nights, weekends, public holidays, Tết and one-off days."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from lunar_vn import LunarDate, lunar_to_solar

from bot import schedule
from bot.facts import HERE
from bot.schedule import ALWAYS, MIDNIGHT, WEEKDAYS, Hours, Interval, Invalid

HOUR = timedelta(hours=1)
WORKDAY = ["08:00-12:00", "13:30-21:00"]
SHOP = schedule.read(
    {
        "week": dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), WORKDAY)
        | {"sat": ["08:00-12:00"]},
        "holidays": True,
        "days": {
            "2026-12-24": ["08:00-12:00"],
            "2026-11-15": ["09:00-17:00"],
            "2026-09-01": ["10:00-15:00"],
            "2026-07-10": [],
        },
    }
)
NIGHT = schedule.read({"week": {"fri": ["22:00-24:00"], "sat": ["00:00-06:00"]}})
CLOSED = Hours({})


def here(text: str) -> datetime:
    """A moment as it is written in Vietnam, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=HERE).astimezone(timezone.utc)


def written(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    assert moment.tzinfo is timezone.utc
    return moment.astimezone(HERE).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        # An ordinary Wednesday.
        ("2026-07-08 07:59", "2026-07-08 08:00"),
        ("2026-07-08 08:00", "2026-07-08 08:00"),
        ("2026-07-08 11:59", "2026-07-08 11:59"),
        ("2026-07-08 12:00", "2026-07-08 13:30"),
        ("2026-07-08 13:29", "2026-07-08 13:30"),
        ("2026-07-08 20:59", "2026-07-08 20:59"),
        ("2026-07-08 21:00", "2026-07-09 08:00"),
        ("2026-07-09 00:00", "2026-07-09 08:00"),
        # The weekend.
        ("2026-07-18 11:59", "2026-07-18 11:59"),
        ("2026-07-18 12:00", "2026-07-20 08:00"),
        ("2026-07-19 10:00", "2026-07-20 08:00"),
        # Public holidays.
        ("2025-12-31 21:00", "2026-01-02 08:00"),
        ("2026-04-25 12:00", "2026-04-28 08:00"),  # Hùng Kings on a Sunday, and the Monday
        ("2026-04-29 21:00", "2026-05-02 08:00"),
        ("2026-08-29 12:00", "2026-09-01 10:00"),  # 31 August was exchanged for the 22nd
        ("2026-09-01 15:00", "2026-09-03 08:00"),
        ("2026-11-23 21:00", "2026-11-25 08:00"),  # the Day of Vietnamese Culture
        ("2026-12-31 21:00", "2027-01-02 08:00"),
        ("2027-04-15 21:00", "2027-04-17 08:00"),
        ("2027-04-29 21:00", "2027-05-04 08:00"),  # 1 May on a Saturday: Monday in lieu
        ("2027-09-01 21:00", "2027-09-04 08:00"),
        ("2027-11-24 10:00", "2027-11-25 08:00"),
        ("2027-12-31 21:00", "2028-01-04 08:00"),  # New Year on a Saturday: Monday in lieu
        ("2028-04-03 21:00", "2028-04-05 08:00"),
        ("2028-04-29 12:00", "2028-05-03 08:00"),  # 30 April on a Sunday: Tuesday in lieu
        ("2028-08-31 21:00", "2028-09-05 08:00"),  # 2 September on a Saturday
        # Tết.
        ("2026-02-13 21:00", "2026-02-14 08:00"),
        ("2026-02-14 12:00", "2026-02-21 08:00"),
        ("2026-02-17 00:00", "2026-02-21 08:00"),
        ("2026-02-20 20:59", "2026-02-21 08:00"),
        ("2027-02-03 20:59", "2027-02-03 20:59"),
        ("2027-02-03 21:00", "2027-02-11 08:00"),
        ("2028-01-22 12:00", "2028-01-31 08:00"),
        # One-off days.
        ("2026-07-09 21:00", "2026-07-11 08:00"),  # a Friday off
        ("2026-11-14 12:00", "2026-11-15 09:00"),  # a Sunday on
        ("2026-11-15 17:00", "2026-11-16 08:00"),
        ("2026-09-01 09:59", "2026-09-01 10:00"),  # on, on a holiday
        ("2026-12-24 12:00", "2026-12-25 08:00"),  # half a day
    ],
)
def test_the_next_opening(at: str, opens: str) -> None:
    assert written(schedule.next_opening(SHOP, here(at))) == opens
    assert schedule.is_open(SHOP, here(at)) == (at == opens)


@pytest.mark.parametrize(
    ("hours", "at", "closes"),
    [
        (SHOP, "2026-07-08 08:00", "2026-07-08 12:00"),
        (SHOP, "2026-07-08 11:59", "2026-07-08 12:00"),
        (SHOP, "2026-07-08 12:00", "2026-07-08 21:00"),
        (SHOP, "2026-02-14 12:00", "2026-02-21 12:00"),
        (SHOP, "2026-07-19 10:00", "2026-07-20 12:00"),
        (NIGHT, "2026-07-10 23:00", "2026-07-11 06:00"),  # midnight is no closing
        (NIGHT, "2026-07-11 00:00", "2026-07-11 06:00"),
        (NIGHT, "2026-07-11 06:00", "2026-07-18 06:00"),
        (ALWAYS, "2026-07-10 23:00", None),
        (CLOSED, "2026-07-10 23:00", None),
    ],
)
def test_the_next_closing(hours: Hours, at: str, closes: str | None) -> None:
    assert written(schedule.next_closing(hours, here(at))) == closes


def test_intervals_that_touch_do_not_close_between() -> None:
    hours = schedule.read({"week": {"mon": ["08:00-12:00", "12:00-17:00"]}})

    assert written(schedule.next_closing(hours, here("2026-07-06 09:00"))) == "2026-07-06 17:00"


def test_the_last_closing_of_hours_of_one_day_only() -> None:
    hours = schedule.read({"days": {"2026-07-06": ["08:00-12:00"]}})

    assert written(schedule.next_closing(hours, here("2026-07-06 09:00"))) == "2026-07-06 12:00"
    assert schedule.next_opening(hours, here("2026-07-06 12:00")) is None
    assert schedule.next_closing(hours, here("2026-07-06 12:00")) is None


@pytest.mark.parametrize(
    ("at", "minutes", "then"),
    [
        ("2026-07-08 09:00", 0, "2026-07-08 09:00"),
        ("2026-07-08 03:00", 0, "2026-07-08 03:00"),
        ("2026-07-08 09:00", 5, "2026-07-08 09:05"),
        ("2026-07-08 11:58", 2, "2026-07-08 12:00"),
        ("2026-07-08 11:58", 5, "2026-07-08 13:33"),
        ("2026-07-08 12:30", 5, "2026-07-08 13:35"),
        ("2026-07-08 20:58", 5, "2026-07-09 08:03"),
        ("2026-07-08 23:00", 5, "2026-07-09 08:05"),
        ("2026-07-18 11:00", 90, "2026-07-20 08:30"),
        ("2026-07-09 20:30", 60, "2026-07-11 08:30"),  # over a day off
        ("2026-09-01 14:00", 90, "2026-09-03 08:30"),
        ("2026-02-14 11:00", 120, "2026-02-21 09:00"),  # over Tết
        ("2027-02-03 20:00", 120, "2027-02-11 09:00"),
        ("2028-01-22 11:30", 60, "2028-01-31 08:30"),
    ],
)
def test_open_time_is_added(at: str, minutes: int, then: str) -> None:
    assert written(schedule.add(SHOP, here(at), timedelta(minutes=minutes))) == then


@pytest.mark.parametrize(
    ("begin", "end", "hours"),
    [
        ("2026-07-08 08:00", "2026-07-08 21:00", 11.5),
        ("2026-07-08 11:30", "2026-07-08 14:00", 1),
        ("2026-07-08 12:00", "2026-07-08 13:30", 0),
        ("2026-07-08 20:00", "2026-07-09 09:00", 2),
        ("2026-07-13 00:00", "2026-07-20 00:00", 5 * 11.5 + 4),
        ("2026-02-14 12:00", "2026-02-21 08:00", 0),
        ("2026-02-14 11:00", "2026-02-21 09:00", 2),
        ("2026-07-10 00:00", "2026-07-11 00:00", 0),
        ("2026-11-15 00:00", "2026-11-16 00:00", 8),
        ("2026-12-24 00:00", "2026-12-25 00:00", 4),
    ],
)
def test_open_time_between(begin: str, end: str, hours: float) -> None:
    assert schedule.between(SHOP, here(begin), here(end)) == hours * HOUR


def test_always_is_open_at_every_moment() -> None:
    tet = here("2026-02-17 00:00")

    assert schedule.is_open(ALWAYS, tet)
    assert schedule.add(ALWAYS, tet, 1000 * HOUR) == tet + 1000 * HOUR
    assert schedule.between(ALWAYS, tet, tet + 1000 * HOUR) == 1000 * HOUR


def test_holidays_count_only_where_they_are_kept() -> None:
    hours = schedule.read({"week": {"tue": ["08:00-12:00"]}, "holidays": False})

    assert schedule.is_open(hours, here("2026-02-17 09:00"))


def test_hours_that_never_open_say_so() -> None:
    at = here("2026-07-08 09:00")

    assert not schedule.is_open(CLOSED, at)
    assert schedule.next_opening(CLOSED, at) is None
    assert schedule.between(CLOSED, at, at + 1000 * HOUR) == timedelta()
    with pytest.raises(Invalid) as caught:
        schedule.add(CLOSED, at, HOUR)
    assert caught.value.code == "never_open"


def test_hours_that_have_run_out_say_so() -> None:
    hours = schedule.read({"days": {"2026-07-06": ["08:00-12:00"]}})

    assert written(schedule.add(hours, here("2026-07-01 00:00"), 4 * HOUR)) == "2026-07-06 12:00"
    with pytest.raises(Invalid) as caught:
        schedule.add(hours, here("2026-07-01 00:00"), 5 * HOUR)
    assert caught.value.code == "never_open"


def test_more_than_a_year_of_open_time_is_added() -> None:
    hours = schedule.read({"week": {"mon": ["08:00-09:00"]}})

    assert written(schedule.add(hours, here("2026-01-05 00:00"), 105 * HOUR)) == "2028-01-03 09:00"


def test_open_time_is_not_taken_back() -> None:
    with pytest.raises(ValueError, match="no going back"):
        schedule.add(SHOP, here("2026-07-08 09:00"), -HOUR)


# Public holidays.


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2026-01-01", "Tết Dương lịch"),
        ("2026-02-16", "Giao thừa Tết Nguyên Đán"),
        ("2026-02-17", "Tết Nguyên Đán"),
        ("2026-04-26", "Ngày Giỗ Tổ Hùng Vương"),
        ("2026-04-27", "Ngày Giỗ Tổ Hùng Vương (nghỉ bù)"),
        ("2026-04-30", "Ngày Chiến thắng"),
        ("2026-05-01", "Ngày Quốc tế Lao động"),
        ("2026-08-31", "Ngày nghỉ (thay cho ngày 22/08/2026)"),
        ("2026-09-02", "Quốc khánh"),
        ("2026-11-24", "Ngày Văn hóa Việt Nam"),
        ("2027-09-03", "Quốc khánh"),
        ("2026-03-08", None),
        ("2026-08-22", None),
    ],
)
def test_a_holiday_has_its_vietnamese_name(day: str, name: str | None) -> None:
    assert schedule.holiday(date.fromisoformat(day)) == name


@pytest.mark.parametrize("year", range(2024, 2050))
def test_lunar_holidays_are_those_of_the_vietnamese_calendar(year: int) -> None:
    tet: date = lunar_to_solar(LunarDate(1, 1, year))
    hung_kings: date = lunar_to_solar(LunarDate(10, 3, year))

    assert schedule.holiday(tet - timedelta(days=1)) == "Giao thừa Tết Nguyên Đán"
    assert schedule.holiday(tet) == "Tết Nguyên Đán"
    assert schedule.holiday(tet + timedelta(days=2)) == "Mùng ba Tết Nguyên Đán"
    assert "Giỗ Tổ Hùng Vương" in (schedule.holiday(hung_kings) or "")


@pytest.mark.parametrize("year", (2026, 2027, 2028))
def test_tet_takes_five_working_days_of_a_week_from_monday_to_friday(year: int) -> None:
    tet: date = lunar_to_solar(LunarDate(1, 1, year))
    around = [tet + timedelta(days=n) for n in range(-10, 11)]

    off = [day for day in around if day.weekday() < 5 and schedule.holiday(day)]

    assert len(off) == 5


# Hours as a document.


def test_a_document_is_read() -> None:
    document = {
        "week": {"mon": ["13:30-24:00", "8:00 – 12:00"], "sun": []},
        "holidays": True,
        "days": {"2026-12-24": ["08:00-12:00"], "2027-02-05": []},
    }

    assert schedule.read(document) == Hours(
        {
            "mon": (Interval(time(8), time(12)), Interval(time(13, 30), MIDNIGHT)),
            "sun": (),
        },
        True,
        {date(2026, 12, 24): (Interval(time(8), time(12)),), date(2027, 2, 5): ()},
    )


def test_hours_are_written_as_they_are_documented() -> None:
    assert schedule.write(NIGHT) == {
        "week": {"fri": ["22:00-24:00"], "sat": ["00:00-06:00"]},
        "holidays": False,
        "days": {},
    }


MORNING = ["08:00-12:00"]


@pytest.mark.parametrize(
    ("document", "path", "code"),
    [
        (None, "", "not_an_object"),
        ([], "", "not_an_object"),
        ({"week": []}, "week", "not_an_object"),
        ({"week": {"mon": MORNING}, "days": []}, "days", "not_an_object"),
        ({"weeks": {}}, "weeks", "unknown"),
        ({"week": {"mon": MORNING}, "holidays": "yes"}, "holidays", "not_a_boolean"),
        ({"week": {"mon": MORNING}, "holidays": None}, "holidays", "not_a_boolean"),
        ({"week": {"mon": "08:00-12:00"}}, "week.mon", "not_a_list"),
        ({"week": {"mon": None}}, "week.mon", "not_a_list"),
        ({"week": {"monday": MORNING}}, "week.monday", "not_a_day"),
        ({"week": {"mon": MORNING}, "days": {"24/12": []}}, "days.24/12", "not_a_day"),
        ({"week": {"mon": MORNING}, "days": {"2026-02-30": []}}, "days.2026-02-30", "not_a_day"),
        ({"week": {"mon": MORNING}, "days": {2026: []}}, "days.2026", "not_a_day"),
        ({"week": {"mon": ["8-12"]}}, "week.mon[0]", "not_a_time"),
        ({"week": {"mon": ["08:00"]}}, "week.mon[0]", "not_a_time"),
        ({"week": {"mon": [800]}}, "week.mon[0]", "not_a_time"),
        ({"week": {"mon": ["08:00-12:60"]}}, "week.mon[0]", "not_a_time"),
        ({"week": {"mon": ["08:00-25:00"]}}, "week.mon[0]", "not_a_time"),
        ({"week": {"mon": ["24:00-24:00"]}}, "week.mon[0]", "not_a_time"),
        ({"week": {"mon": ["08:00-24:01"]}}, "week.mon[0]", "not_a_time"),
        ({"week": {"mon": ["٠٨:٠٠-١٢:٠٠"]}}, "week.mon[0]", "not_a_time"),
        ({"week": {"mon": [*MORNING, "22:00-06:00"]}}, "week.mon[1]", "backwards"),
        ({"week": {"mon": ["08:00-08:00"]}}, "week.mon[0]", "backwards"),
        ({"week": {"mon": [*MORNING, "11:59-17:00"]}}, "week.mon[1]", "overlap"),
        ({"week": {"mon": ["11:59-17:00", *MORNING]}}, "week.mon[0]", "overlap"),
        ({"week": {"mon": [*MORNING, *MORNING]}}, "week.mon[1]", "overlap"),
        (
            {"week": {"mon": MORNING}, "days": {"2026-12-24": [*MORNING, "09:00-10:00"]}},
            "days.2026-12-24[1]",
            "overlap",
        ),
        ({}, "week", "never_open"),
        ({"week": {}, "holidays": True}, "week", "never_open"),
        ({"week": {"mon": []}, "days": {"2026-12-24": []}}, "week", "never_open"),
    ],
)
def test_a_bad_document_is_refused_by_its_wrong_place(document: Any, path: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        schedule.read(document)

    assert (caught.value.path, caught.value.code) == (path, code)


# What holds of all hours.


@st.composite
def _intervals(draw: st.DrawFn) -> tuple[Interval, ...]:
    minutes = sorted(draw(st.sets(st.integers(0, 24 * 60), max_size=8)))
    times = [MIDNIGHT if n == 24 * 60 else time(n // 60, n % 60) for n in minutes]
    touching = draw(st.booleans())
    pairs = list(pairwise(times))[:: 1 if touching else 2]
    return tuple(Interval(start, end) for start, end in pairs)


hours_of_any_kind = st.builds(
    Hours,
    st.dictionaries(st.sampled_from(WEEKDAYS), _intervals()),
    st.booleans(),
    st.dictionaries(st.dates(date(2026, 1, 1), date(2026, 3, 31)), _intervals(), max_size=4),
).filter(lambda hours: any(hours.week.values()))
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 4, 30), timezones=st.just(timezone.utc))
spans = st.timedeltas(timedelta(), timedelta(days=3))


@given(hours_of_any_kind)
def test_what_is_written_is_read_back(hours: Hours) -> None:
    assert schedule.read(schedule.write(hours)) == hours


@given(hours_of_any_kind, moments, spans)
def test_between_undoes_add(hours: Hours, at: datetime, span: timedelta) -> None:
    then = schedule.add(hours, at, span)

    assert schedule.between(hours, at, then) == span


@given(hours_of_any_kind, moments, moments)
def test_add_goes_no_further_than_between_has_counted(
    hours: Hours, one: datetime, other: datetime
) -> None:
    begin, end = sorted((one, other))

    then = schedule.add(hours, begin, schedule.between(hours, begin, end))

    assert then <= end
    assert schedule.between(hours, then, end) == timedelta()


@given(hours_of_any_kind, moments, moments, moments)
def test_open_time_adds_up_in_any_order(
    hours: Hours, one: datetime, two: datetime, three: datetime
) -> None:
    whole = schedule.between(hours, one, three)

    assert schedule.between(hours, one, two) + schedule.between(hours, two, three) == whole


@given(hours_of_any_kind, moments)
def test_the_next_opening_is_open_and_nothing_before_it(hours: Hours, at: datetime) -> None:
    opening = schedule.next_opening(hours, at)

    assert opening is not None
    assert schedule.is_open(hours, opening)
    assert schedule.between(hours, at, opening) == timedelta()


@given(hours_of_any_kind, moments)
def test_it_is_open_until_the_next_closing(hours: Hours, at: datetime) -> None:
    opening = schedule.next_opening(hours, at)
    closing = schedule.next_closing(hours, at)
    assume(closing is not None)
    assert opening is not None and closing is not None

    assert schedule.between(hours, opening, closing) == closing - opening
    assert not schedule.is_open(hours, closing)
