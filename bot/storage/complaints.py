"""Complaints, as far as they bear on whom we write to."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import bindparam, or_, select

from bot.storage.db import Tx
from bot.storage.people import ROOT
from bot.storage.tables import complaints, conversations, handoffs, identities, people


def _any_open() -> tuple[Any, Any]:
    accounts = bindparam("accounts", expanding=True)
    person = (
        select(ROOT)
        .join(identities, identities.c.person_id == people.c.id)
        .where(identities.c.customer_id.in_(accounts), identities.c.ended_at.is_(None))
    )
    record = people.alias()
    # Two questions that an index answers each, and not one of everybody's coalesced id.
    records = select(record.c.id).where(
        or_(record.c.id.in_(person), record.c.merged_into.in_(person))
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
    return recorded.limit(1), told.limit(1)


_ANY_OPEN = _any_open()


async def any_open(tx: Tx, accounts: Collection[int]) -> bool:
    """Whether these customers, who are one person, have complained and have no answer yet: in the
    shop's records, or to a colleague who is still at it."""
    for query in _ANY_OPEN:
        if (await tx.execute(query, {"accounts": list(accounts)})).first() is not None:
            return True
    return False


async def open_among(tx: Tx, accounts: Collection[int]) -> set[int]:
    """Those of many customers who have an open complaint; one that is the person's is told of each
    of their customers among these."""
    by_person = (
        select(identities.c.customer_id, ROOT)
        .join(people, people.c.id == identities.c.person_id)
        .where(identities.c.customer_id.in_(accounts), identities.c.ended_at.is_(None))
    )
    person_of = {customer: person for customer, person in await tx.execute(by_person)}
    persons = set(person_of.values())
    recorded = (
        select(ROOT)
        .join(complaints, complaints.c.person_id == people.c.id)
        .where(
            complaints.c.closed_at.is_(None),
            or_(people.c.id.in_(persons), people.c.merged_into.in_(persons)),
        )
    )
    complained = set((await tx.execute(recorded)).scalars())
    found = {customer for customer, person in person_of.items() if person in complained}
    theirs = select(complaints.c.customer_id).where(
        complaints.c.closed_at.is_(None), complaints.c.customer_id.in_(accounts)
    )
    told = (
        select(conversations.c.customer_id)
        .join(handoffs, handoffs.c.conversation_id == conversations.c.id)
        .where(
            conversations.c.customer_id.in_(accounts),
            handoffs.c.closed_at.is_(None),
            handoffs.c.reason == "complaint",
        )
    )
    for query in (theirs, told):
        found |= set((await tx.execute(query)).scalars())
    return found
