"""A model is published while customers talk, and models that are no good: nobody goes without an
answer, and none answers that was half loaded."""

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
    """Says which model it is; one that is half loaded says so."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.whole = threading.Event()

    async def ask(self, question: Question) -> Turn:
        await asyncio.sleep(0.01)
        why = {"model": self.name if self.whole.is_set() else "half"}
        return Turn(says=(Say(Content("dạ"), why=why),), introduced=True)


def load(archive: bytes, name: str) -> Model:
    """In a thread of its own, as Rasa's: the old model answers meanwhile."""
    made = Model(name)
    threading.Event().wait(0.3)
    if archive == b"broken":
        raise ValueError("not a model")
    made.whole.set()
    return made


@contextlib.asynccontextmanager
async def workers(db: Database) -> AsyncIterator[list[Worker]]:
    made = [
        Worker(db, doorbell.for_database(db.url), {}, load, clock.now, settings(db.url))
        for _ in range(WORKERS)
    ]
    running = [asyncio.create_task(each.run()) for each in made]
    yield made
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


async def served_by_all(db: Database, name: str) -> None:
    """Until every worker says that it serves this model."""
    for _ in range(300):
        async with db.read() as tx:
            model = await releases.named(tx, name)
            found = list((await tx.execute(select(tables.workers.c.model_id))).scalars())
        if model and found == [model.id] * WORKERS:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"not every worker serves {name}")


async def talk(db: Database, by: str, stop: asyncio.Event) -> int:
    """Customers' messages, one after another; the talk's id."""
    n, heard = 0, None
    while not stop.is_set() or heard is None:
        n += 1
        heard = await conversation.receive(db, said(f"câu {n}", by=by), clock.now())
        await asyncio.sleep(0.04)
    return heard.conversation_id


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
    db: Database, bad: bool
) -> None:
    stop = asyncio.Event()
    await publish(db, "old")
    async with workers(db):
        await served_by_all(db, "old")
        talks = [asyncio.create_task(talk(db, f"khách {n}", stop)) for n in range(CUSTOMERS)]
        await asyncio.sleep(0.3)
        if bad:
            await publish(db, "bad", b"broken")
            await asyncio.sleep(0.8)
        await publish(db, "new")
        await served_by_all(db, "new")
        async with db.read() as tx:
            newest = (await tx.execute(select(func.max(tables.messages.c.id)))).scalar() or 0
        await asyncio.sleep(0.3)
        stop.set()
        answers = await all_answered(db, await asyncio.gather(*talks))

    models = [each.meta["model"] for each in answers]
    assert set(models) == {"old", "new"} and models[0] == "old"
    late = [each for each in answers if min(each.meta["answers"]) > newest]
    assert late and {each.meta["model"] for each in late} == {"new"}
