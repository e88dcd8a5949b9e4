"""Going back through the migrations and forward again with rows in every table: what both schemas
have survives to the byte."""

from __future__ import annotations

from filled import fill

from bot.storage import snapshot
from bot.storage.db import Database
from bot.storage.migrate import known_revisions, migrate
from bot.storage.snapshot import Shape, line_of

Rows = dict[str, list[bytes]]  # by table and column: each column by itself, as it is written


async def values(url: str) -> Rows:
    def read(connection: object) -> Rows:
        found: Rows = {}
        for shape in snapshot.shapes(connection):
            rows = sorted(
                snapshot.rows(connection, shape), key=lambda row: line_of(_key(shape, row))
            )
            for n, (column, _) in enumerate(shape.columns):
                found[f"{shape.name}.{column}"] = [line_of([row[n]]) for row in rows]
        return found

    return await snapshot.reading(url, read)


def _key(shape: Shape, row: list[object]) -> list[object]:
    names = [name for name, _ in shape.columns]
    return [row[names.index(name)] for name in shape.key]


async def test_rows_survive_every_migration_back_and_forward(database_url: str) -> None:
    db = Database(database_url)
    await fill(db)
    await db.close()
    seen = [await values(database_url)]
    back = sorted(known_revisions(), reverse=True)[1:]

    for revision in back:
        await migrate(database_url, revision)
        seen.append(await values(database_url))
        assert seen[-1].items() <= seen[-2].items(), f"going back to {revision}"
    oldest = seen[-1]
    for revision in reversed(back):
        await migrate(database_url, revision)
        assert oldest.items() <= (await values(database_url)).items(), f"forward at {revision}"
    await migrate(database_url)

    newest = await values(database_url)
    assert set(newest) == set(seen[0]) and oldest.items() <= newest.items()
    assert oldest["messages.content"] and oldest["messages.folded"] and oldest["files.data"]
