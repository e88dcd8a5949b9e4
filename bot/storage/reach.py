"""The people whom we can write to: who they are, where they write from, what they bought."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select

from bot.models import Customer
from bot.storage.db import Tx
from bot.storage.people import ROOT
from bot.storage.tables import conversations, customers, identities, orders, people

LOST = ("failed", "cancelled")  # orders that are none


@dataclass(frozen=True)
class Reachable:
    """One person with all their records."""

    person_id: int
    name: str
    birthday: str  # as bot.birthdays reads it, "" when nobody knows it
    accounts: Sequence[Customer]  # where they wrote last comes first
    bought: frozenset[str] = frozenset()  # categories of goods
    orders: int = 0
    ordered_at: datetime | None = None  # the last time
    spent: int = 0  # đồng, less what was refunded


async def after(tx: Tx, person_id: int, limit: int) -> list[Reachable]:
    """Up to `limit` people who are proved to be a customer, with an id above that one, in order."""
    proved = select(identities.c.id).where(identities.c.ended_at.is_(None))
    second = people.alias()
    by_second = proved.join(second, second.c.id == identities.c.person_id)
    roots = (
        select(people.c.id)
        .where(
            people.c.id > person_id,
            people.c.merged_into.is_(None),
            or_(
                proved.where(identities.c.person_id == people.c.id).exists(),
                by_second.where(second.c.merged_into == people.c.id).exists(),
            ),
        )
        .order_by(people.c.id)
        .limit(limit)
    )
    return await of(tx, list((await tx.execute(roots)).scalars()))


async def of(tx: Tx, ids: Collection[int]) -> list[Reachable]:
    """These people, in order; whoever is not proved to be a customer has no accounts."""
    accounts = await _accounts(tx, ids)
    bought = await _bought(tx, ids)
    query = (
        select(ROOT.label("root"), people.c.name, people.c.birthday)
        .where(_of(ids))
        .order_by(ROOT, people.c.merged_into.is_not(None), people.c.id)
    )
    names: dict[int, str] = {}
    birthdays: dict[int, str] = {}
    for root, name, birthday in await tx.execute(query):
        names[root] = names.get(root) or name
        birthdays[root] = birthdays.get(root) or birthday
    return [
        Reachable(root, names[root], birthdays[root], accounts.get(root, ()), *bought.get(root, ()))
        for root in names
    ]


def _of(ids: Collection[int]) -> Any:
    """Of records those of these people. As `ROOT.in_` says, but in words that an index answers."""
    main = and_(people.c.merged_into.is_(None), people.c.id.in_(ids))
    return or_(main, people.c.merged_into.in_(ids))


async def _accounts(tx: Tx, ids: Collection[int]) -> dict[int, list[Customer]]:
    wrote = (
        select(
            conversations.c.customer_id, func.max(conversations.c.last_inbound_at).label("wrote_at")
        )
        .join(identities, identities.c.customer_id == conversations.c.customer_id)
        .join(people, people.c.id == identities.c.person_id)
        .where(identities.c.ended_at.is_(None), _of(ids))
        .group_by(conversations.c.customer_id)
        .subquery()
    )
    query = (
        select(ROOT.label("root"), customers)
        .join(identities, identities.c.person_id == people.c.id)
        .join(customers, customers.c.id == identities.c.customer_id)
        .outerjoin(wrote, wrote.c.customer_id == customers.c.id)
        .where(_of(ids), identities.c.ended_at.is_(None))
        .order_by(wrote.c.wrote_at.is_(None), wrote.c.wrote_at.desc(), customers.c.id)
    )
    found: dict[int, list[Customer]] = {}
    for row in (await tx.execute(query)).mappings():
        values = {name: row[name] for name in Customer.__dataclass_fields__}
        found.setdefault(row["root"], []).append(Customer(**values))
    return found


async def _bought(
    tx: Tx, ids: Collection[int]
) -> dict[int, tuple[frozenset[str], int, datetime | None, int]]:
    query = (
        select(
            ROOT.label("root"),
            orders.c["items"],
            orders.c.total,
            orders.c.refunded,
            orders.c.ordered_at,
        )
        .join(orders, orders.c.person_id == people.c.id)
        .where(_of(ids), orders.c.state.not_in(LOST))
        .order_by(orders.c.ordered_at)
    )
    found: dict[int, tuple[frozenset[str], int, datetime | None, int]] = {}
    for row in (await tx.execute(query)).mappings():
        kinds, count, _, spent = found.get(row["root"], (frozenset(), 0, None, 0))
        kinds |= {str(each.get("category", "")) for each in row["items"]} - {""}
        spent += row["total"] - row["refunded"]
        found[row["root"]] = (kinds, count + 1, row["ordered_at"], spent)
    return found


async def categories(tx: Tx) -> list[str]:
    """What anybody has ever bought."""
    found: set[str] = set()
    for items in (await tx.execute(select(orders.c["items"]))).scalars():
        found |= {str(each.get("category", "")) for each in items} - {""}
    return sorted(found)
