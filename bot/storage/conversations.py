"""Conversations: whose turn it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from bot.models import Conversation, Status
from bot.storage import events
from bot.storage.db import Tx, insert
from bot.storage.tables import conversations


def _conversation(row: Any) -> Conversation:
    values = {name: row[name] for name in Conversation.__dataclass_fields__}
    return Conversation(**{**values, "status": Status(values["status"])})


async def by_id(tx: Tx, conversation_id: int, *, lock: bool = False) -> Conversation | None:
    """The conversation; with `lock`, nobody else changes it until the transaction ends."""
    query = select(conversations).where(conversations.c.id == conversation_id)
    if lock:
        query = query.with_for_update()
    row = (await tx.execute(query)).mappings().one_or_none()
    return _conversation(row) if row else None


async def open_of(tx: Tx, customer_id: int) -> Conversation | None:
    """The customer's one conversation that is not resolved."""
    query = select(conversations).where(
        conversations.c.customer_id == customer_id,
        conversations.c.status != Status.RESOLVED.value,
    )
    row = (await tx.execute(query)).mappings().one_or_none()
    return _conversation(row) if row else None


async def newest_of(tx: Tx, customer_id: int) -> Conversation | None:
    query = (
        select(conversations)
        .where(conversations.c.customer_id == customer_id)
        .order_by(conversations.c.id.desc())
        .limit(1)
    )
    row = (await tx.execute(query)).mappings().one_or_none()
    return _conversation(row) if row else None


async def start(tx: Tx, customer_id: int, now: datetime) -> Conversation:
    conversation_id = await insert(
        tx,
        conversations,
        {
            "customer_id": customer_id,
            "status": Status.BOT.value,
            "last_message_at": now,
            "created_at": now,
        },
    )
    await events.add(tx, conversation_id, "state", None, now)
    conversation = await by_id(tx, conversation_id)
    assert conversation is not None
    return conversation


async def move(
    tx: Tx,
    conversation: Conversation,
    status: Status,
    now: datetime,
    *,
    assignee_id: int | None = None,
    **values: Any,
) -> bool:
    """Give the turn to somebody, if nobody has changed it since `conversation` was read.

    False means that somebody was faster: read again and decide again.
    """
    result = await tx.execute(
        update(conversations)
        .where(
            conversations.c.id == conversation.id,
            conversations.c.version == conversation.version,
        )
        .values(
            status=status.value,
            assignee_id=assignee_id,
            version=conversation.version + 1,
            **values,
        )
    )
    if result.rowcount != 1:
        return False
    if (status, assignee_id) != (conversation.status, conversation.assignee_id):
        await events.add(tx, conversation.id, "state", None, now)
    return True


async def heard(tx: Tx, conversation: Conversation, now: datetime) -> None:
    """Note a customer's message: the reply window and the waiting begin."""
    await tx.execute(
        update(conversations)
        .where(conversations.c.id == conversation.id)
        .values(
            last_inbound_at=now,
            last_message_at=now,
            waiting_since=func.coalesce(conversations.c.waiting_since, now),
        )
    )


async def spoke(tx: Tx, conversation_id: int, now: datetime, *, answered: bool) -> None:
    """Note an outgoing message; `answered` ends the customer's waiting."""
    values: dict[str, Any] = {"last_message_at": now}
    if answered:
        values["waiting_since"] = None
    await tx.execute(
        update(conversations).where(conversations.c.id == conversation_id).values(**values)
    )
