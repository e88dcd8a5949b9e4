"""Answers of the assistant, and what colleagues think of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, func, select, update

from bot.figures.assistant import UNHAPPY, Reviewed
from bot.figures.figure import Window
from bot.models import Author, Message
from bot.storage import messages as transcripts
from bot.storage.counted import counts
from bot.storage.db import Tx, insert_once
from bot.storage.tables import (
    complaints,
    conversations,
    customers,
    messages,
    reviews,
    survey_answers,
    surveys,
    users,
)

BUBBLES: Final = 20  # of one answer


@dataclass(frozen=True)
class Review:
    """What a colleague thinks of an answer."""

    verdict: str  # right, wrong, clumsy
    by: str
    at: datetime


@dataclass(frozen=True)
class Answer:
    """An answer with what it answers."""

    conversation_id: int
    channel: str
    asked: Sequence[Message]
    said: Sequence[Message]


@dataclass(frozen=True)
class Trouble:
    """A talk that has to be looked at."""

    conversation_id: int
    customer: str
    channel: str
    kind: str  # complaint or mark
    at: datetime


async def answers(tx: Tx, window: Window) -> list[int]:
    """The first bubbles of all that the assistant answered in the window."""
    near = and_(
        conversations.c.last_message_at >= window.start,
        conversations.c.created_at < window.end,
        counts,
    )
    query = (
        select(messages.c.id, messages.c.conversation_id, _ANSWERS, messages.c.created_at)
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(near, messages.c.author == Author.BOT.value)
        .order_by(messages.c.id)
    )
    first: dict[tuple[int, int], tuple[int, datetime]] = {}
    for id, talk, answered, at in await tx.execute(query):
        if answered is not None:  # what it said of itself answers nobody
            first.setdefault((talk, answered), (id, at))
    return [id for id, at in first.values() if at in window]


_ANSWERS: Any = messages.c.meta["answers"][0].as_integer()


async def answer(tx: Tx, message_id: int) -> Answer | None:
    """The answer that begins with this bubble."""
    first = await transcripts.by_id(tx, message_id)
    answered = first.meta.get("answers") if first else None
    if first is None or not answered or first.author is not Author.BOT:
        return None
    query = (
        select(messages.c.id)
        .where(
            messages.c.conversation_id == first.conversation_id,
            messages.c.author == Author.BOT.value,
            messages.c.id >= first.id,
            answered[0] == _ANSWERS,
        )
        .order_by(messages.c.id)
        .limit(BUBBLES)
    )
    said = list((await tx.execute(query)).scalars())
    known = await transcripts.by_ids(tx, [*answered, *said])
    asked = [known[id] for id in answered if id in known]
    return Answer(first.conversation_id, first.channel, asked, [known[id] for id in said])


async def of(tx: Tx, ids: Collection[int]) -> dict[int, Review]:
    """What is thought of these answers so far."""
    query = (
        select(reviews.c.message_id, reviews.c.verdict, users.c.name, reviews.c.reviewed_at)
        .join(users, users.c.id == reviews.c.user_id)
        .where(reviews.c.message_id.in_(ids))
    )
    return {id: Review(verdict, by, at) for id, verdict, by, at in await tx.execute(query)}


async def judge(tx: Tx, message_id: int, verdict: str, user_id: int, now: datetime) -> None:
    """Note what a colleague thinks; a second thought takes the first one's place."""
    values = {"verdict": verdict, "user_id": user_id, "reviewed_at": now}
    if not await insert_once(tx, reviews, {"message_id": message_id, **values}):
        query = update(reviews).where(reviews.c.message_id == message_id)
        await tx.execute(query.values(**values))


async def read(tx: Tx, near: Any) -> dict[int, list[Reviewed]]:
    """All judged answers of the talks, by talk. Only what was drawn can be judged."""
    query = (
        select(messages.c.id, messages.c.conversation_id, messages.c.created_at, reviews.c.verdict)
        .join(reviews, reviews.c.message_id == messages.c.id)
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(near)
    )
    found: dict[int, list[Reviewed]] = {}
    for id, talk, at, verdict in await tx.execute(query):
        found.setdefault(talk, []).append(Reviewed(id, at, verdict == "wrong", at_random=True))
    return found


async def troubled(tx: Tx, window: Window) -> list[Trouble]:
    """The talks of the window about which somebody complained or gave a low mark."""
    complained = select(
        complaints.c.conversation_id.label("talk"), complaints.c.opened_at.label("at")
    ).where(complaints.c.opened_at >= window.start, complaints.c.opened_at < window.end)
    marked = (
        select(surveys.c.conversation_id, func.min(survey_answers.c.answered_at))
        .join(survey_answers, survey_answers.c.survey_id == surveys.c.id)
        .where(
            surveys.c.kind == "csat",
            survey_answers.c.mark <= UNHAPPY,
            survey_answers.c.answered_at >= window.start,
            survey_answers.c.answered_at < window.end,
        )
        .group_by(surveys.c.conversation_id)
    )
    found: list[Trouble] = []
    for kind, query in (("complaint", complained), ("mark", marked)):
        rows = {talk: at for talk, at in await tx.execute(query) if talk is not None}
        whose = (
            select(conversations.c.id, customers.c.id, customers.c.name, customers.c.channel)
            .join(customers, customers.c.id == conversations.c.customer_id)
            .where(conversations.c.id.in_(rows), counts)
        )
        for talk, customer, name, channel in await tx.execute(whose):
            found.append(Trouble(talk, name or f"#{customer}", channel, kind, rows[talk]))
    return sorted(found, key=lambda each: (each.at, each.conversation_id))
