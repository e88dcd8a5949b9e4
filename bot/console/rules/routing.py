"""Which team a hand-off goes to: the ordered rules, and a box to try them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from bot import routing
from bot.console import words
from bot.console.access import REVIEW, Door, Visit
from bot.console.render import missing
from bot.console.rules import sheet, told
from bot.console.rules.hours import opening
from bot.console.rules.sheet import Desk, Overtaken
from bot.desk_rules import PRIORITIES, DeskRules, Rule
from bot.routing import Case, Route
from bot.schedule import Invalid
from connectors.base import Json

REASONS: Final = tuple(
    key.removeprefix("reason.") for key in words.WORDS if key.startswith("reason.")
)
# Customers do not write from Slack: it is the desk's.
CHANNELS: Final = tuple(
    key.removeprefix("channel.")
    for key in words.WORDS
    if key.startswith("channel.") and key != "channel.slack"
)
STEP: Final = re.compile(r"(up|down) (\d+)", re.ASCII)
EMPTY: Final[Json] = {
    "name": "", "when": {}, "team": "", "priority": None, "raise": 0, "skills": []
}  # fmt: skip
ANY: Final[Json] = {
    "reasons": [], "words": [], "channels": [], "languages": [], "vip": False, "repeats": 0
}  # fmt: skip


class Doubt(NamedTuple):
    """Why a rule does less than its author thinks."""

    code: str
    name: str = ""  # of the rule, the team or the skill that it is for


def doubts(desk: Desk) -> dict[int, list[Doubt]]:
    """By the rules' places."""
    known = {skill for agent in desk.agents for skill in agent.skills}
    found: dict[int, list[Doubt]] = {}
    for place, rule in enumerate(desk.rules.routing):
        each = _useless(rule, desk.rules.routing[:place])
        if rule.team and not (desk.members(rule.team) or desk.of_no_team):
            each.append(Doubt("no_member", rule.team))
        each += [Doubt("no_skilled", skill) for skill in sorted(rule.skills - known)]
        if each:
            found[place] = each
    return found


def _useless(rule: Rule, earlier: Sequence[Rule]) -> list[Doubt]:
    matter = rule.reasons & set(REASONS) or any(routing.says(each, each) for each in rule.words)
    if (
        (not matter and (rule.reasons or rule.words))
        or (rule.channels and not rule.channels & set(CHANNELS))
        or (rule.languages and not rule.languages & set(words.LANGUAGES))
    ):
        return [Doubt("never")]
    before = next((each for each in earlier if each.team and routing.covers(each, rule)), None)
    if before is None or not rule.team:
        return []
    urgent = rule.priority is not None and rule.priority != before.priority
    does_more = urgent or rule.raises or rule.skills - before.skills
    return [Doubt("team_shadowed" if does_more else "shadowed", before.name)]


class Tried(NamedTuple):
    """One rule, as it met a case."""

    rule: Rule
    misses: tuple[str, ...]
    spoken: tuple[str, ...]
    decides: bool  # the team


def trial(rules: DeskRules, case: Case) -> tuple[Route, list[Tried]]:
    route = routing.route(rules, case)
    tried: list[Tried] = []
    decided = False
    for rule in rules.routing:
        fits = routing.fits(rule, case)
        decides = fits and bool(rule.team) and not decided
        decided |= decides
        misses = routing.misses(rule, case)
        tried.append(Tried(rule, misses, routing.spoken(rule, case), decides))
    return route, tried


async def show(request: Request, visit: Visit) -> Response:
    return _list(request, visit, await sheet.look(request))


async def act(request: Request, visit: Visit) -> Response:
    """A rule moves up or down, or a case is tried."""
    desk, given = await sheet.look(request), await sheet.typed(request)
    found = STEP.fullmatch(given.get("do", ""))
    if found is None:
        return _list(request, visit, desk, given)
    place = int(found[2])
    to = place + (1 if found[1] == "down" else -1)

    def move(document: Json) -> None:
        rules = document["routing"]
        if place < len(rules) and 0 <= to < len(rules):
            rules[place], rules[to] = rules[to], rules[place]

    try:
        await sheet.save(request, visit, "routing", sheet.upon(given), _all, move)
    except Overtaken as error:
        return _list(request, visit, await sheet.look(request), wrong=error)
    return sheet.saved("routing", f"rule-{to}")


def _all(document: Json) -> Any:
    return document["routing"]


def _list(
    request: Request,
    visit: Visit,
    desk: Desk,
    given: Mapping[str, str] | None = None,
    wrong: Overtaken | None = None,
) -> Response:
    language, given = visit.language, given or {}
    rules = desk.rules
    asked = None
    if given:
        repeats = given.get("repeats", "")
        asked = Case(
            reason=given.get("reason", ""),
            text=given.get("text", "")[:2000],
            channel=given.get("channel", ""),
            language=given.get("language", words.LANGUAGES[0]),
            vip="vip" in given,
            repeats=int(repeats) if repeats.isdecimal() else 1,
        )
    route, tried = trial(rules, asked) if asked else (None, [])
    return sheet.sheet(
        request,
        visit,
        "routing",
        "routing",
        desk,
        wrong=wrong,
        in_words=lambda rule: told.in_words(language, desk.document, rule),
        doubts=doubts(desk),
        reasons=REASONS,
        channels=CHANNELS,
        asked=asked,
        route=route,
        tried=tried,
        opening=opening(language, rules.hours_of(route.team), desk.now) if route else "",
    )


async def form(request: Request, visit: Visit) -> Response:
    """One rule, to be written or changed."""
    desk = await sheet.look(request)
    place = request.path_params.get("id")
    given = _at(desk.document, place)
    return await missing(request, visit) if given is None else _form(request, visit, desk, given)


def _at(document: Json, place: int | None) -> Json | None:
    rules = document["routing"]
    if place is None:
        return EMPTY
    return dict(rules[place]) if place < len(rules) else None


async def change(request: Request, visit: Visit) -> Response:
    """The form of one rule, sent."""
    desk, given = await sheet.look(request), await sheet.typed(request)
    place = request.path_params.get("id")
    if _at(desk.document, place) is None:
        return await missing(request, visit)
    rule = _typed(given)

    def put(document: Json) -> None:
        rules = document["routing"]
        if place is None:
            rules.append(rule)
        else:
            rules[place : place + 1] = [] if given.get("do") == "delete" else [rule]

    def piece(document: Json) -> Any:
        return None if place is None else _all(document)

    try:
        await sheet.save(request, visit, "routing", sheet.upon(given), piece, put)
    except (Invalid, Overtaken) as error:
        if isinstance(error, Overtaken):
            desk = await sheet.look(request)
        return _form(request, visit, desk, rule, wrong=error)
    return sheet.saved("routing")


def _typed(given: Mapping[str, str]) -> Json:
    def chosen(group: str) -> list[str]:
        return [key.removeprefix(group) for key in given if key.startswith(group)]

    when = {
        "reasons": chosen("reason."),
        "words": listed(given.get("words", "")),
        "channels": chosen("channel."),
        "languages": chosen("language."),
        "vip": "vip" in given,
        "repeats": number(given.get("repeats", "")),
    }
    return {
        "name": given.get("name", "").strip(),
        "when": {name: value for name, value in when.items() if value},
        "team": given.get("team", ""),
        "priority": number(given.get("priority", "")) if given.get("priority") else None,
        "raise": number(given.get("raise", "")),
        "skills": listed(given.get("skills", "")),
    }


def listed(text: str) -> list[str]:
    """What stands on lines of its own or between commas, once each."""
    return list(dict.fromkeys(part.strip() for part in re.split(r"[\n,]", text) if part.strip()))


def number(text: str) -> int | str:
    """A whole number; nothing is 0, and what is no number stays to be refused."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() else text or 0


def _form(
    request: Request,
    visit: Visit,
    desk: Desk,
    rule: Json,
    wrong: Invalid | Overtaken | None = None,
) -> Response:
    place = request.path_params.get("id")
    at = len(desk.document["routing"]) if place is None else place
    when = {**ANY, **rule["when"]}
    return sheet.sheet(
        request,
        visit,
        "rule",
        "routing",
        desk,
        wrong=wrong,
        inside=f"routing[{at}]",
        rule={**EMPTY, **rule},
        when=when,
        place=place,
        doubts=doubts(desk).get(at, []),
        reasons=[*REASONS, *(set(when["reasons"]) - set(REASONS))],
        channels=[*CHANNELS, *(set(when["channels"]) - set(CHANNELS))],
        languages=words.LANGUAGES,
        priorities=PRIORITIES,
        skills=sorted({skill for agent in desk.agents for skill in agent.skills}),
    )


DOORS = (
    Door("GET", "/rules/routing", show, REVIEW),
    Door("POST", "/rules/routing", act, REVIEW),
    Door("GET", "/rules/routing/new", form, REVIEW),
    Door("POST", "/rules/routing/new", change, REVIEW),
    Door("GET", "/rules/routing/{id:int}", form, REVIEW),
    Door("POST", "/rules/routing/{id:int}", change, REVIEW),
)
