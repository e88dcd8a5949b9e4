"""Hand-offs: who waits for a person, who answers, and how long it took."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import and_, func, or_, select, update

from bot.models import Handoff
from bot.storage.db import Tx, insert_once
from bot.storage.tables import conversations, customers, handoff_events, handoffs


class Waiting(NamedTuple):
    """A hand-off that nobody has, and whose it is."""

    handoff: Handoff
    customer_id: int
    channel: str


class Happened(NamedTuple):
    kind: str
    user_id: int | None
    data: Mapping[str, Any]
    at: datetime


_HAPPENED = select(
    handoff_events.c.kind, handoff_events.c.user_id, handoff_events.c.data, handoff_events.c.at
)


def handoff_from(row: Mapping[str, Any]) -> Handoff:
    """The hand-off in a row."""
    values = {name: row[name] for name in Handoff.__dataclass_fields__}
    return Handoff(**{**values, "skills": tuple(values["skills"] or ())})


async def open_of(tx: Tx, conversation_id: int) -> Handoff | None:
    """The conversation's one hand-off that is not closed."""
    query = select(handoffs).where(
        handoffs.c.conversation_id == conversation_id, handoffs.c.closed_at.is_(None)
    )
    row = (await tx.execute(query)).mappings().one_or_none()
    return handoff_from(row) if row else None


async def of_conversation(tx: Tx, conversation_id: int) -> list[Handoff]:
    query = (
        select(handoffs)
        .where(handoffs.c.conversation_id == conversation_id)
        .order_by(handoffs.c.id)
    )
    return [handoff_from(row) for row in (await tx.execute(query)).mappings()]


async def request(
    tx: Tx, conversation_id: int, reason: str, summary: str, now: datetime, **values: Any
) -> int | None:
    """Open a hand-off and return its id; None when one is open already."""
    row = {
        "conversation_id": conversation_id,
        "reason": reason,
        "summary": summary,
        "requested_at": now,
        "skills": [],
        **values,
    }
    if not await insert_once(tx, handoffs, row):
        return None
    opened = await open_of(tx, conversation_id)
    assert opened is not None
    return opened.id


async def change(tx: Tx, handoff_id: int, **values: Any) -> None:
    """Set the named columns."""
    await tx.execute(update(handoffs).where(handoffs.c.id == handoff_id).values(**values))


_WAITING = (handoffs.c.closed_at.is_(None), handoffs.c.queued_at.isnot(None))
_QUEUE = (
    select(handoffs, conversations.c.customer_id, customers.c.channel)
    .join(conversations, conversations.c.id == handoffs.c.conversation_id)
    .join(customers, customers.c.id == conversations.c.customer_id)
    .where(*_WAITING)
    .order_by(handoffs.c.rank_at, handoffs.c.id)
)


async def place_of(tx: Tx, conversation_id: int) -> int | None:
    """The conversation's place among those of its team that nobody has, from 1."""
    mine = select(handoffs).where(handoffs.c.conversation_id == conversation_id, *_WAITING)
    row = (await tx.execute(mine)).mappings().one_or_none()
    if row is None:
        return None
    before = or_(
        handoffs.c.rank_at < row["rank_at"],
        and_(handoffs.c.rank_at == row["rank_at"], handoffs.c.id <= row["id"]),
    )
    query = select(func.count()).where(*_WAITING, handoffs.c.team == row["team"], before)
    return int((await tx.execute(query)).scalar_one())


async def waiting(tx: Tx) -> list[Waiting]:
    """The whole queue in its order."""
    return [
        Waiting(handoff_from(row), row["customer_id"], row["channel"])
        for row in (await tx.execute(_QUEUE)).mappings()
    ]


async def front(tx: Tx, team: str, priority: int) -> datetime | None:
    """The rank of the team's first in the queue, of those not more urgent than that."""
    query = select(func.min(handoffs.c.rank_at)).where(
        *_WAITING, handoffs.c.team == team, handoffs.c.priority >= priority
    )
    found: datetime | None = (await tx.execute(query)).scalar_one()
    return found


async def of_customer_since(tx: Tx, customer_id: int, since: datetime) -> list[Handoff]:
    """The customer's hand-offs from a time on, the newest first."""
    query = (
        select(handoffs)
        .join(conversations, conversations.c.id == handoffs.c.conversation_id)
        .where(conversations.c.customer_id == customer_id, handoffs.c.requested_at >= since)
        .order_by(handoffs.c.id.desc())
    )
    return [handoff_from(row) for row in (await tx.execute(query)).mappings()]


async def helped_by(tx: Tx, customer_ids: Collection[int], since: datetime) -> dict[int, int]:
    """Who helped these customers last, of the hand-offs since a time that are closed."""
    query = (
        select(conversations.c.customer_id, handoffs.c.assignee_id)
        .join(conversations, conversations.c.id == handoffs.c.conversation_id)
        .where(
            conversations.c.customer_id.in_(customer_ids),
            handoffs.c.requested_at >= since,
            handoffs.c.closed_at.isnot(None),
            handoffs.c.assignee_id.isnot(None),
        )
        .order_by(handoffs.c.id)
    )
    return {row.customer_id: row.assignee_id for row in await tx.execute(query)}


async def silent_in(tx: Tx, handoff_ids: Collection[int]) -> dict[int, set[int]]:
    """By hand-off, the agents that it was taken from because they did not answer."""
    query = select(handoff_events).where(
        handoff_events.c.handoff_id.in_(handoff_ids), handoff_events.c.kind == "requeued"
    )
    found: dict[int, set[int]] = {}
    for row in (await tx.execute(query)).mappings():
        if row["data"].get("why") == "silent":
            found.setdefault(row["handoff_id"], set()).add(row["user_id"])
    return found


async def last_with(tx: Tx, handoff_id: int) -> int | None:
    """Who had a hand-off last."""
    query = (
        select(handoff_events.c.user_id)
        .where(
            handoff_events.c.handoff_id == handoff_id,
            handoff_events.c.kind.in_(("assigned", "accepted", "taken_over", "reassigned")),
        )
        .order_by(handoff_events.c.id.desc())
        .limit(1)
    )
    found: int | None = (await tx.execute(query)).scalar_one_or_none()
    return found


async def handled(tx: Tx, team: str, since: datetime, most: int = 50) -> list[timedelta]:
    """How long the team's last hand-offs took from acceptance to their end, the newest first."""
    query = (
        select(handoffs.c.accepted_at, handoffs.c.closed_at)
        .where(
            handoffs.c.team == team,
            handoffs.c.closed_at >= since,
            handoffs.c.accepted_at.isnot(None),
        )
        .order_by(handoffs.c.closed_at.desc())
        .limit(most)
    )
    return [row.closed_at - row.accepted_at for row in await tx.execute(query)]


async def tell(
    tx: Tx,
    handoff_id: int,
    kind: str,
    now: datetime,
    *,
    user_id: int | None = None,
    **data: Any,
) -> None:
    """Write down what happened to a hand-off."""
    await tx.execute(
        handoff_events.insert(),
        {"handoff_id": handoff_id, "kind": kind, "user_id": user_id, "data": data, "at": now},
    )


async def told(tx: Tx, handoff_id: int) -> list[Happened]:
    """What happened to a hand-off, in its order."""
    query = _HAPPENED.where(handoff_events.c.handoff_id == handoff_id).order_by(handoff_events.c.id)
    return [Happened(*row) for row in await tx.execute(query)]


async def last_told(tx: Tx, conversation_id: int, kinds: Sequence[str]) -> Happened | None:
    """What of these kinds happened last to the conversation's hand-offs."""
    query = (
        _HAPPENED.join(handoffs, handoffs.c.id == handoff_events.c.handoff_id)
        .where(handoffs.c.conversation_id == conversation_id, handoff_events.c.kind.in_(kinds))
        .order_by(handoff_events.c.id.desc())
        .limit(1)
    )
    row = (await tx.execute(query)).one_or_none()
    return Happened(*row) if row else None
