"""The log that live screens catch up from.

Ids are handed out before their transaction commits, so on PostgreSQL a smaller id may become
visible after a greater one. There, who begins to read looks back a little, and must bear to see an
event twice; who reads on asks again for the ids that were left out.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select

from bot.models import Event
from bot.storage.db import Tx, into
from bot.storage.tables import conversations, customers, events

LOOK_BACK = 256  # ids
TALKS = 20  # the newest of a customer, in which something may have happened while they were away

_NEWEST = select(func.coalesce(func.max(events.c.id), 0))
_OLDEST = select(func.coalesce(func.min(events.c.id), 0))
_WHOSE = (
    select(events, customers.c.channel, customers.c.external_id)
    .join(conversations, conversations.c.id == events.c.conversation_id)
    .join(customers, customers.c.id == conversations.c.customer_id)
    .order_by(events.c.id)
)
_AFTER = _WHOSE.where(events.c.id > bindparam("after")).limit(bindparam("most"))
_THESE = _WHOSE.where(events.c.id.in_(bindparam("ids", expanding=True)))
_TALKS = (
    select(conversations.c.id)
    .where(conversations.c.customer_id == bindparam("customer"))
    .order_by(conversations.c.id.desc())
    .limit(TALKS)
)
# In no order: else PostgreSQL reads everybody's events in theirs until it has met enough of these.
_OF_TALKS = (
    select(events, customers.c.channel, customers.c.external_id)
    .join(conversations, conversations.c.id == events.c.conversation_id)
    .join(customers, customers.c.id == conversations.c.customer_id)
    .where(
        events.c.conversation_id.in_(bindparam("talks", expanding=True)),
        events.c.id > bindparam("after"),
    )
    .limit(bindparam("most"))
)


async def add(
    tx: Tx, conversation_id: int, kind: str, message_id: int | None, now: datetime
) -> None:
    await tx.execute(
        into(events),
        {
            "conversation_id": conversation_id,
            "kind": kind,
            "message_id": message_id,
            "created_at": now,
        },
    )


async def newest_id(tx: Tx) -> int:
    """The id that a reader who has just read everything may resume after."""
    return int((await tx.execute(_NEWEST)).scalar_one())


async def oldest_id(tx: Tx) -> int:
    """The id of the first event that is kept: a reader who stopped before it has missed some."""
    return int((await tx.execute(_OLDEST)).scalar_one())


async def after(tx: Tx, event_id: int, limit: int = 500, *, look_back: bool = True) -> list[Event]:
    """Events with a greater id, oldest first; on PostgreSQL a few before it, too: `look_back`."""
    values = {"after": _look_back(tx, event_id) if look_back else event_id, "most": limit}
    return [_event(row) for row in (await tx.execute(_AFTER, values)).mappings()]


async def these(tx: Tx, ids: Collection[int]) -> list[Event]:
    """Those of the events that are committed by now, oldest first."""
    return [_event(row) for row in (await tx.execute(_THESE, {"ids": sorted(ids)})).mappings()]


async def of_customer_after(
    tx: Tx, customer_id: int, event_id: int, limit: int = 500
) -> list[Event]:
    """The same, of one customer's last talks; when there are more than `limit`, any of them."""
    talks = (await tx.execute(_TALKS, {"customer": customer_id})).scalars().all()
    values = {"after": _look_back(tx, event_id), "most": limit, "talks": talks}
    found = [_event(row) for row in (await tx.execute(_OF_TALKS, values)).mappings()]
    return sorted(found, key=lambda event: event.id)


def _look_back(tx: Tx, event_id: int) -> int:
    return event_id if tx.dialect.name == "sqlite" else max(0, event_id - LOOK_BACK)


def _event(row: Any) -> Event:
    return Event(
        id=row["id"],
        conversation_id=row["conversation_id"],
        kind=row["kind"],
        message_id=row["message_id"],
        customer=(row["channel"], row["external_id"]),
    )
