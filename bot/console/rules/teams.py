"""The teams: their names, who is in them, and which takes what no rule knows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bot.console.access import REVIEW, Door, Visit
from bot.console.render import missing
from bot.console.rules import sheet
from bot.console.rules.sheet import Desk, Overtaken
from bot.folded import fold
from bot.schedule import Invalid
from connectors.base import Json


async def show(request: Request, visit: Visit) -> Response:
    desk = await sheet.look(request)
    rules = {code: _named_by(desk, code) for code in desk.rules.teams}
    return sheet.sheet(request, visit, "teams", "teams", desk, named_by=rules)


def _named_by(desk: Desk, code: str) -> list[tuple[int, str]]:
    """The rules that send customers there."""
    return [
        (place, rule.name) for place, rule in enumerate(desk.rules.routing) if rule.team == code
    ]


async def form(request: Request, visit: Visit) -> Response:
    """One team, to be made or changed."""
    desk = await sheet.look(request)
    code = request.path_params.get("team", "")
    if code and code not in desk.rules.teams:
        return await missing(request, visit)
    names = desk.rules.teams.get(code, {})
    return _form(request, visit, desk, code, names, {agent.user.id for agent in desk.members(code)})


async def change(request: Request, visit: Visit) -> Response:
    """The form of one team, sent."""
    desk, given = await sheet.look(request), await sheet.typed(request)
    code = request.path_params.get("team", "")
    if code and code not in desk.rules.teams:
        return await missing(request, visit)
    names = {name: given.get(name, "").strip() for name in ("vi", "en")}
    members = {agent.user.id for agent in desk.agents if f"member.{agent.user.id}" in given}

    def put(document: Json) -> None:
        if given.get("do") == "delete":
            _delete(document, code)
            return
        team = code or _code(given)
        if team != code and team in document["teams"]:
            raise Invalid("code", "twice")
        document["teams"][team] = {name: text for name, text in names.items() if text}
        if "default" in given:
            document["default_team"] = team
        for agent in desk.agents:
            placed = sheet.placement(document, agent)
            others = {each for each in placed["teams"] if each != team}
            placed["teams"] = sorted(others | ({team} if agent.user.id in members else set()))

    def piece(document: Json) -> Any:
        placed = document.get("agents", {})
        of_it = {user_id for user_id, each in placed.items() if code in each["teams"]}
        return code and (document["teams"].get(code), document["default_team"] == code, of_it)

    try:
        await sheet.save(request, visit, "teams", sheet.upon(given), piece, put)
    except (Invalid, Overtaken) as error:
        if isinstance(error, Overtaken):
            desk = await sheet.look(request)
        return _form(request, visit, desk, code, names, members, given=given, wrong=error)
    return sheet.saved("teams")


def _code(given: Mapping[str, str]) -> str:
    """A new team's code, made of its name when none is typed: "Giao nhận" is giao_nhan."""
    named = given.get("code", "").strip() or given.get("vi", "")
    return re.sub(r"[^a-z0-9]+", "_", fold(named)).strip("_")[:32]


def _delete(document: Json, code: str) -> None:
    """Raises Invalid while something goes there."""
    if document["default_team"] == code:
        raise Invalid("delete", "team_is_default")
    if any(rule.get("team") == code for rule in document["routing"]):
        raise Invalid("delete", "team_in_use")
    del document["teams"][code]
    document["team_hours"].pop(code, None)
    for placed in document.get("agents", {}).values():
        placed["teams"] = [team for team in placed["teams"] if team != code]


def _form(
    request: Request,
    visit: Visit,
    desk: Desk,
    code: str,
    names: Mapping[str, str],
    members: set[int],
    given: Mapping[str, str] | None = None,
    wrong: Invalid | Overtaken | None = None,
) -> Response:
    return sheet.sheet(
        request,
        visit,
        "team",
        "teams",
        desk,
        wrong=wrong,
        inside=f"teams.{code or _code(given or {})}",
        code=code,
        new_code=(given or {}).get("code", ""),
        names={"vi": "", "en": "", **names},
        members=members,
        is_default=desk.rules.default_team == code,
        default="default" in given if given else desk.rules.default_team == code,
        named_by=_named_by(desk, code),
    )


# A team's code has no hyphen.
DOORS = (
    Door("GET", "/rules/teams", show, REVIEW),
    Door("GET", "/rules/teams/new-team", form, REVIEW),
    Door("POST", "/rules/teams/new-team", change, REVIEW),
    Door("GET", "/rules/teams/{team}", form, REVIEW),
    Door("POST", "/rules/teams/{team}", change, REVIEW),
)
