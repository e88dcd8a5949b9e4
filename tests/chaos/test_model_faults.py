"""A model is published while customers talk, and one that is no good: the one before answers until
the new one is loaded, and nobody goes without an answer."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator

import pytest
from doubles import ScriptedDialogue, said
from servers import settings
from sqlalchemy import func, select

from bot import clock, conversation, doorbell
from bot import worker as worker_module
from bot.answer import Question
from bot.models import Author, Content, Message, Say, Turn
from bot.storage import messages, releases, tables
from bot.storage.db import Database
from bot.worker import Worker

WORKERS, CUSTOMERS = 2, 6


class Model(ScriptedDialogue):
    """Says which model it is."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    async def ask(self, question: Question) -> Turn:
        await asyncio.sleep(0.01)
        return Turn(says=(Say(Content("dạ"), why={"model": self.name}),), introduced=True)


class Loader:
    """Loads in a thread of its own, as Rasa does, and takes as long as it is not `free`."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.free = threading.Event()
        self.free.set()

    def __call__(self, archive: bytes, name: str) -> Model:
        self.begun.append(name)
        assert self.free.wait(30)
        if archive == b"broken":
            raise ValueError("not a model")
        return Model(name)

    async def begun_by_all(self, name: str) -> None:
        for _ in range(300):
            if self.begun.count(name) >= WORKERS:
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"not every worker loads {name}")


@contextlib.asynccontextmanager
async def workers(db: Database, load: Loader) -> AsyncIterator[None]:
    made = [
        Worker(db, doorbell.for_database(db.url), {}, load, clock.now, settings(db.url))
        for _ in range(WORKERS)
    ]
    running = [asyncio.create_task(each.run()) for each in made]
    try:
        yield
    finally:
        load.free.set()
        for each in made:
            each.stop()
        await asyncio.wait_for(asyncio.gather(*running), 20)


async def publish(db: Database, name: str, archive: bytes = b"good") -> None:
    async with db.begin() as tx:
        model = await releases.store(tx, name, name, archive, clock.now())
        await releases.publish(tx, model.id, "test", clock.now())
    bell = doorbell.for_database(db.url)
    await bell.ring("publish")
    await bell.close()


async def serving(db: Database) -> set[str]:
    """The models that workers say they serve."""
    async with db.read() as tx:
        found = (await tx.execute(select(tables.workers.c.model_id))).scalars().all()
        models = [await releases.by_id(tx, each) if each else None for each in found]
        return {each.name if each else "" for each in models}


async def served_by_all(db: Database, name: str) -> None:
    for _ in range(300):
        if await serving(db) == {name}:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"not every worker serves {name}")


async def answering(db: Database, talks: list[int]) -> set[str]:
    """The models that answer what is asked from now on."""
    async with db.read() as tx:
        newest = (await tx.execute(select(func.max(tables.messages.c.id)))).scalar() or 0
    for _ in range(300):
        found = [message for each in talks for message in await transcript(db, each)]
        answers = [each for each in found if each.author is Author.BOT]
        late = [each for each in answers if min(each.meta["answers"]) > newest]
        if len(late) >= len(talks):
            return {each.meta["model"] for each in late}
        await asyncio.sleep(0.1)
    raise AssertionError("nobody answers")


async def talk(db: Database, talk_id: int, stop: asyncio.Event) -> None:
    """A customer's messages, one after another."""
    n = 0
    while not stop.is_set():
        n += 1
        heard = await conversation.receive(db, said(f"câu {n}", by=f"khách {talk_id}"), clock.now())
        assert heard.conversation_id == talk_id
        await asyncio.sleep(0.04)


async def transcript(db: Database, talk_id: int) -> list[Message]:
    async with db.read() as tx:
        return await messages.of_conversation(tx, talk_id, limit=10_000)


async def all_answered(db: Database, talks: list[int]) -> list[Message]:
    """The answers, oldest first, once everybody has theirs."""
    for _ in range(300):
        found = [message for each in talks for message in await transcript(db, each)]
        asked = [each.id for each in found if each.author is Author.CUSTOMER]
        answers = [each for each in found if each.author is Author.BOT]
        assert not [each for each in found if each.author is Author.SYSTEM], "nobody was passed on"
        if sorted(n for each in answers for n in each.meta["answers"]) == sorted(asked):
            return sorted(answers, key=lambda each: each.id)
        await asyncio.sleep(0.1)
    raise AssertionError("somebody has no answer")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "ALIVE_SECONDS", 0.2)


@pytest.mark.parametrize("bad", [False, True], ids=["good", "one that does not load between"])
async def test_a_model_published_under_load_takes_over_and_no_message_goes_unanswered(
    db: Database, bad: bool, caplog: pytest.LogCaptureFixture
) -> None:
    stop, load = asyncio.Event(), Loader()
    talks = list(range(1, CUSTOMERS + 1))
    for n in talks:
        await conversation.receive(db, said("alo", by=f"khách {n}"), clock.now())
    await publish(db, "old")
    async with workers(db, load):
        await served_by_all(db, "old")
        talking = [asyncio.create_task(talk(db, n, stop)) for n in talks]
        if bad:
            await publish(db, "bad", b"broken")
            await load.begun_by_all("bad")
            assert await answering(db, talks) == {"old"}
        load.free.clear()
        await publish(db, "new")
        await load.begun_by_all("new")
        assert await answering(db, talks) == {"old"} == await serving(db)
        load.free.set()
        await served_by_all(db, "new")
        assert await answering(db, talks) == {"new"}
        stop.set()
        await asyncio.gather(*talking)
        answers = await all_answered(db, talks)

    assert answers[0].meta["model"] == "old"
    assert load.begun.count("bad") == WORKERS * bad, "what does not load is not tried again"
    way_out = "model bad does not load" in caplog.text and "carebot publish" in caplog.text
    assert way_out == bad
