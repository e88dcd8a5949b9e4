"""Who changed which of the rules, when, and how to go back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from bot.console.access import REVIEW, Door, Visit
from bot.console.rules import sheet, told
from bot.console.rules.sheet import SECTIONS, Desk, Overtaken
from bot.console.rules.told import Change
from bot.schedule import Invalid
from bot.storage import rules, users
from bot.storage.rules import Version
from connectors.base import Json

SHOWN: Final = 20


@dataclass(frozen=True)
class Entry:
    """One version."""

    version: Version
    changes: Sequence[Change]
    back: Sequence[Change]  # what going back to it would change


async def show(request: Request, visit: Visit) -> Response:
    return await _page(request, visit, await sheet.look(request))


async def restore(request: Request, visit: Visit) -> Response:
    """An earlier version holds again, as a new one."""
    desk, given = await sheet.look(request), await sheet.typed(request)
    wanted = given.get("version", "")
    async with request.app.state.db.read() as tx:
        earlier = await rules.at(tx, int(wanted) if wanted.isdecimal() else desk.version)

    def put(document: Json) -> None:
        again = _again(earlier, document)
        document.clear()
        document.update(again)

    try:
        await sheet.save(request, visit, "restored", sheet.upon(given), _whole, put)
    except (Invalid, Overtaken) as error:
        return await _page(request, visit, await sheet.look(request), error)
    return sheet.saved("history")


def _whole(document: Json) -> Any:
    return document


def _again(earlier: Json, document: Json) -> Json:
    """An earlier document, to follow this one: agents whom it does not know stay as they are."""
    placed = {
        user_id: {**each, "teams": [team for team in each["teams"] if team in earlier["teams"]]}
        for user_id, each in document.get("agents", {}).items()
    }
    agents = {**placed, **earlier.get("agents", {})}
    return {**earlier, "agents": agents} if agents else earlier


async def _page(
    request: Request, visit: Visit, desk: Desk, wrong: Invalid | Overtaken | None = None
) -> Response:
    before = request.query_params.get("before", "")
    async with request.app.state.db.read() as tx:
        versions = await rules.history(
            tx, SHOWN + 1, before=int(before) if before.isdecimal() else None
        )
        people = {each.id: each.name for each in await users.everyone(tx)}
        first = await rules.at(tx, 0)
    older = versions[SHOWN - 1].id if len(versions) > SHOWN else None
    formers = [*(each.document for each in versions), first][1:]

    def entry(version: Version, former: Json) -> Entry:
        again = _again(version.document, desk.document)
        return Entry(
            version,
            _difference(visit, former, version.document, people),
            _difference(visit, desk.document, again, people),
        )

    entries = [entry(each, former) for each, former in zip(versions, formers, strict=True)]
    return sheet.sheet(
        request,
        visit,
        "history",
        "history",
        desk,
        wrong=wrong,
        entries=entries[:SHOWN],
        older=older,
        newest=bool(before),
        parts=SECTIONS,
    )


def _difference(
    visit: Visit, before: Json, after: Json, people: Mapping[int, str]
) -> Sequence[Change]:
    return told.difference(visit.language, before, after, people)


DOORS = (
    Door("GET", "/rules/history", show, REVIEW),
    Door("POST", "/rules/history", restore, REVIEW),
)
