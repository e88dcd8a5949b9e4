"""The inbox's calls: what its scripts read, and what an agent does."""

from __future__ import annotations

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot import handoff, pack, promises, standing
from bot.canned import FILE_LIMIT
from bot.console import colleagues, shapes
from bot.console.access import DESK, REVIEW, Door, Visit
from bot.console.calls import TEXT_LIMIT, Invalid, body_of, calling, client_id_of, problem, text_of
from bot.console.rows import inbox_of
from bot.conversation import attachment_of
from bot.models import Content, Presence
from bot.storage import agents, desk, files, handoffs, hits, mentions, messages, users
from connectors.base import Attachment, Json

PAGE = 60  # messages
ABOVE = 20  # messages shown before one that is looked for
MOST = 500  # messages at once
REASON_LIMIT = 300
MENTIONS_SHOWN = timedelta(days=7)  # after they were seen
# What an agent may have begun a reply with: a canned reply's id, the place of a suggestion from 1
# and how many were shown.
HELPED = ("canned", "suggested", "offered")


async def inbox(request: Request, visit: Visit) -> Response:
    """All rows, and the cursor that the live line resumes after."""
    state = request.app.state
    now = state.clock()
    shared = await inbox_of(state).rows()
    async with state.db.read() as tx:
        mentioned = await mentions.of_user(tx, visit.user.id, now - MENTIONS_SHOWN)
        others = await desk.entries(tx, mentioned.keys() - shared.by_id.keys())
        channels = {each.customer.channel for each in others.values()}
        quotas = {each: await standing.quota_left(tx, each, now) for each in channels}
        unread = await desk.unread(tx, visit.user.id, list(shared.by_id), shared.upto)
        desk_now = await colleagues.known(tx, visit, now)
    return JSONResponse(
        {
            "cursor": shared.cursor,
            "now": shapes.time(now),
            "shown_of_bot": desk.WITH_BOT_SHOWN,
            "mentions": list(mentioned.items()),
            **desk_now,
            "conversations": [
                *({**row, "unread": unread.get(id, 0)} for id, row in shared.by_id.items()),
                *(shapes.row(each, quotas[each.customer.channel], now) for each in others.values()),
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
            return problem(visit, 404, "error.missing", "missing")
        page = PAGE
        if since is not None:
            known = await messages.count(tx, conversation_id, since=since, before=before, most=MOST)
            page = min(max(PAGE, known + ABOVE), MOST)
        lines = await desk.lines(tx, conversation_id, visit.user, before=before, limit=page + 1)
        earlier = await desk.earlier(tx, entry.customer.id, than=conversation_id)
        all_handoffs = await handoffs.of_conversation(tx, conversation_id)
        quota_left = await standing.quota_left(tx, entry.customer.channel, now)
        newest = await pack.of_handoff(tx, all_handoffs[-1]) if all_handoffs else None
    return JSONResponse(
        {
            "conversation": shapes.row(entry, quota_left, now),
            "customer": {**shapes.customer(entry.customer), "on_channel": entry.on_channel},
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
        found, older = await hits.of_messages(tx, text, visit.user, before=before)
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
    reason = text_of(body, "reason", REASON_LIMIT)
    await handoff.take_over(state.db, id, visit.user, reason, state.clock())
    return {}


async def _reply(request: Request, visit: Visit, id: int, body: Json) -> Json:
    state = request.app.state
    sent = await _files(request, body)
    text = "" if sent and body.get("text") == "" else text_of(body, "text", TEXT_LIMIT)
    said = await handoff.reply(
        state.db,
        id,
        visit.user,
        Content(text, attachments=tuple(sent)),
        state.clock(),
        client_id_of(body),
        {name: body[name] for name in HELPED if isinstance(body.get(name), int)},
    )
    promised = promises.find(text, state.clock())
    return {"message": said, "promised": shapes.promised(promised) if promised else None}


async def _files(request: Request, body: Json) -> list[Attachment]:
    """What colleagues uploaded once, to be sent along."""
    keys = body.get("files", [])
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise Invalid("files")
    async with request.app.state.db.read() as tx:
        found = await files.of_staff(tx, keys[:FILE_LIMIT])
    if len(found) != len(keys):
        raise Invalid("files")
    return [attachment_of(each.key, each.name, each.mime, each.size) for each in found]


async def _note(request: Request, visit: Visit, id: int, body: Json) -> Json:
    state = request.app.state
    text = text_of(body, "text", TEXT_LIMIT)
    said = await handoff.note(state.db, id, visit.user, text, state.clock(), client_id_of(body))
    return {"message": said}


async def _whisper(request: Request, visit: Visit, id: int, body: Json) -> Json:
    state = request.app.state
    text, to = text_of(body, "text", TEXT_LIMIT), body.get("to")
    if not isinstance(to, int):
        raise Invalid("to")
    client_id = client_id_of(body)
    return {
        "message": await handoff.whisper(
            state.db, id, visit.user, text, state.clock(), client_id, to=to
        )
    }


async def _return(request: Request, visit: Visit, id: int, body: Json) -> Json:
    state = request.app.state
    await handoff.return_to_bot(state.db, id, visit.user, state.clock())
    return {}


async def _resolve(request: Request, visit: Visit, id: int, body: Json) -> Json:
    state = request.app.state
    reason = body.get("reason")
    if reason not in handoff.RESOLUTIONS:
        raise Invalid("reason")
    outcome = text_of(body, "outcome", REASON_LIMIT) if body.get("outcome") else ""
    await handoff.resolve(state.db, id, visit.user, str(reason), state.clock(), outcome)
    return {}


async def _pass_on(request: Request, visit: Visit, id: int, body: Json) -> Json:
    state = request.app.state
    reason = text_of(body, "reason", REASON_LIMIT)
    to, team = body.get("to"), body.get("team", "")
    if not (isinstance(to, int) or (to is None and isinstance(team, str) and team)):
        raise Invalid("to")
    await handoff.pass_on(state.db, id, visit.user, reason, state.clock(), to=to, team=str(team))
    return {}


async def presence(request: Request, visit: Visit) -> Response:
    """Whether this agent takes conversations, as they choose it now."""
    state = request.app.state
    try:
        chosen = Presence((await body_of(request)).get("presence"))
    except (Invalid, ValueError):
        return problem(visit, 422, "refused.invalid", "invalid", limit=TEXT_LIMIT)
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
        await mentions.seen(tx, visit.user.id, id, upto, request.app.state.clock())
    return {}


DOORS = (
    Door("GET", "/api/inbox", inbox, DESK, is_api=True),
    Door("POST", "/api/presence", presence, DESK, is_api=True),
    Door("GET", "/api/search", search, DESK, is_api=True),
    Door("GET", "/api/conversations/{id:int}", conversation, DESK, is_api=True),
    *(
        Door("POST", f"/api/conversations/{{id:int}}/{name}", calling(act), roles, is_api=True)
        for name, act, roles in (
            ("accept", _accept, DESK),
            ("take-over", _take_over, REVIEW),
            ("reply", _reply, DESK),
            ("note", _note, DESK),
            ("whisper", _whisper, REVIEW),
            ("return", _return, DESK),
            ("resolve", _resolve, DESK),
            ("pass-on", _pass_on, DESK),
        )
    ),
    Door(
        "POST",
        "/api/conversations/{id:int}/read",
        calling(_read, tells=False),
        DESK,
        is_api=True,
    ),
)
