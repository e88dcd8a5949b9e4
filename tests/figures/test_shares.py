"""Shares, their intervals, rounding and windows."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from bot.facts import HERE
from bot.figures.figure import NOTHING, Window, days, rounded
from bot.figures.share import among, share, split, wilson


@given(st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_is_wilsons_as_scipy_has_it(case: tuple[int, int]) -> None:
    hits, n = case

    expected = binomtest(hits, n).proportion_ci(method="wilson")

    assert wilson(hits, n) == pytest.approx((expected.low, expected.high), abs=1e-9)


@pytest.mark.parametrize(("hits", "n"), [(1, 0), (0, 0), (3, 2), (-1, 2)])
def test_what_is_no_share_has_no_interval(hits: int, n: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        wilson(hits, n)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (Fraction(1, 4), "0.3"),
        (Fraction(-1, 4), "-0.3"),
        (Fraction(5, 100), "0.1"),
        (0.25, "0.3"),
        (-0.04, "0.0"),
        (2.675, "2.7"),
        (Fraction(95, 117) * 100, "81.2"),
    ],
)
def test_a_half_is_rounded_away_from_zero(number: Fraction | float, shown: str) -> None:
    assert str(rounded(number)) == shown


def test_a_window_begins_at_midnight_in_vietnam_and_is_half_open() -> None:
    day = days(date(2026, 11, 23), date(2026, 11, 24))
    midnight = datetime(2026, 11, 22, 17, tzinfo=timezone.utc)
    second = timedelta(seconds=1)

    assert midnight in day and midnight - second not in day
    assert midnight + timedelta(days=1) - second in day
    assert midnight + timedelta(days=1) not in day


def test_a_window_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="window"):
        days(date(2026, 11, 23), date(2026, 11, 23))


def test_of_nothing_there_is_no_share(november: Window) -> None:
    figure = share("x", november, [], [])

    assert (figure.value, figure.low, figure.n, figure.flags) == (None, None, 0, (NOTHING,))


def test_under_thirty_a_figure_is_thin_and_still_there(november: Window) -> None:
    assert share("x", november, range(9), range(29)).is_thin
    assert share("x", november, range(9), range(29)).value == Decimal("31.0")
    assert not share("x", november, range(9), range(30)).is_thin


def test_a_figure_says_all_that_is_needed_to_check_it(november: Window) -> None:
    told = share("x", november, [2], [3, 2], of="talk").as_json()

    assert told == {
        "name": "x",
        "unit": "percent",
        "from": datetime(2026, 11, 1, tzinfo=HERE).isoformat(),
        "to": datetime(2026, 12, 1, tzinfo=HERE).isoformat(),
        "value": "50.0",
        "n": 2,
        "low": "9.5",
        "high": "90.5",
        "of": "talk",
        "rows": [2, 3],
        "hits": [2],
        "flags": [],
        "thin": True,
    }


@given(
    st.dictionaries(st.integers(), st.booleans(), max_size=50),
    st.dictionaries(st.integers(), st.sampled_from(["lan", "hùng", "mai"]), max_size=50),
)
def test_the_agents_and_the_unassigned_add_up_to_the_whole(
    rows: dict[int, bool], agents: dict[int, str]
) -> None:
    window = days(date(2026, 11, 1), date(2026, 12, 1))
    whole = share("x", window, (row for row, hit in rows.items() if hit), rows)

    parts = split(whole, agents)

    assert sorted(row for part in parts.values() for row in part.rows) == sorted(whole.rows)
    assert sorted(row for part in parts.values() for row in part.hits) == sorted(whole.hits)
    assert sum(part.n for part in parts.values()) == whole.n


def test_a_share_among_some_rows_is_over_those_only(november: Window) -> None:
    whole = share("x", november, [1, 2], [1, 2, 3, 4])

    part = among(whole, [2, 3, 9])

    assert (part.rows, part.hits, part.value) == ((2, 3), (2,), Decimal("50.0"))
