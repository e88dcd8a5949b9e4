"""How long somebody in the queue will wait."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.estimate import KNOWN, wait

TEN = [timedelta(minutes=10)] * KNOWN


def test_the_wait_is_the_places_share_of_what_a_conversation_takes() -> None:
    found = wait(3, 5, TEN)

    assert found is not None
    assert found.low <= 3 * 10 / 5 <= found.high


def test_while_little_is_known_a_usual_conversation_counts() -> None:
    assert wait(1, 1, [timedelta(hours=5)]) == wait(1, 1, [])


def test_nobody_at_work_is_no_number() -> None:
    assert wait(1, 0, TEN) is None


def test_nobody_waits_longer_than_until_anybody_may_help() -> None:
    within = wait(9, 1, TEN, at_most=timedelta(minutes=4))

    assert within == wait(1, 0, [], at_most=timedelta(minutes=4))
    assert within is not None and within.low <= 4 <= within.high


@given(st.integers(1, 200), st.floats(0.25, 60), st.integers(1, 200))
def test_further_back_is_never_sooner_and_the_range_is_one(
    place: int, slots: float, minutes: int
) -> None:
    handled = [timedelta(minutes=minutes)] * KNOWN
    near, far = wait(place, slots, handled), wait(place + 1, slots, handled)

    assert near and far
    assert 1 <= near.low < near.high
    assert near.low <= far.low and near.high <= far.high
