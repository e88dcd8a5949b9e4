"""Slack as the agents' second desk: every hand-off is a thread, and what agents do in it has the
same effect as in the console.

What Slack tells is kept first, by whichever process hears it. One process at a time serves: it
deals with what was told and keeps the threads up with their conversations.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from bot.doorbell import Doorbell
from bot.pace import Pacer
from bot.slack_desk.agents import Agents, NotYet
from bot.slack_desk.pack import Look
from bot.slack_desk.threads import Threads
from bot.storage import accounts
from bot.storage import slack as rows
from bot.storage.db import Database, DatabaseUnavailable
from bot.storage.slack import Report
from connectors.base import AuthError, DeliveryError, Json, RetryableError, UnreadableError
from connectors.slack import Ear, Slack, Told, told

__all__ = ["Look", "SlackDesk", "keep"]

log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 1.0  # between looks when nobody rings
AWAY_SECONDS: Final = 1.0  # between tries while the database is away
LEASE: Final = timedelta(seconds=60)  # longer than a call to Slack takes
AGAIN: Final = 5.0  # seconds without calls after one that failed
SIGN_IN: Final = 60.0  # and after one that says that somebody has to act
TRIES: Final = 6  # of what somebody wants
AT_ONCE: Final = 8  # threads
PENDING: Final = 200
KEPT: Final = timedelta(days=1)  # Slack repeats itself for six minutes
FORGET_EVERY: Final = timedelta(minutes=10)


async def keep(
    db: Database,
    ring: Callable[[str], Awaitable[None]],
    clock: Callable[[], datetime],
    body: Json,
) -> None:
    """Write down what Slack has told, once. Raises DatabaseUnavailable."""
    now = clock()
    try:
        found = told(body)
    except UnreadableError as error:
        log.warning("slack: an event was not read: %s", error)
        async with db.begin() as tx:
            await accounts.keep_unread(tx, "slack", str(error), json.dumps(body), now)
        return
    if found is not None:
        async with db.begin() as tx:
            await rows.keep(tx, found[0], body, now)
            await accounts.heard(tx, "slack", now)
        await ring("slack")


class SlackDesk:
    """Serves Slack for as long as no other process does."""

    def __init__(
        self,
        db: Database,
        bell: Doorbell,
        slack: Slack,
        ear: Ear,
        look: Look,
        clock: Callable[[], datetime],
    ) -> None:
        self._db = db
        self._bell = bell
        self._slack = slack
        self._ear = ear
        self._clock = clock
        self._agents = Agents(db, slack, look.language, clock)
        self._threads = Threads(db, slack, look, clock, Pacer(slack.pace).wait)
        self._until: datetime | None = None  # this process serves
        self._stopping = asyncio.Event()
        self._running: dict[str | int, asyncio.Task[None]] = {}  # by thread, by hand-off
        self._silent_until = 0.0
        self._well = False  # Slack has taken a call since it was last not well
        self._forgot_at: datetime | None = None
        self._woken = asyncio.Event()

    async def run(self, stopping: asyncio.Event) -> None:
        """Serve until `stopping`; then finish what is begun."""
        self._stopping = stopping
        await self._bell.open(self._heard)
        stopped = asyncio.create_task(stopping.wait())
        try:
            while not stopping.is_set():
                self._woken.clear()
                try:
                    await self._look()
                except DatabaseUnavailable as error:
                    log.warning("Slack's desk waits for the database: %s", error)
                    await asyncio.wait({stopped}, timeout=AWAY_SECONDS)
                except Exception:  # a loop that ends would leave agents without their desk
                    log.exception("Slack's desk failed; it goes on")
                    await asyncio.wait({stopped}, timeout=AWAY_SECONDS)
                woken = asyncio.create_task(self._woken.wait())
                await asyncio.wait(
                    {woken, stopped}, timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED
                )
                woken.cancel()
        finally:
            stopped.cancel()
            await self._ear.hang_up()
            await asyncio.gather(*self._running.values(), return_exceptions=True)
            if self._until is not None:
                with contextlib.suppress(DatabaseUnavailable):
                    async with self._db.begin(durable=False) as tx:
                        await rows.rest(tx, self._until)
            await self._bell.close()

    def _heard(self, word: str) -> None:
        if not word.startswith("typing"):
            self._woken.set()

    async def _look(self) -> None:
        if not await self._serves():
            await self._ear.hang_up()
            return
        if self._ear.by_socket and not self._ear.listens:
            self._ear.listen()
        if asyncio.get_running_loop().time() < self._silent_until:
            return
        now = self._clock()
        busy = set(self._running)  # before it is read what waits: what ends meanwhile is in both
        async with self._db.read() as tx:
            reports = await rows.reports(tx, PENDING)
            threadless = await rows.any_threadless(tx, self._slack.channel)
        for report in reports:
            found = told(report.body)
            assert found is not None  # or it was not kept
            lane = found[1].thread
            if lane not in busy and report.due_at <= now:
                self._begin(lane, self._deal(report, found[1]))
            busy.add(lane)  # what comes after it waits for it
        if threadless:
            async with self._db.begin() as tx:
                await rows.begin_threads(tx, self._slack.channel)
        async with self._db.read() as tx:
            behind = await rows.behind(tx)
        for handoff_id in behind[:AT_ONCE]:
            if handoff_id not in self._running:
                self._begin(handoff_id, self._follow(handoff_id))
        await self._forget(now)

    async def _serves(self) -> bool:
        """Whether this process is the one."""
        now = self._clock()
        if self._until is not None and now < self._until - LEASE / 2:
            return True
        until = now + LEASE
        async with self._db.begin(durable=False) as tx:
            mine = await rows.serve(tx, self._until, now, until)
        self._until = until if mine else None
        return mine

    def _begin(self, key: str | int, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._running[key] = task
        task.add_done_callback(partial(self._ended, key))

    def _ended(self, key: str | int, task: asyncio.Task[None]) -> None:
        self._running.pop(key, None)
        self._woken.set()
        if not task.cancelled() and (error := task.exception()):
            log.error("a task of Slack's desk ended", exc_info=error)

    async def _deal(self, report: Report, wanted: Told) -> None:
        """Deal with what Slack has told, and own up when it cannot be done."""
        now = self._clock()
        try:
            try:
                await self._agents.heed(wanted)
            except DatabaseUnavailable:
                raise
            except Exception as failure:
                if not isinstance(failure, NotYet):
                    await self._note(failure)
                if report.attempts < TRIES:
                    async with self._db.begin() as tx:
                        due_at = now + timedelta(seconds=2**report.attempts)
                        await rows.later(tx, report, due_at)
                    return
                with contextlib.suppress(DeliveryError):
                    await self._agents.give_up(wanted)
            async with self._db.begin() as tx:
                await rows.done(tx, report.id, now)
        except DatabaseUnavailable as error:
            log.warning("what an agent wants waits for the database: %s", error)
            return
        await self._bell.ring("outbox")

    async def _follow(self, handoff_id: int) -> None:
        try:
            while not self._stopping.is_set() and await self._threads.step(handoff_id):
                continue
            if not self._well:
                async with self._db.begin() as tx:
                    await accounts.resume(tx, "slack")
                self._well = True
        except DatabaseUnavailable as error:
            log.warning("a thread of Slack's waits for the database: %s", error)
        except Exception as failure:
            await self._note(failure)

    async def _note(self, failure: Exception) -> None:
        """Leave Slack alone for a while."""
        wait = AGAIN
        if isinstance(failure, AuthError):
            wait, self._well = SIGN_IN, False
            async with self._db.begin() as tx:
                await accounts.pause(tx, "slack", failure.code, str(failure), self._clock())
        elif isinstance(failure, RetryableError) and failure.retry_after is not None:
            wait = failure.retry_after
        if isinstance(failure, DeliveryError):
            log.warning("Slack is left alone for %g s: %s", wait, failure)
        else:
            log.error("serving Slack failed; it goes on", exc_info=failure)
        until = asyncio.get_running_loop().time() + wait
        self._silent_until = max(self._silent_until, until)

    async def _forget(self, now: datetime) -> None:
        if self._forgot_at is None or now - self._forgot_at >= FORGET_EVERY:
            async with self._db.begin(durable=False) as tx:
                await rows.forget(tx, now - KEPT)
            self._forgot_at = now
