"""Trials: the present content, trained and held against every bar before it may be published. One
at a time, whoever asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, or_, select, update

from bot.storage.db import Tx, insert_once
from bot.storage.tables import UtcDateTime, trials

LEASE: Final = timedelta(minutes=15)  # longer than a training on a slow machine
WAITING, RUNNING = "waiting", "running"
_NOW: Any = bindparam("now", type_=UtcDateTime)
_FREE = select(trials).where(
    trials.c.ended_at.is_(None), or_(trials.c.held_until.is_(None), trials.c.held_until <= _NOW)
)
_CLAIM = _FREE.with_for_update(skip_locked=True)


@dataclass(frozen=True)
class Trial:
    id: int
    asked_at: datetime
    state: str  # waiting, running; passed, failed at a bar, broken on the way
    attempts: int
    ended_at: datetime | None
    model_id: int | None
    report: Mapping[str, Any]


def _trial(row: Any) -> Trial:
    return Trial(**{name: row[name] for name in Trial.__dataclass_fields__})


async def ask(tx: Tx, user_id: int | None, now: datetime) -> bool:
    """Ask for one. False while one goes on."""
    values: dict[str, Any] = {"asked_by": user_id, "asked_at": now, "state": WAITING}
    values["report"] = {}
    return await insert_once(tx, trials, values)


async def claim(tx: Tx, now: datetime) -> Trial | None:
    """Begin the one that waits, or that a worker left."""
    row = (await tx.execute(_CLAIM, {"now": now})).mappings().one_or_none()
    if row is None:
        return None
    values = {"state": RUNNING, "held_until": now + LEASE, "attempts": row["attempts"] + 1}
    await tx.execute(update(trials).where(trials.c.id == row["id"]).values(**values))
    return _trial({**row, **values})


async def any_waits(tx: Tx, now: datetime) -> bool:
    """Whether there is one to claim."""
    return (await tx.execute(_FREE, {"now": now})).first() is not None


async def release(tx: Tx, trial: Trial) -> None:
    """Leave it to another worker, as if it had not been begun."""
    await tx.execute(
        update(trials)
        .where(trials.c.id == trial.id, trials.c.ended_at.is_(None))
        .values(state=WAITING, held_until=None, attempts=trial.attempts - 1)
    )


async def end(
    tx: Tx,
    trial_id: int,
    state: str,
    report: Mapping[str, Any],
    now: datetime,
    model_id: int | None = None,
) -> None:
    await tx.execute(
        update(trials)
        .where(trials.c.id == trial_id, trials.c.ended_at.is_(None))
        .values(state=state, report=dict(report), ended_at=now, model_id=model_id)
    )


async def newest(tx: Tx) -> Trial | None:
    query = select(trials).order_by(trials.c.id.desc()).limit(1)
    row = (await tx.execute(query)).mappings().one_or_none()
    return _trial(row) if row else None
