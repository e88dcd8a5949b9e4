"""The weekly digest: on Mondays at eight in Vietnam, last week's figures go to those who do not
open the console.

Each digest is a row that any worker may make, each reader's copy a row that any worker may send:
once for a week and a reader, whatever restarts, and tried again for some hours when it fails. What
could not be sent stays visible in the console. A worker that dies between an e-mail server's yes
and its own note sends that copy again, under the same Message-ID; Slack is asked first.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta, timezone
from typing import Final, Protocol

from bot.desk_rules import DeskRules
from bot.digest import letter
from bot.digest.letter import Letter
from bot.facts import HERE
from bot.storage import digests, rules
from bot.storage.db import Database, DatabaseUnavailable
from bot.storage.digests import Copy, Digest
from connectors.base import DeliveryError, PermanentError

log = logging.getLogger(__name__)

EIGHT: Final = time(8)
WEEK: Final = timedelta(days=7)
LOOK_SECONDS: Final = 15.0
TRIES: Final = 8  # the last some two hours after the first
AGAIN: Final = timedelta(minutes=1)  # after the first that failed; then twice as long each time
SLACK, EMAIL = "slack", "email"


class Send(Protocol):
    """One way to a reader. Raises DeliveryError."""

    async def __call__(self, letter: Letter, digest: Digest, copy: Copy) -> None: ...


class Office:
    """Makes and sends digests. `ways` are those that are set up; `channel` is Slack's."""

    def __init__(
        self,
        db: Database,
        ways: Mapping[str, Send],
        clock: Callable[[], datetime],
        *,
        business: str,
        public_url: str,
        channel: str = "",
    ) -> None:
        self._db = db
        self._ways = ways
        self._clock = clock
        self._business = business
        self._public_url = public_url
        self._channel = channel

    async def run(self, stopping: asyncio.Event) -> None:
        """Look again and again until `stopping`."""
        while not stopping.is_set():
            try:
                await self.look()
            except DatabaseUnavailable as error:
                log.warning("the digest waits for the database: %s", error)
            except Exception:  # tried again with the next look
                log.exception("the digest failed; it goes on")
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(stopping.wait(), LOOK_SECONDS)

    async def look(self) -> None:
        """Plan the next digest, make what is due, and send what waits."""
        now = self._clock()
        async with self._db.read() as tx:
            desk = await rules.current(tx)
            planned = await digests.planned(tx)
        await self._plan(desk, planned, now)
        for each in planned:
            if each.due_at <= now and (each.is_trial or desk.digest.on):
                await self._make(each, desk)
        while await self._send_one():
            continue

    async def _plan(self, desk: DeskRules, planned: list[Digest], now: datetime) -> None:
        weekly = [each for each in planned if not each.is_trial]
        if desk.digest.on and not weekly:
            monday, due_at = next_after(now)
            async with self._db.begin() as tx:
                await digests.plan(tx, monday.isoformat(), monday.isoformat(), due_at)
        elif weekly and not desk.digest.on:
            async with self._db.begin() as tx:
                await digests.unplan(tx)

    async def _make(self, planned: Digest, desk: DeskRules) -> None:
        now = self._clock()
        async with self._db.read() as tx:
            written = await letter.write(
                tx,
                date.fromisoformat(planned.week),
                now,
                business=self._business,
                public_url=self._public_url,
                is_trial=planned.is_trial,
            )
        readers = [(EMAIL, address) for address in desk.digest.emails]
        if desk.digest.slack:
            readers.insert(0, (SLACK, self._channel))
        async with self._db.begin() as tx:
            await digests.make(tx, planned.id, written.as_json(), readers, now)

    async def _send_one(self) -> bool:
        now = self._clock()
        async with self._db.read() as tx:
            if not await digests.any_due(tx, now):
                return False
        async with self._db.begin() as tx:  # durable: whoever finds it begun asks before it sends
            copy = await digests.claim(tx, now)
        if copy is None:
            return False
        async with self._db.read() as tx:
            digest = await digests.by_id(tx, copy.digest_id)
        assert digest.content is not None  # a copy is made with its digest
        try:
            if copy.way not in self._ways:
                raise PermanentError(f"{copy.way} is not set up", "not_set_up")
            await self._ways[copy.way](letter.read(digest.content), digest, copy)
        except DeliveryError as failure:
            await self._failed(copy, failure)
            return True
        async with self._db.begin() as tx:
            await digests.end(tx, copy.id, "sent", self._clock())
        return True

    async def _failed(self, copy: Copy, failure: DeliveryError) -> None:
        now, error = self._clock(), (failure.code or str(failure))[:255]
        log.warning("digest %d by %s: %s", copy.digest_id, copy.way, failure)
        async with self._db.begin() as tx:
            if isinstance(failure, PermanentError) or copy.attempts >= TRIES:
                await digests.end(tx, copy.id, "failed", now, error)
            else:
                await digests.later(tx, copy.id, now + AGAIN * 2 ** (copy.attempts - 1), error)


def next_after(now: datetime) -> tuple[date, datetime]:
    """The Monday of the week that the next digest tells of, and when it is due."""
    here = now.astimezone(HERE)
    monday = here.date() - timedelta(days=here.weekday())
    due_at = datetime.combine(monday, EIGHT, HERE)
    if here >= due_at:
        due_at += WEEK
    return due_at.date() - WEEK, due_at.astimezone(timezone.utc)
