"""Agents as the queue sees them: whether they take conversations, which, and how many they have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update

from bot.models import Agent, Presence, Role, Status
from bot.storage.db import Tx
from bot.storage.tables import conversations, customers, users
from bot.storage.users import user_from

_ROLES = (Role.AGENT.value, Role.SUPERVISOR.value, Role.ADMIN.value)
_DESK = (users.c.active.is_(True), users.c.role.in_(_ROLES))
_ALL = select(users).where(*_DESK).order_by(users.c.name, users.c.id)
_LOADS = (
    select(conversations.c.assignee_id, customers.c.channel, func.count().label("n"))
    .join(customers, customers.c.id == conversations.c.customer_id)
    .where(
        conversations.c.status == Status.ASSIGNED.value, conversations.c.assignee_id.is_not(None)
    )
    .group_by(conversations.c.assignee_id, customers.c.channel)
)
_LOADS_OF = _LOADS.where(conversations.c.assignee_id == bindparam("user"))


async def all_of(tx: Tx) -> list[Agent]:
    """Everybody who may answer customers, by name."""
    rows = (await tx.execute(_ALL)).mappings().all()
    loads = await _loads(tx)
    return [_agent(row, loads.get(row["id"], {})) for row in rows]


async def by_id(tx: Tx, user_id: int, *, lock: bool = False) -> Agent | None:
    """One of them; with `lock`, nobody else gives them a conversation until the transaction
    ends."""
    query = select(users).where(users.c.id == user_id, *_DESK)
    row = (await tx.execute(query.with_for_update() if lock else query)).mappings().one_or_none()
    return _agent(row, (await _loads(tx, user_id)).get(user_id, {})) if row else None


async def appear(tx: Tx, user_id: int, presence: Presence, now: datetime) -> None:
    """The agent says whether they take conversations."""
    changed = update(users).where(users.c.id == user_id, users.c.presence != presence.value)
    await tx.execute(changed.values(presence=presence.value, presence_at=now))
    await seen(tx, user_id, now)


async def seen(tx: Tx, user_id: int, now: datetime) -> Presence:
    """A sign of life of the agent's console. Returns their presence as they chose it."""
    await _set(tx, user_id, seen_at=now)
    query = select(users.c.presence).where(users.c.id == user_id)
    return Presence((await tx.execute(query)).scalar_one())


async def given(tx: Tx, user_id: int, now: datetime) -> None:
    """The agent was given a conversation."""
    await _set(tx, user_id, assigned_at=now)


async def place(
    tx: Tx,
    user_id: int,
    teams: Sequence[str],
    skills: Mapping[str, int],
    capacity: int | None,
) -> None:
    """Which conversations an agent gets, and how many at once."""
    await _set(tx, user_id, teams=list(teams), skills=dict(skills), capacity=capacity)


async def _set(tx: Tx, user_id: int, **values: Any) -> None:
    await tx.execute(update(users).where(users.c.id == user_id).values(**values))


async def _loads(tx: Tx, user_id: int | None = None) -> dict[int, dict[str, int]]:
    found = tx.execute(_LOADS) if user_id is None else tx.execute(_LOADS_OF, {"user": user_id})
    loads: dict[int, dict[str, int]] = {}
    for row in await found:
        loads.setdefault(row.assignee_id, {})[row.channel] = row.n
    return loads


def _agent(row: Any, load: Mapping[str, int]) -> Agent:
    return Agent(
        user=user_from(row),
        teams=frozenset(row["teams"] or ()),
        skills=dict(row["skills"] or {}),
        capacity=row["capacity"],
        presence=Presence(row["presence"]),
        presence_at=row["presence_at"],
        seen_at=row["seen_at"],
        assigned_at=row["assigned_at"],
        load=load,
    )
