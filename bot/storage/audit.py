"""Who decided what, of which the thing itself shows only the last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.storage.db import Tx, insert
from bot.storage.tables import audit, users


@dataclass(frozen=True)
class Entry:
    what: str
    by: str  # the colleague's name, "" when none did it
    data: Mapping[str, Any]
    at: datetime


async def note(
    tx: Tx, kind: str, subject_id: int, what: str, user_id: int | None, now: datetime, **data: Any
) -> None:
    """Write down what was decided of whatever it is."""
    values = {"kind": kind, "subject_id": subject_id, "what": what, "user_id": user_id}
    await insert(tx, audit, {**values, "data": data, "at": now})


async def of(tx: Tx, kind: str, subject_id: int) -> list[Entry]:
    """All that was decided of it, the newest first."""
    query = (
        select(audit.c.what, users.c.name, audit.c.data, audit.c.at)
        .outerjoin(users, users.c.id == audit.c.user_id)
        .where(audit.c.kind == kind, audit.c.subject_id == subject_id)
        .order_by(audit.c.id.desc())
    )
    return [Entry(what, by or "", data, at) for what, by, data, at in await tx.execute(query)]
