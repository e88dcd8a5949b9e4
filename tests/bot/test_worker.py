"""The worker: models come and go, messages are answered."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest
from doubles import RecordingChannel, ScriptedDialogue, said
from servers import settings

from bot import clock, conversation, doorbell
from bot import worker as worker_module
from bot.answer import Question
from bot.models import Author, Content, Say, Turn
from bot.storage import handoffs, messages, releases
from bot.storage.db import Database, Tx
from bot.worker import Loader, Worker
from connectors.base import Channel


class Named(ScriptedDialogue):
    """Answers with its own name."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    async def ask(self, question: Question) -> Turn:
        await asyncio.sleep(0.01)
        return Turn(says=(Say(Content(self.name)),), introduced=True)


def load(archive: bytes, name: str) -> Named:
    if archive == b"broken":
        raise ValueError("not a model")
    return Named(name)


async def publish(db: Database, name: str, archive: bytes = b"good") -> None:
    async with db.begin() as tx:
        model = await releases.store(tx, name, name, archive, clock.now())
        await releases.publish(tx, model.id, "test", clock.now())
    bell = doorbell.for_database(db.url)
    await bell.ring("publish")
    await bell.close()


@contextlib.asynccontextmanager
async def working(db: Database, load: Loader = load, **channels: Channel) -> AsyncIterator[Worker]:
    bell = doorbell.for_database(db.url)
    worker = Worker(db, bell, channels, load, clock.now, settings(db.url))
    running = asyncio.create_task(worker.run())
    yield worker
    worker.stop()
    await asyncio.wait_for(running, 10)


async def answers(db: Database, conversation_id: int = 1) -> list[str]:
    async with db.read() as tx:
        found = await messages.of_conversation(tx, conversation_id, limit=10_000)
    return [each.content.text for each in found if each.author is Author.BOT]


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 15) -> None:
    for _ in range(int(seconds / 0.05)):
        if await condition():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not come about in time")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "ALIVE_SECONDS", 0.2)
    monkeypatch.setattr(worker_module, "AWAY_SECONDS", 0.1)


async def test_a_published_model_is_taken_without_dropping_a_message(db: Database) -> None:
    await publish(db, "old")
    async with working(db):
        for n in range(60):
            await conversation.receive(db, said(f"câu {n}"), clock.now())
            if n == 30:
                await publish(db, "new")
            await asyncio.sleep(0.01)

        async def all_answered() -> bool:
            return len(await answers(db)) == 60

        async def new_in_use() -> bool:
            await conversation.receive(db, said("nữa"), clock.now())
            return "new" in await answers(db)

        await until(all_answered)
        await until(new_in_use)
        found = await answers(db)
    assert found[0] == "old" and found == sorted(found, key=["old", "new"].index)


async def test_a_model_that_does_not_load_leaves_the_old_one_in_service(db: Database) -> None:
    await publish(db, "old")
    async with working(db):
        await publish(db, "bad", b"broken")
        await asyncio.sleep(0.5)
        await conversation.receive(db, said("còn đó không"), clock.now())

        async def answered() -> bool:
            return await answers(db) == ["old"]

        await until(answered)
        async with db.read() as tx:
            models = [await releases.by_id(tx, each) for each in await releases.published(tx)]
    assert [model and model.name for model in models] == ["bad", "old"]


async def test_messages_wait_while_no_model_is_loaded(db: Database) -> None:
    async with working(db):
        await conversation.receive(db, said("sớm quá"), clock.now())
        await asyncio.sleep(0.5)
        assert await answers(db) == []
        async with db.read() as tx:
            assert not await releases.bot_ready(tx, clock.now() - timedelta(seconds=10))

        await publish(db, "first")

        async def answered() -> bool:
            return await answers(db) == ["first"]

        await until(answered)


class Counting(Database):
    """Counts what is written."""

    writes = 0

    def begin(self, *, durable: bool = True) -> contextlib.AbstractAsyncContextManager[Tx]:
        self.writes += 1
        return super().begin(durable=durable)


async def test_a_ring_has_only_those_look_whom_it_concerns(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every ring once made all loops of all workers look, and write down that they live."""
    for seconds in ("LOOK_SECONDS", "ALIVE_SECONDS"):
        monkeypatch.setattr(worker_module, seconds, 60)
    await publish(db, "m")
    counting, bell = Counting(db.url), doorbell.for_database(db.url)
    async with working(counting, recording=RecordingChannel()):

        async def settled() -> bool:
            before = counting.writes
            await asyncio.sleep(1.5)
            return counting.writes == before > 0

        await until(settled)
        before = counting.writes
        for word in ("event", "outbox", "inbox", "typing 1 bot") * 5:
            await bell.ring(word)
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.3)
        assert counting.writes == before

        await bell.ring("publish")

        async def looked() -> bool:
            return counting.writes > before

        await until(looked)
    await bell.close()
    await counting.close()


async def queued_for(db: Database) -> str | None:
    async with db.read() as tx:
        found = await handoffs.open_of(tx, 1)
    return found.reason if found else None


@pytest.mark.parametrize("model", [None, b"broken"])
async def test_where_no_model_comes_customers_are_told_so_and_get_a_person(
    db: Database, model: bytes | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "WITHOUT_MODEL", timedelta(seconds=0.2))
    if model:
        await publish(db, "bad", model)
    async with working(db):
        await conversation.receive(db, said("còn hàng không"), clock.now())

        async def queued() -> bool:
            return await queued_for(db) == "assistant_failed"

        await until(queued)
    async with db.read() as tx:
        told = (await messages.of_conversation(tx, 1))[-1]
    assert told.author is Author.SYSTEM and "xin lỗi" in told.content.text


async def test_while_a_model_is_loaded_messages_wait_for_it(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "WITHOUT_MODEL", timedelta(0))
    loaded, loading = threading.Event(), threading.Event()

    def slowly(archive: bytes, name: str) -> Named:
        loading.set()
        assert loaded.wait(10)
        return Named(name)

    await publish(db, "m")
    async with working(db, slowly):
        await asyncio.to_thread(loading.wait, 10)
        await conversation.receive(db, said("còn hàng không"), clock.now())
        await asyncio.sleep(1)
        assert await answers(db) == [] and await queued_for(db) is None

        loaded.set()

        async def answered() -> bool:
            return await answers(db) == ["m"]

        await until(answered)


async def test_while_another_worker_has_a_model_the_message_is_left_to_it(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "WITHOUT_MODEL", timedelta(0))
    async with db.begin() as tx:
        await releases.worker_alive(tx, "another", 7, clock.now())
    async with working(db):
        await conversation.receive(db, said("còn hàng không"), clock.now())
        await asyncio.sleep(1)

        assert await queued_for(db) is None


async def test_a_stopping_worker_ends_the_turns_it_has_begun(db: Database) -> None:
    await publish(db, "m")
    async with working(db) as worker:

        async def loaded() -> bool:
            async with db.read() as tx:
                return await releases.bot_ready(tx, clock.now() - timedelta(seconds=10))

        await until(loaded)
        for n in range(5):
            await conversation.receive(db, said("alo", by=f"khách {n}"), clock.now())
        await asyncio.sleep(0.005)
        worker.stop()

    async with db.read() as tx:
        assert not await releases.bot_ready(tx, clock.now() - timedelta(seconds=10))


async def test_the_worker_hands_replies_to_their_platform(db: Database) -> None:
    await publish(db, "m")
    channel = RecordingChannel()
    async with working(db, recording=channel):
        await conversation.receive(db, said("alo", channel="recording"), clock.now())

        async def delivered() -> bool:
            return len(channel.sent) == 1

        await until(delivered)
    assert channel.sent[0].text == "m" and channel.sent[0].recipient_id == "nga"


async def test_one_hanging_delivery_holds_back_nobody_else(db: Database) -> None:
    await publish(db, "m")
    channel = RecordingChannel()
    deliver, hang = channel.deliver, asyncio.Event()

    async def sometimes(recipient_id, call):  # type: ignore[no-untyped-def]
        if recipient_id == "khách 0":
            await hang.wait()
        return await deliver(recipient_id, call)

    channel.deliver = sometimes  # type: ignore[method-assign]
    async with working(db, recording=channel):
        for n in range(9):
            await conversation.receive(
                db, said("alo", by=f"khách {n}", channel="recording"), clock.now()
            )

        async def others_served() -> bool:
            return len(channel.sent) == 8

        await until(others_served)
        hang.set()
