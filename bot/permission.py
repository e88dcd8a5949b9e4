"""May we say this, to this person, on this channel, now? The assistant, agents and campaigns ask
here before they send.

The platforms' rules and our own are dated data (bot/rulebook.py), what is known of the person is
the caller's to bring: nothing here asks a clock, a network or a database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta, timezone
from typing import Final, Literal, NamedTuple

from bot import rulebook
from bot.facts import HERE
from bot.models import Author
from bot.rulebook import House, Platform

Purpose = Literal["reply", "service", "care", "survey", "promotion", "birthday"]
Kind = Literal["send", "template", "wait", "refuse"]

# Why something waits or is refused.
REASONS: Final = (
    "unreachable",
    "opted_out",
    "no_consent",
    "no_need",
    "open_complaint",
    "never_written",
    "quota_used",
    "quiet_hours",
    "their_hours",
    "often_enough",
    "by_hand_only",
    "no_template",
    "window_closed",
)


@dataclass(frozen=True)
class Wish:
    """What somebody wants to send."""

    channel: str
    author: Author | Literal["campaign"]
    purpose: Purpose
    at: datetime  # aware


@dataclass(frozen=True)
class Standing:
    """What is known of one person on one channel."""

    last_inbound_at: datetime | None  # they last wrote or pressed a button; receipts do not count
    reachable: bool = True  # False: blocked us, left
    consents: frozenset[Purpose] = frozenset()  # said yes to
    opted_out: frozenset[Purpose] = frozenset()  # said no to, on whatever channel
    no_need_until: Mapping[Purpose, datetime] = field(default_factory=dict)
    open_complaint: bool = False
    sent_at: Mapping[Purpose, tuple[datetime, ...]] = field(default_factory=dict)  # on any channel
    quota_left: int | None = None  # None where the platform does not count, or nobody asked
    templates: frozenset[Purpose] = frozenset()  # the shop has an approved one for
    hours: tuple[time, time] | None = None  # in which they want to hear from us, in Vietnam
    preferred: bool = False  # it is this channel that they want to hear from us on


@dataclass(frozen=True)
class Verdict:
    """Whether and how a wish may be sent."""

    kind: Kind
    reason: str = ""  # one of REASONS when it waits or is refused
    until: datetime | None = None  # wait: when it may be sent; refuse: when the reason ends
    tag: str = ""  # what the platform wants to be told: OutboundMessage.tag
    free: bool = True  # False: the platform bills it

    @property
    def allows(self) -> bool:
        return self.kind in ("send", "template")


class Window(NamedTuple):
    """Until when a customer can be answered. None where that way does not exist."""

    free_until: datetime | None  # by anybody, at no charge
    by_hand_until: datetime | None  # by a person
    paid_until: datetime | None  # by anybody, billed


class Case(NamedTuple):
    wish: Wish
    standing: Standing
    platform: Platform
    house: House
    window: Window


def verdict(wish: Wish, standing: Standing) -> Verdict:
    """Whether and how the wish may be sent. A wish that waits may be sent at `until` if nothing
    else has changed; one that could not be sent then either is refused at once."""
    case = Case(
        wish,
        standing,
        rulebook.platform(wish.channel, wish.at),
        rulebook.house(wish.at),
        window_of(wish.channel, standing.last_inbound_at, wish.at),
    )
    said = next(filter(None, (rule(case) for rule in RULES)))
    if said.kind != "wait" or said.until is None:
        return said
    then = verdict(replace(wish, at=said.until), standing)
    if then.kind == "refuse":
        return then
    return replace(said, until=then.until) if then.kind == "wait" else said


def window_of(channel: str, last_inbound_at: datetime | None, now: datetime) -> Window:
    """Until when a customer who wrote last at that time can be answered."""
    rules = rulebook.platform(channel, now)
    by_hand = rules.by_hand.within if rules.by_hand else None
    spans = (rules.free, by_hand, rules.paid)
    return Window(*(last_inbound_at + s if last_inbound_at and s else None for s in spans))


# --- the rules, in the order in which they are asked: the first that has something to say decides


def _unreachable(case: Case) -> Verdict | None:
    return None if case.standing.reachable else Verdict("refuse", "unreachable")


def _opted_out(case: Case) -> Verdict | None:
    out = case.wish.purpose in case.standing.opted_out
    return Verdict("refuse", "opted_out") if out else None


def _no_consent(case: Case) -> Verdict | None:
    needed = case.wish.purpose in case.house.consent
    given = case.wish.purpose in case.standing.consents
    return Verdict("refuse", "no_consent") if needed and not given else None


def _no_need(case: Case) -> Verdict | None:
    until = case.standing.no_need_until.get(case.wish.purpose)
    return Verdict("refuse", "no_need", until) if until and case.wish.at < until else None


def _open_complaint(case: Case) -> Verdict | None:
    harms = case.standing.open_complaint and case.wish.purpose in case.house.no_complaint
    return Verdict("refuse", "open_complaint") if harms else None


def _never_written(case: Case) -> Verdict | None:
    never = case.platform.waits and case.standing.last_inbound_at is None
    return Verdict("refuse", "never_written") if never else None


def _quota_used(case: Case) -> Verdict | None:
    counted = case.platform.monthly is not None
    return Verdict("refuse", "quota_used") if counted and _none_left(case) else None


def _quiet_hours(case: Case) -> Verdict | None:
    return _within(case, case.house.quiet_to, case.house.quiet_from, "quiet_hours")


def _their_hours(case: Case) -> Verdict | None:
    """As far as they lie in the day; who wishes for the night hears from us by day."""
    opens, closes = case.standing.hours or (time.min, time.max)
    opens, closes = max(opens, case.house.quiet_to), min(closes, case.house.quiet_from)
    return _within(case, opens, closes, "their_hours") if opens < closes else None


def _within(case: Case, opens: time, closes: time, reason: str) -> Verdict | None:
    """What we begin waits for these hours, but not with somebody who wrote lately."""
    there = case.wish.at.astimezone(HERE)
    if case.wish.purpose not in case.house.quiet or opens <= there.time() < closes:
        return None
    wrote, awake = case.standing.last_inbound_at, case.house.awake.get(case.wish.purpose)
    if awake and wrote and case.wish.at - wrote <= awake:
        return None
    day = there.date() + timedelta(days=there.time() >= closes)
    opened = datetime.combine(day, opens, HERE)
    return Verdict("wait", reason, opened.astimezone(timezone.utc))


def _often_enough(case: Case) -> Verdict | None:
    sent = sorted(case.standing.sent_at.get(case.wish.purpose, ()))
    caps = case.house.caps.get(case.wish.purpose, ())
    over = [sent[-most] + within for most, within in caps if len(sent) >= most]
    until = max(over, default=case.wish.at)
    return Verdict("wait", "often_enough", until) if until > case.wish.at else None


def _freely(case: Case) -> Verdict | None:
    if case.platform.free is None:
        return Verdict("send")
    if not _before(case, case.window.free_until):
        return None
    return Verdict("send", free=case.platform.free_replies is None or not _none_left(case))


def _by_hand(case: Case) -> Verdict | None:
    way = case.platform.by_hand
    if way is None or case.wish.author is not Author.AGENT or not _left_to_people(case):
        return None
    return Verdict("send", tag=way.tag)


def _paid(case: Case) -> Verdict | None:
    return Verdict("send", free=False) if _before(case, case.window.paid_until) else None


def _tagged(case: Case) -> Verdict | None:
    tag = case.platform.tags.get(case.wish.purpose)
    return Verdict("send", tag=tag) if tag else None


def _template(case: Case) -> Verdict | None:
    fits = case.wish.purpose in case.platform.templates & case.standing.templates
    return Verdict("template", free=not case.platform.billed) if fits else None


def _closed(case: Case) -> Verdict:
    if _left_to_people(case):
        return Verdict("refuse", "by_hand_only", case.window.by_hand_until)
    if case.wish.purpose in case.platform.templates:
        return Verdict("refuse", "no_template")
    return Verdict("refuse", "window_closed")


RULES: Final[tuple[Callable[[Case], Verdict | None], ...]] = (
    _unreachable,
    _opted_out,
    _no_consent,
    _no_need,
    _open_complaint,
    _never_written,
    _quota_used,
    _quiet_hours,
    _their_hours,
    _often_enough,
    _freely,
    _by_hand,
    _paid,
    _tagged,
    _template,
    _closed,
)


def _before(case: Case, end: datetime | None) -> bool:
    return end is not None and case.wish.at < end


def _none_left(case: Case) -> bool:
    return case.standing.quota_left is not None and case.standing.quota_left <= 0


def _left_to_people(case: Case) -> bool:
    way = case.platform.by_hand
    fits = way is not None and case.wish.purpose in way.purposes
    return fits and _before(case, case.window.by_hand_until)
