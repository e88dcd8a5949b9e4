"""The care calendar: what we mean to write of ourselves, to whom, and what became of it, as the
console lists it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from bot.models import Outreach
from bot.storage.db import Tx
from bot.storage.tables import campaigns, customers, outreach, people, users

STATES = ("waiting", "sent", "refused", "cancelled", "held_out")


@dataclass(frozen=True)
class Entry:
    """One line of the calendar."""

    planned: Outreach
    name: str  # the customer's, "" when nobody knows it
    channel: str
    campaign: str  # its name
    by: str  # who moved or cancelled it


@dataclass(frozen=True)
class Filters:
    """Which lines: those due in [since, until)."""

    since: datetime
    until: datetime
    kind: str = ""
    state: str = ""


async def page(tx: Tx, asked: Filters, limit: int, offset: int = 0) -> list[Entry]:
    """Lines in the order in which they are due."""
    query = (
        select(
            outreach,
            func.coalesce(func.nullif(people.c.name, ""), customers.c.name).label("person"),
            customers.c.channel,
            campaigns.c.name.label("campaign"),
            users.c.name.label("by"),
        )
        .join(customers, customers.c.id == outreach.c.customer_id)
        .outerjoin(people, people.c.id == outreach.c.person_id)
        .outerjoin(campaigns, campaigns.c.id == outreach.c.campaign_id)
        .outerjoin(users, users.c.id == outreach.c.user_id)
        .where(*_conditions(asked))
        .order_by(outreach.c.due_at, outreach.c.id)
        .limit(limit)
        .offset(offset)
    )
    return [_entry(row) for row in (await tx.execute(query)).mappings()]


async def count(tx: Tx, asked: Filters) -> int:
    query = select(func.count()).select_from(outreach).where(*_conditions(asked))
    return int((await tx.execute(query)).scalar_one())


async def kinds(tx: Tx) -> list[str]:
    """What was ever planned."""
    query = select(outreach.c.kind).distinct().order_by(outreach.c.kind)
    return list((await tx.execute(query)).scalars())


def _conditions(asked: Filters) -> list[Any]:
    wanted = [outreach.c.due_at >= asked.since, outreach.c.due_at < asked.until]
    if asked.kind:
        wanted.append(outreach.c.kind == asked.kind)
    if asked.state:
        wanted.append(outreach.c.state == asked.state)
    return wanted


def _entry(row: Any) -> Entry:
    planned = Outreach(**{name: row[name] for name in Outreach.__dataclass_fields__})
    return Entry(planned, row["person"], row["channel"], row["campaign"] or "", row["by"] or "")
