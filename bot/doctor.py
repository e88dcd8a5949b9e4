"""`carebot doctor`: looks at everything Carebot needs, and says what is wrong and the way out."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Final, Literal, NamedTuple

from bot import authored, channel_setup, health, training
from bot.config import Settings
from bot.doctor_words import say
from bot.facts import HERE
from bot.shared import Shared
from bot.storage import accounts, dead_letters, releases, users
from bot.storage import health as depths
from bot.storage.db import Database
from bot.storage.migrate import revisions

State = Literal["good", "hint", "bad"]
SLOW_SECONDS: Final = 0.5  # for the first look at a database, connecting included
SKEW: Final = timedelta(seconds=2)
SOON: Final = timedelta(days=7)  # before a login ends
LEAST_FREE: Final = 1024**3  # bytes of the disk
LONGEST_WAL: Final = 256 * 1024**2


class Finding(NamedTuple):
    """One line of the doctor's."""

    state: State  # a hint is no fault yet
    about: str  # a name of doctor_words.WORDS, or of a channel
    text: str


async def examine(
    settings: Settings, db: Database, language: str, now: datetime
) -> AsyncIterator[Finding]:
    """Everything in order; what cannot be asked because of an earlier fault is left out."""

    def found(state: State, key: str, **values: object) -> Finding:
        return Finding(state, key.partition(".")[0], say(language, key, **values))

    facts = {"business": settings.business, "url": settings.public_url}
    yield found("good", "settings.good", **facts)
    for each in _disk(db, settings, language):
        yield each
    kind = "SQLite" if db.is_sqlite else "PostgreSQL"
    try:
        present, due = await revisions(settings.database_url)
    except Exception as error:  # whatever the driver raises, the way out is the same
        yield found("bad", "database.bad", kind=kind, error=type(error).__name__)
        return
    began = time.perf_counter()
    async with db.read() as tx:
        theirs = await depths.clock(tx)
    took = time.perf_counter() - began
    is_slow, ms = took > SLOW_SECONDS, round(1000 * took)
    key = "database.slow" if is_slow else "database.good"
    yield found("hint" if is_slow else "good", key, kind=kind, ms=ms)
    if theirs is None:
        yield found("good", "clock.same")
    else:
        apart = abs(theirs - now)
        state: State = "good" if apart <= SKEW else "bad"
        yield found(state, f"clock.{state}", seconds=round(apart.total_seconds(), 1))
    if present != due:
        missing = say(language, "schema.none")
        yield found("bad", "schema.bad", present=present or missing, due=due)
        return
    yield found("good", "schema.good", present=present)
    async for each in _work(settings, db, language, now):
        yield each
    if settings.redis_url:
        yield await _redis(settings.redis_url, language)
    for is_well, name, text in await channel_setup.standing(settings, db, language):
        yield Finding("good" if is_well else "bad", name, text)
    origins = ", ".join(sorted(settings.widget_origins))
    yield found("good", "web.good", origins=origins)


async def _work(
    settings: Settings, db: Database, language: str, now: datetime
) -> AsyncIterator[Finding]:
    """Who answers, who waits, and what lies there."""

    def found(state: State, key: str, **values: object) -> Finding:
        return Finding(state, key.partition(".")[0], say(language, key, **values))

    stands = await health.look(db, (), now)
    async with db.read() as tx:
        current = await releases.current(tx)
        people = await users.count(tx)
        own = await authored.read(tx)
        ends = await accounts.token_ends(tx)
        dead = await dead_letters.counts_since(tx, now - health.LATELY)
    if current is None:
        yield found("bad", "model.none")
    elif current.fingerprint != training.fingerprint(settings.project_dir, own):
        yield found("hint", "model.old", name=current.name)
    else:
        yield found("good", "model.good", name=current.name, rasa=version("rasa"))
    living = [each for each in stands.workers if stands.lives(each)]
    ready = sum(each.model is not None for each in living)
    if ready:
        yield found("good", "workers.good", ready=ready)
    elif living:
        yield found("hint", "workers.loading", loading=len(living))
    else:
        yield found("bad", "workers.none")
    oldest = max((stands.age(each) for each in stands.inbox.values()), default=0.0)
    if oldest > health.STUCK.total_seconds():
        yield found("bad", "queue.stuck", seconds=round(oldest))
    else:
        inbox, outbox = (
            sum(each.many for each in queue.values()) for queue in (stands.inbox, stands.outbox)
        )
        waiting = {"inbox": inbox, "outbox": outbox, "handoffs": stands.handoffs.many}
        yield found("good", "queue.good", **waiting)
    yield found("good" if people else "bad", f"users.{'good' if people else 'none'}", number=people)
    for channel, end in sorted(ends.items()):
        if end - now < SOON:
            key = "token.soon" if end > now else "token.ended"
            day = f"{end.astimezone(HERE):%d/%m/%Y}"
            command = channel.replace("_", "-")
            yield found("bad", key, channel=channel, day=day, command=command)
    if any(dead.values()):
        yield found("hint", "dead.some", **dead)
    else:
        yield found("good", "dead.good")


def _disk(db: Database, settings: Settings, language: str) -> Iterator[Finding]:
    """The disk, and on SQLite the file on it."""
    path = Path(db.url.partition("///")[2]).absolute() if db.is_sqlite else None
    folder = path.parent if path else settings.project_dir
    if folder.exists():
        free = shutil.disk_usage(folder).free
        size = path.stat().st_size if path and path.exists() else 0
        about = {"free": _size(free), "folder": folder, "size": _size(size)}
        if free < LEAST_FREE:
            yield Finding("bad", "disk", say(language, "disk.bad", **about))
        elif free < size:
            yield Finding("hint", "disk", say(language, "disk.backup", **about))
        else:
            yield Finding("good", "disk", say(language, "disk.good", **about))
    if path and path.exists():
        yield _file(path, language)


def _file(path: Path, language: str) -> Finding:
    log = path.with_name(f"{path.name}-wal")
    size = _size(path.stat().st_size)
    if not (os.access(path, os.R_OK | os.W_OK) and os.access(path.parent, os.W_OK)):
        return Finding("bad", "file", say(language, "file.closed", path=path))
    if log.exists() and log.stat().st_size > LONGEST_WAL:
        grown = _size(log.stat().st_size)
        return Finding("bad", "file", say(language, "file.wal", path=path, size=grown))
    if path.stat().st_mode & 0o077:
        return Finding("hint", "file", say(language, "file.open", path=path))
    return Finding("good", "file", say(language, "file.good", size=size))


def _size(number: float) -> str:
    if number < 1024**3:
        return f"{number / 1024**2:.1f} MB"
    return f"{number / 1024**3:.1f} GB"


async def _redis(url: str, language: str) -> Finding:
    shared = Shared(url)
    try:
        answers = await shared.ask(lambda redis: redis.ping())
    finally:
        await shared.close()
    state: State = "good" if answers else "bad"
    return Finding(state, "redis", say(language, f"redis.{state}"))
