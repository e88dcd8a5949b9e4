"""What a screen is told of the time in which its line was down."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace

import pytest
import scenes
from doubles import NOON

from bot.console import live
from bot.console.live import Frames, Screen
from bot.live import Stream, Typing
from bot.storage import desk, events

LIMIT = 20


@pytest.fixture
async def talk(db, people, time, monkeypatch):
    """One whose log is longer than anybody looks back."""
    monkeypatch.setattr(live, "MISSED_LIMIT", LIMIT)
    talk = (await scenes.busy_day(db, people, time.now))["thao"]
    async with db.begin() as tx:
        for _ in range(events.LOOK_BACK + 2 * LIMIT):
            await events.add(tx, talk, "conversation", None, NOON)
    return talk


class Ear:
    def __init__(self, db):
        self.app = SimpleNamespace(state=SimpleNamespace(db=db))
        self.told = []

    async def send_json(self, frame):
        self.told.append(frame)

    async def send_text(self, text):
        self.told.append(json.loads(text))


async def told(db, people, missed):
    """The events that a screen is told which has missed the newest few, and how that ends."""
    async with db.read() as tx:
        newest = await events.newest_id(tx)
    ear = Ear(db)
    await Screen(ear, Frames(db, lambda: NOON), people.lan)._catch_up(newest - missed)
    *frames, end = ear.told
    return [each["event"] - newest + missed for each in frames], end["type"]


@pytest.mark.parametrize("missed", [0, LIMIT])
async def test_what_was_missed_is_told_in_order(db, people, talk, missed):
    found, end = await told(db, people, missed)

    assert [each for each in found if each > 0] == list(range(1, missed + 1))
    assert end == "ready"


async def test_who_has_missed_too_much_reads_everything_again(db, people, talk):
    assert await told(db, people, LIMIT + 1) == ([], "reload")


async def test_a_cursor_from_before_the_database_was_restored_reads_everything_again(
    db, people, talk
):
    assert await told(db, people, -1) == ([], "reload")


async def test_what_is_wanted_at_once_is_read_at_once(db, people, talk, monkeypatch):
    read, readings = desk.entries, []

    async def counted(tx, ids):
        readings.append(None)
        return await read(tx, ids)

    monkeypatch.setattr(desk, "entries", counted)
    frames = Frames(db, lambda: NOON)
    async with db.read() as tx:
        found = await events.after(tx, 0)

    made = await asyncio.gather(*(frames.of(found) for _ in range(50)))

    assert [json.loads(each.whole)["event"] for each in made[0]] == [each.id for each in found]
    assert all(each == made[0] for each in made)
    assert len(readings) == 1


async def test_a_stream_that_was_cut_ends_after_what_came_before():
    first, second = Typing(1, "customer"), Typing(2, "customer")
    queue = asyncio.Queue()
    for each in (first, second, None):
        queue.put_nowait(each)
    stream = Stream(queue)

    assert await anext(stream) == first
    assert stream.waiting() == [second]
    assert [each async for each in stream] == []
