"""What the pretend platforms share: people with a phone each, what stands on their screens, and
faults to switch on. A platform's own module adds its API and the events it posts."""

from __future__ import annotations

import asyncio
import itertools
import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Literal

import httpx
from starlette.responses import Response
from starlette.routing import BaseRoute

log = logging.getLogger(__name__)

Json = dict[str, Any]
RETRIES = (0.2, 1.0, 5.0, 30.0)  # seconds before a webhook that failed is posted again


@dataclass
class Choice:
    """A button on the screen: pressed, it sends `key`, or opens `url`."""

    title: str
    key: str = ""
    url: str = ""


@dataclass
class Bubble:
    """Something on a person's screen."""

    id: str  # the platform's message id
    by: Literal["customer", "business", "person"]  # person: a human in the platform's own app
    at: datetime
    text: str = ""
    buttons: list[Choice] = field(default_factory=list)  # stay with the bubble
    quick: list[Choice] = field(default_factory=list)  # vanish with the next message
    pictures: list[str] = field(default_factory=list)
    cards: list[Json] = field(default_factory=list)  # title, subtitle, picture, buttons
    file: str = ""  # a document's or a sound's name
    seen: bool = False
    edited: bool = False
    recalled: bool = False
    reaction: str = ""


@dataclass
class Person:
    """A customer with the app in hand."""

    id: str
    name: str
    bubbles: list[Bubble] = field(default_factory=list)
    typing_until: datetime | None = None
    wrote_at: datetime | None = None  # opens the platform's window
    blocked: bool = False


@dataclass
class Faults:
    """What goes wrong. Counts go down with each use."""

    delay: float = 0.0  # seconds before every answer of the API
    busy: int = 0  # answers "too many requests"
    down: int = 0  # answers 5xx, nothing done
    lost: int = 0  # done, and the answer never comes
    doubled: int = 0  # webhooks posted twice
    shuffled: int = 0  # webhooks posted after the one that follows
    revoked: bool = False  # the token does not count any more
    closed: bool = False  # the reply window is over


class Simulator:
    """One pretend platform. `webhook` is where Carebot listens; `secrets` are the connector's
    settings, by their names in the environment."""

    name: ClassVar[str]
    title: ClassVar[str]

    def __init__(
        self,
        webhook: str,
        secrets: Mapping[str, str],
        clock: Callable[[], datetime],
        http: httpx.AsyncClient,
    ) -> None:
        self.webhook = webhook
        self.secrets = secrets
        self.clock = clock
        self.http = http
        self.people: dict[str, Person] = {}
        self.faults = Faults()
        self.files: dict[str, tuple[bytes, str]] = {}  # what travels, by name: bytes and mime
        self.calls: list[tuple[str, Json]] = []  # every call of the API: method, body
        self._numbers = itertools.count(1)
        self._kept: list[tuple[bytes, dict[str, str]]] = []
        self._posting: set[asyncio.Task[None]] = set()

    # Of each platform

    def routes(self) -> list[BaseRoute]:
        """The platform's HTTP API."""
        raise NotImplementedError

    def begin(self, name: str) -> Person:
        """A new person who has the app."""
        raise NotImplementedError

    async def act(self, person: Person, act: str, value: Json) -> None:
        """What a person does on the phone.

        say {text} · attach {file: name in `files`} · press {bubble, title, and key where
        titles repeat on cards} · edit {bubble, text} ·
        recall {bubble} · react {bubble, emoji} · see {} · start {source} · follow {} · block {} ·
        sticker {} · place {latitude, longitude} · contact {phone} · staff {text}: a human answers
        in the platform's own app. Raises NotImplementedError for what the app cannot do.
        """
        raise NotImplementedError

    # Shared

    def number(self) -> int:
        return next(self._numbers)

    def count_from(self, first: int) -> None:
        """The numbers in ids begin here: what a Carebot has seen of a platform that was started
        before must not come again under the same id."""
        self._numbers = itertools.count(first)

    def show(self, person: Person, bubble: Bubble) -> Bubble:
        """Puts something on the screen: quick replies above it go."""
        for old in person.bubbles:
            old.quick.clear()
        if bubble.by != "customer":
            person.typing_until = None
        person.bubbles.append(bubble)
        return bubble

    async def fault(self) -> Response | Literal["lose"] | None:
        """What goes wrong with the call that has come, if anything: answer with the Response, or
        do it and call `lose`."""
        clock = asyncio.get_running_loop().time
        end = clock() + self.faults.delay
        # Switched off, it holds up nothing any more: the page sets plain numbers.
        while clock() < end and self.faults.delay:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        if self.faults.down > 0:
            self.faults.down -= 1
            return Response("Bad gateway", 502)
        if self.faults.lost > 0:
            self.faults.lost -= 1
            return "lose"
        return None

    def post(self, body: bytes, headers: dict[str, str]) -> None:
        """Posts a webhook in the background, again and again until it is taken."""
        if self.faults.shuffled > 0:
            self.faults.shuffled -= 1
            self._kept.append((body, headers))
            return
        for each in ((body, headers), *self._kept):
            self._start(*each)
            if self.faults.doubled > 0:
                self.faults.doubled -= 1
                self._start(*each)
        self._kept = []

    def _start(self, body: bytes, headers: dict[str, str]) -> None:
        task = asyncio.create_task(self._post(body, headers))
        self._posting.add(task)
        task.add_done_callback(self._posting.discard)

    async def _post(self, body: bytes, headers: dict[str, str]) -> None:
        for wait in (*RETRIES, None):
            try:
                answer = await self.http.post(self.webhook, content=body, headers=headers)
                if answer.is_success:
                    return
                log.warning("%s: the webhook answered %s", self.name, answer.status_code)
            except httpx.HTTPError as error:
                log.warning("%s: the webhook cannot be reached: %s", self.name, error)
            if wait is not None:
                await asyncio.sleep(wait * random.uniform(0.8, 1.2))  # noqa: S311

    async def close(self) -> None:
        """Posts nothing any more."""
        for task in self._posting:
            task.cancel()
        await asyncio.gather(*self._posting, return_exceptions=True)

    async def settled(self) -> None:
        """Waits until every webhook has been taken or given up."""
        while self._posting:
            await asyncio.gather(*self._posting)


class Lost(Response):
    """An answer that never comes: the connection ends in the middle of it."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [(b"content-length", b"1000"), (b"content-type", b"application/json")],
            }
        )
        await send({"type": "http.response.body", "body": b"{", "more_body": True})
        raise ConnectionResetError("the answer is lost on purpose")
