"""Conversations: whose turn it is."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, null, select, update

from bot.models import Conversation, Status
from bot.storage import events
from bot.storage.db import Tx, insert
from bot.storage.tables import UtcDateTime, conversations

_BY_ID = select(conversations).where(conversations.c.id == bindparam("conversation"))
_LOCKED = _BY_ID.with_for_update(key_share=True)
_OF = select(conversations).where(conversations.c.customer_id == bindparam("customer"))
_OPEN_OF = _OF.where(conversations.c.status != Status.RESOLVED.value)
_OPEN_OF_LOCKED = _OPEN_OF.with_for_update(key_share=True)
_NEWEST_OF = _OF.order_by(conversations.c.id.desc()).limit(1)
_CHANGE = update(conversations).where(conversations.c.id == bindparam("conversation"))
_MOVE = _CHANGE.where(conversations.c.version == bindparam("read"))
_NOW: Any = bindparam("now", type_=UtcDateTime)
_HEARD = _CHANGE.values(
    last_inbound_at=_NOW,
    last_message_at=_NOW,
    waiting_since=func.coalesce(conversations.c.waiting_since, _NOW),
)
_SPOKE = _CHANGE.values(last_message_at=_NOW)
_ANSWERED = _CHANGE.values(last_message_at=_NOW, waiting_since=null())


def _conversation(row: Any) -> Conversation:
    values = {name: row[name] for name in Conversation.__dataclass_fields__}
    return Conversation(**{**values, "status": Status(values["status"])})


async def by_id(tx: Tx, conversation_id: int, *, lock: bool = False) -> Conversation | None:
    """The conversation; with `lock`, nobody else changes it until the transaction ends."""
    query = _LOCKED if lock else _BY_ID
    row = (await tx.execute(query, {"conversation": conversation_id})).mappings().one_or_none()
    return _conversation(row) if row else None


async def open_of(tx: Tx, customer_id: int, *, lock: bool = False) -> Conversation | None:
    """The customer's one conversation that is not resolved; with `lock`, as it is after whoever
    is changing it now, and it stays so until the transaction ends."""
    query = _OPEN_OF_LOCKED if lock else _OPEN_OF
    row = (await tx.execute(query, {"customer": customer_id})).mappings().one_or_none()
    return _conversation(row) if row else None


async def newest_of(tx: Tx, customer_id: int) -> Conversation | None:
    row = (await tx.execute(_NEWEST_OF, {"customer": customer_id})).mappings().one_or_none()
    return _conversation(row) if row else None


async def of_agent(tx: Tx, user_id: int) -> list[Conversation]:
    """Those that an agent has, the one that waits longest first."""
    query = (
        select(conversations)
        .where(
            conversations.c.status == Status.ASSIGNED.value,
            conversations.c.assignee_id == user_id,
        )
        .order_by(conversations.c.waiting_since, conversations.c.id)
    )
    return [_conversation(row) for row in (await tx.execute(query)).mappings()]


async def last_inbound_of(tx: Tx, customer_id: int) -> datetime | None:
    """When the customer wrote last, in whatever conversation."""
    query = select(func.max(conversations.c.last_inbound_at)).where(
        conversations.c.customer_id == customer_id
    )
    found: datetime | None = (await tx.execute(query)).scalar_one()
    return found


async def last_inbound_of_each(tx: Tx, customers: Collection[int]) -> dict[int, datetime]:
    """When each of these customers wrote last; those who never did are left out."""
    query = (
        select(conversations.c.customer_id, func.max(conversations.c.last_inbound_at))
        .where(
            conversations.c.customer_id.in_(customers),
            conversations.c.last_inbound_at.is_not(None),
        )
        .group_by(conversations.c.customer_id)
    )
    return {customer: at for customer, at in await tx.execute(query)}


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
    values |= {
        "status": status.value,
        "assignee_id": assignee_id,
        "version": conversation.version + 1,
    }
    key = {"conversation": conversation.id, "read": conversation.version}
    result = await tx.execute(_MOVE.values(**values) if len(values) > 3 else _MOVE, values | key)
    if result.rowcount != 1:
        return False
    if (status, assignee_id) != (conversation.status, conversation.assignee_id):
        await events.add(tx, conversation.id, "state", None, now)
    return True


async def heard(tx: Tx, conversation: Conversation, now: datetime) -> None:
    """Note a customer's message: the reply window and the waiting begin."""
    await tx.execute(_HEARD, {"conversation": conversation.id, "now": now})


async def spoke(tx: Tx, conversation_id: int, now: datetime, *, answered: bool) -> None:
    """Note an outgoing message; `answered` ends the customer's waiting."""
    query = _ANSWERED if answered else _SPOKE
    await tx.execute(query, {"conversation": conversation_id, "now": now})
