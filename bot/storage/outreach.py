"""What we mean to write of ourselves, and what became of it. A worker that begins a row holds it
for a while, so that a dead one's is begun again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, or_, select, update

from bot.models import Outreach
from bot.storage.db import Tx, insert_once
from bot.storage.tables import UtcDateTime, campaigns, outreach

LEASE = timedelta(minutes=2)  # longer than a turn may take
WAITING = "waiting"
_SINCE: Any = bindparam("since", type_=UtcDateTime)
_LAST_SENT = (
    select(outreach)
    .where(
        outreach.c.customer_id == bindparam("customer"),
        outreach.c.state == "sent",
        outreach.c.ended_at > _SINCE,
    )
    .order_by(outreach.c.ended_at.desc(), outreach.c.id.desc())
    .limit(1)
)
_NOW: Any = bindparam("now", type_=UtcDateTime)
_DUE = (
    select(outreach)
    .where(
        outreach.c.state == WAITING,
        outreach.c.due_at <= _NOW,
        or_(outreach.c.held_until.is_(None), outreach.c.held_until <= _NOW),
        or_(
            outreach.c.campaign_id.is_(None),
            outreach.c.campaign_id.in_(
                select(campaigns.c.id).where(campaigns.c.state == "running")
            ),
        ),
    )
    .order_by(outreach.c.due_at)  # and not by id: thousands are due at one moment
    .limit(bindparam("most"))
)
_CLAIM = _DUE.with_for_update(skip_locked=True)


def _outreach(row: Any) -> Outreach:
    return Outreach(**{name: row[name] for name in Outreach.__dataclass_fields__})


async def plan(
    tx: Tx,
    kind: str,
    key: str,
    purpose: str,
    customer_id: int,
    due_at: datetime,
    now: datetime,
    *,
    about: Mapping[str, Any] | None = None,
    person_id: int | None = None,
    campaign_id: int | None = None,
    state: str = WAITING,
    reason: str = "",
) -> bool:
    """Mean to write to a customer at a time. False when that was planned before, whatever became
    of it."""
    values = {
        "kind": kind,
        "key": key,
        "purpose": purpose,
        "customer_id": customer_id,
        "person_id": person_id,
        "campaign_id": campaign_id,
        "about": dict(about or {}),
        "state": state,
        "reason": reason,
        "due_at": due_at,
        "created_at": now,
    }
    return await insert_once(tx, outreach, values)


async def planned(tx: Tx, keys: Collection[str]) -> set[str]:
    """Those of the reasons for which something was planned before."""
    query = select(outreach.c.key).where(outreach.c.key.in_(keys))
    return set((await tx.execute(query)).scalars())


async def any_due(tx: Tx, now: datetime) -> bool:
    """Whether there is anything to claim."""
    return (await tx.execute(_DUE, {"now": now, "most": 1})).first() is not None


async def claim(tx: Tx, now: datetime, limit: int) -> list[Outreach]:
    """Begin up to `limit` that are due, longest due first."""
    rows = (await tx.execute(_CLAIM, {"now": now, "most": limit})).mappings().all()
    for row in rows:
        await tx.execute(
            update(outreach)
            .where(outreach.c.id == row["id"])
            .values(attempts=row["attempts"] + 1, held_until=now + LEASE)
        )
    return [_outreach({**row, "attempts": row["attempts"] + 1}) for row in rows]


async def later(
    tx: Tx, outreach_id: int, due_at: datetime, reason: str = "", user_id: int | None = None
) -> bool:
    """Move one that waits; `user_id` did, if a person. False when it waits no longer."""
    moved = {"due_at": due_at, "reason": reason, "held_until": None, "attempts": 0}
    return await _change(tx, outreach_id, **moved, **_by(user_id))


async def end(
    tx: Tx,
    outreach_id: int,
    state: str,
    now: datetime,
    *,
    reason: str = "",
    conversation_id: int | None = None,
    message_id: int | None = None,
    user_id: int | None = None,
) -> bool:
    """One that waits has its end: sent, refused or cancelled. False when it waits no longer."""
    return await _change(
        tx,
        outreach_id,
        state=state,
        reason=reason,
        ended_at=now,
        held_until=None,
        conversation_id=conversation_id,
        message_id=message_id,
        **_by(user_id),
    )


def _by(user_id: int | None) -> dict[str, int]:
    return {} if user_id is None else {"user_id": user_id}


async def _change(tx: Tx, outreach_id: int, **values: Any) -> bool:
    query = update(outreach).where(outreach.c.id == outreach_id, outreach.c.state == WAITING)
    result = await tx.execute(query.values(**values))
    return bool(result.rowcount)


async def drop(tx: Tx, customer_id: int, kind: str, now: datetime, reason: str) -> None:
    """What of this kind still waits for a customer is not wanted any more."""
    await tx.execute(
        update(outreach)
        .where(
            outreach.c.customer_id == customer_id,
            outreach.c.kind == kind,
            outreach.c.state == WAITING,
        )
        .values(state="cancelled", reason=reason, ended_at=now)
    )


async def sent_since(
    tx: Tx, accounts: Collection[int], since: datetime
) -> dict[str, tuple[datetime, ...]]:
    """When we wrote of ourselves to these customers, by purpose."""
    query = (
        select(outreach.c.purpose, outreach.c.ended_at)
        .where(
            outreach.c.customer_id.in_(accounts),
            outreach.c.state == "sent",
            outreach.c.ended_at > since,
        )
        .order_by(outreach.c.ended_at)
    )
    found: dict[str, tuple[datetime, ...]] = {}
    for purpose, at in await tx.execute(query):
        found[purpose] = (*found.get(purpose, ()), at)
    return found


async def was_sent(tx: Tx, kind: str, accounts: Collection[int], since: datetime) -> bool:
    """Whether we said this to one of these customers since then."""
    query = select(outreach.c.id).where(
        outreach.c.customer_id.in_(accounts),
        outreach.c.kind == kind,
        outreach.c.state == "sent",
        outreach.c.ended_at > since,
    )
    return (await tx.execute(query.limit(1))).first() is not None


async def sent_to(
    tx: Tx, customers: Collection[int], since: datetime
) -> dict[int, list[tuple[str, datetime]]]:
    """When we wrote of ourselves to each of these customers, and for what purpose."""
    query = (
        select(outreach.c.customer_id, outreach.c.purpose, outreach.c.ended_at)
        .where(
            outreach.c.customer_id.in_(customers),
            outreach.c.state == "sent",
            outreach.c.ended_at > since,
        )
        .order_by(outreach.c.ended_at)
    )
    found: dict[int, list[tuple[str, datetime]]] = {}
    for customer, purpose, at in await tx.execute(query):
        found.setdefault(customer, []).append((purpose, at))
    return found


async def last_sent(tx: Tx, customer_id: int, since: datetime) -> Outreach | None:
    """What a customer was last written of ourselves, since then."""
    key = {"customer": customer_id, "since": since}
    row = (await tx.execute(_LAST_SENT, key)).mappings().one_or_none()
    return _outreach(row) if row else None


async def between(
    tx: Tx, since: datetime, until: datetime, *, states: Sequence[str] = (WAITING,), limit: int
) -> list[Outreach]:
    """Those of these states that are due in [since, until), the soonest first."""
    query = (
        select(outreach)
        .where(outreach.c.state.in_(states), outreach.c.due_at >= since, outreach.c.due_at < until)
        .order_by(outreach.c.due_at, outreach.c.id)
        .limit(limit)
    )
    return [_outreach(row) for row in (await tx.execute(query)).mappings()]
