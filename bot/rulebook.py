"""The platforms' rules and our own about who may be written to, read from permission.yml.

What each word means stands there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

import yaml

from bot.facts import HERE

FILE: Final = Path(__file__).parent / "permission.yml"


class ByHand(NamedTuple):
    """What only a person may write."""

    within: timedelta
    tag: str
    purposes: frozenset[str]


class Platform(NamedTuple):
    """A channel's rules."""

    since: date
    free: timedelta | None = None
    free_replies: int | None = None
    by_hand: ByHand | None = None
    paid: timedelta | None = None
    tags: Mapping[str, str] = {}
    templates: frozenset[str] = frozenset()
    billed: bool = False
    waits: bool = False
    monthly: int | None = None


class House(NamedTuple):
    """Our own rules."""

    since: date
    quiet: frozenset[str]
    quiet_from: time  # in the evening
    quiet_to: time  # in the morning
    awake: Mapping[str, timedelta]  # who wrote within so long is not asleep, by purpose
    caps: Mapping[str, Sequence[tuple[int, timedelta]]]  # all of a purpose's hold
    consent: frozenset[str]
    no_complaint: frozenset[str]


Dated = TypeVar("Dated", Platform, House)


def platform(channel: str, at: datetime) -> Platform:
    """The rules of a channel at a time; none for a channel that is not named."""
    sets = _platforms().get(channel)
    return _in_force(sets, at) if sets else Platform(date.min)


def house(at: datetime) -> House:
    """Our own rules at a time."""
    return _in_force(_houses(), at)


def _in_force(sets: Sequence[Dated], at: datetime) -> Dated:
    day = at.astimezone(HERE).date()
    return next((each for each in reversed(sets) if each.since <= day), sets[0])


@cache
def _read() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {name: sorted(sets, key=lambda each: each["since"]) for name, sets in found.items()}


@cache
def _platforms() -> dict[str, tuple[Platform, ...]]:
    return {
        name: tuple(_platform(**each) for each in sets)
        for name, sets in _read().items()
        if name != "house"
    }


@cache
def _houses() -> tuple[House, ...]:
    return tuple(_house(**each) for each in _read()["house"])


def _platform(
    *,
    free: Mapping[str, int] | None = None,
    paid: Mapping[str, int] | None = None,
    by_hand: Mapping[str, Any] | None = None,
    templates: Sequence[str] = (),
    **plain: Any,
) -> Platform:
    return Platform(
        free=timedelta(**free) if free else None,
        paid=timedelta(**paid) if paid else None,
        by_hand=ByHand(
            timedelta(**by_hand["within"]), by_hand["tag"], frozenset(by_hand["purposes"])
        )
        if by_hand
        else None,
        templates=frozenset(templates),
        **plain,
    )


def _house(
    *,
    since: date,
    quiet: Mapping[str, Any],
    caps: Mapping[str, Sequence[Mapping[str, Any]]],
    consent: Sequence[str],
    no_complaint: Sequence[str],
) -> House:
    return House(
        since,
        frozenset(quiet["purposes"]),
        time.fromisoformat(quiet["from"]),
        time.fromisoformat(quiet["to"]),
        {purpose: timedelta(**within) for purpose, within in quiet["awake"].items()},
        {
            purpose: [(cap["most"], timedelta(**cap["within"])) for cap in listed]
            for purpose, listed in caps.items()
        },
        frozenset(consent),
        frozenset(no_complaint),
    )
