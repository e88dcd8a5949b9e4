"""Campaigns: one text to many people. Whom it is planned for stands in outreach."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from bot.storage.db import Tx, insert
from bot.storage.people import ROOT
from bot.storage.reach import LOST
from bot.storage.tables import campaigns, conversations, messages, orders, outreach, people

DRAFT, RUNNING, PAUSED, DONE, CANCELLED = "draft", "running", "paused", "done", "cancelled"


@dataclass(frozen=True)
class Campaign:
    """One campaign as it is stored."""

    id: int
    name: str
    purpose: str  # a bot.permission.Purpose
    content: Mapping[str, Any]  # text, product; planned: everybody is in outreach
    segment: Mapping[str, Any]  # as bot.campaigns reads it
    channels: Sequence[str]  # that may be used; all when there are none
    holdout: int  # percent who get nothing
    state: str  # draft, running, paused, done, cancelled
    starts_at: datetime | None


@dataclass(frozen=True)
class Told:
    """One person of a campaign, and what they did since."""

    person_id: int
    state: str  # sent or held_out
    at: datetime  # when they were written to, or would have been
    ordered_at: Sequence[datetime]
    wrote_at: Sequence[datetime]


def _campaign(row: Any) -> Campaign:
    return Campaign(**{name: row[name] for name in Campaign.__dataclass_fields__})


async def add(tx: Tx, values: Mapping[str, Any], user_id: int | None, now: datetime) -> int:
    """A new draft, which has nothing to say yet but these values."""
    moments = {"created_at": now, "changed_at": now, "created_by": user_id}
    return await insert(tx, campaigns, {**values, **moments, "state": DRAFT})


async def save(tx: Tx, campaign_id: int, values: Mapping[str, Any], now: datetime) -> bool:
    """Change a draft. False when it is none any more."""
    this = (campaigns.c.id == campaign_id, campaigns.c.state == DRAFT)
    changed = await tx.execute(
        update(campaigns).where(*this).values(**dict(values), changed_at=now)
    )
    return bool(changed.rowcount)


async def move(tx: Tx, campaign_id: int, states: Collection[str], to: str, now: datetime) -> bool:
    """Bring one in any of these states into another. False when it is in none of them."""
    this = (campaigns.c.id == campaign_id, campaigns.c.state.in_(states))
    moved = await tx.execute(update(campaigns).where(*this).values(state=to, changed_at=now))
    return bool(moved.rowcount)


async def planned(tx: Tx, campaign: Campaign) -> None:
    """Everybody is in outreach now."""
    content = {**campaign.content, "planned": True}
    await tx.execute(update(campaigns).where(campaigns.c.id == campaign.id).values(content=content))


async def by_id(tx: Tx, campaign_id: int) -> Campaign | None:
    query = select(campaigns).where(campaigns.c.id == campaign_id)
    row = (await tx.execute(query)).mappings().one_or_none()
    return _campaign(row) if row else None


async def everything(tx: Tx) -> list[Campaign]:
    """All campaigns, the newest first."""
    rows = await tx.execute(select(campaigns).order_by(campaigns.c.id.desc()))
    return [_campaign(row) for row in rows.mappings()]


async def running(tx: Tx) -> list[Campaign]:
    query = select(campaigns).where(campaigns.c.state == RUNNING).order_by(campaigns.c.id)
    return [_campaign(row) for row in (await tx.execute(query)).mappings()]


async def counts(tx: Tx, campaign_id: int) -> dict[tuple[str, str], int]:
    """How many people, by state and reason."""
    query = (
        select(outreach.c.state, outreach.c.reason, func.count())
        .where(outreach.c.campaign_id == campaign_id)
        .group_by(outreach.c.state, outreach.c.reason)
    )
    return {(state, reason): count for state, reason, count in await tx.execute(query)}


async def drop(tx: Tx, campaign_id: int, now: datetime, user_id: int) -> None:
    """What still waits is not said any more."""
    this = (outreach.c.campaign_id == campaign_id, outreach.c.state == "waiting")
    ended = {"state": "cancelled", "ended_at": now, "user_id": user_id, "held_until": None}
    await tx.execute(update(outreach).where(*this).values(**ended))


async def told(tx: Tx, campaign_id: int) -> list[Told]:
    """Everybody who was written to or held out."""
    query = select(outreach).where(
        outreach.c.campaign_id == campaign_id, outreach.c.state.in_(("sent", "held_out"))
    )
    rows = (await tx.execute(query)).mappings().all()
    if not rows:
        return []
    mine = select(outreach.c.person_id).where(outreach.c.campaign_id == campaign_id)
    first = min(row["due_at"] for row in rows)
    bought = (
        select(ROOT, orders.c.ordered_at)
        .join(orders, orders.c.person_id == people.c.id)
        .where(ROOT.in_(mine), orders.c.ordered_at > first, orders.c.state.not_in(LOST))
    )
    ordered: dict[int, list[datetime]] = {}
    for person_id, at in await tx.execute(bought):
        ordered.setdefault(person_id, []).append(at)
    theirs = select(outreach.c.customer_id).where(outreach.c.campaign_id == campaign_id)
    said = (
        select(conversations.c.customer_id, messages.c.created_at)
        .join(messages, messages.c.conversation_id == conversations.c.id)
        .where(
            conversations.c.customer_id.in_(theirs),
            messages.c.author == "customer",
            messages.c.created_at > first,
        )
    )
    wrote: dict[int, list[datetime]] = {}
    for customer_id, at in await tx.execute(said):
        wrote.setdefault(customer_id, []).append(at)
    return [
        Told(
            row["person_id"],
            row["state"],
            row["ended_at"] or row["due_at"],
            ordered.get(row["person_id"], ()),
            wrote.get(row["customer_id"], ()),
        )
        for row in rows
    ]
