"""The server side of the website widget: sessions, the socket, its long-poll twin, and files.

The protocol is in docs/widget-protocol.md.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import logging
import secrets
import time
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from functools import cached_property
from urllib.parse import quote

from starlette.datastructures import State, UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot import conversation, metrics, uploads, words
from bot.limits import TokenBuckets
from bot.live import Item, Typing
from bot.models import Author, Customer, Message, Status, StoredFile
from bot.storage import (
    conversations,
    customers,
    events,
    files,
    handoffs,
    messages,
    releases,
    users,
)
from bot.storage.db import DatabaseUnavailable, Tx
from bot.web_io import BodyTooLarge, client_address, limited, read_body, webhook_request
from connectors.base import Json, SignatureError, UnreadableError
from connectors.web_widget import (
    SCRIPT,
    TEXT_LIMIT,
    EmptyError,
    TooLargeError,
    WebWidget,
    bearer,
    client_id_of,
    is_client_id,
    locale_of,
    read_json,
)

log = logging.getLogger(__name__)

HISTORY = 50  # messages
CATCH_UP = 200  # events; further back, the history is sent anew
HELLO_SECONDS = 10.0
SILENT_SECONDS = 90.0  # a browser pings every 25 s
POLL_SECONDS = 25.0
PLACE_SECONDS = 3.0  # between looks at the place in the queue
BODY_BYTES = 64 * 1024
READY_WITHIN = timedelta(seconds=10)  # a worker that showed itself since then is alive
SPEAKERS = {
    Status.BOT: "bot",
    Status.QUEUED: "queue",
    Status.ASSIGNED: "agent",
    Status.RESOLVED: "closed",
}


class Refusal(Exception):
    """What the customer is told instead."""

    def __init__(self, code: str, status: int, **values: object) -> None:
        super().__init__(code)
        self.code, self.status, self.values = code, status, values

    def frame(self, locale: str, client_id: object = None) -> Json:
        key = {"too_large": "too_long", "rate": "too_fast"}.get(self.code, self.code)
        text = words.say(str(self.values.get("words", key)), locale, **self.values)
        frame: Json = {"type": "error", "code": self.code, "text": text}
        return {**frame, "client_id": client_id} if is_client_id(client_id) else frame


class Door:
    """What one visitor may do, over the socket or over HTTP."""

    def __init__(self, state: State, visitor: str, locale: str) -> None:
        self._state = state
        self.visitor = visitor
        self.locale = locale

    @cached_property
    def widget(self) -> WebWidget:
        widget: WebWidget = self._state.widget
        return widget

    @property
    def _now(self) -> datetime:
        now: datetime = self._state.clock()
        return now

    async def customer(self, tx: Tx) -> Customer | None:
        return await customers.find(tx, self.widget.name, self.visitor)

    async def receive(self, frame: Json) -> int:
        """Store a `message` frame and return its id. Raises Refusal."""
        if not self._state.message_limit.take(self.visitor, time.monotonic()):
            raise Refusal("rate", 429)
        try:
            inbound, keys = self.widget.read_message(self.visitor, frame, self.locale, self._now)
        except TooLargeError as error:
            raise Refusal("too_large", 413, limit=TEXT_LIMIT) from error
        except EmptyError as error:
            raise Refusal("empty", 422) from error
        except UnreadableError as error:
            raise Refusal("bad_request", 422) from error
        try:
            received = await conversation.receive(
                self._state.db, inbound, self._now, file_keys=keys
            )
        except DatabaseUnavailable as error:
            log.warning("a message was not stored: %s", error)
            raise Refusal("unavailable", 503) from error
        if received.new:
            metrics.MESSAGES.labels(self.widget.name).inc()
            self._state.live.belongs(received.conversation_id, (self.widget.name, self.visitor))
            await self._state.live.ring("inbox")
            if received.for_bot:
                await self._state.live.typing(received.conversation_id, Author.BOT.value)
        return received.message_id

    async def seen(self, frame: Json) -> None:
        upto = frame.get("message")
        if not isinstance(upto, int) or isinstance(upto, bool) or not 0 < upto < 2**53:
            raise Refusal("bad_request", 422)
        with _available():
            async with self._state.db.begin() as tx:
                if customer := await self.customer(tx):
                    await messages.mark_seen(tx, customer.id, upto, self._now)
        await self._state.live.ring("event")

    async def typing(self) -> None:
        with _available():
            async with self._state.db.read() as tx:
                customer = await self.customer(tx)
                open_one = await conversations.open_of(tx, customer.id) if customer else None
        if open_one:
            await self._state.live.typing(open_one.id, Author.CUSTOMER.value)

    async def page(self, frame: Json) -> None:
        """Keep the page the visitor is on, once there is somebody to keep it for."""
        page = frame.get("page")
        if not isinstance(page, dict):
            return
        facts = {
            key: conversation.storable(str(page[key]))[:500]
            for key in ("url", "title")
            if key in page
        }
        with contextlib.suppress(DatabaseUnavailable):
            async with self._state.db.begin() as tx:
                customer = await self.customer(tx)
                if customer and (
                    customer.profile.get("page") != facts or customer.locale != self.locale
                ):
                    await customers.merge_profile(tx, customer, {"page": facts})
                    await customers.change(tx, customer.id, locale=self.locale)

    async def identify(self, frame: Json) -> str:
        """The visitor this one turns out to be; their talk goes with them unless that person
        already has one. Raises Refusal."""
        try:
            visitor = self.widget.identified(frame)
        except SignatureError as error:
            metrics.REFUSED.labels(self.widget.name).inc()
            raise Refusal("bad_hash", 401) from error
        facts = {
            key: conversation.storable(frame[key])[:200]
            for key in ("name", "email")
            if isinstance(frame.get(key), str) and frame[key]
        }
        with _available():
            async with self._state.db.begin() as tx:
                anonymous = await self.customer(tx)
                known = await customers.find(tx, self.widget.name, visitor)
                # Only a talk that nobody has signed for goes along: on a shared computer the
                # token may still be the last user's.
                if anonymous and not known and self.widget.is_anonymous(anonymous.external_id):
                    await customers.change(tx, anonymous.id, external_id=visitor)
                customer = await customers.lock_or_create(
                    tx, self.widget.name, visitor, self._now, locale=self.locale
                )
                await customers.merge_profile(tx, customer, {**facts, "verified": True})
                if name := facts.get("name"):
                    await customers.change(tx, customer.id, name=name)
        self.visitor = visitor
        return self.widget.token_for(visitor)

    async def history(self, before: int | None = None) -> Json:
        with _available():
            async with self._state.db.read() as tx:
                customer = await self.customer(tx)
                return await self._history(tx, customer, before)

    async def _history(self, tx: Tx, customer: Customer | None, before: int | None) -> Json:
        if customer is None:
            return {"messages": [], "more": False}
        found = await messages.seen_by_customer(tx, customer.id, before=before, limit=HISTORY + 1)
        shown = found[-HISTORY:]
        return {"messages": [_shown(message) for message in shown], "more": len(found) > HISTORY}

    async def catch_up(self, after: int | None) -> tuple[list[Json], int]:
        """Frames for everything after an event, ending with the state, and the new cursor."""
        with _available():
            async with self._state.db.read() as tx:
                cursor = await events.newest_id(tx)
                customer = await self.customer(tx)
                frames: list[Json] = []
                missed = (
                    await events.of_customer_after(tx, customer.id, after, CATCH_UP + 1)
                    if customer and after is not None and after <= cursor
                    else []
                )
                if after is None or after > cursor or len(missed) > CATCH_UP:
                    frames.append({"type": "history", **await self._history(tx, customer, None)})
                else:
                    ids = {event.message_id: event.id for event in missed if event.message_id}
                    found = await messages.by_ids(tx, list(ids))
                    frames += [
                        {"type": "message", "event": ids[key], "message": _shown(message)}
                        for key, message in sorted(found.items())
                        if not message.internal
                    ]
                frames.append(await self._state_frame(tx, customer))
                return frames, cursor

    async def state(self) -> Json:
        with _available():
            async with self._state.db.read() as tx:
                return await self._state_frame(tx, await self.customer(tx))

    async def message(self, message_id: int, event_id: int) -> Json | None:
        """The frame of a message, None when it is not for the customer."""
        with _available():
            async with self._state.db.read() as tx:
                found = await messages.by_id(tx, message_id)
        if found is None or found.internal:
            return None
        return {"type": "message", "event": event_id, "message": _shown(found)}

    async def _state_frame(self, tx: Tx, customer: Customer | None) -> Json:
        newest = await conversations.newest_of(tx, customer.id) if customer else None
        state: Json = {
            "speaker": SPEAKERS[newest.status] if newest else "bot",
            "agent": "",
            "place": None,
            "bot_ready": await releases.bot_ready(tx, self._now - READY_WITHIN),
        }
        if newest and newest.status is Status.QUEUED:
            state["place"] = await handoffs.place_of(tx, newest.id)
        if newest and newest.assignee_id and newest.status is Status.ASSIGNED:
            agent = await users.by_id(tx, newest.assignee_id)
            state["agent"] = agent.name if agent else ""
        return {"type": "state", "event": None, "state": state}


class _available:
    """Turns a database that is away into what the customer is told."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, DatabaseUnavailable):
            raise Refusal("unavailable", 503) from error


def _shown(message: Message) -> Json:
    """A message as the customer's screen draws it."""
    shown: Json = {
        "id": message.id,
        "author": message.author.value,
        "name": message.meta.get("name", ""),
        "at": message.created_at.isoformat(),
        **message.content.as_json(),
    }
    if message.author is Author.CUSTOMER:
        shown["client_id"] = client_id_of(message.external_id or "")
    elif message.delivery:
        shown["delivery"] = message.delivery.value
    return shown


# The socket


async def socket(websocket: WebSocket) -> None:
    """/widget/ws: one visitor's tab."""
    state = websocket.app.state
    await websocket.accept()
    if not _origin_allowed(state, websocket.headers.get("origin")):
        metrics.REFUSED.labels("web").inc()
        await websocket.close(4403)
        return
    with contextlib.suppress(WebSocketDisconnect):
        try:
            hello = read_json(await asyncio.wait_for(websocket.receive_text(), HELLO_SECONDS))
            visitor = state.widget.visitor_of(hello.get("token"))
        except SignatureError:
            metrics.REFUSED.labels("web").inc()
            await websocket.close(4401)
            return
        except (UnreadableError, asyncio.TimeoutError, KeyError):
            await websocket.close(4400)
            return
        door = Door(state, visitor, locale_of(hello))
        after = hello.get("after")
        whole = isinstance(after, int) and not isinstance(after, bool) and 0 <= after < 2**53
        cursor = after if whole else None
        await door.page(hello)
        metrics.SOCKETS.inc()
        try:
            while await _Tab(websocket, door, cursor).serve():
                cursor = None  # somebody else now: everything is shown anew
        finally:
            metrics.SOCKETS.dec()


class _Tab:
    """One open socket, for as long as its visitor stays the same."""

    def __init__(self, websocket: WebSocket, door: Door, after: int | None) -> None:
        self._websocket = websocket
        self._door = door
        self._after = after
        self._sending = asyncio.Lock()
        self._state: Json = {}

    async def serve(self) -> bool:
        """Until the socket closes (False) or its visitor turns out to be another (True)."""
        live = self._websocket.app.state.live
        async with live.subscribe((self._door.widget.name, self._door.visitor)) as items:
            try:
                frames, cursor = await self._door.catch_up(self._after)
            except Refusal:
                await self._websocket.close(1013)
                return False
            for frame in frames:
                await self._send(frame)
            await self._send({"type": "ready", "after": cursor})
            shown = {frame["event"] for frame in frames if frame["type"] == "message"}
            show = asyncio.create_task(self._show(items, shown))
            hear = asyncio.create_task(self._hear())
            done, running = await asyncio.wait({show, hear}, return_when=asyncio.FIRST_COMPLETED)
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            if hear in done:
                return hear.result()
            with contextlib.suppress(RuntimeError):
                await self._websocket.close(1012)
            return False

    async def _send(self, frame: Json) -> None:
        if frame["type"] == "state":
            if frame["state"] == self._state:
                return
            self._state = frame["state"]
        async with self._sending:
            try:
                await self._websocket.send_text(json.dumps(frame, ensure_ascii=False))
            except RuntimeError as error:  # the socket closed while we were about to write
                raise WebSocketDisconnect(1006) from error

    async def _show(self, items: AsyncIterator[Item], shown: set[int]) -> None:
        """Pass on what happens, but for what was shown already. Ends when the process stops or
        the tab is too slow."""
        look = asyncio.create_task(self._watch_place())
        try:
            async for item in items:
                with contextlib.suppress(Refusal, WebSocketDisconnect):
                    await self._pass_on(item, shown)
        finally:
            look.cancel()

    async def _pass_on(self, item: Item, shown: set[int]) -> None:
        if isinstance(item, Typing):
            if item.who != Author.CUSTOMER.value:
                await self._send({"type": "typing", "who": item.who})
        elif item.id in shown:
            return
        elif item.kind == "state":
            await self._send({**await self._door.state(), "event": item.id})
        elif item.message_id and (frame := await self._door.message(item.message_id, item.id)):
            await self._send(frame)

    async def _watch_place(self) -> None:
        """What changes without an event of this conversation: the place, a loading bot."""
        while True:
            await asyncio.sleep(PLACE_SECONDS)
            if self._state.get("speaker") == "queue" or not self._state.get("bot_ready"):
                with contextlib.suppress(Refusal, WebSocketDisconnect):
                    await self._send(await self._door.state())

    async def _hear(self) -> bool:
        while True:
            try:
                text = await asyncio.wait_for(self._websocket.receive_text(), SILENT_SECONDS)
            except (WebSocketDisconnect, KeyError, asyncio.TimeoutError):
                return False  # closed, a binary frame, or gone without a word
            frame: Json = {}
            try:
                frame = read_json(text)
                if await self._obey(frame):
                    return True
            except UnreadableError:
                await self._send(Refusal("bad_request", 422).frame(self._door.locale))
            except Refusal as refusal:
                await self._send(refusal.frame(self._door.locale, frame.get("client_id")))

    async def _obey(self, frame: Json) -> bool:
        limit = self._websocket.app.state.frame_limit
        if not limit.take(self._door.visitor, time.monotonic()):
            raise Refusal("rate", 429)
        match frame.get("type"):
            case "message":
                message_id = await self._door.receive(frame)
                await self._send({"type": "ack", "client_id": frame["client_id"], "id": message_id})
            case "seen":
                await self._door.seen(frame)
            case "typing":
                await self._door.typing()
            case "identify":
                token = await self._door.identify(frame)
                await self._send({"type": "session", "token": token})
                return True
            case "ping":
                await self._send({"type": "pong"})
            case _:
                raise Refusal("bad_request", 422)
        return False


# The same over HTTP


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
    frame = read_json(await read_body(request, BODY_BYTES))
    try:
        visitor = state.widget.visitor_of(frame.get("token"))
    except SignatureError:
        if frame.get("token"):
            metrics.REFUSED.labels("web").inc()
        if not state.session_limit.take(client_address(request), time.monotonic()):
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
    door = _door(request)
    after = _whole(request.query_params.get("after"))
    wait = min(POLL_SECONDS, _whole(request.query_params.get("wait")) or 0)
    live = request.app.state.live
    async with live.subscribe((door.widget.name, door.visitor)) as items:
        frames, cursor = await door.catch_up(after)
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
    frame = read_json(await read_body(request, BODY_BYTES))
    return JSONResponse({"id": await _door(request, frame).receive(frame)})


async def post_seen(request: Request) -> Response:
    """POST /widget/seen"""
    await _door(request).seen(read_json(await read_body(request, BODY_BYTES)))
    return JSONResponse({})


async def post_typing(request: Request) -> Response:
    """POST /widget/typing"""
    await _door(request).typing()
    return JSONResponse({})


async def post_identify(request: Request) -> Response:
    """POST /widget/identify"""
    frame = read_json(await read_body(request, BODY_BYTES))
    return JSONResponse({"token": await _door(request).identify(frame)})


async def history(request: Request) -> Response:
    """GET /widget/history"""
    before = _whole(request.query_params.get("before"))
    return JSONResponse(await _door(request).history(before))


async def post_file(request: Request) -> Response:
    """POST /widget/files: keep an upload until a message names it."""
    state = request.app.state
    door = _door(request)
    too_big = Refusal("too_large", 413, words="big_file", limit=uploads.FILE_BYTES // (1024 * 1024))
    if not state.file_limit.take(door.visitor, time.monotonic()):
        raise Refusal("rate", 429)
    try:
        body = limited(request, uploads.FILE_BYTES + BODY_BYTES)
        async with body.form(max_files=1, max_fields=2) as form:
            upload = form.get("file")
            if not isinstance(upload, UploadFile):
                raise Refusal("bad_request", 422)
            data = await upload.read(uploads.FILE_BYTES + 1)
            name = upload.filename or ""
    except BodyTooLarge as error:
        raise too_big from error
    if len(data) > uploads.FILE_BYTES:
        raise too_big
    try:
        async with state.examining:
            mime, kept = await asyncio.to_thread(uploads.examine, data)
    except uploads.RefusedFile as error:
        raise Refusal("bad_file", 415) from error
    file = StoredFile(
        key=secrets.token_urlsafe(24),
        conversation_id=None,
        name=uploads.safe_name(conversation.storable(name), mime),
        mime=mime,
        size=len(kept),
        created_at=state.clock(),
    )
    with _available():
        async with state.db.begin() as tx:
            customer = await customers.lock_or_create(
                tx, door.widget.name, door.visitor, state.clock(), locale=door.locale
            )
            await files.add(tx, file, kept, customer.id)
    attachment = conversation.attachment_of(file.key, file.name, file.mime, file.size)
    return JSONResponse({"key": file.key, **attachment.as_json()})


async def get_file(request: Request) -> Response:
    """GET /files/{key}: only what cannot run scripts is shown in place."""
    key, found = request.path_params["key"], None
    if key.isascii() and key.isprintable():
        async with request.app.state.db.read() as tx:
            found = await files.by_key(tx, key)
    if found is None:
        return Response("Not found", 404)
    file, data = found
    place = "inline" if file.mime.startswith(("image/", "audio/", "video/")) else "attachment"
    return Response(
        data,
        media_type=file.mime,
        headers={
            "Content-Disposition": f"{place}; filename*=UTF-8''{quote(file.name)}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "Cache-Control": "private, max-age=31536000, immutable",
        },
    )


def _door(request: Request, frame: Json | None = None) -> Door:
    """Who is asking. Raises SignatureError."""
    state = request.app.state
    visitor = state.widget.visitor_of(bearer(webhook_request(request, b"")))
    return Door(state, visitor, locale_of(frame or dict(request.query_params)))


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 16 else None


def _origin_allowed(state: State, origin: str | None) -> bool:
    """Browsers name the page; what is no browser can write what it likes, so it may come in."""
    allowed = state.settings.widget_origins
    return origin is None or "*" in allowed or origin in allowed


def _guarded(handler: object) -> object:
    """CORS for the pages on the allow-list, and every refusal as an `error` frame."""

    async def guarded(request: Request) -> Response:
        origin = request.headers.get("origin")
        if not _origin_allowed(request.app.state, origin):
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


def routes() -> list[BaseRoute]:
    def route(path: str, handler: object, method: str) -> Route:
        return Route(path, _guarded(handler), methods=[method, "OPTIONS"])  # type: ignore[arg-type]

    return [
        Route("/widget.js", script),
        Route("/files/{key}", get_file),
        WebSocketRoute("/widget/ws", socket),
        route("/widget/session", session, "POST"),
        route("/widget/events", poll, "GET"),
        route("/widget/history", history, "GET"),
        route("/widget/messages", post_message, "POST"),
        route("/widget/seen", post_seen, "POST"),
        route("/widget/typing", post_typing, "POST"),
        route("/widget/identify", post_identify, "POST"),
        route("/widget/files", post_file, "POST"),
    ]


def prepare(state: State) -> None:
    """What the routes above need on the application's state, beside db, live, settings, clock."""
    state.widget = WebWidget(state.settings.secret_key, state.settings.widget_identity_secret)
    plain = SCRIPT.read_bytes()
    state.widget_script = (plain, gzip.compress(plain, mtime=0))
    per_minute = state.settings.widget_messages_per_minute
    state.message_limit = TokenBuckets(per_minute, burst=max(20, per_minute / 3))
    state.session_limit = TokenBuckets(per_minute=60, burst=120)
    state.examining = asyncio.Semaphore(1)  # an image may take a second and 150 MB
    state.frame_limit = TokenBuckets(per_minute=600, burst=200)
    state.file_limit = TokenBuckets(per_minute=20, burst=20)
