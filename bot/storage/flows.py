"""Flows that the support team keeps in the console, as their text."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, select, update

from bot.storage.db import Tx, insert_once
from bot.storage.tables import flows


@dataclass(frozen=True)
class FlowEntry:
    """One flow; bot.flows.text reads its text."""

    id: int = 0  # 0: not kept yet
    intent: str = ""
    title: str = ""
    text: str = ""
    version: int = 1


def _entry(row: Any) -> FlowEntry:
    return FlowEntry(**{name: row[name] for name in FlowEntry.__dataclass_fields__})


async def everything(tx: Tx) -> list[FlowEntry]:
    """All, in the order in which they were written."""
    query = select(flows).order_by(flows.c.id)
    return [_entry(row) for row in (await tx.execute(query)).mappings()]


async def by_id(tx: Tx, flow_id: int) -> FlowEntry | None:
    query = select(flows).where(flows.c.id == flow_id)
    row = (await tx.execute(query)).mappings().one_or_none()
    return _entry(row) if row else None


async def put(tx: Tx, entry: FlowEntry, user_id: int | None, now: datetime) -> str:
    """Write the flow down. "" when it is kept; else why not: `taken`, its title is another's, or
    `changed`, somebody has written since its version was read."""
    values = asdict(entry) | {"changed_by": user_id, "changed_at": now}
    del values["id"]
    if not entry.id:
        return "" if await insert_once(tx, flows, values) else "taken"
    taken = exists().where(flows.c.title == entry.title, flows.c.id != entry.id)
    if (await tx.execute(select(taken))).scalar_one():
        return "taken"
    this = (flows.c.id == entry.id, flows.c.version == entry.version)
    values |= {"version": entry.version + 1}
    written = await tx.execute(update(flows).where(*this).values(**values))
    return "" if written.rowcount else "changed"


async def drop(tx: Tx, flow_id: int) -> None:
    await tx.execute(delete(flows).where(flows.c.id == flow_id))
