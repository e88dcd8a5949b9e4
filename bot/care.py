"""The plan of care: what the shop writes of itself after an order or a repair, and when no order
comes any more. The steps stand in `care.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, cast

import yaml

from bot import reach
from bot.facts import HERE
from bot.models import Outreach
from bot.permission import Purpose
from bot.storage import care as records
from bot.storage import identities, outreach
from bot.storage import reach as people
from bot.storage.care import Record, Sought
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
    ahead: bool = True
    wants: str = ""  # the purpose that the person must have said yes to as well
    every: timedelta | None = None  # to one person at most once in so long
    last: bool = False  # only of the order that a person paid last

    def sought(self, now: datetime) -> Sought:
        """The records for which it may be planned now."""
        return Sought(
            self.kind,
            self.of,
            self.since,
            self.states,
            begins=now - self.after - self.within,
            ends=now - self.after + (AHEAD if self.ahead else timedelta(0)),
            last=self.last,
            rested_since=now - self.every if self.every else None,
        )

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
            step.get("wants", ""),
            timedelta(**step["every"]) if "every" in step else None,
            step.get("last", False),
        )
        for kind, step in found.items()
    }


async def plan(db: Database, now: datetime) -> int:
    """Plan what is not planned yet; how much that was. Done twice it changes nothing."""
    planned = 0
    for step in steps().values():
        async with db.read() as tx:
            found = await records.unplanned(tx, step.sought(now), AT_ONCE)
        if not found:
            continue
        async with db.begin() as tx:
            told: set[int] = set()
            for record, customer_id in found:
                if step.every and record.person_id in told:
                    continue
                told.add(record.person_id)
                planned += await _plan(tx, step, record, customer_id, now)
    return planned


async def _plan(tx: Tx, step: Step, record: Record, customer_id: int, now: datetime) -> bool:
    due_at = step.due_at(record)
    assert due_at is not None  # it was looked for by this moment
    due_at = max(due_at, now)
    if step.wants:  # a yes holds on the channel that it was given on
        (person,) = await people.of(tx, [record.person_id])
        way = await reach.best(tx, person.accounts, cast(Purpose, step.wants), due_at)
        customer_id = way.customer.id if way else customer_id
    return await outreach.plan(
        tx,
        step.kind,
        key_of(step.kind, record.code),
        step.purpose,
        customer_id,
        due_at,
        now,
        about=about(record),
        person_id=record.person_id,
    )


def key_of(kind: str, code: str) -> str:
    """The reason for which something is planned once."""
    return f"{kind}:{code}"


def about(record: Record) -> Mapping[str, Any]:
    """What the sentences of a step are filled with."""
    promised = record.promised_at.astimezone(HERE) if record.promised_at else None
    ends = record.warranty_until.astimezone(HERE) if record.warranty_until else None
    return {
        "code": record.code,
        "item": record.item,
        "promised": f"{promised:%H:%M} ngày {promised.day}/{promised.month}" if promised else "",
        "ends": f"{ends.day}/{ends.month}/{ends.year}" if ends else "",
    }


def wants(planned: Outreach) -> str:
    """The purpose that the person must have said yes to, beside that of the message itself; "" for
    none. A reminder wants what it reminds of."""
    step = steps().get(str(planned.about.get("of", planned.kind)))
    return step.wants if step else ""


async def unwanted(tx: Tx, planned: Outreach, now: datetime) -> str:
    """Why something planned is no longer to be said; "" when it is."""
    step = steps().get(planned.kind)
    if step is None:
        return ""
    record = await records.by_code(tx, step.of, str(planned.about.get("code", "")))
    due_at = step.due_at(record) if record else None
    if record is None or due_at is None or record.state not in step.states:
        return "no_longer"
    if record.returned and not step.last:
        return "no_longer"
    if step.since == "warranty_until" and planned.about.get("ends") != about(record)["ends"]:
        return "no_longer"  # a longer one was bought
    if step.last and await records.last_paid(tx, record.person_id) != record.code:
        return "no_longer"
    if step.every and await outreach.was_sent(
        tx, planned.kind, await identities.accounts_of(tx, planned.customer_id), now - step.every
    ):
        return "asked_already"
    return "too_late" if due_at + step.within < now else ""
