"""Empty databases for tests. The migrations run once for each engine; every test has a copy."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from bot.storage.migrate import migrate

TEMPLATE = "migrated"

_file: list[bytes] = []
_servers: set[str] = set()
_ids = itertools.count(1)


async def new_sqlite(path: Path) -> str:
    """The URL of a migrated SQLite database in this new file."""
    url = f"sqlite:///{path}"
    if _file:
        path.write_bytes(_file[0])
    else:
        await migrate(url)
        _file.append(path.read_bytes())
    return url


@asynccontextmanager
async def new_postgres(server: str) -> AsyncIterator[str]:
    """The URL of a migrated database on this server, gone afterwards."""
    connection = await asyncpg.connect(f"{server.replace('+asyncpg', '')}/postgres")
    try:
        if server not in _servers:
            await connection.execute(f"CREATE DATABASE {TEMPLATE}")
            await migrate(f"{server}/{TEMPLATE}")
            _servers.add(server)
        name = f"test_{next(_ids)}"
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        try:
            yield f"{server}/{name}"
        finally:
            await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await connection.close()
