"""Birthdays: when those of twelve people fall, and how they are written and read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.birthdays import Birthday, read, write
from bot.occasions import Yearly, between, in_year

PEOPLE = yaml.safe_load((Path(__file__).parent / "birthdays.yml").read_text(encoding="utf-8"))
YEARS = (2026, 2027, 2028)


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person["name"])
def test_a_birthday_falls_on_the_right_day(person: dict[str, Any]) -> None:
    on = read(person["birthday"]).on

    assert [in_year(on, year) for year in YEARS] == person["falls"]


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person["name"])
def test_a_birthday_falls_on_no_other_day(person: dict[str, Any]) -> None:
    on = read(person["birthday"]).on

    falls = between(on, person["falls"][0], person["falls"][-1])

    assert falls == list(zip(person["falls"], YEARS, strict=True))


@pytest.mark.parametrize(
    ("text", "birthday"),
    [
        ("15/8/1990", Birthday(Yearly(15, 8), 1990)),
        ("15-08-1990", Birthday(Yearly(15, 8), 1990)),
        (" 15 / 8 / 1990\n", Birthday(Yearly(15, 8), 1990)),
        ("1990-08-15", Birthday(Yearly(15, 8), 1990)),
        ("15.8", Birthday(Yearly(15, 8))),
        ("15/8 dương lịch", Birthday(Yearly(15, 8))),
        ("ngày 15 tháng 8 năm 1990", Birthday(Yearly(15, 8), 1990)),
        ("15 thang 8 am lich", Birthday(Yearly(15, 8, lunar=True))),
        ("15/8 ÂL", Birthday(Yearly(15, 8, lunar=True))),
        ("15/8/1990 (âm lịch)", Birthday(Yearly(15, 8, lunar=True), 1990)),
        ("rằm tháng 8", Birthday(Yearly(15, 8, lunar=True))),
        ("mùng 5 tháng Giêng", Birthday(Yearly(5, 1, lunar=True))),
        ("3/6 nhuận", Birthday(Yearly(3, 6, lunar=True, leap=True))),
        ("3 tháng 7 nhuận năm 1987 âm lịch", Birthday(Yearly(3, 7, lunar=True, leap=True), 1987)),
        ("3/7 nhuận/1987", Birthday(Yearly(3, 7, lunar=True, leap=True), 1987)),
    ],
)
def test_a_birthday_is_read_as_it_is_written(text: str, birthday: Birthday) -> None:
    assert read(text) == birthday


@pytest.mark.parametrize(
    "text",
    [
        *("", "hôm qua", "8/1990", "15/8/90", "15/8/1990 lúc 9h", "0900000001"),
        *("31/4", "0/1", "1/13", "29/2/1997", "1997-02-29", "31/1 âm lịch"),
        "3/6 nhuận/1987",  # in Vietnam the seventh month was doubled
        "15/8 nhuận dương lịch",
        "rằm tháng 8 dương lịch",
    ],
)
def test_what_is_no_birthday_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read(text)


SOLAR = st.dates().map(lambda day: Yearly(day.day, day.month))
LUNAR = st.builds(Yearly, st.integers(1, 30), st.integers(1, 12), st.just(True), st.booleans())


@given(SOLAR | LUNAR)
def test_what_is_written_is_read_back(on: Yearly) -> None:
    assert read(write(Birthday(on))) == Birthday(on)


@given(SOLAR | LUNAR, st.integers(1930, 2030))
def test_the_year_is_read_back_if_it_had_the_day(on: Yearly, year: int) -> None:
    birthday = Birthday(on, year)

    try:
        assert read(write(birthday)) == birthday
    except ValueError:
        assert on.leap or on.day == (30 if on.lunar else 29)


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading(text: str) -> None:
    try:
        birthday = read(text)
    except ValueError:
        return
    assert read(write(birthday)) == birthday
