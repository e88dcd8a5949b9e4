"""What was said in the talks that figures are reckoned from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import select

from bot.figures.assistant import BotTurn
from bot.figures.engagement import Inbound
from bot.figures.service import Said
from bot.figures.topic import topic_of
from bot.models import Author
from bot.storage.db import Tx
from bot.storage.tables import conversations, messages

NOT_UNDERSTOOD: Final = ("utter_fallback", "utter_offer_person")


@dataclass
class Heard:
    """What was said in one talk."""

    said: list[Said] = field(default_factory=list)
    turns: dict[tuple[int, ...], BotTurn] = field(default_factory=dict)  # by what they answer
    messages: int = 0  # of the customer, the assistant and people
    topics: set[str] = field(default_factory=set)
    orders: set[str] = field(default_factory=set)


async def messages_of(
    tx: Tx, near: Any, people: Mapping[int, int], heard: Mapping[int, Heard]
) -> list[Inbound]:
    """Put what was said into its talk. What customers sent; `people` are by talk."""
    query = (
        select(
            messages.c.id,
            messages.c.conversation_id,
            messages.c.author,
            messages.c.internal,
            messages.c.created_at,
            messages.c.content["attachments"][0]["kind"].as_string().label("kind"),
        )
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(near)
        .order_by(messages.c.id)
    )
    inbound = []
    for id, talk, author, internal, at, kind in await tx.execute(query):
        found = heard.get(talk)
        if found is None:  # begun since the talks were read
            continue
        found.said.append(Said(id, at, Author(author), internal))
        found.messages += not internal and author != Author.SYSTEM.value
        if author == Author.CUSTOMER.value:
            inbound.append(Inbound(id, people[talk], at, kind != "sticker"))
    return inbound


async def turns_of(tx: Tx, near: Any, heard: Mapping[int, Heard]) -> None:
    """Put the assistant's turns into their talks, with what they were about."""
    query = (
        select(messages.c.id, messages.c.conversation_id, messages.c.created_at, messages.c.meta)
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(near, messages.c.author == Author.BOT.value)
        .order_by(messages.c.id)
    )
    for id, talk, at, meta in await tx.execute(query):
        found, answers = heard.get(talk), tuple(meta.get("answers") or ())
        if found is None or not answers:  # what it said of itself answers nobody
            continue
        intent = str(meta.get("intent") or "")
        lost = meta.get("response") in NOT_UNDERSTOOD
        before = found.turns.get(answers)
        found.turns[answers] = BotTurn(
            before.id if before else id,
            before.at if before else at,
            understood=not lost and (before is None or before.understood),
            out_of_scope=intent == "out_of_scope",
        )
        if topic := topic_of(intent):
            found.topics.add(topic)
        found.orders |= {
            str(entity["value"])
            for entity in meta.get("entities") or ()
            if entity["entity"] == "order_code"
        }
