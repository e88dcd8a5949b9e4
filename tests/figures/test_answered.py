"""Golden logs of hand-offs: who counts as a person, which clock runs, who gave up."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from bot import schedule
from bot.facts import HERE
from bot.figures import resolution, service
from bot.figures.figure import Window
from bot.figures.resolution import Contact
from bot.figures.service import Handed, Said
from bot.models import Author
from bot.schedule import Hours

WORKING = schedule.read(
    {"week": {day: ["08:00-12:00", "13:00-17:00"] for day in schedule.WEEKDAYS}, "holidays": True}
)
MORNING = datetime(2026, 11, 23, 9, tzinfo=HERE)


def hours(team: str) -> Hours:
    return WORKING


def after(seconds: float, since: datetime = MORNING) -> datetime:
    return since + timedelta(seconds=seconds)


def person(seconds: float, since: datetime = MORNING) -> Said:
    return Said(int(seconds), after(seconds, since), Author.AGENT)


def customer(seconds: float) -> Said:
    return Said(int(seconds), after(seconds), Author.CUSTOMER)


def test_the_products_service_level_is_81_2(november: Window) -> None:
    in_time = [Handed(n, "", MORNING, (person(300),)) for n in range(95)]
    late = [Handed(n, "", MORNING, (person(301),)) for n in range(95, 110)]
    never = [Handed(n, "", MORNING) for n in range(110, 117)]
    short = [Handed(n, "", MORNING, left_at=after(9)) for n in range(117, 120)]

    figure = service.service_level([*in_time, *late, *never, *short], november, hours)

    assert (figure.value, figure.n) == (Decimal("81.2"), 117)
    assert (figure.low, figure.high) == (Decimal("73.2"), Decimal("87.2"))


@pytest.mark.parametrize(
    "said",
    [
        Said(1, after(20), Author.BOT),
        Said(1, after(20), Author.SYSTEM),
        Said(1, after(20), Author.AGENT, automatic=True),
        Said(1, after(20), Author.AGENT, internal=True),
        Said(1, after(20), Author.AGENT, reaction=True),
        Said(1, after(-20), Author.AGENT),
    ],
    ids=["assistant", "system", "away text", "note", "reaction", "before the hand-off"],
)
def test_what_is_no_reply_of_a_person_does_not_stop_the_clock(november: Window, said: Said) -> None:
    handed = Handed(1, "", MORNING, (said, person(400)))

    assert handed.first_reply == after(400)
    assert service.service_level([handed], november, hours).hits == ()


def test_being_put_back_into_the_queue_keeps_the_first_clock(november: Window) -> None:
    # Accepted at once, put back after 200 s of silence, answered by the next one.
    handed = Handed(1, "", MORNING, (person(301),), accepted_at=after(1))

    assert service.service_level([handed], november, hours).hits == ()


@pytest.mark.parametrize(
    ("asked", "replied", "in_time"),
    [
        ("2026-11-23 11:58", "2026-11-23 13:02", True),  # over lunch
        ("2026-11-25 16:58", "2026-11-26 08:03", True),  # over night
        ("2026-11-25 16:58", "2026-11-26 08:04", False),
        ("2026-11-23 16:58", "2026-11-25 08:03", True),  # over the holiday of 24 November
    ],
)
def test_lunch_night_and_holidays_do_not_count(
    november: Window, asked: str, replied: str, in_time: bool
) -> None:
    since, until = (datetime.fromisoformat(each).replace(tzinfo=HERE) for each in (asked, replied))
    handed = Handed(1, "", since, (Said(1, until, Author.AGENT),))

    assert bool(service.service_level([handed], november, hours).hits) is in_time


def test_who_comes_out_of_hours_is_not_offered(november: Window) -> None:
    night = Handed(1, "", MORNING.replace(hour=22), (person(1, MORNING.replace(hour=22)),))

    assert service.service_level([night], november, hours).n == 0


def test_who_left_is_abandoned_until_somebody_answers_all_the_same(november: Window) -> None:
    gone = Handed(1, "", MORNING, left_at=after(600))
    late = Handed(2, "", MORNING, (person(900),), left_at=after(600))
    answered = Handed(3, "", MORNING, (person(60),), left_at=after(600))
    everyone = [gone, late, answered]

    assert service.abandoned(everyone, november, hours).hits == (1,)
    assert service.rescued(everyone, november, hours).hits == (2,)
    assert service.abandoned(everyone, november, hours).n == 3


@pytest.mark.parametrize(("seconds", "offered"), [(9.9, 0), (10, 1)])
def test_who_leaves_within_ten_seconds_was_not_offered_anything(
    november: Window, seconds: float, offered: int
) -> None:
    handed = Handed(1, "", MORNING, left_at=after(seconds))

    assert len(service.offered([handed], november, hours)) == offered


def test_first_replies_have_a_mean_a_median_and_a_p90(november: Window) -> None:
    handed = [Handed(n, "", MORNING, (person(n * 10),)) for n in range(1, 11)]

    asa, median, p90, *_ = service.first_replies(handed, november, hours)

    assert [each.value for each in (asa, median, p90)] == [Decimal(55), Decimal(55), Decimal(90)]
    assert (median.name, p90.name, p90.n) == ("first_reply_median", "first_reply_p90", 10)


def test_calendar_time_counts_the_night_too(november: Window) -> None:
    evening = MORNING.replace(hour=16, minute=59)
    handed = Handed(1, "", evening, (person(15 * 3600 + 120, evening),))

    figures = {each.name: each.value for each in service.first_replies([handed], november, always)}

    assert figures["first_reply_median_calendar"] == figures["first_reply_median"] == 54120
    figures = {each.name: each.value for each in service.first_replies([handed], november, hours)}
    assert figures["first_reply_median"] == 60
    assert figures["first_reply_median_calendar"] == 54120


def always(team: str) -> Hours:
    return schedule.ALWAYS


def test_next_replies_run_from_the_first_of_several_messages(november: Window) -> None:
    said = (customer(-5), person(60), customer(100), customer(110), person(160), person(165))
    handed = Handed(1, "", MORNING, (*said, customer(300), person(310), customer(400)))

    median, p90, *_ = service.next_replies([handed], november, hours)

    assert (median.rows, median.value, p90.value) == ((100, 300), Decimal(35), Decimal(60))
    assert median.of == "message"


def test_the_wait_ends_when_somebody_takes_it_or_the_customer_leaves(november: Window) -> None:
    handed = [
        Handed(1, "", MORNING, accepted_at=after(30)),
        Handed(2, "", MORNING, left_at=after(90)),
        Handed(3, "", MORNING),
    ]

    median, *_ = service.waits(handed, november, hours)

    assert (median.value, median.rows) == (Decimal(60), (1, 2))


def contact(
    id: int, start: int, *, solved: bool = True, matter: str = "a", person: int = 7
) -> Contact:
    begun = MORNING + timedelta(days=start)
    return Contact(id, person, begun, begun + timedelta(hours=1), solved, frozenset({matter}))


def test_resolution_is_the_solved_of_those_that_ended(november: Window) -> None:
    talks = [contact(1, 0), contact(2, 0, solved=False), Contact(3, 7, MORNING)]

    figure = resolution.resolution(talks, november)

    assert (figure.value, figure.rows) == (Decimal("50.0"), (1, 2))


@pytest.mark.parametrize(
    ("then", "first_time"),
    [
        (contact(2, 3), 0),
        (contact(2, 7), 0),
        (contact(2, 8), 1),
        (contact(2, 3, matter="b"), 1),
        (contact(2, 3, person=8), 1),
        (contact(2, -1), 1),
        (contact(2, 3, solved=False), 0),
    ],
    ids=["again", "on day 7", "later", "other matter", "other person", "before", "unsolved"],
)
def test_the_first_contact_settled_it_unless_the_same_matter_comes_back_in_seven_days(
    november: Window, then: Contact, first_time: int
) -> None:
    figure = resolution.first_contact([contact(1, 0), then], november)

    assert (1 in figure.hits) is bool(first_time)
