"""Opening the database and its transactions. The same statements serve SQLite and PostgreSQL.

SQLAlchemy takes five times longer to put a statement together than to run it, so those of every
turn are made once, with `bindparam`s, beside the functions that run them.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Protocol

import asyncpg
from sqlalchemy import Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import QueuePool

from bot.storage.prepared import Changed, Prepared, Shelf

BUSY_SECONDS = 5  # platforms wait hardly longer for their 200
LOOK_AGAIN = 0.002  # seconds between tries while another process writes to SQLite
# SQLite gives the file to whoever happens to ask while it is free, and between two transactions of
# one process that is hardly ever. Who has written for so long leaves it free for so long.
WRITES_ON = 0.05
LEAVES_FREE = 2 * LOOK_AGAIN
SHARES = 0.01  # seconds in which those who wait join the one who writes; other processes wait
QUICK = 0.002  # seconds of a commit below which to hand it to a thread would take longer

# What the drivers raise when the database is not there. SQLAlchemy wraps whatever a statement
# raises, so asyncpg's own errors come from connecting, or from a connection that broke.
AWAY = (
    OperationalError,
    sqlite3.OperationalError,
    InterfaceError,
    PoolTimeout,
    OSError,
    asyncio.TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)

PREPARED = 500  # statements a connection keeps; a process has more than the hundred of the driver
# Whoever writes to PostgreSQL has this advisory lock, shared with the others; a migration has it
# alone, and nobody begins meanwhile.
WRITING = 7227369
READ_ONLY = "25006"
NO_ROOM = ("53100", "58030")  # the disk is full, or fails
# PostgreSQL's words for "not now": deadlock, serialization, too many connections, out of memory,
# shutting down.
TRY_AGAIN = ("40P01", "40001", "53200", "53300", "57P01", "57P02", "57P03", READ_ONLY, *NO_ROOM)

# What somebody has to do, by a PostgreSQL code or SQLite's own words.
WAYS_OUT = {
    ("disk is full", "disk I/O error", *NO_ROOM): "there is no room on the database's disk, or it "
    "fails: make room (df -h) and Carebot goes on by itself",
    ("readonly database", READ_ONLY): "the database may only be read: let Carebot's user write to "
    "the file and its folder (PostgreSQL: default_transaction_read_only, or a standby)",
}


class Tx(Protocol):
    """An open transaction."""

    dialect: Any  # SQLAlchemy's

    async def execute(self, statement: Any, parameters: Any = None) -> Any:
        """What SQLAlchemy's connection says to the same: a result, or a count of changed rows.

        Raises SQLAlchemy's errors, or a driver's when the database cannot be reached."""


class DatabaseUnavailable(Exception):
    """The database cannot be reached or written just now. Nothing was changed."""


class Database:
    """One database. `begin` writes, `read` reads; both are one transaction."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self._engine: _Sqlite | _Postgres = _Sqlite(url) if self.is_sqlite else _Postgres(url)

    @asynccontextmanager
    async def begin(self, *, durable: bool = True) -> AsyncIterator[Tx]:
        """A writing transaction, committed at the end, rolled back by an exception.

        `durable=False` survives the death of any process but not a power cut, and costs no
        fsync: for claims, which are only an optimisation.

        Raises DatabaseUnavailable.
        """
        with translated():
            async with self._engine.begin(durable) as tx:
                yield tx

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        """A reading transaction: one consistent view on SQLite. Raises DatabaseUnavailable."""
        with translated():
            async with self._engine.read() as tx:
                yield tx

    async def close(self) -> None:
        await self._engine.close()


class _Postgres:
    def __init__(self, url: str) -> None:
        self._shelf = Shelf()
        self._engine = create_async_engine(
            url,
            hide_parameters=True,  # or customers' words would be in the log
            # A statement sees what is committed when it begins, in a transaction or not: so a
            # reader spares the two calls that begin and end one. Writers begin theirs in words.
            isolation_level="AUTOCOMMIT",
            # None beyond these: what is opened for a crowd and closed after it has to learn every
            # statement anew, and in a crowd there is no time for that.
            pool_size=10,
            max_overflow=0,
            pool_use_lifo=True,
            pool_timeout=5,
            connect_args={
                "timeout": 5,
                "command_timeout": BUSY_SECONDS,
                "prepared_statement_cache_size": PREPARED,
                "statement_cache_size": PREPARED,
                "max_cached_statement_lifetime": 0,
            },
        )

    @asynccontextmanager
    async def begin(self, durable: bool) -> AsyncIterator[Tx]:
        lazily = "" if durable else "; SET LOCAL synchronous_commit TO OFF"
        async with self._connection() as tx:
            begin = f"BEGIN{lazily}; SELECT pg_advisory_xact_lock_shared({WRITING})"
            await tx.driver.execute(begin)
            try:
                yield tx
            except BaseException:
                await tx.driver.execute("ROLLBACK")
                raise
            if await tx.driver.execute("COMMIT") != "COMMIT":
                raise DatabaseUnavailable("rolled back: a statement failed, and nobody said so")

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        async with self._connection() as tx:
            yield tx

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[_OverTheWire]:
        async with self._engine.connect() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            try:
                yield _OverTheWire(connection, driver, self._shelf)
            except DBAPIError as error:
                if _code(error) == READ_ONLY:  # new connections may lead to the new primary
                    await self._engine.dispose()
                raise
            finally:
                if driver.is_closed() or driver.is_in_transaction():  # whoever had it gave up
                    await connection.invalidate()
                if driver.is_closed():  # and so will be the others
                    await self._engine.dispose()

    async def close(self) -> None:
        await self._engine.dispose()


class _OverTheWire:
    """A connection to PostgreSQL with the calls of SQLAlchemy's."""

    def __init__(self, connection: AsyncConnection, driver: Any, shelf: Shelf) -> None:
        self._connection = connection
        self._shelf = shelf
        self.driver = driver
        self.dialect = connection.dialect

    async def execute(self, statement: Any, parameters: Any = None) -> Any:
        given = _rows(parameters)
        prepared = self._shelf.find(statement, given[0], self.dialect)
        if prepared is None:
            return await self._connection.execute(statement, parameters)
        try:
            return await self._run(prepared, given)
        except asyncpg.PostgresError as error:
            is_ours = isinstance(error, asyncpg.IntegrityConstraintViolationError)
            kind = IntegrityError if is_ours else DBAPIError
            raise kind(prepared.sql, None, error, hide_parameters=True) from error

    async def _run(self, prepared: Prepared, given: Sequence[Mapping[str, Any]]) -> Any:
        values = [prepared.values(each) for each in given]
        if len(values) > 1:
            await self.driver.executemany(prepared.sql, values)
            return Changed(len(values))
        if not prepared.returns_rows:
            told = await self.driver.execute(prepared.sql, *values[0])
            return Changed(int(told.rpartition(" ")[2]))
        rows = await self.driver.fetch(prepared.sql, *values[0])
        if prepared.adds:
            return Changed(len(rows), tuple(rows[0]) if rows else ())
        return prepared.result(rows)


def _rows(parameters: Any) -> Sequence[Mapping[str, Any]]:
    """A statement's values: of one row, or of many."""
    return parameters if parameters and isinstance(parameters, list) else [parameters or {}]


class _Sqlite:
    """SQLite on the event loop's own thread: a statement takes less time than handing it to
    another thread (measured: a turn's transactions in a third of aiosqlite's time). Only what
    waits for a slow disk, a durable commit, has a thread.

    SQLite has one writer at a time. Within a process they queue up here, and those that wait
    share a commit: each goes on in the transaction of the one before, with a savepoint to
    return to, and none is told that it has written before all of it is on the disk."""

    def __init__(self, url: str) -> None:
        self._shelf = Shelf()
        self._durable = _Connections(sqlite_engine(url, synchronous="FULL"))
        self._lazy = _Connections(sqlite_engine(url, synchronous="NORMAL"))
        self._writing = False
        self._waiting: deque[_Turn] = deque()
        self._open: _Open | None = None
        self._wrote_at = self._writes_since = 0.0
        self._commit_takes = 0.0  # seconds, of late
        # Nobody else's work may stand between a writer and its commit.
        self._disk = ThreadPoolExecutor(max_workers=1, thread_name_prefix="commit")

    @asynccontextmanager
    async def begin(self, durable: bool) -> AsyncIterator[Tx]:
        end = time.monotonic() + BUSY_SECONDS
        await self._turn(durable)
        try:
            try:
                shared = self._open = self._open or await self._transaction(durable, end)
                with shared.savepoint():
                    yield _OnThisThread(shared.connection, self._shelf)
            finally:
                self._pass_on()
            await asyncio.shield(shared.committed)
        except (OperationalError, sqlite3.OperationalError) as error:
            if "readonly" in str(error):  # a file stays as it was opened
                self._durable.dispose()
                self._lazy.dispose()
            raise

    async def _turn(self, durable: bool) -> None:
        if not self._writing:
            self._writing = True
            return
        loop = asyncio.get_running_loop()
        turn = _Turn(durable, loop.create_future())
        self._waiting.append(turn)
        alarm = loop.call_later(BUSY_SECONDS, turn.expire)
        try:
            came = await turn.come
        except asyncio.CancelledError:
            if not turn.come.cancelled() and turn.come.result():  # it came as we gave up
                self._pass_on()
            raise
        finally:
            alarm.cancel()
        if not came:
            raise asyncio.TimeoutError

    def _pass_on(self) -> None:
        """The next writer goes on in the open transaction, or it is committed first."""
        while self._waiting and self._waiting[0].come.done():
            self._waiting.popleft()
        following = self._waiting[0] if self._waiting else None
        if self._open and not (following and self._open.takes(following)):
            self._ending = asyncio.ensure_future(self._end(self._open))
        elif following:
            self._waiting.popleft().come.set_result(True)
        else:
            self._writing = False

    async def _transaction(self, durable: bool, end: float) -> _Open:
        await self._let_others()
        connections = self._durable if durable else self._lazy
        connection = connections.take()
        try:
            await self._enter(connection, "BEGIN IMMEDIATE", end)
        except BaseException:
            connections.give_back(connection)
            raise
        return _Open(connection, durable)

    async def _end(self, shared: _Open) -> None:
        try:
            await self._commit(shared)
        except BaseException as error:
            with contextlib.suppress(sqlite3.OperationalError):
                _tell(shared.connection, "ROLLBACK")
            shared.committed.set_exception(error)
        else:
            shared.committed.set_result(None)
        finally:
            (self._durable if shared.durable else self._lazy).give_back(shared.connection)
            self._open = None
            self._wrote_at = time.monotonic()
            self._pass_on()

    async def _commit(self, shared: _Open) -> None:
        commit = partial(_timed, shared.connection, "COMMIT")
        if shared.durable and self._commit_takes > QUICK:
            took = await _in_thread(self._disk, commit)
        else:
            took = commit()
        if shared.durable:
            self._commit_takes += (took - self._commit_takes) / 8

    async def _let_others(self) -> None:
        """Leave the file to another process's writer, after a long row of our own."""
        now = time.monotonic()
        if now - self._wrote_at < LEAVES_FREE:
            if now - self._writes_since < WRITES_ON:
                return
            await asyncio.sleep(LEAVES_FREE)
        self._writes_since = time.monotonic()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        connection = self._lazy.take()
        try:
            await self._enter(connection, "BEGIN", time.monotonic() + BUSY_SECONDS)
            try:
                yield _OnThisThread(connection, self._shelf)
            finally:
                _tell(connection, "ROLLBACK")
        finally:
            self._lazy.give_back(connection)

    async def _enter(self, connection: Any, begin: str, end: float) -> None:
        """Begin, looking again until `end` while another process has the file."""
        while True:
            try:
                _tell(connection, begin)
                if begin == "BEGIN":
                    _tell(connection, "SELECT 1 FROM sqlite_master")
                return
            except sqlite3.OperationalError as error:
                with contextlib.suppress(sqlite3.OperationalError):
                    _tell(connection, "ROLLBACK")
                if "locked" not in str(error) or time.monotonic() > end:
                    raise
            await asyncio.sleep(LOOK_AGAIN)

    async def close(self) -> None:
        self._disk.shutdown(wait=True)
        self._durable.dispose()
        self._lazy.dispose()


class _Connections:
    """Open connections to a file. SQLAlchemy's pool takes as long to hand one out as SQLite takes
    for a statement, so what it has handed out is kept here."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self._idle: list[Any] = []
        self._good: set[Any] = set()

    def take(self) -> Any:
        if self._idle:
            return self._idle.pop()
        connection = self._engine.connect()
        self._good.add(connection)
        return connection

    def give_back(self, connection: Any) -> None:
        if connection in self._good and not _in_transaction(connection):
            self._idle.append(connection)
        else:
            self._good.discard(connection)
            connection.close()

    def dispose(self) -> None:
        """From now on connections are opened anew."""
        self._good.clear()
        while self._idle:
            self._idle.pop().close()
        self._engine.dispose()


@dataclass(eq=False)
class _Turn:
    """A writer that waits."""

    durable: bool
    come: asyncio.Future[bool]  # False when it has waited for too long

    def expire(self) -> None:
        if not self.come.done():
            self.come.set_result(False)


class _Open:
    """A transaction that several writers share."""

    def __init__(self, connection: Any, durable: bool) -> None:
        self.connection = connection
        self.durable = durable
        self.committed = asyncio.get_running_loop().create_future()
        self._since = time.monotonic()

    def takes(self, turn: _Turn) -> bool:
        if not _in_transaction(self.connection) or turn.durable > self.durable:
            return False
        return time.monotonic() - self._since < SHARES

    @contextlib.contextmanager
    def savepoint(self) -> Iterator[None]:
        _tell(self.connection, "SAVEPOINT mine")
        try:
            yield
        except BaseException:
            # A full disk has rolled back all of it already, and the commit will fail.
            with contextlib.suppress(sqlite3.OperationalError):
                _tell(self.connection, "ROLLBACK TO mine")
            raise
        _tell(self.connection, "RELEASE mine")


def _tell(connection: Any, words: str) -> None:
    """Straight to the driver: by SQLAlchemy it took five times as long."""
    connection.connection.dbapi_connection.execute(words).fetchone()


def _in_transaction(connection: Any) -> bool:
    return bool(connection.connection.dbapi_connection.in_transaction)


def _timed(connection: Any, words: str) -> float:
    """How long it took, in seconds."""
    began = time.monotonic()
    _tell(connection, words)
    return time.monotonic() - began


class _OnThisThread:
    """An open SQLite transaction with the calls of SQLAlchemy's asynchronous connection."""

    def __init__(self, connection: Any, shelf: Shelf) -> None:
        self._connection = connection
        self._shelf = shelf
        self.dialect = connection.dialect

    async def execute(self, statement: Any, parameters: Any = None) -> Any:
        given = _rows(parameters)
        prepared = self._shelf.find(statement, given[0], self.dialect)
        if prepared is None:
            return self._connection.execute(statement, parameters)
        try:
            return self._run(prepared, given)
        except sqlite3.IntegrityError as error:
            raise IntegrityError(prepared.sql, None, error, hide_parameters=True) from error

    def _run(self, prepared: Prepared, given: Sequence[Mapping[str, Any]]) -> Any:
        driver = self._connection.connection.dbapi_connection
        values = [prepared.values(each) for each in given]
        if len(values) > 1:
            return Changed(driver.executemany(prepared.sql, values).rowcount)
        cursor = driver.execute(prepared.sql, values[0])
        if prepared.returns_rows:
            return prepared.result(cursor)
        return Changed(cursor.rowcount, (cursor.lastrowid,))


async def _in_thread(threads: ThreadPoolExecutor, work: Callable[[], float]) -> float:
    """Run to the end, even when the caller is cancelled meanwhile: a commit that is under way
    must not meet the connection's next user."""
    running = asyncio.get_running_loop().run_in_executor(threads, work)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await running
        raise


class translated:
    """Turns what the two drivers raise for "not there just now" into DatabaseUnavailable."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, AWAY) or (
            isinstance(error, DBAPIError)
            and (error.connection_invalidated or _code(error) in TRY_AGAIN)
        ):
            told = f"{type(error).__name__}: {error}"
            found = (
                way_out
                for signs, way_out in WAYS_OUT.items()
                if any(sign in str(error) or sign == _code(error) for sign in signs)
            )
            raise DatabaseUnavailable(": ".join((*found, told))) from error


def _code(error: BaseException) -> str | None:
    """PostgreSQL's, of an error that is one of its own."""
    code: str | None = getattr(getattr(error, "orig", error), "sqlstate", None)
    return code


def sqlite_engine(url: str, synchronous: str) -> Any:
    engine = create_engine(
        url,
        future=True,
        hide_parameters=True,  # or customers' words would be in the log
        # The default pool opens the file anew for every transaction: five times slower.
        poolclass=QueuePool,
        pool_size=8,
        max_overflow=8,
        pool_timeout=0.1,
        # Transactions are begun and ended here, in words: the driver's own BEGIN is deferred,
        # and a read that becomes a write then deadlocks.
        isolation_level="AUTOCOMMIT",
        connect_args={"check_same_thread": False, "timeout": 0},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: Any) -> None:
        connection.execute("PRAGMA busy_timeout = 1000")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA busy_timeout = 0")

    return engine


async def insert(tx: Tx, table: Table, values: Mapping[str, Any]) -> int:
    """Add a row and return its id."""
    result = await tx.execute(into(table), values)
    return int(result.inserted_primary_key[0])


async def insert_once(tx: Tx, table: Table, values: Mapping[str, Any]) -> bool:
    """Add a row unless a unique constraint already holds one like it; True when added."""
    result = await tx.execute(_insert_or_nothing(tx.dialect.name, table), values)
    return bool(result.rowcount == 1)


@cache
def into(table: Table) -> Any:
    """The statement that adds rows: SQLAlchemy takes as long to make one as SQLite to run it."""
    return table.insert()


@cache
def _insert_or_nothing(dialect: str, table: Table) -> Any:
    kind = sqlite if dialect == "sqlite" else postgresql
    return kind.insert(table).on_conflict_do_nothing()
