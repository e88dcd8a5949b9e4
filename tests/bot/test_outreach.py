"""What we write of ourselves: planned once, looked at again when its time has come, said as a turn
of the dialogue. On SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from cares import DAY, HOUR, change_order, complain, order, prove, says, somebody
from doubles import NOON, ScriptedDialogue, answer_all, said
from servers import settings

from bot import care, conversation, doorbell, handoff, outreach
from bot.models import Outreach, Role, Status
from bot.storage import consents, conversations, messages, releases, users
from bot.storage import identities as proofs
from bot.storage import outreach as rows
from bot.storage.db import Database, insert
from bot.storage.tables import identities, people
from bot.worker import OUTREACH, Worker

THANKS = NOON + 2 * HOUR
LATER = NOON + 100 * DAY


async def everything(db: Database) -> dict[str, Outreach]:
    states = ("waiting", "sent", "refused", "cancelled", "held_out")
    async with db.read() as tx:
        found = await rows.between(tx, NOON - DAY, LATER, states=states, limit=1000)
    return {each.kind: each for each in found}


async def reach_out(
    db: Database, at: datetime, dialogue: ScriptedDialogue | None = None
) -> ScriptedDialogue:
    dialogue = dialogue or ScriptedDialogue()
    async with db.begin() as tx:
        begun = await rows.claim(tx, at, 100)
    for each in begun:
        await outreach.reach_out(db, dialogue, each, lambda: at, business="Điện Tử Bống")
    return dialogue


async def newest(db: Database, customer_id: int) -> tuple[Status, list[str]]:
    async with db.read() as tx:
        found = await conversations.newest_of(tx, customer_id)
        assert found is not None
        transcript = await messages.of_conversation(tx, found.id)
    return found.status, [f"{each.author.value}: {each.content.text}" for each in transcript]


async def test_a_delivered_order_has_its_whole_chain_planned_once(db: Database) -> None:
    person, _ = await somebody(db)
    await order(db, person)

    assert await care.plan(db, NOON) == 6
    assert await care.plan(db, NOON + HOUR) == 0

    planned = await everything(db)
    assert {kind: each.due_at - NOON for kind, each in planned.items()} == {
        "thanks": 2 * HOUR,
        "how_to": DAY,
        "order_survey": 3 * DAY,
        "news": 14 * DAY,
        "csi": 30 * DAY,
        "expectations": 60 * DAY,
    }
    assert planned["thanks"].about["item"] == "tai nghe Bống Air 2"


async def test_orders_of_a_merged_record_are_cared_for_where_the_person_writes(
    db: Database,
) -> None:
    person, customer = await somebody(db)
    async with db.begin() as tx:
        values = {"name": "Lan Trần", "created_at": NOON, "fields": {}, "merged_into": person}
        other = await insert(tx, people, values)
    await order(db, other)

    await care.plan(db, NOON)

    thanks = (await everything(db))["thanks"]
    assert (thanks.person_id, thanks.customer_id) == (person, customer)
    await complain(db, other)
    await reach_out(db, THANKS + HOUR)
    assert (await everything(db))["thanks"].reason == "open_complaint"


async def test_who_was_proved_to_be_a_record_since_merged_is_cared_for(db: Database) -> None:
    person, customer = await somebody(db)
    async with db.begin() as tx:
        values = {"name": "Lan Trần", "created_at": NOON, "fields": {}}
        main = await insert(tx, people, values)
        merged = people.update().where(people.c.id == person)
        await tx.execute(merged.values(merged_into=main))
    await order(db, main)

    await care.plan(db, NOON)

    thanks = (await everything(db))["thanks"]
    assert (thanks.person_id, thanks.customer_id) == (main, customer)


async def test_an_order_of_somebody_who_never_wrote_plans_nothing(db: Database) -> None:
    await somebody(db)
    async with db.begin() as tx:
        values = {"name": "Hùng", "created_at": NOON, "fields": {}}
        stranger = await insert(tx, people, values)
    await order(db, stranger)

    assert await care.plan(db, NOON) == 0


async def test_two_workers_that_plan_at_once_plan_once(db: Database) -> None:
    person, _ = await somebody(db)
    await order(db, person)

    counts = await asyncio.gather(*(care.plan(db, NOON) for _ in range(4)))

    assert sum(counts) == 6


async def test_thanks_are_said_in_a_talk_of_their_own_and_once(db: Database) -> None:
    person, customer = await somebody(db, wrote_at=NOON - 3 * DAY)
    await order(db, person)
    await care.plan(db, NOON)

    dialogue = await reach_out(db, THANKS)
    await reach_out(db, THANKS + HOUR, dialogue)

    assert dialogue.asked == ["of ourselves: thanks"]
    status, lines = await newest(db, customer)
    assert status is Status.BOT and lines == ["bot: echo: of ourselves: thanks"]
    sent = (await everything(db))["thanks"]
    assert sent.state == "sent" and sent.message_id and sent.conversation_id == 2


async def test_the_answer_lands_in_the_same_talk(db: Database) -> None:
    person, customer = await somebody(db, wrote_at=NOON - 3 * DAY)
    await order(db, person)
    await care.plan(db, NOON)
    dialogue = await reach_out(db, THANKS)

    await conversation.receive(db, said("cảm ơn em", by="lan"), THANKS + HOUR)
    await answer_all(db, dialogue, THANKS + HOUR)

    _, lines = await newest(db, customer)
    assert lines[1:] == ["customer: cảm ơn em", "bot: echo: cảm ơn em"]
    assert dialogue.questions[-1].memory.events  # what we said is remembered


@pytest.mark.parametrize("gone", [{"state": "cancelled"}, {"returned_at": NOON + HOUR}])
async def test_a_step_is_dropped_with_its_order(db: Database, gone: dict[str, object]) -> None:
    person, _ = await somebody(db, wrote_at=NOON - 3 * DAY)
    await order(db, person)
    await care.plan(db, NOON)

    await change_order(db, **gone)
    dialogue = await reach_out(db, THANKS)

    assert dialogue.asked == []
    ended = (await everything(db))["thanks"]
    assert (ended.state, ended.reason) == ("cancelled", "no_longer")


async def test_thanks_that_come_too_late_are_not_said(db: Database) -> None:
    person, _ = await somebody(db, wrote_at=NOON - 3 * DAY)
    await order(db, person)
    await care.plan(db, NOON)

    await reach_out(db, THANKS + 2 * DAY + HOUR)

    assert (await everything(db))["thanks"].reason == "too_late"


async def test_nothing_is_written_to_somebody_whose_complaint_is_open(db: Database) -> None:
    person, _ = await somebody(db, wrote_at=NOON - 3 * DAY)
    await order(db, person)
    await care.plan(db, NOON)
    await complain(db, person)

    await reach_out(db, THANKS)

    refused = (await everything(db))["thanks"]
    assert (refused.state, refused.reason) == ("refused", "open_complaint")


async def test_news_want_a_yes_and_are_marked_as_an_advertisement(db: Database) -> None:
    person, customer = await somebody(db, wrote_at=NOON - 3 * DAY)
    await order(db, person, delivered_at=NOON - 14 * DAY)
    await care.plan(db, NOON)
    await says(db, customer, "yes")

    await reach_out(db, NOON)

    _, lines = await newest(db, customer)
    assert lines == ["bot: [QC] echo: of ourselves: news"]


@pytest.mark.parametrize(
    ("words", "reason"),
    [((), "no_consent"), (("yes", "no"), "opted_out"), (("yes", "not_now"), "no_need")],
)
async def test_news_are_refused_without_a_standing_yes(
    db: Database, words: tuple[str, ...], reason: str
) -> None:
    person, customer = await somebody(db, wrote_at=NOON - 3 * DAY)
    await order(db, person, delivered_at=NOON - 14 * DAY)
    await care.plan(db, NOON)
    for each in words:
        await says(db, customer, each)

    await reach_out(db, NOON)

    assert (await everything(db))["news"].reason == reason


async def test_a_no_on_one_channel_counts_on_all_and_a_yes_on_its_own(db: Database) -> None:
    person, on_web = await somebody(db, wrote_at=NOON - 3 * DAY)
    _, on_zalo = await somebody(db, "lan-zalo", "zalo", wrote_at=NOON - 4 * DAY)
    async with db.begin() as tx:
        await tx.execute(identities.delete().where(identities.c.customer_id == on_zalo))
        await prove(tx, on_zalo, person, NOON)
    await says(db, on_zalo, "yes")

    assert await promotion(db, on_web) == (False, False)
    assert await promotion(db, on_zalo) == (True, False)
    await says(db, on_web, "no")
    assert await promotion(db, on_web) == (False, True)
    assert await promotion(db, on_zalo) == (False, True)


async def promotion(db: Database, customer_id: int) -> tuple[bool, bool]:
    async with db.read() as tx:
        accounts = await proofs.accounts_of(tx, customer_id)
        wishes = (await consents.wishes(tx, [accounts]))[customer_id]
    return "promotion" in wishes.yes, "promotion" in wishes.no


async def test_at_night_it_waits_for_the_morning(db: Database) -> None:
    person, _ = await somebody(db, wrote_at=NOON - 3 * DAY)
    delivered = NOON + 9 * HOUR  # 21:00
    await order(db, person, delivered_at=delivered)
    await care.plan(db, delivered)

    await reach_out(db, delivered + 2 * HOUR)

    waits = (await everything(db))["thanks"]
    assert (waits.state, waits.reason) == ("waiting", "quiet_hours")
    assert waits.due_at == NOON + 19 * HOUR  # 7:00


async def test_who_is_talking_is_not_interrupted(db: Database) -> None:
    person, _ = await somebody(db, wrote_at=THANKS - timedelta(minutes=5))
    await order(db, person)
    await care.plan(db, NOON)

    dialogue = await reach_out(db, THANKS)

    waits = (await everything(db))["thanks"]
    assert dialogue.asked == [] and waits.reason == "talking"
    assert waits.due_at == THANKS + timedelta(minutes=25)


async def test_who_is_with_a_person_is_left_to_them(db: Database) -> None:
    person, _ = await somebody(db, wrote_at=THANKS - HOUR)
    await order(db, person)
    await care.plan(db, NOON)
    async with db.begin() as tx:
        user_id = await users.add(tx, "hoa", "Hoa", Role.AGENT, "x", NOON)
        hoa = await users.by_id(tx, user_id)
    assert hoa is not None
    await handoff.accept(db, 1, hoa, THANKS - HOUR)

    dialogue = await reach_out(db, THANKS)

    assert dialogue.asked == []
    assert (await everything(db))["thanks"].reason == "with_person"


async def test_a_customer_who_writes_meanwhile_is_answered_first(db: Database) -> None:
    person, customer = await somebody(db, wrote_at=NOON - 3 * DAY)
    await order(db, person)
    await care.plan(db, NOON)

    async def slow() -> str:
        await conversation.receive(db, said("alo shop", by="lan"), THANKS)
        return "cảm ơn anh/chị"

    await reach_out(db, THANKS, ScriptedDialogue({"of ourselves: thanks": slow}))

    _, lines = await newest(db, customer)
    assert lines == ["customer: alo", "customer: alo shop"]
    assert (await everything(db))["thanks"].state == "waiting"


async def test_what_fails_is_begun_again_and_given_up_in_the_end(db: Database) -> None:
    person, _ = await somebody(db, wrote_at=NOON - 3 * DAY)
    await order(db, person)
    await care.plan(db, NOON)
    broken = ScriptedDialogue({"of ourselves: thanks": RuntimeError("no words")})

    at = THANKS
    for _ in range(outreach.TRIES):
        with pytest.raises(RuntimeError):
            await reach_out(db, at, broken)
        await reach_out(db, at, broken)  # held by whoever began it
        at += rows.LEASE
    await reach_out(db, at, broken)

    assert (await everything(db))["thanks"].reason == "failed"
    assert len(broken.asked) == outreach.TRIES


async def test_a_cancelled_one_is_never_said(db: Database) -> None:
    person, customer = await somebody(db, wrote_at=NOON - 3 * DAY)
    await order(db, person)
    await care.plan(db, NOON)

    async def slow() -> str:
        async with db.begin() as tx:
            thanks = (await everything(db))["thanks"]
            assert await rows.end(tx, thanks.id, "cancelled", THANKS, user_id=None)
        return "cảm ơn anh/chị"

    with pytest.raises(outreach.AlreadyEnded):
        await reach_out(db, THANKS, ScriptedDialogue({"of ourselves: thanks": slow}))

    _, lines = await newest(db, customer)
    assert lines == ["customer: alo"]


async def test_a_late_order_is_apologised_for_before_the_customer_asks(db: Database) -> None:
    person, _ = await somebody(db, wrote_at=NOON - HOUR)
    await order(db, person, state="shipping", promised_at=NOON, delivered_at=None)

    assert await care.plan(db, NOON + timedelta(minutes=59)) == 0
    assert await care.plan(db, NOON + HOUR) == 1
    dialogue = await reach_out(db, NOON + HOUR)

    about = dialogue.questions[-1].metadata["outreach"]["about"]
    assert about["code"] == "BT26110145" and about["promised"] == "12:00 ngày 23/11"


async def test_an_order_that_arrived_meanwhile_needs_no_apology(db: Database) -> None:
    person, _ = await somebody(db, wrote_at=NOON - HOUR)
    await order(db, person, state="shipping", promised_at=NOON, delivered_at=None)
    await care.plan(db, NOON + HOUR)

    await change_order(db, state="delivered", delivered_at=NOON + HOUR)
    dialogue = await reach_out(db, NOON + HOUR)

    assert dialogue.asked == []
    assert (await everything(db))["delay"].reason == "no_longer"


async def long_schedule(db: Database, dialogue: ScriptedDialogue) -> Worker:
    """More thanks than a worker begins at once, all due, and a worker with a model."""
    for n in range(OUTREACH + 2):
        person, _ = await somebody(db, f"customer {n}", wrote_at=NOON - 3 * DAY)
        await order(db, person, f"BT{n}")
    await care.plan(db, NOON)
    async with db.begin() as tx:
        model = await releases.store(tx, "script", "script", b"", NOON)
        await releases.publish(tx, model.id, "test", NOON)
    bell = doorbell.for_database(db.url)
    worker = Worker(db, bell, {}, lambda data, name: dialogue, lambda: THANKS, settings(db.url))
    await worker._follow_model()
    return worker


async def test_a_worker_goes_on_while_more_is_due(db: Database) -> None:
    dialogue = ScriptedDialogue()
    worker = await long_schedule(db, dialogue)

    await worker._reach_out()

    assert len(dialogue.asked) == OUTREACH + 2


async def test_customers_who_wrote_have_the_next_moment(db: Database) -> None:
    dialogue = ScriptedDialogue()
    worker = await long_schedule(db, dialogue)
    turn = asyncio.create_task(asyncio.sleep(0))
    worker._turns.add(turn)

    await worker._reach_out()

    assert len(dialogue.asked) == OUTREACH
    await turn
