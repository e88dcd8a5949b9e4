"""The page that tells how our accounts on the platforms stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from bot.console.access import REVIEW, Door, Visit
from bot.console.alerts import AHEAD, why_paused
from bot.console.render import page
from bot.models import Account
from bot.storage import accounts


@dataclass(frozen=True)
class Standing:
    """One account."""

    account: Account
    why: str  # what its pause means and what to do; "" when it is well
    detail: str  # what the platform said to that
    token_end: datetime | None
    token_ends_soon: bool
    unread: int  # events that could not be read


async def channels(request: Request, visit: Visit) -> Response:
    """Every account that is set up or has been used."""
    now = request.app.state.clock()
    async with request.app.state.db.read() as tx:
        known = {each.channel: each for each in await accounts.all_of(tx)}
        ends = await accounts.token_ends(tx)
        unread = await accounts.unread_counts(tx)
    for name in request.app.state.channels:
        known.setdefault(name, Account(name, None, None, None, None, None))
    shown = []
    for name, account in sorted(known.items()):
        pause, end = account.pause or {}, ends.get(name)
        code = str(pause.get("code", ""))
        shown.append(
            Standing(
                account,
                why=why_paused(visit.language, name, code) if account.paused_at else "",
                detail=code or str(pause.get("text", "")),
                token_end=end,
                token_ends_soon=end is not None and end - now < AHEAD,
                unread=unread.get(name, 0),
            )
        )
    return page(request, "channels.html", visit.language, visit, channels=shown)


DOORS = (Door("GET", "/channels", channels, REVIEW),)
