"""One person's history in one order, page by page (R3)."""

from __future__ import annotations

from datetime import timedelta

from books import customer, order, person
from doubles import NOON, said

from bot import conversation, identity
from bot.storage import customers, identities, people, tables, timeline
from bot.storage.db import insert


def days_ago(days: float):
    return NOON - timedelta(days=days)


async def history(db, person_id: int, limit: int = 50, after=None):
    async with db.read() as tx:
        ids = await people.ids_of(tx, person_id)
        theirs = [each.customer.id for each in await identities.of_people(tx, ids)]
        return await timeline.of_person(tx, ids, theirs, after=after, limit=limit)


def kinds(entries) -> list[str]:
    return [entry.place.kind for entry in entries]


async def test_everything_stands_in_one_order(db, mai) -> None:
    hoa = await person(db, "Hoa")
    await order(
        db,
        hoa,
        "BT1",
        days_ago(9),
        paid_at=days_ago(8),
        delivered_at=days_ago(7),
        state="delivered",
    )
    got = await conversation.receive(db, said("loa bị rè", by="nga"), days_ago(4))
    async with db.begin() as tx:
        nga = await customers.find(tx, "web", "nga")
        await identity.link(tx, nga.id, hoa, mai, days_ago(3))
        repair = {"code": "SC1", "person_id": hoa, "state": "ready", "received_at": days_ago(6)}
        await insert(tx, tables.repairs, repair)
        complaint = {"code": "KN1", "person_id": hoa, "opened_at": days_ago(5)}
        await insert(tx, tables.complaints, complaint)
        own = {"customer_id": nga.id}
        consent = {**own, "purpose": "survey", "said": "yes", "created_at": days_ago(2)}
        await insert(tx, tables.consents, consent)
        asked = {"kind": "csat", "asked_at": days_ago(1.5), "ended_at": days_ago(1)}
        survey = await insert(tx, tables.surveys, {**own, **asked, "outcome": "answered"})
        mark = {"survey_id": survey, "question": "mark", "mark": 5, "answered_at": days_ago(1)}
        await insert(tx, tables.survey_answers, mark)
        sent = {"kind": "thanks", "key": "thanks:BT1", "purpose": "care", "state": "sent"}
        when = {"due_at": NOON, "ended_at": NOON, "created_at": NOON, "about": {}}
        await insert(tx, tables.outreach, {**own, **sent, **when})

    entries, more = await history(db, hoa)

    assert kinds(entries) == [
        "outreach", "survey.ended", "survey.asked", "consent", "identity", "talk",
        "complaint.opened", "repair.received", "order.delivered", "order.paid", "order.ordered",
    ]  # fmt: skip
    assert more is None
    told = {entry.place.kind: entry.row for entry in entries}
    assert told["survey.ended"]["mark"] == 5
    assert told["talk"]["id"] == got.conversation_id
    assert (told["talk"]["messages"], told["talk"]["content"]["text"]) == (1, "loa bị rè")
    assert told["identity"]["by"] == "Mai"


async def test_nobody_elses_is_among_it(db) -> None:
    hoa, lan = await person(db, "Hoa"), await person(db, "Lan")
    await order(db, lan)
    await customer(db, "nga")

    assert await history(db, hoa) == ([], None)


async def test_a_merged_record_tells_in_the_same_list(db, mai) -> None:
    hoa, again = await person(db, "Hoa"), await person(db, "Hoa")
    await order(db, again, "BT1", days_ago(1))
    async with db.begin() as tx:
        await identity.merge(tx, again, hoa, mai, NOON)

    entries, _ = await history(db, hoa)

    assert kinds(entries) == ["identity", "order.ordered"]


async def test_pages_lose_and_repeat_nothing_though_all_came_at_one_time(db) -> None:
    hoa = await person(db, "Hoa")
    for n in range(23):
        await order(db, hoa, f"BT{n}", NOON, paid_at=NOON if n % 2 else None, delivered_at=NOON)
    whole, _ = await history(db, hoa, limit=1000)

    found, after = [], None
    for _ in range(20):
        page, after = await history(db, hoa, limit=4, after=after)
        found += page
        if after is None:
            break

    assert len(whole) == 23 + 11 + 23
    assert [entry.place for entry in found] == [entry.place for entry in whole]
