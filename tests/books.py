"""The shop's books in tests: people and what they bought, straight into the tables."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

from doubles import NOON

from bot.folded import words
from bot.storage import customers, tables
from bot.storage.db import Database, insert

_codes = itertools.count(1)


async def person(db: Database, name: str = "", **values: Any) -> int:
    made = {"name": name, "fields": {}, "created_at": NOON, **values}
    kept = ("name", "phone", "number", "email")
    folded = words(" ".join(str(made.get(each, "")) for each in kept))
    async with db.begin() as tx:
        return await insert(tx, tables.people, {"folded": folded, **made})


async def order(
    db: Database, person_id: int, code: str = "", ordered_at: datetime = NOON, **values: Any
) -> int:
    made = {"state": "placed", "items": [], "total": 100_000, **values}
    made |= {"code": code or f"BT{next(_codes):08d}", "person_id": person_id}
    async with db.begin() as tx:
        return await insert(tx, tables.orders, {**made, "ordered_at": ordered_at})


async def customer(db: Database, external_id: str, channel: str = "zalo", name: str = "") -> int:
    async with db.begin() as tx:
        return (await customers.lock_or_create(tx, channel, external_id, NOON, name=name)).id


async def everything(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the database but for the notes on what was done to people."""
    found = {}
    async with db.read() as tx:
        for table in tables.metadata.sorted_tables:
            if table.name != "person_events":
                query = table.select().order_by(*table.primary_key.columns)
                found[table.name] = [tuple(row) for row in await tx.execute(query)]
    return found
