"""The weekly digest: who gets it, how the last one fared, and one to try."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bot.console.access import REVIEW, Door, Visit
from bot.console.rules import sheet
from bot.console.rules.routing import listed
from bot.console.rules.sheet import Desk, Overtaken
from bot.facts import HERE
from bot.schedule import Invalid
from bot.storage import digests
from connectors.base import Json


async def show(request: Request, visit: Visit) -> Response:
    desk = await sheet.look(request)
    return await _page(request, visit, desk, _shown(desk))


def _shown(desk: Desk) -> dict[str, str]:
    digest = desk.rules.digest
    ticked = {name: "1" for name in ("on", "slack") if getattr(digest, name)}
    return {**ticked, "emails": "\n".join(digest.emails)}


async def change(request: Request, visit: Visit) -> Response:
    desk, given = await sheet.look(request), await sheet.typed(request)

    def put(document: Json) -> None:
        document["digest"] = {
            "on": "on" in given,
            "slack": "slack" in given,
            "emails": listed(given.get("emails", "")),
        }

    try:
        await sheet.save(request, visit, "digest", sheet.upon(given), _part, put)
    except (Invalid, Overtaken) as error:
        if isinstance(error, Overtaken):
            desk = await sheet.look(request)
        return await _page(request, visit, desk, given, error)
    return sheet.saved("digest")


def _part(document: Json) -> Any:
    return document.get("digest")


async def send_now(request: Request, visit: Visit) -> Response:
    """Last week's digest, to everybody who is saved."""
    now = request.app.state.clock()
    today = now.astimezone(HERE).date()
    week = today - timedelta(days=today.weekday() + 7)
    async with request.app.state.db.begin() as tx:
        key = f"{digests.TRIAL}{secrets.token_hex(8)}"
        await digests.plan(tx, key, week.isoformat(), now)
    return sheet.back("digest?trying=1")


async def again(request: Request, visit: Visit) -> Response:
    """What failed of a digest is sent again."""
    async with request.app.state.db.begin() as tx:
        await digests.again(tx, request.path_params["id"], request.app.state.clock())
    return sheet.back("digest?trying=1")


async def _page(
    request: Request,
    visit: Visit,
    desk: Desk,
    typed: Mapping[str, str],
    wrong: Invalid | Overtaken | None = None,
) -> Response:
    settings = request.app.state.settings
    async with request.app.state.db.read() as tx:
        last = await digests.last(tx)
        copies = await digests.copies_of(tx, last.id) if last else []
        planned = [each for each in await digests.planned(tx) if not each.is_trial]
    return sheet.sheet(
        request,
        visit,
        "digest",
        "digest",
        desk,
        wrong=wrong,
        typed=typed,
        has_slack=bool(settings.digest_slack_channel),
        has_mail=bool(settings.smtp_url),
        next_at=planned[0].due_at if planned else None,
        last=last,
        copies=copies,
        trying="trying" in request.query_params,
    )


DOORS = (
    Door("GET", "/rules/digest", show, REVIEW),
    Door("POST", "/rules/digest", change, REVIEW),
    Door("POST", "/rules/digest/try", send_now, REVIEW),
    Door("POST", "/rules/digest/{id:int}/again", again, REVIEW),
)
