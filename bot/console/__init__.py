"""The console: where people answer customers and supervisors read transcripts."""

from __future__ import annotations

from pathlib import Path

from starlette.middleware import Middleware
from starlette.routing import Mount, WebSocketRoute
from starlette.staticfiles import StaticFiles

from bot.console import (
    api,
    at_risk,
    board,
    campaigns,
    canned,
    card,
    care,
    channels,
    colleagues,
    content,
    entrance,
    entries,
    figures,
    flows,
    helped,
    imports,
    left_out,
    pages,
    people,
    promises,
    review,
    rules,
    sample,
    tags,
    unanswered,
    voice,
    wordings,
)
from bot.console.access import Guard
from bot.console.live import socket

DOORS = (
    *pages.DOORS,
    *entrance.DOORS,
    *review.DOORS,
    *sample.DOORS,
    *rules.DOORS,
    *channels.DOORS,
    *canned.DOORS,
    *unanswered.DOORS,
    *helped.DOORS,
    *content.DOORS,
    *flows.DOORS,
    *entries.DOORS,
    *wordings.DOORS,
    *care.DOORS,
    *campaigns.DOORS,
    *promises.DOORS,
    *tags.DOORS,
    *people.DOORS,
    *imports.DOORS,
    *left_out.DOORS,
    *board.DOORS,
    *at_risk.DOORS,
    *figures.DOORS,
    *voice.DOORS,
    *api.DOORS,
    *card.DOORS,
    *colleagues.DOORS,
)


def mount() -> Mount:
    """Everything under /console. Handlers find db, live, settings and clock on the app's state."""
    return Mount(
        "/console",
        routes=[
            *(door.route() for door in DOORS),
            *entrance.LOGIN,
            WebSocketRoute("/ws", socket),
            Mount("/charts", StaticFiles(packages=[("chartkick", "django/static/chartkick")])),
            Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
            pages.NOWHERE.route(),
        ],
        middleware=[Middleware(Guard)],
    )
