"""What the assistant settles, and what was promised for a time."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from bot.facts import HERE
from bot.figures import assistant, kept
from bot.figures.assistant import BotTalk, BotTurn, Reviewed
from bot.figures.figure import Window, days
from bot.figures.kept import DataRequest, Due

NOON = datetime(2026, 11, 23, 12, tzinfo=HERE)
HOUR = timedelta(hours=1)
GRACE = timedelta(minutes=15)


def talk(id: int, **given: object) -> BotTalk:
    return BotTalk(
        **{"id": id, "person_id": id, "begun_at": NOON, "ended_at": NOON + HOUR, **given}
    )  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "contained"),
    [
        ({}, True),
        ({"csat": 3}, True),
        ({"csat": 2}, False),
        ({"reasons": ("fallback",)}, False),
        ({"gave_up": True}, False),
    ],
)
def test_containment_needs_no_person_no_bad_mark_and_no_giving_up(
    november: Window, given: dict[str, object], contained: bool
) -> None:
    assert bool(assistant.containment([talk(1, **given)], november).hits) is contained


@pytest.mark.parametrize(("hours", "contained"), [(25, False), (26, True)])
def test_who_is_back_within_24_hours_was_not_helped(
    november: Window, hours: int, contained: bool
) -> None:
    back = NOON + hours * HOUR
    then = talk(2, person_id=1, begun_at=back, ended_at=back + HOUR)

    figure = assistant.containment([talk(1), then], november)

    assert (1 in figure.hits, 2 in figure.hits) == (contained, True)


def test_talks_that_went_to_a_person_are_told_by_their_reasons(november: Window) -> None:
    talks = [
        talk(1, reasons=("fallback", "complaint")),
        talk(2, reasons=("fallback",)),
        talk(3),
        talk(4),
    ]

    by_reason = assistant.handed_over(talks, november)

    assert {reason: each.value for reason, each in by_reason.items()} == {
        "complaint": Decimal("25.0"),
        "fallback": Decimal("50.0"),
    }


def test_fallback_and_out_of_scope_count_turns(november: Window) -> None:
    turns = [
        BotTurn(1, NOON),
        BotTurn(2, NOON, understood=False),
        BotTurn(3, NOON, understood=False, out_of_scope=True),
        BotTurn(4, NOON - timedelta(days=40), understood=False),
    ]

    assert assistant.fallback(turns, november).value == Decimal("66.7")
    assert assistant.out_of_scope(turns, november).value == Decimal("33.3")


def test_wrong_answers_are_counted_in_the_random_sample_only(november: Window) -> None:
    reviewed = [Reviewed(n, NOON, wrong=n < 4, at_random=True) for n in range(50)]
    chosen = [Reviewed(n, NOON, wrong=True, at_random=False) for n in range(50, 80)]

    figure = assistant.wrong_answers([*reviewed, *chosen], november)

    assert (figure.value, figure.n) == (Decimal("8.0"), 50)
    assert (figure.low, figure.high) == (Decimal("3.2"), Decimal("18.8"))


@pytest.mark.parametrize(
    ("due", "hits", "n"),
    [
        (Due(1, NOON, NOON), 1, 1),
        (Due(1, NOON, NOON + GRACE), 1, 1),
        (Due(1, NOON, NOON + 2 * GRACE), 0, 1),
        (Due(1, NOON), 0, 1),
        (Due(1, NOON, NOON - HOUR, waived=True), 0, 0),
        (Due(1, NOON, NOON + HOUR, waived=True), 0, 1),
    ],
    ids=["kept", "a little late", "late", "never", "put off in time", "put off too late"],
)
def test_a_promise_is_kept_in_time_and_neutral_when_the_customer_put_it_off_before(
    november: Window, due: Due, hits: int, n: int
) -> None:
    figure = kept.promises([due], november, GRACE)

    assert (len(figure.hits), figure.n) == (hits, n)


def vietnam(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HERE)


@pytest.mark.parametrize(
    ("asked", "last"),
    [
        ("2026-11-18 16:00", "2026-11-20"),  # Wednesday to Friday
        ("2026-11-20 16:00", "2026-11-25"),  # over a weekend and the holiday of 24 November
        ("2027-02-03 09:00", "2027-02-12"),  # over Tết, from the 4th to the 10th
    ],
)
def test_two_working_days_leave_out_weekends_and_tet(asked: str, last: str) -> None:
    by = kept.working_days_after(vietnam(asked), 2)

    assert (by - timedelta(seconds=1)).astimezone(HERE).date().isoformat() == last


def test_data_requests_are_answered_in_two_working_days_and_finished_in_15_or_20() -> None:
    window = days(vietnam("2026-11-01").date(), vietnam("2026-12-01").date())
    at = vietnam("2026-11-18 16:00")
    requests = [
        DataRequest(1, at, at + 2 * 24 * HOUR, at + 15 * 24 * HOUR),
        DataRequest(2, at, at + 3 * 24 * HOUR, at + 16 * 24 * HOUR),
        DataRequest(3, at, None, at + 20 * 24 * HOUR, extended=True),
        DataRequest(4, at, None, None),
    ]

    assert kept.data_answered(requests, window).hits == (1,)
    assert kept.data_finished(requests, window).hits == (1, 3)
