"""Two wordings of one answer are compared: every customer is told one of them, always the same.

What counts is whether a customer was helped: within 24 hours of the answer they did not ask the
same again, were not left without an answer, wanted no person and pressed no thumb down. That is
known of everybody, a thumb only of the few who press one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final

from bot.address import addressed
from bot.facts import Facts, file_in
from bot.figures.share import newcombe, wilson
from bot.models import Customer, Say, Turn
from bot.progress import NOT_UNDERSTOOD
from bot.storage import audit
from bot.storage import experiments as rows
from bot.storage.db import Tx
from bot.storage.experiments import Experiment, Told

KIND: Final = "wording"  # in the audit
FEWEST, MOST = 20, 100_000  # customers
LONGEST: Final = timedelta(days=90)
NAMED: Final = re.compile(r"{(\w+)}")
ROOT: Final = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Compared:
    """What came of an experiment so far."""

    first: Told
    second: Told

    @property
    def difference(self) -> tuple[float, float, float] | None:
        """Of the second's share from the first's, -1 to 1, with its 95 % interval."""
        one, other = self.second, self.first
        if not one.known or not other.known:
            return None
        between = newcombe(one.helped, one.known, other.helped, other.known)
        return (one.helped / one.known - other.helped / other.known, *between)

    @property
    def better(self) -> str:
        """Which wording is, as far as it is sure; "" while it is not."""
        if self.difference is None:
            return ""
        _, low, high = self.difference
        return "second" if low > 0 else "first" if high < 0 else ""


def interval(told: Told) -> tuple[float, float] | None:
    """Wilson's, of those who were helped."""
    return wilson(told.helped, told.known) if told.known else None


def wording(experiment_id: int, customer_id: int) -> str:
    """Which one a customer is told: half of them each, and stays so."""
    digest = hashlib.sha256(f"wording {experiment_id} {customer_id}".encode()).digest()
    return "second" if digest[0] % 2 else "first"


def over(experiment: Experiment, shown: int, now: datetime) -> str:
    """Why it stops by itself; "" while it goes on."""
    if now >= experiment.ends_at:
        return "date"
    return "enough" if shown >= experiment.most else ""


async def worded(tx: Tx, customer: Customer, turn: Turn, now: datetime) -> Turn:
    """The turn, in the wording that this customer is told; and whether what they were told before
    has helped, as this turn shows. What was changed by other means is said as it is."""
    lost = any(say.why.get("response") in NOT_UNDERSTOOD for say in turn.says)
    if turn.handoff_reason or lost:
        await rows.came_back(tx, customer.id, now)
        return turn
    says = []
    for say in turn.says:
        intent = str(say.why.get("intent") or "")
        is_answer = intent and say.why.get("response") == f"utter_{intent}"
        running = await rows.running(tx, intent) if is_answer else None
        says.append(await _worded(tx, customer, turn, say, running, now) if running else say)
    return replace(turn, says=tuple(says))


async def _worded(
    tx: Tx, customer: Customer, turn: Turn, say: Say, running: Experiment, now: datetime
) -> Say:
    await rows.came_back(tx, customer.id, now, running.intent)
    if outcome := over(running, await rows.shown(tx, running.id), now):
        await stop(tx, running, outcome, None, now)
        return say
    term = turn.address or customer.profile.get("address")
    facts = _facts(now)
    first, second = (_filled(text, term, facts) for text in (running.first, running.second))
    if say.content.text != first or not second:
        return say
    chosen = wording(running.id, customer.id)
    await rows.show(tx, running.id, customer.id, chosen, now)
    text = second if chosen == "second" else first
    why = {**say.why, "experiment": running.id, "wording": chosen}
    return Say(replace(say.content, text=text), why)


async def stop(
    tx: Tx, experiment: Experiment, outcome: str, user_id: int | None, now: datetime
) -> None:
    """It ends, and customers are told the first wording again; who ended it is kept."""
    if await rows.end(tx, experiment.id, outcome, now):
        await audit.note(tx, KIND, experiment.id, outcome, user_id, now)


async def changed(tx: Tx, intent: str, user_id: int | None, now: datetime) -> None:
    """The answer itself was changed: what runs about it ends."""
    if running := await rows.running(tx, intent):
        await stop(tx, running, "changed", user_id, now)


async def compared(tx: Tx, experiment: Experiment, now: datetime) -> Compared:
    found = await rows.told(tx, experiment.id, now)
    return Compared(found["first"], found["second"])


def _filled(text: str, term: str | None, facts: Mapping[str, str]) -> str:
    """The text as the assistant says it; "" when a fact in it does not hold now."""
    if any(name not in facts for name in NAMED.findall(text)):
        return ""
    return NAMED.sub(lambda found: facts[found[1]], addressed(text, term))


@cache
def _file() -> Facts:
    return Facts(file_in(ROOT))


def _facts(now: datetime) -> Mapping[str, str]:
    try:
        return _file().shown(now)
    except OSError:
        return {}


@dataclass(frozen=True)
class Comparison:
    """An experiment as it stands."""

    experiment: Experiment
    compared: Compared
    shown: int
    outcome: str  # why it is over, also when nobody has noted that yet; "" while it goes on
    log: Sequence[audit.Entry]


async def look(tx: Tx, intent: str, now: datetime) -> Comparison | None:
    """The newest experiment about an answer."""
    experiment = await rows.newest(tx, intent)
    if experiment is None:
        return None
    shown = await rows.shown(tx, experiment.id)
    return Comparison(
        experiment,
        await compared(tx, experiment, now),
        shown,
        experiment.outcome or over(experiment, shown, now),
        await audit.of(tx, KIND, experiment.id),
    )
