"""The desk's numbers: what is promised, how conversations are given out, how the queue moves; and
the tags to choose from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from bot.console.access import REVIEW, Door, Visit
from bot.console.rules import sheet
from bot.console.rules.routing import CHANNELS, listed, number
from bot.console.rules.sheet import Desk, Overtaken
from bot.console.rules.told import NUMBERS, calendar
from bot.schedule import Invalid
from connectors.base import Json

PARTS: Final = (*NUMBERS, "tags")
MAY_BE_NONE: Final = ("partial_after", "anyone_after", "sticky_days")


async def show(request: Request, visit: Visit) -> Response:
    desk = await sheet.look(request)
    return _page(request, visit, desk, _shown(desk))


def _shown(desk: Desk) -> dict[str, str]:
    shown = {
        name: str(desk.document[section][name])
        for section, names in NUMBERS.items()
        for name in names
    }
    for channel, weight in desk.rules.assignment.weights.items():
        shown[f"weight.{channel}"] = f"{weight:g}"
    shown["calendar"] = calendar(desk.rules.sla.always)
    shown["tags"] = "\n".join(desk.rules.tags)
    return shown


async def change(request: Request, visit: Visit) -> Response:
    desk, given = await sheet.look(request), await sheet.typed(request)
    typed = {**_shown(desk), **given}

    def put(document: Json) -> None:
        for section, names in NUMBERS.items():
            document[section] |= {name: number(typed[name]) for name in names}
        document["sla"]["calendar"] = typed["calendar"]
        weights = {channel: _weight(given.get(f"weight.{channel}", "")) for channel in CHANNELS}
        document["assignment"]["weights"] = {
            channel: weight for channel, weight in weights.items() if weight != 1
        }
        document["tags"] = listed(typed["tags"])

    try:
        await sheet.save(request, visit, "targets", sheet.upon(given), _parts, put)
    except (Invalid, Overtaken) as error:
        if isinstance(error, Overtaken):
            desk = await sheet.look(request)
        return _page(request, visit, desk, typed, error)
    return sheet.saved("targets")


def _parts(document: Json) -> Any:
    return [document.get(part) for part in PARTS]


def _weight(text: str) -> float | str:
    """ "1,5" and "1.5" are the same; nothing is 1, and what is no number stays to be refused."""
    try:
        return float(text.replace(",", ".") or 1)
    except ValueError:
        return text


def _page(
    request: Request,
    visit: Visit,
    desk: Desk,
    typed: Mapping[str, str],
    wrong: Invalid | Overtaken | None = None,
) -> Response:
    return sheet.sheet(
        request,
        visit,
        "targets",
        "targets",
        desk,
        wrong=wrong,
        typed=typed,
        numbers=NUMBERS,
        may_be_none=MAY_BE_NONE,
        channels=CHANNELS,
    )


DOORS = (
    Door("GET", "/rules/targets", show, REVIEW),
    Door("POST", "/rules/targets", change, REVIEW),
)
