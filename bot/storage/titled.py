"""Rows that the support team writes: each with a title of its own, and two writers at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Table, exists, select, update

from bot.storage.db import Tx, insert_once


async def put(
    tx: Tx, table: Table, row: Mapping[str, Any], user_id: int | None, now: datetime
) -> str:
    """Write a row down; a new one has the id 0. "" when it is kept; else why not: `taken`, its
    title is another's, or `changed`, somebody has written since its version was read."""
    values = {**row, "changed_by": user_id, "changed_at": now}
    row_id = values.pop("id")
    if not row_id:
        return "" if await insert_once(tx, table, values) else "taken"
    taken = exists().where(table.c.title == row["title"], table.c.id != row_id)
    if (await tx.execute(select(taken))).scalar_one():
        return "taken"
    this = (table.c.id == row_id, table.c.version == row["version"])
    values |= {"version": row["version"] + 1}
    written = await tx.execute(update(table).where(*this).values(**values))
    return "" if written.rowcount else "changed"
