"""The page "Số liệu": every figure with what it takes to trust it, its rows, and all as CSV."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from bot.console import numbers, window, words
from bot.console.access import DESK, REVIEW, Door, Visit
from bot.console.colleagues import team_name
from bot.console.render import download, missing, page
from bot.desk_rules import DeskRules
from bot.facts import HERE
from bot.figures.complaints import AGAIN
from bot.figures.figure import Figure
from bot.figures.ranking import ranking
from bot.figures.share import split
from bot.figures.sheet import Sheet
from bot.figures.topic import TOPICS
from bot.models import User
from bot.promises import KEPT_WITHIN
from bot.storage import desk, people, records, retention, users
from bot.storage import figures as facts
from bot.storage import rules as desk_rules
from bot.storage.db import Tx

WHOLE = ("complaints", "value")  # sections that no choice of talks narrows
SHOWN = 500  # rows behind a figure
TIMES = ("first_reply", "next_reply", "wait")  # told in a table, by TOLD
TOLD = ("median", "p90", "median_calendar", "p90_calendar")


@dataclass(frozen=True)
class Chart:
    """What is drawn, and told by the table under it."""

    name: str
    kind: str  # line or bar
    head: str  # of the first column
    points: Sequence[tuple[str, Figure]]


@dataclass(frozen=True)
class Report:
    """All of the page, as it was at one moment."""

    asked: window.Asked
    sheet: Sheet
    sections: Mapping[str, Sequence[Figure]]
    rules: DeskRules
    people: Sequence[User]
    channels: Sequence[str]

    def figure(self, name: str) -> Figure | None:
        every = (each for found in self.sections.values() for each in found)
        return next((each for each in every if each.name == name), None)


async def report(tx: Tx, given: Mapping[str, str], now: datetime) -> Report:
    """All figures of the days and talks that are asked for, as they are now."""
    asked = window.asked(given, now)
    rules = await desk_rules.current(tx)
    sheet = Sheet(
        await facts.read(tx, asked.window, now),
        await records.read(tx, asked.window.start - AGAIN),
        asked.window,
        rules.hours_of,
        KEPT_WITHIN,
        asked.view,
    )
    # Half a second of a busy shop's page: whoever chats meanwhile is not to wait for it.
    sections = await asyncio.to_thread(_sections, sheet, await records.placed(tx, asked.window))
    return Report(asked, sheet, sections, rules, await users.everyone(tx), await desk.channels(tx))


def _sections(sheet: Sheet, placed: Sequence[int]) -> dict[str, list[Figure]]:
    return {
        **sheet.sections(),
        "complaints": sheet.complaints(placed),
        "value": sheet.value(None),
    }


async def shown(request: Request, visit: Visit) -> Response:
    """All figures of the chosen days and talks."""
    async with request.app.state.db.read() as tx:
        found = await report(tx, request.query_params, request.app.state.clock())
        shown = found.asked.window
        cleared = await retention.cleared_in(tx, shown.start, shown.end)
    given = {key: value for key, value in request.query_params.items() if value}
    return page(
        request,
        "figures.html",
        visit.language,
        visit,
        asked=found.asked,
        cleared=cleared,
        given=given,
        query=f"?{urlencode(given)}" if given else "",
        sections={name: _tiles(figures) for name, figures in found.sections.items()},
        times=[
            (name, [found.figure(f"{name}_{kind}") for kind in TOLD], f"{name}_median")
            for name in TIMES
        ],
        told=TOLD,
        whole=WHOLE,
        charts=_charts(found, visit.language),
        spans=window.SPANS,
        channels=found.channels,
        topics=TOPICS,
        teams={code: team_name(found.rules, code, visit.language) for code in found.rules.teams},
        agents=[person for person in found.people if person.role in DESK],
        **readers(visit.language),
    )


def _tiles(figures: Sequence[Figure]) -> list[Figure]:
    return [each for each in figures if not each.name.startswith(TIMES)]


def readers(language: str) -> dict[str, Any]:
    """What templates read figures with."""
    return {
        "value_of": partial(numbers.value, language),
        "interval_of": partial(numbers.interval, language),
        "flags_of": partial(numbers.flags, language),
    }


def _charts(found: Report, language: str) -> dict[str, list[Chart]]:
    """By section; those with nothing to show are left out."""
    sheet = found.sheet
    names = {person.id: person.name for person in found.people}
    nobody = words.say(language, "figures.nobody")
    level, contained = found.figure("service_level"), found.figure("containment")
    assert level and contained
    who = {talk.id: names.get(talk.agent_id or 0, nobody) for talk in sheet.talks}
    agent_of = {
        handoff: who[talk]
        for handoff, talk in sheet.facts.talk_of["handoff"].items()
        if talk in who
    }
    handed_on = {each.id: each.at.astimezone(HERE).date() for each in sheet.facts.handed}
    begun_on = {each.id: each.begun_at.astimezone(HERE).date() for each in sheet.facts.bot_talks}
    causes = ranking("cause", sheet.records.causes, sheet.window)
    charts = {
        "answering": [
            _by_day("service_level", level, handed_on),
            Chart("agents", "bar", "list.agent", _sorted(split(level, agent_of))),
        ],
        "assistant": [
            _by_day("containment", contained, begun_on),
            Chart("reasons", "bar", "list.reason", _reasons(sheet, language)),
        ],
        "complaints": [
            Chart(
                "causes",
                "bar",
                "figures.chart.causes",
                [(numbers.choice(language, c), share) for c, share in causes],
            )
        ],
    }
    return {
        section: [chart for chart in drawn if chart.points] for section, drawn in charts.items()
    }


def _by_day(name: str, figure: Figure, day_of: Mapping[int, object]) -> Chart:
    days = sorted(split(figure, {id: str(day) for id, day in day_of.items()}).items(), key=str)
    points = [(f"{day[8:]}/{day[5:7]}", part) for day, part in days if day]
    return Chart(name, "line", "figures.day", points)


def _sorted(parts: Mapping[str | None, Figure]) -> list[tuple[str, Figure]]:
    return sorted(((who or "", part) for who, part in parts.items()), key=lambda pair: pair[0])


def _reasons(sheet: Sheet, language: str) -> list[tuple[str, Figure]]:
    shares = sorted(sheet.reasons().items(), key=lambda pair: (-len(pair[1].hits), pair[0]))
    return [(words.name_of(language, "reason", code), share) for code, share in shares]


async def rows(request: Request, visit: Visit) -> Response:
    """The rows behind one figure."""
    async with request.app.state.db.read() as tx:
        found = await report(tx, request.query_params, request.app.state.clock())
        figure = found.figure(request.path_params["name"])
        if figure is None:
            return await missing(request, visit)
        hits = set(figure.hits)
        counted = [*figure.hits, *(row for row in figure.rows if row not in hits)][:SHOWN]
        names = await people.names(tx, counted) if figure.of == "person" else {}
    given = {key: value for key, value in request.query_params.items() if value}
    talk_of = {**found.sheet.facts.talk_of, "answer": found.sheet.records.talk_of}
    return page(
        request,
        "figure_rows.html",
        visit.language,
        visit,
        figure=figure,
        asked=found.asked,
        query=f"?{urlencode(given)}" if given else "",
        rows=counted,
        most=SHOWN,
        hits=hits,
        names=names,
        talk_of=talk_of.get(figure.of, {}) if figure.of != "conversation" else None,
        **readers(visit.language),
    )


async def exported(request: Request, visit: Visit) -> Response:
    """All figures as a file, thin ones included."""
    async with request.app.state.db.read() as tx:
        found = await report(tx, request.query_params, request.app.state.clock())
    every = [each for section in found.sections.values() for each in section]
    name = f"so-lieu-{found.asked.first}-{found.asked.last}.csv"
    mark = "\ufeff"  # Excel needs it to see UTF-8
    return download(mark + numbers.as_csv(visit.language, every), name)


DOORS = (
    Door("GET", "/figures", shown, REVIEW),
    Door("GET", "/figures.csv", exported, REVIEW),
    Door("GET", "/figures/{name:str}", rows, REVIEW),
)
