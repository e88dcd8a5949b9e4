"""What live screens listen to: the events of the database, as they happen.

One reader a process follows the log of events and hands them to every open screen. A ring wakes
it; without one it looks every second.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.doorbell import Doorbell
from bot.models import Event
from bot.storage import events
from bot.storage.db import Database, DatabaseUnavailable

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
REST_SECONDS = 0.02  # after a look: what is rung meanwhile shares the next one
AT_ONCE = 500  # events of a look
# A screen that has not taken this many is gone or frozen: it is cut off and will resume.
BACKLOG = 1000
REMEMBERED = 50_000


@dataclass(frozen=True)
class Typing:
    """Somebody is writing. Not stored."""

    conversation_id: int
    who: str  # customer, agent or bot


Item = Event | Typing
CustomerKey = tuple[str, str]  # channel and the person's id there


class Stream:
    """Items as they happen."""

    def __init__(self, queue: asyncio.Queue[Item | None]) -> None:
        self._queue = queue

    def __aiter__(self) -> Stream:
        return self

    async def __anext__(self) -> Item:
        item = await self._queue.get()
        if item is None:
            raise StopAsyncIteration
        return item

    def waiting(self) -> list[Item]:
        """Those that came while the reader was busy."""
        items: list[Item] = []
        while not self._queue.empty():
            if (item := self._queue.get_nowait()) is None:
                self._queue.put_nowait(None)  # nothing comes after the end
                break
            items.append(item)
        return items


class Live:
    """The events of the database, for the screens of this process."""

    def __init__(self, db: Database, bell: Doorbell) -> None:
        self._db = db
        self._bell = bell
        self._queues: dict[asyncio.Queue[Item | None], CustomerKey | None] = {}
        self._by_customer: dict[CustomerKey | None, set[asyncio.Queue[Item | None]]] = {}
        self._customer_of: dict[int, CustomerKey] = {}  # conversation → customer, as seen lately
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._cursor = 0
        self._left_out: set[int] = set()  # ids before the cursor that may yet be committed

    async def open(self) -> None:
        with contextlib.suppress(DatabaseUnavailable):
            async with self._db.read() as tx:
                newest = await events.newest_id(tx)
                known = {event.id for event in await events.after(tx, newest)}
            self._cursor = newest
            if known:  # else ids are committed in their order
                self._left_out = set(range(newest - events.LOOK_BACK, newest)) - known
        await self._bell.open(self._heard)
        self._task = asyncio.create_task(self._follow())

    async def close(self) -> None:
        if self._task:
            self._task.cancel()
        for queue in list(self._queues):
            _cut(queue)
        await self._bell.close()

    async def ring(self, word: str = "event") -> None:
        """Something was committed: wake whoever it concerns, in every process."""
        await self._bell.ring(word)

    async def typing(self, conversation_id: int, who: str) -> None:
        """Tell every screen that somebody is writing."""
        await self._bell.ring(f"typing {conversation_id} {who}")

    @asynccontextmanager
    async def subscribe(self, customer: CustomerKey | None = None) -> AsyncIterator[Stream]:
        """All items from now on, of one customer or of everybody. The stream ends when the process
        stops or the reader is too slow; the screen then resumes by its cursor."""
        queue: asyncio.Queue[Item | None] = asyncio.Queue(BACKLOG)
        self._queues[queue] = customer
        self._by_customer.setdefault(customer, set()).add(queue)
        try:
            yield Stream(queue)
        finally:
            self._forget(queue)

    def belongs(self, conversation_id: int, customer: CustomerKey) -> None:
        """Remember whose a conversation is, for what is not stored: typing."""
        if len(self._customer_of) > REMEMBERED:
            self._customer_of.clear()
        self._customer_of[conversation_id] = customer

    def _forget(self, queue: asyncio.Queue[Item | None]) -> None:
        if queue not in self._queues:
            return
        customer = self._queues.pop(queue)
        self._by_customer[customer].discard(queue)
        if not self._by_customer[customer]:
            del self._by_customer[customer]

    def _heard(self, word: str) -> None:
        match word.split(" "):
            case ["typing", conversation_id, who] if conversation_id.isdecimal():
                customer = self._customer_of.get(int(conversation_id))
                self._hand_out(Typing(int(conversation_id), who), customer)
            case _:
                self._woken.set()

    async def _follow(self) -> None:
        while True:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._woken.wait(), LOOK_SECONDS)
            self._woken.clear()
            try:
                await self._read_on()
            except DatabaseUnavailable as error:
                log.warning("live screens wait for the database: %s", error)
            except Exception:  # one bad moment must not end the live updates of all screens
                log.exception("following the events failed; it goes on")
            await asyncio.sleep(REST_SECONDS)

    async def _read_on(self) -> None:
        more = True
        while more:
            async with self._db.read() as tx:
                late = await events.these(tx, self._left_out) if self._left_out else []
                found = await events.after(tx, self._cursor, AT_ONCE, look_back=False)
            self._read_upto(found)
            for event in (*late, *found):
                self._left_out.discard(event.id)
                self.belongs(event.conversation_id, event.customer)
                self._hand_out(event, event.customer)
            more = len(found) == AT_ONCE

    def _read_upto(self, found: Sequence[Event]) -> None:
        if found:
            self._left_out.update(range(self._cursor + 1, found[-1].id))
            self._left_out.difference_update(event.id for event in found)
            self._cursor = found[-1].id
        oldest = self._cursor - events.LOOK_BACK
        self._left_out = {event_id for event_id in self._left_out if event_id > oldest}

    def _hand_out(self, item: Item, customer: CustomerKey | None) -> None:
        ears = set(self._by_customer.get(None, ()))
        if customer is not None:
            ears |= self._by_customer.get(customer, set())
        for queue in ears:
            try:
                queue.put_nowait(item)
            except asyncio.QueueFull:
                self._forget(queue)
                _cut(queue)


def _cut(queue: asyncio.Queue[Item | None]) -> None:
    while not queue.empty():
        queue.get_nowait()
    queue.put_nowait(None)
