"""Opening the database and its transactions. The same statements serve SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

import asyncpg
from sqlalchemy import Table, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

Tx: TypeAlias = AsyncConnection

BUSY_SECONDS = 20

# What the drivers raise when the database is not there. SQLAlchemy wraps whatever a statement
# raises, so asyncpg's own errors come from connecting, or from a connection that broke.
AWAY = (
    OperationalError,
    InterfaceError,
    PoolTimeout,
    OSError,
    asyncio.TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)


class DatabaseUnavailable(Exception):
    """The database cannot be reached or written just now. Nothing was changed."""


class Database:
    """One database. `begin` writes, `read` reads; both are one transaction."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        # SQLite has one writer at a time, and lets the others sleep and look again; within a
        # process they queue up instead.
        self._one_writer = asyncio.Lock() if self.is_sqlite else contextlib.nullcontext()
        if self.is_sqlite:
            self._engine = _sqlite(url, synchronous="FULL")
            self._lazy = _sqlite(url, synchronous="NORMAL")
            self._write = self._engine.execution_options(begin="BEGIN IMMEDIATE")
            self._lazy_write = self._lazy.execution_options(begin="BEGIN IMMEDIATE")
        else:
            self._engine = create_async_engine(
                url,
                pool_size=10,
                max_overflow=10,
                pool_timeout=5,
                connect_args={"timeout": 5, "command_timeout": BUSY_SECONDS},
            )
            self._lazy = self._write = self._lazy_write = self._engine

    @asynccontextmanager
    async def begin(self, *, durable: bool = True) -> AsyncIterator[Tx]:
        """A writing transaction, committed at the end, rolled back by an exception.

        `durable=False` survives the death of any process but not a power cut, and costs no
        fsync: for claims, which are only an optimisation.

        Raises DatabaseUnavailable.
        """
        engine = self._write if durable else self._lazy_write
        with _translated():
            async with self._one_writer, engine.begin() as tx:
                if not durable and not self.is_sqlite:
                    await tx.execute(text("SET LOCAL synchronous_commit TO OFF"))
                yield tx

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        """A reading transaction: one consistent view on SQLite. Raises DatabaseUnavailable."""
        with _translated():
            async with self._engine.connect() as tx, tx.begin():
                yield tx

    async def close(self) -> None:
        await self._engine.dispose()
        if self._lazy is not self._engine:
            await self._lazy.dispose()


class _translated:
    """Turns what the two drivers raise for "not there just now" into DatabaseUnavailable."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, AWAY) or (
            isinstance(error, DBAPIError) and error.connection_invalidated
        ):
            raise DatabaseUnavailable(f"{type(error).__name__}: {error}") from error


def _sqlite(url: str, synchronous: str) -> AsyncEngine:
    # The default NullPool opens the file for every transaction: five times slower.
    engine = create_async_engine(
        url, poolclass=AsyncAdaptedQueuePool, pool_size=4, max_overflow=4, pool_timeout=5
    )

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, record: Any) -> None:
        # The driver's own BEGIN is deferred, and a read that becomes a write then deadlocks.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute(f"PRAGMA synchronous = {synchronous}")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))

    return engine


async def insert(tx: Tx, table: Table, values: Mapping[str, Any]) -> int:
    """Add a row and return its id."""
    result = await tx.execute(table.insert().values(**values))
    return int(result.inserted_primary_key[0])


async def insert_once(tx: Tx, table: Table, values: Mapping[str, Any]) -> bool:
    """Add a row unless a unique constraint already holds one like it; True when added."""
    dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table).values(**values).on_conflict_do_nothing()
    result = await tx.execute(statement)
    return bool(result.rowcount == 1)
