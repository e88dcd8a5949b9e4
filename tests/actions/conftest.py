"""A conversation with the real model and the real demo shop, over real HTTP."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import uvicorn
from doubles import remember
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.address import PAIRS
from bot.answer import Question
from bot.dialogue import RasaDialogue
from bot.models import Turn
from bot.storage.trackers import Memory
from demo.shop import build

MONDAY_NOON = datetime(2026, 11, 23, 5, 0, tzinfo=timezone.utc)


@dataclass
class Clock:
    time: datetime = MONDAY_NOON

    def __call__(self) -> datetime:
        return self.time

    def forward(self, **much: float) -> None:
        self.time += timedelta(**much)


CLOSED: ASGIApp = PlainTextResponse("closed", status_code=503)


class Counter:
    """One server for every test's shop: opening a port a thousand times took minutes."""

    def __init__(self) -> None:
        self.shop: ASGIApp | None = None
        self._server = uvicorn.Server(
            uvicorn.Config(self, port=0, ws="none", lifespan="off", log_level="error")
        )
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        self.url = f"http://127.0.0.1:{self._server.servers[0].sockets[0].getsockname()[1]}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (self.shop or CLOSED)(scope, receive, send)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()


@dataclass
class Shop:
    """The demo shop behind a port; closed, it answers 503 where it is looked for."""

    data_dir: Path
    clock: Clock
    counter: Counter

    def open(self) -> None:
        self.counter.shop = build(self.data_dir, self.clock, "http://127.0.0.1:8080")

    @property
    def url(self) -> str:
        return self.counter.url

    def close(self) -> None:
        self.counter.shop = None


@pytest.fixture(scope="session")
def counter() -> Iterator[Counter]:
    counter = Counter()
    yield counter
    counter.stop()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shop(tmp_path: Path, clock: Clock, counter: Counter, monkeypatch: pytest.MonkeyPatch) -> Shop:
    shop = Shop(tmp_path, clock, counter)
    shop.open()
    monkeypatch.setenv("SHOP_API_URL", shop.url)
    monkeypatch.setattr("actions.shop._facts", ("", 0.0, {}))  # another test's, kept for a minute
    return shop


@dataclass
class Talk:
    """What a customer and the assistant say to each other."""

    assistant: RasaDialogue
    customer: str = "c1"
    memory: Memory = field(default_factory=lambda: Memory(None))
    turn: Turn = field(default_factory=Turn)
    introduced: bool = False
    name: str = ""
    address: str | None = None
    messages: int = 0

    def say(self, text: str, files: tuple[str, ...] = ()) -> str:
        """Writes something, or sends files alone; answers with the texts of all bubbles."""
        names = [{"kind": "image", "url": url} for url in files]
        return self._turn(text=text, payload="" if text else "/inform", attachments=names)

    def send(self, files: int, text: str = "") -> str:
        """Sends files, with a word or without."""
        names = [{"kind": "image", "url": f"/files/{n}"} for n in range(files)]
        return self._turn(text=text, payload="" if text else "/inform", attachments=names)

    def send_one(self, kind: str, text: str = "/inform") -> str:
        """Sends a file, a sticker or a place, with a caption perhaps."""
        file = {"kind": kind, "url": "/files/f1", "name": "anh.jpg"}
        return self._turn(text=text, payload=text, attachments=[file])

    def press(self, title: str) -> str:
        """Presses a button of the last answer."""
        buttons = [b for say in self.turn.says for b in say.content.buttons]
        return self._turn(text=title, payload=next(b.key for b in buttons if b.title == title))

    def _turn(self, text: str, payload: str, **more: object) -> str:
        known = self.introduced
        self.messages += 1
        metadata = {
            "customer": self.customer,
            "channel": "web",
            "introduced": known,
            "message": self.messages,
            "name": self.name,
            "address": self.address,
            **more,
        }
        question = Question(1, text, payload, self.memory, metadata)
        self.turn = asyncio.run(self.assistant.ask(question))
        self.introduced = known or self.turn.introduced
        if self.turn.address in PAIRS:
            self.address = self.turn.address
        self.memory = remember(self.memory, self.turn)
        return "\n".join(say.content.text for say in self.turn.says)

    @property
    def buttons(self) -> list[str]:
        return [b.title for say in self.turn.says for b in say.content.buttons]

    @property
    def recorded(self) -> list[dict[str, object]]:
        """What the last answer carries for the application beside its words."""
        return [
            event["data"]["custom"]
            for event in self.turn.events
            if event["event"] == "bot" and (event.get("data") or {}).get("custom")
        ]

    @property
    def handed_off(self) -> str | None:
        return self.turn.handoff_reason

    def forget_events(self) -> None:
        """Keep only what slots and the open form say, as after a long conversation."""
        from bot.dialogue import _fold

        self.memory = Memory(_fold(self.memory.state, list(self.memory.events)))


@pytest.fixture
def talk(dialogue: RasaDialogue, shop: Shop) -> Talk:
    return Talk(dialogue)


@pytest.fixture
def talk_as(dialogue: RasaDialogue, shop: Shop) -> Callable[[str], Talk]:
    return lambda customer: Talk(dialogue, customer)
