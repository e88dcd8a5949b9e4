"""Days that come back every year: by the sun, by the moon, and the festive ones."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import lunar, schedule
from bot.occasions import FESTIVALS, Yearly, between, festivals, in_year, may_sell

DAY = timedelta(days=1)
YEARS = range(2026, 2031)
BY_KEY = {festival.key: festival for festival in FESTIVALS}

# The first day of the lunar month and the festivals in it, by the table of the 21st century of
# Hồ Ngọc Đức, "Âm lịch Việt Nam" (www.informatik.uni-leipzig.de/~duc/amlich).
PUBLISHED = {
    "tet_1": ["2026-02-17", "2027-02-06", "2028-01-26", "2029-02-13", "2030-02-02"],
    "tet_2": ["2026-02-18", "2027-02-07", "2028-01-27", "2029-02-14", "2030-02-03"],
    "tet_3": ["2026-02-19", "2027-02-08", "2028-01-28", "2029-02-15", "2030-02-04"],
    "first_moon": ["2026-03-03", "2027-02-20", "2028-02-09", "2029-02-27", "2030-02-16"],
    "hung_kings": ["2026-04-26", "2027-04-16", "2028-04-04", "2029-04-23", "2030-04-12"],
    "midsummer": ["2026-06-19", "2027-06-09", "2028-05-28", "2029-06-16", "2030-06-05"],
    "vu_lan": ["2026-08-27", "2027-08-16", "2028-09-03", "2029-08-24", "2030-08-13"],
    "mid_autumn": ["2026-09-25", "2027-09-15", "2028-10-03", "2029-09-22", "2030-09-12"],
    "kitchen_gods": ["2027-01-30", "2028-01-19", "2029-02-06", "2030-01-26", "2031-01-16"],
    "tet_eve": ["2027-02-05", "2028-01-25", "2029-02-12", "2030-02-01", "2031-01-22"],
}
LEAP_FIFTH_OF_2028 = (date(2028, 6, 23), date(2028, 7, 21))  # its first day and its last

SOLAR = st.dates().map(lambda day: Yearly(day.day, day.month))
LUNAR = st.builds(Yearly, st.integers(1, 30), st.integers(1, 12), st.just(True), st.booleans())
SOME_YEAR = st.integers(1902, 2097)


@pytest.mark.parametrize("key", PUBLISHED)
def test_a_lunar_festival_is_on_the_day_of_the_published_table(key: str) -> None:
    falls = [in_year(BY_KEY[key].on, year).isoformat() for year in YEARS]

    assert falls == PUBLISHED[key]


@pytest.mark.parametrize("key", [f.key for f in FESTIVALS if f.on.lunar])
def test_every_lunar_festival_is_in_the_published_table(key: str) -> None:
    assert key in PUBLISHED


@pytest.mark.parametrize("year", YEARS)
def test_festivals_that_are_public_holidays_are_days_off(year: int) -> None:
    keys = ("new_year", "tet_1", "hung_kings", "reunification", "labour", "national")

    assert all(schedule.holiday(in_year(BY_KEY[key].on, year)) for key in keys)


def test_the_leap_month_of_2028_is_the_fifth() -> None:
    first, last = (lunar.solar(day, 5, 2028, leap=True) for day in (1, 29))

    assert (first, last) == LEAP_FIFTH_OF_2028


@pytest.mark.parametrize("year", [2026, 2027, 2029, 2030])
def test_the_other_years_have_no_leap_month(year: int) -> None:
    assert not any(lunar.solar(1, month, year, leap=True) for month in range(1, 13))


# --- when a yearly day falls


def test_the_29th_of_february_is_kept_on_the_28th() -> None:
    falls = [in_year(Yearly(29, 2), year) for year in (2027, 2028, 2100)]

    assert falls == [date(2027, 2, 28), date(2028, 2, 29), date(2100, 2, 28)]


def test_the_28th_of_february_stays_in_a_leap_year() -> None:
    assert in_year(Yearly(28, 2), 2028) == date(2028, 2, 28)


def test_the_30th_of_a_lunar_month_of_29_days_is_its_last() -> None:
    assert in_year(Yearly(30, 12, lunar=True), 2026) == lunar.tet(2027) - DAY


def test_who_was_born_in_a_regular_month_keeps_it_when_it_is_doubled() -> None:
    assert in_year(Yearly(10, 5, lunar=True), 2028) < LEAP_FIFTH_OF_2028[0]


def test_who_was_born_in_a_leap_month_keeps_it_when_there_is_one() -> None:
    first, last = LEAP_FIFTH_OF_2028

    assert first <= in_year(Yearly(10, 5, lunar=True, leap=True), 2028) <= last


def test_who_was_born_in_a_leap_month_keeps_the_regular_one_in_other_years() -> None:
    leap, regular = (Yearly(10, 5, lunar=True, leap=leap) for leap in (True, False))

    assert in_year(leap, 2027) == in_year(regular, 2027)


def test_the_30th_of_a_leap_month_of_29_days_is_its_last() -> None:
    assert in_year(Yearly(30, 5, lunar=True, leap=True), 2028) == LEAP_FIFTH_OF_2028[1]


def test_a_lunar_day_may_come_twice_in_a_solar_year() -> None:
    falls = between(Yearly(7, 12, lunar=True), date(2030, 1, 1), date(2030, 12, 31))

    assert falls == [(date(2030, 1, 10), 2029), (date(2030, 12, 31), 2030)]


def test_a_lunar_day_may_not_come_in_a_solar_year() -> None:
    assert between(Yearly(1, 12, lunar=True), date(2028, 1, 1), date(2028, 12, 31)) == []


@pytest.mark.parametrize(
    "day", [(31, 4), (30, 2), (0, 1), (1, 0), (1, 13), (31, 1, True), (1, 13, True), (0, 1, True)]
)
def test_a_day_that_no_year_has_is_refused(day: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=r"."):
        Yearly(*day)


def test_the_sun_has_no_leap_months() -> None:
    with pytest.raises(ValueError, match="no year"):
        Yearly(1, 5, leap=True)


def test_a_lunar_year_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match="2150"):
        in_year(Yearly(1, 1, lunar=True), 2150)


@given(SOLAR, st.integers(1, 9999))
def test_a_solar_day_falls_within_its_year(on: Yearly, year: int) -> None:
    fall = in_year(on, year)

    assert fall.year == year
    assert fall.month == on.month


@given(LUNAR, SOME_YEAR)
def test_a_lunar_day_falls_between_one_tet_and_the_next(on: Yearly, year: int) -> None:
    assert lunar.tet(year) <= in_year(on, year) < lunar.tet(year + 1)


@given(SOLAR | LUNAR, st.dates(date(1903, 1, 1), date(2090, 12, 31)), st.integers(0, 3000))
def test_no_year_is_skipped_or_doubled(on: Yearly, first: date, days: int) -> None:
    falls = between(on, first, first + timedelta(days))

    years = [fall.year for fall in falls]
    assert years == list(range(years[0], years[0] + len(years))) if years else days < 385
    assert falls == sorted(falls)


@given(SOLAR | LUNAR, st.dates(date(1903, 1, 1), date(2090, 12, 31)), st.integers(1, 900))
def test_who_looks_day_by_day_sees_the_same_as_who_looks_at_once(
    on: Yearly, first: date, days: int
) -> None:
    looked = [first + timedelta(n) for n in range(days)]

    seen = [fall for day in looked for fall in between(on, day, day)]

    assert seen == between(on, looked[0], looked[-1])


# --- festivals


def test_the_festivals_of_a_stretch_come_in_order() -> None:
    found = festivals(date(2027, 1, 30), date(2027, 2, 14))

    assert [(day.day, festival.key) for day, festival in found] == [
        (30, "kitchen_gods"),
        (5, "tet_eve"),
        (6, "tet_1"),
        (7, "tet_2"),
        (8, "tet_3"),
        (14, "valentine"),
    ]


def test_two_festivals_may_share_a_day() -> None:
    shared = [festival.key for _, festival in festivals(date(2029, 2, 14), date(2029, 2, 14))]

    assert shared == ["tet_2", "valentine"]


@pytest.mark.parametrize("tet", PUBLISHED["tet_1"])
def test_nothing_is_sold_on_the_first_day_of_tet(tet: str) -> None:
    assert not may_sell(date.fromisoformat(tet))


def test_on_every_other_day_of_2027_selling_is_allowed() -> None:
    days = [date(2027, 1, 1) + timedelta(n) for n in range(365)]

    assert [day for day in days if not may_sell(day)] == [date(2027, 2, 6)]


def test_every_festival_has_a_key_and_names_of_its_own() -> None:
    for names in zip(*((f.key, f.vi, f.en) for f in FESTIVALS), strict=True):
        assert len(set(names)) == len(FESTIVALS)
        assert all(names)
