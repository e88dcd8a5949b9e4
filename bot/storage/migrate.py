"""Bringing the schema to where the code expects it, with Alembic."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.storage.db import WRITING, translated

SCRIPTS = Path(__file__).with_name("migrations")
# For how long we wait until the writers under way are through, and nobody else begins.
FIRST: Final = "1s"
# A table that is in use then is read, or written to by an earlier version or somebody else's
# program, who may wait for what we have: those who do not are done in a moment.
PATIENCE: Final = "50ms"
# How many times as long as we held the others up they go on before the next try, and in seconds
# at least and at most.
PAUSE: Final = 4
SHORTEST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
TRYING: Final = 600.0  # seconds, for each migration
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
    run from several places at once, and while others use the database: a step that does not get
    its tables soon gives way and is tried again. Raises InTheWay after ten minutes of that,
    DatabaseUnavailable."""
    if url.startswith("sqlite"):
        Path(str(make_url(url).database)).parent.mkdir(parents=True, exist_ok=True)
    async with _transactions(url) as transaction:
        first = time.monotonic()
        more = True
        while more:
            began = time.monotonic()
            try:
                more = await transaction(lambda connection: _step(connection, revision))
                first = time.monotonic()
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", "") not in IN_THE_WAY:
                    raise
                now = time.monotonic()
                if now - first > TRYING:
                    raise InTheWay(
                        "the tables are in use without a pause. What is done of the migrations "
                        "stays: run carebot migrate again at a quieter hour, or stop the workers "
                        "meanwhile"
                    ) from error
                pause = PAUSE * (now - began)
                await asyncio.sleep(min(max(pause, SHORTEST_PAUSE), LONGEST_PAUSE))


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
        step = script.get_revision(known[at + 1 if at < to else at])
        _halt(connection, step.module.tables_in_use)
    if at < to:
        command.upgrade(config, known[at + 1])
    elif at > to:
        command.downgrade(config, known[at - 1])
    return abs(to - at) > 1


def _halt(connection: Any, tables: Sequence[str]) -> None:
    """Have these tables for oneself. Taken one by one, as a migration comes to them, they would be
    in a deadlock with the turns under way, and what it had done would have been for nothing."""
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{FIRST}'")
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITING})")
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE}'")
    for name in tables:
        connection.exec_driver_sql(f"LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE")


async def revisions(url: str) -> tuple[str | None, str | None]:
    """The database's revision and the code's."""

    def run(connection: Any) -> str | None:
        revision: str | None = MigrationContext.configure(connection).get_current_revision()
        return revision

    async with _transactions(url) as transaction:
        current = await transaction(run)
    return current, ScriptDirectory.from_config(_config()).get_current_head()


def known_revisions() -> set[str]:
    """The revisions that this code can bring a database to."""
    script = ScriptDirectory.from_config(_config())
    return {step.revision for step in script.walk_revisions()}


@asynccontextmanager
async def _transactions(url: str) -> AsyncIterator[Callable[[Callable[[Any], Any]], Any]]:
    """One connection, and what does synchronous work there, each in a transaction. Alembic speaks
    no other way. Raises DatabaseUnavailable when there is no connection to be had."""
    if url.startswith("sqlite"):

        async def on_file(work: Callable[[Any], Any]) -> Any:
            with create_engine(url, future=True).begin() as connection:
                return work(connection)

        yield on_file
        return

    engine = create_async_engine(url)
    connection = engine.connect()

    async def over_the_wire(work: Callable[[Any], Any]) -> Any:
        async with connection.begin():
            return await connection.run_sync(work)

    try:
        with translated():
            await connection.start()
        try:
            yield over_the_wire
        finally:
            await connection.close()
    finally:
        await engine.dispose()
