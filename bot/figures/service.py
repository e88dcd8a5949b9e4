"""How fast people answer: service level, first and next reply, waiting, who gave up.

The clock of people starts at the hand-off, and only a person's reply stops it: not the assistant,
not an automatic text, a note or a reaction. A reply typed in the platform's own app does. Being put
back into the queue starts no new clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot import schedule
from bot.figures import spread
from bot.figures.figure import Figure, Window, once
from bot.figures.share import share
from bot.models import Author
from bot.schedule import Hours

TARGET: Final = timedelta(seconds=300)  # of business time
SHORT: Final = timedelta(seconds=10)  # who leaves sooner was not offered anything

HoursOf = Callable[[str], Hours]  # by team


@dataclass(frozen=True)
class Said:
    """What appeared in the talk."""

    id: int
    at: datetime
    author: Author
    internal: bool = False  # a note
    automatic: bool = False  # an away text of the platform
    reaction: bool = False

    @property
    def is_reply(self) -> bool:
        by_hand = not (self.internal or self.automatic or self.reaction)
        return self.author is Author.AGENT and by_hand

    @property
    def asks(self) -> bool:
        return self.author is Author.CUSTOMER and not self.reaction


@dataclass(frozen=True)
class Handed:
    """A hand-off to people, and what was said since, in its order."""

    id: int
    team: str
    at: datetime  # when a person was first asked for
    said: tuple[Said, ...] = ()
    accepted_at: datetime | None = None
    left_at: datetime | None = None  # the customer closed the page, or was silent for 30 minutes

    @property
    def first_reply(self) -> datetime | None:
        return min(
            (each.at for each in self.said if each.is_reply and each.at >= self.at), default=None
        )

    @property
    def was_left(self) -> bool:
        """Whether the customer left before a person had answered."""
        reply = self.first_reply
        return self.left_at is not None and (reply is None or reply > self.left_at)

    @property
    def is_abandoned(self) -> bool:
        return self.was_left and self.first_reply is None


def offered(handed: Iterable[Handed], window: Window, hours: HoursOf) -> list[Handed]:
    """Those that came in open hours, without those that were abandoned within 10 seconds."""
    return [
        each
        for each in once(handed)
        if each.at in window and schedule.is_open(hours(each.team), each.at) and not _short(each)
    ]


def _short(handed: Handed) -> bool:
    left = handed.left_at
    return handed.is_abandoned and left is not None and left - handed.at < SHORT


def service_level(
    handed: Iterable[Handed], window: Window, hours: HoursOf, target: timedelta = TARGET
) -> Figure:
    """How many in a hundred of those offered got a person's first reply within the target of
    business time."""
    over = offered(handed, window, hours)
    met = [each.id for each in over if (took := _first(each, hours)) is not None and took <= target]
    return share("service_level", window, met, (each.id for each in over), of="handoff")


def abandoned(handed: Iterable[Handed], window: Window, hours: HoursOf) -> Figure:
    """How many in a hundred of those offered left, and no person ever answered."""
    over = offered(handed, window, hours)
    gone = [each.id for each in over if each.is_abandoned]
    return share("abandon", window, gone, (each.id for each in over), of="handoff")


def rescued(handed: Iterable[Handed], window: Window, hours: HoursOf) -> Figure:
    """How many in a hundred of those offered left, and were answered all the same."""
    over = offered(handed, window, hours)
    found = [each.id for each in over if each.was_left and not each.is_abandoned]
    return share("rescued", window, found, (each.id for each in over), of="handoff")


def first_replies(handed: Iterable[Handed], window: Window, hours: HoursOf) -> list[Figure]:
    """Median and p90 of the time to a person's first reply, and its mean (ASA)."""
    spans = {
        each.id: (each.team, each.at, each.first_reply)
        for each in once(handed)
        if each.at in window and each.first_reply
    }
    business = _business(spans, hours)
    asa = spread.mean("asa", window, spread.seconds(business), "seconds", "handoff")
    return [asa, *_both("first_reply", window, spans, hours)]


def waits(handed: Iterable[Handed], window: Window, hours: HoursOf) -> list[Figure]:
    """Median and p90 of the time in the queue: until somebody took it, or the customer left."""
    spans = {
        each.id: (each.team, each.at, each.accepted_at or each.left_at)
        for each in once(handed)
        if each.at in window and (each.accepted_at or each.left_at)
    }
    return _both("wait", window, spans, hours)


def next_replies(handed: Iterable[Handed], window: Window, hours: HoursOf) -> list[Figure]:
    """Median and p90 of the time from what a customer asks after the first reply, the first of
    several messages, to a person's next reply. The rows are the customer's messages."""
    spans = {
        asked.id: (each.team, asked.at, replied.at)
        for each in once(handed)
        if each.at in window
        for asked, replied in _turns(each)
    }
    return _both("next_reply", window, spans, hours, "message")


def _turns(handed: Handed) -> Iterator[tuple[Said, Said]]:
    first = handed.first_reply
    asked: Said | None = None
    for said in sorted(once(handed.said), key=lambda each: (each.at, each.id)):
        if first is None or said.at <= first:
            continue
        if said.asks:
            asked = asked or said
        elif said.is_reply and asked is not None:
            yield asked, said
            asked = None


Span = tuple[str, datetime, datetime | None]  # of a team, from, to


def _both(
    name: str, window: Window, spans: Mapping[int, Span], hours: HoursOf, of: str = "handoff"
) -> list[Figure]:
    calendar = {id: end - start for id, (_, start, end) in spans.items() if end}
    return [
        figure(f"{name}_{short}{kind}", window, spread.seconds(times), "seconds", of)
        for kind, times in (("", _business(spans, hours)), ("_calendar", calendar))
        for short, figure in (("median", spread.median), ("p90", spread.p90))
    ]


def _business(spans: Mapping[int, Span], hours: HoursOf) -> dict[int, timedelta]:
    return {
        id: schedule.between(hours(team), start, end)
        for id, (team, start, end) in spans.items()
        if end
    }


def _first(handed: Handed, hours: HoursOf) -> timedelta | None:
    reply = handed.first_reply
    return schedule.between(hours(handed.team), handed.at, reply) if reply else None
