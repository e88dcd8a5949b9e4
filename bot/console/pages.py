"""The console's plain pages: everybody's first, and the inbox's shell."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot import handoff, promises
from bot.console import words
from bot.console.access import ANYONE, DESK, REVIEW, Door, Visit
from bot.console.render import missing, page


async def home(request: Request, visit: Visit) -> Response:
    """Everybody's first page."""
    return RedirectResponse("/console/inbox" if visit.may(DESK) else "/console/content", 303)


async def inbox(request: Request, visit: Visit) -> Response:
    return page(
        request,
        "inbox.html",
        visit.language,
        visit,
        resolutions=handoff.RESOLUTIONS,
        promise_kinds=promises.KINDS,
        may_take_over=visit.may(REVIEW),
        words_for_scripts=words.for_scripts(visit.language),
    )


DOORS = (
    Door("GET", "/", home, ANYONE),
    Door("GET", "/inbox", inbox, DESK),
)

NOWHERE = Door("GET", "/{path:path}", missing, ANYONE)
