"""The widget's protocol over HTTP, for where WebSockets are refused; sessions and the script."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot import metrics, uploads
from bot.live import Item, Typing
from bot.models import Author
from bot.web_io import BodyTooLarge, client_address, read_body, webhook_request
from bot.widget.door import Door, Refusal, origin_allowed
from connectors import payload
from connectors.base import Json, SignatureError, UnreadableError
from connectors.web_widget import (
    TEXT_LIMIT,
    bearer,
    locale_of,
)

POLL_SECONDS = 25.0
BODY_BYTES = 64 * 1024


async def script(request: Request) -> Response:
    """/widget.js"""
    headers = {
        "Cache-Control": "public, max-age=300",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    plain, packed = request.app.state.widget_script
    headers["Vary"] = "Accept-Encoding"
    body = plain
    if "gzip" in request.headers.get("accept-encoding", ""):
        body, headers["Content-Encoding"] = packed, "gzip"
    return Response(body, media_type="text/javascript; charset=utf-8", headers=headers)


async def session(request: Request) -> Response:
    """POST /widget/session: a token for this visitor, renewed or new."""
    state = request.app.state
    frame = payload.parse(await read_body(request, BODY_BYTES))
    try:
        visitor = state.widget.visitor_of(frame.get("token"))
    except SignatureError:
        if frame.get("token"):
            metrics.REFUSED.labels("web").inc()
        if not await state.session_limit.take(client_address(request)):
            raise Refusal("rate", 429) from None
        visitor = state.widget.new_visitor()
    return JSONResponse(
        {
            "token": state.widget.token_for(visitor),
            "business": state.settings.business,
            "locale": locale_of(frame),
            "limits": {"text": TEXT_LIMIT, "file_bytes": uploads.FILE_BYTES},
            "accept": list(uploads.ACCEPTED),
        }
    )


async def poll(request: Request) -> Response:
    """GET /widget/events: what happened after a cursor, or nothing for a while."""
    door = door_of(request)
    after = _whole(request.query_params.get("after"))
    wait = min(POLL_SECONDS, _whole(request.query_params.get("wait")) or 0)
    live = request.app.state.live
    async with live.subscribe((door.widget.name, door.visitor)) as items:
        frames, cursor = await door.catch_up(after)
        if frames[-1]["state"]["speaker"] == "queue":
            await door.waits(POLL_SECONDS)
        fresh = after is None or any(
            frame["type"] == "history" or (frame["event"] or 0) > after for frame in frames
        )
        if fresh or not wait:
            return JSONResponse({"frames": frames, "after": cursor})
        with contextlib.suppress(asyncio.TimeoutError):
            item = await asyncio.wait_for(_not_own_typing(items), wait)
            if isinstance(item, Typing):
                frames.append({"type": "typing", "who": item.who})
                return JSONResponse({"frames": frames, "after": cursor})
        frames, cursor = await door.catch_up(after)
        return JSONResponse({"frames": frames, "after": cursor})


async def _not_own_typing(items: AsyncIterator[Item]) -> Item | None:
    async for item in items:
        if not (isinstance(item, Typing) and item.who == Author.CUSTOMER.value):
            return item
    return None


async def post_message(request: Request) -> Response:
    """POST /widget/messages"""
    frame = payload.parse(await read_body(request, BODY_BYTES))
    return JSONResponse({"id": await door_of(request, frame).receive(frame)})


async def post_seen(request: Request) -> Response:
    """POST /widget/seen"""
    await door_of(request).seen(payload.parse(await read_body(request, BODY_BYTES)))
    return JSONResponse({})


async def post_typing(request: Request) -> Response:
    """POST /widget/typing"""
    await door_of(request).typing()
    return JSONResponse({})


async def post_identify(request: Request) -> Response:
    """POST /widget/identify"""
    frame = payload.parse(await read_body(request, BODY_BYTES))
    return JSONResponse({"token": await door_of(request).identify(frame)})


async def history(request: Request) -> Response:
    """GET /widget/history"""
    before = _whole(request.query_params.get("before"))
    return JSONResponse(await door_of(request).history(before))


def door_of(request: Request, frame: Json | None = None) -> Door:
    """Who is asking. Raises SignatureError."""
    state = request.app.state
    visitor = state.widget.visitor_of(bearer(webhook_request(request, b"")))
    return Door(state, visitor, locale_of(frame or dict(request.query_params)))


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 16 else None


def guarded(handler: object) -> object:
    """CORS for the pages on the allow-list, and every refusal as an `error` frame."""

    async def guarded(request: Request) -> Response:
        origin = request.headers.get("origin")
        if not origin_allowed(request.app.state, origin):
            metrics.REFUSED.labels("web").inc()
            return JSONResponse({"type": "error", "code": "origin", "text": ""}, 403)
        if request.method == "OPTIONS":
            response: Response = Response(status_code=204)
        else:
            try:
                response = await handler(request)  # type: ignore[operator]
            except SignatureError:
                metrics.REFUSED.labels("web").inc()
                response = JSONResponse({"type": "error", "code": "token", "text": ""}, 401)
            except BodyTooLarge:
                refusal = Refusal("too_large", 413, limit=TEXT_LIMIT)
                response = JSONResponse(refusal.frame("vi"), 413)
            except UnreadableError:
                response = JSONResponse(Refusal("bad_request", 422).frame("vi"), 422)
            except Refusal as refusal:
                locale = locale_of(dict(request.query_params))
                response = JSONResponse(refusal.frame(locale), refusal.status)
        if origin:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Allow-Headers"] = "authorization, content-type"
            response.headers["Access-Control-Allow-Methods"] = "GET, POST"
            response.headers["Access-Control-Max-Age"] = "600"
            response.headers["Vary"] = "Origin"
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return guarded
