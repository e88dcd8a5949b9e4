"""What tells that a customer may leave, as it happened, and who took care of them since."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, func, or_, select

from bot.figures.at_risk import CSAT_UP_TO, NPS_UP_TO, again
from bot.figures.figure import Window
from bot.models import Author
from bot.storage import figures
from bot.storage.counted import counts
from bot.storage.db import Tx
from bot.storage.people import CALLED, ROOT, with_person
from bot.storage.tables import (
    conversations,
    customers,
    handoffs,
    identities,
    messages,
    people,
    promises,
    survey_answers,
    surveys,
)

WHY: Final = ("csat", "nps", "again", "breach")
_TALK: Final = func.coalesce(surveys.c.conversation_id, surveys.c.asked_in)


@dataclass(frozen=True)
class Sign:
    """One bad experience of a customer."""

    why: str  # of WHY
    at: datetime
    conversation_id: int
    mark: int | None = None
    customer_id: int = 0
    customer: str = ""
    channel: str = ""
    person_id: int | None = None
    team: str = ""
    promised_for: datetime | None = None  # a follow-up is on somebody's list
    followed_at: datetime | None = None


async def signs(tx: Tx, since: datetime, now: datetime) -> list[Sign]:
    """Since then, the newest first; what figures leave out is left out here."""
    found = [*await _marks(tx, since), *await _breaches(tx, since), *await _again(tx, since, now)]
    talks = await _talks(tx, {each.conversation_id for each in found})
    named = [
        replace(each, **talks[each.conversation_id])
        for each in found
        if each.conversation_id in talks
    ]
    followed = await _followed(tx, named, since)
    whole = [replace(each, **_after(each, followed)) for each in named]
    return sorted(whole, key=lambda each: (each.at, each.conversation_id), reverse=True)


async def _marks(tx: Tx, since: datetime) -> list[Sign]:
    low = or_(
        and_(surveys.c.kind == "csat", survey_answers.c.mark <= CSAT_UP_TO),
        and_(surveys.c.kind == "nps", survey_answers.c.mark <= NPS_UP_TO),
    )
    query = (
        select(surveys.c.kind, survey_answers.c.mark, survey_answers.c.answered_at, _TALK)
        .join(surveys, surveys.c.id == survey_answers.c.survey_id)
        .where(survey_answers.c.answered_at >= since, low, _TALK.is_not(None))
    )
    return [Sign(kind, at, talk, mark) for kind, mark, at, talk in await tx.execute(query)]


async def _breaches(tx: Tx, since: datetime) -> list[Sign]:
    query = select(handoffs.c.breached_at, handoffs.c.conversation_id)
    query = query.where(handoffs.c.breached_at >= since)
    return [Sign("breach", at, talk) for at, talk in await tx.execute(query)]


async def _again(tx: Tx, since: datetime, now: datetime) -> list[Sign]:
    facts = await figures.read(tx, Window(since - figures.AROUND, now + timedelta(seconds=1)), now)
    return [
        Sign("again", each.begun_at, each.id)
        for each in again(facts.contacts)
        if each.begun_at >= since
    ]


async def _talks(tx: Tx, ids: Collection[int]) -> dict[int, Mapping[str, Any]]:
    """Whose talks these are, without those that figures leave out."""
    team = (
        select(handoffs.c.team)
        .where(handoffs.c.conversation_id == conversations.c.id)
        .order_by(handoffs.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = with_person(
        select(
            conversations.c.id,
            conversations.c.customer_id,
            customers.c.channel,
            CALLED.label("customer"),
            ROOT.label("person_id"),
            team.label("team"),
        ).join(customers, customers.c.id == conversations.c.customer_id)
    )
    query = query.where(conversations.c.id.in_(ids), counts)
    names = ("customer_id", "channel", "customer", "person_id")
    return {
        row["id"]: {**{name: row[name] for name in names}, "team": row["team"] or ""}
        for row in (await tx.execute(query)).mappings()
    }


@dataclass(frozen=True)
class _Care:
    """What was done since, by customer of a channel and by talk."""

    said: Mapping[int, list[datetime]]
    accounts: Mapping[int, set[int]]  # by person
    promised: Mapping[int, list[Any]]


async def _followed(tx: Tx, found: Collection[Sign], since: datetime) -> _Care:
    persons = {each.person_id for each in found} - {None}
    query = (
        select(ROOT, identities.c.customer_id)
        .join(people, people.c.id == identities.c.person_id)
        .where(identities.c.ended_at.is_(None), ROOT.in_(persons))
    )
    accounts: dict[int, set[int]] = {}
    for person, customer in await tx.execute(query):
        accounts.setdefault(person, set()).add(customer)
    everyone = {each.customer_id for each in found}.union(*accounts.values())
    spoke = (
        select(conversations.c.customer_id, messages.c.created_at)
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(
            messages.c.author == Author.AGENT.value,
            messages.c.internal.is_(False),
            messages.c.created_at >= since,
            conversations.c.customer_id.in_(everyone),
        )
        .order_by(messages.c.created_at)
    )
    said: dict[int, list[datetime]] = {}
    for customer, at in await tx.execute(spoke):
        said.setdefault(customer, []).append(at)
    given = select(promises).where(
        promises.c.kind == "follow_up",
        promises.c.created_at >= since,
        promises.c.conversation_id.in_({each.conversation_id for each in found}),
    )
    promised: dict[int, list[Any]] = {}
    for row in (await tx.execute(given)).mappings():
        promised.setdefault(row["conversation_id"], []).append(row)
    return _Care(said, accounts, promised)


def _after(sign: Sign, care: _Care) -> dict[str, Any]:
    accounts = care.accounts.get(sign.person_id or 0, set()) | {sign.customer_id}
    spoke = [at for each in accounts for at in care.said.get(each, ()) if at > sign.at]
    promised = [
        row for row in care.promised.get(sign.conversation_id, ()) if row["created_at"] >= sign.at
    ]
    kept = [row["done_at"] for row in promised if row["outcome"] == "kept"]
    waiting = [row["due_at"] for row in promised if row["done_at"] is None]
    return {
        "followed_at": min([*spoke, *kept], default=None),
        "promised_for": min(waiting, default=None),
    }
