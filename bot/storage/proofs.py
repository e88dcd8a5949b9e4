"""Customers who prove with a code who they are. Of a code only its hash is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update

from bot.storage.db import Tx, insert
from bot.storage.tables import proofs

_OPEN_OF = select(proofs).where(
    proofs.c.customer_id == bindparam("customer"), proofs.c.ended_at.is_(None)
)


@dataclass(frozen=True)
class Proof:
    """One that has been begun."""

    id: int
    person_id: int | None  # whom it proves; none when nobody was written to
    salt: str
    hash: str
    tries: int  # wrong codes that were typed
    created_at: datetime
    asked_at: datetime | None  # a phone was told


async def open_of(tx: Tx, customer_id: int) -> Proof | None:
    """The one that a customer has not ended."""
    row = (await tx.execute(_OPEN_OF, {"customer": customer_id})).mappings().one_or_none()
    return Proof(**{name: row[name] for name in Proof.__dataclass_fields__}) if row else None


async def begin(tx: Tx, customer_id: int, now: datetime) -> None:
    """Begin anew: a code that was sent before is worth nothing."""
    this = (proofs.c.customer_id == customer_id, proofs.c.ended_at.is_(None))
    await tx.execute(update(proofs).where(*this).values(ended_at=now, outcome="again"))
    await insert(tx, proofs, {"customer_id": customer_id, "created_at": now})


async def ask(tx: Tx, proof_id: int, now: datetime, **values: Any) -> None:
    """A phone was told; `values` are of the code, if one was sent."""
    query = update(proofs).where(proofs.c.id == proof_id)
    await tx.execute(query.values(**values, asked_at=now))


async def miss(tx: Tx, proof_id: int) -> None:
    """A wrong code was typed."""
    query = update(proofs).where(proofs.c.id == proof_id)
    await tx.execute(query.values(tries=proofs.c.tries + 1))


async def end(tx: Tx, proof_id: int, outcome: str, now: datetime) -> bool:
    """Proved, wrong or late. False when it has ended already."""
    this = (proofs.c.id == proof_id, proofs.c.ended_at.is_(None))
    ended = await tx.execute(update(proofs).where(*this).values(ended_at=now, outcome=outcome))
    return bool(ended.rowcount)


async def asked_by(tx: Tx, customer_id: int, since: datetime) -> int:
    """How many codes a customer asked for since then, whether they were sent or not."""
    return await _count(tx, proofs.c.customer_id == customer_id, proofs.c.asked_at > since)


async def sent_for(tx: Tx, person_id: int, since: datetime) -> int:
    """How many codes were sent since then for somebody to prove that they are this person."""
    return await _count(tx, proofs.c.person_id == person_id, proofs.c.asked_at > since)


async def _count(tx: Tx, *those: Any) -> int:
    query = select(func.count()).select_from(proofs).where(*those)
    return int((await tx.execute(query)).scalar_one())
