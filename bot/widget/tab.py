"""/widget/ws: one visitor's tab."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot import metrics
from bot.live import Item, Typing
from bot.models import Author
from bot.widget.door import Door, Refusal, origin_allowed
from connectors import payload
from connectors.base import Json, SignatureError, UnreadableError
from connectors.web_widget import (
    locale_of,
)

HELLO_SECONDS = 10.0
PING_SECONDS = 25.0  # between two signs of a browser
SILENT_SECONDS = 90.0
PLACE_SECONDS = 3.0  # between looks at the place in the queue


async def socket(websocket: WebSocket) -> None:
    """/widget/ws: one visitor's tab."""
    state = websocket.app.state
    await websocket.accept()
    if not origin_allowed(state, websocket.headers.get("origin")):
        metrics.REFUSED.labels("web").inc()
        await websocket.close(4403)
        return
    with contextlib.suppress(WebSocketDisconnect):
        try:
            hello = payload.parse(await asyncio.wait_for(websocket.receive_text(), HELLO_SECONDS))
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

    async def _wait(self) -> None:
        """Whoever waits for a person has this page before them. Of several tabs one is enough,
        whichever process has it."""
        if self._state.get("speaker") == "queue":
            await self._door.waits(PING_SECONDS)

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
            await self._wait()
        elif item.message_id and (frame := await self._door.message(item.message_id, item.id)):
            await self._send(frame)

    async def _watch_place(self) -> None:
        """What changes without an event of this conversation: the place, a loading bot."""
        while True:
            await asyncio.sleep(PLACE_SECONDS)
            with contextlib.suppress(Refusal, WebSocketDisconnect):
                loading = not self._state.get("bot_ready")
                waits = self._state.get("speaker") == "queue"
                if waits or (loading and await self._door.bot_ready()):
                    await self._send(await self._door.state())

    async def _hear(self) -> bool:
        while True:
            try:
                text = await asyncio.wait_for(self._websocket.receive_text(), SILENT_SECONDS)
            except (WebSocketDisconnect, KeyError, asyncio.TimeoutError):
                return False  # closed, a binary frame, or gone without a word
            frame: Json = {}
            try:
                frame = payload.parse(text)
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
                await self._wait()
                await self._send({"type": "pong"})
            case _:
                raise Refusal("bad_request", 422)
        return False
