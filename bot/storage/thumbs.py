"""Whether the assistant's answers were of help, as customers said when they were asked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, bindparam, cast, func, select, update

from bot.storage.counted import counts
from bot.storage.db import Tx, insert_once
from bot.storage.tables import conversations, messages, thumbs

_ASKED = (
    select(thumbs.c.message_id)
    .where(
        thumbs.c.customer_id.in_(bindparam("customers", expanding=True)),
        thumbs.c.asked_at > bindparam("since"),
    )
    .limit(1)
)


@dataclass(frozen=True)
class Helped:
    """What came of asking about the answers to one intent."""

    asked: int
    answered: int
    helped: int


async def ask(tx: Tx, message_id: int, customer_id: int, intent: str, now: datetime) -> None:
    """Whether the answer to this message helps is being asked."""
    values = {"message_id": message_id, "customer_id": customer_id, "intent": intent}
    await insert_once(tx, thumbs, {**values, "asked_at": now})


async def asked_since(tx: Tx, customers: Collection[int], since: datetime) -> bool:
    """Whether one of these customers was asked since then."""
    key = {"customers": list(customers), "since": since}
    return (await tx.execute(_ASKED, key)).first() is not None


async def answer(tx: Tx, message_id: int, helped: bool, now: datetime) -> None:
    """Note the answer; a second thought takes the first one's place."""
    this = thumbs.c.message_id == message_id
    await tx.execute(update(thumbs).where(this).values(helped=helped, answered_at=now))


async def by_intent(tx: Tx, since: datetime) -> dict[str, Helped]:
    """What came of asking since then, without what figures leave out."""
    query = (
        select(
            thumbs.c.intent,
            func.count(),
            func.count(thumbs.c.helped),
            func.sum(cast(thumbs.c.helped, Integer)),
        )
        .join(messages, messages.c.id == thumbs.c.message_id)
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(thumbs.c.asked_at >= since, counts)
        .group_by(thumbs.c.intent)
    )
    return {
        intent: Helped(asked, answered, int(helped or 0))
        for intent, asked, answered, helped in await tx.execute(query)
    }
