"""What one message costs in a shop with 1 000, 100 000, 1 000 000 and 10 000 000 stored messages,
in one run, with the real model.

    uv run python bench/growth.py --database-url URL [--sizes 1000,100000,1000000,10000000]
        [--messages 120] [--model FILE] [--only fill|measure]

The database at URL is EMPTIED, filled by the database itself with a shop of 700 days (talks of ten
messages, four talks a customer, a tenth handed over, reviews, promises, surveys, consents, what we
wrote of ourselves, the live log of 30 days), and measured; then the same with the next size. A
SQLite URL names a file that is made anew. `SIZE` in the URL stands for the size: each has its own
database then, which may be filled some time before it is measured.

A message is that of a customer chosen by chance, of a platform with an outbox: written down (their
last talk lapses, a new one begins), claimed, answered by the model, and every bubble of the answer
claimed and delivered to a platform that takes it at once. Also: a customer with 5 000 turns in one
talk beside one with 5, on the same database; and a claim while 10 000 customers wait, and while
10 000 messages wait for another platform.

Prints a table and writes bench/results/growth_<database>.json. The target is flat ± 20 %.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
from filling import IN_A_TALK, OF_A_CUSTOMER, fill
from search import Shop
from sqlalchemy import select, text
from starlette.requests import Request

from bot import clock, conversation, outbox, training
from bot.console import api
from bot.console.access import Visit
from bot.models import Author, Content, Delivery, Role, User
from bot.storage import conversations, customers, inbox, tables
from bot.storage.db import Database
from bot.storage.migrate import migrate
from bot.widget.door import Door
from connectors.base import InboundMessage, Json, OutboundMessage
from connectors.web_widget import WebWidget

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("receive", "claim", "take_turn", "outbox_claim", "deliver")
WAITING = 10_000
TURNS = 5_000

Row = dict[str, Any]


class Taking:
    """A platform that takes everything at once."""

    def __init__(self, name: str) -> None:
        self.name = name

    def render(self, message: OutboundMessage) -> list[Json]:
        return [{"text": message.text}]

    async def deliver(self, recipient_id: str, call: Json) -> str:
        return f"bench-{time.perf_counter_ns()}"


class Times:
    """Milliseconds, by name."""

    def __init__(self) -> None:
        self._found: dict[str, list[float]] = defaultdict(list)

    @asynccontextmanager
    async def of(self, name: str) -> AsyncIterator[None]:
        began = time.perf_counter()
        yield
        self.add(name, began)

    def add(self, name: str, began: float) -> None:
        self._found[name].append(1000 * (time.perf_counter() - began))

    def told(self) -> Row:
        return {
            name: {
                "p10_ms": round(sorted(found)[len(found) // 10], 2),  # on a machine left alone
                "p50_ms": round(statistics.median(found), 2),
                "p95_ms": round(sorted(found)[int(0.95 * (len(found) - 1))], 2),
            }
            for name, found in self._found.items()
        }


async def the_model(path: str) -> Any:
    from bot.dialogue import RasaDialogue

    if path:
        return RasaDialogue.load(Path(path).read_bytes(), Path(path).name)
    with tempfile.TemporaryDirectory() as folder:
        archive = await training.run_rasa(ROOT, Path(folder), "growth", print)
    return RasaDialogue.load(archive, "growth.tar.gz")


async def message(db: Database, mind: Any, times: Times, who: tuple[str, str], said: str) -> None:
    channel: Any = Taking(who[0])
    now = clock.now()
    async with times.of("message"):
        async with times.of("receive"):
            inbound = InboundMessage(
                channel=who[0],
                external_id=f"bench-{time.perf_counter_ns()}",
                sender_id=who[1],
                sent_at=now,
                text=said,
            )
            got = await conversation.receive(db, inbound, now)
        async with times.of("claim"), db.begin(durable=False) as tx:
            entries = await inbox.claim(tx, now, 4)
        async with times.of("take_turn"):
            for entry in entries:
                await conversation.take_turn(db, mind, entry, clock.now, business="Bống")
        while True:
            began = time.perf_counter()
            parcels = await outbox.claim(db, who[0], clock.now(), 4)
            if not parcels:
                break
            times.add("outbox_claim", began)
            for parcel in parcels:
                async with times.of("deliver"):
                    fate = await outbox.deliver(db, channel, parcel, clock.now())
                assert fate is Delivery.SENT, fate
    assert got.new


async def usual(db: Database, mind: Any, size: int, many: int) -> Row:
    """Customers chosen by chance, each with one message."""
    people = max(1, size // IN_A_TALK // OF_A_CUSTOMER)
    chance, shop = random.Random(2), Shop(3)
    everybody = [chance.randrange(1, people + 1) for _ in range(many + 20)]
    times = Times()
    for place, person in enumerate(everybody):
        if place == 20:
            times = Times()  # the first ones warm the caches
        who = ("messenger" if person % 2 else "zalo", f"p{person}")
        await message(db, mind, times, who, shop.customers_words())
        async with db.begin() as tx:  # some are chosen twice: they find no colleague who waits
            query = select(tables.conversations.c.id).where(
                tables.conversations.c.customer_id == person,
                tables.conversations.c.status != "resolved",
            )
            talk = (await tx.execute(query)).scalar_one()
            this = tables.conversations.update().where(tables.conversations.c.id == talk)
            await tx.execute(this.values(last_message_at=clock.now() - timedelta(days=2)))
        await with_the_assistant(db, talk)
    return times.told()


async def talk_of(db: Database, who: str, turns: int) -> int:
    """A customer with so many turns in the talk that goes on now."""
    began = clock.now() - timedelta(hours=3)
    async with db.begin() as tx:
        customer = await customers.lock_or_create(tx, "messenger", who, began)
        talk = await conversations.start(tx, customer.id, began)
        await conversations.heard(tx, talk, clock.now())
    rows = [
        {
            "conversation_id": talk.id,
            "channel": "messenger",
            "author": author.value,
            "content": Content(f"Dạ {turn}").as_json(),
            "meta": {},
            "delivery": None if author is Author.CUSTOMER else "sent",
            "sent_at": began if author is Author.CUSTOMER else None,
            "created_at": began,
        }
        for turn in range(turns)
        for author in (Author.CUSTOMER, Author.BOT)
    ]
    for first in range(0, len(rows), 1000):
        async with db.begin() as tx:
            await tx.execute(tables.messages.insert(), rows[first : first + 1000])
    return talk.id


async def long_talks(db: Database, mind: Any) -> Row:
    """The same for a customer with 5 turns and for one with 5 000, in turn."""
    found, shop = {}, Shop(4)
    talks = {turns: await talk_of(db, f"long {turns}", turns) for turns in (5, 50, TURNS)}
    times = {turns: Times() for turns in talks}
    state: Any = SimpleNamespace(
        db=db, clock=clock.now, widget=WebWidget("b" * 40), bot_seen=(float("-inf"), False)
    )
    state.widget = SimpleNamespace(name="messenger")  # whose history is read as the widget's is
    mai: Any = SimpleNamespace(user=User(1, "mai", "Mai", Role.SUPERVISOR, True), csrf="")
    visit = Visit(mai, "vi")
    for _ in range(30):
        said = shop.customers_words()
        for turns, talk_id in talks.items():
            await with_the_assistant(db, talk_id)
            who = ("messenger", f"long {turns}")
            await message(db, mind, times[turns], who, said)
            scope = {"type": "http", "app": SimpleNamespace(state=state), "query_string": b""}
            request = Request({**scope, "path_params": {"id": talk_id}})
            async with times[turns].of("console_opens"):
                await api.conversation(request, visit)
            async with times[turns].of("widget_comes_back"):
                await Door(state, who[1], "vi").catch_up(None)
    for turns in talks:
        found[f"{turns} turns"] = times[turns].told()
    # A screen shows a page of messages: beside five turns it is more to draw, not more to find.
    ratios, page = _of(found, TURNS, 5), _of(found, TURNS, 50)
    return {**found, "of_5_turns": ratios, "of_50_turns": page}


async def with_the_assistant(db: Database, talk_id: int) -> None:
    """Whatever the last turn led to."""
    async with db.begin() as tx:
        for sql in (
            "UPDATE conversations SET status = 'bot', assignee_id = NULL WHERE id = :talk",
            "UPDATE handoffs SET closed_at = requested_at, queued_at = NULL "
            "WHERE conversation_id = :talk AND closed_at IS NULL",
            "DELETE FROM timers WHERE conversation_id = :talk",
            "DELETE FROM tracker_events WHERE conversation_id = :talk",
            "DELETE FROM tracker_checkpoints WHERE conversation_id = :talk",
        ):
            await tx.execute(text(sql), {"talk": talk_id})


def _of(found: Row, turns: int, beside: int) -> Row:
    short = found[f"{beside} turns"]
    return {
        name: round(each["p50_ms"] / short[name]["p50_ms"], 2)
        for name, each in found[f"{turns} turns"].items()
        if short[name]["p50_ms"]
    }


async def with_many_waiting(db: Database, size: int) -> Row:
    """Claims beside 10 000 others."""
    times, now = Times(), clock.now()
    waiting = min(WAITING, size // IN_A_TALK // OF_A_CUSTOMER)
    first = size - waiting * IN_A_TALK
    async with db.begin() as tx:
        await tx.execute(
            text(
                "INSERT INTO inbox (message_id, conversation_id, attempts) SELECT id, "
                "conversation_id, 0 FROM messages WHERE id > :first AND id <= :last "
                f"AND id % {IN_A_TALK} = 1"
            ),
            {"first": first, "last": size},
        )
        rows = await tx.execute(
            text(
                "SELECT m.id, m.conversation_id, c.external_id FROM messages m "
                "JOIN conversations t ON t.id = m.conversation_id "
                "JOIN customers c ON c.id = t.customer_id WHERE m.id > :first AND m.id <= :last "
                f"AND m.id % {IN_A_TALK} = 2"
            ),
            {"first": first, "last": size},
        )
        parcels = [
            {
                "message_id": row.id,
                "conversation_id": row.conversation_id,
                "channel": "telegram",
                "recipient_id": row.external_id,
                "due_at": now,
            }
            for row in rows
        ]
    async with db.begin() as tx:
        await tx.execute(tables.outbox.insert(), parcels)
    for _ in range(min(30, len(parcels) // 4)):
        async with times.of("inbox_claim"), db.begin(durable=False) as tx:
            assert await inbox.claim(tx, now, 4)
        async with times.of("outbox_claim"):
            assert await outbox.claim(db, "telegram", clock.now(), 4)
        async with times.of("outbox_claim_of_another_platform"):
            assert not await outbox.claim(db, "zalo", clock.now(), 4)
    async with db.begin() as tx:
        await tx.execute(tables.inbox.delete())
        await tx.execute(tables.outbox.delete())
    return {"waiting": len(parcels), **times.told()}


async def fill_anew(url: str, size: int) -> None:
    if url.startswith("sqlite"):
        for end in ("", "-wal", "-shm"):
            Path(url.removeprefix("sqlite:///") + end).unlink(missing_ok=True)
    await migrate(url)
    await fill(url, size)


async def disk_mb(db: Database) -> float | None:
    if db.is_sqlite:
        return round(Path(db.url.removeprefix("sqlite:///")).stat().st_size / 2**20)
    async with db.read() as tx:
        query = text("SELECT pg_database_size(current_database())")
        return round((await tx.execute(query)).scalar_one() / 2**20)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database-url", required=True, help="EMPTIED")
    parser.add_argument("--sizes", default="1000,100000,1000000,10000000")
    parser.add_argument("--messages", type=int, default=120)
    parser.add_argument("--model", default="", help="an archive; trained when left out")
    parser.add_argument("--only", choices=("fill", "measure"))
    options = parser.parse_args()
    mind = None if options.only == "fill" else await the_model(options.model)
    rows: list[Row] = []
    for size in map(int, options.sizes.split(",")):
        url = options.database_url.replace("SIZE", str(size))
        if options.only != "measure":
            began = time.monotonic()
            await fill_anew(url, size)
            print(f"{size} messages filled in {time.monotonic() - began:.0f} s", flush=True)
        if options.only == "fill":
            continue
        db = Database(url)
        row: Row = {"messages": size, "disk_mb": await disk_mb(db)}
        row["usual"] = await usual(db, mind, size, options.messages)
        row["waiting"] = await with_many_waiting(db, size)
        row["long"] = await long_talks(db, mind)
        row["load"] = round(os.getloadavg()[0], 1)  # of the machine: others' work makes all slower
        rows.append(row)
        await db.close()
        told(rows[-1:])
    if rows:
        write(options.database_url, rows)


def told(rows: Sequence[Row]) -> None:
    for row in rows:
        shown = {name: row["usual"][name]["p50_ms"] for name in ("message", *PARTS)}
        print(row["messages"], f"{row['disk_mb']} MB", shown)
        print("    waiting", {n: v["p50_ms"] for n, v in row["waiting"].items() if n != "waiting"})
        print("    long of 5 turns", row["long"]["of_5_turns"], "of 50", row["long"]["of_50_turns"])


def write(url: str, rows: Sequence[Row]) -> None:
    names = [name for name in ("message", *PARTS) if all(name in row["usual"] for row in rows)]

    def beside(what: str) -> Row:
        first = rows[0]["usual"]
        return {
            name: [round(row["usual"][name][what] / first[name][what], 2) for row in rows]
            for name in names
        }

    flat = {what: beside(what) for what in ("p50_ms", "p10_ms")}
    kind = "sqlite" if url.startswith("sqlite") else "postgresql"
    result = {
        "database": kind,
        "at": datetime.now(timezone.utc).date().isoformat(),
        "machine": {
            "cores": os.cpu_count(),
            "memory_gb": round(psutil.virtual_memory().total / 2**30),
        },
        "of_the_smallest": flat,
        "rows": rows,
    }
    print("of the smallest", flat)
    results = ROOT / "bench" / "results"
    results.mkdir(exist_ok=True)
    path = results / f"growth_{kind}.json"
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
