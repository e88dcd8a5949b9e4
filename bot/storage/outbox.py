"""Outgoing messages that a platform has not yet accepted.

Only the first parcel to a person may be sent, so a person reads in order and a stuck parcel holds
back nobody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, delete, func, select, update

from bot.models import Author, Content, Parcel
from bot.storage.db import Tx, into
from bot.storage.messages import content_from
from bot.storage.tables import UtcDateTime, messages, outbox

# A sender that lives moves it on. Past it, the sender is dead: whether the platform has taken what
# it was sending, nobody here knows.
HORIZON = timedelta(seconds=15)
_OF_MESSAGE: Final = (
    messages.c.content,
    messages.c.author,
    messages.c.meta,
    messages.c.created_at,
)
HIDDEN: Final = "••••••"  # in the transcript, where a parcel has its secret


async def add(
    tx: Tx,
    message_id: int,
    conversation_id: int,
    channel: str,
    recipient_id: str,
    now: datetime,
    *,
    secret: str = "",
    calls_done: int = 0,
) -> None:
    """Put a message on its way, after the calls that its platform has taken; a `secret` is kept
    until it has arrived, and nowhere else."""
    values = {
        "message_id": message_id,
        "conversation_id": conversation_id,
        "channel": channel,
        "recipient_id": recipient_id,
        "due_at": now,
        "secret": secret,
        "calls_done": calls_done,
    }
    await tx.execute(into(outbox), values)


def _heads() -> Any:
    # Looked up for each row that is about to be taken. As an anti-join PostgreSQL would compare all
    # that waits with all that waits, before it knows how much that is.
    first = outbox.alias("first")
    return outbox.c.id == (
        select(func.min(first.c.id))
        .where(first.c.channel == outbox.c.channel, first.c.recipient_id == outbox.c.recipient_id)
        .correlate(outbox)
        .scalar_subquery()
    )


_NOW: Any = bindparam("now", type_=UtcDateTime)
_DUE = (
    outbox.c.channel == bindparam("name"),
    outbox.c.due_at <= _NOW,
    outbox.c.sending_until.is_(None),
    _heads(),
)
_ANY_DUE = select(outbox.c.id).where(*_DUE).limit(1)
_ORPHANED = (outbox.c.channel == bindparam("name"), outbox.c.sending_until < _NOW)
_ANY_ORPHAN = select(outbox.c.id).where(*_ORPHANED).limit(1)
_WHOLE = select(outbox, *_OF_MESSAGE).join(messages, messages.c.id == outbox.c.message_id)
_FOLLOWED = (
    select(outbox.c.id)
    .where(
        outbox.c.channel == bindparam("name"),
        outbox.c.recipient_id == bindparam("recipient"),
        outbox.c.id > bindparam("id"),
    )
    .limit(1)
)
_THIS = outbox.c.id == bindparam("parcel")
_UNTIL: Any = bindparam("until", type_=UtcDateTime)
_BEGIN = update(outbox).where(_THIS).values(attempts=bindparam("tries"), sending_until=_UNTIL)
_CALL_DONE = update(outbox).where(_THIS).values(calls_done=bindparam("done"), sending_until=_UNTIL)
_DONE = delete(outbox).where(_THIS)
_BEING_SENT = (
    select(outbox.c.message_id, outbox.c.secret, messages.c.content)
    .join(messages, messages.c.id == outbox.c.message_id)
    .where(
        outbox.c.channel == bindparam("name"),
        outbox.c.recipient_id == bindparam("recipient"),
        outbox.c.sending_until.is_not(None),
    )
)
_ORPHANS = _WHOLE.where(*_ORPHANED)
_CLAIM = (
    _WHOLE.where(*_DUE)
    .order_by(outbox.c.due_at, outbox.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=outbox)
)


async def any_due(tx: Tx, channel: str, now: datetime) -> bool:
    """Whether there is anything to claim, or an orphan."""
    values = {"name": channel, "now": now}
    if (await tx.execute(_ANY_DUE, values)).first() is not None:
        return True
    return (await tx.execute(_ANY_ORPHAN, values)).first() is not None


async def claim(tx: Tx, channel: str, now: datetime, limit: int) -> list[Parcel]:
    """Take up to `limit` people's first due parcels and mark them as being sent."""
    values = {"name": channel, "now": now, "most": limit}
    parcels = [_parcel(row) for row in (await tx.execute(_CLAIM, values)).mappings()]
    for parcel in parcels:
        begun = {"parcel": parcel.id, "tries": parcel.attempts, "until": now + HORIZON}
        await tx.execute(_BEGIN, begun)
    return parcels


async def keep(tx: Tx, parcel_ids: Sequence[int], now: datetime) -> None:
    """Whoever is sending these parcels lives."""
    query = (
        select(outbox.c.id)
        .where(outbox.c.id.in_(parcel_ids), outbox.c.sending_until.is_not(None))
        .order_by(outbox.c.id)
        .with_for_update(skip_locked=True)
    )
    if ids := (await tx.execute(query)).scalars().all():
        renewed = update(outbox).where(outbox.c.id.in_(ids))
        await tx.execute(renewed.values(sending_until=now + HORIZON))


async def orphans(tx: Tx, channel: str, now: datetime) -> list[Parcel]:
    """Parcels whose sender died: whether the platform took them, nobody here knows."""
    rows = (await tx.execute(_ORPHANS, {"name": channel, "now": now})).mappings()
    return [_parcel(row) for row in rows]


async def followed(tx: Tx, parcel: Parcel) -> bool:
    """Whether another parcel to the same person waits behind this one."""
    key = {"name": parcel.channel, "recipient": parcel.recipient_id, "id": parcel.id}
    return (await tx.execute(_FOLLOWED, key)).first() is not None


async def being_sent(tx: Tx, channel: str, recipient_id: str) -> list[tuple[int, str]]:
    """Messages that somebody is handing over to this person's platform now, and their texts."""
    key = {"name": channel, "recipient": recipient_id}
    rows = (await tx.execute(_BEING_SENT, key)).mappings()
    return [(row["message_id"], _content(row).text) for row in rows]


async def call_done(tx: Tx, parcel_id: int, calls_done: int, until: datetime) -> None:
    """One of the calls that a parcel takes was accepted; the next one begins."""
    await tx.execute(_CALL_DONE, {"parcel": parcel_id, "done": calls_done, "until": until})


async def hurry(tx: Tx, channel: str, now: datetime) -> None:
    """The account is in order again: what waits for it is due."""
    await tx.execute(
        update(outbox)
        .where(outbox.c.channel == channel, outbox.c.sending_until.is_(None))
        .values(due_at=now)
    )


async def later(tx: Tx, parcel_id: int, due_at: datetime, error: str) -> None:
    await tx.execute(
        update(outbox)
        .where(outbox.c.id == parcel_id)
        .values(due_at=due_at, sending_until=None, last_error=error)
    )


async def pause(tx: Tx, parcel: Parcel, until: datetime, error: str) -> None:
    """Keep this parcel and all of its channel that nobody is sending until then. It does not
    count as a try."""
    await tx.execute(
        update(outbox)
        .where(outbox.c.id == parcel.id)
        .values(due_at=until, sending_until=None, attempts=parcel.attempts - 1, last_error=error)
    )
    await tx.execute(
        update(outbox)
        .where(
            outbox.c.channel == parcel.channel,
            outbox.c.sending_until.is_(None),
            outbox.c.due_at < until,
        )
        .values(due_at=until, last_error=error)
    )


async def done(tx: Tx, parcel_id: int) -> bool:
    """The parcel has an end; False when somebody else already ended it."""
    result = await tx.execute(_DONE, {"parcel": parcel_id})
    return bool(result.rowcount == 1)


def _parcel(row: Any) -> Parcel:
    return Parcel(
        id=row["id"],
        message_id=row["message_id"],
        conversation_id=row["conversation_id"],
        channel=row["channel"],
        recipient_id=row["recipient_id"],
        author=Author(row["author"]),
        content=_content(row),
        attempts=row["attempts"] + 1,
        calls_done=row["calls_done"],
        said_at=row["created_at"],
        trace=row["meta"].get("trace", ""),
    )


def _content(row: Any) -> Content:
    content = content_from(row["content"])
    if not row["secret"]:
        return content
    return replace(content, text=content.text.replace(HIDDEN, row["secret"]))
