"""Order value, lifetime value and the top fifth."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from bot.figures import value
from bot.figures.figure import CAPPED, NO_MARGIN, NOTHING, Window, days
from bot.figures.order import Order

MARGIN = Fraction(18, 100)


def sold(window: Window, *values: int) -> list[Order]:
    """One order of each person, who are numbered from 1."""
    return [Order(n, n, window.start, each) for n, each in enumerate(values, 1)]


def test_one_company_order_moves_the_mean_and_not_the_median(november: Window) -> None:
    usual = sold(november, 100_000, 200_000, 300_000)

    mean, median = value.aov(usual, november)
    more_mean, more_median = value.aov(
        [*usual, *sold(november, *[0] * 3, 200_000, 90_000_000)[3:]], november
    )

    assert (mean.value, median.value) == (200_000, 200_000)
    assert (more_mean.value, more_median.value) == (18_160_000, 200_000)


def test_a_returned_order_has_no_value_and_one_given_back_in_part_has(november: Window) -> None:
    returned = Order(8, 1, november.start, 900_000, returned=900_000)
    in_part = Order(9, 1, november.start, 500_000, returned=100_000)

    mean, _ = value.aov([returned, in_part], november)

    assert (mean.value, mean.rows) == (500_000, (9,))


def test_the_products_lifetime_value_is_3_888_000(november: Window) -> None:
    figure = value.clv(2_400_000, Fraction(18, 10), MARGIN, Fraction(20, 100), november, 40)

    assert (figure.value, figure.flags) == (Decimal(3_888_000), ())


def test_without_churn_a_customer_stays_for_ten_years(november: Window) -> None:
    figure = value.clv(1_000_000, Fraction(1), Fraction(1), Fraction(0), november, 40)

    assert (figure.value, figure.flags) == (10_000_000, (CAPPED,))


def test_fewer_lost_never_make_less_of_a_customer(november: Window) -> None:
    shares = [Fraction(n, 100) for n in (12, 10, 8, 0)]

    worth = [value.clv(1_000_000, Fraction(1), Fraction(1), s, november, 9).value for s in shares]

    assert worth == [8_333_333, 10_000_000, 10_000_000, 10_000_000]


def test_without_a_margin_it_is_revenue_and_says_so(november: Window) -> None:
    figure = value.clv(1_000_000, Fraction(2), None, Fraction(1, 2), november, 40)

    assert (figure.value, figure.flags) == (4_000_000, (NO_MARGIN,))


def test_what_a_customer_has_brought_is_revenue_less_returns_times_the_margin(
    november: Window,
) -> None:
    orders = [
        Order(1, 1, november.start, 1_000_000, returned=400_000),
        Order(2, 1, november.start, 400_000),
        Order(3, 2, november.start, 500_000),
        Order(4, 2, november.end, 500_000),
    ]

    figure = value.clv_historic(orders, november, MARGIN)

    assert value.earned(orders, november, MARGIN) == {1: 180_000, 2: 90_000}
    assert (figure.value, figure.n) == (135_000, 2)
    assert value.clv_historic(orders, november, None).flags == (NO_MARGIN,)


def test_orders_a_year_are_told_from_the_window() -> None:
    half = days(date(2026, 1, 1), date(2026, 7, 2))  # 182 days
    orders = [Order(n, n % 2, half.start + timedelta(days=n), 1) for n in range(6)]

    assert value.yearly_orders(orders, half) == Fraction(3 * 365, 182)
    assert value.yearly_orders([], half) == 0


FIFTEEN = (3_000_000, 2_000_000, 1_250_000, *[312_500] * 12)  # 10 million together


def test_the_top_three_of_fifteen_bring_62_5_percent(november: Window) -> None:
    figure = value.pareto(sold(november, *FIFTEEN), november)

    assert (figure.value, figure.hits, figure.n) == (Decimal("62.5"), (1, 2, 3), 15)


def test_of_equal_customers_the_lower_id_comes_first(november: Window) -> None:
    assert value.top_fifth(sold(november, *[7] * 6), november) == (1, 2)


@pytest.mark.parametrize(("people", "top"), [(5, 1), (6, 2), (10, 2), (11, 3)])
def test_a_fifth_is_rounded_up(november: Window, people: int, top: int) -> None:
    assert len(value.top_fifth(sold(november, *range(1, people + 1)), november)) == top


def test_under_five_people_there_is_no_top(november: Window) -> None:
    assert value.pareto(sold(november, 9, 9, 9, 9), november).flags == (NOTHING,)
