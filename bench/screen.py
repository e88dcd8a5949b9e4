"""One agent's open inbox, without a browser: what bot/console/static/inbox/net.js, store.js and
main.js do with calls and frames, so that what a bench finds in `rows` and `talks` is what the agent
would see."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import websockets

READ_AFTER = 0.2  # seconds
PING_EVERY = 25.0

Row = dict[str, Any]
Told = Callable[[Row], None]


@dataclass
class Screen:
    """`told` is called with every message that the line tells, before anything else is done."""

    url: str
    username: str
    told: Told
    rows: dict[int, Row] = field(default_factory=dict)
    talks: dict[int, dict[int, Row]] = field(default_factory=dict)  # conversation → id → message
    open: int = 0  # the conversation on the screen
    cursor: int = 0
    reloads: int = 0

    def __post_init__(self) -> None:
        self.up = asyncio.Event()
        self._http = httpx.AsyncClient(base_url=f"{self.url}/console/", timeout=15)
        self._csrf = ""
        self._read_upto = 0
        self._socket: Any = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._line: asyncio.Task[None] | None = None

    async def log_in(self, password: str) -> None:
        form = await self._http.get("login")
        token = re.search(r'name="csrf" value="([^"]+)"', form.text)
        assert token
        values = {"csrf": token[1], "username": self.username, "password": password, "next": ""}
        answer = await self._http.post("login", data=values)
        assert answer.status_code == 303, answer.status_code
        start = re.search(
            r'id="start">(.*?)</script>', (await self._http.get("", follow_redirects=True)).text
        )
        assert start
        self._csrf = json.loads(start[1])["csrf"]

    async def load(self) -> None:
        """Read all rows."""
        self.rows, self.cursor = await self.read()

    async def read(self) -> tuple[dict[int, Row], int]:
        """All rows as the server has them, and the line's cursor."""
        answer = await self._get("inbox")
        return {row["id"]: row for row in answer["conversations"]}, answer["cursor"]

    async def show(self, conversation: int) -> None:
        """Open a conversation."""
        self.open = conversation
        answer = await self._get(f"conversations/{conversation}")
        fresh = {message["id"]: message for message in answer["messages"]}
        newest = max(fresh, default=0)
        known = self.talks.get(conversation, {})
        self.talks[conversation] = fresh | {id: m for id, m in known.items() if id > newest}
        self.rows[conversation] = answer["conversation"]
        self._mark_read()

    def customers_words(self, conversation: int) -> list[str]:
        """What the screen shows of the customer, from top to bottom."""
        messages = sorted(self.talks[conversation].values(), key=lambda each: int(each["id"]))
        return [each["text"] for each in messages if each["author"] == "customer"]

    def start(self) -> None:
        """Open the line; it comes back by itself."""
        self._line = asyncio.create_task(self._keep_line())

    async def stop(self) -> None:
        if self._line:
            self._line.cancel()
        if self._socket:
            await self._socket.close()
        for task in list(self._tasks):
            task.cancel()
        await self._http.aclose()

    async def lose(self, seconds: float) -> None:
        """The network is gone: nothing comes any more, and nobody is told. Afterwards the line
        begins anew, and whatever was still under way is lost."""
        assert self._line
        self._socket.transport.pause_reading()
        self._line.cancel()
        self.up.clear()
        await asyncio.sleep(seconds)
        self._socket.transport.abort()
        self.start()

    async def _get(self, path: str) -> Row:
        answer = await self._http.get(f"api/{path}")
        answer.raise_for_status()
        found: Row = answer.json()
        return found

    async def _keep_line(self) -> None:
        tries = 0
        while True:
            with contextlib.suppress(OSError, websockets.WebSocketException):
                await self._connect()
                tries = 0
                while await self._follow():
                    await self._socket.close()
                    await self._connect()
            self.up.clear()
            await asyncio.sleep(min(15, 0.5 * 2**tries))
            tries += 1

    async def _connect(self) -> None:
        cookies = "; ".join(f"{name}={value}" for name, value in self._http.cookies.items())
        self._socket = await websockets.connect(  # type: ignore[attr-defined]
            self.url.replace("http", "ws") + "/console/ws",
            origin=self.url,
            extra_headers={"Cookie": cookies},
            ping_interval=None,  # browsers have none of their own
            max_queue=None,
        )
        await self._say({"type": "hello", "after": self.cursor})

    async def _follow(self) -> bool:
        """Hear the line to its end; True when it is to begin anew, after a new cursor."""
        pinging = asyncio.create_task(self._ping())
        try:
            async for text in self._socket:
                frame = json.loads(text)
                if frame["type"] == "reload":
                    await self._reload()
                    return True
                await self._heard(frame)
        finally:
            pinging.cancel()
        return False

    async def _heard(self, frame: Row) -> None:
        match frame["type"]:
            case "event":
                self._happened(frame)
                self.cursor = max(self.cursor, frame["event"])
            case "ready":
                self.up.set()
            case "beat":
                await self._say({"type": "ping"})

    def _happened(self, frame: Row) -> None:
        if message := frame["message"]:
            self.told(message)
        row = frame["conversation"]
        if row["status"] == "resolved" and row["id"] != self.open:
            self.rows.pop(row["id"], None)
        else:
            unread = self.rows.get(row["id"], {}).get("unread", 0)
            self.rows[row["id"]] = {"unread": unread, **row}
        if message and row["id"] in self.talks:
            self.talks[row["id"]][message["id"]] = message
            if row["id"] == self.open:
                self._mark_read()

    async def _reload(self) -> None:
        """Too much was missed: everything is read again."""
        self.reloads += 1
        self.talks.clear()
        await self.load()
        await self.show(self.open)

    def _mark_read(self) -> None:
        newest = max(self.talks[self.open], default=0)
        if newest > self._read_upto:
            self._read_upto = newest
            self._later(self._read(self.open, newest))

    async def _read(self, conversation: int, message: int) -> None:
        await asyncio.sleep(READ_AFTER)
        if message == self._read_upto:
            with contextlib.suppress(httpx.HTTPError):
                await self._http.post(
                    f"api/conversations/{conversation}/read",
                    json={"message": message},
                    headers={"X-CSRF-Token": self._csrf},
                )

    def _later(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _ping(self) -> None:
        while True:
            await asyncio.sleep(PING_EVERY)
            await self._say({"type": "ping"})

    async def _say(self, frame: Row) -> None:
        await self._socket.send(json.dumps(frame))
