"""Platforms that are asked for events: by one process at a time, and nothing is lost between
asking and storing."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from doubles import RecordingChannel, ScriptedDialogue, said
from servers import settings

import bot.worker as worker_module
from bot import clock, doorbell, intake
from bot.storage import accounts, messages
from bot.storage.db import Database, DatabaseUnavailable, Tx
from bot.worker import Worker
from connectors.base import Event, RetryableError


@dataclass
class Feed:
    """What a platform has to tell, numbered from 1; asked from a number on, it forgets what is
    before."""

    events: list[Event]
    asked: list[int] = field(default_factory=list)
    together: int = 0
    most: int = 0


class Polled(RecordingChannel):
    polls = True

    def __init__(self, feed: Feed) -> None:
        super().__init__()
        self.feed = feed

    async def poll(self, offset: int) -> tuple[Sequence[Event], int]:
        feed = self.feed
        feed.asked.append(offset)
        feed.together += 1
        feed.most = max(feed.most, feed.together)
        await asyncio.sleep(0.02)
        feed.together -= 1
        rest = feed.events[offset:]
        if rest and isinstance(rest[0], Exception):
            feed.events.pop(offset)
            raise rest[0]
        return rest[:1], offset + len(rest[:1])


def worker(db: Database, channel: Polled) -> Worker:
    made = settings("sqlite:///unused.db")
    bell = doorbell.for_database("sqlite:////nowhere/bell.db")
    dialogue = ScriptedDialogue()
    return Worker(db, bell, {channel.name: channel}, lambda *_: dialogue, clock.now, made)


def wrote(text: str) -> Event:
    return said(text, channel="recording", external_id=text)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "POLL_AGAIN", 0.05)
    # No model is published here, however long a busy machine takes.
    monkeypatch.setattr(worker_module, "WITHOUT_MODEL", timedelta(hours=1))


async def stored(db: Database) -> list[str]:
    async with db.read() as tx:
        found = await messages.of_conversation(tx, 1)
    return [message.content.text for message in found]


async def run_until(db: Database, workers: list[Worker], count: int) -> None:
    running = [asyncio.create_task(each.run()) for each in workers]
    for _ in range(1500):
        if len(await stored(db)) >= count:
            break
        await asyncio.sleep(0.02)
    for each in workers:
        each.stop()
    await asyncio.gather(*running)


async def test_everything_is_taken_in_order_and_the_place_is_kept(db: Database) -> None:
    feed = Feed([wrote("một"), wrote("hai"), wrote("ba")])
    await run_until(db, [worker(db, Polled(feed))], 3)
    feed.events.append(wrote("bốn"))
    before = len(feed.asked)

    await run_until(db, [worker(db, Polled(feed))], 4)

    assert await stored(db) == ["một", "hai", "ba", "bốn"]
    # A new process asks on where the old one stopped; a stop may cost it the last place.
    assert min(feed.asked[before:]) >= 2


async def test_two_workers_do_not_ask_at_once(db: Database) -> None:
    feed = Feed([wrote(str(n)) for n in range(9)])

    await run_until(db, [worker(db, Polled(feed)), worker(db, Polled(feed))], 9)

    assert feed.most == 1 and len(await stored(db)) == 9


async def test_what_was_asked_for_and_could_not_be_stored_comes_again(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed, failures = Feed([wrote("một"), wrote("hai")]), [1, 1]
    take = intake.take

    async def sometimes(*arguments, **more):  # type: ignore[no-untyped-def]
        if failures:
            failures.pop()
            raise DatabaseUnavailable("away")
        return await take(*arguments, **more)

    monkeypatch.setattr(intake, "take", sometimes)

    await run_until(db, [worker(db, Polled(feed))], 2)

    assert await stored(db) == ["một", "hai"]


async def test_a_platform_that_is_away_is_asked_again(db: Database) -> None:
    feed = Feed([RetryableError("away"), wrote("một")])  # type: ignore[list-item]

    await run_until(db, [worker(db, Polled(feed))], 1)

    assert await stored(db) == ["một"]


async def test_who_is_stopped_while_it_takes_the_question_gives_it_back(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = Feed([wrote("một"), wrote("hai")])
    stopped = worker(db, Polled(feed))
    begin, begin_polling = db.begin, accounts.begin_polling
    asking: list[asyncio.Task[None] | None] = []

    async def seen(*arguments, **more):  # type: ignore[no-untyped-def]
        asking.append(asyncio.current_task())
        return await begin_polling(*arguments, **more)

    @contextlib.asynccontextmanager
    async def told_late(**more: bool) -> AsyncIterator[Tx]:
        """The commit is done, and the word of it is still on its way."""
        async with begin(**more) as tx:
            yield tx
        if asyncio.current_task() in asking:
            stopped.stop()
            await asyncio.sleep(1)

    with monkeypatch.context() as patched:
        patched.setattr(accounts, "begin_polling", seen)
        patched.setattr(db, "begin", told_late)
        await stopped.run()
    assert len(asking) == 1

    await run_until(db, [worker(db, Polled(feed))], 2)

    assert await stored(db) == ["một", "hai"]


async def test_a_process_that_died_asking_is_followed_by_another(db: Database) -> None:
    now = clock.now()
    async with db.begin() as tx:
        assert await accounts.begin_polling(tx, "recording", now, now) == 0
        assert await accounts.begin_polling(tx, "recording", now, now) == 0
