"""On the channel and at the hours that a person chose (C3.20)."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from cares import DAY, HOUR, order, prove, somebody
from doubles import NOON, ScriptedDialogue, said

from bot import care, conversation, identity, outreach, reach
from bot.models import Customer, Outreach, User
from bot.storage import customers, preferences
from bot.storage import outreach as rows
from bot.storage.db import Database, insert
from bot.storage.preferences import ANY, Preference
from bot.storage.tables import people

THANKS = NOON + 2 * HOUR
EVENING = (time(18), time(21))
SIX = NOON + 6 * HOUR  # 18:00 in Vietnam


async def wishes(db: Database, person_id: int, channel: str = "", **more: object) -> None:
    async with db.begin() as tx:
        wish = Preference(channel, **more)  # type: ignore[arg-type]
        await preferences.save(tx, person_id, wish, NOON - DAY, None)


async def also_writes_from(
    db: Database, person_id: int, channel: str, at: datetime = NOON
) -> Customer:
    await conversation.receive(db, said("alo", by="lan2", channel=channel), at)
    async with db.begin() as tx:
        found = await customers.find(tx, channel, "lan2")
        assert found is not None
        await prove(tx, found.id, person_id, at)
    return found


async def planned(db: Database) -> list[Outreach]:
    states = ("waiting", "sent", "refused", "cancelled")
    async with db.read() as tx:
        return await rows.between(tx, NOON - DAY, NOON + 100 * DAY, states=states, limit=100)


async def reach_out(db: Database, at: datetime) -> None:
    async with db.begin() as tx:
        begun = await rows.claim(tx, at, 100)
    for each in begun:
        await outreach.reach_out(db, ScriptedDialogue(), each, lambda: at, business="Bống")


async def test_care_is_written_on_the_channel_that_the_person_prefers(db: Database) -> None:
    person_id, _ = await somebody(db, wrote_at=NOON - 3 * DAY)
    on_telegram = await also_writes_from(db, person_id, "telegram", NOON - 9 * DAY)
    await wishes(db, person_id, "telegram")
    await order(db, person_id)

    await care.plan(db, NOON)

    assert {each.customer_id for each in await planned(db)} == {on_telegram.id}


async def test_without_a_wish_it_is_where_they_wrote_last(db: Database) -> None:
    person_id, on_web = await somebody(db, wrote_at=NOON - 3 * DAY)
    await also_writes_from(db, person_id, "telegram", NOON - 9 * DAY)
    await order(db, person_id)

    await care.plan(db, NOON)

    assert {each.customer_id for each in await planned(db)} == {on_web}


async def test_a_channel_that_they_no_longer_use_keeps_nothing_back(db: Database) -> None:
    person_id, on_web = await somebody(db, wrote_at=NOON - 3 * DAY)
    await wishes(db, person_id, "zalo")
    await order(db, person_id)

    await care.plan(db, NOON)

    assert {each.customer_id for each in await planned(db)} == {on_web}


async def best(db: Database, person_id: int, on_web: int, other: Customer) -> int | None:
    async with db.read() as tx:
        accounts = [await customers.by_id(tx, on_web), other]
        way = await reach.best(tx, accounts, "care", NOON)
    return way.customer.id if way else None


async def test_a_campaign_takes_the_preferred_channel_where_it_may(db: Database) -> None:
    person_id, on_web = await somebody(db, wrote_at=NOON - HOUR)
    on_zalo = await also_writes_from(db, person_id, "zalo", NOON - 4 * DAY)  # where it is billed
    before = await best(db, person_id, on_web, on_zalo)

    await wishes(db, person_id, "zalo")

    assert before == on_web
    assert await best(db, person_id, on_web, on_zalo) == on_zalo.id


async def test_a_preferred_channel_that_refuses_gives_way_to_another(db: Database) -> None:
    person_id, on_web = await somebody(db, wrote_at=NOON - HOUR)
    on_messenger = await also_writes_from(db, person_id, "messenger", NOON - 4 * DAY)
    await wishes(db, person_id, "messenger")

    assert await best(db, person_id, on_web, on_messenger) == on_web


async def test_what_we_begin_waits_for_their_hours(db: Database) -> None:
    person_id, _ = await somebody(db, wrote_at=NOON - 3 * DAY)
    await wishes(db, person_id, hours=EVENING)
    await order(db, person_id)
    await care.plan(db, NOON)

    await reach_out(db, THANKS)

    thanks = next(each for each in await planned(db) if each.kind == "thanks")
    assert (thanks.state, thanks.reason, thanks.due_at) == ("waiting", "their_hours", SIX)


async def test_hours_and_a_platforms_window_that_never_meet_are_refused(db: Database) -> None:
    person_id, _ = await somebody(db, "lan", "messenger", wrote_at=NOON - 20 * HOUR)
    await wishes(db, person_id, "messenger", hours=EVENING)
    await order(db, person_id)
    await care.plan(db, NOON)

    await reach_out(db, THANKS)  # the window closes at 16:00, their hours begin at 18:00

    thanks = next(each for each in await planned(db) if each.kind == "thanks")
    assert (thanks.state, thanks.reason) == ("refused", "window_closed")


async def test_a_merged_person_has_the_wish_that_was_noted_last(db: Database, mai: User) -> None:
    person_id, customer_id = await somebody(db)
    async with db.begin() as tx:
        values = {"name": "Lan", "fields": {}, "created_at": NOON}
        second = await insert(tx, people, values)
        await preferences.save(tx, person_id, Preference("web"), NOON - DAY, None)
        await preferences.save(tx, second, Preference("zalo"), NOON, None)
        apart = await preferences.of_customer(tx, customer_id)
        await identity.merge(tx, second, person_id, mai, NOON)
        merged = await preferences.of_customer(tx, customer_id)
        await identity.split(tx, second, mai, NOON + timedelta(hours=1))
        again = await preferences.of_customer(tx, customer_id)

    assert [each.channel for each in (apart, merged, again)] == ["web", "zalo", "web"]


async def test_who_is_nobody_we_know_has_no_wish(db: Database) -> None:
    await conversation.receive(db, said("alo", by="k9", channel="zalo"), NOON)
    async with db.read() as tx:
        customer = await customers.find(tx, "zalo", "k9")
        assert customer is not None

        assert await preferences.of_customer(tx, customer.id) == ANY
