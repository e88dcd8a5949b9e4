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
    text = _spaced(case.text)
    says = case.reason in rule.reasons or any(_spaced(word) in text for word in rule.words)
    return (
        (says or not (rule.reasons or rule.words))
        and (not rule.channels or case.channel in rule.channels)
        and (not rule.languages or case.language in rule.languages)
        and (not rule.vip or case.vip)
        and (not rule.repeats or case.repeats >= rule.repeats)
    )


def rank_at(rules: DeskRules, priority: int, since: datetime) -> datetime:
    """The place in the queue as a time, the earliest first: a step of urgency is worth some minutes
    of waiting, so whoever waits is overtaken by a bounded number only."""
    if priority == 0:
        return since - AT_ONCE
    return since + (priority - USUAL) * rules.queue.ageing


def _spaced(text: str) -> str:
    """Whole words only, without accents: what is found in it is not a part of another word."""
    return f" {' '.join(WORD.findall(fold(text)))} "
