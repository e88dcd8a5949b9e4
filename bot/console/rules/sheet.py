"""What the pages of the rules share: how they are drawn, and how they are saved."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot import desk_rules
from bot.console import words
from bot.console.access import Visit
from bot.console.render import page
from bot.console.rules import told
from bot.console.rules.told import Change
from bot.desk_rules import DeskRules
from bot.models import Agent
from bot.schedule import Invalid
from bot.storage import agents
from bot.storage import rules as storage
from connectors.base import Json

HOME: Final = "/console/rules"
SECTIONS: Final = (
    "hours",
    "routing",
    "teams",
    "agents",
    "targets",
    "sentences",
    "digest",
    "retention",
    "history",
)


@dataclass(frozen=True)
class Desk:
    """The rules that hold, and whom they are for."""

    version: int
    document: Json
    rules: DeskRules
    agents: Sequence[Agent]
    now: datetime

    def members(self, team: str) -> list[Agent]:
        return [agent for agent in self.agents if team in agent.teams]

    @property
    def of_no_team(self) -> list[Agent]:
        """They answer for every team."""
        return [agent for agent in self.agents if not agent.teams]

    @property
    def people(self) -> Mapping[int, str]:
        return {agent.user.id: agent.user.name for agent in self.agents}


@dataclass(frozen=True)
class Problem:
    """Why nothing was saved, and at which field."""

    path: str
    text: str


@dataclass
class Overtaken(Exception):
    """Somebody has saved the same part since the form was drawn."""

    by: str
    at: datetime
    changes: Sequence[Change]


async def look(request: Request) -> Desk:
    async with request.app.state.db.read() as tx:
        version, document = await storage.newest(tx)
        everybody = await agents.all_of(tx)
    rules = desk_rules.read(document)
    return Desk(version, document, rules, everybody, request.app.state.clock())


async def typed(request: Request) -> Mapping[str, str]:
    """What the form says: the last of several fields of one name."""
    return {key: str(value) for key, value in (await request.form(max_files=0)).items()}


def upon(form: Mapping[str, str]) -> int:
    """The version that the form was drawn from."""
    return int(form["upon"]) if form.get("upon", "").isdecimal() else 0


async def save(
    request: Request,
    visit: Visit,
    part: str,
    upon: int,
    piece: Callable[[Json], Any],
    change: Callable[[Json], None],
) -> None:
    """Put a change in force. What others have saved elsewhere since version `upon` stays; Overtaken
    is raised when it was the same `piece`. Raises Invalid; nothing is saved then.
    """
    now = request.app.state.clock()
    async with request.app.state.db.begin() as tx:
        everybody, saved = await agents.all_of(tx), False
        while not saved:
            version, document = await storage.newest(tx)
            before = await storage.at(tx, upon)
            if version != upon and piece(before) != piece(document):
                last = (await storage.history(tx, 1))[0]
                people = {each.user.id: each.user.name for each in everybody}
                theirs = told.difference(visit.language, before, document, people)
                raise Overtaken(last.by, last.changed_at, theirs)
            wanted = copy.deepcopy(document)
            change(wanted)
            _tidy(wanted, document, everybody)
            ruling, rules = desk_rules.read(document), desk_rules.read(wanted)
            if rules == ruling:
                return
            saved = await storage.save(tx, wanted, part, visit.user.id, now, upon=version)
        for user_id, placed in rules.agents.items():
            if placed != ruling.agents.get(user_id):
                await agents.place(tx, user_id, placed.teams, placed.skills, placed.capacity)


def placement(document: Json, agent: Agent) -> Json:
    """How an agent is placed in the document, to be changed: as they are when nobody has changed
    it yet."""
    placed: Json = document.setdefault("agents", {}).setdefault(str(agent.user.id), _of(agent))
    return placed


def _of(agent: Agent) -> Json:
    return {
        "teams": sorted(agent.teams),
        "skills": dict(agent.skills),
        "capacity": agent.capacity,
    }


def _tidy(wanted: Json, document: Json, everybody: Sequence[Agent]) -> None:
    """Without the agents who stayed as they were."""
    placed, before = wanted.get("agents", {}), document.get("agents", {})
    for agent in everybody:
        key = str(agent.user.id)
        if key not in before and placed.get(key) == _of(agent):
            del placed[key]


def back(path: str) -> Response:
    """To a page of the rules."""
    return RedirectResponse(f"{HOME}/{path}", 303)


def saved(path: str, place: str = "") -> Response:
    """Back to the page, which says so; `place` is where on it to go on."""
    return back(f"{path}?saved=1" + (f"#{place}" if place else ""))


def sheet(
    request: Request,
    visit: Visit,
    template: str,
    section: str,
    desk: Desk,
    *,
    wrong: Invalid | Overtaken | None = None,
    inside: str = "",
    **values: Any,
) -> Response:
    """A page of the rules. `inside` is the place in the document that the form is for: fields are
    named by what follows it."""
    language = visit.language

    def team(code: str) -> str:
        return told.team_name(desk.document, language, code)

    def weekday(place: int) -> str:
        return told.weekday(language, place)

    invalid = wrong if isinstance(wrong, Invalid) else None
    problem = None
    if invalid:
        path = "" if invalid.path == inside else invalid.path.removeprefix(f"{inside}.")
        problem = Problem(path, explained(language, invalid))
    return page(
        request,
        f"rules/{template}.html",
        language,
        visit,
        status=422 if invalid else 409 if wrong else 200,
        section=section,
        sections=SECTIONS,
        desk=desk,
        team=team,
        saved=request.method == "GET" and "saved" in request.query_params,
        problem=problem,
        overtaken=wrong if isinstance(wrong, Overtaken) else None,
        weekday=weekday,
        **values,
    )


def explained(language: str, error: Invalid) -> str:
    """What is wrong, in words; the last part of the path may be a name."""
    return words.say(language, f"rules.invalid.{error.code}", name=error.path.rpartition(".")[2])
