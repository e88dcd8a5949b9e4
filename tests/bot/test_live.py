"""What live screens are told of the events of the database."""

from __future__ import annotations

import asyncio

import pytest
from doubles import said

from bot import clock, conversation, doorbell
from bot.live import Live, Stream
from bot.models import Event
from bot.storage import events
from bot.storage.db import Database


async def told(stream: Stream, many: int) -> list[int]:
    found: list[int] = []
    while len(found) < many:
        item = await asyncio.wait_for(stream.__anext__(), 10)
        if isinstance(item, Event):
            found.append(item.id)
    return found


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_an_event_that_is_committed_after_a_later_one_is_told_too_and_each_once(
    db: Database,
) -> None:
    received = await conversation.receive(db, said("alo"), clock.now())
    talk, live = received.conversation_id, Live(db, doorbell.for_database(db.url))
    await live.open()

    async with live.subscribe() as stream:
        async with db.begin() as slow:
            await events.add(slow, talk, "state", None, clock.now())
            async with db.begin() as quick:
                await events.add(quick, talk, "state", None, clock.now())
            await live.ring()
            (later,) = await told(stream, 1)
        await live.ring()
        (earlier,) = await told(stream, 1)
        async with db.begin() as tx:
            await events.add(tx, talk, "state", None, clock.now())
        await live.ring()
        (last,) = await told(stream, 1)
        await asyncio.sleep(0.2)
        left = stream.waiting()
    await live.close()

    assert (earlier, later, last) == (later - 1, later, later + 1) and not left


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_what_was_not_yet_committed_when_a_process_began_to_read_is_told(
    db: Database,
) -> None:
    received = await conversation.receive(db, said("alo"), clock.now())
    talk, live = received.conversation_id, Live(db, doorbell.for_database(db.url))

    async with db.begin() as slow:
        await events.add(slow, talk, "state", None, clock.now())
        async with db.begin() as quick:
            await events.add(quick, talk, "state", None, clock.now())
        await live.open()
    async with live.subscribe() as stream:
        await live.ring()
        found = await told(stream, 1)
        await asyncio.sleep(0.2)
        left = stream.waiting()
    await live.close()

    async with db.read() as tx:
        newest = await events.newest_id(tx)
    assert found == [newest - 1] and not left
