"""The shop's records, as the plan of care reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, func, literal, or_, select

from bot.storage import preferences
from bot.storage.db import Tx
from bot.storage.people import ROOT, ids_of
from bot.storage.tables import (
    conversations,
    customers,
    identities,
    orders,
    outreach,
    people,
    repairs,
)

TABLES: Final = {"order": orders, "repair": repairs}


@dataclass(frozen=True)
class Sought:
    """Which records: those in these states whose moment lies in (begins, ends]."""

    kind: str  # of outreach, which was never planned for them
    of: str  # order or repair
    since: str  # the moment's column
    states: Sequence[str]
    begins: datetime
    ends: datetime
    last: bool = False  # of each person the order that was paid last
    rested_since: datetime | None = None  # nothing of the kind waits, or was said after that


@dataclass(frozen=True)
class Record:
    """An order or a repair."""

    code: str
    person_id: int
    state: str
    item: str  # the first of the goods
    promised_at: datetime | None
    delivered_at: datetime | None
    returned: bool  # the goods came back to us; of a repair never
    paid_at: datetime | None = None
    warranty_until: datetime | None = None  # the last day, of the first of the goods


async def unplanned(tx: Tx, sought: Sought, limit: int) -> list[tuple[Record, int]]:
    """Records, and the customer to write to: on the channel that the person prefers, or where they
    wrote last."""
    table = TABLES[sought.of]
    planned = select(outreach.c.id).where(
        outreach.c.key == literal(f"{sought.kind}:", type_=outreach.c.key.type).concat(table.c.code)
    )
    moment = table.c[sought.since]
    query = (
        select(table, ROOT.label("root"))
        .join(people, people.c.id == table.c.person_id)
        .where(table.c.state.in_(sought.states), moment > sought.begins, moment <= sought.ends)
        .where(~planned.exists(), _writes(ROOT))
        .order_by(moment, table.c.id)
        .limit(limit)
    )
    if sought.last:
        query = query.where(~_paid_later(ROOT))
    if sought.rested_since is not None:
        query = query.where(~_said(ROOT, sought.kind, sought.rested_since))
    rows = (await tx.execute(query)).mappings().all()
    found = []
    for row in rows:
        customer_id = await _writes_from(tx, row["root"])
        if customer_id is not None:
            found.append((_record(sought.of, row), customer_id))
    return found


async def last_paid(tx: Tx, person_id: int) -> str:
    """The code of the order that the person with this record paid last; "" for none."""
    query = (
        select(orders.c.code)
        .where(orders.c.person_id.in_(await ids_of(tx, person_id)), _is_paid(orders))
        .order_by(orders.c.paid_at.desc(), orders.c.id.desc())
        .limit(1)
    )
    return (await tx.execute(query)).scalar_one_or_none() or ""


async def by_code(tx: Tx, of: str, code: str) -> Record | None:
    table = TABLES[of]
    row = (await tx.execute(select(table).where(table.c.code == code))).mappings().one_or_none()
    return _record(of, row) if row else None


def _writes(person: Any) -> Any:
    """Whether a customer is proved to be a person, in whichever of their records. Two questions
    that an index answers each: as one, SQLite reads all identities for every person."""
    record = people.alias()
    open_ones = select(identities.c.id).where(identities.c.ended_at.is_(None))
    merged = open_ones.join(record, record.c.id == identities.c.person_id)
    return or_(
        open_ones.where(identities.c.person_id == person).exists(),
        merged.where(record.c.merged_into == person).exists(),
    )


def _is_paid(order: Any) -> Any:
    """As the figures count orders."""
    return and_(order.c.paid_at.is_not(None), order.c.state != "cancelled")


def _paid_later(person: Any) -> Any:
    """Whether the person has paid an order after this one."""
    other, record = orders.alias(), people.alias()
    later = or_(
        other.c.paid_at > orders.c.paid_at,
        and_(other.c.paid_at == orders.c.paid_at, other.c.id > orders.c.id),
    )
    theirs = select(other.c.id).where(_is_paid(other), later)
    merged = theirs.join(record, record.c.id == other.c.person_id)
    return or_(
        theirs.where(other.c.person_id == person).exists(),
        merged.where(record.c.merged_into == person).exists(),
    )


def _said(person: Any, kind: str, since: datetime) -> Any:
    """Whether something of this kind waits for the person, or was said to them since."""
    row, record = outreach.alias(), people.alias()
    theirs = select(row.c.id).where(
        row.c.kind == kind,
        or_(row.c.state == "waiting", and_(row.c.state == "sent", row.c.ended_at > since)),
    )
    merged = theirs.join(record, record.c.id == row.c.person_id)
    return or_(
        theirs.where(row.c.person_id == person).exists(),
        merged.where(record.c.merged_into == person).exists(),
    )


async def _writes_from(tx: Tx, person_id: int) -> int | None:
    wished = (await preferences.of_person(tx, person_id)).channel
    last = func.max(conversations.c.last_inbound_at)
    records = select(people.c.id).where(
        or_(people.c.id == person_id, people.c.merged_into == person_id)
    )
    query = (
        select(identities.c.customer_id)
        .join(customers, customers.c.id == identities.c.customer_id)
        .outerjoin(conversations, conversations.c.customer_id == identities.c.customer_id)
        .where(identities.c.ended_at.is_(None), identities.c.person_id.in_(records))
        .group_by(identities.c.customer_id, customers.c.channel)
        .order_by(customers.c.channel != wished, last.is_(None), last.desc())
        .limit(1)
    )
    found: int | None = (await tx.execute(query)).scalar_one_or_none()
    return found


def _record(of: str, row: Any) -> Record:
    person_id = row.get("root", row["person_id"])
    if of == "repair":
        return Record(
            row["code"], person_id, row["state"], row["item"], row["promised_at"], None, False
        )
    items = row["items"]
    return Record(
        row["code"],
        person_id,
        row["state"],
        str(items[0]["name"]) if items else "",
        row["promised_at"],
        row["delivered_at"],
        row["returned_at"] is not None,
        row["paid_at"],
        row["warranty_until"],
    )
