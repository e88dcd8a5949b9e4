"""A row or more in every table, of every kind of value: for what must carry any of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from doubles import NOON
from sqlalchemy import JSON, Boolean, Column, Integer, LargeBinary, String, null

from bot.folded import words
from bot.storage.db import Database
from bot.storage.tables import Id, UtcDateTime, metadata

ROWS = 3  # of each table; each column that may be empty is so in one of them


async def fill(db: Database) -> None:
    """Rows that refer to each other, those of a table to later ones of the same too."""
    async with db.begin() as tx:
        for table in metadata.sorted_tables:
            for n in range(1, ROWS + 1):
                values = {
                    column.name: _value(column, place, n)
                    for place, column in enumerate(table.columns)
                    if column.autoincrement is not True
                }
                await tx.execute(table.insert().values(values))
        for table in metadata.sorted_tables:
            for column in table.columns:
                if _to_itself(column):
                    for n in range(1, ROWS + 1):
                        row = table.update().where(table.c.id == n)
                        await tx.execute(row.values({column.name: ROWS + 1 - n}))


def _to_itself(column: Column[Any]) -> bool:
    return any(key.column.table is column.table for key in column.foreign_keys)


def _value(column: Column[Any], place: int, n: int) -> Any:
    if column.nullable and ((place + n) % ROWS == 0 or _to_itself(column)):
        return null()
    text = f"Điện Tử “Bống” {n}"
    if column.table.name == "messages" and column.name in ("content", "author", "folded"):
        return {"content": {"text": text}, "author": "customer", "folded": words(text)}[column.name]
    kind = column.type
    if isinstance(kind, JSON):
        return {"chữ": [n, None, 0.5, True], "text": text} if n < ROWS else JSON.NULL
    if isinstance(kind, UtcDateTime):
        return NOON + timedelta(days=n, microseconds=n - 1)
    if isinstance(kind, Boolean):
        return n % 2 == 0
    if isinstance(kind, LargeBinary):
        return bytes(range(256)) * n
    if isinstance(kind, (Integer, type(Id))):
        return n
    assert isinstance(kind, String), kind
    return f"{column.name} {text}"[-kind.length :] if kind.length else f"{text}\n{column.name}"
