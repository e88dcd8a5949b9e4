"""CRR, churn, tenure and the trend."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from bot.facts import HERE
from bot.figures import retention
from bot.figures.figure import (
    NOTHING,
    REACTIVATED,
    TOO_FEW_POINTS,
    TOO_YOUNG,
    days,
)
from bot.figures.order import Order
from bot.figures.share import share

YEAR = days(date(2025, 11, 1), date(2026, 11, 1))
BEFORE, WITHIN, LATE = timedelta(-30), timedelta(60), timedelta(300)


def buys(person: int, *after_start: timedelta) -> list[Order]:
    """Orders, so long after the year's start."""
    return [
        Order(person * 10 + n, person, YEAR.start + each, 100_000)
        for n, each in enumerate(after_start)
    ]


def year_of_the_product() -> list[Order]:
    """200 people at the start, of whom 40 are lost; 50 new ones: 210 at the end."""
    stay = [buys(person, BEFORE, LATE) for person in range(160)]
    lost = [buys(person, BEFORE) for person in range(160, 200)]
    new = [buys(person, LATE) for person in range(200, 250)]
    return [order for each in (*stay, *lost, *new) for order in each]


def test_crr_of_200_with_50_new_and_210_at_the_end_is_80() -> None:
    people = retention.kept(year_of_the_product(), YEAR)

    figure = retention.crr(year_of_the_product(), YEAR)

    assert (len(people.before), len(people.new), len(people.after)) == (200, 50, 210)
    assert (figure.value, figure.n) == (Decimal("80.0"), 200)


def test_churn_is_the_rest_and_names_who_was_lost() -> None:
    figure = retention.churn(year_of_the_product(), YEAR)

    assert figure.value == Decimal("20.0")
    assert figure.hits == tuple(range(160, 200))
    rate = retention.crr(year_of_the_product(), YEAR)
    assert rate.high is not None and figure.low == 100 - rate.high


def test_without_anybody_at_the_start_crr_is_unknown() -> None:
    figure = retention.crr(buys(1, LATE), YEAR)

    assert (figure.value, figure.flags) == (None, (NOTHING,))


def test_who_has_come_back_is_not_new() -> None:
    again = buys(2, timedelta(-400), LATE)

    people = retention.kept([*buys(1, BEFORE, LATE), *again], YEAR)
    figure = retention.crr([*buys(1, BEFORE, LATE), *again], YEAR)

    assert people.new == frozenset() and people.back == {2}
    assert (figure.value, figure.flags) == (Decimal("200.0"), (REACTIVATED,))


def test_a_person_with_many_orders_is_one_person() -> None:
    figure = retention.crr(buys(1, BEFORE, BEFORE, WITHIN, LATE, LATE), YEAR)

    assert (figure.value, figure.n) == (Decimal("100.0"), 1)


@pytest.mark.parametrize(("ago", "is_active"), [(180, True), (181, False), (0, False)])
def test_active_is_an_order_in_the_last_180_days(ago: int, is_active: bool) -> None:
    order = Order(1, 1, YEAR.start - timedelta(days=ago), 1)

    assert bool(retention.kept([order], YEAR).before) is is_active


def test_how_long_a_person_counts_as_active_can_be_set() -> None:
    figure = retention.crr(buys(1, timedelta(-300), LATE), YEAR, timedelta(days=365))

    assert figure.value == Decimal("100.0")


def bought(person: int, *days_: date) -> list[Order]:
    return [
        Order(person * 10 + n, person, datetime(d.year, d.month, d.day, 9, tzinfo=HERE), 1)
        for n, d in enumerate(days_)
    ]


def test_tenure_is_the_share_of_the_active_by_their_first_order() -> None:
    lately = date(2026, 10, 1)
    orders = [
        *bought(1, date(2020, 1, 1), lately),
        *bought(2, date(2024, 10, 31), lately),
        *bought(3, date(2025, 11, 2), lately),
        *bought(4, lately),
        *bought(5, date(2019, 1, 1)),  # no longer active
    ]

    shares = [retention.tenure(orders, YEAR, years) for years in (1, 2, 5)]

    assert [each.value for each in shares] == [Decimal(50), Decimal(50), Decimal(25)]
    assert [each.hits for each in shares] == [(1, 2), (1, 2), (1,)]


def test_a_shop_younger_than_the_band_has_no_tenure() -> None:
    orders = bought(1, date(2024, 1, 1), date(2026, 10, 1))

    assert retention.tenure(orders, YEAR, 2).value == Decimal("100.0")
    assert retention.tenure(orders, YEAR, 5).flags == (TOO_YOUNG,)


def test_a_year_before_29_february_is_the_28th() -> None:
    leap = datetime(2028, 2, 29, tzinfo=HERE)

    assert retention.years_before(leap, 1) == datetime(2027, 2, 28, tzinfo=HERE)


def test_the_months_are_whole_and_the_newest_is_over() -> None:
    months = retention.monthly([], date(2026, 11, 23), 3)

    starts = [each.window.start.astimezone(HERE).date() for each in months]
    assert starts == [date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1)]
    assert months[-1].window.end == datetime(2026, 11, 1, tzinfo=HERE)


def test_the_trend_is_the_slope_with_its_interval() -> None:
    # By scipy.stats.linregress: slope 1.428571, standard error 0.329914; t(4) = 2.776.
    hits = [80, 82, 81, 85, 84, 88]
    months = [share("crr", YEAR, range(hit), range(100)) for hit in hits]

    figure = retention.trend(months, YEAR)

    assert (figure.value, figure.low, figure.high) == (
        Decimal("1.4"),
        Decimal("0.5"),
        Decimal("2.3"),
    )


def test_under_six_points_there_is_no_trend() -> None:
    months = [share("crr", YEAR, range(8), range(10))] * 5 + [share("crr", YEAR, [], [])]

    assert retention.trend(months, YEAR).flags == (TOO_FEW_POINTS,)
