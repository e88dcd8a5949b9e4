"""Where and when people would like to hear from us of ourselves."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import insert, or_, select, update

from bot.storage.db import Tx
from bot.storage.people import ROOT
from bot.storage.tables import identities, people, preferences


@dataclass(frozen=True)
class Preference:
    """What one person wishes."""

    channel: str = ""  # "" for any
    hours: tuple[time, time] | None = None  # in Vietnam; None for any


ANY = Preference()


def _preference(row: Any) -> Preference:
    hours = (time.fromisoformat(row.opens), time.fromisoformat(row.closes)) if row.opens else None
    return Preference(row.channel, hours)


def newest_of(person: Any) -> Any:
    """The wish noted last of the person with this main record, in whichever of their records."""
    of_theirs = select(people.c.id).where(
        or_(people.c.id == person, people.c.merged_into == person)
    )
    return (
        select(preferences)
        .where(preferences.c.person_id.in_(of_theirs))
        .order_by(preferences.c.changed_at.desc(), preferences.c.person_id)
        .limit(1)
    )


async def of_person(tx: Tx, person_id: int) -> Preference:
    """What the person with this main record wishes."""
    row = (await tx.execute(newest_of(person_id))).one_or_none()
    return _preference(row) if row else ANY


async def of_customer(tx: Tx, customer_id: int) -> Preference:
    """The same of whoever is proved to be a person."""
    person = (
        select(ROOT)
        .join(identities, identities.c.person_id == people.c.id)
        .where(identities.c.customer_id == customer_id, identities.c.ended_at.is_(None))
        .scalar_subquery()
    )
    row = (await tx.execute(newest_of(person))).one_or_none()
    return _preference(row) if row else ANY


async def of_customers(tx: Tx, customer_ids: Collection[int]) -> dict[int, Preference]:
    """The same of many at once, by customer; nothing of those who wish nothing."""
    proved = (
        select(identities.c.customer_id, ROOT.label("main"))
        .join(people, people.c.id == identities.c.person_id)
        .where(identities.c.customer_id.in_(customer_ids), identities.c.ended_at.is_(None))
    )
    mains = {row.customer_id: row.main for row in await tx.execute(proved)}
    persons = set(mains.values())
    noted = (
        select(preferences, ROOT.label("main"))
        .join(people, people.c.id == preferences.c.person_id)
        .where(or_(people.c.id.in_(persons), people.c.merged_into.in_(persons)))
        .order_by(preferences.c.changed_at, preferences.c.person_id.desc())
    )
    wishes = {row.main: _preference(row) for row in await tx.execute(noted)}
    return {customer: wishes[main] for customer, main in mains.items() if main in wishes}


async def save(
    tx: Tx, person_id: int, wish: Preference, now: datetime, user_id: int | None
) -> None:
    """Note what the person with this main record wishes from now on."""
    opens, closes = (f"{each:%H:%M}" for each in wish.hours) if wish.hours else ("", "")
    values: dict[str, Any] = {"channel": wish.channel, "opens": opens, "closes": closes}
    values |= {"user_id": user_id, "changed_at": now}
    this = preferences.c.person_id == person_id
    changed = await tx.execute(update(preferences).where(this).values(**values))
    if not changed.rowcount:
        await tx.execute(insert(preferences).values(person_id=person_id, **values))
