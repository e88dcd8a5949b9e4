"""The shop's records, as the plan of care reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, literal, or_, select

from bot.storage import preferences
from bot.storage.db import Tx
from bot.storage.people import ROOT
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
class Record:
    """An order or a repair."""

    code: str
    person_id: int
    state: str
    item: str  # the first of the goods
    promised_at: datetime | None
    delivered_at: datetime | None
    returned: bool  # the goods came back to us; of a repair never


async def unplanned(
    tx: Tx,
    kind: str,
    of: str,
    since: str,
    states: Sequence[str],
    begins: datetime,
    ends: datetime,
    limit: int,
) -> list[tuple[Record, int]]:
    """Records in these states whose moment lies in (begins, ends], for which nothing of this kind
    was ever planned, and the customer to write to: on the channel that the person prefers, or where
    they wrote last."""
    table = TABLES[of]
    planned = select(outreach.c.id).where(
        outreach.c.key == literal(f"{kind}:", type_=outreach.c.key.type).concat(table.c.code)
    )
    moment = table.c[since]
    query = (
        select(table, ROOT.label("root"))
        .join(people, people.c.id == table.c.person_id)
        .where(table.c.state.in_(states), moment > begins, moment <= ends)
        .where(~planned.exists(), _writes(ROOT))
        .order_by(moment, table.c.id)
        .limit(limit)
    )
    rows = (await tx.execute(query)).mappings().all()
    found = []
    for row in rows:
        customer_id = await _writes_from(tx, row["root"])
        if customer_id is not None:
            found.append((_record(of, row), customer_id))
    return found


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
            row["code"],
            row["person_id"],
            row["state"],
            row["item"],
            row["promised_at"],
            None,
            False,
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
    )
