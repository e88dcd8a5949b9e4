"""For how long each kind of data is kept, what went lately, and what is held."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot import shelf_life
from bot.console.access import REVIEW, Door, Visit, safe_next
from bot.console.render import missing
from bot.console.rules import sheet
from bot.console.rules.sheet import Desk, Overtaken
from bot.schedule import Invalid
from bot.storage import conversations
from bot.storage import retention as storage
from connectors.base import Json

HERE: Final = "retention"
REASON_LIMIT: Final = 255  # characters


async def show(request: Request, visit: Visit) -> Response:
    desk = await sheet.look(request)
    shown = {kind: str(days) for kind, days in desk.rules.retention.items()}
    return await _page(request, visit, desk, shown)


async def change(request: Request, visit: Visit) -> Response:
    desk, given = await sheet.look(request), await sheet.typed(request)

    def put(document: Json) -> None:
        typed = {kind: given.get(kind, "").strip() for kind in shelf_life.LEAST}
        document[HERE] = {kind: int(n) if n.isdecimal() else n for kind, n in typed.items()}

    try:
        await sheet.save(request, visit, HERE, sheet.upon(given), _part, put)
    except (Invalid, Overtaken) as error:
        if isinstance(error, Overtaken):
            desk = await sheet.look(request)
        return await _page(request, visit, desk, given, error)
    return sheet.saved(HERE)


def _part(document: Json) -> Any:
    return document.get(HERE)


async def _page(
    request: Request,
    visit: Visit,
    desk: Desk,
    typed: Mapping[str, str],
    wrong: Invalid | Overtaken | None = None,
) -> Response:
    async with request.app.state.db.read() as tx:
        nights = await storage.last_runs(tx)
        holds = await storage.open_holds(tx)
    return sheet.sheet(
        request,
        visit,
        HERE,
        HERE,
        desk,
        wrong=wrong,
        typed=typed,
        least=shelf_life.LEAST,
        most=shelf_life.MOST,
        nights=nights,
        holds=holds,
        archives=request.app.state.settings.archive_dir is not None,
    )


async def hold(request: Request, visit: Visit) -> Response:
    """Keep a talk, or all of its customer's, however old they grow. Who did it is kept."""
    form, talk_id = await request.form(), request.path_params["id"]
    reason = str(form.get("reason", "")).strip()[:REASON_LIMIT]
    async with request.app.state.db.begin() as tx:
        talk = await conversations.by_id(tx, talk_id)
        if talk is None:
            return await missing(request, visit)
        if reason:
            of = None if form.get("what") == "customer" else talk.id
            now = request.app.state.clock()
            await storage.hold(tx, talk.customer_id, of, reason, visit.user.id, now)
    return RedirectResponse(f"/console/transcripts/{talk_id}", 303)


async def release(request: Request, visit: Visit) -> Response:
    form = await request.form()
    async with request.app.state.db.begin() as tx:
        now = request.app.state.clock()
        await storage.release(tx, request.path_params["id"], visit.user.id, now)
    return RedirectResponse(safe_next(str(form.get("next", ""))), 303)


DOORS = (
    Door("GET", "/rules/retention", show, REVIEW),
    Door("POST", "/rules/retention", change, REVIEW),
    Door("POST", "/transcripts/{id:int}/hold", hold, REVIEW),
    Door("POST", "/holds/{id:int}/release", release, REVIEW),
)
