"""The console's plain pages: everybody's first, the inbox's shell, the editor's."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot import handoff, promises
from bot.console import words
from bot.console.access import ANYONE, CONTENT, DESK, REVIEW, Door, Visit
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


async def content(request: Request, visit: Visit) -> Response:
    return page(request, "content.html", visit.language, visit)


DOORS = (
    Door("GET", "/", home, ANYONE),
    Door("GET", "/inbox", inbox, DESK),
    Door("GET", "/content", content, CONTENT),
)

NOWHERE = Door("GET", "/{path:path}", missing, ANYONE)
