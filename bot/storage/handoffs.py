"""Hand-offs: who waits for a person, who answers, and how long it took."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from bot.models import Handoff
from bot.storage.db import Tx, insert_once
from bot.storage.tables import handoffs


def _handoff(row: Any) -> Handoff:
    return Handoff(**{name: row[name] for name in Handoff.__dataclass_fields__})


async def open_of(tx: Tx, conversation_id: int) -> Handoff | None:
    """The conversation's one hand-off that is not closed."""
    query = select(handoffs).where(
        handoffs.c.conversation_id == conversation_id, handoffs.c.closed_at.is_(None)
    )
    row = (await tx.execute(query)).mappings().one_or_none()
    return _handoff(row) if row else None


async def of_conversation(tx: Tx, conversation_id: int) -> list[Handoff]:
    query = (
        select(handoffs)
        .where(handoffs.c.conversation_id == conversation_id)
        .order_by(handoffs.c.id)
    )
    return [_handoff(row) for row in (await tx.execute(query)).mappings()]


async def request(
    tx: Tx,
    conversation_id: int,
    reason: str,
    summary: str,
    now: datetime,
    respond_by: datetime,
    assignee_id: int | None = None,
) -> bool:
    """Open a hand-off; False when one is open already."""
    return await insert_once(
        tx,
        handoffs,
        {
            "conversation_id": conversation_id,
            "reason": reason,
            "summary": summary,
            "requested_at": now,
            "respond_by": respond_by,
            "assignee_id": assignee_id,
            "accepted_at": now if assignee_id is not None else None,
        },
    )


async def change(tx: Tx, handoff_id: int, **values: Any) -> None:
    """Set the named columns."""
    await tx.execute(update(handoffs).where(handoffs.c.id == handoff_id).values(**values))


async def first_reply(tx: Tx, conversation_id: int, now: datetime) -> None:
    """A person has answered: the clock of the promise stops, once."""
    await tx.execute(
        update(handoffs)
        .where(
            handoffs.c.conversation_id == conversation_id,
            handoffs.c.closed_at.is_(None),
            handoffs.c.first_reply_at.is_(None),
        )
        .values(first_reply_at=now)
    )


async def place_of(tx: Tx, conversation_id: int) -> int | None:
    """The conversation's place among those that nobody has accepted, from 1."""
    mine = (
        select(handoffs.c.id)
        .where(
            handoffs.c.conversation_id == conversation_id,
            handoffs.c.closed_at.is_(None),
            handoffs.c.assignee_id.is_(None),
        )
        .scalar_subquery()
    )
    query = select(func.count()).where(
        handoffs.c.closed_at.is_(None), handoffs.c.assignee_id.is_(None), handoffs.c.id <= mine
    )
    return int((await tx.execute(query)).scalar_one()) or None
