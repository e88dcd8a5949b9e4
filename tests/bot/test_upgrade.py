"""The schema is brought to a new version while the old version's processes write."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import asyncpg
import pytest
from databases import new_postgres
from filled import fill

import bot.storage.migrate
from bot.storage.db import Database
from bot.storage.migrate import InTheWay, known_revisions, migrate, revisions

OLD = "0008"
# What processes write in one transaction, in their order: a message, a turn, a delivery.
WRITES = (
    ("customers", "conversations", "messages", "inbox", "events"),
    ("customers", "conversations", "inbox", "messages", "outbox", "events"),
    ("outbox", "messages", "conversations", "events"),
)


@pytest.fixture
async def url(postgres: str) -> AsyncIterator[str]:
    """Of PostgreSQL: in SQLite, with one writer at a time, nobody is in a deadlock."""
    async with new_postgres(postgres) as made:
        db = Database(made)
        await fill(db)
        await db.close()
        await migrate(made, OLD)
        yield made


async def write(url: str, tables: Sequence[str], stop: asyncio.Event) -> int:
    """Transactions, one after another; how many. Raises when PostgreSQL breaks one off."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    n = 0
    try:
        while not stop.is_set():
            n += 1
            async with connection.transaction():
                for table in tables:  # as if it wrote there
                    await connection.execute(f"LOCK TABLE {table} IN ROW EXCLUSIVE MODE")
                    await asyncio.sleep(0.002)
    finally:
        await connection.close()
    return n


async def test_migrations_run_while_others_write_and_stop_nobody(url: str) -> None:
    stop = asyncio.Event()
    writers = [asyncio.create_task(write(url, WRITES[0], stop)) for _ in range(2)]
    writers += [asyncio.create_task(write(url, tables, stop)) for tables in WRITES[1:]]
    await asyncio.sleep(0.5)

    await migrate(url)
    await asyncio.sleep(0.5)
    stop.set()

    assert min(await asyncio.gather(*writers)) > 1
    present, due = await revisions(url)
    assert present == due and due in known_revisions()


async def test_tables_that_are_never_free_are_an_error_with_a_way_out(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.storage.migrate, "TRIES", 2)
    monkeypatch.setattr(bot.storage.migrate, "FIRST", "100ms")
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))

    async with connection.transaction():
        await connection.execute("LOCK TABLE customers IN ROW EXCLUSIVE MODE")
        with pytest.raises(InTheWay, match="stop the workers"):
            await migrate(url)
    await connection.close()

    assert (await revisions(url))[0] == OLD
    await migrate(url)
    assert len(set(await revisions(url))) == 1
