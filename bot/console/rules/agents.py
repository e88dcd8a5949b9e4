"""The agents: their teams, their skills, and how many conversations they have at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from bot import assignment
from bot.console.access import REVIEW, Door, Visit
from bot.console.render import missing
from bot.console.rules import sheet
from bot.console.rules.routing import number
from bot.console.rules.sheet import Desk, Overtaken
from bot.desk_rules import LEVELS
from bot.models import Agent
from bot.schedule import Invalid
from connectors.base import Json

USUAL_LEVEL: Final = "2"


class Skill(NamedTuple):
    """As it is typed."""

    name: str = ""
    level: str = USUAL_LEVEL


async def show(request: Request, visit: Visit) -> Response:
    desk = await sheet.look(request)
    rules = desk.rules.assignment
    return sheet.sheet(
        request,
        visit,
        "agents",
        "agents",
        desk,
        presence={agent.user.id: presence(desk, agent) for agent in desk.agents},
        load={agent.user.id: assignment.load_of(rules, agent) for agent in desk.agents},
    )


def presence(desk: Desk, agent: Agent) -> str:
    """What agents say of themselves, unless their console is gone."""
    rules = desk.rules.assignment
    gone = assignment.is_gone(rules, agent, desk.now)
    return "gone" if gone else assignment.presence_of(rules, agent, desk.now).value


async def form(request: Request, visit: Visit) -> Response:
    """One agent's place."""
    desk = await sheet.look(request)
    agent = _asked_for(request, desk)
    if agent is None:
        return await missing(request, visit)
    skills = [Skill(name, str(level)) for name, level in agent.skills.items()]
    capacity = "" if agent.capacity is None else str(agent.capacity)
    return _form(request, visit, desk, agent, agent.teams, skills or [Skill()], capacity)


def _asked_for(request: Request, desk: Desk) -> Agent | None:
    wanted = request.path_params["id"]
    return next((agent for agent in desk.agents if agent.user.id == wanted), None)


async def change(request: Request, visit: Visit) -> Response:
    """The form of one agent, sent."""
    desk, given = await sheet.look(request), await sheet.typed(request)
    agent = _asked_for(request, desk)
    if agent is None:
        return await missing(request, visit)
    teams = frozenset(code for code in desk.rules.teams if f"team.{code}" in given)
    skills, capacity = _skills(given), given.get("capacity", "").strip()
    if given.get("do") == "add":
        skills.append(Skill())
        return _form(request, visit, desk, agent, teams, skills, capacity, focus=len(skills) - 1)
    skills = [skill for skill in skills if skill.name]

    def put(document: Json) -> None:
        names = [skill.name for skill in skills]
        for place, name in enumerate(names):
            if name in names[:place]:
                raise Invalid(f"skills[{place}]", "twice")
        sheet.placement(document, agent).update(
            teams=sorted(teams),
            skills={skill.name: number(skill.level) for skill in skills},
            capacity=number(capacity) if capacity else None,
        )

    def piece(document: Json) -> Any:
        return document.get("agents", {}).get(str(agent.user.id))

    try:
        await sheet.save(request, visit, "agents", sheet.upon(given), piece, put)
    except (Invalid, Overtaken) as error:
        if isinstance(error, Overtaken):
            desk = await sheet.look(request)
        return _form(request, visit, desk, agent, teams, skills, capacity, wrong=error)
    return sheet.saved("agents")


def _skills(given: Mapping[str, str]) -> list[Skill]:
    skills: list[Skill] = []
    while (name := f"skill.{len(skills)}") in given:
        skills.append(Skill(given[name].strip(), given.get(f"{name}.level", USUAL_LEVEL)))
    return skills


def _form(
    request: Request,
    visit: Visit,
    desk: Desk,
    agent: Agent,
    teams: frozenset[str],
    skills: list[Skill],
    capacity: str,
    focus: int = -1,
    wrong: Invalid | Overtaken | None = None,
) -> Response:
    return sheet.sheet(
        request,
        visit,
        "agent",
        "agents",
        desk,
        wrong=wrong,
        inside=f"agents.{agent.user.id}",
        agent=agent,
        presence=presence(desk, agent),
        teams=teams,
        skills=skills,
        capacity=capacity,
        levels=LEVELS,
        focus=focus,
        known=sorted(
            {skill for each in desk.agents for skill in each.skills}
            | {skill for rule in desk.rules.routing for skill in rule.skills}
        ),
    )


DOORS = (
    Door("GET", "/rules/agents", show, REVIEW),
    Door("GET", "/rules/agents/{id:int}", form, REVIEW),
    Door("POST", "/rules/agents/{id:int}", change, REVIEW),
)
