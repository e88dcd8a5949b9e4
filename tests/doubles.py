"""The few doubles of Carebot's tests, and small words to write tests with.

The doubles are `ScriptedDialogue` (a dictionary in place of Rasa) and `RecordingChannel` (a list
in place of a platform). Everything else is the real thing.
"""

from __future__ import annotations

import asyncio
import itertools
import pickle
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from typing import ClassVar

from bot import conversation, desk_rules
from bot.answer import Question
from bot.models import Content, Say, Turn
from bot.storage import inbox, rules
from bot.storage.db import Database
from bot.storage.trackers import Memory
from connectors.base import (
    Button,
    Event,
    File,
    InboundMessage,
    Json,
    OutboundMessage,
    Pace,
    Profile,
    SignatureError,
    UnreadableError,
    WebhookRequest,
)

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=timezone.utc)  # Monday, 12:00 in Hà Nội


async def open_always(db: Database) -> None:
    """A desk that never closes: for tests by the real clock, whose hour nobody knows."""
    async with db.begin() as tx:
        assert await rules.save(tx, desk_rules.open_always(), "hours", None, NOON, upon=0)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@dataclass
class ScriptedDialogue:
    """Answers from a dictionary; an answer may be an exception to raise or a function to call."""

    answers: dict[str, object] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)

    async def ask(self, question: Question) -> Turn:
        said = question.payload or question.text
        self.asked.append(said)
        self.questions.append(question)
        # The gate may have put a wish in place of the words.
        answer = self.answers.get(said, self.answers.get(question.text, f"echo: {said}"))
        if callable(answer):
            answer = answer()
        if asyncio.iscoroutine(answer):
            answer = await answer
        if isinstance(answer, BaseException):
            raise answer
        if isinstance(answer, Turn):
            return answer
        return Turn(
            says=(Say(Content(str(answer))),),
            introduced=True,
            events=({"event": "user", "text": said},),
        )

    async def reach_out(self, question: Question) -> Turn:
        kind = question.metadata["outreach"]["kind"]
        return await self.ask(replace(question, text=f"of ourselves: {kind}"))

    async def understand(self, text: str) -> Json:
        """Every text is a matter of its own, except those that begin with an ellipsis."""
        if text.startswith("…"):
            return {"intent": {"name": "nlu_fallback", "confidence": 0.6}}
        return {"intent": {"name": text, "confidence": 0.9}}


class RecordingChannel:
    """A platform that takes everything and remembers it; what it shall report is put into
    `events`."""

    settings: ClassVar[Mapping[str, str]] = {}
    pace: ClassVar[Pace] = Pace(per_second=1e6)

    def __init__(self, name: str = "recording") -> None:
        self.name = name  # type: ignore[misc]
        self.sent: list[OutboundMessage] = []
        self.refuse: Callable[[OutboundMessage], Exception | None] = lambda message: None
        self.files: dict[str, File | Exception] = {}
        self.people: dict[str, Profile] = {}
        self.noticed_ids: list[str] = []
        self.well: Exception | None = None

    def verify(self, request: WebhookRequest) -> None:
        if request.headers.get("x-secret") != "right":
            raise SignatureError("wrong secret")

    def challenge(self, request: WebhookRequest) -> str | None:
        return request.query.get("challenge")

    def parse(self, request: WebhookRequest) -> Sequence[Event]:
        if request.body == b"garbage":
            raise UnreadableError("not JSON")
        events: Sequence[Event] = pickle.loads(request.body)
        return events

    def render(self, message: OutboundMessage) -> list[Json]:
        """A call for every line."""
        lines = message.text.split("\n")
        return [{"message": replace(message, text=line)} for line in lines]

    async def deliver(self, recipient_id: str, call: Json) -> str:
        if refusal := self.refuse(call["message"]):
            raise refusal
        self.sent.append(call["message"])
        return f"{self.name}-{len(self.sent)}"

    async def noticed(self, message: InboundMessage) -> None:
        self.noticed_ids.append(message.external_id)

    async def fetch(self, url: str) -> File:
        file = self.files[url]
        if isinstance(file, Exception):
            raise file
        return file

    async def profile(self, sender_id: str) -> Profile:
        return self.people.get(sender_id, Profile())

    async def check(self) -> str:
        if self.well:
            raise self.well
        return "a list"

    async def set_up(self, webhook: str, menu: Sequence[Button], greeting: str) -> None: ...

    async def close(self) -> None: ...


_ids = itertools.count(1)


def said(
    text: str,
    *,
    by: str = "nga",
    channel: str = "web",
    external_id: str | None = None,
    sent_at: datetime = NOON,
    **more: object,
) -> InboundMessage:
    return InboundMessage(
        channel=channel,
        external_id=external_id or f"test-message-{next(_ids):08d}",
        sender_id=by,
        sent_at=sent_at,
        text=text,
        **more,  # type: ignore[arg-type]
    )


async def answer_all(
    db: Database, dialogue: ScriptedDialogue, now: datetime = NOON, limit: int = 100
) -> int:
    """Take turns, one after another, until nobody waits; how many were taken."""
    for taken in range(limit):
        async with db.begin(durable=False) as tx:
            entries = await inbox.claim(tx, now, 1)
        if not entries:
            return taken
        await conversation.take_turn(db, dialogue, entries[0], lambda: now, business="Điện Tử Bống")
    raise AssertionError("turns without end")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def remember(memory: Memory, turn: Turn) -> Memory:
    """What the database would hand to the next turn."""
    first = memory.event_ids[-1] + 1 if memory.event_ids else 1
    events = (*memory.events, *turn.events)
    ids = (*memory.event_ids, *range(first, first + len(turn.events)))
    if turn.checkpoint is None:
        return Memory(memory.state, events, ids)
    last, state = turn.checkpoint
    cut = ids.index(last) + 1
    return Memory(state, events[cut:], ids[cut:])


async def until(done: Callable[[], bool], seconds: float = 15) -> None:
    """Waits for something to come about in another task or process."""
    for _ in range(int(seconds / 0.02)):
        if done():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not come about in time")
