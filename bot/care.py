"""The plan of care: what the shop writes of itself after an order or a repair. The steps stand in
`care.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from bot.facts import HERE
from bot.models import Outreach
from bot.storage import care as records
from bot.storage import outreach
from bot.storage.care import Record
from bot.storage.db import Database, Tx

FILE: Final = Path(__file__).parent / "care.yml"
AHEAD: Final = timedelta(days=90)  # as far as the care calendar shows
AT_ONCE: Final = 200  # records of one step in one round


@dataclass(frozen=True)
class Step:
    """One line of the plan."""

    kind: str
    of: str  # order or repair
    since: str  # the moment of the record that it counts from
    after: timedelta
    within: timedelta
    purpose: str
    states: tuple[str, ...]
    ahead: bool

    def due_at(self, record: Record) -> datetime | None:
        """When it is to be said of the record; None while that is not known."""
        at: datetime | None = getattr(record, self.since)
        return at + self.after if at else None


@lru_cache(maxsize=1)
def steps() -> Mapping[str, Step]:
    """By kind. Raises KeyError or TypeError for a plan that cannot be read."""
    found = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {
        kind: Step(
            kind,
            step["of"],
            step["from"],
            timedelta(**step["after"]),
            timedelta(**step["within"]),
            step["purpose"],
            tuple(step["states"]),
            step.get("ahead", True),
        )
        for kind, step in found.items()
    }


async def plan(db: Database, now: datetime) -> int:
    """Plan what is not planned yet; how much that was. Done twice it changes nothing."""
    planned = 0
    for step in steps().values():
        begins = now - step.after - step.within
        ends = now + AHEAD if step.ahead else now - step.after
        async with db.read() as tx:
            found = await records.unplanned(
                tx, step.kind, step.of, step.since, step.states, begins, ends, AT_ONCE
            )
        if not found:
            continue
        async with db.begin() as tx:
            for record, customer_id in found:
                due_at = step.due_at(record)
                assert due_at is not None  # it was looked for by this moment
                planned += await outreach.plan(
                    tx,
                    step.kind,
                    key_of(step.kind, record.code),
                    step.purpose,
                    customer_id,
                    max(due_at, now),
                    now,
                    about=about(record),
                    person_id=record.person_id,
                )
    return planned


def key_of(kind: str, code: str) -> str:
    """The reason for which something is planned once."""
    return f"{kind}:{code}"


def about(record: Record) -> Mapping[str, Any]:
    """What the sentences of a step are filled with."""
    promised = record.promised_at.astimezone(HERE) if record.promised_at else None
    return {
        "code": record.code,
        "item": record.item,
        "promised": f"{promised:%H:%M} ngày {promised.day}/{promised.month}" if promised else "",
    }


async def unwanted(tx: Tx, planned: Outreach, now: datetime) -> str:
    """Why something planned is no longer to be said; "" when it is."""
    step = steps().get(planned.kind)
    if step is None:
        return ""
    record = await records.by_code(tx, step.of, str(planned.about.get("code", "")))
    due_at = step.due_at(record) if record else None
    if record is None or due_at is None or record.state not in step.states or record.returned:
        return "no_longer"
    return "too_late" if due_at + step.within < now else ""
