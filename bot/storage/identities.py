"""Which customers of the channels are one person, as far as it is proven."""

from __future__ import annotations

from sqlalchemy import select

from bot.storage.db import Tx
from bot.storage.tables import identities


async def person_of(tx: Tx, customer_id: int) -> int | None:
    """The person behind a customer; None while nothing is proven."""
    query = select(identities.c.person_id).where(
        identities.c.customer_id == customer_id, identities.c.ended_at.is_(None)
    )
    found: int | None = (await tx.execute(query)).scalar_one_or_none()
    return found


async def accounts_of(tx: Tx, customer_id: int) -> list[int]:
    """All customers who are this person, themselves included."""
    person_id = await person_of(tx, customer_id)
    if person_id is None:
        return [customer_id]
    query = select(identities.c.customer_id).where(
        identities.c.person_id == person_id, identities.c.ended_at.is_(None)
    )
    return list((await tx.execute(query.order_by(identities.c.customer_id))).scalars())
