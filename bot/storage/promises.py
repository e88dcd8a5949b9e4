"""Promises: what a customer was promised for a time, and whether it was kept."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, update

from bot.models import Author, Promised
from bot.storage import events
from bot.storage.db import Tx, insert
from bot.storage.people import CALLED
from bot.storage.tables import conversations, customers, handoffs, promises, users

OUTCOMES = ("kept", "dropped")  # dropped: the customer does not need it any more


@dataclass(frozen=True)
class Promise:
    """One promise, and who is to keep it."""

    id: int
    conversation_id: int
    user_id: int | None  # none: the team
    team: str
    kind: str
    text: str
    made_by: str  # an Author
    due_at: datetime
    done_at: datetime | None
    outcome: str
    by: str  # the keeper's name, "" for the team
    customer_id: int
    customer: str
    channel: str


@dataclass(frozen=True)
class Keepers:
    """Whose promises: these people's, these teams', and those of the conversations that the
    people have. None means everybody's."""

    user_ids: Collection[int]
    teams: Collection[str] = ()


_PROMISE = (
    select(
        promises,
        users.c.name.label("by"),
        customers.c.id.label("customer_id"),
        CALLED.label("customer"),
        customers.c.channel,
    )
    .select_from(promises)
    .join(conversations, conversations.c.id == promises.c.conversation_id)
    .join(customers, customers.c.id == conversations.c.customer_id)
    .outerjoin(users, users.c.id == promises.c.user_id)
)


def _promise(row: Any) -> Promise:
    values = {name: row[name] for name in Promise.__dataclass_fields__}
    return Promise(**{**values, "by": values["by"] or ""})


async def last_made(tx: Tx, kind: str) -> datetime | None:
    """When one of this kind was last made."""
    query = select(func.max(promises.c.created_at)).where(promises.c.kind == kind)
    found: datetime | None = (await tx.execute(query)).scalar_one()
    return found


async def add(
    tx: Tx,
    conversation_id: int,
    promised: Promised,
    made_by: Author,
    now: datetime,
    *,
    user_id: int | None = None,
    message_id: int | None = None,
    team: str | None = None,
) -> int:
    """Write a promise down for its keeper and a team, usually that which has the conversation."""
    if team is None:
        query = select(handoffs.c.team).where(
            handoffs.c.conversation_id == conversation_id, handoffs.c.closed_at.is_(None)
        )
        team = (await tx.execute(query)).scalar_one_or_none() or ""
    values = {
        "conversation_id": conversation_id,
        "user_id": user_id,
        "team": team,
        "text": promised.text,
        "kind": promised.kind,
        "made_by": made_by.value,
        "message_id": message_id,
        "due_at": promised.due_at,
        "created_at": now,
    }
    promise_id = await insert(tx, promises, values)
    await events.add(tx, conversation_id, "state", None, now)
    return promise_id


async def finish(tx: Tx, promise_id: int, outcome: str, now: datetime) -> int | None:
    """It was kept or dropped. The conversation's id; None when it is not open."""
    this = and_(promises.c.id == promise_id, promises.c.done_at.is_(None))
    changed = await tx.execute(update(promises).where(this).values(done_at=now, outcome=outcome))
    if changed.rowcount == 0:
        return None
    query = select(promises.c.conversation_id).where(promises.c.id == promise_id)
    conversation_id = int((await tx.execute(query)).scalar_one())
    await events.add(tx, conversation_id, "state", None, now)
    return conversation_id


async def any_open(tx: Tx, customer_id: int, kind: str) -> bool:
    """Whether one of this kind is still to be kept to the customer."""
    query = (
        select(promises.c.id)
        .join(conversations, conversations.c.id == promises.c.conversation_id)
        .where(
            conversations.c.customer_id == customer_id,
            promises.c.kind == kind,
            promises.c.done_at.is_(None),
        )
        .limit(1)
    )
    return (await tx.execute(query)).first() is not None


async def open_in(tx: Tx, conversation_ids: Sequence[int]) -> dict[int, list[Promise]]:
    """The open promises of these conversations, the next due first."""
    query = _PROMISE.where(
        promises.c.conversation_id.in_(conversation_ids), promises.c.done_at.is_(None)
    ).order_by(promises.c.due_at, promises.c.id)
    found: dict[int, list[Promise]] = {}
    for row in (await tx.execute(query)).mappings():
        found.setdefault(row["conversation_id"], []).append(_promise(row))
    return found


async def open_of(tx: Tx, keepers: Keepers | None, limit: int = 500) -> list[Promise]:
    """Their open promises, the next due first."""
    query = _PROMISE.where(promises.c.done_at.is_(None), _theirs(keepers))
    query = query.order_by(promises.c.due_at, promises.c.id).limit(limit)
    return [_promise(row) for row in (await tx.execute(query)).mappings()]


async def kept(
    tx: Tx, keepers: Keepers | None, since: datetime, now: datetime, within: timedelta
) -> tuple[int, int]:
    """Of their promises that fell due in that time how many were kept by then, and how many there
    were. One that was marked `within` that much of its time was kept; a dropped one is not counted.
    """
    query = (
        select(promises.c.due_at, promises.c.done_at)
        .join(conversations, conversations.c.id == promises.c.conversation_id)
        .where(
            promises.c.due_at >= since,
            promises.c.due_at <= now,
            promises.c.outcome != "dropped",
            _theirs(keepers),
        )
    )
    rows = (await tx.execute(query)).all()
    return sum(bool(row.done_at and row.done_at <= row.due_at + within) for row in rows), len(rows)


def _theirs(keepers: Keepers | None) -> Any:
    if keepers is None:
        return promises.c.id.is_not(None)
    keeper = func.coalesce(promises.c.user_id, conversations.c.assignee_id)
    return or_(
        keeper.in_(keepers.user_ids),
        and_(keeper.is_(None), promises.c.team.in_(keepers.teams)),
    )
