"""The schema is brought to a new version while the old version's processes write."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from typing import Any

import asyncpg
import pytest
from databases import new_postgres
from filled import fill
from sqlalchemy import inspect, text

import bot.storage.migrate
from bot.storage.db import Database
from bot.storage.migrate import InTheWay, known_revisions, migrate, revisions

OLD = "0007"
# What processes write in one transaction, in their order: a message, a turn, a delivery; and, not
# in this order, an agent's acceptance and a delivery's end.
WRITES = (
    ("customers", "conversations", "messages", "inbox", "events"),
    ("customers", "conversations", "inbox", "messages", "outbox", "events"),
    ("outbox", "messages", "conversations", "events"),
    ("users", "handoffs", "conversations", "messages", "outbox"),
    ("accounts", "messages", "outbox"),
)
# The tables that a migration locks so that nobody may write there.
LOCKED = """
SELECT DISTINCT relname FROM pg_locks JOIN pg_class ON pg_class.oid = relation
WHERE pid = pg_backend_pid() AND mode NOT IN ('AccessShareLock', 'RowShareLock')
AND relkind = 'r' AND relnamespace = 'public'::regnamespace
"""


@pytest.fixture
async def url(postgres: str) -> AsyncIterator[str]:
    """Of PostgreSQL: in SQLite, with one writer at a time, nobody is in a deadlock."""
    async with new_postgres(postgres) as made:
        db = Database(made)
        await fill(db)
        await db.close()
        await migrate(made, OLD)
        yield made


async def write(db: Database, tables: Sequence[str], stop: asyncio.Event) -> int:
    """Transactions, one after another; how many. Raises when PostgreSQL breaks one off."""
    n = 0
    while not stop.is_set():
        n += 1
        async with db.begin() as tx:
            for table in tables:  # as if it wrote there
                await tx.execute(text(f"LOCK TABLE {table} IN ROW EXCLUSIVE MODE"))
                await asyncio.sleep(0.002)
    return n


async def write_unannounced(url: str, tables: Sequence[str], stop: asyncio.Event) -> int:
    """As an earlier version did, with pauses: in none of them is a try sure to get through."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    n = 0
    try:
        while not stop.is_set():
            n += 1
            async with connection.transaction():
                for table in tables:
                    await connection.execute(f"LOCK TABLE {table} IN ROW EXCLUSIVE MODE")
                    await asyncio.sleep(0.002)
            await asyncio.sleep(random.uniform(0, 0.06))
    finally:
        await connection.close()
    return n


@pytest.mark.parametrize("announced", [True, False], ids=["this version", "an earlier one"])
async def test_migrations_run_while_others_write_and_stop_nobody(url: str, announced: bool) -> None:
    stop = asyncio.Event()
    db = Database(url)
    writers = [
        asyncio.create_task(
            write(db, tables, stop) if announced else write_unannounced(url, tables, stop)
        )
        for tables in (WRITES[0], *WRITES)
    ]
    await asyncio.sleep(0.5)

    await migrate(url)
    await asyncio.sleep(0.5)
    stop.set()

    assert min(await asyncio.gather(*writers)) > 1
    await db.close()
    present, due = await revisions(url)
    assert present == due and due in known_revisions()


async def test_tables_that_are_never_free_are_an_error_with_a_way_out(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.storage.migrate, "TRYING", 0.5)
    monkeypatch.setattr(bot.storage.migrate, "FIRST", "100ms")
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))

    async with connection.transaction():
        await connection.execute("LOCK TABLE messages IN ROW EXCLUSIVE MODE")
        with pytest.raises(InTheWay, match="stop the workers"):
            await migrate(url)
    await connection.close()

    assert (await revisions(url))[0] == OLD
    await migrate(url)
    assert len(set(await revisions(url))) == 1


async def test_every_migration_names_the_tables_that_it_locks(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is not named is asked for late, when others may wait for those that it has."""
    step = bot.storage.migrate._step
    named: list[set[str]] = []
    locked: list[set[str]] = []

    def watched(connection: Any, revision: str) -> bool:
        before = set(inspect(connection).get_table_names()) - {"alembic_version"}
        more = step(connection, revision)
        after = set(inspect(connection).get_table_names())
        held = {name for (name,) in connection.exec_driver_sql(LOCKED)}
        locked.append(held & before & after)
        return more

    monkeypatch.setattr(bot.storage.migrate, "_halt", lambda _, tables: named.append(set(tables)))
    monkeypatch.setattr(bot.storage.migrate, "_step", watched)
    async with new_postgres(postgres) as url:
        await migrate(url, "base")
        await migrate(url)

    assert len(named) == 2 * len(known_revisions())
    assert named == locked
