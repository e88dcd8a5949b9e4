"""Who talks to a Carebot under trial: customers on five channels, whose platforms have faults, and
an agent at the console. Everything goes through real HTTP; whoever gets no answer tries again, as
the real ones do."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import re
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
import uvicorn

from bot import clock
from bot.simulators import base, phones
from bot.simulators.base import Person, Simulator
from bot.simulators.telegram import TelegramSimulator

PASSWORD: Final = "bàn hỗ trợ"
AGENT: Final = "lan"
PEOPLE: Final = 2  # on each channel
PAUSE: Final = (0.5, 2.5)  # seconds between two messages of a customer
AGAIN: Final = 0.2  # seconds before another try
# In turns: who asks the same again and again is given to a person.
QUESTIONS: Final = (
    "phí ship bao nhiêu",
    "mấy giờ shop mở cửa",
    "bảo hành mấy tháng",
    "đổi trả thế nào",
    "địa chỉ shop ở đâu",
    "số hotline là gì",
    "thanh toán bằng cách nào",
)
ASKS_FOR_A_PERSON: Final = "cho em gặp nhân viên với ạ"
OF_PEOPLE: Final = 40  # of so many messages, one asks for a person; of the first six, too
REPLIES: Final = 2  # of the agent, before the assistant has the customer again
# Seconds between two tries of a webhook; the real platforms go on for hours.
base.RETRIES = (0.2, 1.0, *itertools.repeat(3.0, 200))


def texts(dice: random.Random) -> Iterator[str]:
    """What a customer writes."""
    first = dice.randrange(6)
    for n, question in enumerate(itertools.cycle(QUESTIONS)):
        yield ASKS_FOR_A_PERSON if n % OF_PEOPLE == first else question


class Doors:
    """Carebot's web processes, as a load balancer shows them to browsers."""

    def __init__(self, urls: Sequence[str], dice: random.Random) -> None:
        self.urls = urls
        self._dice = dice
        self._http = httpx.AsyncClient(timeout=10, limits=phones.NO_LIMITS, trust_env=False)

    async def ask(self, method: str, path: str, **what: Any) -> httpx.Response:
        """Raises httpx.HTTPError when there is no answer, or one that says to try again."""
        answer = await self._http.request(method, self._dice.choice(self.urls) + path, **what)
        if answer.status_code >= 500 or answer.status_code == 429:
            answer.raise_for_status()
        return answer

    async def insist(self, method: str, path: str, **what: Any) -> httpx.Response:
        """Ask until there is an answer."""
        while True:
            try:
                return await self.ask(method, path, **what)
            except httpx.HTTPError:
                await asyncio.sleep(AGAIN)

    def forget_cookies(self) -> None:
        self._http.cookies.clear()

    async def close(self) -> None:
        await self._http.aclose()


class Visitor:
    """A customer on the shop's page. `sent` has what the door has taken, by the browser's own ids;
    `read` the messages on the screen."""

    def __init__(self, doors: Doors, dice: random.Random) -> None:
        self._doors = doors
        self._dice = dice
        self._headers: dict[str, str] = {}
        self._after: int | None = None
        self.sent: list[str] = []
        self.read: set[int] = set()

    async def begin(self) -> None:
        answer = await self._doors.insist("POST", "/widget/session", json={})
        self._headers = {"Authorization": f"Bearer {answer.json()['token']}"}

    async def say(self, text: str) -> None:
        frame = {"client_id": str(uuid.uuid4()), "text": text}
        for _ in range(2 if self._dice.random() < 0.2 else 1):  # as if the answer was lost
            answer = await self._doors.insist(
                "POST", "/widget/messages", json=frame, headers=self._headers
            )
            answer.raise_for_status()
        self.sent.append(frame["client_id"])

    async def look(self) -> None:
        """Read what is new."""
        after = "" if self._after is None else self._after
        path = f"/widget/events?after={after}&wait=1"
        answer = (await self._doors.insist("GET", path, headers=self._headers)).json()
        for frame in answer["frames"]:
            shown = frame["messages"] if frame["type"] == "history" else [frame.get("message")]
            self.read |= {each["id"] for each in shown if each}
        self._after = answer["after"]


@dataclass
class Agent:
    """Answers whoever asked for a person, twice, and gives them back to the assistant. `said` has
    the ids of what the console has taken."""

    doors: Doors
    user_id: int
    said: list[str] = field(default_factory=list)
    _csrf: str = ""
    _replies: dict[int, int] = field(default_factory=dict)  # by conversation

    async def work(self) -> None:
        while True:
            try:
                if not self._csrf:
                    await self._log_in()
                await self._post("presence", presence="online")
                rows = (await self.doors.ask("GET", "/console/api/inbox")).json()["conversations"]
                seen_to = [self._see_to(row) for row in rows]
                for failure in await asyncio.gather(*seen_to, return_exceptions=True):
                    if failure:
                        raise failure
            except httpx.HTTPError:
                pass  # tried again
            except (KeyError, ValueError):
                self._csrf = ""  # another page came: who is sent to the door logs in again
            await asyncio.sleep(0.5)

    async def _log_in(self) -> None:
        self.doors.forget_cookies()  # who is logged in already is shown no form
        form = await self.doors.ask("GET", "/console/login")
        token, *_ = re.findall(r'name="csrf" value="([^"]+)"', form.text)
        values = {"csrf": token, "username": AGENT, "password": PASSWORD, "next": ""}
        await self.doors.ask("POST", "/console/login", data=values)
        page = await self.doors.ask("GET", "/console/", follow_redirects=True)
        self._csrf, *_ = re.findall(r'"csrf": ?"([^"]+)"', page.text)

    async def _post(self, path: str, **body: Any) -> httpx.Response:
        headers = {"X-CSRF-Token": self._csrf}
        return await self.doors.ask("POST", f"/console/api/{path}", json=body, headers=headers)

    async def _see_to(self, row: dict[str, Any]) -> None:
        talk = f"conversations/{row['id']}"
        if row["status"] == "queued":
            await self._post(f"{talk}/accept")
        elif row["status"] == "assigned" and (row["assignee"] or {}).get("id") == self.user_id:
            done = self._replies.get(row["id"], 0)
            if done % (REPLIES + 1) < REPLIES:
                await self._reply(talk, f"Dạ em Lan đây ạ, em xem giúp mình lần {done + 1} nhé.")
            else:
                await self._post(f"{talk}/return")
            self._replies[row["id"]] = done + 1

    async def _reply(self, talk: str, text: str) -> None:
        client_id = str(uuid.uuid4())
        while True:
            try:
                answer = await self._post(f"{talk}/reply", text=text, client_id=client_id)
                break
            except httpx.HTTPError:
                await asyncio.sleep(AGAIN)
        if answer.is_success:
            self.said.append(client_id)


class Server(uvicorn.Server):
    """Leaves signals to whoever runs it."""

    def capture_signals(self) -> contextlib.AbstractContextManager[None]:
        return contextlib.nullcontext()


class Platforms:
    """Messenger, Zalo OA, Zalo Bot and Telegram, with their faults."""

    def __init__(self, port: int, webs: Sequence[str], dice: random.Random) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._port = port
        self._webs = webs
        self._dice = dice
        self._app = phones.build(self.url, webs[0], clock.now)
        self.all: dict[str, Simulator] = dict(self._app.state.phones.simulators)
        for each in self.all.values():
            each.people.clear()  # those of the page
        self.people: dict[str, list[Person]] = {
            name: [each.begin(f"Khách {n + 1}") for n in range(PEOPLE)]
            for name, each in self.all.items()
        }

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        config = uvicorn.Config(
            self._app,
            port=self._port,
            log_config=None,
            access_log=False,
            ws="none",
            lifespan="off",
        )
        server = Server(config)
        running = asyncio.create_task(server.serve())
        while not server.started:
            if running.done():
                raise SystemExit(f"the platforms do not start: {running.exception()}")
            await asyncio.sleep(0.01)
        try:
            yield
        finally:
            for each in self.all.values():
                await each.close()
            server.should_exit = server.force_exit = True
            await running

    async def say(self, name: str, person: Person, text: str) -> None:
        await self.all[name].act(person, "say", {"text": text})

    async def trouble(self) -> None:
        """Something goes wrong now and then; the load balancer picks another web process."""
        while True:
            each = self._dice.choice([*self.all.values()])
            kind = self._dice.choice(("delay", "busy", "down", "lost", "doubled", "shuffled"))
            if kind == "delay":
                each.faults.delay = self._dice.choice((0.0, 0.2, 1.0))
            else:
                setattr(each.faults, kind, 1)
            webhook = f"{self._dice.choice(self._webs)}/webhooks/{each.name}"
            each.webhook = webhook
            if isinstance(each, TelegramSimulator):
                each.updates.url = webhook
            await asyncio.sleep(self._dice.uniform(0.2, 1.0))

    async def calm(self) -> None:
        """Nothing goes wrong any more, and what was held back is told."""
        for name, each in self.all.items():
            each.faults = base.Faults()
            await self.say(name, self.people[name][0], QUESTIONS[0])

    @property
    def told(self) -> bool:
        """Whether everything has been told."""
        return not any(each._posting for each in self.all.values())


@dataclass
class Crowd:
    """All of them."""

    doors: Doors
    platforms: Platforms
    agent: Agent
    visitors: list[Visitor]
    dice: random.Random
    pause: tuple[float, float] = PAUSE

    async def talk(self, stop: asyncio.Event) -> None:
        """Until they are to stop, and all that they wrote is stored."""
        reading = [asyncio.create_task(self._read(each)) for each in self.visitors]
        trouble = asyncio.create_task(self.platforms.trouble())
        talks = [self._talk(each.say, stop) for each in self.visitors]
        for name, people in self.platforms.people.items():
            for person in people:

                async def say(text: str, name: str = name, person: Person = person) -> None:
                    await self.platforms.say(name, person, text)

                talks.append(self._talk(say, stop))
        try:
            await asyncio.gather(*talks)
        finally:
            for each in (trouble, *reading):
                each.cancel()
            await asyncio.gather(trouble, *reading, return_exceptions=True)
        await self.platforms.calm()

    async def _talk(self, say: Any, stop: asyncio.Event) -> None:
        dice = random.Random(self.dice.random())
        for text in texts(dice):
            await say(text)
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(stop.wait(), dice.uniform(*self.pause))
                return

    async def _read(self, visitor: Visitor) -> None:
        while True:
            await visitor.look()
