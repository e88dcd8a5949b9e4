"""What supervisors watch: the hand-offs of a day with whom they concern, and who answers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import and_, func, or_, select

from bot.models import Author, Status
from bot.storage.db import Tx
from bot.storage.people import CALLED
from bot.storage.tables import (
    conversations,
    customers,
    handoff_events,
    handoffs,
    messages,
    promises,
    users,
)

FOLLOW_UP: Final = "follow_up"  # a kind of promise


@dataclass(frozen=True)
class Watched:
    """A hand-off as the board shows it."""

    id: int
    conversation_id: int
    status: Status  # of the conversation
    assignee_id: int | None  # who has it now
    assignee: str
    helped_by: int | None  # who had it last
    customer_id: int
    customer: str
    channel: str
    reason: str
    team: str
    priority: int
    requested_at: datetime
    respond_by: datetime
    first_reply_at: datetime | None
    reply_by: datetime | None
    resolve_by: datetime | None
    breached_at: datetime | None
    closed_at: datetime | None
    outcome: str
    repeats: int  # hand-offs of this customer on one matter within a week, this one included


async def of_day(tx: Tx, since: datetime) -> list[Watched]:
    """All hand-offs that are open or were closed since then, the oldest first."""
    asked = handoff_events.alias("asked")
    query = (
        select(
            handoffs,
            conversations.c.status,
            conversations.c.assignee_id.label("holder_id"),
            users.c.name.label("assignee"),
            customers.c.id.label("customer_id"),
            CALLED.label("customer"),
            customers.c.channel,
            asked.c.data,
        )
        .join(conversations, conversations.c.id == handoffs.c.conversation_id)
        .join(customers, customers.c.id == conversations.c.customer_id)
        .outerjoin(users, users.c.id == conversations.c.assignee_id)
        .outerjoin(asked, and_(asked.c.handoff_id == handoffs.c.id, asked.c.kind == "requested"))
        .where(or_(handoffs.c.closed_at.is_(None), handoffs.c.closed_at >= since))
        .order_by(handoffs.c.id)
    )
    return [_watched(row) for row in (await tx.execute(query)).mappings()]


_COPIED = set(Watched.__dataclass_fields__) - {
    "status",
    "assignee_id",
    "assignee",
    "helped_by",
    "repeats",
}


def _watched(row: Any) -> Watched:
    return Watched(
        status=Status(row["status"]),
        assignee_id=row["holder_id"],
        assignee=row["assignee"] or "",
        helped_by=row["assignee_id"],
        repeats=int((row["data"] or {}).get("repeats", 1)),
        **{name: row[name] for name in _COPIED},
    )


class FollowUp(NamedTuple):
    by: str  # "" for the assistant
    at: datetime


async def follow_ups(tx: Tx, since: datetime) -> dict[int, FollowUp]:
    """Who last wrote to a customer again as they should since then, by customer."""
    query = (
        select(conversations.c.customer_id, users.c.name, promises.c.done_at)
        .select_from(promises)
        .join(conversations, conversations.c.id == promises.c.conversation_id)
        .outerjoin(users, users.c.id == promises.c.user_id)
        .where(
            promises.c.kind == FOLLOW_UP,
            promises.c.outcome == "kept",
            promises.c.done_at >= since,
        )
        .order_by(promises.c.done_at)
    )
    return {
        row.customer_id: FollowUp(row.name or "", row.done_at) for row in await tx.execute(query)
    }


async def last_replies(tx: Tx, conversation_ids: Collection[int]) -> dict[int, datetime]:
    """When each agent last wrote to a customer, of these conversations."""
    query = (
        select(messages.c.user_id, func.max(messages.c.created_at).label("at"))
        .where(
            messages.c.conversation_id.in_(conversation_ids),
            messages.c.user_id.is_not(None),
            messages.c.author == Author.AGENT.value,
            messages.c.internal.is_(False),
        )
        .group_by(messages.c.user_id)
    )
    return {row.user_id: row.at for row in await tx.execute(query)}
