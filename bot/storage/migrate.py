"""Bringing the schema to where the code expects it, with Alembic."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.storage.tables import metadata

Result = TypeVar("Result")
SCRIPTS = Path(__file__).with_name("migrations")
# Where turns and deliveries begin: who has these waits until those under way are over.
GATES: Final = ("customers", "outbox", "inbox")
# For how long we wait for the first table, having none: nobody is in a deadlock with us. For those
# after it less than the second after which PostgreSQL looks for deadlocks and breaks off whom it
# likes: we give way.
FIRST: Final = "3s"
PATIENCE: Final = "900ms"
# Seconds in which the others go on, longer each time: whoever waited for us must be through, or the
# next try meets a jam of our own making.
PAUSE, LONGEST_PAUSE = 0.5, 16.0
TRIES: Final = 40  # of one migration: some ten minutes
IN_THE_WAY: Final = ("55P03", "40P01")  # PostgreSQL's: not in time; a deadlock


class InTheWay(OSError):
    """Others use the tables without a pause. What is done of the migrations stays."""


def _config(connection: Any = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


async def migrate(url: str, revision: str = "head") -> None:
    """Upgrade to a revision, or downgrade when it lies behind, each step a transaction. Safe to
    run from several places at once, and while others use the database: a step that does not get a
    table soon gives way and is tried again. Raises InTheWay after some minutes of that."""
    if url.startswith("sqlite"):
        Path(str(make_url(url).database)).parent.mkdir(parents=True, exist_ok=True)
    tries = 0
    more = True
    while more:
        try:
            more = await _with_connection(url, lambda connection: _step(connection, revision))
            tries = 0
        except DBAPIError as error:
            tries += 1
            if getattr(error.orig, "sqlstate", "") not in IN_THE_WAY:
                raise
            if tries == TRIES:
                raise InTheWay(
                    "the tables are in use without a pause. What is done of the migrations stays: "
                    "run carebot migrate again at a quieter hour, or stop the workers meanwhile"
                ) from error
            await asyncio.sleep(min(PAUSE * 2 ** (tries - 1), LONGEST_PAUSE))


def _step(connection: Any, revision: str) -> bool:
    """One revision nearer; whether there is one more."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7227368)")
    config = _config(connection)
    script = ScriptDirectory.from_config(config)
    known = ["base", *reversed([step.revision for step in script.walk_revisions()])]
    current = MigrationContext.configure(connection).get_current_revision() or "base"
    target = script.get_current_head() if revision == "head" else revision
    if current not in known or target not in known:
        command.upgrade(config, revision)  # says which it does not know
        return False
    at, to = known.index(current), known.index(target)
    if at != to and connection.dialect.name == "postgresql":
        _halt(connection)
    if at < to:
        command.upgrade(config, known[at + 1])
    elif at > to:
        command.downgrade(config, known[at - 1])
    return abs(to - at) > 1


def _halt(connection: Any) -> None:
    """Have every table for oneself. Taken one by one, as a migration needs them, they would be in a
    deadlock with the turns under way."""
    present = set(inspect(connection).get_table_names())
    others = (table.name for table in metadata.sorted_tables if table.name not in GATES)
    patience = FIRST
    for name in (*GATES, *others):
        if name in present:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{patience}'")
            connection.exec_driver_sql(f"LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE")
            patience = PATIENCE


async def revisions(url: str) -> tuple[str | None, str | None]:
    """The database's revision and the code's."""

    def run(connection: Any) -> str | None:
        revision: str | None = MigrationContext.configure(connection).get_current_revision()
        return revision

    current = await _with_connection(url, run)
    return current, ScriptDirectory.from_config(_config()).get_current_head()


def known_revisions() -> set[str]:
    """The revisions that this code can bring a database to."""
    script = ScriptDirectory.from_config(_config())
    return {step.revision for step in script.walk_revisions()}


async def _with_connection(url: str, work: Callable[[Any], Result]) -> Result:
    """Do synchronous work in one transaction. Alembic speaks no other way."""
    if url.startswith("sqlite"):
        with create_engine(url, future=True).begin() as connection:
            return work(connection)
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            result: Result = await connection.run_sync(work)
            return result
    finally:
        await engine.dispose()
