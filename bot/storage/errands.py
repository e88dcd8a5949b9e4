"""What is still to be got from a platform. A worker that begins an errand moves it on, so that a
dead one's is begun again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from bot.models import Errand
from bot.storage.db import Tx
from bot.storage.tables import UtcDateTime, errands

LEASE = timedelta(minutes=2)  # longer than the slowest download

_NOW: Any = bindparam("now", type_=UtcDateTime)
_ANY_DUE = (
    select(errands.c.id)
    .where(errands.c.channel == bindparam("name"), errands.c.due_at <= _NOW)
    .limit(1)
)


async def add(
    tx: Tx,
    channel: str,
    customer_id: int,
    now: datetime,
    *,
    message_id: int | None = None,
    place: int = 0,
    url: str = "",
) -> None:
    await tx.execute(
        errands.insert(),
        {
            "channel": channel,
            "customer_id": customer_id,
            "message_id": message_id,
            "place": place,
            "url": url,
            "due_at": now,
        },
    )


async def any_due(tx: Tx, channel: str, now: datetime) -> bool:
    """Whether there is anything to claim."""
    return (await tx.execute(_ANY_DUE, {"name": channel, "now": now})).first() is not None


async def claim(tx: Tx, channel: str, now: datetime, limit: int) -> list[Errand]:
    """Begin up to `limit` errands to a platform, longest due first."""
    query = (
        select(errands)
        .where(errands.c.channel == channel, errands.c.due_at <= now)
        .order_by(errands.c.due_at, errands.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = (await tx.execute(query)).mappings().all()
    begun = []
    for row in rows:
        values = {name: row[name] for name in Errand.__dataclass_fields__}
        begun.append(Errand(**{**values, "attempts": row["attempts"] + 1}))
        await tx.execute(
            update(errands)
            .where(errands.c.id == row["id"])
            .values(attempts=row["attempts"] + 1, due_at=now + LEASE)
        )
    return begun


async def later(tx: Tx, errand_id: int, due_at: datetime) -> None:
    await tx.execute(update(errands).where(errands.c.id == errand_id).values(due_at=due_at))


async def done(tx: Tx, errand_id: int) -> bool:
    """The errand has an end; False when somebody else already ended it."""
    result = await tx.execute(delete(errands).where(errands.c.id == errand_id))
    return bool(result.rowcount == 1)
