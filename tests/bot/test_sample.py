"""The weekly random sample of the assistant's answers. On SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from doubles import NOON, ScriptedDialogue, answer_all, said

from bot import conversation, desk_rules, sample
from bot.figures.figure import Figure
from bot.figures.sheet import Sheet
from bot.models import Content, Say, Turn, User
from bot.storage import figures, records, reviews, tables
from bot.storage.db import Database, insert

MONDAY = date(2026, 11, 23)
WEEK = sample.week(MONDAY)
TWO_BUBBLES = Turn(says=(Say(Content("Còn hàng ạ")), Say(Content("Giá 5 triệu ạ"))))


async def talk(db: Database, by: str, count: int = 1, now: datetime = NOON) -> int:
    """So many questions, each answered in two bubbles."""
    for each in range(count):
        got = await conversation.receive(db, said(f"câu {each}", by=by, sent_at=now), now)
        await answer_all(db, ScriptedDialogue({f"câu {each}": TWO_BUBBLES}), now)
    return got.conversation_id


async def answers(db: Database) -> list[int]:
    async with db.read() as tx:
        return await reviews.answers(tx, WEEK)


async def judge(db: Database, answer: int, verdict: str, by: User) -> None:
    async with db.begin() as tx:
        await reviews.judge(tx, answer, verdict, by.id, NOON)


async def rate(db: Database) -> Figure:
    async with db.read() as tx:
        facts = await figures.read(tx, WEEK, NOON + timedelta(days=7))
        books = await records.read(tx, NOON - timedelta(days=30))
    hours = desk_rules.default().hours_of
    sheet = Sheet(facts, books, WEEK, hours, timedelta(minutes=15))
    return next(each for each in sheet.assistant() if each.name == "wrong_answer")


def test_the_same_week_draws_the_same_sample() -> None:
    answers = range(1, 2_000)

    drawn = sample.draw(answers)

    assert sample.draw(reversed(answers)) == drawn
    assert len(set(drawn)) == sample.SIZE
    assert 700 < sum(drawn) / len(drawn) < 1_300  # from all of the week


def test_a_small_week_is_judged_whole() -> None:
    assert sorted(sample.draw([3, 1, 2, 2])) == [1, 2, 3]


@pytest.mark.parametrize("day", [24, 29])
def test_a_week_begins_on_monday(day: int) -> None:
    with pytest.raises(ValueError, match="no Monday"):
        sample.week(date(2026, 11, day))


@pytest.mark.parametrize("day", [23, 26, 29])
def test_the_week_that_goes_on_has_no_sample(day: int) -> None:
    assert sample.last_monday(date(2026, 11, day)) == date(2026, 11, 16)


async def test_an_answer_is_all_its_bubbles(db: Database) -> None:
    await talk(db, "nga", 2)

    first, second = await answers(db)
    async with db.read() as tx:
        found = await reviews.answer(tx, second)

    assert found is not None and first < second
    assert [each.content.text for each in found.asked] == ["câu 1"]
    assert [each.content.text for each in found.said] == ["Còn hàng ạ", "Giá 5 triệu ạ"]


async def test_answers_of_another_week_are_not_drawn(db: Database) -> None:
    await talk(db, "nga", now=WEEK.start - timedelta(seconds=1))
    await talk(db, "tú", now=WEEK.end)

    assert await answers(db) == []


async def test_the_rate_counts_what_was_judged(db: Database, lan: User) -> None:
    await talk(db, "nga", 5)
    first, second, third, *_ = await answers(db)
    await judge(db, first, "wrong", lan)
    await judge(db, second, "clumsy", lan)
    await judge(db, third, "right", lan)

    found = await rate(db)

    assert (found.value, found.n, found.hits) == (Decimal("33.3"), 3, (first,))
    assert (found.low, found.high) == (Decimal("6.1"), Decimal("79.2"))
    assert found.is_thin


async def test_a_second_thought_takes_the_first_ones_place(db: Database, lan: User) -> None:
    await talk(db, "nga")
    (answer,) = await answers(db)
    await judge(db, answer, "wrong", lan)

    await judge(db, answer, "right", lan)

    assert (await rate(db)).hits == ()
    async with db.read() as tx:
        assert (await reviews.of(tx, [answer]))[answer] == reviews.Review("right", "Lan", NOON)


async def test_what_has_to_be_looked_at_is_listed_apart(db: Database) -> None:
    complained, unhappy, content = [await talk(db, name) for name in ("nga", "tú", "an")]
    async with db.begin() as tx:
        case = {"code": "KN1", "conversation_id": complained, "opened_at": NOON}
        await insert(tx, tables.complaints, case)
        for asked, mark in ((unhappy, 2), (content, 5)):
            values = {"kind": "csat", "customer_id": asked, "conversation_id": asked}
            survey = await insert(tx, tables.surveys, {**values, "asked_at": NOON})
            given = {"survey_id": survey, "question": "mark", "mark": mark, "answered_at": NOON}
            await insert(tx, tables.survey_answers, given)
    before = await answers(db)

    async with db.read() as tx:
        found = await reviews.troubled(tx, WEEK)

    assert [(each.conversation_id, each.kind) for each in found] == [
        (complained, "complaint"),
        (unhappy, "mark"),
    ]
    assert await answers(db) == before
