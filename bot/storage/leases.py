"""What a clock that was set back leaves behind: work that is held, or put off, until a moment that
now lies far ahead."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select, update

from bot.storage import digests, errands, outreach, trials
from bot.storage.db import Tx
from bot.storage.outbox import HORIZON
from bot.storage.tables import (
    accounts,
    digest_copies,
    messages,
    outbox,
    users,
)
from bot.storage.tables import errands as errand_rows
from bot.storage.tables import outreach as outreach_rows
from bot.storage.tables import trials as trial_rows

# How far ahead a clock that goes right may put each of them.
LONGEST: Final[dict[Any, timedelta]] = {
    outbox.c.sending_until: 2 * HORIZON,
    errand_rows.c.due_at: 2 * errands.LEASE,
    outreach_rows.c.held_until: 2 * outreach.LEASE,
    digest_copies.c.held_until: 2 * digests.LEASE,
    trial_rows.c.held_until: 2 * trials.LEASE,
    accounts.c.polled_until: timedelta(minutes=2),
    accounts.c.renewing_until: timedelta(minutes=2),
    users.c.locked_until: timedelta(hours=1),
}
AHEAD: Final = timedelta(minutes=1)  # of the newest message, and the clock goes wrong


async def free(tx: Tx, now: datetime) -> int:
    """End what no clock that goes right can have begun: whoever had it is dead, or will find that
    it is done. Deliveries that wait since a moment that is still to come are due. How many rows
    that were."""
    freed = 0
    for column, longest in LONGEST.items():
        held = update(column.table).where(column > now + longest)
        freed += int((await tx.execute(held.values({column.name: now}))).rowcount)
    created_ahead = select(messages.c.id).where(
        messages.c.id == outbox.c.message_id, messages.c.created_at > now + AHEAD
    )
    waiting = update(outbox).where(outbox.c.due_at > now + AHEAD, created_ahead.exists())
    return freed + int((await tx.execute(waiting.values(due_at=now))).rowcount)
