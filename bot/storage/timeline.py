"""One person's history in one order: talks, orders, repairs, complaints, surveys, consents, what we
wrote of ourselves, and what was done about who they are (R3)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import and_, case, func, or_, select

from bot.models import Author
from bot.storage.db import Tx
from bot.storage.tables import (
    complaints,
    consents,
    conversations,
    messages,
    orders,
    outreach,
    person_events,
    repairs,
    survey_answers,
    surveys,
    users,
)


class Place(NamedTuple):
    """Where an entry stands. Of several at one time, which imports often bring, it says who is
    first."""

    at: datetime
    kind: str  # like order.delivered
    id: int  # of the row


@dataclass(frozen=True)
class Entry:
    place: Place
    row: Mapping[str, Any]  # the whole row, and what else is told of it


class _Moment(NamedTuple):
    kind: str
    at: Any
    rows: Any  # the select
    owner: Any  # the column that says whose it is
    of_customer: bool = False


def _moments() -> list[_Moment]:
    """Every time that something of a person's history has."""
    found = []
    for kind, table, what in (
        ("order", orders, ("ordered_at", "paid_at", "delivered_at", "returned_at")),
        ("repair", repairs, ("received_at", "returned_at")),
        ("complaint", complaints, ("opened_at", "answered_at", "closed_at")),
    ):
        for column in what:
            name = f"{kind}.{column.removesuffix('_at')}"
            found.append(_Moment(name, table.c[column], select(table), table.c.person_id))
    by = select(person_events, users.c.name.label("by")).outerjoin(
        users, users.c.id == person_events.c.user_id
    )
    found.append(_Moment("identity", person_events.c.at, by, person_events.c.person_id))
    first = (
        select(func.min(messages.c.id))
        .where(messages.c.conversation_id == conversations.c.id)
        .where(messages.c.author == Author.CUSTOMER.value)
        .correlate(conversations)
        .scalar_subquery()
    )
    sizes = (
        select(func.count())
        .select_from(messages)
        .where(messages.c.conversation_id == conversations.c.id, messages.c.internal.is_(False))
        .where(messages.c.author != Author.SYSTEM.value)
        .correlate(conversations)
        .scalar_subquery()
    )
    talks = select(
        conversations, messages.c.content, messages.c.channel, sizes.label("messages")
    ).join(messages, messages.c.id == first)
    mark = (
        select(func.max(survey_answers.c.mark))
        .where(survey_answers.c.survey_id == surveys.c.id)
        .correlate(surveys)
        .scalar_subquery()
    )
    marked = select(surveys, case((surveys.c.outcome == "answered", mark)).label("mark"))
    of_customer = (
        _Moment("talk", conversations.c.created_at, talks, conversations.c.customer_id),
        _Moment("survey.asked", surveys.c.asked_at, marked, surveys.c.customer_id),
        _Moment("survey.ended", surveys.c.ended_at, marked, surveys.c.customer_id),
        _Moment("consent", consents.c.created_at, select(consents), consents.c.customer_id),
        _Moment("outreach", outreach.c.ended_at, select(outreach), outreach.c.customer_id),
    )
    return found + [each._replace(of_customer=True) for each in of_customer]


MOMENTS: Final = tuple(_moments())


async def of_person(
    tx: Tx,
    records: Collection[int],
    customers: Collection[int],
    *,
    after: Place | None = None,
    limit: int = 50,
) -> tuple[list[Entry], Place | None]:
    """The newest entries of the person with these records, who is these customers, that come
    `after` that place in the list; and where the next page resumes."""
    found: list[Entry] = []
    for moment in MOMENTS:
        owners = customers if moment.of_customer else records
        query = moment.rows.add_columns(moment.at.label("moment")).where(
            moment.owner.in_(owners), moment.at.is_not(None)
        )
        if after is not None:
            query = query.where(_after(moment, after))
        id_ = moment.owner.table.c.id
        query = query.order_by(moment.at.desc(), id_.desc()).limit(limit + 1)
        for row in (await tx.execute(query)).mappings():
            found.append(Entry(Place(row["moment"], moment.kind, row["id"]), dict(row)))
    found.sort(key=lambda entry: entry.place, reverse=True)
    page = found[:limit]
    return page, page[-1].place if len(found) > limit else None


def _after(moment: _Moment, place: Place) -> Any:
    earlier = moment.at < place.at
    if moment.kind > place.kind:
        return earlier
    if moment.kind < place.kind:
        return moment.at <= place.at
    return or_(earlier, and_(moment.at == place.at, moment.owner.table.c.id < place.id))
