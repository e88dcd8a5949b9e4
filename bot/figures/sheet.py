"""All figures of a window together, as pages and files show them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from functools import cached_property
from typing import TypeVar

from bot.figures import (
    assistant,
    complaints,
    conversion,
    csat,
    csi,
    engagement,
    kept,
    nps,
    resolution,
    retention,
    service,
    value,
)
from bot.figures.conversion import SalesTalk
from bot.figures.facts import Facts, Records, Talk
from bot.figures.figure import Figure, Row, Window
from bot.figures.order import active
from bot.figures.share import among
from bot.figures.topic import BUYING

R = TypeVar("R", bound=Row)


@dataclass(frozen=True)
class View:
    """Which talks are looked at. All that is given must hold."""

    channel: str = ""
    team: str = ""
    agent_id: int | None = None
    topic: str = ""
    is_first: bool | None = None

    def talks(self, facts: Facts) -> list[Talk]:
        return [talk for talk in facts.talks if self._shows(talk)]

    def _shows(self, talk: Talk) -> bool:
        return (
            self.channel in ("", talk.channel)
            and self.team in ("", talk.team)
            and self.agent_id in (None, talk.agent_id)
            and (not self.topic or self.topic in talk.topics)
            and self.is_first in (None, talk.is_first)
        )


@dataclass(frozen=True)
class Sheet:
    """The figures of a window, for the talks of a view."""

    facts: Facts
    records: Records
    window: Window
    hours: service.HoursOf
    grace: timedelta  # within which a promise counts as kept
    view: View = View()

    def sections(self) -> dict[str, list[Figure]]:
        """The figures of talks, by what they are about."""
        return {
            "voice": self.voice(),
            "answering": self.answering(),
            "assistant": self.assistant(),
            "engagement": self.engagement(),
        }

    def voice(self) -> list[Figure]:
        """What customers think of us."""
        records = self.records
        asked = self._surveys(records.csat)
        satisfied = csat.csat(asked, self.window)
        with_people = frozenset(self.facts.talk_of.get("handoff", {}).values())
        human = {row.id for row in records.csat if row.conversation_id in with_people}
        return [
            nps.nps(self._surveys(records.nps), self.window),
            satisfied,
            _as(among(satisfied, human), "csat_human"),
            _as(among(satisfied, {*satisfied.rows} - human), "csat_bot"),
            csat.response_rate(asked, self.window),
            csi.csi(self._surveys(records.csi), self.window),
        ]

    def answering(self) -> list[Figure]:
        """How people answer."""
        handed = self._of("handoff", self.facts.handed)
        ended = [each for each in self.facts.contacts if each.id in self.ids and each.ended_at]
        return [
            service.service_level(handed, self.window, self.hours),
            *service.first_replies(handed, self.window, self.hours),
            *service.next_replies(handed, self.window, self.hours),
            *service.waits(handed, self.window, self.hours),
            service.abandoned(handed, self.window, self.hours),
            service.rescued(handed, self.window, self.hours),
            resolution.resolution(ended, self.window),
            among(resolution.first_contact(self.facts.contacts, self.window), self.ids),
            kept.promises(self._of("promise", self.facts.promises), self.window, self.grace),
            kept.data_answered(self._of("data_request", self.facts.data_requests), self.window),
            kept.data_finished(self._of("data_request", self.facts.data_requests), self.window),
        ]

    def assistant(self) -> list[Figure]:
        """How the assistant does."""
        turns = self._of("message", self.facts.turns)
        return [
            among(assistant.containment(self.facts.bot_talks, self.window), self.ids),
            assistant.fallback(turns, self.window),
            assistant.out_of_scope(turns, self.window),
            assistant.wrong_answers(self._of("message", self.facts.reviewed), self.window),
        ]

    def reasons(self) -> dict[str, Figure]:
        """Of talks that began with the assistant, how many went to a person, by reason."""
        talks = [talk for talk in self.facts.bot_talks if talk.id in self.ids]
        return assistant.handed_over(talks, self.window)

    def engagement(self) -> list[Figure]:
        """Who writes, and what comes of it."""
        orders, window = self.records.orders, self.window
        people = {talk.person_id for talk in self.talks}
        inbound = [each for each in self.facts.inbound if each.person_id in people]
        sales = [
            SalesTalk(talk.id, talk.person_id, talk.begun_at)
            for talk in self.facts.talks
            if BUYING in talk.topics
        ]
        messages = {talk.id: talk.messages for talk in self.talks if talk.begun_at in window}
        return [
            engagement.engagement(inbound, active(orders, window.end), window),
            engagement.reply_rate(self.records.outreach, self.facts.answers, window),
            engagement.messages_per_talk(messages, window),
            among(conversion.last_touch(sales, orders, window), self.ids),
            among(conversion.any_touch(sales, orders, window), self.ids),
        ]

    def complaints(self, orders: Collection[int]) -> list[Figure]:
        """Cases for every hundred orders that were placed in the window, and talks."""
        cases, window = self.records.complaints, self.window
        talks = [talk.id for talk in self.facts.talks if talk.begun_at in window]
        return [
            complaints.per_hundred("complaint_orders", cases, orders, window),
            complaints.per_hundred("complaint_talks", cases, talks, window),
            complaints.repeats(cases, window),
        ]

    def value(self, margin: Fraction | None) -> list[Figure]:
        """Of the twelve months until the window's end: who stays, and what they bring."""
        orders, year = self.records.orders, self.year
        mean, median = value.aov(orders, year)
        lost = retention.churn(orders, year)
        rate = None if lost.value is None else Fraction(lost.value) / 100
        usual = None if mean.value is None else Fraction(mean.value)
        yearly = value.yearly_orders(orders, year)
        return [
            retention.crr(orders, year),
            lost,
            *(retention.tenure(orders, year, years) for years in retention.YEARS),
            mean,
            median,
            value.clv_historic(orders, year, margin),
            value.clv(usual, yearly, margin, rate, year, mean.n),
            value.pareto(orders, year),
        ]

    @property
    def year(self) -> Window:
        return Window(retention.years_before(self.window.end, 1), self.window.end)

    @cached_property
    def talks(self) -> list[Talk]:
        return self.view.talks(self.facts)

    @cached_property
    def ids(self) -> frozenset[int]:
        return frozenset(talk.id for talk in self.talks)

    def _of(self, kind: str, rows: Iterable[R]) -> list[R]:
        talk_of = self.facts.talk_of.get(kind, {})
        return [row for row in rows if talk_of.get(row.id) in self.ids]

    def _surveys(self, rows: Iterable[R]) -> list[R]:
        """Those about talks of the view; all of them when it shows all."""
        if self.view == View():
            return list(rows)
        return [row for row in rows if self.records.talk_of.get(row.id) in self.ids]


def _as(figure: Figure, name: str) -> Figure:
    return replace(figure, name=name)
