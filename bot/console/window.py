"""Which days and which talks a page of figures shows, as its address says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from bot.console import words
from bot.facts import HERE
from bot.figures import figure
from bot.figures.figure import Window
from bot.figures.sheet import View
from bot.figures.topic import TOPICS

SPANS: Final = (7, 30, 90)  # days, today included
USUAL: Final = 30
LONGEST: Final = timedelta(days=366)


@dataclass(frozen=True)
class Asked:
    """What the form asks for; `wrong` when its dates make no sense."""

    window: Window
    view: View
    wrong: bool
    span: int | None  # of SPANS
    first: date
    last: date  # included

    def said(self, language: str) -> str:
        """The window in words."""
        first, last = (each.strftime("%d/%m/%Y") for each in (self.first, self.last))
        return words.say(language, "figures.window", first=first, last=last)


def asked(given: Mapping[str, str], now: datetime) -> Asked:
    today = now.astimezone(HERE).date()
    days = given.get("days", "")
    span: int | None = int(days) if days in map(str, SPANS) else None
    first, last = _day(given.get("from", "")), _day(given.get("to", ""))
    dated = bool(given.get("from") or given.get("to"))
    usable = bool(first and last and first <= last and last - first < LONGEST)
    if span is None and usable:
        assert first and last
    else:
        span = span or USUAL
        first, last = today - timedelta(days=span - 1), today
    return Asked(
        window=figure.days(first, last + timedelta(days=1)),
        view=_view(given),
        wrong=dated and not usable and not days,
        span=span,
        first=first,
        last=last,
    )


def _view(given: Mapping[str, str]) -> View:
    agent, topic = given.get("agent", ""), given.get("topic", "")
    return View(
        channel=given.get("channel", ""),
        team=given.get("team", ""),
        agent_id=int(agent) if agent.isdecimal() else None,
        topic=topic if topic in TOPICS else "",
        is_first={"new": True, "returning": False}.get(given.get("who", "")),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
