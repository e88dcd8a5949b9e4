"""Many customers at once on all five channels, from their words to the reply on their screen, with
the real model.

    uv run python bench/load.py [--rate 50] [--seconds 600] [--find] [--workers 2]
                                [--model FILE] [--database-url URL] [--output NAME]

`carebot up` runs as its user starts it. The pretend platforms write and sign the webhooks, take the
replies by their real APIs, and refuse what the real ones refuse; widget customers hold a socket.
Messages come at random moments (Poisson), each from a customer who has had the last answer. It all
shares the machine: the figures are what is left over by some 5 ms a message of ours.

  door     ms from the moment a message was due until its 200 was read
  reply    ms from that moment until the platform, or the widget, has the first words of the answer
  cpu_ms   of each part, for one message that was answered; platforms tell of it almost twice, for
           they also say what has arrived
  speed    ms of processor that 100 000 additions took meanwhile, once a second: on a machine that
           others share they may take twice as long from one minute to the next

`--find` first tries rising rates for 30 s each and says the highest that was held: door p95 under
200 ms, reply p95 under 2 s. DEBOUNCE_MS is 0: the wait for a customer's next words is not work.
Afterwards everything stored, answered and delivered is counted, from the database and from the
platforms' own screens; exits with 1 when something is lost or doubled.

Writes bench/results/<output>.json.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import platform
import random
import subprocess
import sys
import sysconfig
import tempfile
import time
import uuid
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import psutil
import uvicorn
import websockets
from channels import (
    DOORS,
    SECRET_KEY,
    SIMULATORS,
    Client,
    Hit,
    Row,
    environment,
    headers_of,
    percentiles,
)
from starlette.applications import Starlette
from starlette.routing import Mount
from turn import QUESTIONS, free_port, process, until
from websockets.exceptions import WebSocketException

from bot import clock
from bot.models import Author, Delivery
from bot.simulators import accounts, zalo_bot
from bot.simulators.base import Bubble, Person, Simulator
from bot.simulators.zalo import ZaloSimulator
from bot.storage import releases
from bot.storage.db import Database
from bot.vault import DatabaseVault
from connectors.base import Json
from connectors.web_widget import WebWidget

ROOT = Path(__file__).resolve().parent.parent
PEOPLE: Final = 80  # customers at each door, all of whom have written before it counts
DOOR_MS: Final = 200
REPLY_MS: Final = 2000
# A free Zalo bot may say 3 000 messages a month: in a long run its customers stop before.
ZALO_BOT_MOST: Final = 2_500
TRIED: Final = (20, 30, 40, 50, 60, 75, 90)  # messages a second
WARMS: Final = 32.0  # seconds
SETTLES: Final = 90.0
BEAT: Final = 25.0  # seconds between a widget's signs of life
# Each answered in one turn, by words or by the shop's records, and by no person.
TEXTS: Final = (
    *QUESTIONS,
    "có trả góp không em",
    "bao h co khuyen mai",
    "máy lọc nước giá sao",
    "ship về Cần Thơ mấy ngày",
    "số hotline là gì",
    "cảm ơn em nhé",
)

WIDGET = WebWidget(SECRET_KEY)


@dataclass
class Customer:
    door: str
    person: Person
    words: Iterator[str]
    wrote_at: float | None = None  # and waits since


class World:
    """The platforms and everybody on them."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.free: deque[Customer] = deque()
        self.by_person: dict[tuple[str, str], Customer] = {}
        self.replies: dict[str, list[float]] = defaultdict(list)
        self.shown: Counter[str] = Counter()  # what platforms took, by door
        self.accepted: Counter[str] = Counter()
        self.platforms: dict[str, Simulator] = {}
        self._caught: list[httpx.Request] = []
        self._writing = asyncio.Lock()

    def build(self, address: str) -> Starlette:
        """The platforms' APIs, at `address`."""
        http = httpx.AsyncClient(transport=httpx.MockTransport(self._catch))
        values = environment(address)
        zalo_bot.USERS = PEOPLE  # of the fifty that a free one may have
        for kind in SIMULATORS:
            made = kind(f"http://127.0.0.1:1/webhooks/{kind.name}", values, clock.now, http)
            made.count_from(int(time.time() * 1000))
            made.show = self._watched(kind.name, made.show)  # type: ignore[method-assign]
            self.platforms[kind.name] = made
        zalo, tokens = self.platforms["zalo"], accounts.zalo_tokens(clock.now())
        assert isinstance(zalo, ZaloSimulator)
        zalo.consent.access[tokens.access], zalo.consent.refresh = (
            tokens.access_until,
            tokens.refresh,
        )
        return Starlette(
            routes=[Mount(f"/{name}", routes=p.routes()) for name, p in self.platforms.items()]
        )

    def _catch(self, request: httpx.Request) -> httpx.Response:
        self._caught.append(request)
        return httpx.Response(200)

    def _watched(self, door: str, show: Callable[..., Bubble]) -> Callable[..., Bubble]:
        def shown(person: Person, bubble: Bubble) -> Bubble:
            if bubble.by == "business":
                self.shown[door] += 1
                self.answered(door, person.id)
            del person.bubbles[:-4]  # a long run need not keep them
            return show(person, bubble)

        return shown

    def answered(self, door: str, person: str) -> None:
        """Something came back to this customer."""
        customer = self.by_person.get((door, person))
        if customer and customer.wrote_at is not None:
            self.replies[door].append(1000 * (time.perf_counter() - customer.wrote_at))
            customer.wrote_at = None
            self.free.append(customer)

    def arrive(self) -> None:
        """Everybody who will write."""
        for door in DOORS:
            for n in range(PEOPLE):
                if door == "widget":
                    person = Person(WIDGET.new_visitor(), "Lan")
                else:
                    platform = self.platforms[door]
                    person = platform.begin("Lan")
                # Not all the same at once: one of the questions costs three times the others.
                words = itertools.islice(itertools.cycle(TEXTS), n % len(TEXTS), None)
                customer = Customer(door, person, words)
                self.by_person[door, person.id] = customer
                self.free.append(customer)
        self.dice.shuffle(self.free)

    async def hits(self, customer: Customer) -> list[Hit]:
        """Their next words, as the request that tells us, after whatever else the platform has to
        tell: receipts of ours."""
        text = next(customer.words)
        if customer.door == "widget":
            body = json.dumps({"client_id": str(uuid.uuid4()), "text": text}).encode()
            token = WIDGET.token_for(customer.person.id)
            headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
            return [Hit("widget", "/widget/messages", headers, body)]
        platform = self.platforms[customer.door]
        async with self._writing:
            await platform.act(customer.person, "say", {"text": text})
            await platform.settled()
            caught, self._caught = self._caught, []
        return [
            Hit(each.url.path.split("/")[2], each.url.path, headers_of(each), each.content)
            for each in caught
        ]

    async def sit(self, url: str, customer: Customer) -> None:
        """A widget that is open: what comes is seen at once, and what came while it was cut off as
        soon as it is back, as connectors/web_widget/widget.js does it."""
        hello = {"type": "hello", "token": WIDGET.token_for(customer.person.id), "after": None}
        seen: set[int] = set()
        failures = 0
        while True:
            ready = False
            with contextlib.suppress(OSError, asyncio.TimeoutError, WebSocketException):
                address = url.replace("http", "ws") + "/widget/ws"
                # It pings by itself; the widget's own pings are words.
                async with websockets.connect(address, ping_interval=None) as socket:  # type: ignore[attr-defined]
                    await socket.send(json.dumps(hello))
                    beating = asyncio.create_task(_beat(socket))
                    try:
                        async for text in socket:
                            frame = json.loads(text)
                            ready = ready or frame["type"] == "ready"
                            self._show(customer, frame, seen)
                            upto = frame.get("after") or frame.get("event") or 0
                            hello["after"] = max(hello["after"] or 0, upto) or None
                    finally:
                        beating.cancel()
            failures = 0 if ready else failures + 1
            await asyncio.sleep(min(0.5 * 2**failures, 8) * self.dice.uniform(0.5, 1))

    def _show(self, customer: Customer, frame: Json, seen: set[int]) -> None:
        """The bubbles of a frame; one that is shown already is drawn anew."""
        shown = [frame["message"]] if frame["type"] == "message" else frame.get("messages", [])
        for message in shown:
            if message["author"] != "customer" and message["id"] not in seen:
                seen.add(message["id"])
                self.shown["widget"] += 1
                self.answered("widget", customer.person.id)

    async def write(self, client: Client, rate: float, seconds: float) -> bool:
        """Customers write; False when all of them were waiting for an answer."""
        moment, end = time.perf_counter(), time.perf_counter() + seconds
        tasks: list[asyncio.Task[None]] = []
        while (moment := moment + self.dice.expovariate(rate)) < end:
            await asyncio.sleep(moment - time.perf_counter())
            while self.free and self._has_ended(self.free[0]):
                self.free.popleft()
            if not self.free:
                break
            customer = self.free.popleft()
            customer.wrote_at = moment
            tasks.append(asyncio.create_task(self._send(client, customer, moment)))
        await asyncio.gather(*tasks)
        return moment >= end

    def _has_ended(self, customer: Customer) -> bool:
        return customer.door == "zalo_bot" and self.accepted["zalo_bot"] >= ZALO_BOT_MOST

    async def _send(self, client: Client, customer: Customer, moment: float) -> None:
        for hit in await self.hits(customer):
            while not await client.post(hit, moment):
                await asyncio.sleep(1)  # platforms and the widget try again, too
        self.accepted[customer.door] += 1


async def _beat(socket: Any) -> None:
    """Also while frames come: whoever has said nothing for 90 s is taken for gone."""
    while True:
        await asyncio.sleep(BEAT)
        await socket.send('{"type": "ping"}')


def parts(root: psutil.Process) -> dict[str, float]:
    """CPU seconds so far of web, workers, database and this process."""
    found: Counter[str] = Counter({"bench": sum(psutil.Process().cpu_times()[:2])})
    for each in root.children(recursive=True):
        with contextlib.suppress(psutil.Error):
            role = next((part for part in each.cmdline() if part in ("web", "worker")), "other")
            found[role] += sum(each.cpu_times()[:2])
    for each in psutil.process_iter(["name"]):
        if each.info["name"] == "postgres":
            with contextlib.suppress(psutil.Error):
                found["postgresql"] += sum(each.cpu_times()[:2])
    return dict(found)


async def watch_speed(found: list[float]) -> None:
    while True:
        began = time.thread_time()
        sum(n & 1 for n in range(100_000))
        found.append(1000 * (time.thread_time() - began))
        await asyncio.sleep(1)


async def run(world: World, client: Client, up: psutil.Process, rate: float, seconds: float) -> Row:
    """One rate for a while."""
    client.times.clear()
    world.replies.clear()
    before, began = parts(up), time.perf_counter()
    speed: list[float] = []
    watching = asyncio.create_task(watch_speed(speed))
    kept_up = await world.write(client, rate, seconds)
    watching.cancel()
    took = time.perf_counter() - began
    waiting = sum(each.wrote_at is not None for each in world.by_person.values())
    used = parts(up)
    doors = {door: percentiles(times) for door, times in client.times.items()}
    replies = {door: percentiles(times) for door, times in world.replies.items()}
    every = [time for times in client.times.values() for time in times]
    heard = [time for times in world.replies.values() for time in times]
    row: Row = {
        "rate": rate,
        "seconds": round(took),
        "messages": len(heard),
        "events": len(every),
        "door": percentiles(every),
        "reply": percentiles(heard),
        "waiting_at_the_end": waiting,
        "cpu_ms": {
            name: round(1000 * (used[name] - before.get(name, 0)) / max(1, len(heard)), 1)
            for name in used
        },
        "speed": percentiles(speed),
        "doors": doors,
        "replies": replies,
    }
    row["held"] = kept_up and row["door"]["p95_ms"] < DOOR_MS and row["reply"]["p95_ms"] < REPLY_MS
    print(
        f"{rate:>5g}/s {row['messages']:>7} messages, {row['events']} events  "
        f"door p50 {row['door']['p50_ms']:g} p95 "
        f"{row['door']['p95_ms']:g}  reply p50 {row['reply']['p50_ms']:g} p95 "
        f"{row['reply']['p95_ms']:g} ms  cpu ms a message {row['cpu_ms']}  "
        f"speed p50 {row['speed']['p50_ms']:g} p95 {row['speed']['p95_ms']:g}  "
        f"{'held' if row['held'] else 'NOT HELD'}",
        flush=True,
    )
    return row


async def verdict(world: World, db: Database) -> Row:
    """What became of every message, by the database and by the platforms."""
    from sqlalchemy import func, select

    from bot.storage.tables import inbox, messages, outbox

    async with db.read() as tx:
        stored = dict(
            (
                await tx.execute(
                    select(messages.c.channel, func.count())
                    .where(messages.c.author == Author.CUSTOMER.value)
                    .group_by(messages.c.channel)
                )
            ).all()
        )
        rows = (
            await tx.execute(
                select(messages.c.meta, messages.c.channel, messages.c.delivery).where(
                    messages.c.author != Author.CUSTOMER.value
                )
            )
        ).all()
        left = (await tx.execute(select(func.count()).select_from(inbox))).scalar_one()
        due = (await tx.execute(select(func.count()).select_from(outbox))).scalar_one()
    answers = Counter(id_ for row in rows for id_ in row.meta.get("answers", ()))
    said = Counter("widget" if row.channel == WIDGET.name else row.channel for row in rows)
    fates = Counter(row.delivery for row in rows)
    found = {
        "accepted": sum(world.accepted.values()),
        "stored": sum(stored.values()),
        "answered": len(answers),
        "answered_twice": sum(1 for count in answers.values() if count > 1),
        "said": sum(said.values()),
        "shown": sum(world.shown.values()),
        "fates": dict(fates),
        "left_in_inbox": left,
        "left_in_outbox": due,
    }
    found["good"] = (
        found["accepted"] == found["stored"] == found["answered"]
        and not found["answered_twice"]
        and world.shown == said
        and not left
        and not due
        and not fates.get(Delivery.UNKNOWN.value)
    )
    return found


async def main(options: argparse.Namespace) -> int:
    world = World(random.Random(5))
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        outside, port = free_port(), free_port()
        app = world.build(f"http://127.0.0.1:{outside}")
        shop = free_port()
        command = [sys.executable, "-m", "demo"]
        stack.enter_context(process(command, folder / "shop.log", SHOP_PORT=str(shop)))
        server = uvicorn.Server(
            uvicorn.Config(app, port=outside, log_config=None, access_log=False, ws="none")
        )
        serving = asyncio.create_task(server.serve())
        url = f"http://127.0.0.1:{port}"
        env = environment(f"http://127.0.0.1:{outside}") | {
            "DATABASE_URL": options.database_url or f"sqlite:///{folder}/carebot.db",
            "SECRET_KEY": SECRET_KEY,
            "PORT": str(port),
            "PUBLIC_URL": url,
            "WIDGET_MESSAGES_PER_MINUTE": "1000000",
            "DEBOUNCE_MS": "0",
            "SHOP_API_URL": f"http://127.0.0.1:{shop}",
        }
        carebot = [sys.executable, "-m", "bot"]
        for step in ("migrate", *(() if options.model else ("train", "publish"))):
            await asyncio.to_thread(
                subprocess.run,
                [*carebot, step],
                cwd=ROOT,
                env={**os.environ, **env},
                check=True,
                stdout=sys.stderr,
            )
        db = Database(env["DATABASE_URL"])
        if options.model:
            async with db.begin() as tx:
                archive = options.model.read_bytes()
                kept = await releases.store(tx, options.model.name, "", archive, clock.now())
                await releases.publish(tx, kept.id, "bench", clock.now())
        vault = DatabaseVault(db, SECRET_KEY, clock.now)
        await vault.keep("zalo", accounts.zalo_tokens(clock.now()))
        await db.close()
        command = [*carebot, "up", "--workers", str(options.workers)]
        started = stack.enter_context(process(command, folder / "carebot.log", **env))
        await until(f"{url}/health/live", lambda answer: answer.is_success)
        log = folder / "carebot.log"
        while log.read_text(encoding="utf-8").count("is in use") < options.workers:
            await asyncio.sleep(0.2)
        world.arrive()
        sitting = [
            asyncio.create_task(world.sit(url, each))
            for each in world.by_person.values()
            if each.door == "widget"
        ]
        client, up = Client(port), psutil.Process(started.pid)
        await world.write(client, 15, WARMS)
        await asyncio.sleep(2)
        rows = []
        for rate in TRIED if options.find else ():
            rows.append(await run(world, client, up, rate, 30))
            await asyncio.sleep(5)
            if not rows[-1]["held"]:
                break
        if options.seconds:
            rows.append(await run(world, client, up, options.rate, options.seconds))
        db = Database(env["DATABASE_URL"])
        end = time.monotonic() + SETTLES
        while not (found := await verdict(world, db))["good"] and time.monotonic() < end:
            await asyncio.sleep(1)
        await db.close()
        print(json.dumps(found))
        errors = log.read_text(encoding="utf-8", errors="replace").count("Traceback")
        for each in sitting:
            each.cancel()
        server.should_exit = True
        await serving
        if options.log:
            Path(options.log).write_bytes(log.read_bytes())
    highest = max((row["rate"] for row in rows if row["held"]), default=None)
    print(f"highest rate held: {highest}; door errors {dict(client.errors) or 'none'}")
    memory = psutil.virtual_memory().total
    results = {
        "machine": f"{os.cpu_count()} cores, {memory / 2**30:.0f} GiB",
        "python": platform.python_version(),
        "optimised": "--enable-optimizations" in (sysconfig.get_config_var("CONFIG_ARGS") or ""),
        "database": "postgresql" if options.database_url else "sqlite",
        "workers": options.workers,
        "highest_rate_held": highest,
        "rows": rows,
        "verdict": found,
        "door_errors": dict(client.errors),
        "tracebacks": errors,
    }
    place = ROOT / "bench" / "results"
    place.mkdir(exist_ok=True)
    name = options.output or f"load_{results['database']}"
    (place / f"{name}.json").write_text(json.dumps(results, indent=1), encoding="utf-8")
    return 0 if found["good"] else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=50, help="messages a second")
    parser.add_argument("--seconds", type=float, default=600, help="at that rate")
    parser.add_argument("--find", action="store_true", help="the highest rate, first")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--model", type=Path, help="an archive; trained when left out")
    parser.add_argument("--database-url", default="", help="SQLite in a new folder when left out")
    parser.add_argument("--output", default="", help="the name of the file of results")
    parser.add_argument("--log", help="where the processes' log is kept")
    sys.exit(asyncio.run(main(parser.parse_args())))
