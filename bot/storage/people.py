"""People as the shop knows them.

A merged record keeps all that is its own and only points to the record of the same person. So
whatever reads a person reads their records, `ids_of`, and a split undoes a merge exactly.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.sql import Select

from bot.folded import sought
from bot.models import Person
from bot.storage.db import Tx, insert
from bot.storage.tables import customers, identities, orders, people, person_events

# Whom a record is of: the record itself, or the one that it was merged into.
ROOT = func.coalesce(people.c.merged_into, people.c.id)

_RECORD, _MAIN = people.alias("record"), people.alias("main")
_KNOWN_AS = (
    select(func.coalesce(func.nullif(_MAIN.c.name, ""), func.nullif(_RECORD.c.name, "")))
    .select_from(identities)
    .join(_RECORD, _RECORD.c.id == identities.c.person_id)
    .outerjoin(_MAIN, _MAIN.c.id == _RECORD.c.merged_into)
    .where(identities.c.customer_id == customers.c.id, identities.c.ended_at.is_(None))
    .correlate(customers)
    .scalar_subquery()
)


def with_person(query: Select) -> Select:
    """The question of customers, with the record that each is proved to be of, if any."""
    proved = and_(identities.c.customer_id == customers.c.id, identities.c.ended_at.is_(None))
    return query.outerjoin(identities, proved).outerjoin(
        people, people.c.id == identities.c.person_id
    )


# What staff call a customer: by the record they are proved to be of, else as their channel does.
CALLED = func.coalesce(_KNOWN_AS, customers.c.name)


@dataclass(frozen=True)
class Found:
    """One person in a list."""

    person: Person
    channels: Sequence[str]  # on which they are known by proof
    orders: int
    ordered_at: datetime | None  # the last order


def _person(row: Any) -> Person:
    return Person(**{name: row[name] for name in Person.__dataclass_fields__})


async def by_id(tx: Tx, person_id: int) -> Person | None:
    """The record of this id, as it is."""
    query = select(people).where(people.c.id == person_id)
    row = (await tx.execute(query)).mappings().one_or_none()
    return _person(row) if row else None


async def lock(tx: Tx, ids: Collection[int]) -> dict[int, Person]:
    """These records as they are now. Nobody else changes them until the transaction ends."""
    query = select(people).where(people.c.id.in_(ids)).order_by(people.c.id).with_for_update()
    return {row["id"]: _person(row) for row in (await tx.execute(query)).mappings()}


async def ids_of(tx: Tx, person_id: int) -> list[int]:
    """All records of the person whose record this is, the main one first."""
    main = select(ROOT).where(people.c.id == person_id).scalar_subquery()
    query = select(people.c.id).where(or_(people.c.id == main, people.c.merged_into == main))
    found = await tx.execute(query.order_by(people.c.merged_into.is_not(None), people.c.id))
    return list(found.scalars())


async def records_of(tx: Tx, person_id: int) -> list[Person]:
    """All records of the person, the main one first."""
    ids = await ids_of(tx, person_id)
    rows = (await tx.execute(select(people).where(people.c.id.in_(ids)))).mappings()
    known = {row["id"]: _person(row) for row in rows}
    return [known[each] for each in ids]


async def of_order(tx: Tx, code: str) -> Person | None:
    """Whose order this is, by the shop's records."""
    query = select(people).join(orders, orders.c.person_id == people.c.id)
    row = (await tx.execute(query.where(orders.c.code == code))).mappings().one_or_none()
    return _person(row) if row else None


async def orders_of(tx: Tx, ids: Collection[int], limit: int) -> list[Mapping[str, Any]]:
    """The orders of the person with these records, the newest first."""
    query = select(orders).where(orders.c.person_id.in_(ids))
    query = query.order_by(orders.c.ordered_at.desc(), orders.c.id.desc()).limit(limit)
    return [dict(row) for row in (await tx.execute(query)).mappings()]


async def with_phone(tx: Tx, phones: Collection[str]) -> list[Person]:
    """Records that have one of these numbers: they may be the same person, or of one family."""
    query = select(people).where(people.c.phone.in_(set(phones) - {""})).order_by(people.c.id)
    return [_person(row) for row in (await tx.execute(query)).mappings()]


async def point(tx: Tx, person_id: int, to: int | None) -> None:
    """The record is the second one of that person; of nobody else when `to` is None."""
    await tx.execute(update(people).where(people.c.id == person_id).values(merged_into=to))


async def tell(
    tx: Tx, person_id: int, kind: str, now: datetime, user_id: int | None, **data: Any
) -> None:
    """Write down what was done about who this person is."""
    values = {"person_id": person_id, "kind": kind, "user_id": user_id, "data": data, "at": now}
    await insert(tx, person_events, values)


async def names(tx: Tx, ids: Collection[int]) -> dict[int, str]:
    """What these records are called."""
    called = func.coalesce(
        func.nullif(people.c.name, ""), func.nullif(people.c.phone, ""), people.c.number
    )
    query = select(people.c.id, called.label("called")).where(people.c.id.in_(ids))
    return {row.id: row.called for row in await tx.execute(query)}


async def doubted(tx: Tx, ids: Collection[int]) -> list[int]:
    """The customers who proved an order of this person while they were proved to be another."""
    query = select(person_events.c.data).where(
        person_events.c.person_id.in_(ids), person_events.c.kind == "doubted"
    )
    return list(dict.fromkeys(data["customer"] for data in (await tx.execute(query)).scalars()))


# --- lists


async def search(tx: Tx, text: str, *, before: int | None, limit: int) -> list[Found]:
    """The people of whom a record has all these words in name, phone, number or e-mail, accents or
    not; everybody when there are none. The newest first, of those with a smaller id."""
    matching = select(ROOT).where(*_conditions(text))
    query = select(people).where(people.c.merged_into.is_(None), people.c.id.in_(matching))
    if before is not None:
        query = query.where(people.c.id < before)
    rows = (await tx.execute(query.order_by(people.c.id.desc()).limit(limit))).mappings()
    found = [_person(row) for row in rows]
    ids = [person.id for person in found]
    return [Found(person, *told) for person, told in zip(found, await _told(tx, ids), strict=True)]


def _conditions(text: str) -> list[Any]:
    spaced = " " + people.c.folded + " "
    return [
        or_(
            *(
                and_(*(spaced.like(f"% {each.text}{' %' if each.whole else '%'}") for each in way))
                for way in ways
            )
        )
        for ways in sought(text)
    ]


async def _told(tx: Tx, ids: Sequence[int]) -> list[tuple[Sequence[str], int, datetime | None]]:
    of_theirs = select(people.c.id, ROOT.label("root")).where(ROOT.in_(ids)).subquery()
    bought = (
        select(of_theirs.c.root, func.count().label("n"), func.max(orders.c.ordered_at).label("at"))
        .join(orders, orders.c.person_id == of_theirs.c.id)
        .group_by(of_theirs.c.root)
    )
    sums = {row.root: (row.n, row.at) for row in await tx.execute(bought)}
    known = (
        select(of_theirs.c.root, customers.c.channel)
        .join(identities, identities.c.person_id == of_theirs.c.id)
        .join(customers, customers.c.id == identities.c.customer_id)
        .where(identities.c.ended_at.is_(None))
        .distinct()
        .order_by(customers.c.channel)
    )
    channels: dict[int, list[str]] = {}
    for row in await tx.execute(known):
        channels.setdefault(row.root, []).append(row.channel)
    return [(channels.get(each, ()), *sums.get(each, (0, None))) for each in ids]


async def count(tx: Tx) -> int:
    query = select(func.count()).select_from(people).where(people.c.merged_into.is_(None))
    return int((await tx.execute(query)).scalar_one())
