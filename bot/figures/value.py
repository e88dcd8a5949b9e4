"""What customers are worth: order value, lifetime value, and the few who bring the most."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Final

from bot.figures.figure import (
    CAPPED,
    NO_MARGIN,
    NOTHING,
    Figure,
    Window,
    once,
    rounded,
    unknown,
)
from bot.figures.order import Order
from bot.figures.spread import Amount, mean, median

LONGEST: Final = 10  # years that a customer is taken to stay at most
FEWEST: Final = 5  # people, for the top fifth to mean anything
YEAR: Final = timedelta(days=365)


def aov(orders: Iterable[Order], window: Window) -> tuple[Figure, Figure]:
    """Mean and median value of the paid orders that were not returned."""
    values = {
        each.id: each.value for each in once(orders) if each.paid_at in window and each.stands
    }
    return (
        mean("aov_mean", window, values, "dong", "order"),
        median("aov_median", window, values, "dong", "order"),
    )


def earned(
    orders: Iterable[Order], window: Window, margin: Fraction | None = None
) -> dict[int, Amount]:
    """By person, Σ (revenue − returns) · margin; without a margin the revenue."""
    found: dict[int, int] = {}
    for each in once(orders):
        if each.paid_at in window:
            gain = each.value - each.returned
            found[each.person_id] = found.get(each.person_id, 0) + gain
    return {person: gain if margin is None else gain * margin for person, gain in found.items()}


def clv_historic(orders: Iterable[Order], window: Window, margin: Fraction | None) -> Figure:
    """What a customer has brought so far, the mean over those who bought in the window."""
    figure = mean("clv_historic", window, earned(orders, window, margin), "dong", "person")
    return replace(figure, flags=(*figure.flags, *_labels(margin)))


def yearly_orders(orders: Iterable[Order], window: Window) -> Fraction:
    """Orders that a customer places in a year, from those of the window. 0 without customers."""
    over = [each for each in once(orders) if each.paid_at in window and each.stands]
    people = {each.person_id for each in over}
    length = (window.end - window.start) // timedelta.resolution
    return Fraction(len(over) * (YEAR // timedelta.resolution), (len(people) or 1) * length)


def clv(
    order_value: int | Fraction | None,
    orders_a_year: Fraction,
    margin: Fraction | None,
    churn: Fraction | None,
    window: Window,
    n: int,
) -> Figure:
    """What a customer will bring: AOV × orders a year × margin ÷ yearly churn, a share of 1. Who
    stays for longer than ten years is taken to stay for ten; without a margin it is revenue."""
    if order_value is None or churn is None:
        return unknown("clv", "dong", window, NOTHING, "person")
    capped = churn * LONGEST < 1
    stays = Fraction(LONGEST) if capped else 1 / churn
    worth = order_value * orders_a_year * (1 if margin is None else margin) * stays
    return Figure(
        "clv",
        "dong",
        window,
        rounded(Fraction(worth), 0),
        n,
        of="person",
        flags=(*((CAPPED,) if capped else ()), *_labels(margin)),
    )


def top_fifth(orders: Iterable[Order], window: Window) -> tuple[int, ...]:
    """The ⌈20 %·n⌉ people who brought the most in the window, the best first; of equals, the one
    with the lower id."""
    revenue = earned(orders, window)
    ranked = sorted(revenue, key=lambda person: (-revenue[person], person))
    return tuple(ranked[: -(-len(ranked) // 5)])


def pareto(orders: Iterable[Order], window: Window) -> Figure:
    """How many of a hundred đồng of revenue the top fifth of the people brought; the hits are
    they. Has no value under five people."""
    orders = once(orders)
    revenue = earned(orders, window)
    total = sum(revenue.values())
    if len(revenue) < FEWEST or total <= 0:
        return unknown("pareto", "percent", window, NOTHING, "person")
    top = top_fifth(orders, window)
    return Figure(
        "pareto",
        "percent",
        window,
        rounded(100 * Fraction(sum(revenue[person] for person in top)) / total),
        len(revenue),
        of="person",
        rows=tuple(sorted(revenue)),
        hits=tuple(sorted(top)),
    )


def _labels(margin: Fraction | None) -> tuple[str, ...]:
    return (NO_MARGIN,) if margin is None else ()
