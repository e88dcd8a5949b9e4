"""Rows that the support team writes: each with a title of its own, two writers at once, and in the
audit who wrote what, with what stood there before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Table, delete, exists, select, update

from bot.storage import audit
from bot.storage.db import Tx, insert_once
from bot.storage.tables import faq_entries, flows

# What each is called in the audit.
KINDS: Final = {faq_entries.name: "faq", flows.name: "flow"}
_OURS: Final = ("id", "version", "changed_by", "changed_at")


async def put(
    tx: Tx, table: Table, row: Mapping[str, Any], user_id: int | None, now: datetime
) -> str:
    """Write a row down; a new one has the id 0. "" when it is kept; else why not: `taken`, its
    title is another's, or `changed`, somebody has written since its version was read."""
    values = {**row, "changed_by": user_id, "changed_at": now}
    row_id, kind = values.pop("id"), KINDS[table.name]
    if not row_id:
        if not await insert_once(tx, table, values):
            return "taken"
        made = select(table.c.id).where(table.c.title == row["title"])
        row_id = (await tx.execute(made)).scalar_one()
        await audit.note(tx, kind, row_id, "written", user_id, now)
        return ""
    taken = exists().where(table.c.title == row["title"], table.c.id != row_id)
    if (await tx.execute(select(taken))).scalar_one():
        return "taken"
    this = (table.c.id == row_id, table.c.version == row["version"])
    before = await _before(tx, table, *this)
    values |= {"version": row["version"] + 1}
    written = await tx.execute(update(table).where(*this).values(**values))
    if not written.rowcount:
        return "changed"
    await audit.note(tx, kind, row_id, "changed", user_id, now, before=before)
    return ""


async def drop(tx: Tx, table: Table, row_id: int, user_id: int | None, now: datetime) -> None:
    """Delete a row; the audit keeps it. Nothing happens when it is gone already."""
    before = await _before(tx, table, table.c.id == row_id)
    if (await tx.execute(delete(table).where(table.c.id == row_id))).rowcount:
        await audit.note(tx, KINDS[table.name], row_id, "deleted", user_id, now, before=before)


async def _before(tx: Tx, table: Table, *this: Any) -> Mapping[str, Any]:
    row = (await tx.execute(select(table).where(*this))).mappings().one_or_none()
    return {name: row[name] for name in row if name not in _OURS} if row else {}
