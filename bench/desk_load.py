"""The second part of bench/desk.py: fifty agents' screens and 500 open conversations on real
processes, `carebot web` and `carebot worker`.

Customers write through the widget's door, ten messages a second at random moments, each to a
conversation that an agent has. A time is from the moment a message was due until a screen has it:
the line's frame carries the message, so no call follows it but the one that tells that an open
conversation was read, which screens here make too. The same messages first go to one screen alone.

Then the network of half of the screens is gone, nothing tells the server so, and customers write
on; what was under way is lost when it comes back. Afterwards every conversation on every screen is
held against what the door accepted.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import subprocess
import sys
import time
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

import psutil
from channels import Client, Hit, percentiles
from screen import Row, Screen
from turn import free_port, process, until

from bot import clock, conversation, desk_rules, handoff
from bot.console.login import hash_password
from bot.models import Author, Content, Presence, Role, User
from bot.storage import agents, messages, rules, users
from bot.storage.db import Database
from connectors.base import InboundMessage
from connectors.web_widget import WebWidget

ROOT = Path(__file__).resolve().parent.parent
SECRET_KEY: Final = "b" * 40
PASSWORD: Final = "bàn hỗ trợ"
AGENTS: Final = 50
TALKS: Final = 500
BEFORE: Final = 20  # messages that a conversation begins with
RATE: Final = 10.0  # messages a second
TARGET_MS: Final = 1000
WARMS: Final = 10.0  # seconds
TRIES: Final = 30  # seconds apart
SETTLES: Final = 20.0  # seconds in which every screen must have everything

WIDGET = WebWidget(SECRET_KEY)


@dataclass
class Shop:
    """What customers write, and when each screen has it."""

    doors: list[Client]
    visitors: dict[int, str]  # by conversation
    held: dict[str, list[int]]  # conversations, by who had them at first
    dice: random.Random
    accepted: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    due: dict[str, float] = field(default_factory=dict)  # by text
    took: dict[str, float] = field(default_factory=dict)  # ms, until a text was accepted
    seen: dict[str, dict[str, float]] = field(default_factory=lambda: defaultdict(dict))

    def __post_init__(self) -> None:
        self._writing: set[int] = set()  # a customer waits for their 200 before they write on

    def told(self, username: str, message: Row) -> None:
        """A screen's line has told it a message."""
        if message["text"] in self.due:
            self.seen[message["text"]].setdefault(username, time.perf_counter())

    async def write(self, seconds: float) -> list[str]:
        """Customers write for a while. Returns the texts, once all are accepted."""
        moment, end = time.perf_counter(), time.perf_counter() + seconds
        tasks = []
        while (moment := moment + self.dice.expovariate(RATE)) < end:
            tasks.append(asyncio.create_task(self._write(moment)))
        return list(await asyncio.gather(*tasks))

    async def _write(self, moment: float) -> str:
        await asyncio.sleep(moment - time.perf_counter())
        talk = self.dice.choice([each for each in self.visitors if each not in self._writing])
        text = f"Shop ơi, em hỏi thêm lần {len(self.accepted[talk]) + 1} của đơn {talk} ạ"
        self._writing.add(talk)
        self.due[text] = moment
        token = WIDGET.token_for(self.visitors[talk])
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        body = json.dumps({"client_id": str(uuid.uuid4()), "text": text}).encode()
        hit = Hit("widget", "/widget/messages", headers, body)
        tries = 1
        while not await self.dice.choice(self.doors).post(hit, moment):
            if tries == TRIES:
                raise SystemExit("a message was never accepted")
            await asyncio.sleep(1)  # the widget's own try again, too
            tries += 1
        self.accepted[talk].append(text)
        self.took[text] = 1000 * (time.perf_counter() - moment)
        self._writing.discard(talk)
        return text

    def times(self, texts: list[str], screens: list[Screen]) -> Row:
        """How long each of these took to each of those, and how many never came."""
        told = [
            1000 * (self.seen[text][each.username] - self.due[text])
            for text in texts
            for each in screens
            if each.username in self.seen[text]
        ]
        return {**percentiles(told), "untold": len(texts) * len(screens) - len(told)}

    async def settle(self, texts: list[str], screens: list[Screen]) -> Row:
        """The same, once all is told or too much time has passed."""
        end = time.monotonic() + SETTLES
        while self.times(texts, screens)["untold"] and time.monotonic() < end:
            await asyncio.sleep(0.2)
        return self.times(texts, screens)


async def staff(db: Database, now: datetime) -> list[User]:
    """Fifty agents, who may also have what their colleagues had; the desk never closes."""
    document = desk_rules.document()
    document["hours"]["week"] = {day: ["00:00-24:00"] for day in document["hours"]["week"]}
    document["hours"]["holidays"] = False
    password = hash_password(PASSWORD)
    found = []
    async with db.begin() as tx:
        await rules.save(tx, document, "hours", None, now, upon=0)
        for n in range(AGENTS):
            user_id = await users.add(tx, f"agent{n}", f"Agent {n}", Role.AGENT, password, now)
            await agents.place(tx, user_id, ["cskh"], {}, 2 * TALKS // AGENTS)
            await agents.appear(tx, user_id, Presence.ONLINE, now)
            user = await users.by_id(tx, user_id)
            assert user
            found.append(user)
    return found


async def fill(database_url: str) -> tuple[dict[int, str], dict[str, list[int]]]:
    """Open conversations, each had and answered by an agent. Returns whose they are: the visitor
    of each, those of each agent."""
    db, now = Database(database_url), clock.now()
    people = await staff(db, now)
    visitors, held = {}, defaultdict(list)
    for n in range(TALKS):
        visitor = WIDGET.new_visitor()
        asks = InboundMessage("web", f"ask-{n}", visitor, now, text="cho em gặp nhân viên với ạ")
        talk = (await conversation.receive(db, asks, now)).conversation_id
        visitors[talk] = visitor
        user = people[n % AGENTS]
        held[user.username].append(talk)
        await handoff.accept(db, talk, user, now)
        async with db.begin() as tx:
            for k in range(BEFORE):
                author = Author.AGENT if k % 2 else Author.BOT
                content = Content(f"Dạ đơn {talk} của mình còn {k} bước nữa là tới ạ")
                by = user.id if author is Author.AGENT else None
                await messages.add(tx, talk, "web", author, content, now, user_id=by)
        answer = Content("Dạ em chào anh/chị, em xem ngay ạ")
        await handoff.reply(db, talk, user, answer, now, f"answer-{talk}")
    await db.close()
    return visitors, held


@contextlib.asynccontextmanager
async def processes(
    folder: Path, database_url: str, webs: int
) -> AsyncIterator[tuple[list[str], list[psutil.Process], psutil.Process]]:
    """The web processes and the worker: their addresses, themselves."""
    with contextlib.ExitStack() as stack:
        urls, found = [], []
        env = {
            "DATABASE_URL": database_url,
            "SECRET_KEY": SECRET_KEY,
            "WIDGET_MESSAGES_PER_MINUTE": "1000000",
        }
        for n in range(webs):
            port = free_port()
            own = {**env, "PORT": str(port), "PUBLIC_URL": f"http://127.0.0.1:{port}"}
            command = [sys.executable, "-m", "bot", "web"]
            web = stack.enter_context(process(command, folder / f"web{n}.log", **own))
            urls.append(own["PUBLIC_URL"])
            found.append(psutil.Process(web.pid))
        own = {**env, "PUBLIC_URL": urls[0]}
        command = [sys.executable, "-m", "bot", "worker"]
        worker = stack.enter_context(process(command, folder / "worker.log", **own))
        for url in urls:
            await until(f"{url}/health/live", lambda answer: answer.is_success)
        await until(f"{urls[0]}/health/ready", lambda answer: answer.is_success)
        yield urls, found, psutil.Process(worker.pid)


def used(process: psutil.Process) -> float:
    return sum(process.cpu_times()[:2])


async def tell(
    shop: Shop, screens: list[Screen], seconds: float, watched: dict[str, psutil.Process]
) -> Row:
    """How soon these screens have what customers write."""
    before, began = {name: used(each) for name, each in watched.items()}, time.perf_counter()
    texts = await shop.write(seconds)
    took = time.perf_counter() - began
    cpu = {f"cpu_{name}": (used(each) - before[name]) / took for name, each in watched.items()}
    accepted = percentiles([shop.took[text] for text in texts])
    return {
        "screens": len(screens),
        **await shop.settle(texts, screens),
        "door_p95": accepted["p95_ms"],
        **{name: round(share, 2) for name, share in cpu.items()},
    }


async def cut(shop: Shop, screens: list[Screen], seconds: float) -> Row:
    """Half of the screens lose their network while customers write."""
    away, there = screens[::2], screens[1::2]
    reloads = sum(each.reloads for each in away)
    losing = asyncio.gather(*(each.lose(seconds) for each in away))
    first = await shop.write(seconds)
    await losing
    began = time.perf_counter()
    coming = asyncio.create_task(shop.write(5))
    await asyncio.wait_for(asyncio.gather(*(each.up.wait() for each in away)), 60)
    back = time.perf_counter() - began
    texts = first + await coming
    others = await shop.settle(texts, there)
    return {
        "seconds": seconds,
        "away": len(away),
        "messages": len(first),
        "reloads": sum(each.reloads for each in away) - reloads,
        "all_back_s": round(back, 1),
        "others": others,
        **await views(shop, screens),
    }


async def views(shop: Shop, screens: list[Screen]) -> Row:
    """What the agents' screens hold, against what was accepted. Rows are read off as they are;
    a conversation that is no longer held, since all was read again, is opened as an agent would."""

    async def view(screen: Screen) -> list[int]:
        lost = doubled = disordered = 0
        for talk in shop.held[screen.username]:
            if talk not in screen.talks:
                await screen.show(talk)
            wrote = shop.accepted[talk]
            shows = [text for text in screen.customers_words(talk) if text in shop.due]
            lost += len(set(wrote) - set(shows))
            doubled += len(shows) - len(set(shows))
            disordered += list(dict.fromkeys(shows)) != [each for each in wrote if each in shows]
        return [lost, doubled, disordered]

    end = time.monotonic() + SETTLES
    while True:
        newest, _ = await screens[0].read()
        stale = sum(
            _told_by(each.rows.get(talk, {})) != _told_by(row)
            for each in screens
            for talk, row in newest.items()
        )
        found = await asyncio.gather(*(view(each) for each in screens))
        lost, doubled, disordered = (sum(column) for column in zip(*found, strict=True))
        row = {"lost": lost, "doubled": doubled, "disordered": disordered, "stale_rows": stale}
        if not any(row.values()) or time.monotonic() > end:
            return row
        await asyncio.sleep(0.5)


def _told_by(row: Row) -> Row:
    return {name: row.get(name) for name in ("status", "assignee", "last")}


async def measure(folder: Path, database_url: str, webs: int, quick: bool) -> Row:
    """All of it. The database is to be empty."""
    seconds, cuts = (10, (10,)) if quick else (60, (10, 60))
    env = {**os.environ, "DATABASE_URL": database_url, "SECRET_KEY": SECRET_KEY}
    subprocess.run([sys.executable, "-m", "bot", "migrate"], cwd=ROOT, env=env, check=True)
    visitors, held = await fill(database_url)
    async with processes(folder, database_url, webs) as (urls, web, worker):
        doors = [Client(int(url.rpartition(":")[2])) for url in urls]
        shop = Shop(doors, visitors, held, random.Random(1))
        screens = [_screen(shop, urls[n % webs], f"agent{n}") for n in range(AGENTS)]
        for screen in screens:
            await screen.log_in(PASSWORD)
        watched = {f"web{n}": each for n, each in enumerate(web)} | {"worker": worker}
        watched["bench"] = psutil.Process()
        try:
            await _open(shop, screens[:1])
            await shop.write(WARMS)  # meanwhile the worker imports Rasa
            rows = [await tell(shop, screens[:1], seconds, watched)]
            await _open(shop, screens[1:])
            rows.append(await tell(shop, screens, seconds, watched))
            _print(rows)
            away = []
            for each in cuts:
                away.append(await cut(shop, screens, each))
                print(json.dumps(away[-1]), flush=True)
        finally:
            await asyncio.gather(*(each.stop() for each in screens))
        errors = sum((each.errors for each in doors), start=type(doors[0].errors)())
        logs = "".join(each.read_text(errors="replace") for each in folder.glob("*.log"))
    return {
        "database": "sqlite" if database_url.startswith("sqlite") else "postgresql",
        "webs": webs,
        "talks": TALKS,
        "rate": RATE,
        "told": rows,
        "p95_ratio": round(rows[1]["p95_ms"] / rows[0]["p95_ms"], 1),
        "cuts": away,
        "refused_at_first": dict(errors),
        "warnings": logs.count(" WARNING "),
        "tracebacks": logs.count("Traceback"),
    }


def _screen(shop: Shop, url: str, username: str) -> Screen:
    return Screen(url, username, lambda message: shop.told(username, message))


async def _open(shop: Shop, screens: list[Screen]) -> None:
    """An agent has looked at each of their conversations; the last stays open."""
    for screen in screens:
        await screen.load()
        for talk in shop.held[screen.username]:
            await screen.show(talk)
        screen.start()
    await asyncio.gather(*(each.up.wait() for each in screens))


def _print(rows: list[Row]) -> None:
    print("".join(f"{column:>12}" for column in rows[0]))
    for row in rows:
        print("".join(f"{value:>12}" for value in row.values()), flush=True)


def failures(row: Row) -> list[str]:
    """What must not be, of what was measured."""
    found = []
    for each in row["told"]:
        if each["p95_ms"] > TARGET_MS:
            found.append(f"{each['screens']} screens: told after {each['p95_ms']} ms")
        if each["untold"]:
            found.append(f"{each['screens']} screens: {each['untold']} were never told")
    for each in row["cuts"]:
        for name in ("lost", "doubled", "disordered", "stale_rows"):
            if each[name]:
                found.append(f"{each[name]} {name} after {each['seconds']} s away")
    return found
