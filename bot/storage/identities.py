"""Which customers of the channels are one person, as far as it is proven, and why we believe it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, bindparam, or_, select, update

from bot.models import Customer
from bot.storage.db import Tx, insert
from bot.storage.people import ROOT
from bot.storage.tables import customers, identities, people, users


@dataclass(frozen=True)
class Identity:
    """A customer of a channel, who is this person."""

    id: int
    customer: Customer
    person_id: int  # the record that was proved, which may have been merged since
    proof: str  # order, otp or staff
    by: str  # the colleague's name, "" when the customer proved it
    created_at: datetime


# Asked for everything that is said of ourselves: made once.
_PERSON: Final = (
    select(ROOT)
    .join(identities, identities.c.person_id == people.c.id)
    .where(identities.c.customer_id == bindparam("customer"), identities.c.ended_at.is_(None))
)
_ACCOUNTS: Final = (
    select(identities.c.customer_id)
    .where(
        identities.c.person_id.in_(
            select(people.c.id).where(
                or_(
                    people.c.id == bindparam("person"),
                    people.c.merged_into == bindparam("person"),
                )
            )
        ),
        identities.c.ended_at.is_(None),
    )
    .order_by(identities.c.customer_id)
)


async def person_of(tx: Tx, customer_id: int) -> int | None:
    """The person behind a customer; None while nothing is proven."""
    result = await tx.execute(_PERSON, {"customer": customer_id})
    found: int | None = result.scalar_one_or_none()
    return found


async def accounts_of(tx: Tx, customer_id: int) -> list[int]:
    """All customers who are this person, themselves included."""
    person_id = await person_of(tx, customer_id)
    if person_id is None:
        return [customer_id]
    return list((await tx.execute(_ACCOUNTS, {"person": person_id})).scalars())


_IDENTITY = (
    select(
        identities.c.id.label("identity_id"),
        identities.c.person_id,
        identities.c.proof,
        identities.c.created_at.label("proved_at"),
        users.c.name.label("by"),
        customers,
    )
    .select_from(identities)
    .join(customers, customers.c.id == identities.c.customer_id)
    .outerjoin(users, users.c.id == identities.c.user_id)
    .where(identities.c.ended_at.is_(None))
    .order_by(identities.c.id)
)


def _identity(row: Any) -> Identity:
    customer = Customer(**{name: row[name] for name in Customer.__dataclass_fields__})
    person, proof, by = row["person_id"], row["proof"], row["by"] or ""
    return Identity(row["identity_id"], customer, person, proof, by, row["proved_at"])


async def of_people(tx: Tx, ids: Collection[int]) -> list[Identity]:
    """The customers who are proved to be the person with these records, the first proved first."""
    rows = (await tx.execute(_IDENTITY.where(identities.c.person_id.in_(ids)))).mappings()
    return [_identity(row) for row in rows]


async def of_customer(tx: Tx, customer_id: int) -> Identity | None:
    """Who a customer is proved to be."""
    query = _IDENTITY.where(identities.c.customer_id == customer_id)
    row = (await tx.execute(query)).mappings().one_or_none()
    return _identity(row) if row else None


async def link(
    tx: Tx, customer_id: int, person_id: int, proof: str, now: datetime, user_id: int | None
) -> None:
    values = {"customer_id": customer_id, "person_id": person_id, "proof": proof}
    await insert(tx, identities, {**values, "user_id": user_id, "created_at": now})


async def unlink(tx: Tx, identity_id: int, now: datetime) -> bool:
    """False when it has ended already."""
    this = and_(identities.c.id == identity_id, identities.c.ended_at.is_(None))
    ended = await tx.execute(update(identities).where(this).values(ended_at=now))
    return bool(ended.rowcount)


async def unproved(tx: Tx, ids: Collection[int]) -> list[Customer]:
    """These customers, but for those who are proved to be somebody."""
    proved = select(identities.c.customer_id).where(identities.c.ended_at.is_(None))
    query = select(customers).where(customers.c.id.in_(ids), customers.c.id.not_in(proved))
    rows = (await tx.execute(query.order_by(customers.c.id))).mappings()
    fields = Customer.__dataclass_fields__
    return [Customer(**{name: row[name] for name in fields}) for row in rows]
