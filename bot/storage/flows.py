"""Flows that the support team keeps in the console, as their text."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.storage import titled
from bot.storage.db import Tx
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
    """Write the flow down, as `titled.put` says."""
    return await titled.put(tx, flows, asdict(entry), user_id, now)


async def drop(tx: Tx, flow_id: int, user_id: int | None, now: datetime) -> None:
    await titled.drop(tx, flows, flow_id, user_id, now)
