"""What customers asked and the assistant had no good answer to, and what the support team made of
it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from bot.storage.counted import counts
from bot.storage.db import Tx, insert_once
from bot.storage.people import ROOT, with_person
from bot.storage.tables import (
    conversations,
    customers,
    messages,
    people,
    unanswered,
)


@dataclass(frozen=True)
class Unanswered:
    """One message of a customer's that had no good answer."""

    message_id: int
    conversation_id: int
    channel: str
    text: str
    asker: int  # the person, as far as we know
    names: tuple[str, ...]  # what they are called
    why: str
    guess: str  # the likeliest intent, "" when nobody knows
    at: datetime
    verdict: str  # example, faq, out_of_scope or skipped; "" while it is open
    settled_at: datetime | None


async def note(tx: Tx, message_id: int, why: str, guess: str, now: datetime) -> None:
    """Write a message down; one that is there keeps all but its reason."""
    values = {"message_id": message_id, "why": why, "guess": guess, "asked_at": now}
    if not await insert_once(tx, unanswered, values):
        same = unanswered.c.message_id == message_id
        await tx.execute(update(unanswered).where(same).values(why=why))


async def since(tx: Tx, moment: datetime) -> list[Unanswered]:
    """All since then, the oldest first; without what figures leave out, what was taken back and
    what has no words."""
    query = with_person(
        select(
            unanswered,
            messages.c.conversation_id,
            messages.c.content["text"].as_string().label("text"),
            messages.c.meta["recalled"].as_string().label("recalled"),
            customers.c.channel,
            customers.c.name,
            people.c.name.label("person"),
            func.coalesce(ROOT, -customers.c.id).label("asker"),
        )
        .join(messages, messages.c.id == unanswered.c.message_id)
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .join(customers, customers.c.id == conversations.c.customer_id)
    )
    query = query.where(unanswered.c.asked_at >= moment, counts).order_by(unanswered.c.message_id)
    return [
        Unanswered(
            row["message_id"],
            row["conversation_id"],
            row["channel"],
            row["text"],
            row["asker"],
            tuple(each for each in (row["name"], row["person"]) if each),
            row["why"],
            row["guess"],
            row["asked_at"],
            row["verdict"],
            row["settled_at"],
        )
        for row in (await tx.execute(query)).mappings()
        if (row["text"] or "").strip() and not row["recalled"]
    ]


async def settle(
    tx: Tx, ids: Collection[int], verdict: str, user_id: int | None, now: datetime
) -> None:
    """Note what was made of these messages; what was settled before stays so."""
    await tx.execute(
        update(unanswered)
        .where(unanswered.c.message_id.in_(ids), unanswered.c.verdict == "")
        .values(verdict=verdict, settled_by=user_id, settled_at=now)
    )
