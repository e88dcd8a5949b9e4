"""The weekly digest: made once for its week, and sent once to each who reads it.

A worker that begins to send a copy holds it for a while, so that a dead one's is begun again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, delete, func, or_, select, update

from bot.storage.db import Tx, insert_once
from bot.storage.tables import digest_copies, digests
from connectors.base import Json

LEASE: Final = timedelta(minutes=5)  # longer than a copy takes to send
WAITING: Final = "waiting"
TRIAL: Final = "trial "  # how the key of one begins that somebody asked for


@dataclass(frozen=True)
class Digest:
    """A week's digest; without content until it is made."""

    id: int
    key: str
    week: str  # the ISO date of its Monday
    due_at: datetime
    made_at: datetime | None
    content: Json | None

    @property
    def is_trial(self) -> bool:
        return self.key.startswith(TRIAL)


@dataclass(frozen=True)
class Copy:
    """One reader's copy."""

    id: int
    digest_id: int
    way: str  # slack or email
    address: str
    state: str  # waiting, sent or failed
    due_at: datetime
    attempts: int  # the present one included
    error: str
    ended_at: datetime | None


def _digest(row: Any) -> Digest:
    return Digest(**{name: row[name] for name in Digest.__dataclass_fields__})


def _copy(row: Any) -> Copy:
    return Copy(**{name: row[name] for name in Copy.__dataclass_fields__})


async def plan(tx: Tx, key: str, week: str, due_at: datetime) -> bool:
    """Mean to send the week's digest. False when that was planned before."""
    return await insert_once(tx, digests, {"key": key, "week": week, "due_at": due_at})


async def unplan(tx: Tx) -> None:
    """What was planned and not yet made is not wanted; a trial is."""
    unmade = and_(digests.c.made_at.is_(None), digests.c.key.not_like(f"{TRIAL}%"))
    await tx.execute(delete(digests).where(unmade))


async def planned(tx: Tx) -> list[Digest]:
    """Those not made yet, the next due first."""
    query = select(digests).where(digests.c.made_at.is_(None)).order_by(digests.c.due_at)
    return [_digest(row) for row in (await tx.execute(query)).mappings()]


async def make(
    tx: Tx, digest_id: int, content: Json, readers: Iterable[tuple[str, str]], now: datetime
) -> bool:
    """This is what it says, to these ways and addresses. False when somebody has made it."""
    unmade = and_(digests.c.id == digest_id, digests.c.made_at.is_(None))
    made = await tx.execute(update(digests).where(unmade).values(made_at=now, content=content))
    if not made.rowcount:
        return False
    for way, address in readers:
        to = {"digest_id": digest_id, "way": way, "address": address}
        await insert_once(tx, digest_copies, {**to, "state": WAITING, "due_at": now})
    return True


async def by_id(tx: Tx, digest_id: int) -> Digest:
    query = select(digests).where(digests.c.id == digest_id)
    return _digest((await tx.execute(query)).mappings().one())


async def last(tx: Tx) -> Digest | None:
    """The one made last."""
    query = select(digests).where(digests.c.made_at.is_not(None))
    query = query.order_by(digests.c.made_at.desc(), digests.c.id.desc()).limit(1)
    row = (await tx.execute(query)).mappings().one_or_none()
    return _digest(row) if row else None


async def copies_of(tx: Tx, digest_id: int) -> list[Copy]:
    query = select(digest_copies).where(digest_copies.c.digest_id == digest_id)
    query = query.order_by(digest_copies.c.way.desc(), digest_copies.c.id)
    return [_copy(row) for row in (await tx.execute(query)).mappings()]


async def undelivered(tx: Tx) -> int:
    """How many readers the digest made last did not reach."""
    newest = select(func.max(digests.c.id)).where(digests.c.made_at.is_not(None))
    query = select(func.count(digest_copies.c.id)).where(
        digest_copies.c.digest_id == newest.scalar_subquery(), digest_copies.c.state == "failed"
    )
    return int((await tx.execute(query)).scalar_one())


def _due(now: datetime) -> Any:
    return (
        select(digest_copies)
        .where(
            digest_copies.c.state == WAITING,
            digest_copies.c.due_at <= now,
            or_(digest_copies.c.held_until.is_(None), digest_copies.c.held_until <= now),
        )
        .order_by(digest_copies.c.due_at, digest_copies.c.id)
        .limit(1)
    )


async def any_due(tx: Tx, now: datetime) -> bool:
    return (await tx.execute(_due(now))).first() is not None


async def claim(tx: Tx, now: datetime) -> Copy | None:
    """Begin to send the copy that is longest due; None when none is."""
    row = (await tx.execute(_due(now).with_for_update(skip_locked=True))).mappings().one_or_none()
    if row is None:
        return None
    begun = {"attempts": row["attempts"] + 1, "held_until": now + LEASE}
    await tx.execute(update(digest_copies).where(digest_copies.c.id == row["id"]).values(**begun))
    return _copy({**row, **begun})


async def end(tx: Tx, copy_id: int, state: str, now: datetime, error: str = "") -> None:
    """It was sent, or it failed for good."""
    await _change(tx, copy_id, state=state, error=error, ended_at=now, held_until=None)


async def later(tx: Tx, copy_id: int, due_at: datetime, error: str) -> None:
    """It is tried again at that time."""
    await _change(tx, copy_id, due_at=due_at, error=error, held_until=None)


async def again(tx: Tx, digest_id: int, now: datetime) -> None:
    """What failed of this digest is tried anew."""
    failed = and_(digest_copies.c.digest_id == digest_id, digest_copies.c.state == "failed")
    anew = {"state": WAITING, "due_at": now, "ended_at": None, "attempts": 0}
    await tx.execute(update(digest_copies).where(failed).values(**anew))


async def _change(tx: Tx, copy_id: int, **values: Any) -> None:
    await tx.execute(update(digest_copies).where(digest_copies.c.id == copy_id).values(**values))
