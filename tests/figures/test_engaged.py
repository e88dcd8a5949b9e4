"""Engagement, complaints, conversion, rankings and the people won back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from bot.figures import complaints, conversion, engagement, ranking, winback
from bot.figures.complaints import Complaint
from bot.figures.conversion import SalesTalk
from bot.figures.engagement import Inbound, Outreach
from bot.figures.figure import Window
from bot.figures.order import Order
from bot.figures.ranking import Named
from bot.figures.winback import Attempt

DAY = timedelta(days=1)


def test_engagement_of_430_in_1720_is_25(november: Window) -> None:
    inbound = [Inbound(n, n % 430, november.start) for n in range(900)]

    figure = engagement.engagement(inbound, range(1720), november)

    assert (figure.value, figure.n) == (Decimal("25.0"), 1720)


def test_a_sticker_is_engagement_and_a_stranger_is_none(november: Window) -> None:
    inbound = [Inbound(1, 1, november.start, has_words=False), Inbound(2, 99, november.start)]

    assert engagement.engagement(inbound, [1, 2], november).hits == (1,)


@pytest.mark.parametrize(
    ("is_survey", "has_words", "answers"), [(True, False, 0), (False, False, 1), (True, True, 1)]
)
def test_a_sticker_answers_what_we_write_and_no_survey(
    november: Window, is_survey: bool, has_words: bool, answers: int
) -> None:
    sent = Outreach(1, 7, november.start, is_survey)
    sticker = Inbound(1, 7, november.start + DAY, has_words)

    assert len(engagement.reply_rate([sent], [sticker], november).hits) == answers


def test_an_answer_belongs_to_the_last_message_and_is_worth_nothing_after_a_week(
    november: Window,
) -> None:
    sent = [Outreach(n, 7, november.start + n * DAY) for n in (0, 2, 3)]
    late = Outreach(4, 8, november.start)
    said = [
        Inbound(1, 7, november.start + timedelta(days=2, hours=3)),
        Inbound(2, 8, november.start + 7 * DAY),
    ]

    figure = engagement.reply_rate([*sent, late], said, november)

    assert (figure.hits, figure.n) == ((2,), 4)


def test_messages_per_talk_is_a_mean(november: Window) -> None:
    assert engagement.messages_per_talk({1: 4, 2: 9}, november).value == Decimal("6.5")


def complained(window: Window, count: int) -> list[Complaint]:
    return [Complaint(n, f"KN{n}", n, "delivery", window.start) for n in range(count)]


def test_18_cases_are_2_8_in_a_hundred_orders_and_0_8_in_a_hundred_talks(november: Window) -> None:
    eighteen = complained(november, 18)

    by_order = complaints.per_hundred("complaint_orders", eighteen, range(640), november)
    by_talk = complaints.per_hundred("complaint_talks", eighteen, range(2150), november)

    assert (by_order.value, by_talk.value) == (Decimal("2.8"), Decimal("0.8"))
    assert (by_order.n, len(by_order.rows)) == (640, 18)


def test_one_matter_on_two_channels_is_one_case(november: Window) -> None:
    twice = [
        Complaint(1, "KN1", 7, "delivery", november.start),
        Complaint(2, "KN1", 7, "delivery", november.start + DAY),
    ]

    assert [each.id for each in complaints.cases(twice)] == [1]


def test_a_case_that_began_before_the_window_is_not_counted_again(november: Window) -> None:
    twice = [
        Complaint(1, "KN1", 7, "delivery", november.start - DAY),
        Complaint(2, "KN1", 7, "delivery", november.start),
    ]

    assert complaints.per_hundred("x", twice, range(10), november).rows == ()


@pytest.mark.parametrize(
    ("person", "cause", "days", "repeated"),
    [(7, "delivery", 30, 1), (7, "delivery", 31, 0), (7, "price", 1, 0), (8, "delivery", 1, 0)],
)
def test_a_repeat_is_the_same_person_and_cause_within_30_days(
    november: Window, person: int, cause: str, days: int, repeated: int
) -> None:
    first = Complaint(1, "KN1", 7, "delivery", november.end - DAY - days * DAY)
    then = Complaint(2, "KN2", person, cause, november.end - DAY)

    assert len(complaints.repeats([first, then], november).hits) == repeated


def test_conversion_of_62_in_310_is_20(november: Window) -> None:
    talks = [SalesTalk(n, n, november.start) for n in range(310)]
    orders = [Order(n, n, november.start + 7 * DAY, 1) for n in range(62)]

    figure = conversion.any_touch(talks, orders, november)

    assert figure.value == Decimal("20.0")
    assert (figure.low, figure.high) == (Decimal("15.9"), Decimal("24.8"))


@pytest.mark.parametrize(
    ("after", "sold"), [(-timedelta(seconds=1), 0), (7 * DAY, 1), (8 * DAY, 0)]
)
def test_an_order_counts_from_the_talk_until_seven_days_after(
    november: Window, after: timedelta, sold: int
) -> None:
    talk = SalesTalk(1, 7, november.start)

    figure = conversion.any_touch([talk], [Order(1, 7, talk.at + after, 1)], november)

    assert len(figure.hits) == sold


def test_anothers_order_and_a_returned_one_do_not_count(november: Window) -> None:
    talk = SalesTalk(1, 7, november.start)
    orders = [
        Order(1, 8, november.start + DAY, 1),
        Order(2, 7, november.start + DAY, 500, returned=500),
    ]

    assert conversion.any_touch([talk], orders, november).hits == ()


def test_of_two_talks_before_an_order_the_last_one_or_both_have_sold(november: Window) -> None:
    talks = [SalesTalk(n, 7, november.start + n * DAY) for n in (1, 2, 5)]
    order = Order(1, 7, november.start + 3 * DAY, 1)

    assert conversion.last_touch(talks, [order], november).hits == (2,)
    assert conversion.any_touch(talks, [order], november).hits == (1, 2)


def left(window: Window, *reasons: str) -> list[Named]:
    return [Named(n, window.start, reason) for n, reason in enumerate(reasons)]


def test_the_five_reasons_that_are_named_most_come_first_and_other_last(november: Window) -> None:
    reasons = [*"ggg", *"aa", *"bb", "c", "d", "e", "other", "other", "other", "other"]

    ranked = ranking.ranking("leaving", left(november, *reasons), november)

    assert [each.choice for each in ranked] == ["g", "a", "b", "c", "d", "other"]
    assert [(len(each.share.hits), each.share.n) for each in ranked[:2]] == [(3, 14), (2, 14)]


def test_over_20_percent_other_says_that_the_choices_do_not_fit(november: Window) -> None:
    assert not ranking.is_vague(left(november, "other", *"abcd"), november)
    assert ranking.is_vague(left(november, "other", *"abc"), november)


def test_people_won_back_are_counted_once_and_only_when_they_answered(november: Window) -> None:
    attempts = [
        Attempt(1, 1, november.start, answered=True),
        Attempt(2, 1, november.start + DAY, answered=True),
        Attempt(3, 2, november.start, answered=False),
        Attempt(4, 9, november.start, answered=True),  # never lost
        Attempt(5, 3, november.end, answered=True),
    ]

    figure = winback.reached(attempts, {1, 2, 3}, november)

    assert (figure.value, figure.hits, figure.rows) == (1, (1,), (1, 2))
