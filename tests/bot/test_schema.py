"""The migrations lead to the schema that the code expects, forward and back."""

from __future__ import annotations

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from bot.storage.migrate import _transactions, migrate, revisions
from bot.storage.tables import metadata


def is_ours(name: str | None, kind: str, parents: Any) -> bool:
    """SQLite's own tables, and those of the full-text index, are not in the code."""
    return not (name or "").startswith(("sqlite_sequence", "message_words"))


async def test_migrations_make_the_schema_of_the_code(database_url: str) -> None:
    def differences(connection: Any) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"include_name": is_ours})
        return list(compare_metadata(context, metadata))

    async with _transactions(database_url) as transaction:
        assert await transaction(differences) == []


async def test_migrations_go_back_and_forward(database_url: str) -> None:
    await migrate(database_url, "base")
    gone, _ = await revisions(database_url)
    await migrate(database_url)
    await migrate(database_url)

    assert gone is None
    assert len(set(await revisions(database_url))) == 1
