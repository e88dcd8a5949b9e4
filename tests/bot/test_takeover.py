"""What a worker has begun is its own as long as it lives, and another's soon after its death."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from doubles import NOON, RecordingChannel, ScriptedDialogue, answer_all, said
from servers import settings

from bot import clock, conversation, doorbell, outbox
from bot import worker as worker_module
from bot.models import Author, Content, Delivery, Say, Turn
from bot.storage import inbox, messages, releases
from bot.storage import outbox as parcels
from bot.storage.db import Database
from bot.worker import Worker
from connectors.base import Channel, Json


class Slow(ScriptedDialogue):
    """Thinks for longer than a lease lasts."""

    async def ask(self, question):  # type: ignore[no-untyped-def]
        turn = await super().ask(question)
        await asyncio.sleep(2.5)  # longer than a lease
        return turn


class SlowChannel(RecordingChannel):
    async def deliver(self, recipient_id: str, call: Json) -> str:
        await asyncio.sleep(2.5)  # longer than a lease
        return await super().deliver(recipient_id, call)


@contextlib.asynccontextmanager
async def two_workers(
    db: Database, dialogue: ScriptedDialogue, **channels: Channel
) -> AsyncIterator[None]:
    async with db.begin() as tx:
        model = await releases.store(tx, "m", "m", b"good", clock.now())
        await releases.publish(tx, model.id, "test", clock.now())
    workers = [
        Worker(
            db,
            doorbell.for_database(db.url),
            channels,
            lambda archive, name: dialogue,
            clock.now,
            settings(db.url),
        )
        for _ in range(2)
    ]
    running = [asyncio.create_task(each.run()) for each in workers]
    yield
    for each in workers:
        each.stop()
    await asyncio.gather(*running)


@pytest.fixture(autouse=True)
def short_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "LEASE", timedelta(seconds=1))
    monkeypatch.setattr(parcels, "HORIZON", timedelta(seconds=1))
    monkeypatch.setattr(worker_module, "KEEP_SECONDS", 0.05)
    monkeypatch.setattr(worker_module, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(worker_module, "ALIVE_SECONDS", 0.1)


async def nothing_waits(db: Database) -> None:
    for _ in range(400):
        async with db.read() as tx:
            found = await messages.of_conversation(tx, 1)
        if len(found) == 2 and found[1].delivery is not Delivery.QUEUED:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not come about in time")


async def test_a_turn_that_lasts_is_nobody_elses(db: Database) -> None:
    dialogue = Slow()
    async with two_workers(db, dialogue):
        await conversation.receive(db, said("alo"), clock.now())
        await nothing_waits(db)

    assert dialogue.asked == ["alo"]


async def test_a_delivery_that_lasts_is_not_given_up(db: Database) -> None:
    async with two_workers(db, Slow(), recording=SlowChannel()):
        await conversation.receive(db, said("alo", channel="recording"), clock.now())
        await nothing_waits(db)

    async with db.read() as tx:
        assert (await messages.of_conversation(tx, 1))[1].delivery is Delivery.SENT


class Hanging(RecordingChannel):
    async def deliver(self, recipient_id: str, call: Json) -> str:
        await asyncio.sleep(3600)
        return ""


async def test_a_worker_that_stops_does_not_wait_for_a_platform_that_hangs(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "FINISH_SECONDS", 0.2)
    async with two_workers(db, ScriptedDialogue(), recording=Hanging()):
        await conversation.receive(db, said("alo", channel="recording"), clock.now())
        while True:
            async with db.read() as tx:
                if await parcels.being_sent(tx, "recording", "nga"):
                    break
            await asyncio.sleep(0.02)

    later = clock.now() + parcels.HORIZON
    await outbox.claim(db, "recording", later + timedelta(seconds=1), 10)
    async with db.read() as tx:
        assert (await messages.of_conversation(tx, 1))[1].delivery is Delivery.UNKNOWN


class Model(ScriptedDialogue):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    async def ask(self, question):  # type: ignore[no-untyped-def]
        await super().ask(question)
        return Turn(says=(Say(Content(self.name)),), introduced=True)


async def test_workers_on_an_old_and_a_new_model_answer_side_by_side(db: Database) -> None:
    loaded = threading.Event()

    def load(archive: bytes, name: str) -> Model:
        # One worker takes the new model at once, the other takes its time.
        if name == "new" and not first.acquire(blocking=False):
            loaded.wait(30)
        return Model(name)

    first = threading.Lock()
    people = [f"khách {n}" for n in range(8)]
    async with db.begin() as tx:
        model = await releases.store(tx, "old", "old", b"good", clock.now())
        await releases.publish(tx, model.id, "test", clock.now())
    workers = [
        Worker(db, doorbell.for_database(db.url), {}, load, clock.now, settings(db.url))
        for _ in range(2)
    ]
    running = [asyncio.create_task(each.run()) for each in workers]

    async def everybody_writes(round: int) -> None:
        for person in people:
            text = said(f"câu {round}", by=person, external_id=f"{person} {round}")
            await conversation.receive(db, text, clock.now())
        while await answered() < len(people) * round:
            await asyncio.sleep(0.02)

    async def answers() -> list[list[str]]:
        async with db.read() as tx:
            talks = [await messages.of_conversation(tx, n + 1) for n in range(len(people))]
        return [[m.content.text for m in talk if m.author is Author.BOT] for talk in talks]

    async def answered() -> int:
        return sum(map(len, await answers()))

    await everybody_writes(1)
    async with db.begin() as tx:
        model = await releases.store(tx, "new", "new", b"good", clock.now())
        await releases.publish(tx, model.id, "test", clock.now())
    rounds = 1
    while not any("new" in each for each in await answers()):
        rounds += 1
        await everybody_writes(rounds)
    loaded.set()
    while await said_by_old_lately(db, len(people)):
        rounds += 1
        await everybody_writes(rounds)
    for each in workers:
        each.stop()
    await asyncio.gather(*running)

    found = await answers()
    assert [len(each) for each in found] == [rounds] * len(people), "once each"
    assert {each[0] for each in found} == {"old"}
    assert {each[-1] for each in found} == {"new"}


async def said_by_old_lately(db: Database, people: int) -> bool:
    """Whether anybody's last answer is of the old model."""
    async with db.read() as tx:
        last = [(await messages.of_conversation(tx, n + 1))[-1] for n in range(people)]
    return any(each.content.text == "old" for each in last)


async def test_a_dead_workers_turn_is_free_when_its_lease_has_ended(db: Database) -> None:
    await conversation.receive(db, said("alo"), NOON)
    async with db.begin() as tx:
        begun = await inbox.claim(tx, NOON, 10)

    async with db.begin() as tx:
        at_once = await inbox.claim(tx, NOON, 10)
        later = await inbox.claim(tx, NOON + inbox.LEASE, 10)

    assert at_once == []
    assert [each.message_ids for each in later] == [each.message_ids for each in begun]


async def test_behind_a_dead_senders_message_the_next_goes_out_soon(db: Database) -> None:
    channel = RecordingChannel()
    await conversation.receive(db, said("một", channel="recording"), NOON)
    await answer_all(db, ScriptedDialogue())
    await outbox.claim(db, "recording", NOON, 10)  # and the sender dies
    await conversation.receive(db, said("hai", channel="recording", external_id="2"), NOON)
    await answer_all(db, ScriptedDialogue())

    later = NOON + parcels.HORIZON + timedelta(milliseconds=1)
    for parcel in await outbox.claim(db, "recording", later, 10):
        await outbox.deliver(db, channel, parcel, later)

    async with db.read() as tx:
        found = await messages.of_conversation(tx, 1)
    fates = [each.delivery for each in found if each.delivery]
    assert fates == [Delivery.UNKNOWN, Delivery.SENT]


def test_what_a_killed_process_left_goes_when_the_next_begins(tmp_path: Path) -> None:
    begin = "from bot import scratch; place = scratch.begin(); (place / 'model').mkdir(); "

    def run(then: str) -> None:
        subprocess.run([sys.executable, "-c", begin + then], env={"TMPDIR": str(tmp_path)})

    run("import os; os.kill(os.getpid(), 9)")
    left = list(tmp_path.iterdir())
    run("pass")

    assert len(left) == 1
    assert list(tmp_path.iterdir()) == []
