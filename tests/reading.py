"""How much of a database is read, told by the database itself: no clock decides a test."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event, text

from bot.storage.db import Database

STEPS = 10  # of SQLite's machine between two counts
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
    open_ = True

    def step() -> int:
        work.read += STEPS if open_ else 0
        return 0

    def watch(connection: Any, record: Any, proxy: Any) -> None:
        connection.set_progress_handler(step if open_ else None, STEPS)

    def executed(*_: Any) -> None:
        work.statements += 1

    def read(connection: Any) -> int:
        work.statements -= 1  # this one
        return int(connection.execute(_READ).scalar_one())

    def begun(connection: Any) -> None:
        work.read -= read(connection)  # of transactions just before that are not yet counted in

    def ending(connection: Any) -> None:
        work.read += read(connection)

    engines: list[Any]
    if db.is_sqlite:
        engines = [db._engine._durable, db._engine._lazy]  # type: ignore[union-attr]
        hooks = [("checkout", watch), ("before_cursor_execute", executed)]
    else:
        engines = [db._engine._engine.sync_engine]  # type: ignore[union-attr]
        hooks = [("begin", begun), ("commit", ending), ("before_cursor_execute", executed)]
        hooks.append(("rollback", ending))
    # A reader begins no transaction on PostgreSQL, whose counts are of one: here it does.
    reading = vars(db._engine).get("_reading")
    if reading is not None:
        db._engine._reading = db._engine._engine  # type: ignore[union-attr]
    for engine in engines:
        for name, hook in hooks:
            event.listen(engine, name, hook)
    try:
        yield work
    finally:
        open_ = False
        if reading is not None:
            db._engine._reading = reading  # type: ignore[union-attr]
        for engine in engines:
            for name, hook in hooks:
                event.remove(engine, name, hook)
