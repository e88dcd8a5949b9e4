"""The same log gives the same bytes: told twice, in any order, or read again."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import schedule
from bot.figures import (
    assistant,
    complaints,
    conversion,
    csat,
    csi,
    engagement,
    kept,
    nps,
    ranking,
    resolution,
    retention,
    service,
    value,
    winback,
)
from bot.figures.figure import Figure, days
from bot.figures.order import Order
from bot.figures.share import split
from bot.models import Author

NOVEMBER = days(date(2026, 11, 1), date(2026, 12, 1))
DAY = timedelta(days=1)
Log = Sequence[Any]


def hours(team: str) -> schedule.Hours:
    return schedule.ALWAYS


def made(seed: int, make: Callable[[random.Random, int], Any]) -> Log:
    """Sixty rows that the seed decides, some of them outside the window."""
    chance = random.Random(seed)
    return [make(chance, n) for n in range(60)]


def moment(chance: random.Random) -> Any:
    return NOVEMBER.start + timedelta(minutes=chance.randrange(-20_000, 50_000))


def an_order(chance: random.Random, n: int) -> Order:
    total = chance.randrange(1, 9) * 100_000
    return Order(n, n % 17, moment(chance), total, chance.choice((0, 0, total)))


def a_hand_off(chance: random.Random, n: int) -> service.Handed:
    at = moment(chance)
    said = tuple(
        service.Said(n * 100 + k, at + k * DAY / 300, chance.choice(list(Author)))
        for k in range(24)
    )
    return service.Handed(n, "", at, said, None, chance.choice((None, at + DAY / 200)))


def a_contact(chance: random.Random, n: int) -> resolution.Contact:
    at = moment(chance)
    matters = frozenset(chance.choices("abc", k=2))
    return resolution.Contact(n, n % 9, at, at + DAY / 20, chance.random() < 0.7, matters)


def a_talk(chance: random.Random, n: int) -> assistant.BotTalk:
    at = moment(chance)
    reasons = ("fallback",) if chance.random() < 0.3 else ()
    return assistant.BotTalk(n, n % 9, at, at + DAY / 20, reasons, chance.choice((None, 2, 5)))


# By the name of a figure, what makes a row of its log and what makes the figure of the log.
FIGURES: dict[str, tuple[Callable[[random.Random, int], Any], Callable[[Log], Figure]]] = {
    "nps": (
        lambda c, n: nps.Answer(n, n % 40, "w", moment(c), c.randrange(11)),
        lambda log: nps.nps(log, NOVEMBER),
    ),
    "csat": (
        lambda c, n: csat.Asked(n, n % 40, moment(c), c.choice((None, 1, 3, 4, 5))),
        lambda log: csat.csat(log, NOVEMBER),
    ),
    "csi": (
        lambda c, n: csi.Answer(n, moment(c), {"speed": c.randrange(1, 6)}),
        lambda log: csi.csi(log, NOVEMBER),
    ),
    "crr": (an_order, lambda log: retention.crr(log, NOVEMBER, 9 * DAY)),
    "churn": (an_order, lambda log: retention.churn(log, NOVEMBER, 9 * DAY)),
    "aov": (an_order, lambda log: value.aov(log, NOVEMBER)[0]),
    "clv_historic": (an_order, lambda log: value.clv_historic(log, NOVEMBER, Fraction(1, 7))),
    "pareto": (an_order, lambda log: value.pareto(log, NOVEMBER)),
    "ce": (
        lambda c, n: engagement.Inbound(n, n % 30, moment(c)),
        lambda log: engagement.engagement(log, range(20), NOVEMBER),
    ),
    "outreach_reply": (
        lambda c, n: engagement.Outreach(n, n % 9, moment(c)),
        lambda log: engagement.reply_rate(
            log, [engagement.Inbound(1, 3, NOVEMBER.end - DAY)], NOVEMBER
        ),
    ),
    "complaint": (
        lambda c, n: complaints.Complaint(n, f"{n % 50}", n % 9, "price", moment(c)),
        lambda log: complaints.per_hundred("complaint", log, range(99), NOVEMBER),
    ),
    "complaint_repeat": (
        lambda c, n: complaints.Complaint(n, f"{n % 50}", n % 9, "price", moment(c)),
        lambda log: complaints.repeats(log, NOVEMBER),
    ),
    "conversion": (
        lambda c, n: conversion.SalesTalk(n, n % 9, moment(c)),
        lambda log: conversion.last_touch(log, [Order(1, 3, NOVEMBER.end - DAY, 1)], NOVEMBER),
    ),
    "service_level": (a_hand_off, lambda log: service.service_level(log, NOVEMBER, hours)),
    "abandon": (a_hand_off, lambda log: service.abandoned(log, NOVEMBER, hours)),
    "asa": (a_hand_off, lambda log: service.first_replies(log, NOVEMBER, hours)[0]),
    "next_reply": (a_hand_off, lambda log: service.next_replies(log, NOVEMBER, hours)[0]),
    "resolution": (a_contact, lambda log: resolution.resolution(log, NOVEMBER)),
    "fcr": (a_contact, lambda log: resolution.first_contact(log, NOVEMBER)),
    "containment": (a_talk, lambda log: assistant.containment(log, NOVEMBER)),
    "fallback": (
        lambda c, n: assistant.BotTurn(n, moment(c), c.random() < 0.8),
        lambda log: assistant.fallback(log, NOVEMBER),
    ),
    "wrong_answer": (
        lambda c, n: assistant.Reviewed(n, moment(c), c.random() < 0.2, c.random() < 0.5),
        lambda log: assistant.wrong_answers(log, NOVEMBER),
    ),
    "promise_kept": (
        lambda c, n: kept.Due(n, moment(c), moment(c), c.random() < 0.2),
        lambda log: kept.promises(log, NOVEMBER, DAY),
    ),
    "leaving": (
        lambda c, n: ranking.Named(n, moment(c), c.choice("abcdefg")),
        lambda log: ranking.ranking("leaving", log, NOVEMBER)[0].share,
    ),
    "winback": (
        lambda c, n: winback.Attempt(n, n % 20, moment(c), c.random() < 0.5),
        lambda log: winback.reached(log, range(10), NOVEMBER),
    ),
}


def bytes_of(figure: Figure) -> str:
    return json.dumps(figure.as_json())


@pytest.mark.parametrize("name", FIGURES)
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_neither_the_order_of_the_log_nor_telling_it_twice_changes_a_byte(
    name: str, seed: int
) -> None:
    make, figure_of = FIGURES[name]
    log = made(seed, make)
    again = [*log, *log]
    random.Random(seed).shuffle(again)

    first, replayed = figure_of(log), figure_of(again)

    assert first.n, "an empty figure proves nothing"
    assert bytes_of(first) == bytes_of(replayed)


SPLIT = ("csat", "service_level", "abandon", "resolution", "fcr", "containment", "promise_kept")


@pytest.mark.parametrize("name", SPLIT)
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_every_agents_part_and_the_unassigned_are_the_whole(name: str, seed: int) -> None:
    make, figure_of = FIGURES[name]
    whole = figure_of(made(seed, make))
    chance = random.Random(seed)
    agents = {row: chance.choice(("lan", "hùng")) for row in whole.rows if chance.random() < 0.8}

    parts = split(whole, agents)

    assert sum(part.n for part in parts.values()) == whole.n
    assert sum(len(part.hits) for part in parts.values()) == len(whole.hits)
