"""The inbox's rows as everybody sees them, read once for all who ask at the same time: when the
network comes back, every screen asks at once, and 500 rows take a tenth of a second."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from starlette.datastructures import State

from bot import standing
from bot.console import shapes
from bot.storage import desk, events
from bot.storage.db import Database
from connectors.base import Json


class Rows(NamedTuple):
    """The rows by conversation, as they stood at an event, `cursor`, and a message, `upto`."""

    cursor: int
    upto: int
    by_id: Mapping[int, Json]


class Inbox:
    """Reads the rows."""

    def __init__(self, db: Database, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._clock = clock
        self._one = asyncio.Lock()
        self._next: asyncio.Task[Rows] | None = None

    async def rows(self) -> Rows:
        """As they stand now or a moment later. Raises DatabaseUnavailable."""
        if self._next is None:
            self._next = asyncio.create_task(self._read())
        return await asyncio.shield(self._next)

    async def _read(self) -> Rows:
        async with self._one:
            self._next = None  # who asks from now on may know of something newer
            now = self._clock()
            async with self._db.read() as tx:
                cursor = await events.newest_id(tx)
                entries = await desk.inbox(tx)
                channels = {each.customer.channel for each in entries}
                quotas = {each: await standing.quota_left(tx, each, now) for each in channels}
        return Rows(
            cursor,
            max((each.last.id for each in entries if each.last), default=0),
            {
                each.conversation.id: shapes.row(
                    each, quotas[each.customer.channel], now, unread=False
                )
                for each in entries
            },
        )


def inbox_of(state: State) -> Inbox:
    """The one of this process."""
    if not hasattr(state, "console_inbox"):
        state.console_inbox = Inbox(state.db, state.clock)
    found: Inbox = state.console_inbox
    return found
