"""Several processes write to one SQLite file; none of them may keep it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from databases import new_sqlite
from sqlalchemy import select

from bot import clock
from bot.storage import db as storage
from bot.storage.db import Database, DatabaseUnavailable, insert
from bot.storage.tables import customers


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    await new_sqlite(tmp_path / "carebot.db")
    return tmp_path / "carebot.db"


async def written_three_times(path: Path, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the writer paused each time, while another writer could begin."""
    paused = []
    writer = asyncio.current_task()
    sleep = asyncio.sleep

    async def pause(seconds: float) -> None:
        if asyncio.current_task() is not writer:
            await sleep(seconds)
            return
        other = sqlite3.connect(path, timeout=0, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        other.close()
        paused.append(seconds)

    monkeypatch.setattr(storage, "LEAVES_FREE", 3600.0)
    db = Database(f"sqlite:///{path}")
    with monkeypatch.context() as patch:
        patch.setattr(asyncio, "sleep", pause)
        for _ in range(3):
            async with db.begin(durable=False):
                pass
    await db.close()
    return paused


async def test_who_writes_on_and_on_leaves_the_file_to_another_process(path, monkeypatch) -> None:
    monkeypatch.setattr(storage, "WRITES_ON", 0.0)

    paused = await written_three_times(path, monkeypatch)

    assert paused == [3600.0, 3600.0]


async def test_who_has_written_for_a_moment_only_goes_on(path, monkeypatch) -> None:
    monkeypatch.setattr(storage, "WRITES_ON", 3600.0)

    paused = await written_three_times(path, monkeypatch)

    assert paused == []


def test_the_file_is_left_for_longer_than_others_take_to_look_again() -> None:
    assert storage.LEAVES_FREE > storage.LOOK_AGAIN


# --- those that wait share a commit


@pytest.fixture
async def db(path: Path) -> AsyncIterator[Database]:
    db = Database(f"sqlite:///{path}")
    yield db
    await db.close()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Where writers' transactions begin and end, as the driver is told."""
    words: list[str] = []
    tell = storage._tell

    def listen(connection: object, said: str) -> None:
        if said in ("BEGIN IMMEDIATE", "COMMIT"):
            words.append(said)
        tell(connection, said)

    monkeypatch.setattr(storage, "_tell", listen)
    monkeypatch.setattr(storage, "SHARES", 3600.0)
    return words


async def write(db: Database, name: str, *, durable: bool = True) -> None:
    async with db.begin(durable=durable) as tx:
        await insert(tx, customers, a_customer(name))


def a_customer(name: str) -> dict[str, object]:
    return {"channel": "web", "external_id": name, "profile": {}, "created_at": clock.now()}


async def names(db: Database) -> set[str]:
    async with db.read() as tx:
        return set((await tx.execute(select(customers.c.external_id))).scalars())


@asynccontextmanager
async def while_one_writes(db: Database) -> AsyncIterator[None]:
    """Whoever begins in here waits for its turn; it has come when this ends."""
    async with db.begin() as tx:
        await insert(tx, customers, a_customer("first"))
        yield
        await asyncio.sleep(0)


async def test_writers_that_wait_share_one_commit(db, told) -> None:
    async with while_one_writes(db):
        others = [asyncio.create_task(write(db, f"c{number}")) for number in range(4)]
    await asyncio.gather(*others)

    assert await names(db) == {"first", "c0", "c1", "c2", "c3"}
    assert told == ["BEGIN IMMEDIATE", "COMMIT"]


async def test_nobody_is_told_that_it_has_written_before_all_is_committed(db, told) -> None:
    hold = asyncio.Event()

    async def linger() -> None:
        async with db.begin() as tx:
            await insert(tx, customers, a_customer("slow"))
            await hold.wait()

    async with while_one_writes(db):
        quick = asyncio.create_task(write(db, "quick"))
        slow = asyncio.create_task(linger())
        writing = asyncio.create_task(asyncio.sleep(0.1))
        writing.add_done_callback(lambda _: hold.set())

    assert hold.is_set() and told == ["BEGIN IMMEDIATE", "COMMIT"]
    await asyncio.gather(quick, slow)


async def test_who_fails_takes_back_only_its_own(db, told) -> None:
    async def fail() -> None:
        async with db.begin() as tx:
            await insert(tx, customers, a_customer("wrong"))
            raise ValueError("a bug")

    async with while_one_writes(db):
        before = asyncio.create_task(write(db, "before"))
        wrong = asyncio.create_task(fail())
        after = asyncio.create_task(write(db, "after"))
    with pytest.raises(ValueError, match="a bug"):
        await wrong
    await asyncio.gather(before, after)

    assert await names(db) == {"first", "before", "after"}
    assert told == ["BEGIN IMMEDIATE", "COMMIT"]


async def test_when_the_commit_fails_all_are_told_and_the_next_can_write(db, monkeypatch) -> None:
    tell = storage._tell

    def refuse(connection: object, said: str) -> None:
        if said == "COMMIT":
            raise sqlite3.OperationalError("database or disk is full")
        tell(connection, said)

    with monkeypatch.context() as patch:
        patch.setattr(storage, "_tell", refuse)
        with pytest.raises(DatabaseUnavailable, match="make room"):
            async with while_one_writes(db):
                other = asyncio.create_task(write(db, "other"))
        with pytest.raises(DatabaseUnavailable, match="make room"):
            await other

    assert await names(db) == set()
    await write(db, "next")
    assert await names(db) == {"next"}


async def test_a_full_disk_that_takes_all_back_lets_nobody_join_any_more(db, told) -> None:
    async def fill() -> None:
        async with db.begin() as tx:
            storage._tell(tx._connection, "ROLLBACK")  # as SQLite does of itself
            raise sqlite3.OperationalError("database or disk is full")

    with pytest.raises(DatabaseUnavailable):
        async with while_one_writes(db):
            full = asyncio.create_task(fill())
            later = asyncio.create_task(write(db, "later"))
    with pytest.raises(DatabaseUnavailable):
        await full
    await later

    assert await names(db) == {"later"}


async def test_what_must_be_durable_waits_for_a_commit_of_its_own(db, told) -> None:
    async with db.begin(durable=False) as tx:
        await insert(tx, customers, a_customer("lazy"))
        durable = asyncio.create_task(write(db, "durable"))
        await asyncio.sleep(0)
    await durable

    assert told == ["BEGIN IMMEDIATE", "COMMIT", "BEGIN IMMEDIATE", "COMMIT"]


async def test_what_may_be_lazy_joins_what_is_durable(db, told) -> None:
    async with while_one_writes(db):
        lazy = asyncio.create_task(write(db, "lazy", durable=False))
    await lazy

    assert told == ["BEGIN IMMEDIATE", "COMMIT"]


async def test_a_row_that_never_ends_is_committed_in_between(db, told, monkeypatch) -> None:
    monkeypatch.setattr(storage, "SHARES", 0.0)

    async with while_one_writes(db):
        other = asyncio.create_task(write(db, "other"))
    await other

    assert told == ["BEGIN IMMEDIATE", "COMMIT"] * 2


@pytest.mark.parametrize("which", [0, 1, 2])
async def test_who_gives_up_waiting_keeps_nobody_from_writing(db, which) -> None:
    async with while_one_writes(db):
        waiting = [asyncio.create_task(write(db, f"c{number}")) for number in range(3)]
        await asyncio.sleep(0)
        waiting[which].cancel()
    others = [task for task in waiting if task is not waiting[which]]
    await asyncio.wait_for(asyncio.gather(*others), 5)
    await asyncio.wait_for(write(db, "next"), 5)

    assert await names(db) == {"first", "next", "c0", "c1", "c2"} - {f"c{which}"}


async def test_who_gives_up_as_its_turn_comes_passes_it_on(db) -> None:
    async with db.begin() as tx:
        await insert(tx, customers, a_customer("first"))
        waiting = [asyncio.create_task(write(db, f"c{number}")) for number in range(2)]
        await asyncio.sleep(0)
        # Between the moment that gives it the turn and the moment it would take it.
        asyncio.get_running_loop().call_soon(waiting[0].cancel)
    await asyncio.wait_for(waiting[1], 5)

    assert waiting[0].cancelled()
    assert await names(db) == {"first", "c1"}


async def test_who_waits_for_too_long_is_told_and_the_others_go_on(db, monkeypatch) -> None:
    monkeypatch.setattr(storage, "BUSY_SECONDS", 0.05)
    async with while_one_writes(db):
        impatient = asyncio.create_task(write(db, "impatient"))
        await asyncio.sleep(0.1)
    with pytest.raises(DatabaseUnavailable):
        await impatient
    await write(db, "next")

    assert await names(db) == {"first", "next"}


async def test_who_gives_up_as_it_has_waited_too_long_ends_nobodys_transaction(db, told) -> None:
    with pytest.raises(ValueError, match="a bug"):
        async with while_one_writes(db):
            waiting = asyncio.create_task(write(db, "late"))
            await asyncio.sleep(0)
            db._engine._waiting[0].expire()
            waiting.cancel()
            await asyncio.wait([waiting])
            await asyncio.sleep(0.05)
            assert told == ["BEGIN IMMEDIATE"]
            raise ValueError("a bug")

    assert await names(db) == set()
