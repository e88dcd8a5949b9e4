"""A tiny server that speaks docs/widget-protocol.md, with a bot that a test scripts.

The page is asked from `localhost` and the widget from `127.0.0.1`: two origins, as in a real shop.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import itertools
import socket
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import uvicorn
from PIL import Image
from quick import QuickServer
from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

WIDGET = Path(__file__).parents[2] / "connectors" / "web_widget" / "widget.js"
Json = dict[str, Any]

PAGE = """<!doctype html><html lang="{lang}"><meta charset="utf-8"><title>Cửa hàng</title>
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<link rel="stylesheet" href="/page.css"><body><main><h1>Cửa hàng Sao Việt</h1>
<p>Máy lọc nước, nồi chiên, quạt điện. <a href="/page?again=1">Trang sau</a></p>
<p><button id="buy">Mua ngay</button></p></main>
{head}<script src="{host}/widget.js" defer {attributes}></script></body></html>"""

# What a shop's page may have about itself; rude on purpose.
PAGE_CSS = """body { font: 18px Georgia, serif; margin: 40px; color: #222; background: #fafafa }
* { letter-spacing: .2px } button { text-transform: uppercase; background: gold }
@media (max-width: 479px) { body { margin: 20px } }"""


def picture(color: str, width: int = 600, height: int = 420) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), color).save(out, "PNG")
    return out.getvalue()


class Talk:
    """One visitor's conversation."""

    def __init__(self) -> None:
        self.messages: list[Json] = []
        self.events: list[Json] = []
        self.state: Json = {"speaker": "bot", "agent": "", "place": None, "bot_ready": True}
        self.sockets: list[WebSocket] = []
        self.changed = asyncio.Condition()
        self.seen: list[int] = []
        self.typed = 0
        self.identity: Json | None = None


class Shop:
    def __init__(self) -> None:
        self.talks: dict[str, Talk] = {}
        self.ids = itertools.count(1)
        self.event_ids = itertools.count(101)
        self.visitors = itertools.count(1)
        self.files: dict[str, tuple[bytes, str, str]] = {}
        self.received: list[Json] = []  # every message frame, redelivered ones too
        self.hellos: list[Json] = []
        self.polls = 0
        self.refuse_ws = False
        self.refuse_origin = False
        self.sessions_open = asyncio.Event()
        self.sessions_open.set()
        self.cors = True
        self.upload_gate: asyncio.Event | None = None
        self.rate_once = False
        self.swallow_acks = False  # stores, and loses its answer
        self.deaf = False  # loses the message
        self.answer: Callable[[Talk, Json], Awaitable[None]] = self.echo
        self.attributes = 'data-locale="vi"'
        self.head = ""
        self.lang = "vi"
        self.csp = True
        self.limits = {"text": 4000, "file_bytes": 200_000}
        self.server: QuickServer | None = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.host = f"http://127.0.0.1:{self.port}"
        self.page = f"http://localhost:{self.port}/page"

    # -- what a test does

    @property
    def talk(self) -> Talk:
        return next(reversed(self.talks.values()))

    async def start(self) -> None:
        config = uvicorn.Config(
            self.app(),
            host="0.0.0.0",
            port=self.port,
            ws="wsproto",
            log_level="error",
            lifespan="off",
        )
        self.server = QuickServer(config)
        self.task = asyncio.create_task(self.server.serve())
        while not self.server.started:
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        assert self.server
        for talk in self.talks.values():
            for ws in list(talk.sockets):
                with contextlib.suppress(Exception):
                    await ws.close(1012)
        self.server.should_exit = self.server.force_exit = True
        await self.task
        self.server = None

    async def until(self, done: Callable[[], bool]) -> None:
        for _ in range(400):
            if done():
                return
            await asyncio.sleep(0.02)
        raise AssertionError("it did not happen")

    async def cut(self, forget: bool = False) -> None:
        """Breaks every socket; with `forget`, the events before are too far back."""
        if forget:
            self.talk.events.clear()
        for talk in self.talks.values():
            for ws in list(talk.sockets):
                await ws.close(1012)

    async def push(self, talk: Talk, frame: Json) -> None:
        frame = {**frame, "event": next(self.event_ids)}
        talk.events.append(frame)
        async with talk.changed:
            talk.changed.notify_all()
        for ws in list(talk.sockets):
            with contextlib.suppress(Exception):
                await ws.send_json(frame)

    def message(self, author: str, text: str, **more: Any) -> Json:
        at = more.pop("at", None) or datetime.now(timezone.utc).isoformat()
        empty: Json = {"buttons": [], "cards": [], "attachments": [], "name": ""}
        return {**empty, "id": next(self.ids), "author": author, "text": text, "at": at, **more}

    async def say(
        self, text: str, author: str = "bot", talk: Talk | None = None, **more: Any
    ) -> Json:
        talk = talk or self.talk
        message = self.message(author, text, **more)
        talk.messages.append(message)
        await self.push(talk, {"type": "message", "message": message})
        return message

    async def set_state(self, **state: Any) -> None:
        self.talk.state = {**self.talk.state, **state}
        await self.push(self.talk, {"type": "state", "state": self.talk.state})

    async def typing(self, who: str) -> None:
        for ws in self.talk.sockets:
            await ws.send_json({"type": "typing", "who": who})

    async def mark_seen(self) -> None:
        for message in self.talk.messages:
            if message["author"] == "customer" and message["delivery"] != "seen":
                message["delivery"] = "seen"
                await self.push(self.talk, {"type": "message", "message": message})

    def fill(self, talk: Talk, count: int) -> None:
        start = datetime.now(timezone.utc) - timedelta(days=2)
        for n in range(count):
            at = (start + timedelta(minutes=n)).isoformat()
            author = "customer" if n % 3 == 0 else "bot"
            talk.messages.append(self.message(author, f"Tin cũ số {n}", at=at, delivery="sent"))

    # -- what the server does

    async def echo(self, talk: Talk, message: Json) -> None:
        await self.say(f"Dạ, em nhận được: {message['text']}", talk=talk)

    async def take(self, talk: Talk, frame: Json) -> Json:
        """Stores a customer's message once; answers an ack or an error frame."""
        self.received.append(frame)
        client_id = frame.get("client_id")
        known = [m for m in talk.messages if m.get("client_id") == client_id]
        if known:
            return {"type": "ack", "client_id": client_id, "id": known[0]["id"]}
        if self.rate_once:
            self.rate_once = False
            return {
                "type": "error",
                "code": "rate",
                "text": "Anh/chị nhắn hơi nhanh ạ.",
                "client_id": client_id,
            }
        if frame.get("text") == "!hỏng":
            return {
                "type": "error",
                "code": "bad_request",
                "text": "Em chưa đọc được tin này ạ.",
                "client_id": client_id,
            }
        attachments = []
        for key in frame.get("files") or []:
            data, mime, name = self.files[key]
            kind = "image" if mime.startswith("image/") else "file"
            attachments.append(
                {
                    "kind": kind,
                    "url": f"/files/{key}",
                    "name": name,
                    "mime": mime,
                    "size": len(data),
                }
            )
        message = await self.say(
            frame.get("text", ""),
            "customer",
            talk,
            client_id=client_id,
            attachments=attachments,
            delivery="sent",
        )
        self.after(self.answer(talk, {**message, "button": frame.get("button")}))
        return {"type": "ack", "client_id": client_id, "id": message["id"]}

    def after(self, work: Awaitable[None]) -> None:
        self.task_of_answer = asyncio.ensure_future(work)

    def history(self, talk: Talk) -> Json:
        return {"type": "history", "messages": talk.messages[-50:], "more": len(talk.messages) > 50}

    def newest(self, talk: Talk) -> int:
        return talk.events[-1]["event"] if talk.events else 100

    def talk_of(self, request: Request) -> Talk | None:
        return self.talks.get(request.headers.get("authorization", "").removeprefix("Bearer "))

    async def session(self, request: Request) -> Response:
        if self.refuse_origin:
            return JSONResponse({"detail": "origin"}, 403)
        await self.sessions_open.wait()
        body = await request.json()
        token = body["token"]
        if token not in self.talks:
            token = f"visitor-{next(self.visitors)}"
            self.talks[token] = Talk()
        return JSONResponse(
            {
                "token": token,
                "business": "Điện máy Sao Việt",
                "locale": body["locale"],
                "limits": self.limits,
                "accept": ["image/png", "image/jpeg", "application/pdf", "text/plain"],
            }
        )

    async def identify(self, talk: Talk, frame: Json) -> Json:
        if frame["hash"] != "ok":
            return {"type": "error", "code": "bad_hash", "text": "Chưa xác nhận được ạ."}
        token = f"user-{frame['user_id']}"
        known = self.talks.pop(token, None)
        self.talks[token] = known or Talk()
        self.talks[token].identity = frame
        return {"type": "session", "token": token}

    async def ws(self, ws: WebSocket) -> None:
        if self.refuse_ws:
            return await ws.close()
        await ws.accept()
        hello = await ws.receive_json()
        self.hellos.append(hello)
        talk = self.talks.get(hello["token"])
        if self.refuse_origin or talk is None:
            return await ws.close(4403 if self.refuse_origin else 4401)
        if hello["after"] is None:
            await ws.send_json(self.history(talk))
        else:
            for event in [e for e in talk.events if e["event"] > hello["after"]]:
                await ws.send_json(event)
        await ws.send_json({"type": "state", "event": None, "state": talk.state})
        await ws.send_json({"type": "ready", "after": self.newest(talk)})
        talk.sockets.append(ws)
        try:
            while True:
                frame = await ws.receive_json()
                if frame["type"] == "message" and self.deaf:
                    continue
                if frame["type"] == "message":
                    answer = await self.take(talk, frame)
                    if not self.swallow_acks:
                        await ws.send_json(answer)
                elif frame["type"] == "ping":
                    await ws.send_json({"type": "pong"})
                elif frame["type"] == "identify":
                    answer = await self.identify(talk, frame)
                    await ws.send_json(answer)
                    if answer["type"] == "session":
                        talk.sockets.remove(ws)
                        talk = self.talks[answer["token"]]
                        talk.sockets.append(ws)
                        await ws.send_json(self.history(talk))
                else:
                    self.note(talk, frame)
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            if ws in talk.sockets:
                talk.sockets.remove(ws)

    def note(self, talk: Talk, frame: Json) -> None:
        if frame["type"] == "seen":
            talk.seen.append(frame["message"])
        if frame["type"] == "typing":
            talk.typed += 1

    async def events(self, request: Request) -> Response:
        talk = self.talk_of(request)
        if talk is None:
            return JSONResponse({}, 401)
        self.polls += 1
        after = request.query_params.get("after")
        state = {"type": "state", "event": None, "state": talk.state}
        if after is None:
            return JSONResponse({"frames": [self.history(talk), state], "after": self.newest(talk)})

        def news() -> list[Json]:
            return [e for e in talk.events if e["event"] > int(after)]

        async with talk.changed:
            with contextlib.suppress(asyncio.TimeoutError):
                wait = float(request.query_params["wait"])
                await asyncio.wait_for(talk.changed.wait_for(news), wait or 0.001)
        return JSONResponse({"frames": news(), "after": self.newest(talk)})

    async def post(self, request: Request) -> Response:
        talk = self.talk_of(request)
        if talk is None:
            return JSONResponse({}, 401)
        frame = await request.json()
        if frame["type"] == "message":
            answer = await self.take(talk, frame)
            codes = {"rate": 429, "bad_request": 422}
            if answer["type"] == "error":
                return JSONResponse(answer, codes[answer["code"]])
            return JSONResponse({"id": answer["id"]})
        if frame["type"] == "identify":
            answer = await self.identify(talk, frame)
            return JSONResponse(answer, 401 if answer["type"] == "error" else 200)
        self.note(talk, frame)
        return JSONResponse({})

    async def older(self, request: Request) -> Response:
        talk = self.talk_of(request)
        if talk is None:
            return JSONResponse({}, 401)
        before = int(request.query_params["before"])
        messages = [m for m in talk.messages if m["id"] < before]
        return JSONResponse({"messages": messages[-50:], "more": len(messages) > 50})

    async def upload(self, request: Request) -> Response:
        if self.talk_of(request) is None:
            return JSONResponse({}, 401)
        form = await request.form()
        file: Any = form["file"]
        data = await file.read()
        if self.upload_gate:
            await self.upload_gate.wait()
        if data.startswith(b"MZ"):
            return JSONResponse(
                {"type": "error", "code": "bad_file", "text": "Em không nhận tệp chương trình ạ."},
                422,
            )
        key = f"k{len(self.files)}"
        mime = "image/png" if data.startswith(b"\x89PNG") else "application/pdf"
        self.files[key] = (data, mime, file.filename)
        kind = "image" if mime == "image/png" else "file"
        return JSONResponse(
            {
                "key": key,
                "name": file.filename,
                "mime": mime,
                "size": len(data),
                "kind": kind,
                "url": f"/files/{key}",
            }
        )

    async def file(self, request: Request) -> Response:
        data, mime, _ = self.files[request.path_params["key"]]
        return Response(data, media_type=mime)

    async def script(self, request: Request) -> Response:
        return Response(WIDGET.read_bytes(), media_type="text/javascript")

    async def css(self, request: Request) -> Response:
        return Response(PAGE_CSS, media_type="text/css")

    async def html(self, request: Request) -> Response:
        host, ws = self.host, self.host.replace("http", "ws")
        csp = (
            f"default-src 'none'; script-src {host} 'self'; connect-src {host} {ws}; "
            f"img-src {host} 'self' data:; style-src 'self'; require-trusted-types-for 'script'"
        )
        html = PAGE.format(host=host, lang=self.lang, attributes=self.attributes, head=self.head)
        return HTMLResponse(html, headers={"Content-Security-Policy": csp} if self.csp else {})

    async def early(self, request: Request) -> Response:
        text = '(window.Carebot = window.Carebot || []).push(["open"], ["send", "Gửi sớm"]);'
        return Response(text, media_type="text/javascript")

    def app(self) -> ASGIApp:
        posts = ["messages", "seen", "typing", "identify"]
        routes: list[BaseRoute] = [
            Route("/page", self.html),
            Route("/page.css", self.css),
            Route("/early.js", self.early),
            Route("/widget.js", self.script),
            Route("/widget/session", self.session, methods=["POST"]),
            Route("/widget/events", self.events),
            Route("/widget/history", self.older),
            Route("/widget/files", self.upload, methods=["POST"]),
            Route("/files/{key}", self.file),
            *[Route(f"/widget/{name}", self.post, methods=["POST"]) for name in posts],
            WebSocketRoute("/widget/ws", self.ws),
        ]
        bare = Starlette(routes=routes)
        kind = CORSMiddleware(
            bare, allow_origins=["*"], allow_methods=["*"], allow_headers=["authorization"]
        )

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await (kind if self.cors else bare)(scope, receive, send)

        return app
