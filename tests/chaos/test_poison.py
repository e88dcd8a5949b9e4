"""A message that breaks whatever touches it is set aside, its customer gets a person, and nobody
else notices."""

from __future__ import annotations

import asyncio
import contextlib
import pickle
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from doubles import RecordingChannel, ScriptedDialogue, said
from servers import Server, running, settings
from sqlalchemy import select

from bot import clock, conversation
from bot.models import Author, Status
from bot.storage import conversations, handoffs, inbox, messages, releases
from bot.storage.db import Database
from bot.storage.tables import unread_events

WORKER = Path(__file__).with_name("fragile_worker.py")
OTHERS = 12
POISON = b"cpoison\nwords\n."  # the parser's error names it


async def said_to(db: Database, conversation_id: int) -> list[str]:
    async with db.read() as tx:
        found = await messages.of_conversation(tx, conversation_id)
    return [each.content.text for each in found if each.author is Author.BOT]


async def given_to_a_person(db: Database, conversation_id: int) -> str | None:
    async with db.read() as tx:
        found = await handoffs.open_of(tx, conversation_id)
        talk = await conversations.by_id(tx, conversation_id)
    assert talk is not None and (found is None) == (talk.status is Status.BOT)
    return found.reason if found else None


async def until_nobody_waits(db: Database, seconds: float = 40) -> None:
    for _ in range(int(seconds / 0.1)):
        async with db.read() as tx:
            if not (await tx.execute(select(inbox.inbox.c.message_id))).first():
                return
        await asyncio.sleep(0.1)
    raise AssertionError("somebody still waits")


# What crashes the connector's parser


@contextlib.asynccontextmanager
async def carebot(
    url: str, channel: RecordingChannel, dialogue: ScriptedDialogue
) -> AsyncIterator[Server]:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
        made = running(settings(url, port), dialogue, port, sock, {channel.name: channel})
        async with made as server:
            yield server


async def test_a_body_that_crashes_the_parser_is_kept_and_the_next_is_read(
    database_url: str,
) -> None:
    channel = RecordingChannel()
    async with carebot(database_url, channel, ScriptedDialogue()) as server:

        async def tell(body: bytes) -> int:
            headers = {"x-secret": "right"}
            answer = await server.http.post("/webhooks/recording", content=body, headers=headers)
            return answer.status_code

        event = pickle.dumps([said("còn hàng không", channel="recording")])
        answers = [await tell(body) for body in (POISON, POISON, event)]
        await until_nobody_waits(server.db)
        answered = await said_to(server.db, 1)
        async with server.db.read() as tx:
            kept = [row.reason for row in await tx.execute(select(unread_events))]

    assert answers == [200, 200, 200]
    assert len(kept) == 2 and "poison" not in "".join(kept)
    assert answered == ["echo: còn hàng không"]


# What crashes the action


async def test_a_message_that_crashes_the_action_brings_a_person_and_the_rest_go_on(
    database_url: str,
) -> None:
    dialogue = ScriptedDialogue({"độc": RuntimeError("an action's bug")})
    async with carebot(database_url, RecordingChannel(), dialogue) as server:
        poisoned = await conversation.receive(server.db, said("độc", by="nga"), clock.now())
        others = [
            await conversation.receive(server.db, said("alo", by=f"khách {n}"), clock.now())
            for n in range(OTHERS)
        ]
        await until_nobody_waits(server.db)
        assert await given_to_a_person(server.db, poisoned.conversation_id) == "assistant_failed"
        for other in others:
            assert await said_to(server.db, other.conversation_id) == ["echo: alo"]
            assert await given_to_a_person(server.db, other.conversation_id) is None
    assert dialogue.asked.count("độc") == 1


# What kills the worker


@pytest.mark.parametrize("words", [("thoát", "sập")], ids=["os._exit and a segmentation fault"])
async def test_a_message_that_kills_its_worker_is_set_aside_and_the_rest_are_answered_once(
    db: Database, database_url: str, words: tuple[str, ...]
) -> None:
    async with db.begin() as tx:
        model = await releases.store(tx, "scripted", "", b"", clock.now())
        await releases.publish(tx, model.id, "test", clock.now())
    poisoned, others = [], []
    for n in range(OTHERS):
        if n % 6 == 1:
            deadly = said(words[n // 6], by=f"độc {n}")
            poisoned.append(await conversation.receive(db, deadly, clock.now()))
        others.append(await conversation.receive(db, said("alo", by=f"khách {n}"), clock.now()))

    worker = await asyncio.create_subprocess_exec(
        sys.executable,
        str(WORKER),
        database_url,
        cwd=WORKER.parents[2],
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        await until_nobody_waits(db)
    finally:
        worker.terminate()
        told, _ = await worker.communicate()

    assert told.decode().count("died") == 1 + 2 * len(words), "together once, then each alone"
    for each in poisoned:
        assert await given_to_a_person(db, each.conversation_id) == "set_aside"
    for other in others:
        assert await said_to(db, other.conversation_id) == ["echo: alo"]
        assert await given_to_a_person(db, other.conversation_id) is None
