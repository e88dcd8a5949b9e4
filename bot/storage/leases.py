"""What a clock that was set back leaves behind: work that is held, or put off, until a moment that
now lies far ahead."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, select, update

from bot.storage import digests, errands, outreach, trials
from bot.storage.db import Tx
from bot.storage.tables import (
    UtcDateTime,
    accounts,
    digest_copies,
    messages,
    outbox,
    users,
)
from bot.storage.tables import errands as errand_rows
from bot.storage.tables import outreach as outreach_rows
from bot.storage.tables import trials as trial_rows

# How far ahead a clock that goes right may put each of them. In an upgrade that is another
# version's clock: deliveries were once held for a minute at a time.
LONGEST: Final[dict[Any, timedelta]] = {
    outbox.c.sending_until: timedelta(minutes=5),
    errand_rows.c.due_at: 2 * errands.LEASE,
    outreach_rows.c.held_until: 2 * outreach.LEASE,
    digest_copies.c.held_until: 2 * digests.LEASE,
    trial_rows.c.held_until: 2 * trials.LEASE,
    accounts.c.polled_until: timedelta(minutes=2),
    accounts.c.renewing_until: timedelta(minutes=2),
    users.c.locked_until: timedelta(hours=1),
}
AHEAD: Final = timedelta(minutes=1)  # of the newest message, and the clock goes wrong
_FAR: Any = bindparam("far", type_=UtcDateTime)
_NOW: Any = bindparam("now", type_=UtcDateTime)


def _held(column: Any) -> tuple[Any, ...]:
    """Of what was written of ourselves, which is much, only that which still waits is held."""
    waits = outreach_rows.c.state == outreach.WAITING
    return (column > _FAR, *((waits,) if column.table is outreach_rows else ()))


_ANY_HELD: Final = {column: select(column).where(*_held(column)).limit(1) for column in LONGEST}
_FREE: Final = {
    column: update(column.table).where(*_held(column)).values({column.name: _NOW})
    for column in LONGEST
}
_PUT_OFF: Final = (
    outbox.c.due_at > _FAR,
    select(messages.c.id)
    .where(messages.c.id == outbox.c.message_id, messages.c.created_at > _FAR)
    .exists(),
)
_ANY_PUT_OFF: Final = select(outbox.c.id).where(*_PUT_OFF).limit(1)
_HURRY: Final = update(outbox).where(*_PUT_OFF).values(due_at=_NOW)


async def any_ahead(tx: Tx, now: datetime) -> bool:
    """Whether there is anything to free."""
    for column, longest in LONGEST.items():
        if (await tx.execute(_ANY_HELD[column], {"far": now + longest})).first() is not None:
            return True
    return (await tx.execute(_ANY_PUT_OFF, {"far": now + AHEAD})).first() is not None


async def free(tx: Tx, now: datetime) -> int:
    """End what no clock that goes right can have begun: whoever had it is dead, or will find that
    it is done. Deliveries that wait since a moment that is still to come are due. How many rows
    that were."""
    freed = 0
    for column, longest in LONGEST.items():
        freed += (await tx.execute(_FREE[column], {"far": now + longest, "now": now})).rowcount
    return freed + int((await tx.execute(_HURRY, {"far": now + AHEAD, "now": now})).rowcount)
