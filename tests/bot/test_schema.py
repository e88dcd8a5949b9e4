"""The migrations lead to the schema that the code expects, forward and back."""

from __future__ import annotations

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from bot.storage.migrate import _with_connection, migrate, revisions
from bot.storage.tables import metadata


async def test_migrations_make_the_schema_of_the_code(database_url: str) -> None:
    def differences(connection: Any) -> list[Any]:
        ours = {"include_name": lambda name, kind, parents: name != "sqlite_sequence"}
        return list(compare_metadata(MigrationContext.configure(connection, opts=ours), metadata))

    assert await _with_connection(database_url, differences) == []


async def test_migrations_go_back_and_forward(database_url: str) -> None:
    await migrate(database_url, "base")
    gone, _ = await revisions(database_url)
    await migrate(database_url)
    await migrate(database_url)

    assert gone is None
    assert len(set(await revisions(database_url))) == 1
