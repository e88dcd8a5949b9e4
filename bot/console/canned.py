"""Canned replies in the console: found in the composer, kept on a page of the supervisors'."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from bot import canned, conversation, uploads
from bot.console import shapes, words
from bot.console.access import DESK, REVIEW, Door, Visit
from bot.console.attachments import of_file
from bot.console.calls import calling
from bot.console.colleagues import team_name
from bot.console.render import missing, page
from bot.models import StoredFile
from bot.storage import canned as rows
from bot.storage import conversations as talks
from bot.storage import customers, files, messages
from bot.storage import rules as desk
from bot.storage.canned import CannedReply
from connectors.base import Json

log = logging.getLogger(__name__)

SHOWN = 8  # of what a search finds
LOOKED_THROUGH = 100  # messages that an order is looked for in
# Whom a preview is for.
SAMPLE = {"xung_ho": "chị", "khach": "Nguyễn Thị Lan", "ma_don": "BT10230001"}


def facts(request: Request) -> Mapping[str, str]:
    """The business's facts that hold now; none when their file cannot be read."""
    try:
        shown: Mapping[str, str] = request.app.state.facts.shown(request.app.state.clock())
    except OSError:
        return {}
    return shown


def labelled_facts(request: Request) -> list[tuple[str, str, str]]:
    """The same by name, with what people call each."""
    label = request.app.state.facts.label
    return [(name, label(name), value) for name, value in facts(request).items()]


async def found(request: Request, visit: Visit) -> Response:
    """What fits the words after "/", filled in for this conversation's customer."""
    state, talk_id = request.app.state, request.path_params["id"]
    async with state.db.read() as tx:
        talk = await talks.by_id(tx, talk_id)
        if talk is None:
            return JSONResponse({"replies": []})
        customer = await customers.by_id(tx, talk.customer_id)
        said = await messages.of_conversation(tx, talk_id, limit=LOOKED_THROUGH)
        replies = await rows.for_user(tx, visit.user.id)
        fitting = canned.search(replies, request.query_params.get("q", "")[:64])[:SHOWN]
        kept = await rows.files_of(tx, fitting)
    order_code = canned.order_code(said)
    known = canned.values(
        customer, visit.user.name, state.settings.business, order_code, facts(request)
    )
    return JSONResponse({"replies": [_shape(each, known, kept) for each in fitting]})


def _shape(reply: CannedReply, known: Mapping[str, str], kept: Mapping[str, StoredFile]) -> Json:
    filled = canned.fill(reply.text, known)
    return {
        "id": reply.id,
        "shortcut": reply.shortcut,
        "title": reply.title,
        "text": filled.text,
        "missing": list(filled.missing),
        "files": [shapes.file(kept[key]) for key in reply.files if key in kept],
    }


async def suggested(request: Request, visit: Visit) -> Response:
    """What might be answered to what the customer wrote last."""
    state, talk_id = request.app.state, request.path_params["id"]
    async with state.db.read() as tx:
        talk = await talks.by_id(tx, talk_id)
        if talk is None:
            return JSONResponse({"suggestions": []})
        customer = await customers.by_id(tx, talk.customer_id)
        said = await messages.of_conversation(tx, talk_id, limit=LOOKED_THROUGH)
    asked = canned.asked_last(said)
    term = canned.values(customer, "", "", "", {})["xung_ho"]
    try:
        found = await state.suggestions.find(asked, facts(request), term)
    except OSError as error:
        log.warning("no suggestions: %s", error)
        found = []
    return JSONResponse({"suggestions": [asdict(each) for each in found]})


# The supervisors' page


async def everything(request: Request, visit: Visit) -> Response:
    """All replies, or those that fit."""
    text = request.query_params.get("text", "")[:64]
    async with request.app.state.db.read() as tx:
        replies = await rows.everything(tx)
        rules = await desk.current(tx)
    return page(
        request,
        "canned.html",
        visit.language,
        visit,
        replies=canned.search(replies, text) if text.strip() else replies,
        text=text,
        team_of=lambda code: team_name(rules, code, visit.language),
        preview=lambda reply: canned.fill(reply.text, _sample(request, visit)).text,
    )


def _sample(request: Request, visit: Visit) -> dict[str, str]:
    business = request.app.state.settings.business
    return {**facts(request), **SAMPLE, "nhan_vien": visit.user.name, "shop": business}


async def form(request: Request, visit: Visit) -> Response:
    """One reply, to be written or changed."""
    reply = await _asked_for(request)
    return await _form(request, visit, reply) if reply else await missing(request, visit)


async def _asked_for(request: Request) -> CannedReply | None:
    reply_id = request.path_params.get("id")
    if reply_id is None:
        return CannedReply(0, "", "", "", "", ())
    async with request.app.state.db.read() as tx:
        return await rows.by_id(tx, reply_id)


async def _form(
    request: Request, visit: Visit, reply: CannedReply, problems: Sequence[str] = ()
) -> Response:
    async with request.app.state.db.read() as tx:
        kept = await files.of_staff(tx, reply.files)
        rules = await desk.current(tx)
    return page(
        request,
        "canned_form.html",
        visit.language,
        visit,
        status=422 if problems else 200,
        reply=reply,
        problems=problems,
        teams={
            code: team_name(rules, code, visit.language)
            for code in dict.fromkeys((*rules.teams, reply.team))
            if code
        },
        files=[(file.key, of_file(file)) for file in kept],
        preview=canned.fill(reply.text, _sample(request, visit)),
        variables=canned.VARIABLES,
        facts=labelled_facts(request),
        accepted=",".join(uploads.ACCEPTED),
        limits=canned,
    )


async def save(request: Request, visit: Visit) -> Response:
    """The form, sent. What is wrong is said above it; nothing that was typed or uploaded is lost:
    a file is kept before the rest is looked at."""
    before = await _asked_for(request)
    if before is None:
        return await missing(request, visit)
    given = await request.form()
    state, now = request.app.state, request.app.state.clock()
    uploaded, refused = await _uploaded(request, given, now)
    async with state.db.begin() as tx:
        for file, data in uploaded:
            await files.add(tx, file, data)
        keys = [*map(str, given.getlist("file")), *(file.key for file, _ in uploaded)]
        attached = tuple(file.key for file in await files.of_staff(tx, keys))
        reply = replace(_typed(given), id=before.id, files=attached)
        wrong = canned.problems(reply, facts(request))
        wrong += [("file", {"name": name}) for name in refused]
        if not wrong and not await rows.put(tx, reply, visit.user.id, now):
            wrong.append(("taken", {"shortcut": reply.shortcut}))
    if wrong:
        said = [words.say(visit.language, f"canned.bad.{code}", **more) for code, more in wrong]
        return await _form(request, visit, reply, said)
    return RedirectResponse("/console/canned", 303)


def _typed(given: FormData) -> CannedReply:
    def field(name: str) -> str:
        return conversation.storable(str(given.get(name, ""))).replace("\r\n", "\n").strip()

    shortcut = canned.shortcut_of(field("shortcut"))
    return CannedReply(0, field("team")[:32], shortcut, field("title"), field("text"), ())


async def _uploaded(
    request: Request, given: FormData, now: datetime
) -> tuple[list[tuple[StoredFile, bytes]], list[str]]:
    """The files that came with the form as we keep them, and the names of those we do not take."""
    kept, refused = [], []
    for each in given.getlist("upload"):
        if not isinstance(each, UploadFile) or not each.filename:
            continue
        try:
            async with request.app.state.examining:
                mime, data = await asyncio.to_thread(uploads.examine, await each.read())
        except uploads.RefusedFile:
            refused.append(each.filename)
            continue
        name = uploads.safe_name(conversation.storable(each.filename), mime)
        key = secrets.token_urlsafe(24)
        kept.append((StoredFile(key, None, name, mime, len(data), now), data))
    return kept, refused


async def remove(request: Request, visit: Visit) -> Response:
    async with request.app.state.db.begin() as tx:
        await rows.remove(tx, request.path_params["id"])
    return RedirectResponse("/console/canned", 303)


async def _preview(request: Request, visit: Visit, id: int, body: Json) -> Json:
    text = str(body.get("text", ""))[: canned.TEXT_LIMIT]
    filled = canned.fill(text, _sample(request, visit))
    return {"text": filled.text, "missing": canned.shown(filled.missing)}


DOORS = (
    Door("GET", "/canned", everything, REVIEW),
    *(
        door
        for path in ("/canned/new", "/canned/{id:int}")
        for door in (
            Door("GET", path, form, REVIEW),
            Door("POST", path, save, REVIEW, files=canned.FILE_LIMIT),
        )
    ),
    Door("POST", "/canned/{id:int}/delete", remove, REVIEW),
    Door("POST", "/api/canned/preview", calling(_preview, tells=False), REVIEW, is_api=True),
    Door("GET", "/api/conversations/{id:int}/canned", found, DESK, is_api=True),
    Door("GET", "/api/conversations/{id:int}/suggestions", suggested, DESK, is_api=True),
)
