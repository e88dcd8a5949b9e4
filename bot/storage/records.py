"""The shop's records that figures are reckoned from: orders, complaints, surveys, outreach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, func, or_, select, union

from bot.figures import csi
from bot.figures.complaints import Complaint
from bot.figures.csat import Asked
from bot.figures.engagement import Outreach
from bot.figures.facts import Records
from bot.figures.figure import Window
from bot.figures.nps import Answer as Mark
from bot.figures.order import Order
from bot.figures.ranking import Named
from bot.figures.winback import Attempt
from bot.storage.counted import Row, counts, left_out, person_of, trials
from bot.storage.db import Tx
from bot.storage.tables import (
    complaints,
    conversations,
    identities,
    messages,
    orders,
    outreach,
    survey_answers,
    surveys,
)

ANSWERS_WITHIN: Final = timedelta(days=7)


async def read(tx: Tx, since: datetime) -> Records:
    """Orders from the first on, which tell who stays; all else since a time."""
    merged = await person_of(tx)
    known = await _identified(tx, since, merged)
    asked = await _surveys(tx, since)
    sent = await _outreach(tx, since, merged, known)
    complained = await _complaints(tx, since, merged, known)
    return Records(
        orders=await _orders(tx, merged),
        complaints=complained,
        outreach=tuple(row for row, _ in sent),
        attempts=(
            *(attempt for _, attempt in sent if attempt),
            *(
                _asked_why(row, answers, known)
                for row, answers in asked
                if row["kind"] == "leaving"
            ),
        ),
        csat=tuple(_csat(row, marks) for row, marks in asked if row["kind"] == "csat"),
        nps=tuple(
            each for row, marks in asked if row["kind"] == "nps" for each in _nps(row, marks, known)
        ),
        csi=tuple(
            each for row, marks in asked if row["kind"] == "csi" for each in _csi(row, marks)
        ),
        expectations=_named(asked, "expectations"),
        leaving=_named(asked, "leaving"),
        causes=tuple(Named(each.id, each.at, each.cause) for each in complained if each.cause),
        talk_of={
            row["id"]: row["conversation_id"] or row["asked_in"]
            for row, _ in asked
            if row["conversation_id"] or row["asked_in"]
        },
    )


async def _identified(tx: Tx, since: datetime, merged: Mapping[int, int]) -> dict[int, int]:
    """Whom we know of those who complained, were asked or written to since, by customer."""
    concerned = union(
        select(surveys.c.customer_id).where(surveys.c.asked_at >= since),
        select(complaints.c.customer_id).where(complaints.c.opened_at >= since),
        select(outreach.c.customer_id).where(outreach.c.ended_at >= since),
    )
    query = select(identities.c.customer_id, identities.c.person_id).where(
        identities.c.ended_at.is_(None), identities.c.customer_id.in_(concerned)
    )
    return {customer: merged.get(person, person) for customer, person in await tx.execute(query)}


async def _orders(tx: Tx, merged: Mapping[int, int]) -> tuple[Order, ...]:
    """The paid ones. What was returned without a sum was returned whole."""
    tried = await trials(tx, merged)
    columns = ("id", "person_id", "paid_at", "total", "refunded", "returned_at")
    query = (
        select(*(orders.c[name] for name in columns))
        .where(orders.c.paid_at.isnot(None), orders.c.state != "cancelled")
        .order_by(orders.c.id)
    )
    return tuple(
        Order(
            row.id,
            merged.get(row.person_id, row.person_id),
            row.paid_at,
            row.total,
            row.refunded or (row.total if row.returned_at else 0),
        )
        for row in await tx.execute(query)
        if merged.get(row.person_id, row.person_id) not in tried
    )


async def placed(tx: Tx, window: Window) -> list[int]:
    """Orders that were placed in the window, paid or not, and not cancelled."""
    merged = await person_of(tx)
    tried = await trials(tx, merged)
    query = select(orders.c.id, orders.c.person_id).where(
        orders.c.ordered_at >= window.start,
        orders.c.ordered_at < window.end,
        orders.c.state != "cancelled",
    )
    rows = await tx.execute(query)
    return [id for id, person in rows if merged.get(person, person) not in tried]


async def _complaints(
    tx: Tx, since: datetime, merged: Mapping[int, int], known: Mapping[int, int]
) -> tuple[Complaint, ...]:
    query = (
        select(complaints)
        .outerjoin(conversations, conversations.c.id == complaints.c.conversation_id)
        .where(
            complaints.c.opened_at >= since,
            or_(conversations.c.id.is_(None), counts),
            or_(complaints.c.customer_id.is_(None), complaints.c.customer_id.not_in(left_out)),
        )
        .order_by(complaints.c.id)
    )
    return tuple(
        Complaint(row.id, row.code, _person(row, merged, known), row.cause, row.opened_at)
        for row in await tx.execute(query)
    )


async def _outreach(
    tx: Tx, since: datetime, merged: Mapping[int, int], known: Mapping[int, int]
) -> list[tuple[Outreach, Attempt | None]]:
    """What was sent; of what is to win somebody back also whether they answered within a week."""
    answers = (
        select(outreach.c.id, func.min(messages.c.created_at))
        .join(conversations, conversations.c.customer_id == outreach.c.customer_id)
        .join(
            messages,
            and_(
                messages.c.conversation_id == conversations.c.id,
                messages.c.author == "customer",
                messages.c.created_at >= outreach.c.ended_at,
            ),
        )
        .where(
            outreach.c.kind == "winback", outreach.c.state == "sent", outreach.c.ended_at >= since
        )
        .group_by(outreach.c.id)
    )
    answered = {id: at for id, at in await tx.execute(answers)}
    query = select(outreach).where(
        outreach.c.state == "sent",
        outreach.c.ended_at >= since,
        outreach.c.customer_id.not_in(left_out),
    )
    found = []
    for row in await tx.execute(query):
        person, at = _person(row, merged, known), row.ended_at
        sent = Outreach(row.id, person, at, is_survey=row.purpose == "survey")
        soon = row.id in answered and answered[row.id] - at < ANSWERS_WITHIN
        tried = Attempt(row.id, person, at, soon) if row.kind == "winback" else None
        found.append((sent, tried))
    return found


def _person(row: Any, merged: Mapping[int, int], known: Mapping[int, int]) -> int:
    if row.person_id is not None:
        return merged.get(row.person_id, row.person_id)
    customer: int = row.customer_id or 0
    return known.get(customer, -customer)


Survey = tuple[Row, Sequence[Row]]  # with its answers


async def _surveys(tx: Tx, since: datetime) -> list[Survey]:
    query = (
        select(surveys)
        .outerjoin(conversations, conversations.c.id == surveys.c.conversation_id)
        .where(
            surveys.c.asked_at >= since,
            or_(conversations.c.id.is_(None), counts),
            surveys.c.customer_id.not_in(left_out),
        )
        .order_by(surveys.c.id)
    )
    asked = (await tx.execute(query)).mappings().all()
    answers: dict[int, list[Row]] = {}
    given = (
        select(survey_answers)
        .join(surveys, surveys.c.id == survey_answers.c.survey_id)
        .where(surveys.c.asked_at >= since)
    )
    for row in (await tx.execute(given)).mappings():
        answers.setdefault(row["survey_id"], []).append(row)
    return [(row, answers.get(row["id"], [])) for row in asked]


def _asked_why(row: Row, answers: Sequence[Row], known: Mapping[int, int]) -> Attempt:
    """Somebody who stays away was asked for the reason."""
    person = known.get(row["customer_id"], -row["customer_id"])
    return Attempt(-row["id"], person, row["asked_at"], bool(answers))


def _csat(row: Row, answers: Sequence[Row]) -> Asked:
    """Of a talk; a survey of no talk is one of its own."""
    marks = [each["mark"] for each in answers if each["mark"] is not None]
    talk = row["conversation_id"] or row["asked_in"] or -row["id"]
    return Asked(row["id"], talk, row["asked_at"], marks[0] if marks else None)


def _nps(row: Row, answers: Sequence[Row], known: Mapping[int, int]) -> list[Mark]:
    person = known.get(row["customer_id"], -row["customer_id"])
    return [
        Mark(row["id"], person, row["about"], each["answered_at"], each["mark"])
        for each in answers
        if each["mark"] is not None
    ]


def _csi(row: Row, answers: Sequence[Row]) -> list[csi.Answer]:
    marks = {
        each["question"]: each["mark"]
        for each in answers
        if each["mark"] is not None and each["question"] in csi.WEIGHTS
    }
    last = max((each["answered_at"] for each in answers), default=row["asked_at"])
    return [csi.Answer(row["id"], last, marks)] if marks else []


def _named(asked: Sequence[Survey], kind: str) -> tuple[Named, ...]:
    return tuple(
        Named(each["id"], each["answered_at"], each["choice"])
        for row, answers in asked
        if row["kind"] == kind
        for each in answers
        if each["choice"]
    )
