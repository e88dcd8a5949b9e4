"""Birthday wishes and festive greetings, planned ahead: once a year each, at nine in the morning.
Which days are festive, and for whom, stands in `greetings.yml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from bot import birthdays, occasions, reach
from bot.care import AHEAD
from bot.facts import HERE
from bot.models import Customer, Outreach
from bot.permission import Purpose
from bot.storage import outreach, people
from bot.storage import reach as known
from bot.storage.db import Database, Tx
from bot.storage.reach import Reachable

FILE: Final = Path(__file__).parent / "greetings.yml"
BIRTHDAY: Final = "birthday"
FESTIVAL: Final = "festival"
AT: Final = {"birthday": time(9), "festival": time(9, 30)}  # in Vietnam; on one day not at once
AT_ONCE: Final = 200  # people in one transaction


@dataclass(frozen=True)
class Greeting:
    """What is to be said to somebody on a day."""

    kind: str
    key: str  # once for each
    purpose: Purpose
    day: date
    about: Mapping[str, Any]

    @property
    def due_at(self) -> datetime:
        return datetime.combine(self.day, AT[self.kind], HERE)


@lru_cache(maxsize=1)
def festive() -> Mapping[str, Mapping[str, Any]]:
    """What is said on festive days, by the festival's key. Raises KeyError for a day that nobody
    knows."""
    found: dict[str, Mapping[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    names = {festival.key for festival in occasions.FESTIVALS}
    if strange := found.keys() - names:
        raise KeyError(f"{FILE.name}: {', '.join(sorted(strange))}")
    return found


async def plan(db: Database, now: datetime) -> int:
    """Plan the greetings of the next AHEAD that are not planned yet; how many that was. Done twice
    it changes nothing."""
    today = now.astimezone(HERE).date()
    last, planned = 0, 0
    while True:
        async with db.read() as tx:
            found = await known.after(tx, last, AT_ONCE)
            wanted = [(each, greeting) for each in found for greeting in greetings(each, today)]
            done = await outreach.planned(tx, [greeting.key for _, greeting in wanted])
        missing = [(each, greeting) for each, greeting in wanted if greeting.key not in done]
        if missing:
            async with db.begin() as tx:
                for person, greeting in missing:
                    planned += await _plan(tx, person, greeting, now)
        if len(found) < AT_ONCE:
            return planned
        last = found[-1].person_id


def greetings(person: Reachable, today: date) -> Iterator[Greeting]:
    """What is to be said to somebody from today on, as far ahead as we plan."""
    last = today + AHEAD
    try:
        on = birthdays.read(person.birthday).on if person.birthday else None
    except ValueError:  # somebody has written what is no day
        on = None
    for fall in occasions.between(on, today, last) if on else ():
        key = f"{BIRTHDAY}:{person.person_id}:{fall.year}"
        yield Greeting(BIRTHDAY, key, "birthday", fall.day, {"day": fall.day.isoformat()})
    for festival in occasions.FESTIVALS:
        said = festive().get(festival.key)
        if said is None or not _is_for(said, person.accounts):
            continue
        for fall in occasions.between(festival.on, today, last):
            key = f"{FESTIVAL}:{festival.key}:{fall.year}:{person.person_id}"
            about = {
                "day": fall.day.isoformat(),
                "festival": said["occasion"],
                "wish": said["wish"],
            }
            yield Greeting(FESTIVAL, key, "care", fall.day, about)


def _is_for(said: Mapping[str, Any], accounts: Sequence[Customer]) -> bool:
    return "to" not in said or any(each.profile.get("address") in said["to"] for each in accounts)


async def _plan(tx: Tx, person: Reachable, greeting: Greeting, now: datetime) -> bool:
    way = await reach.best(tx, person.accounts, greeting.purpose, max(greeting.due_at, now))
    return way is not None and await outreach.plan(
        tx,
        greeting.kind,
        greeting.key,
        greeting.purpose,
        way.customer.id,
        greeting.due_at,
        now,
        about=greeting.about,
        person_id=person.person_id,
    )


async def unwanted(tx: Tx, planned: Outreach, now: datetime) -> str:
    """Why a greeting is no longer to be said; "" when it is."""
    day = date.fromisoformat(planned.about["day"])
    if now.astimezone(HERE).date() > day:
        return "too_late"
    assert planned.person_id is not None
    ids = await people.ids_of(tx, planned.person_id)
    if ids[0] != planned.person_id:  # merged meanwhile: the main record has its own
        return "no_longer"
    if planned.kind != BIRTHDAY:
        return ""
    (person,) = await known.of(tx, ids[:1])
    keys = {each.key for each in greetings(person, day) if each.day == day}
    return "" if planned.key in keys else "no_longer"
