"""What was said in the talks that figures are reckoned from. What can be counted by the database
is: a month of a busy shop is tens of thousands of messages."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import and_, case, func, select

from bot.figures.assistant import BotTurn
from bot.figures.engagement import Inbound
from bot.figures.figure import Window
from bot.figures.service import Said
from bot.figures.topic import topic_of
from bot.models import Author
from bot.storage.db import Tx
from bot.storage.messages import by_ids
from bot.storage.people import with_person
from bot.storage.tables import (
    conversations,
    customers,
    handoffs,
    messages,
    outreach,
    people,
)

NOT_UNDERSTOOD: Final = ("utter_fallback", "utter_offer_person")


@dataclass
class Heard:
    """What was said in one talk."""

    messages: int = 0  # of the customer, the assistant and people
    with_assistant: bool = False  # a customer wrote, and no colleague had begun it in an app
    said: list[Said] = field(default_factory=list)  # if it went to people
    turns: dict[int, BotTurn] = field(default_factory=dict)  # by the first message they answer
    topics: set[str] = field(default_factory=set)
    orders: set[str] = field(default_factory=set)


async def counted(
    tx: Tx, near: Any, window: Window, people: Mapping[int, int], heard: Mapping[int, Heard]
) -> list[Inbound]:
    """Count what was said in each talk. Of each, what the customer sent first in the window;
    `people` are by talk."""
    by = messages.c.author
    aloud = and_(messages.c.internal.is_(False), by != Author.SYSTEM.value)
    heard_then = and_(
        by == Author.CUSTOMER.value,
        messages.c.created_at >= window.start,
        messages.c.created_at < window.end,
    )

    def first(condition: Any, column: Any) -> Any:
        return func.min(case((condition, column)))

    query = (
        select(
            messages.c.conversation_id,
            func.count(case((aloud, messages.c.id))),
            first(aloud, messages.c.id),
            first(and_(aloud, by == Author.AGENT.value), messages.c.id),
            first(by == Author.CUSTOMER.value, messages.c.id),
            first(heard_then, messages.c.id),
            first(heard_then, messages.c.created_at),
        )
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(near)
        .group_by(messages.c.conversation_id)
    )
    inbound = []
    for talk, count, begun, by_agent, by_customer, id, at in await tx.execute(query):
        if talk in heard:  # else begun since the talks were read
            heard[talk].messages = count
            heard[talk].with_assistant = by_customer is not None and by_agent != begun
            if id is not None:
                inbound.append(Inbound(id, people[talk], at))
    return inbound


async def answers_to_us(
    tx: Tx, near: Any, window: Window, people: Mapping[int, int]
) -> list[Inbound]:
    """All that was sent by those whom we wrote to first in the window."""
    written_to = (
        select(outreach.c.id)
        .where(
            outreach.c.customer_id == conversations.c.customer_id,
            outreach.c.state == "sent",
            outreach.c.ended_at >= window.start,
            outreach.c.ended_at < window.end,
        )
        .exists()
    )
    kind = messages.c.content["attachments"][0]["kind"].as_string()
    query = (
        select(messages.c.id, messages.c.conversation_id, messages.c.created_at, kind)
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(near, messages.c.author == Author.CUSTOMER.value, written_to)
    )
    return [
        Inbound(id, people[talk], at, file != "sticker")
        for id, talk, at, file in await tx.execute(query)
        if talk in people
    ]


async def said_to_people(tx: Tx, near: Any, heard: Mapping[int, Heard]) -> None:
    """Put into the talks that went to people what was said."""
    handed = select(handoffs.c.id).where(handoffs.c.conversation_id == conversations.c.id).exists()
    columns = ("id", "conversation_id", "author", "internal", "created_at")
    query = (
        select(*(messages.c[name] for name in columns))
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(near, handed)
        .order_by(messages.c.id)
    )
    for id, talk, author, internal, at in await tx.execute(query):
        if talk in heard:
            heard[talk].said.append(Said(id, at, Author(author), internal))


async def turns_of(tx: Tx, near: Any, heard: Mapping[int, Heard]) -> None:
    """Put the assistant's turns into their talks, with what they were about."""
    query = (
        select(
            messages.c.id,
            messages.c.conversation_id,
            messages.c.created_at,
            messages.c.meta["answers"][0].as_integer(),
            messages.c.meta["intent"].as_string(),
            messages.c.meta["response"].as_string(),
            messages.c.meta["entities"].as_string(),
        )
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(near, messages.c.author == Author.BOT.value)
        .order_by(messages.c.id)
    )
    for id, talk, at, answers, intent, response, entities in await tx.execute(query):
        if talk not in heard or answers is None:  # what it said of itself answers nobody
            continue
        found, lost = heard[talk], response in NOT_UNDERSTOOD
        before = found.turns.get(answers)
        found.turns[answers] = BotTurn(
            before.id if before else id,
            before.at if before else at,
            understood=not lost and (before is None or before.understood),
            out_of_scope=intent == "out_of_scope",
        )
        if topic := topic_of(intent or ""):
            found.topics.add(topic)
        if entities and "order_code" in entities:
            found.orders |= {
                str(entity["value"])
                for entity in json.loads(entities)
                if entity["entity"] == "order_code"
            }


async def asked(tx: Tx, replies: Sequence[int]) -> list[tuple[str, Sequence[str]]]:
    """What customers had said to which the assistant replied with these messages, and what they
    are called, on their channel and in the shop's records."""
    known = (await by_ids(tx, replies)).values()
    of = {min(reply.meta["answers"]) for reply in known if reply.meta.get("answers")}
    query = with_person(
        select(messages.c.id, messages.c.content, customers.c.name, people.c.name.label("person"))
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .join(customers, customers.c.id == conversations.c.customer_id)
    )
    query = query.where(messages.c.id.in_(of)).order_by(messages.c.id)
    return [
        (str(row.content.get("text") or ""), [each for each in (row.name, row.person) if each])
        for row in await tx.execute(query)
    ]
