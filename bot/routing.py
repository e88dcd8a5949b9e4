"""Which team a hand-off goes to, how urgent it is, and where it stands in the queue."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.desk_rules import USUAL, DeskRules, Rule
from bot.folded import fold

AT_ONCE = timedelta(days=1)  # how far before all others the most urgent stand
WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Case:
    """What is known of a hand-off when it is routed."""

    reason: str
    text: str  # the matter, in the customer's words
    channel: str
    language: str
    vip: bool = False
    repeats: int = 1  # hand-offs of this customer within seven days, this one included


@dataclass(frozen=True)
class Route:
    team: str
    priority: int  # 0 is the most urgent
    skills: frozenset[str]
    rules: tuple[str, ...]  # the names of those that fitted, in their order


def route(rules: DeskRules, case: Case) -> Route:
    """Where a hand-off goes: the default team when no rule names one."""
    fitting = [rule for rule in rules.routing if fits(rule, case)]
    team = next((rule.team for rule in fitting if rule.team), rules.default_team)
    named = [rule.priority for rule in fitting if rule.priority is not None]
    priority = min(named, default=USUAL) - sum(rule.raises for rule in fitting)
    # Only a rule that says so puts somebody before all others.
    least = 0 if 0 in named else 1
    return Route(
        team=team,
        priority=max(priority, least),
        skills=frozenset().union(*(rule.skills for rule in fitting)),
        rules=tuple(rule.name for rule in fitting),
    )


def fits(rule: Rule, case: Case) -> bool:
    """Whether every condition of the rule holds."""
    return not misses(rule, case)


def misses(rule: Rule, case: Case) -> tuple[str, ...]:
    """The conditions of the rule that do not hold: matter, channel, language, vip, repeats."""
    says = case.reason in rule.reasons or bool(spoken(rule, case))
    held = {
        "matter": says or not (rule.reasons or rule.words),
        "channel": not rule.channels or case.channel in rule.channels,
        "language": not rule.languages or case.language in rule.languages,
        "vip": not rule.vip or case.vip,
        "repeats": not rule.repeats or case.repeats >= rule.repeats,
    }
    return tuple(name for name, holds in held.items() if not holds)


def spoken(rule: Rule, case: Case) -> tuple[str, ...]:
    """Those of the rule's words that the customer has said."""
    return tuple(word for word in rule.words if says(case.text, word))


def says(text: str, word: str) -> bool:
    """Whether the text has the word or phrase, whole, with or without accents."""
    sought = _spaced(word)
    return bool(sought.strip()) and sought in _spaced(text)


def covers(wide: Rule, narrow: Rule) -> bool:
    """Whether the one rule fits whenever the other does."""
    matter = not (wide.reasons or wide.words) or (
        bool(narrow.reasons or narrow.words)
        and narrow.reasons <= wide.reasons
        and all(any(says(phrase, word) for word in wide.words) for phrase in narrow.words)
    )
    return (
        matter
        and _within(narrow.channels, wide.channels)
        and _within(narrow.languages, wide.languages)
        and wide.vip <= narrow.vip
        and wide.repeats <= max(narrow.repeats, 1)
    )


def _within(narrow: frozenset[str], wide: frozenset[str]) -> bool:
    return not wide or (bool(narrow) and narrow <= wide)


def rank_at(rules: DeskRules, priority: int, since: datetime) -> datetime:
    """The place in the queue as a time, the earliest first: a step of urgency is worth some minutes
    of waiting, so whoever waits is overtaken by a bounded number only."""
    if priority == 0:
        return since - AT_ONCE
    return since + (priority - USUAL) * rules.queue.ageing


def _spaced(text: str) -> str:
    """Whole words only, without accents: what is found in it is not a part of another word."""
    return f" {' '.join(WORD.findall(fold(text)))} "
