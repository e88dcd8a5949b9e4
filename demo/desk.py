"""Where a call is handled: what the shop knows, its book, and the time. And the ways it says no."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from demo import days, facts
from demo.book import Json, Tx
from demo.catalogue import Catalogue
from demo.places import Places

FOLDER: Final = Path(__file__).parent


class BadRequest(Exception):
    """What was asked is not what may be asked; the argument is the field."""


class No(Exception):
    """Understood, and the answer is no. What was written meanwhile stays written."""


class NotFound(No):
    """There is no such thing, or the digits are not its. Which of the two is not told."""


class Refused(No):
    """Against the shop's rules; the argument says which."""


class Locked(No):
    """Too many wrong tries; the argument is the seconds until the next one is heard."""


@dataclass(frozen=True)
class Seeds:
    """What the shop knows before anything happens, read once from the YAML files."""

    catalogue: Catalogue
    places: Places
    orders: Mapping[str, Json]
    repairs: Mapping[str, Json]
    complaints: Mapping[str, Json]
    customers: Mapping[str, Json]
    tiers: tuple[Json, ...]
    warranties: Mapping[str, Json]
    trade_in: Json


@lru_cache(maxsize=1)
def read_seeds() -> Seeds:
    customers = read("customers")
    return Seeds(
        catalogue=Catalogue(read("catalogue"), read("promotions")),
        places=Places(read("zones")),
        orders={order["code"]: order for order in read("orders")},
        repairs={repair["code"]: repair for repair in read("repairs")},
        complaints={complaint["code"]: complaint for complaint in read("complaints")},
        customers={customer["phone"]: customer for customer in customers["customers"]},
        tiers=tuple(customers["tiers"]),
        warranties={device["serial"]: device for device in read("warranties")},
        trade_in=read("trade_in"),
    )


def read(name: str) -> Any:
    return yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Desk:
    """One call's place: it ends with the call's transaction."""

    seeds: Seeds
    tx: Tx
    now: datetime

    @property
    def today(self) -> date:
        return days.day_of(self.now)

    def number(self, fact: str) -> int:
        """A fact to count with; of "3–7" the last number, which is what the shop promises."""
        return int(re.findall(r"\d+", str(facts.records()[fact]["value"]))[-1])

    def text(self, fact: str) -> str:
        return facts.show(facts.records()[fact])

    def amount(self, fact: str) -> int:
        return int(facts.records()[fact]["value"])

    def day(self, days_from_today: int) -> date:
        """A day of the seeds: they count from today."""
        return days.days_later(self.today, days_from_today)
