"""A full disk, and a database that may only be read: the door says so to whoever writes, nothing
is half stored, and all goes on by itself when the fault is mended."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from databases import new_postgres, new_sqlite
from doubles import NOON, ScriptedDialogue, answer_all, said
from servers import Server

from bot import conversation
from bot.storage import messages
from bot.storage.db import Database, DatabaseUnavailable

WORDS = "cho hoi gia quat tran"  # as it would stand in a log
ROOM = 128 * 1024  # bytes that SQLite's log may still grow: a few messages and no more
NOBODY = 65534
WHOLE = ["customer", "customer", "bot", "bot"]


async def post(server: Server, token: str, text: str, client_id: str = "") -> int:
    answer = await server.http.post(
        "/widget/messages",
        json={"client_id": client_id or str(uuid.uuid4()), "text": text},
        headers={"Authorization": f"Bearer {token}"},
    )
    return answer.status_code


async def transcript(db: Database) -> list[tuple[str, str]]:
    async with db.read() as tx:
        found = await messages.of_conversation(tx, 1, limit=1000)
    return [(each.author.value, each.content.text) for each in found]


async def until_answered(db: Database, asked: int) -> None:
    """Until the assistant has said as much as was asked."""
    for _ in range(400):
        found = await transcript(db)
        if len(found) >= 2 * asked:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{len(found)} messages, {asked} asked")


@contextlib.contextmanager
def full_disk(path: Path) -> Iterator[None]:
    """No file of this process may grow beyond where the database's log stands now."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    log = path.with_name(path.name + "-wal")
    resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size + ROOM, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextlib.asynccontextmanager
async def full_server(url: str) -> AsyncIterator[None]:
    """PostgreSQL says of every message what it says when its disk is full."""
    async with connected(url) as connection:
        await connection.execute(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION 'could not extend file: No space left on device' "
            "USING ERRCODE = '53100'; END $$;"
            "CREATE TRIGGER no_room BEFORE INSERT ON messages EXECUTE FUNCTION no_room()"
        )
        try:
            yield
        finally:
            await connection.execute("DROP TRIGGER no_room ON messages")


@contextlib.asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        yield connection
    finally:
        await connection.close()


@contextlib.asynccontextmanager
async def no_room(url: str) -> AsyncIterator[None]:
    if url.startswith("sqlite"):
        with full_disk(Path(url.removeprefix("sqlite:///"))):
            yield
    else:
        async with full_server(url):
            yield


async def test_on_a_full_disk_the_door_says_so_and_all_goes_on_when_there_is_room(
    server: Server, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    token = await server.token()
    assert await post(server, token, "alo shop") == 200
    await until_answered(server.db, 1)
    before = await transcript(server.db)
    # Each of its own: who asks the same again and again is given to a person.
    posts = {str(uuid.uuid4()): f"{WORDS} số {n} " * 60 for n in range(16)}

    async with no_room(database_url):
        answers = [await post(server, token, text, each) for each, text in posts.items()]
        during = await transcript(server.db)

    stored = answers.count(200)
    assert set(answers) <= {200, 503} and answers[-5:] == [503] * 5, answers
    assert sum(author == "customer" for author, _ in during) == 1 + stored
    assert before == during[: len(before)]
    assert "make room" in caplog.text and WORDS not in caplog.text

    again = [
        await post(server, token, text, each) for each, text in posts.items()
    ]  # as a browser does
    assert again == [200] * len(posts)
    await until_answered(server.db, 1 + len(posts))
    after = await transcript(server.db)
    assert sum(author == "customer" for author, _ in after) == 1 + len(posts)


# A database that may only be read


@contextlib.asynccontextmanager
async def read_only_file() -> AsyncIterator[tuple[str, Path]]:
    """A database whose file belongs to somebody else, for a user who is not root."""
    place = Path(tempfile.mkdtemp(prefix="carebot-", dir="/dev/shm"))
    was_root = os.geteuid() == 0
    try:
        url = await new_sqlite(place / "carebot.db")
        db = Database(url)  # the log's files are there before
        await conversation.receive(db, said("alo"), NOON)
        for path in (*place.iterdir(), place):
            path.chmod(0o444 if path.is_file() else 0o555)
        if was_root:
            os.seteuid(NOBODY)
        try:
            yield url, place
        finally:
            if was_root:
                os.seteuid(0)
        await db.close()
    finally:
        shutil.rmtree(place)


async def test_a_file_that_may_only_be_read_is_written_as_soon_as_it_may(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with read_only_file() as (url, place):
        db = Database(url)
        for _ in range(2):
            with pytest.raises(DatabaseUnavailable, match="write to the file and its folder"):
                await conversation.receive(db, said(WORDS), NOON)

        if os.geteuid() != os.getuid():
            os.seteuid(0)
        for path in (place, *place.iterdir()):
            path.chmod(0o777)
        if os.getuid() == 0:
            os.seteuid(NOBODY)

        await conversation.receive(db, said(WORDS), NOON)
        assert await answer_all(db, ScriptedDialogue()) == 1
        assert [author for author, _ in await transcript(db)] == WHOLE
        await db.close()


@pytest.fixture
async def on_postgres(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    async with new_postgres(request.getfixturevalue("postgres")) as url:
        yield url


async def read_only(url: str, on: bool) -> None:
    """New transactions may only read; who is connected is cut off, as when a server fails over."""
    async with connected(url) as connection:
        name = url.rpartition("/")[2]
        await connection.execute("SET default_transaction_read_only = off")
        await connection.execute(
            f"ALTER DATABASE {name} SET default_transaction_read_only = {'on' if on else 'off'}"
        )
        if on:
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                f"WHERE datname = '{name}' AND pid <> pg_backend_pid()"
            )


async def test_a_server_that_may_only_be_read_is_written_as_soon_as_it_may(
    on_postgres: str,
) -> None:
    db, told = Database(on_postgres), ""
    await conversation.receive(db, said("alo"), NOON)

    await read_only(on_postgres, True)
    for _ in range(4):  # the first meet the connections that were cut
        with pytest.raises(DatabaseUnavailable) as refusal:
            await conversation.receive(db, said(WORDS), NOON)
        told += str(refusal.value)
    await read_only(on_postgres, False)

    assert "default_transaction_read_only" in told and WORDS not in told
    await conversation.receive(db, said(WORDS), NOON)
    assert await answer_all(db, ScriptedDialogue()) == 1
    assert [author for author, _ in await transcript(db)] == WHOLE
    await db.close()
