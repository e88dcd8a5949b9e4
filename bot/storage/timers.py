"""What is to happen in a conversation at its time. Rows, so that nothing depends on a process
staying up; set and dropped in the transaction that gives the reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, select, update

from bot.storage.db import Tx, insert_once
from bot.storage.tables import UtcDateTime, timers

_NOW: Any = bindparam("now", type_=UtcDateTime)
_DUE = (
    select(timers.c.conversation_id, timers.c.kind, timers.c.due_at)
    .where(timers.c.due_at <= _NOW)
    .order_by(timers.c.due_at)
    .limit(bindparam("most"))
)


class Due(NamedTuple):
    conversation_id: int
    kind: str
    due_at: datetime


async def put(
    tx: Tx, conversation_id: int, kind: str, due_at: datetime, *, unless_set: bool = False
) -> None:
    """Set the conversation's timer of this kind, in place of the one before."""
    values = {"conversation_id": conversation_id, "kind": kind, "due_at": due_at}
    if not await insert_once(tx, timers, values) and not unless_set:
        await tx.execute(
            update(timers)
            .where(timers.c.conversation_id == conversation_id, timers.c.kind == kind)
            .values(due_at=due_at)
        )


async def drop(tx: Tx, conversation_id: int, *kinds: str) -> None:
    """Take these kinds back; all of the conversation when none is named."""
    query = delete(timers).where(timers.c.conversation_id == conversation_id)
    await tx.execute(query.where(timers.c.kind.in_(kinds)) if kinds else query)


async def take(tx: Tx, due: Due) -> bool:
    """End a timer that is due. False when somebody else has, or it was set anew."""
    result = await tx.execute(
        delete(timers).where(
            timers.c.conversation_id == due.conversation_id,
            timers.c.kind == due.kind,
            timers.c.due_at == due.due_at,
        )
    )
    return bool(result.rowcount)


async def due(tx: Tx, now: datetime, limit: int = 50) -> Sequence[Due]:
    """Those whose time has come, the oldest first."""
    return [Due(*row) for row in await tx.execute(_DUE, {"now": now, "most": limit})]


async def of_conversation(tx: Tx, conversation_id: int) -> dict[str, datetime]:
    query = select(timers.c.kind, timers.c.due_at).where(
        timers.c.conversation_id == conversation_id
    )
    return {row.kind: row.due_at for row in await tx.execute(query)}
