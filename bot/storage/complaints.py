"""Complaints, as far as they bear on whom we write to."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, or_, select

from bot.storage.db import Tx
from bot.storage.people import ROOT
from bot.storage.tables import complaints, conversations, handoffs, identities, people


async def any_open(tx: Tx, accounts: Collection[int]) -> bool:
    """Whether these customers, who are one person, have complained and have no answer yet: in the
    shop's records, or to a colleague who is still at it."""
    person = (
        select(ROOT)
        .join(identities, identities.c.person_id == people.c.id)
        .where(identities.c.customer_id.in_(accounts), identities.c.ended_at.is_(None))
    )
    record = people.alias()
    records = select(record.c.id).where(
        func.coalesce(record.c.merged_into, record.c.id).in_(person)
    )
    recorded = select(complaints.c.id).where(
        complaints.c.closed_at.is_(None),
        or_(complaints.c.customer_id.in_(accounts), complaints.c.person_id.in_(records)),
    )
    told = (
        select(handoffs.c.id)
        .join(conversations, conversations.c.id == handoffs.c.conversation_id)
        .where(
            conversations.c.customer_id.in_(accounts),
            handoffs.c.closed_at.is_(None),
            handoffs.c.reason == "complaint",
        )
    )
    for query in (recorded, told):
        if (await tx.execute(query.limit(1))).first() is not None:
            return True
    return False
