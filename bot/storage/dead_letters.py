"""What did not reach its end: our messages that failed or whose fate nobody knows, customers' that
were set aside, events that could not be read."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import delete, func, select, text, update

from bot.models import Delivery, Message
from bot.storage import events, outbox
from bot.storage.db import Tx
from bot.storage.tables import (
    conversations,
    customers,
    handoffs,
    messages,
    sent_calls,
    unread_events,
)

# In words: a planner must see that they are those of the index.
UNDELIVERED: Final = text("messages.delivery IN ('failed', 'unknown')")
SET_ASIDE: Final = "set_aside"  # as the reason of a hand-off
_WAITS: Final = (
    handoffs.c.reason == SET_ASIDE,
    handoffs.c.closed_at.is_(None),
    handoffs.c.queued_at.is_not(None),
)


class Span(NamedTuple):
    """From when to when, and on which channel; "" for all."""

    since: datetime
    until: datetime
    channel: str = ""


class Unread(NamedTuple):
    id: int
    channel: str
    reason: str
    created_at: datetime


def _within(span: Span, at: Any, channel: Any) -> list[Any]:
    on = [channel == span.channel] if span.channel else []
    return [at >= span.since, at <= span.until, *on]


async def counts_since(tx: Tx, since: datetime) -> dict[str, int]:
    """How many messages written since then have `failed` and how many an `unknown` fate; how many
    conversations that were `set_aside` wait for a person, since whenever."""
    query = (
        select(messages.c.delivery, func.count())
        .where(UNDELIVERED, messages.c.created_at >= since)
        .group_by(messages.c.delivery)
    )
    found = {"failed": 0, "unknown": 0, **dict((await tx.execute(query)).all())}
    aside = select(func.count()).select_from(handoffs).where(*_WAITS)
    return {**found, SET_ASIDE: int((await tx.execute(aside)).scalar_one())}


async def undelivered(tx: Tx, span: Span) -> list[int]:
    """Our messages that failed or whose fate is unknown, in their order."""
    within = _within(span, messages.c.created_at, messages.c.channel)
    query = select(messages.c.id).where(UNDELIVERED, *within).order_by(messages.c.id)
    return [int(found) for found in (await tx.execute(query)).scalars()]


async def set_aside(tx: Tx, span: Span) -> list[int]:
    """Conversations whose messages were set aside and that nobody has taken yet."""
    within = _within(span, handoffs.c.requested_at, customers.c.channel)
    query = (
        select(handoffs.c.conversation_id)
        .join(conversations, conversations.c.id == handoffs.c.conversation_id)
        .join(customers, customers.c.id == conversations.c.customer_id)
        .where(*_WAITS, *within)
        .order_by(handoffs.c.id)
    )
    return [int(found) for found in (await tx.execute(query)).scalars()]


async def unread(tx: Tx, span: Span) -> list[Unread]:
    """Events that could not be read."""
    row = unread_events.c
    query = select(row.id, row.channel, row.reason, row.created_at)
    query = query.where(*_within(span, row.created_at, row.channel)).order_by(row.id)
    return [Unread(*found) for found in await tx.execute(query)]


async def unread_by_id(tx: Tx, event_id: int) -> tuple[str, str] | None:
    """The channel of an event that could not be read, and the event as it is kept."""
    query = select(unread_events.c.channel, unread_events.c.body)
    row = (await tx.execute(query.where(unread_events.c.id == event_id))).one_or_none()
    return (row.channel, row.body) if row else None


async def was_read(tx: Tx, event_id: int) -> bool:
    """Keep the event no longer. False when somebody else has read it."""
    gone = await tx.execute(delete(unread_events).where(unread_events.c.id == event_id))
    return bool(gone.rowcount)


async def send_again(tx: Tx, message: Message, recipient_id: str, now: datetime) -> bool:
    """Put one of our messages on its way again, after the calls that its platform has taken.
    False when somebody else has, or its fate has become known."""
    found = await tx.execute(
        update(messages)
        .where(messages.c.id == message.id, messages.c.delivery == message.delivery)
        .values(delivery=Delivery.QUEUED.value)
    )
    if found.rowcount != 1:
        return False
    taken = select(func.count()).where(sent_calls.c.message_id == message.id)
    await outbox.add(
        tx,
        message.id,
        message.conversation_id,
        message.channel,
        recipient_id,
        now,
        calls_done=int((await tx.execute(taken)).scalar_one()),
    )
    await events.add(tx, message.conversation_id, "message", message.id, now)
    return True
