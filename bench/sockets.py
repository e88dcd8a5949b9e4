"""What idle widget sockets cost the web process, and how soon a message is on one of them.

    uv run python bench/sockets.py [--sockets 2000] [--messages 300] [--database-url URL] [--no-bot]

A web process of its own, as `carebot web` starts it, and as many visitors as asked, each with a
token and an open socket that says `ping` every 25 seconds as a browser's does. No worker runs: a
row says that a bot is there, so nothing but the sockets costs anything; `--no-bot` leaves the row
out, and every page waits for a bot that loads. Measured are the memory of
the web process before and with them (RSS, and PSS, its own share), its share of a core while nobody
says anything, a message of a visitor until it is stored (`ack`), and a message of ours until it is
on the visitor's socket. The targets: 50 kB a socket, 100 ms for a message (p95).

Prints a table and writes bench/results/sockets.json.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import json
import os
import random
import resource
import statistics
import sys
import tempfile
import time
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import websockets
from turn import free_port, process, until

from bot import clock, doorbell, outbox
from bot.models import Author, Content
from bot.storage import conversations, customers, releases
from bot.storage.db import Database
from bot.storage.migrate import migrate
from connectors.web_widget import WebWidget

ROOT = Path(__file__).resolve().parent.parent
SECRET = "b" * 40
PING_SECONDS = 25.0
AT_ONCE = 50  # handshakes

Row = dict[str, Any]


def memory(pid: int) -> dict[str, float]:
    """Of one process, kB."""
    found = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        name, _, value = line.partition(":")
        if name in ("Rss", "Pss"):
            found[name.lower()] = float(value.split()[0])
    return found


class Visitor:
    """One tab of a website."""

    def __init__(self, socket: Any, name: str) -> None:
        self.socket = socket
        self.name = name
        self.waits: dict[str, asyncio.Future[float]] = {}
        self.reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        with contextlib.suppress(websockets.ConnectionClosed):
            async for text in self.socket:
                frame = json.loads(text)
                key = frame.get("client_id") or (frame.get("message") or {}).get("text")
                if (wait := self.waits.get(str(key))) and not wait.done():
                    wait.set_result(time.perf_counter())

    def wait_for(self, key: str) -> asyncio.Future[float]:
        return self.waits.setdefault(key, asyncio.get_running_loop().create_future())

    async def say(self, text: str) -> float:
        """Milliseconds until it is stored."""
        client_id = str(uuid.uuid4())
        stored, began = self.wait_for(client_id), time.perf_counter()
        frame = {"type": "message", "client_id": client_id, "text": text}
        await self.socket.send(json.dumps(frame))
        return 1000 * (await asyncio.wait_for(stored, 30) - began)


async def open_all(url: str, many: int) -> list[Visitor]:
    widget = WebWidget(SECRET)
    gate = asyncio.Semaphore(AT_ONCE)

    async def one() -> Visitor:
        name = widget.new_visitor()
        async with gate:
            socket = await websockets.connect(  # type: ignore[attr-defined]
                url.replace("http", "ws") + "/widget/ws",
                compression=None,
                ping_interval=None,
                open_timeout=60,
            )
            hello = {"type": "hello", "token": widget.token_for(name), "after": None}
            await socket.send(json.dumps(hello))
            while json.loads(await socket.recv())["type"] != "ready":
                pass
        return Visitor(socket, name)

    return list(await asyncio.gather(*(one() for _ in range(many))))


async def keep_alive(visitors: list[Visitor]) -> None:
    """Every tab's pings, spread as they are when people came at any time."""
    while True:
        for visitor in visitors:
            await visitor.socket.send('{"type": "ping"}')
            await asyncio.sleep(PING_SECONDS / len(visitors))


async def bot_is_there(db: Database) -> None:
    async with db.begin() as tx:
        model = await releases.store(tx, "none", "", b"", clock.now())
        await releases.publish(tx, model.id, "bench", clock.now())
        # A worker's sign of life that lasts longer than this run.
        await releases.worker_alive(tx, "bench", model.id, clock.now() + timedelta(hours=1))


async def tell(db: Database, bell: doorbell.Doorbell, visitor: Visitor, text: str) -> float:
    """Milliseconds from the commit of a message of ours to the visitor's socket."""
    shown = visitor.wait_for(text)
    async with db.begin() as tx:
        customer = await customers.find(tx, "web", visitor.name)
        assert customer is not None
        talk = await conversations.open_of(tx, customer.id)
        assert talk is not None
        await outbox.say(tx, talk, customer, Author.BOT, Content(text), clock.now())
    began = time.perf_counter()
    await bell.ring("event")
    return 1000 * (await asyncio.wait_for(shown, 30) - began)


def spread(times: list[float]) -> Row:
    times.sort()
    return {
        "p50_ms": round(statistics.median(times), 1),
        "p95_ms": round(times[int(0.95 * (len(times) - 1))], 1),
        "most_ms": round(times[-1], 1),
    }


async def measure(url: str, pid: int, db: Database, sockets: int, messages: int) -> Row:
    bell = doorbell.for_database(db.url)
    web = psutil.Process(pid)
    warm = await open_all(url, 20)  # what the first few load is not the sockets' cost
    for visitor in warm:
        await visitor.say("chào shop")
        await visitor.socket.close()
    await asyncio.sleep(2)
    before = memory(pid)
    began = time.monotonic()
    visitors = await open_all(url, sockets)
    opened = time.monotonic() - began
    pinging = asyncio.create_task(keep_alive(visitors))
    await asyncio.sleep(10)
    gc.collect()
    with_them = memory(pid)
    web.cpu_percent()
    await asyncio.sleep(20)
    idle = web.cpu_percent()
    chosen = random.Random(1).sample(visitors, min(messages, sockets))
    stored = [await visitor.say(f"cho mình hỏi {n}") for n, visitor in enumerate(chosen)]
    told = [await tell(db, bell, each, f"Dạ em đây ạ {n}") for n, each in enumerate(chosen)]
    after = memory(pid)
    pinging.cancel()
    for visitor in visitors:
        visitor.reading.cancel()
    return {
        "sockets": sockets,
        "opened_per_second": round(sockets / opened),
        "web_mb_before": {name: round(kb / 1024, 1) for name, kb in before.items()},
        "web_mb_with_them": {name: round(kb / 1024, 1) for name, kb in with_them.items()},
        "web_mb_after_messages": {name: round(kb / 1024, 1) for name, kb in after.items()},
        "kb_per_socket": {
            name: round((with_them[name] - before[name]) / sockets, 1) for name in before
        },
        "idle_cpu_percent_of_a_core": idle,
        "pings_per_second": round(sockets / PING_SECONDS),
        "stored": spread(stored),
        "on_the_socket": spread(told),
    }


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, default=2000)
    parser.add_argument("--messages", type=int, default=300)
    parser.add_argument("--database-url", default="", help="SQLite in a new folder when left out")
    parser.add_argument("--no-bot", action="store_true")
    options = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))  # and of what is started from here
    with tempfile.TemporaryDirectory() as place:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        database_url = options.database_url or f"sqlite:///{place}/carebot.db"
        env = {
            "DATABASE_URL": database_url,
            "SECRET_KEY": SECRET,
            "PORT": str(port),
            "PUBLIC_URL": url,
            "DEBOUNCE_MS": "0",
        }
        await migrate(database_url)
        db = Database(database_url)
        if not options.no_bot:
            await bot_is_there(db)
        command = [sys.executable, "-m", "bot", "web"]
        with process(command, Path(place) / "web.log", **env) as web:
            await until(f"{url}/health/live", lambda answer: answer.is_success)
            row = await measure(url, web.pid, db, options.sockets, options.messages)
        await db.close()
    row["database"] = database_url.partition(":")[0].partition("+")[0]
    total = psutil.virtual_memory().total / 2**30
    row["machine"] = {"cores": os.cpu_count(), "memory_gb": round(total)}
    print(json.dumps(row, indent=1))
    results = ROOT / "bench" / "results"
    results.mkdir(exist_ok=True)
    (results / "sockets.json").write_text(json.dumps(row, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
