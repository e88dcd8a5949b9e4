"""How the whole stands: what waits, since when, and who works."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import and_, func, select

from bot.storage.db import Tx
from bot.storage.tables import handoffs, inbox, messages, outbox, trained_models, workers


class Waiting(NamedTuple):
    """What waits in one place."""

    many: int
    oldest: datetime | None  # since when the first of it waits


class Worker(NamedTuple):
    id: str
    model: str | None  # None while it loads one
    seen_at: datetime


NOTHING: Final = Waiting(0, None)
# Not as a join, which SQLite would begin with all messages.
_WAITING_IN: Final = {
    name: select(messages.c.channel, func.count(), func.min(messages.c.created_at))
    .where(messages.c.id.in_(select(table.c.message_id)))
    .group_by(messages.c.channel)
    for name, table in (("inbox", inbox), ("outbox", outbox))
}
_QUEUED: Final = and_(handoffs.c.closed_at.is_(None), handoffs.c.queued_at.is_not(None))


async def waiting_in(tx: Tx, name: str) -> dict[str, Waiting]:
    """What waits in the inbox or the outbox, by channel."""
    rows = (await tx.execute(_WAITING_IN[name])).all()
    return {channel: Waiting(count, oldest) for channel, count, oldest in rows}


async def oldest_waiting(tx: Tx) -> datetime | None:
    """Since when the first of what waits for the assistant does."""
    first = select(func.min(inbox.c.message_id)).scalar_subquery()
    found = await tx.execute(select(messages.c.created_at).where(messages.c.id == first))
    oldest: datetime | None = found.scalar_one_or_none()
    return oldest


async def handoffs_waiting(tx: Tx) -> Waiting:
    """Customers who wait for a person."""
    query = select(func.count(), func.min(handoffs.c.requested_at)).where(_QUEUED)
    return Waiting(*(await tx.execute(query)).one())


async def handoffs_overdue(tx: Tx, now: datetime) -> int:
    """Those who have waited for longer than they were promised."""
    query = select(func.count()).where(_QUEUED, handoffs.c.respond_by < now)
    return int((await tx.execute(query)).scalar_one())


async def workers_since(tx: Tx, since: datetime) -> list[Worker]:
    """The workers that have shown themselves since then."""
    query = (
        select(workers.c.id, trained_models.c.name, workers.c.seen_at)
        .outerjoin(trained_models, trained_models.c.id == workers.c.model_id)
        .where(workers.c.seen_at >= since)
        .order_by(workers.c.id)
    )
    return [Worker(*row) for row in await tx.execute(query)]


async def clock(tx: Tx) -> datetime | None:
    """What time it is at the database; None where it has no clock of its own (SQLite)."""
    if tx.dialect.name == "sqlite":
        return None
    found: datetime = (await tx.execute(select(func.clock_timestamp()))).scalar_one()
    return found
