"""Bringing the schema to where the code expects it, with Alembic."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

Result = TypeVar("Result")
SCRIPTS = Path(__file__).with_name("migrations")


def _config(connection: Any = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


async def migrate(url: str, revision: str = "head") -> None:
    """Upgrade to a revision, or downgrade when it lies behind. Safe to run from several places
    at once: the second finds nothing to do."""

    def run(connection: Any) -> None:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7227368)")
        config = _config(connection)
        current = MigrationContext.configure(connection).get_current_revision()
        script = ScriptDirectory.from_config(config)
        known = [step.revision for step in script.walk_revisions()]  # newest first
        target = script.get_current_head() if revision == "head" else revision
        back = revision == "base" or (
            current in known and target in known and known.index(current) < known.index(target)
        )
        (command.downgrade if back else command.upgrade)(config, revision)

    if url.startswith("sqlite"):
        Path(str(make_url(url).database)).parent.mkdir(parents=True, exist_ok=True)
    await _with_connection(url, run)


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
