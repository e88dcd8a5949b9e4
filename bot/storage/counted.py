"""Which talks are in figures, and whose they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import and_, select

from bot.figures.facts import LEFT_OUT
from bot.storage.db import Tx
from bot.storage.tables import conversation_tags, conversations, customers, identities, people

Row = Mapping[str, Any]

TRIAL: Final = "test"

left_out: Any = select(customers.c.id).where(customers.c.left_out != "")
counts: Any = and_(
    conversations.c.resolution != "spam",
    conversations.c.customer_id.not_in(left_out),
    ~select(conversation_tags.c.tag)
    .where(
        conversation_tags.c.conversation_id == conversations.c.id,
        conversation_tags.c.tag.in_(LEFT_OUT),
    )
    .exists(),
)


async def person_of(tx: Tx) -> dict[int, int]:
    """Of people who are another's second record, whose; followed to the end."""
    query = select(people.c.id, people.c.merged_into).where(people.c.merged_into.isnot(None))
    into = {row.id: row.merged_into for row in await tx.execute(query)}
    found = {}
    for id in into:
        last = into[id]
        while last in into:
            last = into[last]
        found[id] = last
    return found


async def trials(tx: Tx, merged: Mapping[int, int]) -> frozenset[int]:
    """The people whose orders are none: somebody tries us out, or works here."""
    query = (
        select(identities.c.person_id)
        .join(customers, customers.c.id == identities.c.customer_id)
        .where(identities.c.ended_at.is_(None), customers.c.left_out == TRIAL)
    )
    return frozenset(merged.get(id, id) for id in (await tx.execute(query)).scalars())


async def talks(tx: Tx, near: Any) -> dict[int, Row]:
    """Conversations with their channel, person, and whether the customer had come before."""
    earlier = conversations.alias()
    query = (
        select(
            conversations,
            customers.c.channel,
            identities.c.person_id,
            select(earlier.c.id)
            .where(
                earlier.c.customer_id == conversations.c.customer_id,
                earlier.c.id < conversations.c.id,
            )
            .exists()
            .label("came_back"),
        )
        .join(customers, customers.c.id == conversations.c.customer_id)
        .outerjoin(
            identities,
            and_(
                identities.c.customer_id == conversations.c.customer_id,
                identities.c.ended_at.is_(None),
            ),
        )
        .where(near)
        .order_by(conversations.c.id)
    )
    merged = await person_of(tx)
    found: dict[int, Row] = {}
    for row in (await tx.execute(query)).mappings():
        known = row["person_id"]
        person = -row["customer_id"] if known is None else merged.get(known, known)
        found[row["id"]] = {**row, "person_id": person}
    return found
