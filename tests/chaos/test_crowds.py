"""A dead platform with thousands of waiting deliveries, and one sender who floods the door: the
others do not wait for them. Delays are compared within one run, with wide bounds."""

from __future__ import annotations

import asyncio
import contextlib
import statistics
import time
from collections import Counter
from collections.abc import AsyncIterator

import httpx
import pytest
from doubles import RecordingChannel, ScriptedDialogue, said
from servers import settings
from sqlalchemy import func, select

from bot import clock, conversation, doorbell
from bot.models import Author
from bot.storage import messages, releases
from bot.storage.db import Database
from bot.storage.tables import inbox, outbox
from bot.storage.tables import messages as message_rows
from bot.worker import Worker
from connectors.base import Channel, Pace, RetryableError
from connectors.http import Http

QUEUED = 10_000
FLOOD = 400
ASKED = 25  # messages whose delay is measured
SLACK = 0.1  # seconds that two busy cores may add to a median of some ten milliseconds


@contextlib.asynccontextmanager
async def working(db: Database, **channels: Channel) -> AsyncIterator[None]:
    async with db.begin() as tx:
        model = await releases.store(tx, "m", "", b"", clock.now())
        await releases.publish(tx, model.id, "test", clock.now())
    bell = doorbell.for_database(db.url)
    dialogue = ScriptedDialogue()
    worker = Worker(db, bell, channels, lambda *_: dialogue, clock.now, settings(db.url))
    running = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        worker.stop()
        await asyncio.wait_for(running, 20)


async def delay(db: Database, channel: RecordingChannel, by: str) -> float:
    """Seconds from a message's coming to its answer's delivery, the median of some."""
    bell, took = doorbell.for_database(db.url), []
    for n in range(ASKED):
        began, sent = time.monotonic(), len(channel.sent)
        await conversation.receive(db, said(f"câu {n}", by=by, channel=channel.name), clock.now())
        await bell.ring("inbox")
        while len(channel.sent) == sent:
            assert time.monotonic() - began < 20, "no answer"
            await asyncio.sleep(0.002)
        took.append(time.monotonic() - began)
        await asyncio.sleep(0.02)
    await bell.close()
    return statistics.median(took)


async def queue(db: Database, channel: str, count: int) -> None:
    """As many deliveries, each to somebody else, as have gathered while a platform was away."""
    heard = await conversation.receive(db, said("alo", channel=channel, by="đầu"), clock.now())
    async with db.begin() as tx:
        await tx.execute(inbox.delete())
        now, first = clock.now(), heard.message_id + 1
        told = {"conversation_id": heard.conversation_id, "channel": channel, "meta": {}}
        told |= {"author": "agent", "created_at": now, "delivery": "queued"}
        empty: dict[str, object] = {"buttons": [], "cards": [], "attachments": []}
        texts = [{**told, "content": {**empty, "text": f"tin {n}"}} for n in range(count)]
        await tx.execute(message_rows.insert(), texts)
        parcel = {"conversation_id": heard.conversation_id, "channel": channel, "due_at": now}
        parcels = [
            {**parcel, "message_id": first + n, "recipient_id": f"người {n}"} for n in range(count)
        ]
        await tx.execute(outbox.insert(), parcels)


async def test_ten_thousand_deliveries_to_a_dead_platform_hold_back_no_other(db: Database) -> None:
    dead, alive = RecordingChannel("dead"), RecordingChannel("alive")
    tried = Counter[str]()

    def away(message: object) -> Exception:
        tried["dead"] += 1
        return RetryableError("ConnectError", everybody=True)

    dead.refuse, dead.pace = away, Pace(per_second=50)  # type: ignore[misc]
    async with working(db, dead=dead, alive=alive):
        alone = await delay(db, alive, "nga")
        await queue(db, "dead", QUEUED)
        beside = await delay(db, alive, "nga")
        async with db.read() as tx:
            left = select(func.count()).where(outbox.c.channel == "dead")
            waiting = (await tx.execute(left)).scalar()
        assert 0 < tried["dead"] < 100 and not dead.sent, "it is asked now and then"
        assert waiting == QUEUED, "nothing is given up while nobody can be reached"
        print(f"alone {alone * 1000:.0f} ms, beside {beside * 1000:.0f} ms")
        assert beside < 3 * alone + SLACK

        dead.refuse = lambda message: None
        began = time.monotonic()
        while len(dead.sent) < 100:
            assert time.monotonic() - began < 30, "it does not go on"
            await asyncio.sleep(0.01)
        assert time.monotonic() - began > 0.5 * 100 / 50, "at the platform's pace"
    recipients = [message.recipient_id for message in dead.sent]
    assert len(recipients) == len(set(recipients)), "once each"


async def test_who_cannot_be_reached_at_all_makes_the_whole_account_wait() -> None:
    """No try of a message counts while its platform is away, however long that is."""
    http = Http()
    with pytest.raises(RetryableError) as refusal:
        await http.request("POST", "http://127.0.0.1:9/nobody")
    await http.close()
    assert isinstance(refusal.value.__cause__, httpx.ConnectError) and refusal.value.everybody


async def test_a_flood_of_one_sender_is_answered_in_order_and_holds_back_nobody_else(
    db: Database,
) -> None:
    calm, channel = RecordingChannel("calm"), RecordingChannel("flood")
    async with working(db, calm=calm, flood=channel):
        alone = await delay(db, calm, "nga")

    for n in range(FLOOD):
        heard = said(f"tin {n}", by="kẻ phá", channel="flood")
        received = await conversation.receive(db, heard, clock.now())
    async with working(db, calm=calm, flood=channel):
        beside = await delay(db, calm, "nga")
        print(f"alone {alone * 1000:.0f} ms, beside {beside * 1000:.0f} ms")
        assert beside < 2 * alone + SLACK, "nobody waits for the flood's turns"
        for _ in range(900):
            async with db.read() as tx:
                if not (await tx.execute(select(inbox.c.message_id))).first():
                    break
            await asyncio.sleep(0.1)
    async with db.read() as tx:
        found = await messages.of_conversation(tx, received.conversation_id, limit=3 * FLOOD)
    asked = [each.id for each in found if each.author is Author.CUSTOMER]
    answers = [n for each in found if each.author is Author.BOT for n in each.meta["answers"]]
    assert answers and answers == asked[: len(answers)], "the flooder is answered, and in order"
