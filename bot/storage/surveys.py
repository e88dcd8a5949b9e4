"""Surveys: what a customer was asked about us, and what they answered."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update

from bot.models import Answered
from bot.storage.db import Tx, insert_once
from bot.storage.tables import survey_answers, surveys

_BY_ID = select(surveys).where(surveys.c.id == bindparam("survey"))
_OPEN_OF = select(surveys).where(
    surveys.c.customer_id == bindparam("customer"), surveys.c.ended_at.is_(None)
)


@dataclass(frozen=True)
class Survey:
    """One survey of one customer."""

    id: int
    kind: str  # csat, nps, csi, expectations, leaving
    customer_id: int
    conversation_id: int | None  # the talk that it is about
    about: str  # the order that it is about
    asked_at: datetime
    ended_at: datetime | None
    answered: frozenset[str]  # names of questions
    marks: tuple[int, ...] = ()  # that were given


async def begin(
    tx: Tx,
    kind: str,
    customer_id: int,
    now: datetime,
    *,
    conversation_id: int | None = None,
    about: str = "",
) -> Survey | None:
    """Begin to ask; None when the customer still has another survey before them."""
    values = {
        "kind": kind,
        "customer_id": customer_id,
        "conversation_id": conversation_id,
        "about": about,
        "asked_at": now,
    }
    if not await insert_once(tx, surveys, values):
        return None
    return await open_of(tx, customer_id)


async def open_of(tx: Tx, customer_id: int) -> Survey | None:
    """The survey that the customer has before them."""
    return await _one(tx, _OPEN_OF, customer=customer_id)


async def any_since(tx: Tx, kind: str, customer_id: int, since: datetime) -> bool:
    """Whether the customer was asked one of this kind since then."""
    query = select(surveys.c.id).where(
        surveys.c.customer_id == customer_id, surveys.c.kind == kind, surveys.c.asked_at >= since
    )
    return (await tx.execute(query.limit(1))).first() is not None


async def by_id(tx: Tx, survey_id: int) -> Survey | None:
    return await _one(tx, _BY_ID, survey=survey_id)


async def _one(tx: Tx, query: Any, **key: int) -> Survey | None:
    row = (await tx.execute(query, key)).mappings().one_or_none()
    if row is None:
        return None
    query = select(survey_answers.c.question, survey_answers.c.mark)
    query = query.where(survey_answers.c.survey_id == row["id"]).order_by(survey_answers.c.id)
    names = ("id", "kind", "customer_id", "conversation_id", "about", "asked_at", "ended_at")
    found = (await tx.execute(query)).all()
    return Survey(
        **{name: row[name] for name in names},
        answered=frozenset(each.question for each in found),
        marks=tuple(each.mark for each in found if each.mark is not None),
    )


async def last_asked(
    tx: Tx, accounts: Collection[int], since: datetime, *, but: str = ""
) -> datetime | None:
    """When one of these customers was last asked for a survey, after that time; not counting
    those of the kind `but`."""
    query = select(func.max(surveys.c.asked_at)).where(
        surveys.c.customer_id.in_(accounts), surveys.c.asked_at > since, surveys.c.kind != but
    )
    found: datetime | None = (await tx.execute(query)).scalar_one()
    return found


async def last_mark(tx: Tx, kind: str, accounts: Collection[int]) -> int | None:
    """The newest mark that one of these customers gave in a survey of this kind."""
    query = (
        select(survey_answers.c.mark)
        .join(surveys, surveys.c.id == survey_answers.c.survey_id)
        .where(surveys.c.customer_id.in_(accounts), surveys.c.kind == kind)
        .where(survey_answers.c.mark.is_not(None))
        .order_by(survey_answers.c.answered_at.desc(), survey_answers.c.id.desc())
        .limit(1)
    )
    found: int | None = (await tx.execute(query)).scalar_one_or_none()
    return found


async def chosen(tx: Tx, kind: str, choice: str, since: datetime) -> tuple[int, int]:
    """How many answers of a kind named a choice since then, and how many of them this one."""
    named = (
        select(func.count(), func.count().filter(survey_answers.c.choice == choice))
        .select_from(survey_answers)
        .join(surveys, surveys.c.id == survey_answers.c.survey_id)
        .where(surveys.c.kind == kind, survey_answers.c.choice != "")
        .where(survey_answers.c.answered_at >= since)
    )
    total, those = (await tx.execute(named)).one()
    return total, those


async def answer(tx: Tx, answered: Answered, now: datetime) -> None:
    """Note an answer; a second one to the same question takes the place of the first."""
    values = {
        "survey_id": answered.survey_id,
        "question": answered.question,
        "mark": answered.mark,
        "choice": answered.choice,
        "words": answered.words,
        "message_id": answered.message_id,
        "answered_at": now,
    }
    if not await insert_once(tx, survey_answers, values):
        await tx.execute(
            update(survey_answers)
            .where(
                survey_answers.c.survey_id == answered.survey_id,
                survey_answers.c.question == answered.question,
            )
            .values(**values)
        )


async def asked(tx: Tx, survey_id: int, conversation_id: int) -> None:
    """Where it was asked."""
    await tx.execute(
        update(surveys).where(surveys.c.id == survey_id).values(asked_in=conversation_id)
    )


async def reminded(tx: Tx, survey_id: int, now: datetime) -> None:
    await tx.execute(update(surveys).where(surveys.c.id == survey_id).values(reminded_at=now))


async def end(tx: Tx, survey_id: int, now: datetime, outcome: str) -> None:
    """Nothing more is asked: answered, declined or lapsed."""
    this = (surveys.c.id == survey_id, surveys.c.ended_at.is_(None))
    await tx.execute(update(surveys).where(*this).values(ended_at=now, outcome=outcome))


async def lapse(tx: Tx, before: datetime, now: datetime) -> int:
    """End what was asked before that time; a partial answer is one. How many those were."""
    has_answer = select(survey_answers.c.id).where(survey_answers.c.survey_id == surveys.c.id)
    old = (surveys.c.ended_at.is_(None), surveys.c.asked_at < before)
    await tx.execute(
        update(surveys).where(*old, has_answer.exists()).values(ended_at=now, outcome="answered")
    )
    ended = await tx.execute(update(surveys).where(*old).values(ended_at=now, outcome="lapsed"))
    return int(ended.rowcount)
