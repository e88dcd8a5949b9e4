"""The inbox's rows are read once for all who ask at the same time."""

from __future__ import annotations

import asyncio

import pytest
import scenes

from bot.console.rows import Inbox
from bot.storage import desk


@pytest.fixture
async def talks(db, people, time):
    return await scenes.busy_day(db, people, time.now)


@pytest.fixture
def inbox(db, time):
    return Inbox(db, time)


async def test_fifty_who_ask_at_once_share_one_reading(inbox, talks):
    answers = await asyncio.gather(*(inbox.rows() for _ in range(50)))

    assert talks["thao"] in answers[0].by_id
    assert all(each is answers[0] for each in answers)


async def test_who_asks_after_a_change_sees_it_though_others_are_still_being_answered(
    inbox, talks, db, time, monkeypatch
):
    read, has_read, may_answer = desk.inbox, asyncio.Event(), asyncio.Event()

    async def slow(tx):
        entries = await read(tx)
        has_read.set()
        await may_answer.wait()
        return entries

    monkeypatch.setattr(desk, "inbox", slow)
    first = asyncio.create_task(inbox.rows())
    await has_read.wait()

    await scenes.writes(db, "thao", "em ơi", time.now, "messenger")
    second = asyncio.create_task(inbox.rows())
    may_answer.set()

    assert (await first).by_id[talks["thao"]]["last"]["text"] != "em ơi"
    assert (await second).by_id[talks["thao"]]["last"]["text"] == "em ơi"


async def test_a_reading_that_failed_is_not_given_to_the_next(inbox, talks, monkeypatch):
    async def fails(tx):
        raise RuntimeError("away")

    with monkeypatch.context() as patch:
        patch.setattr(desk, "inbox", fails)
        with pytest.raises(RuntimeError):
            await inbox.rows()

    assert talks["thao"] in (await inbox.rows()).by_id


async def test_what_came_after_the_rows_were_read_is_not_yet_unread(inbox, talks, people, db, time):
    rows, talk = await inbox.rows(), talks["thao"]

    await scenes.writes(db, "thao", "em ơi", time.now, "messenger")

    async with db.read() as tx:
        then = await desk.unread(tx, people.lan.id, [talk], rows.upto)
        now = await desk.unread(tx, people.lan.id, [talk])
    assert now[talk] == then[talk] + 1
