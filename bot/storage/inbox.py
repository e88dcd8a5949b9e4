"""Customer messages that wait for the assistant.

Only the first waiting message of a conversation may be begun: that alone keeps the order. A lease
saves double work; what makes an answer single is `done`, in the transaction of the answer.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, delete, exists, or_, select, update

from bot.models import InboxEntry
from bot.storage.db import Tx
from bot.storage.tables import UtcDateTime, inbox

# Longer than the slowest turn, so that a living worker never loses its lease in mid-turn.
LEASE = timedelta(seconds=10)


_earlier = inbox.alias()
_NOW: Any = bindparam("now", type_=UtcDateTime)
# A first waiting message that nobody is at.
_FREE = and_(
    or_(inbox.c.leased_until.is_(None), inbox.c.leased_until < _NOW),
    ~exists().where(
        and_(
            _earlier.c.conversation_id == inbox.c.conversation_id,
            _earlier.c.message_id < inbox.c.message_id,
        )
    ),
)
_ANY_FREE = select(inbox.c.message_id).where(_FREE).limit(1)
_CLAIM = (
    select(inbox)
    .where(_FREE)
    .order_by(inbox.c.message_id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=inbox)
)
_BEGIN = (
    update(inbox)
    .where(inbox.c.message_id == bindparam("message"))
    .values(attempts=bindparam("tries"), leased_until=bindparam("until", type_=UtcDateTime))
)
_DONE = delete(inbox).where(inbox.c.message_id == bindparam("message"))


async def add(tx: Tx, message_id: int, conversation_id: int) -> None:
    values = {"message_id": message_id, "conversation_id": conversation_id}
    await tx.execute(inbox.insert(), values)


async def any_free(tx: Tx, now: datetime) -> bool:
    """Whether there is anything to claim."""
    return (await tx.execute(_ANY_FREE, {"now": now})).first() is not None


async def claim(tx: Tx, now: datetime, limit: int) -> list[InboxEntry]:
    """Begin up to `limit` conversations' first waiting messages, longest waiting first."""
    rows = (await tx.execute(_CLAIM, {"now": now, "most": limit})).mappings()
    entries = [
        InboxEntry(row["message_id"], row["conversation_id"], row["attempts"] + 1) for row in rows
    ]
    for entry in entries:
        values = {"message": entry.message_id, "tries": entry.attempts, "until": now + LEASE}
        await tx.execute(_BEGIN, values)
    return entries


async def release(tx: Tx, message_id: int, until: datetime | None = None) -> None:
    """Put a begun message back, to be begun again now or after `until`."""
    await tx.execute(
        update(inbox).where(inbox.c.message_id == message_id).values(leased_until=until)
    )


async def done(tx: Tx, message_id: int) -> bool:
    """Take the message off the waiting list; False when somebody else already has."""
    result = await tx.execute(_DONE, {"message": message_id})
    return bool(result.rowcount == 1)


async def clear(tx: Tx, conversation_id: int) -> None:
    """A person has the conversation: nothing waits for the assistant any more."""
    await tx.execute(delete(inbox).where(inbox.c.conversation_id == conversation_id))
