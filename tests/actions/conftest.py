"""A conversation with the real model and the real demo shop, over real HTTP."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from doubles import remember
from shops import Clock, Counter, Shop

from bot.address import PAIRS
from bot.answer import Question
from bot.dialogue import RasaDialogue
from bot.models import Turn
from bot.storage.trackers import Memory


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

    def say(self, text: str, files: tuple[str, ...] = (), mood: str = "neutral") -> str:
        """Writes something, or sends files alone; answers with the texts of all bubbles."""
        names = [{"kind": "image", "url": url} for url in files]
        payload = "" if text else "/inform"
        return self._turn(text=text, payload=payload, attachments=names, mood=mood)

    def send(self, files: int, text: str = "") -> str:
        """Sends files, with a word or without."""
        names = [{"kind": "image", "url": f"/files/{n}"} for n in range(files)]
        return self._turn(text=text, payload="" if text else "/inform", attachments=names)

    def send_one(self, kind: str, text: str = "/inform") -> str:
        """Sends a file, a sticker or a place, with a caption perhaps."""
        file = {"kind": kind, "url": "/files/f1", "name": "anh.jpg"}
        return self._turn(text=text, payload=text, attachments=[file])

    def command(self, payload: str) -> str:
        """Means something without a word of its own."""
        return self._turn(text="", payload=payload)

    def press(self, title: str) -> str:
        """Presses a button of the last answer."""
        buttons = [b for say in self.turn.says for b in say.content.buttons]
        return self._turn(text=title, payload=next(b.key for b in buttons if b.title == title))

    def hear(self, kind: str, **about: str) -> str:
        """Is written to by us of ourselves."""
        metadata = {
            "customer": self.customer,
            "channel": "web",
            "address": self.address,
            "outreach": {"kind": kind, "about": about},
        }
        question = Question(1, "", "", self.memory, metadata)
        self.turn = asyncio.run(self.assistant.reach_out(question))
        self.memory = remember(self.memory, self.turn)
        return "\n".join(say.content.text for say in self.turn.says)

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
