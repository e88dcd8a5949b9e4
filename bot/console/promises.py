"""Promises in the console: offered after a reply, made by hand, kept from a page."""

from __future__ import annotations

from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot import promises
from bot.console import words
from bot.console.access import DESK, Door, Visit
from bot.console.calls import Invalid, calling, text_of
from bot.console.colleagues import team_name
from bot.console.render import page
from bot.models import Author, Promised
from bot.storage import conversations, messages, users
from bot.storage import promises as rows
from bot.storage import rules as desk
from bot.storage.db import Tx
from bot.storage.promises import OUTCOMES, Keepers
from connectors.base import Json

WHOSE = ("mine", "team", "all")
RATED = timedelta(days=30)


async def _make(request: Request, visit: Visit, id: int, body: Json) -> Json:
    now = request.app.state.clock()
    promised = _promised(body, now)
    async with request.app.state.db.begin() as tx:
        if await conversations.by_id(tx, id) is None:
            raise Invalid("conversation")
        said = body.get("message")
        message = await messages.by_id(tx, said) if isinstance(said, int) else None
        if message and message.conversation_id != id:
            raise Invalid("message")
        made = await rows.add(
            tx,
            id,
            promised,
            Author.AGENT,
            now,
            user_id=visit.user.id,
            message_id=message.id if message else None,
        )
    return {"promise": made}


def _promised(body: Json, now: datetime) -> Promised:
    kind = body.get("kind")
    if kind not in promises.KINDS:
        raise Invalid("kind")
    try:
        due_at = datetime.fromisoformat(str(body.get("due_at")).replace("Z", "+00:00"))
    except ValueError as error:
        raise Invalid("due_at", "promise.bad_due") from error
    if due_at.tzinfo is None or not timedelta(0) < due_at - now <= promises.FARTHEST:
        raise Invalid("due_at", "promise.bad_due")
    return Promised(kind, text_of(body, "text", promises.TEXT_LIMIT), due_at)


async def _finish(request: Request, visit: Visit, id: int, body: Json) -> Json:
    outcome = body.get("outcome")
    if outcome not in OUTCOMES:
        raise Invalid("outcome")
    async with request.app.state.db.begin() as tx:
        await rows.finish(tx, id, str(outcome), request.app.state.clock())
    return {}


async def today(request: Request, visit: Visit) -> Response:
    """What is to be done: overdue, today, later."""
    now = request.app.state.clock()
    asked = request.query_params.get("who", "")
    who = asked if asked in WHOSE else "mine"
    async with request.app.state.db.read() as tx:
        keepers = await _keepers(tx, visit, who)
        rules = await desk.current(tx)
        found = await rows.open_of(tx, keepers)
        kept, due = await rows.kept(tx, keepers, now - RATED, now, promises.KEPT_WITHIN)
    midnight = now.astimezone(words.VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow = midnight + timedelta(days=1)
    return page(
        request,
        "today.html",
        visit.language,
        visit,
        who=who,
        whose=WHOSE,
        groups=(
            ("overdue", [each for each in found if each.due_at <= now]),
            ("today", [each for each in found if now < each.due_at < tomorrow]),
            ("later", [each for each in found if each.due_at >= tomorrow]),
        ),
        kept=kept,
        due=due,
        grace=int(promises.KEPT_WITHIN.total_seconds() // 60),
        days=RATED.days,
        now=now,
        team_of=lambda code: team_name(rules, code, visit.language),
    )


async def _keepers(tx: Tx, visit: Visit, who: str) -> Keepers | None:
    if who == "all":
        return None
    if who == "mine":
        return Keepers((visit.user.id,))
    teams = await users.teams_of(tx, visit.user.id)
    # What no team has is everybody's.
    return Keepers({visit.user.id, *await users.in_teams(tx, teams)}, ("", *teams))


async def done(request: Request, visit: Visit) -> Response:
    """One of the page's buttons."""
    form = await request.form()
    outcome = str(form.get("outcome", ""))
    if outcome in OUTCOMES:
        async with request.app.state.db.begin() as tx:
            await rows.finish(tx, request.path_params["id"], outcome, request.app.state.clock())
        await request.app.state.live.ring()
    who = str(form.get("who", ""))
    return RedirectResponse(f"/console/today?who={who if who in WHOSE else 'mine'}", 303)


DOORS = (
    Door("GET", "/today", today, DESK),
    Door("POST", "/today/{id:int}", done, DESK),
    Door("POST", "/api/conversations/{id:int}/promises", calling(_make), DESK, is_api=True),
    Door("POST", "/api/promises/{id:int}", calling(_finish), DESK, is_api=True),
)
