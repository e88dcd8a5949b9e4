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

from bot.conversation import Question
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


@dataclass
class Shop:
    """The demo shop behind a port of its own."""

    data_dir: Path
    clock: Clock
    url: str = ""
    server: uvicorn.Server = field(init=False)
    thread: threading.Thread = field(init=False)

    def open(self) -> None:
        app = build(self.data_dir, self.clock, "http://127.0.0.1:8080")
        self.server = uvicorn.Server(uvicorn.Config(app, port=0, ws="none", log_level="error"))
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)
        self.url = f"http://127.0.0.1:{self.server.servers[0].sockets[0].getsockname()[1]}"

    def close(self) -> None:
        self.server.should_exit = True
        self.thread.join()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shop(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    shop = Shop(tmp_path, clock)
    shop.open()
    monkeypatch.setenv("SHOP_API_URL", shop.url)
    yield shop
    shop.close()


@dataclass
class Talk:
    """What a customer and the assistant say to each other."""

    assistant: RasaDialogue
    customer: str = "c1"
    memory: Memory = field(default_factory=lambda: Memory(None))
    turn: Turn = field(default_factory=Turn)
    introduced: bool = False

    def say(self, text: str) -> str:
        """Writes something; answers with the texts of all bubbles."""
        return self._turn(text=text, payload="")

    def press(self, title: str) -> str:
        """Presses a button of the last answer."""
        buttons = [b for say in self.turn.says for b in say.content.buttons]
        return self._turn(text=title, payload=next(b.key for b in buttons if b.title == title))

    def _turn(self, text: str, payload: str) -> str:
        known = self.introduced
        metadata = {"customer": self.customer, "channel": "web", "introduced": known}
        question = Question(1, text, payload, self.memory, metadata)
        self.turn = asyncio.run(self.assistant.ask(question))
        self.introduced = known or self.turn.introduced
        self.memory = remember(self.memory, self.turn)
        return "\n".join(say.content.text for say in self.turn.says)

    @property
    def buttons(self) -> list[str]:
        return [b.title for say in self.turn.says for b in say.content.buttons]

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
