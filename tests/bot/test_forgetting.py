"""Answers of a form that was left are kept for a day, and then no more."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from doubles import NOON, RecordingChannel, ScriptedDialogue, at, said
from servers import settings
from sqlalchemy import func, select

from bot import conversation, dialogue, doorbell
from bot.storage import messages, trackers
from bot.storage.db import Database
from bot.storage.tables import tracker_checkpoints, tracker_events
from bot.storage.trackers import Memory
from bot.worker import KEPT, Worker

LEFT = {"event": "slot", "name": "form_left", "value": {"answers": {"phone": "0900000001"}}}


async def remembered(db: Database) -> int:
    async with db.read() as tx:
        return sum(
            [
                (await tx.execute(select(func.count()).select_from(table))).scalar_one()
                for table in (tracker_events, tracker_checkpoints)
            ]
        )


async def leaves_a_form(db: Database, when: datetime = NOON) -> int:
    received = await conversation.receive(db, said("số 0900000001, thôi"), when)
    async with db.begin() as tx:
        await trackers.append(tx, received.conversation_id, [LEFT, LEFT])
        events = await trackers.load(tx, received.conversation_id)
        state = {"slots": {"form_left": LEFT["value"]}, "loop": None}
        await trackers.checkpoint(tx, received.conversation_id, events.event_ids[0], state)
    return received.conversation_id


async def test_the_answers_of_a_silent_customer_are_deleted_after_a_day(db: Database) -> None:
    number = await leaves_a_form(db)
    assert await remembered(db) == 2  # what a checkpoint holds is not kept twice

    async with db.begin() as tx:
        assert await trackers.forget_silent(tx, at(86_400 - 1) - KEPT) == 0
    assert await remembered(db) == 2
    async with db.begin() as tx:
        assert await trackers.forget_silent(tx, at(86_400 + 1) - KEPT) == 1

    assert await remembered(db) == 0
    async with db.read() as tx:
        assert await trackers.load(tx, number) == Memory(None)
        assert len(await messages.of_conversation(tx, number)) == 1  # the transcript stays


async def test_whoever_goes_on_writing_is_remembered(db: Database) -> None:
    await leaves_a_form(db)
    await conversation.receive(db, said("còn đó không"), at(80_000))

    async with db.begin() as tx:
        assert await trackers.forget_silent(tx, at(100_000) - KEPT) == 0

    assert await remembered(db) == 2


async def test_the_worker_forgets_by_the_clock(db: Database) -> None:
    await leaves_a_form(db)
    now = [NOON]
    worker = Worker(
        db,
        doorbell.for_database(db.url),
        {"recording": RecordingChannel()},
        lambda archive, name: ScriptedDialogue(),
        lambda: now[0],
        settings(db.url),
    )
    await worker._forget()
    assert await remembered(db) == 2

    now[0] = NOON + KEPT + timedelta(seconds=1)
    await worker._forget()

    assert await remembered(db) == 0


@pytest.mark.parametrize(("hours", "kept"), [(23, True), (25, False)])
def test_a_talk_that_goes_on_drops_them_from_its_memory(hours: int, kept: bool) -> None:
    began = NOON.timestamp()
    left = {**LEFT, "value": {"form": "order_form", "answers": {"phone": "1"}, "at": began}}
    later = [
        {"event": "user", "text": "alo", "timestamp": began + hours * 3600 + n} for n in range(5)
    ]
    events = [left, *later]

    cut = dialogue._checkpoint(Memory(None, tuple(events), tuple(range(1, len(events) + 1))))

    assert cut is not None and (cut[1]["slots"]["form_left"] is not None) == kept
