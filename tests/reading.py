"""How much of a database is read, told by the database itself: no clock decides a test."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import text

from bot.storage.db import Database, _OverTheWire

STEPS = 10  # of SQLite's machine between two counts
ENDS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
_READ = text(
    "SELECT coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0) "
    "FROM pg_stat_xact_user_tables"
)


@dataclass
class Work:
    """Rows that were read on PostgreSQL; on SQLite steps of its machine. And statements on both."""

    read: int = 0
    statements: int = 0


@contextlib.contextmanager
def counted(db: Database) -> Iterator[Work]:
    """What everything done to the database in here reads."""
    work = Work()
    with _on_sqlite(db, work) if db.is_sqlite else _on_postgresql(db, work):
        yield work


@contextlib.contextmanager
def _on_sqlite(db: Database, work: Work) -> Iterator[None]:
    watched: list[Any] = []

    def step() -> int:
        work.read += STEPS
        return 0

    def executed(sql: str) -> None:
        work.statements += not sql.startswith(ENDS)

    def watching(take: Callable[[], Any]) -> Callable[[], Any]:
        def taken() -> Any:
            connection = take()
            driver = connection.connection.dbapi_connection
            driver.set_progress_handler(step, STEPS)
            driver.set_trace_callback(executed)
            watched.append(driver)
            return connection

        return taken

    with pytest.MonkeyPatch.context() as patch:
        for each in (db._engine._durable, db._engine._lazy):  # type: ignore[union-attr]
            patch.setattr(each, "take", watching(each.take))
        yield
    for driver in watched:
        driver.set_progress_handler(None, STEPS)
        driver.set_trace_callback(None)


@contextlib.contextmanager
def _on_postgresql(db: Database, work: Work) -> Iterator[None]:
    engine: Any = db._engine
    begin, execute = engine.begin, _OverTheWire.execute

    async def executed(self: Any, statement: Any, parameters: Any = None) -> Any:
        work.statements += 1
        return await execute(self, statement, parameters)

    async def read(tx: Any) -> int:
        return int((await execute(tx, _READ)).scalar_one())

    @contextlib.asynccontextmanager
    async def watched(durable: bool = True) -> AsyncIterator[Any]:
        async with begin(durable) as tx:
            work.read -= await read(tx)  # of transactions just before that are not yet counted in
            try:
                yield tx
            finally:
                work.read += await read(tx)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_OverTheWire, "execute", executed)
        patch.setattr(engine, "begin", watched)
        # A reader begins no transaction, and the counts are of one: here it does.
        patch.setattr(engine, "read", watched)
        yield
