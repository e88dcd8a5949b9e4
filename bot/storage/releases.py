"""Trained models and which one is in use. In the database, so that every worker finds them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select

from bot.storage.db import Tx, insert, insert_once, into
from bot.storage.tables import publications, trained_models, workers


@dataclass(frozen=True)
class TrainedModel:
    id: int
    name: str  # of the archive that Rasa wrote
    fingerprint: str  # of the content it was trained on
    created_at: datetime


# A worker that has shown itself within this time is alive; it does so every two seconds.
ALIVE = timedelta(seconds=10)
FORGOTTEN = timedelta(hours=1)  # after which one that died leaves no trace

_facts = [c for c in trained_models.c if c.name in TrainedModel.__dataclass_fields__]
_PUBLISHED = (
    select(publications.c.model_id).order_by(publications.c.id.desc()).limit(bindparam("most"))
)
_READY = (
    select(workers.c.id)
    .where(
        workers.c.model_id.is_not(None),
        workers.c.seen_at.between(bindparam("since"), bindparam("upto")),
    )
    .limit(1)
)
_GONE = delete(workers).where(workers.c.id == bindparam("worker"))


def _model(row: Any) -> TrainedModel:
    return TrainedModel(**{name: row[name] for name in TrainedModel.__dataclass_fields__})


async def store(tx: Tx, name: str, fingerprint: str, data: bytes, now: datetime) -> TrainedModel:
    """Keep a trained model; the same name is kept once."""
    await insert_once(
        tx,
        trained_models,
        {"name": name, "fingerprint": fingerprint, "data": data, "created_at": now},
    )
    query = select(*_facts).where(trained_models.c.name == name)
    return _model((await tx.execute(query)).mappings().one())


async def trained_on(tx: Tx, fingerprint: str) -> TrainedModel | None:
    """The newest model of this content."""
    query = (
        select(*_facts)
        .where(trained_models.c.fingerprint == fingerprint)
        .order_by(trained_models.c.id.desc())
        .limit(1)
    )
    row = (await tx.execute(query)).mappings().one_or_none()
    return _model(row) if row else None


async def named(tx: Tx, name: str) -> TrainedModel | None:
    query = select(*_facts).where(trained_models.c.name == name)
    row = (await tx.execute(query)).mappings().one_or_none()
    return _model(row) if row else None


async def by_id(tx: Tx, model_id: int) -> TrainedModel | None:
    query = select(*_facts).where(trained_models.c.id == model_id)
    row = (await tx.execute(query)).mappings().one_or_none()
    return _model(row) if row else None


async def newest(tx: Tx) -> TrainedModel | None:
    query = select(*_facts).order_by(trained_models.c.id.desc()).limit(1)
    row = (await tx.execute(query)).mappings().one_or_none()
    return _model(row) if row else None


async def data_of(tx: Tx, model_id: int) -> bytes:
    query = select(trained_models.c.data).where(trained_models.c.id == model_id)
    return bytes((await tx.execute(query)).scalar_one())


async def publish(tx: Tx, model_id: int, by: str, now: datetime) -> None:
    await insert(tx, publications, {"model_id": model_id, "published_by": by, "published_at": now})


async def published(tx: Tx, limit: int = 20) -> list[int]:
    """The models that were published, by their ids, newest first. Ids only: SQLite reads through
    megabytes of a model on the way to what is stored behind them."""
    return list((await tx.execute(_PUBLISHED, {"most": limit})).scalars())


async def current(tx: Tx) -> TrainedModel | None:
    """The model in use."""
    ids = await published(tx, 1)
    return await by_id(tx, ids[0]) if ids else None


async def before(tx: Tx) -> TrainedModel | None:
    """The model to go back to: beyond the first time the present one was published, so that going
    back twice goes back two steps."""
    ids = await published(tx)
    first = len(ids) - 1 - ids[::-1].index(ids[0]) if ids else 0
    return await by_id(tx, ids[first + 1]) if ids[first + 1 :] else None


async def worker_alive(tx: Tx, worker_id: str, model_id: int | None, now: datetime) -> None:
    """A worker says that it lives and which model it serves (None: still loading)."""
    await worker_gone(tx, worker_id)
    await tx.execute(into(workers), {"id": worker_id, "model_id": model_id, "seen_at": now})


async def worker_gone(tx: Tx, worker_id: str) -> None:
    await tx.execute(_GONE, {"worker": worker_id})


async def forget_workers(tx: Tx, silent_since: datetime) -> None:
    await tx.execute(delete(workers).where(workers.c.seen_at < silent_since))


async def bot_ready(tx: Tx, since: datetime) -> bool:
    """Whether any worker that showed itself since then has a model loaded. One that did so in
    the future died before the clock was set back."""
    shown = {"since": since, "upto": since + 2 * ALIVE}
    return (await tx.execute(_READY, shown)).first() is not None
