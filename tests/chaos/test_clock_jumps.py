"""The machine's clock is set a day forward or back while customers talk: nothing is lost, doubled
or out of order, and nothing hangs until the clock has caught up."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from doubles import NOON, RecordingChannel, ScriptedDialogue, answer_all, remember, said
from servers import settings

from bot import clock, conversation, doorbell, outbox
from bot import worker as worker_module
from bot.answer import Question
from bot.models import Author, Content, Delivery
from bot.storage import conversations, customers, inbox, leases, messages, releases
from bot.storage.db import Database
from bot.storage.trackers import Memory
from bot.worker import Worker

if TYPE_CHECKING:
    from bot.dialogue import RasaDialogue

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
CUSTOMERS, MESSAGES = 4, 12


async def until(what: Callable[[], Awaitable[bool]], seconds: float = 30) -> None:
    for _ in range(int(seconds / 0.1)):
        if await what():
            return
        await asyncio.sleep(0.1)
    raise AssertionError("it did not come about in time")


@pytest.mark.parametrize("jumps", [(DAY, timedelta(0)), (-DAY, timedelta(0))], ids=["on", "back"])
async def test_whatever_the_clock_does_every_message_is_answered_once_in_order(
    db: Database, jumps: tuple[timedelta, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On and back again, or back and on again."""
    monkeypatch.setattr(worker_module, "FREE_SECONDS", 0.5)
    shift = timedelta(0)

    def now() -> datetime:
        return clock.now() + shift

    async with db.begin() as tx:
        model = await releases.store(tx, "m", "", b"", now())
        await releases.publish(tx, model.id, "test", now())
    channel, bell = RecordingChannel("telegram"), doorbell.for_database(db.url)
    dialogue = ScriptedDialogue()
    worker = Worker(db, bell, {"telegram": channel}, lambda *_: dialogue, now, settings(db.url))
    working = asyncio.create_task(worker.run())

    for n in range(MESSAGES):
        if n and n % 4 == 0:
            shift = jumps[n // 4 - 1]
        for by in range(CUSTOMERS):
            heard = said(f"câu {n}", by=f"khách {by}", channel="telegram", sent_at=clock.now())
            await conversation.receive(db, heard, now())
        await asyncio.sleep(0.05)

    async def all_delivered() -> bool:
        return len(channel.sent) >= CUSTOMERS * MESSAGES

    await until(all_delivered)
    worker.stop()
    await asyncio.wait_for(working, 10)
    read: dict[str, list[str]] = {}
    for message in channel.sent:
        read.setdefault(message.recipient_id, []).append(message.text)
    assert set(read) == {f"khách {by}" for by in range(CUSTOMERS)}
    for texts in read.values():
        assert texts == [f"echo: câu {n}" for n in range(MESSAGES)]


async def test_what_a_worker_began_before_the_clock_was_set_back_is_begun_again(
    db: Database,
) -> None:
    await conversation.receive(db, said("còn hàng không"), NOON + DAY)
    async with db.begin() as tx:
        (entry,) = await inbox.claim(tx, NOON + DAY, 1)  # and its worker dies

    assert entry.attempts == 1
    assert await answer_all(db, ScriptedDialogue(), NOON) == 1


async def test_two_messages_across_a_jump_are_answered_in_the_order_they_came(
    db: Database,
) -> None:
    dialogue = ScriptedDialogue()
    await conversation.receive(db, said("trước", sent_at=NOON + DAY), NOON + DAY)
    await conversation.receive(db, said("sau", sent_at=NOON), NOON)

    await answer_all(db, dialogue, NOON)

    assert dialogue.asked == ["trước", "sau"]


async def test_what_waited_for_a_day_is_answered_with_what_comes_then(db: Database) -> None:
    """As after a long outage, or a jump: a talk in which somebody waits has not ended."""
    dialogue = ScriptedDialogue()
    await conversation.receive(db, said("trước", sent_at=NOON), NOON)
    await conversation.receive(db, said("sau", sent_at=NOON + 2 * DAY), NOON + 2 * DAY)

    await answer_all(db, dialogue, NOON + 2 * DAY)

    assert dialogue.asked == ["trước", "sau"]


async def put(db: Database, text: str, now: datetime) -> int:
    heard = await conversation.receive(db, said("alo", channel="telegram", sent_at=now), now)
    async with db.begin() as tx:
        customer = await customers.lock_or_create(tx, "telegram", "nga", now)
        talk = await conversations.by_id(tx, heard.conversation_id)
        assert talk is not None
        made = await outbox.say(tx, talk, customer, Author.AGENT, Content(text), now)
    assert made is not None
    return made


async def delivery_of(db: Database, message_id: int) -> Delivery | None:
    async with db.read() as tx:
        found = await messages.by_id(tx, message_id)
    assert found is not None
    return found.delivery


async def test_a_sender_that_died_before_the_clock_was_set_back_holds_nothing_up(
    db: Database,
) -> None:
    first, second = await put(db, "một", NOON + DAY), await put(db, "hai", NOON + DAY)
    assert len(await outbox.claim(db, "telegram", NOON + DAY, 4)) == 1  # and its sender dies

    async with db.begin() as tx:
        assert await leases.any_ahead(tx, NOON)
        assert await leases.free(tx, NOON) > 0
        assert await leases.free(tx, NOON) == 0
        assert not await leases.any_ahead(tx, NOON)
    (parcel,) = await outbox.claim(db, "telegram", NOON + MINUTE, 4)

    assert parcel.message_id == second
    assert await delivery_of(db, first) is Delivery.UNKNOWN


async def test_what_another_version_holds_for_longer_is_not_freed(db: Database) -> None:
    """In an upgrade: deliveries were once held for a minute at a time."""
    await put(db, "một", NOON)
    assert await outbox.claim(db, "telegram", NOON + MINUTE, 4)

    async with db.begin() as tx:
        assert not await leases.any_ahead(tx, NOON)
        assert await leases.free(tx, NOON) == 0


async def test_what_is_put_off_for_a_reason_stays_so(db: Database) -> None:
    await put(db, "một", NOON)
    (parcel,) = await outbox.claim(db, "telegram", NOON, 4)
    async with db.begin() as tx:
        await outbox.parcels.later(tx, parcel.id, NOON + DAY, "the platform says so")

        assert await leases.free(tx, NOON) == 0

    assert await outbox.claim(db, "telegram", NOON + MINUTE, 4) == []


async def test_a_delivery_that_a_jump_forward_overtook_is_known_when_it_ends(
    db: Database,
) -> None:
    message_id, channel = await put(db, "một", NOON), RecordingChannel("telegram")
    (parcel,) = await outbox.claim(db, "telegram", NOON, 4)
    assert await outbox.claim(db, "telegram", NOON + DAY, 4) == []  # taken for dead
    assert await delivery_of(db, message_id) is Delivery.UNKNOWN

    await outbox.deliver(db, channel, parcel, NOON)

    assert [message.text for message in channel.sent] == ["một"]
    assert await delivery_of(db, message_id) is Delivery.SENT


async def test_a_worker_that_died_tomorrow_serves_nobody_today(db: Database) -> None:
    async with db.begin() as tx:
        await releases.worker_alive(tx, "dead", 1, NOON + DAY)
        assert await releases.bot_ready(tx, NOON + DAY - releases.ALIVE)

        assert not await releases.bot_ready(tx, NOON - releases.ALIVE)


async def test_the_dialogue_goes_on_where_it_was(
    dialogue: RasaDialogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the real model, whose events carry the clock's time."""
    memory, real, shift = Memory(None), time.time, [0.0]
    monkeypatch.setattr(time, "time", lambda: real() + shift[-1])

    asked = await dialogue.ask(question("kiểm tra đơn hàng giúp mình", memory))
    memory = remember(memory, asked)
    assert memory.loop == "order_form"
    for jump in (-DAY, DAY):
        shift.append(shift[-1] + jump.total_seconds())
        turn = await dialogue.ask(question("phí ship bao nhiêu", memory))
        memory = remember(memory, turn)

        assert turn.says[0].why["intent"] == "ask_shipping_fee"
        assert memory.loop == "order_form", "its question stands open"


def question(text: str, memory: Memory) -> Question:
    return Question(9, text, "", memory, {"customer": "c1"})
