"""Who may leave after a bad experience, and whether a person has followed up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from doubles import NOON

from bot.figures.at_risk import Flag, again, follow_up
from bot.figures.figure import Window
from bot.figures.resolution import Contact
from bot.models import User
from bot.storage import at_risk, tables
from bot.storage.at_risk import Sign
from bot.storage.db import Database, insert

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = NOON + 2 * DAY


async def talk(db: Database, by: str = "k1", channel: str = "web", at: Any = NOON) -> int:
    async with db.begin() as tx:
        values = {"channel": channel, "external_id": by, "profile": {}, "name": by}
        customer = await insert(tx, tables.customers, {**values, "created_at": at})
        talk = {"customer_id": customer, "status": "bot", "last_message_at": at}
        return await insert(tx, tables.conversations, {**talk, "created_at": at})


async def marked(db: Database, conversation_id: int, kind: str, mark: int, at: Any = NOON) -> None:
    async with db.begin() as tx:
        query = tables.conversations.select().where(tables.conversations.c.id == conversation_id)
        customer = (await tx.execute(query)).mappings().one()["customer_id"]
        asked = {"kind": kind, "customer_id": customer, "conversation_id": conversation_id}
        survey = await insert(tx, tables.surveys, {**asked, "asked_at": at, "ended_at": at})
        answer = {"survey_id": survey, "question": "mark", "mark": mark, "answered_at": at}
        await insert(tx, tables.survey_answers, answer)


async def breached(db: Database, conversation_id: int, at: Any = NOON) -> None:
    times = {"requested_at": at, "respond_by": at, "breached_at": at, "closed_at": at}
    async with db.begin() as tx:
        values = {"conversation_id": conversation_id, "reason": "complaint", "skills": []}
        await insert(tx, tables.handoffs, {**values, **times})


async def says(db: Database, conversation_id: int, author: str, at: Any, **more: Any) -> None:
    async with db.begin() as tx:
        values = {"conversation_id": conversation_id, "channel": "web", "author": author}
        said = {"content": {"text": ""}, "meta": {}, "created_at": at, **more}
        await insert(tx, tables.messages, {**values, **said})


async def about(db: Database, by: str, intent: str, at: Any) -> None:
    """A talk about something, by somebody who has had one before."""
    async with db.begin() as tx:
        query = tables.customers.select().where(tables.customers.c.external_id == by)
        customer = (await tx.execute(query)).mappings().one()["id"]
        await tx.execute(tables.conversations.update().values(status="resolved", resolved_at=at))
        values = {"customer_id": customer, "status": "bot", "last_message_at": at}
        talk = await insert(tx, tables.conversations, {**values, "created_at": at})
    await says(db, talk, "customer", at)
    await says(db, talk, "bot", at, meta={"intent": intent, "answers": [1], "response": "x"})


async def signs(db: Database) -> list[Sign]:
    async with db.read() as tx:
        return await at_risk.signs(tx, NOON - 7 * DAY, NOW)


async def test_each_bad_experience_is_a_sign_at_once(db: Database) -> None:
    await marked(db, await talk(db, "a"), "csat", 2, NOON)
    await marked(db, await talk(db, "b"), "nps", 6, NOON + HOUR)
    await breached(db, await talk(db, "c"), NOON + 2 * HOUR)
    await marked(db, await talk(db, "d"), "csat", 3)
    await marked(db, await talk(db, "e"), "nps", 7)

    found = await signs(db)

    assert [(each.why, each.customer, each.mark) for each in found] == [
        ("breach", "c", None),
        ("nps", "b", 6),
        ("csat", "a", 2),
    ]


@pytest.mark.parametrize(
    ("intent", "days", "flagged"),
    [("complain_delivery", 6, True), ("complain_delivery", 8, False), ("ask_price", 6, False)],
)
async def test_who_comes_back_about_one_matter_within_a_week_is_a_sign(
    db: Database, intent: str, days: int, flagged: bool
) -> None:
    await talk(db, "a", at=NOON - 30 * DAY)
    await about(db, "a", intent, NOON - days * DAY)
    await about(db, "a", intent, NOON)

    assert [each.why for each in await signs(db)] == ["again"] * flagged


def test_two_matters_are_not_one() -> None:
    first = Contact(1, 7, NOON, matters=frozenset({"warranty|BT1"}))
    other = Contact(2, 7, NOON + DAY, matters=frozenset({"warranty|BT2"}))
    stranger = Contact(3, 8, NOON + DAY, matters=frozenset({"warranty|BT1"}))

    assert list(again([first, other, stranger])) == []


async def test_a_talk_that_figures_leave_out_is_no_sign(db: Database, mai: User) -> None:
    conversation_id = await talk(db)
    await marked(db, conversation_id, "csat", 1)
    async with db.begin() as tx:
        tag = {"conversation_id": conversation_id, "tag": "Thử nghiệm", "created_at": NOON}
        await tx.execute(tables.conversation_tags.insert().values(**tag, user_id=mai.id))

    assert await signs(db) == []


async def test_an_agents_word_after_it_follows_up_and_a_note_does_not(db: Database) -> None:
    conversation_id = await talk(db)
    await marked(db, conversation_id, "csat", 1)
    await says(db, conversation_id, "agent", NOON - HOUR)
    await says(db, conversation_id, "agent", NOON + HOUR, internal=True)
    await says(db, conversation_id, "bot", NOON + 2 * HOUR)
    before = await signs(db)

    await says(db, conversation_id, "agent", NOON + 3 * HOUR)

    assert [each.followed_at for each in before] == [None]
    assert [each.followed_at for each in await signs(db)] == [NOON + 3 * HOUR]


async def test_a_word_on_another_channel_of_the_person_follows_up(db: Database) -> None:
    bad, other = await talk(db, "a"), await talk(db, "b", "zalo")
    await marked(db, bad, "csat", 1)
    async with db.begin() as tx:
        values = {"name": "Trần Thị Lan", "fields": {}, "created_at": NOON}
        person = await insert(tx, tables.people, values)
        for conversation_id in (bad, other):
            query = tables.conversations.select().where(
                tables.conversations.c.id == conversation_id
            )
            customer = (await tx.execute(query)).mappings().one()["customer_id"]
            proof = {"customer_id": customer, "person_id": person, "proof": "order"}
            await insert(tx, tables.identities, {**proof, "created_at": NOON})
    await says(db, other, "agent", NOON + HOUR)

    [sign] = await signs(db)

    assert (sign.customer, sign.person_id) == ("Trần Thị Lan", person)
    assert sign.followed_at == NOON + HOUR


async def test_the_promise_of_a_call_is_shown_until_it_is_kept(db: Database) -> None:
    conversation_id = await talk(db)
    await marked(db, conversation_id, "csat", 1)
    async with db.begin() as tx:
        values = {"kind": "follow_up", "text": "", "made_by": "bot", "team": ""}
        values |= {"conversation_id": conversation_id, "due_at": NOON + DAY, "created_at": NOON}
        promise = await insert(tx, tables.promises, values)
    [before] = await signs(db)

    async with db.begin() as tx:
        kept = tables.promises.update().where(tables.promises.c.id == promise)
        await tx.execute(kept.values(done_at=NOON + HOUR, outcome="kept"))
    [after] = await signs(db)

    assert (before.promised_for, before.followed_at) == (NOON + DAY, None)
    assert (after.promised_for, after.followed_at) == (None, NOON + HOUR)


def test_a_rate_counts_those_whose_time_is_over_or_who_were_followed() -> None:
    window = Window(NOON, NOON + 7 * DAY)
    flags = [
        Flag(1, NOON, NOON + DAY, NOON + HOUR),
        Flag(2, NOON, NOON + DAY, NOON + 2 * DAY),  # too late
        Flag(3, NOON, NOON + DAY),  # nobody did
        Flag(4, NOON + DAY, NOON + 3 * DAY),  # may still be
        Flag(5, NOON - DAY, NOON, NOON),  # of another window
    ]

    rate = follow_up(flags, window, NOW)

    assert (rate.rows, rate.hits, str(rate.value)) == ((1, 2, 3), (1,), "33.3")
