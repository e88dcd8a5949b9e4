"""Days that come back every year, by the sun or by the moon, and the festive ones among them."""

from __future__ import annotations

from calendar import isleap
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from bot import lunar

LEAP_YEAR: Final = 2000  # any: every day of the solar calendar is in it


@dataclass(frozen=True)
class Yearly:
    """A day and a month of either calendar. Raises ValueError when no year has them."""

    day: int
    month: int
    lunar: bool = False
    leap: bool = False  # tháng nhuận: the second of two lunar months with this number

    def __post_init__(self) -> None:
        if self.lunar and 1 <= self.day <= 30 and 1 <= self.month <= 12:
            return
        if self.lunar or self.leap:
            raise ValueError(f"no year has {self}")
        date(LEAP_YEAR, self.month, self.day)


class Fall(NamedTuple):
    """One of the times that a yearly day comes."""

    day: date
    year: int  # of the calendar it goes by: the 12th lunar month ends in the next solar year


def in_year(yearly: Yearly, year: int) -> date:
    """When it falls in a year of its own calendar, which is once.

    Where that year's month is shorter, on its last day: 29 February, the 30th of a lunar month.
    A leap month's day is kept in the leap month if the year has it, or else in the regular one.
    Raises ValueError for lunar years that are not in lunar.YEARS.
    """
    day, month = yearly.day, yearly.month
    if not yearly.lunar:
        return date(year, month, 28 if (day, month) == (29, 2) and not isleap(year) else day)
    halves = (True, False) if yearly.leap else (False,)
    for leap in halves:
        for last in (day, 29) if day == 30 else (day,):
            found = lunar.solar(last, month, year, leap)
            if found:
                return found
    raise ValueError(f"the lunar calendar of {year} is not known")


def between(yearly: Yearly, first: date, last: date) -> list[Fall]:
    """When it falls from one day to another, both included, in order. By the moon it can do so
    twice in a solar year, or not at all."""
    begin = first.year - 1 if yearly.lunar else first.year
    falls = (Fall(in_year(yearly, year), year) for year in range(begin, last.year + 1))
    return [fall for fall in falls if first <= fall.day <= last]


class Festival(NamedTuple):
    """A day on which shops greet their customers."""

    key: str
    on: Yearly
    vi: str
    en: str
    sales: bool = True  # whether a text that sells may be sent


FESTIVALS: Final = (
    Festival("new_year", Yearly(1, 1), "Tết Dương lịch", "New Year's Day"),
    Festival("kitchen_gods", Yearly(23, 12, True), "Tết Ông Công Ông Táo", "Kitchen Gods' Day"),
    Festival("tet_eve", Yearly(30, 12, True), "Giao thừa", "Lunar New Year's Eve"),
    Festival("tet_1", Yearly(1, 1, True), "Mùng 1 Tết", "First day of Tết", sales=False),
    Festival("tet_2", Yearly(2, 1, True), "Mùng 2 Tết", "Second day of Tết"),
    Festival("tet_3", Yearly(3, 1, True), "Mùng 3 Tết", "Third day of Tết"),
    Festival("first_moon", Yearly(15, 1, True), "Rằm tháng Giêng", "First Full Moon Festival"),
    Festival("valentine", Yearly(14, 2), "Lễ Tình nhân", "Valentine's Day"),
    Festival("women", Yearly(8, 3), "Ngày Quốc tế Phụ nữ 8/3", "International Women's Day"),
    Festival("hung_kings", Yearly(10, 3, True), "Giỗ Tổ Hùng Vương", "Hùng Kings' Day"),
    Festival("reunification", Yearly(30, 4), "Ngày Thống nhất đất nước 30/4", "Reunification Day"),
    Festival("labour", Yearly(1, 5), "Ngày Quốc tế Lao động 1/5", "Labour Day"),
    Festival("children", Yearly(1, 6), "Ngày Quốc tế Thiếu nhi 1/6", "Children's Day"),
    Festival("midsummer", Yearly(5, 5, True), "Tết Đoan Ngọ", "Đoan Ngọ Festival"),
    Festival("family", Yearly(28, 6), "Ngày Gia đình Việt Nam 28/6", "Vietnamese Family Day"),
    Festival("vu_lan", Yearly(15, 7, True), "Lễ Vu Lan", "Vu Lan Festival"),
    Festival("national", Yearly(2, 9), "Quốc khánh 2/9", "National Day"),
    Festival("mid_autumn", Yearly(15, 8, True), "Tết Trung thu", "Mid-Autumn Festival"),
    Festival("business", Yearly(13, 10), "Ngày Doanh nhân Việt Nam 13/10", "Entrepreneurs' Day"),
    Festival("vn_women", Yearly(20, 10), "Ngày Phụ nữ Việt Nam 20/10", "Vietnamese Women's Day"),
    Festival("teachers", Yearly(20, 11), "Ngày Nhà giáo Việt Nam 20/11", "Teachers' Day"),
    Festival("christmas", Yearly(25, 12), "Lễ Giáng sinh", "Christmas"),
)


def festivals(first: date, last: date) -> list[tuple[date, Festival]]:
    """What is celebrated from one day to another, both included, in order."""
    found = [
        (fall.day, festival) for festival in FESTIVALS for fall in between(festival.on, first, last)
    ]
    return sorted(found, key=lambda each: each[0])


def may_sell(day: date) -> bool:
    """Whether a text that sells may be sent on this day, in Vietnam."""
    return all(festival.sales for _, festival in festivals(day, day))
