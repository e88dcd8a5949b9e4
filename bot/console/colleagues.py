"""Who works at the desk, as the inbox shows it: to be there oneself, and to pass something on."""

from __future__ import annotations

from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot import assignment
from bot.console import words
from bot.console.access import DESK, Door, Visit
from bot.desk_rules import DeskRules
from bot.models import Agent
from bot.storage import agents
from bot.storage import rules as desk
from bot.storage.db import Tx
from connectors.base import Json


async def known(tx: Tx, visit: Visit, now: datetime) -> Json:
    """The reader's own choice of presence, everybody who may answer customers, the teams."""
    rules = await desk.current(tx)
    everybody = await agents.all_of(tx)
    mine = next(each for each in everybody if each.user.id == visit.user.id)
    return {
        "presence": mine.presence.value,
        "colleagues": [shape(rules, each, now) for each in everybody],
        "teams": {code: team_name(rules, code, visit.language) for code in rules.teams},
    }


def shape(rules: DeskRules, agent: Agent, now: datetime) -> Json:
    """A colleague. `load` and `capacity` count conversations by the weight of their channel."""
    return {
        "id": agent.user.id,
        "username": agent.user.username,
        "name": agent.user.name,
        "presence": assignment.presence_of(rules.assignment, agent, now).value,
        "load": round(assignment.load_of(rules.assignment, agent), 1),
        "capacity": assignment.capacity_of(rules.assignment, agent),
        "teams": sorted(agent.teams),
    }


def team_name(rules: DeskRules, code: str, language: str) -> str:
    """The team's name; the code itself for one that the rules do not know any more."""
    names = rules.teams.get(code, {})
    return names.get(language) or names.get(words.LANGUAGES[0]) or code


async def colleagues(request: Request, visit: Visit) -> Response:
    """How everybody stands at this moment."""
    state = request.app.state
    async with state.db.read() as tx:
        return JSONResponse(await known(tx, visit, state.clock()))


DOORS = (Door("GET", "/api/colleagues", colleagues, DESK, is_api=True),)
