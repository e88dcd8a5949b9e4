"""The desk's rules: teams, hours, routing, promises. What a shop starts with is desk.yml; what
supervisors save lies in the database.

A document is checked when it is saved, so what is read back can be trusted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeVar

import yaml

from bot import schedule, shelf_life, words
from bot.schedule import Hours, Invalid
from connectors.base import Json

FILE: Final = Path(__file__).parent / "desk.yml"
PRIORITIES: Final = (0, 1, 2, 3)
USUAL: Final = 2
LEVELS: Final = (1, 2, 3)  # of a skill
SENTENCE_LIMIT: Final = 1000  # characters; the narrowest platform takes twice as many
EMAIL: Final = re.compile(r"[\w.+\-]+@[\w\-]+(\.[\w\-]+)+", re.ASCII)
EMAIL_LIMIT: Final = 254  # RFC 5321
READERS: Final = 50  # of the digest by e-mail
CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,31}", re.ASCII)  # of a team

T = TypeVar("T")


@dataclass(frozen=True)
class Rule:
    """One line of the routing. Every condition that is given must hold; of several channels or
    languages one is enough, and so is one of the reasons and words, which both name the matter."""

    name: str
    reasons: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    channels: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    vip: bool = False
    repeats: int = 0  # hand-offs of this customer within seven days, this one included
    team: str = ""
    priority: int | None = None
    raises: int = 0
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Assignment:
    capacity: int
    weights: Mapping[str, float]
    partial_after: timedelta
    anyone_after: timedelta
    sticky: timedelta
    silent_after: timedelta
    offline_after: timedelta


@dataclass(frozen=True)
class Sla:
    first_reply: timedelta
    next_reply: timedelta
    resolve: timedelta
    always: bool  # the clock also runs when nobody works


@dataclass(frozen=True)
class Queue:
    ageing: timedelta
    tell_every: timedelta
    abandon_after: timedelta


@dataclass(frozen=True)
class Placement:
    """Which conversations an agent gets. The queue finds the same with the agent (users); here it
    is kept so that its changes are told like all others."""

    teams: tuple[str, ...]
    skills: Mapping[str, int]  # level, 1 to 3
    capacity: int | None  # conversations at once; none: as for everybody


@dataclass(frozen=True)
class Digest:
    """Who gets last week's figures on Monday mornings."""

    on: bool
    slack: bool
    emails: tuple[str, ...]


@dataclass(frozen=True)
class DeskRules:
    teams: Mapping[str, Mapping[str, str]]  # names by language, by code
    default_team: str
    hours: Hours
    team_hours: Mapping[str, Hours]
    routing: tuple[Rule, ...]
    assignment: Assignment
    sla: Sla
    queue: Queue
    tags: tuple[str, ...]
    words: Mapping[str, Mapping[str, str]]  # the queue's sentences in the shop's own words
    agents: Mapping[int, Placement]  # by user; whom nobody has placed yet is missing
    digest: Digest
    retention: Mapping[str, int]  # days by kind of data
    thumbs: int  # of a hundred answers to questions, under how many we ask whether they helped

    def hours_of(self, team: str) -> Hours:
        return self.team_hours.get(team, self.hours)

    def clock_of(self, team: str) -> Hours:
        """The hours in which promises are counted."""
        return schedule.ALWAYS if self.sla.always else self.hours_of(team)


def document() -> Json:
    """What a shop starts with."""
    loaded: Json = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return loaded


def open_always() -> Json:
    """The same with a desk that never closes, to be tried at any hour."""
    week = {day: ["00:00-24:00"] for day in schedule.WEEKDAYS}
    return {**document(), "hours": {"week": week, "holidays": False}}


@lru_cache(maxsize=1)
def default() -> DeskRules:
    return read(document())


def read(document: Json) -> DeskRules:
    """The rules in a document. Raises Invalid, naming the place and what is wrong with it."""
    teams = _teams(document)
    default_team = str(document.get("default_team"))
    if default_team not in teams:
        raise Invalid("default_team", "no_such_team")
    names = [rule.get("name") for rule in _list(document, "routing") if isinstance(rule, dict)]
    for place, name in enumerate(names):
        if name in names[:place]:
            raise Invalid(f"routing[{place}].name", "twice")
    team_hours = _section(document, "team_hours")
    for team in team_hours:
        if team not in teams:
            raise Invalid(f"team_hours.{team}", "no_such_team")
    placements = _section(document, "agents")
    for user_id in placements:
        if not user_id.isdecimal():
            raise Invalid(f"agents.{user_id}", "no_such_user")
    sections = {name: _section(document, name) for name in ("assignment", "sla", "queue")}
    return DeskRules(
        teams=teams,
        default_team=default_team,
        hours=_at("hours", lambda: _hours(document.get("hours"))),
        team_hours={
            team: _at(f"team_hours.{team}", lambda hours=hours: _hours(hours))  # type: ignore[misc]
            for team, hours in team_hours.items()
        },
        routing=tuple(
            _at(f"routing[{place}]", lambda rule=rule: _rule(rule, teams))  # type: ignore[misc]
            for place, rule in enumerate(_list(document, "routing"))
        ),
        assignment=_at("assignment", lambda: _assignment(sections["assignment"])),
        sla=_at("sla", lambda: _sla(sections["sla"])),
        queue=_at("queue", lambda: _queue(sections["queue"])),
        tags=tuple(_texts(document, "tags")),
        words=_at("words", lambda: _words(_section(document, "words"))),
        agents={
            int(user_id): _at(
                f"agents.{user_id}",
                lambda user_id=user_id: _placement(_section(placements, user_id), teams),  # type: ignore[misc]
            )
            for user_id in placements
        },
        digest=_at("digest", lambda: _digest(_section(document, "digest"))),
        retention=_at("retention", lambda: shelf_life.read(_section(document, "retention"))),
        thumbs=_at("thumbs", lambda: _percent(_section(document, "thumbs"))),
    )


def _section(document: Json, name: str) -> Json:
    section = document.get(name) or {}
    if not isinstance(section, dict):
        raise Invalid(name, "not_an_object")
    return section


def _list(document: Json, name: str) -> Sequence[Any]:
    items = document.get(name) or ()
    if not isinstance(items, list | tuple):
        raise Invalid(name, "not_a_list")
    return items


def _at(path: str, reading: Callable[[], T]) -> T:
    try:
        return reading()
    except Invalid as error:
        raise Invalid(f"{path}.{error.path}" if error.path else path, error.code) from error


def _teams(document: Json) -> Mapping[str, Mapping[str, str]]:
    teams = document.get("teams")
    if not isinstance(teams, dict) or not teams:
        raise Invalid("teams", "no_team")
    for code, names in teams.items():
        if not isinstance(names, dict) or not str(names.get("vi") or "").strip():
            raise Invalid(f"teams.{code}", "no_name")
        if not CODE.fullmatch(str(code)):
            raise Invalid(f"teams.{code}", "not_a_code")
    return {str(code): dict(names) for code, names in teams.items()}


def _hours(given: Any) -> Hours:
    hours = schedule.read(given if isinstance(given, dict) else {})
    # One-off days pass, and no deadline could be set in hours that do not open any more.
    if not any(hours.week.values()):
        raise Invalid("week", "never_open")
    return hours


def _rule(given: Any, teams: Mapping[str, Any]) -> Rule:
    if not isinstance(given, dict) or not str(given.get("name") or "").strip():
        raise Invalid("name", "no_name")
    when = given.get("when")
    if not isinstance(when, dict) or not any(when.values()):
        raise Invalid("when", "no_condition")
    if unknown := sorted(
        set(map(str, when)) - {"reasons", "words", "channels", "languages", "vip", "repeats"}
    ):
        raise Invalid(f"when.{unknown[0]}", "no_such_condition")
    team = str(given.get("team") or "")
    if team and team not in teams:
        raise Invalid("team", "no_such_team")
    priority = given.get("priority")
    if priority is not None and (isinstance(priority, bool) or priority not in PRIORITIES):
        raise Invalid("priority", "no_such_priority")
    for word in _texts(when, "words"):
        if not any(map(str.isalnum, word)):  # it would stand in every text
            raise Invalid("when.words", "not_a_word")
    rule = Rule(
        name=str(given["name"]).strip(),
        reasons=frozenset(_texts(when, "reasons")),
        words=tuple(_texts(when, "words")),
        channels=frozenset(_texts(when, "channels")),
        languages=frozenset(_texts(when, "languages")),
        vip=bool(when.get("vip")),
        repeats=_whole(when, "repeats", 0, path="when."),
        team=team,
        priority=priority,
        raises=_whole(given, "raise", 0),
        skills=frozenset(_texts(given, "skills")),
    )
    if not (rule.team or rule.priority is not None or rule.raises or rule.skills):
        raise Invalid("", "no_effect")
    return rule


def _words(given: Json) -> Mapping[str, Mapping[str, str]]:
    for key in given:
        ours = words.SENTENCES[key] if key in words.QUEUE else {}
        for locale, text in _section(given, key).items():
            if locale not in ours or not isinstance(text, str):
                raise Invalid(f"{key}.{locale}", "unknown")
            _at(f"{key}.{locale}", lambda text=text, ours=ours: _sentence(text, ours["vi"]))  # type: ignore[misc]
    return {key: dict(forms) for key, forms in given.items() if forms}


def _sentence(text: str, ours: str) -> None:
    """Raises Invalid unless it has the same blanks as ours."""
    if len(text) > SENTENCE_LIMIT:
        raise Invalid("", "too_long")
    try:
        found, needed = words.blanks(text), words.blanks(ours)
    except ValueError:
        raise Invalid("", "bad_braces") from None
    for name in found:
        if name not in needed:
            raise Invalid(name, "unknown_blank")
    for name in needed:
        if name not in found:
            raise Invalid(name, "missing_blank")


def _placement(given: Json, teams: Mapping[str, Any]) -> Placement:
    for team in _texts(given, "teams"):
        if team not in teams:
            raise Invalid("teams", "no_such_team")
    skills = _section(given, "skills")
    for name, level in skills.items():
        if level not in LEVELS:
            raise Invalid(f"skills.{name}", "not_a_level")
    whole = given.get("capacity") is not None
    return Placement(
        teams=tuple(_texts(given, "teams")),
        skills=dict(skills),
        capacity=_whole(given, "capacity", 0) if whole else None,
    )


def _assignment(given: Json) -> Assignment:
    weights = _section(given, "weights")
    for channel, weight in weights.items():
        if not isinstance(weight, int | float) or not 0 < weight <= 10:
            raise Invalid(f"weights.{channel}", "not_a_weight")
    return Assignment(
        capacity=_whole(given, "capacity", 4, least=1),
        weights={str(channel): float(weight) for channel, weight in weights.items()},
        partial_after=_minutes(given, "partial_after", 2),
        anyone_after=_minutes(given, "anyone_after", 5),
        sticky=timedelta(days=_whole(given, "sticky_days", 7)),
        silent_after=_minutes(given, "silent_after", 5, least=1),
        offline_after=_minutes(given, "offline_after", 1, least=1),
    )


def _sla(given: Json) -> Sla:
    return Sla(
        first_reply=_minutes(given, "first_reply", 5, least=1),
        next_reply=_minutes(given, "next_reply", 10, least=1),
        resolve=_minutes(given, "resolve", 1440, least=1),
        always=given.get("calendar") == "always",
    )


def _queue(given: Json) -> Queue:
    return Queue(
        ageing=_minutes(given, "ageing", 15, least=1),
        tell_every=_minutes(given, "tell_every", 2, least=1),
        abandon_after=_minutes(given, "abandon_after", 30, least=1),
    )


def _digest(given: Json) -> Digest:
    emails = tuple(dict.fromkeys(_texts(given, "emails")))
    for place, each in enumerate(emails):
        if not EMAIL.fullmatch(each) or len(each) > EMAIL_LIMIT:
            raise Invalid(f"emails[{place}]", "not_an_email")
    if len(emails) > READERS:
        raise Invalid("emails", "too_many")
    return Digest(bool(given.get("on")), bool(given.get("slack")), emails)


def _percent(given: Json) -> int:
    percent = _whole(given, "percent", 0)
    if percent > 100:
        raise Invalid("percent", "not_a_number")
    return percent


def _minutes(given: Json, name: str, usual: int, *, least: int = 0) -> timedelta:
    return timedelta(minutes=_whole(given, name, usual, least=least))


def _whole(given: Json, name: str, usual: int, *, least: int = 0, path: str = "") -> int:
    number = given.get(name, usual)
    if isinstance(number, bool) or not isinstance(number, int) or not least <= number <= 100_000:
        raise Invalid(f"{path}{name}", "not_a_number")
    return number


def _texts(given: Json, name: str) -> Sequence[str]:
    return [str(text).strip() for text in _list(given, name) if str(text).strip()]
