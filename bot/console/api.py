"""The inbox's calls: what its scripts read, and what an agent does."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot import handoff, pack, standing
from bot.console import colleagues, shapes, words
from bot.console.access import DESK, REVIEW, Door, Visit
from bot.models import Content, Presence
from bot.storage import agents, desk, events, handoffs, hits, messages, users
from connectors.base import Json

PAGE = 60  # messages
ABOVE = 20  # messages shown before one that is looked for
MOST = 500  # messages at once
TEXT_LIMIT = 4000  # letters
REASON_LIMIT = 300


class Invalid(Exception):
    """The call's body is not what the inbox sends."""


Act = Callable[[Request, Visit, int, Json], Awaitable[Json]]


async def inbox(request: Request, visit: Visit) -> Response:
    """All rows, and the cursor that the live line resumes after."""
    state = request.app.state
    now = state.clock()
    async with state.db.read() as tx:
        cursor = await events.newest_id(tx)
        entries = await desk.inbox(tx, visit.user.id)
        channels = {each.customer.channel for each in entries}
        quotas = {each: await standing.quota_left(tx, each, now) for each in channels}
        desk_now = await colleagues.known(tx, visit, now)
    return JSONResponse(
        {
            "cursor": cursor,
            "now": shapes.time(now),
            "shown_of_bot": desk.WITH_BOT_SHOWN,
            **desk_now,
            "conversations": [
                shapes.row(each, quotas[each.customer.channel], now) for each in entries
            ],
        }
    )


async def conversation(request: Request, visit: Visit) -> Response:
    """One conversation: its newest messages, or those `before` one, and at least back to `since`;
    the customer, the hand-offs."""
    conversation_id = request.path_params["id"]
    before, since = _asked_id(request, "before"), _asked_id(request, "since")
    now = request.app.state.clock()
    async with request.app.state.db.read() as tx:
        entry = await desk.entry(tx, conversation_id, visit.user.id)
        if entry is None:
            return _problem(visit, 404, "error.missing", "missing")
        page = PAGE
        if since is not None:
            known = await messages.count(tx, conversation_id, since=since, before=before)
            page = min(max(PAGE, known + ABOVE), MOST)
        lines = await desk.lines(tx, conversation_id, before=before, limit=page + 1)
        earlier = await desk.earlier(tx, entry.customer.id, than=conversation_id)
        all_handoffs = await handoffs.of_conversation(tx, conversation_id)
        quota_left = await standing.quota_left(tx, entry.customer.channel, now)
        newest = await pack.of_handoff(tx, all_handoffs[-1]) if all_handoffs else None
    return JSONResponse(
        {
            "conversation": shapes.row(entry, quota_left, now),
            "customer": shapes.customer(entry.customer),
            "created_at": shapes.time(entry.conversation.created_at),
            "messages": [shapes.line(line) for line in lines[-page:]],
            "more": len(lines) > page,
            "handoffs": [shapes.handoff(each) for each in all_handoffs],
            "pack": shapes.pack(newest) if newest else None,
            "earlier": [shapes.earlier(each, wanted) for each, wanted in earlier],
        }
    )


async def search(request: Request, visit: Visit) -> Response:
    """A page of messages with all the words of a text, from the whole history, newest first."""
    text, before = request.query_params.get("text", ""), _asked_id(request, "before")
    async with request.app.state.db.read() as tx:
        found, older = await hits.of_messages(tx, text, before=before)
    return JSONResponse({"hits": [shapes.said(each, text) for each in found], "older": older})


def _asked_id(request: Request, name: str) -> int | None:
    asked = request.query_params.get(name, "")
    return int(asked) if asked.isdecimal() and len(asked) <= 18 else None


async def _accept(request: Request, visit: Visit, id: int, body: Json) -> Json:
    state = request.app.state
    await handoff.accept(state.db, id, visit.user, state.clock())
    return {}


async def _take_over(request: Request, visit: Visit, id: int, body: Json) -> Json:
    state = request.app.state
    reason = _text(body, "reason", REASON_LIMIT)
    await handoff.take_over(state.db, id, visit.user, reason, state.clock())
    return {}


async def _reply(request: Request, visit: Visit, id: int, body: Json) -> Json:
    state = request.app.state
    content = Content(_text(body, "text", TEXT_LIMIT))
    said = await handoff.reply(
        state.db, id, visit.user, content, state.clock(), _client_id(visit, body)
    )
    return {"message": said}


async def _note(request: Request, visit: Visit, id: int, body: Json) -> Json:
    state = request.app.state
    text = _text(body, "text", TEXT_LIMIT)
    said = await handoff.note(
        state.db, id, visit.user, text, state.clock(), _client_id(visit, body)
    )
    return {"message": said}


async def _return(request: Request, visit: Visit, id: int, body: Json) -> Json:
    state = request.app.state
    await handoff.return_to_bot(state.db, id, visit.user, state.clock())
    return {}


async def _resolve(request: Request, visit: Visit, id: int, body: Json) -> Json:
    state = request.app.state
    reason = body.get("reason")
    if reason not in handoff.RESOLUTIONS:
        raise Invalid("reason")
    await handoff.resolve(state.db, id, visit.user, str(reason), state.clock())
    return {}


async def _pass_on(request: Request, visit: Visit, id: int, body: Json) -> Json:
    state = request.app.state
    reason = _text(body, "reason", REASON_LIMIT)
    to, team = body.get("to"), body.get("team", "")
    if not (isinstance(to, int) or (to is None and isinstance(team, str) and team)):
        raise Invalid("to")
    await handoff.pass_on(state.db, id, visit.user, reason, state.clock(), to=to, team=str(team))
    return {}


async def presence(request: Request, visit: Visit) -> Response:
    """Whether this agent takes conversations, as they choose it now."""
    state = request.app.state
    try:
        chosen = Presence((await _body(request)).get("presence"))
    except (Invalid, ValueError):
        return _problem(visit, 422, "refused.invalid", "invalid", limit=TEXT_LIMIT)
    async with state.db.begin() as tx:
        await agents.appear(tx, visit.user.id, chosen, state.clock())
    await state.live.ring("event")
    return JSONResponse({"presence": chosen.value})


async def _read(request: Request, visit: Visit, id: int, body: Json) -> Json:
    upto = body.get("message")
    if not isinstance(upto, int):
        raise Invalid("message")
    async with request.app.state.db.begin(durable=False) as tx:
        await users.mark_read(tx, visit.user.id, id, upto)
    return {}


def _calling(act: Act, *, tells: bool = True) -> Callable[[Request, Visit], Awaitable[Response]]:
    """Around every action: read the body, say a refusal in words, wake the others."""

    async def call(request: Request, visit: Visit) -> Response:
        conversation_id = request.path_params["id"]
        try:
            answer = await act(request, visit, conversation_id, await _body(request))
        except Invalid:
            return _problem(visit, 422, "refused.invalid", "invalid", limit=TEXT_LIMIT)
        except handoff.NotPermitted as refusal:
            text = words.why_not(visit.language, refusal.code)
            return JSONResponse({"code": refusal.code, "text": text}, 409)
        except handoff.Refused as refusal:
            key = f"refused.{refusal.code}"
            by = getattr(refusal, "by", "")
            known = key if key in words.WORDS else "refused.refused"
            return _problem(visit, 409, known, refusal.code, by=by)
        if tells:
            await request.app.state.live.ring("outbox")
        return JSONResponse({"ok": True, **answer})

    return call


async def _body(request: Request) -> Json:
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError as error:
        raise Invalid("not JSON") from error
    if not isinstance(body, dict):
        raise Invalid("not an object")
    return body


def _problem(visit: Visit, status: int, key: str, code: str, **values: object) -> Response:
    text = words.say(visit.language, key, **values)
    return JSONResponse({"code": code, "text": text, **values}, status)


def _text(body: Json, field: str, limit: int) -> str:
    text = body.get(field)
    if not isinstance(text, str) or not text.strip() or len(text) > limit:
        raise Invalid(field)
    return text.strip()


def _client_id(visit: Visit, body: Json) -> str:
    given = body.get("client_id")
    if not isinstance(given, str) or not 8 <= len(given) <= 48:
        raise Invalid("client_id")
    return given


DOORS = (
    Door("GET", "/api/inbox", inbox, DESK, is_api=True),
    Door("POST", "/api/presence", presence, DESK, is_api=True),
    Door("GET", "/api/search", search, DESK, is_api=True),
    Door("GET", "/api/conversations/{id:int}", conversation, DESK, is_api=True),
    *(
        Door("POST", f"/api/conversations/{{id:int}}/{name}", _calling(act), roles, is_api=True)
        for name, act, roles in (
            ("accept", _accept, DESK),
            ("take-over", _take_over, REVIEW),
            ("reply", _reply, DESK),
            ("note", _note, DESK),
            ("return", _return, DESK),
            ("resolve", _resolve, DESK),
            ("pass-on", _pass_on, DESK),
        )
    ),
    Door(
        "POST",
        "/api/conversations/{id:int}/read",
        _calling(_read, tells=False),
        DESK,
        is_api=True,
    ),
)
