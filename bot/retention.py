"""What is kept no longer than its time goes at night, in short transactions, and is reported.

Of several workers one does it: whoever writes the night's row first. A worker that dies leaves a
row whose time runs out, and another goes on with what is still due; what went is counted in the
transaction in which it went.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from bot import archive
from bot.facts import HERE
from bot.storage import retention as due
from bot.storage import rules as desk
from bot.storage.db import Database, Tx

log = logging.getLogger(__name__)

FROM_HOUR: Final = 2  # in Vietnam: nobody writes
BATCH: Final = 500  # rows of a transaction
TALKS: Final = 20  # of a file of the archive
LEASE: Final = timedelta(minutes=5)  # longer than a transaction
PAUSE: Final = 0.05  # seconds between two transactions, for those who write meanwhile


def night_of(now: datetime) -> str:
    """The night that is to be done by now, by its day in Vietnam."""
    local = now.astimezone(HERE)
    day = local.date() if local.hour >= FROM_HOUR else local.date() - timedelta(days=1)
    return day.isoformat()


async def run(
    db: Database,
    clock: Callable[[], datetime],
    folder: Path | None,
    *,
    key: str = "",
    stopping: Callable[[], bool] = lambda: False,
) -> Mapping[str, int] | None:
    """Do the night, or what is left of it: how much went, by kind. None when it was done, when
    another process is at it, or when `stopping` broke it off. With a `folder` transcripts go there
    before they are deleted. Raises DatabaseUnavailable, and OSError when the archive cannot be
    written: nothing that is not in it has gone then.
    """
    now, key = clock(), key or night_of(clock())
    async with db.read() as tx:
        if not await due.any_to_do(tx, key, now):
            return None
        before = times(await _days(tx), now)
    async with db.begin() as tx:
        run_id = await due.begin(tx, key, now, now + LEASE)
    if run_id is None:
        return None
    night = _Night(db, clock, run_id, folder, stopping)
    done = (
        await night.trim(before)
        and await night.transcripts(before["transcripts"])
        # Last: a file goes with its message, if that goes.
        and await night.repeat("files", lambda tx: due.drop_files(tx, before["files"], BATCH, now))
    )
    if not done:
        return None
    async with db.begin() as tx:
        counts = await due.end(tx, run_id, clock())
    log.info("retention: %s", counts or "nothing was due")
    return counts


async def expected(db: Database, now: datetime) -> Mapping[str, int]:
    """What would go now, by kind, and how many talks are `held`. Nothing is changed."""
    async with db.read() as tx:
        return await due.due(tx, times(await _days(tx), now))


async def _days(tx: Tx) -> Mapping[str, int]:
    return (await desk.current(tx)).retention


def times(days: Mapping[str, int], now: datetime) -> dict[str, datetime]:
    """Before when each kind is due."""
    return {kind: now - timedelta(days=number) for kind, number in days.items()}


class _Night:
    """One process at work."""

    def __init__(
        self,
        db: Database,
        clock: Callable[[], datetime],
        run_id: int,
        folder: Path | None,
        stopping: Callable[[], bool],
    ) -> None:
        self._db = db
        self._clock = clock
        self._run = run_id
        self._folder = folder
        self._stopping = stopping

    async def _count(self, tx: Tx, **counts: int) -> None:
        await due.count(tx, self._run, counts, self._clock() + LEASE)

    async def repeat(self, kind: str, step: Callable[[Tx], Awaitable[int]]) -> bool:
        """Take batches until nothing more is due; False when it was broken off."""
        while not self._stopping():
            async with self._db.begin() as tx:
                gone = await step(tx)
                if gone:
                    await self._count(tx, **{kind: gone})
            if not gone:
                return True
            await asyncio.sleep(PAUSE)
        return False

    async def trim(self, before: Mapping[str, datetime]) -> bool:
        for kind in due.LOGS:
            step = partial(due.trim, kind=kind, before=before[kind], most=BATCH)
            if not await self.repeat(kind, step):
                return False
        return await self.repeat(
            "platform_ids", lambda tx: due.trim_platform_ids(tx, before["platform_ids"], BATCH)
        )

    async def transcripts(self, before: datetime) -> bool:
        after = 0
        while not self._stopping():
            async with self._db.read() as tx:
                talks = await due.due_talks(tx, before, after, TALKS)
            if not talks:
                return True
            if self._folder is not None:
                await self._archive(self._folder, talks)
            for talk in talks:
                if not await self._clear(talk, before):
                    return False
            after = talks[-1]
        return False

    async def _archive(self, folder: Path, talks: list[int]) -> None:
        async with self._db.read() as tx:
            told = [await due.whole(tx, talk) for talk in talks]
        await asyncio.to_thread(archive.write, folder, told, self._clock())

    async def _clear(self, talk: int, before: datetime) -> bool:
        empty = False
        while not empty:
            if self._stopping():
                return False
            async with self._db.begin() as tx:
                done = await due.clear(tx, talk, before, BATCH, self._clock())
                if done is None:
                    return True
                gone, empty = done
                await self._count(tx, messages=gone, transcripts=int(empty))
            await asyncio.sleep(PAUSE)
        return True
