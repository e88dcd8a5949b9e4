"""Two wordings of one answer: who was told which, and whom it left without help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, func, select, update

from bot.storage.counted import left_out
from bot.storage.db import Tx, insert_once
from bot.storage.tables import experiments, exposures

WITHIN: Final = timedelta(hours=24)  # after an answer, in which it shows whether it helped


@dataclass(frozen=True)
class Experiment:
    id: int
    intent: str
    first: str
    second: str
    most: int  # customers, after whom it stops
    ends_at: datetime
    started_at: datetime
    ended_at: datetime | None
    outcome: str  # enough, date, stopped, changed, taken; "" while it runs

    @classmethod
    def of(cls, row: Any) -> Experiment:
        return cls(**{name: row[name] for name in cls.__dataclass_fields__})


@dataclass(frozen=True)
class Told:
    """The customers who were told one wording."""

    shown: int = 0
    known: int = 0  # of those, longer than WITHIN ago
    helped: int = 0  # of those, who did not come back


_RUNNING: Final = select(experiments).where(
    experiments.c.intent == bindparam("intent"), experiments.c.ended_at.is_(None)
)


async def running(tx: Tx, intent: str) -> Experiment | None:
    row = (await tx.execute(_RUNNING, {"intent": intent})).mappings().one_or_none()
    return Experiment.of(row) if row else None


async def newest(tx: Tx, intent: str) -> Experiment | None:
    query = select(experiments).where(experiments.c.intent == intent)
    query = query.order_by(experiments.c.id.desc()).limit(1)
    row = (await tx.execute(query)).mappings().one_or_none()
    return Experiment.of(row) if row else None


async def start(
    tx: Tx, intent: str, first: str, second: str, most: int, ends_at: datetime, now: datetime
) -> Experiment | None:
    """None while another one of this answer runs."""
    values = {"intent": intent, "first": first, "second": second, "most": most}
    values |= {"ends_at": ends_at, "started_at": now}
    return await running(tx, intent) if await insert_once(tx, experiments, values) else None


async def end(tx: Tx, experiment_id: int, outcome: str, now: datetime) -> bool:
    """False when it had ended before."""
    this = (experiments.c.id == experiment_id, experiments.c.ended_at.is_(None))
    query = update(experiments).where(*this).values(ended_at=now, outcome=outcome)
    return bool((await tx.execute(query)).rowcount)


async def shown(tx: Tx, experiment_id: int) -> int:
    """How many customers have been told either wording."""
    query = select(func.count()).where(exposures.c.experiment_id == experiment_id)
    return int((await tx.execute(query)).scalar_one())


async def show(tx: Tx, experiment_id: int, customer_id: int, wording: str, now: datetime) -> None:
    """A customer is told this wording; their first time counts."""
    values = {"experiment_id": experiment_id, "customer_id": customer_id, "wording": wording}
    await insert_once(tx, exposures, {**values, "shown_at": now})


async def came_back(tx: Tx, customer_id: int, now: datetime, intent: str = "") -> None:
    """What the customer was told lately did not help: of this intent, or whatever it was about."""
    this = [
        exposures.c.customer_id == customer_id,
        exposures.c.shown_at > now - WITHIN,
        exposures.c.came_back_at.is_(None),
    ]
    if intent:
        about = select(experiments.c.id).where(experiments.c.intent == intent)
        this.append(exposures.c.experiment_id.in_(about))
    await tx.execute(update(exposures).where(*this).values(came_back_at=now))


async def told(tx: Tx, experiment_id: int, now: datetime) -> Mapping[str, Told]:
    """What came of it, by wording, without whom figures leave out."""
    rows = select(exposures.c.wording, exposures.c.shown_at, exposures.c.came_back_at).where(
        exposures.c.experiment_id == experiment_id, exposures.c.customer_id.not_in(left_out)
    )
    found: dict[str, list[tuple[datetime, datetime | None]]] = {"first": [], "second": []}
    for wording, at, back_at in await tx.execute(rows):
        found[wording].append((at, back_at))
    return {
        wording: Told(
            len(each),
            sum(at <= now - WITHIN for at, _ in each),
            sum(at <= now - WITHIN and back_at is None for at, back_at in each),
        )
        for wording, each in found.items()
    }
