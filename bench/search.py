"""Search without accents over the whole history: 1 000 000 messages on PostgreSQL, 100 000 on
SQLite.

    uv run python bench/search.py [--postgres URL] [--messages 1000000] [--sqlite-messages 100000]

The PostgreSQL database is to be empty; without one only SQLite is measured. The messages are put
together from the examples of data/nlu and the answers of domain.yml, with order codes, phone
numbers and prices. A time is one call of the inbox (the newest messages) or of the supervisors'
page (the newest conversations), from what is typed to all that is shown. The target is 1 s.

What the index adds to writing is the time of one message in a transaction of its own, without
waiting for the disk, beside the same without the index.

Prints a table and writes results/search.json.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime, timedelta, timezone
from itertools import islice
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import text

from bot.folded import words
from bot.models import Author, Content
from bot.storage import hits, search, tables
from bot.storage import messages as transcript
from bot.storage.db import Database, Tx
from bot.storage.hits import Filters
from bot.storage.migrate import migrate

ROOT = Path(__file__).resolve().parent.parent
BEFORE_THE_INDEX = "0003"
BEGAN = datetime(2024, 1, 1, tzinfo=timezone.utc)
IN_A_TALK = 10  # messages
OUT_OF_USE = "quà trung thu"  # said in the oldest messages only
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương")
GIVEN = ("Lan", "Hùng", "Mai", "Hà", "Quân", "Thảo", "Đức", "Yến", "Sơn", "Linh", "Tuấn", "Cúc")

Row = dict[str, Any]


class Shop:
    """What is said in a busy shop, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._examples: list[str] = []
        for path in sorted((ROOT / "data" / "nlu").glob("*.yml")):
            for intent in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
                for line in str(intent.get("examples", "")).splitlines():
                    said = re.sub(r"\[([^\]]*)\](\([^)]*\)|\{[^}]*\})", r"\1", line[2:])
                    self._examples += [said] if said else []
        domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
        forms = [form for forms in domain["responses"].values() for form in forms]
        self._answers = [form["text"] for form in forms if form.get("text")]

    def customers_words(self) -> str:
        pick, chance = self.random.choice, self.random.random
        said = pick(self._examples)
        if chance() < 0.5:
            said += f" {pick(self._examples)}"
        if chance() < 0.12:
            said += f" đơn DH-{self.code()}"
        if chance() < 0.08:
            said += f" sđt {self.phone()}"
        if chance() < 0.05:
            said += f" em là {pick(FAMILY)} Thị {pick(GIVEN)}"
        return said

    def our_words(self) -> str:
        price = f"{self.random.randrange(1, 999)}.000đ"
        return re.sub(r"\{[^}]*\}", price, self.random.choice(self._answers))

    def code(self) -> str:
        return f"{self.random.randrange(10**6):06}"

    def phone(self) -> str:
        digits = f"09{self.random.randrange(10**8):08}"
        form = self.random.choice(("{0}{1}{2}", "{0} {1} {2}", "{0}.{1}.{2}"))
        return form.format(digits[:4], digits[4:7], digits[7:])

    def frequent(self) -> str:
        return self.random.choice(("shop", "ạ", "em", "đơn", "không", "anh chị"))

    def two_words(self) -> str:
        return self.random.choice(("hoan tien", "bao hanh", "doi tra", "phi ship", "tra gop"))


TYPED: dict[str, Callable[[Shop], str]] = {
    "a code": lambda shop: f"dh{shop.code()}",
    "a phone number": Shop.phone,
    "two words": Shop.two_words,
    "a frequent word": Shop.frequent,
    "one letter": lambda shop: shop.random.choice("acdmnt"),
    "a word out of use": lambda shop: OUT_OF_USE,
    "frequent ones and none": lambda shop: f"{shop.frequent()} {shop.two_words()} qwert",
    "a pasted sentence": Shop.customers_words,
}
SCREENS: dict[str, Callable[[Tx, str], Awaitable[Any]]] = {
    "inbox": hits.of_messages,
    "transcripts": lambda tx, typed: hits.of_conversations(tx, Filters(text=typed)),
}


async def fill(url: str, count: int) -> Row:
    """Write the messages as they were before there was an index, then migrate."""
    await migrate(url, BEFORE_THE_INDEX)
    db, shop, different = Database(url), Shop(1), set[str]()

    def message(n: int) -> Row:
        said = shop.customers_words() if n % 2 else shop.our_words()
        if n < count * 0.15 and n % 3 == 0:
            said += f" {OUT_OF_USE}"
        different.add(said)
        return {
            "id": n,
            "conversation_id": (n - 1) // IN_A_TALK + 1,
            "channel": "web",
            "author": "customer" if n % 2 else "bot",
            "content": Content(said).as_json(),
            "folded": words(said),
            "meta": {"intent": "ask", "confidence": 0.9},
            "created_at": BEGAN + timedelta(minutes=n),
        }

    talks = range(1, count // IN_A_TALK + 1)
    who = {"channel": "web", "name": "Khách", "profile": {}, "created_at": BEGAN}
    talk = {"status": "resolved", "created_at": BEGAN, "last_message_at": BEGAN}
    await write(db, tables.customers, ({**who, "id": n, "external_id": f"c{n}"} for n in talks))
    await write(db, tables.conversations, ({**talk, "id": n, "customer_id": n} for n in talks))
    await write(db, tables.messages, (message(n) for n in range(1, count + 1)))
    began = time.perf_counter()
    await migrate(url)
    seconds = round(time.perf_counter() - began, 1)
    if not db.is_sqlite:
        await execute(
            db,
            f"SELECT setval(pg_get_serial_sequence('messages', 'id'), {count})",
            "ANALYZE messages",
            "ANALYZE conversations",
        )
    await db.close()
    return {"messages": count, "different": len(different), "migrate_s": seconds}


async def write(db: Database, table: Any, rows: Iterable[Row]) -> None:
    rest = iter(rows)
    while batch := list(islice(rest, 5000)):
        async with db.begin(durable=False) as tx:
            await tx.execute(table.insert(), batch)


async def execute(db: Database, *statements: str) -> None:
    for statement in statements:
        async with db.begin(durable=False) as tx:
            await tx.execute(text(statement))


async def searching(db: Database, tries: int) -> list[Row]:
    rows, shop = [], Shop(2)
    for kind, typed in TYPED.items():
        times: dict[str, list[float]] = {screen: [] for screen in SCREENS}
        for said in [typed(shop) for _ in range(tries)]:
            for screen, call in SCREENS.items():
                began = time.perf_counter()
                async with db.read() as tx:
                    await call(tx, said)
                times[screen].append(1000 * (time.perf_counter() - began))
        rows += [{"typed": kind, "screen": screen, **spread(times[screen])} for screen in SCREENS]
    return rows


async def adding(db: Database, count: int) -> Row:
    shop, times = Shop(3), []
    for _ in range(count):
        said = Content(shop.customers_words())
        began = time.perf_counter()
        async with db.begin(durable=False) as tx:
            await transcript.add(tx, 1, "web", Author.CUSTOMER, said, BEGAN)
        times.append(1000 * (time.perf_counter() - began))
    return {"mean_ms": round(statistics.mean(times), 2), **spread(times)}


def spread(times: Sequence[float]) -> Row:
    ordered = sorted(times)
    return {
        "p50_ms": round(statistics.median(ordered), 1),
        "p95_ms": round(ordered[int(0.95 * (len(ordered) - 1))], 1),
        "max_ms": round(ordered[-1], 1),
    }


async def measure(url: str, count: int, tries: int) -> Row:
    facts = await fill(url, count)
    db = Database(url)
    kind = "sqlite" if db.is_sqlite else "postgresql"
    facts["searches"] = await searching(db, tries)
    facts["adding"] = with_index = await adding(db, 2000)
    await execute(db, *search.NO_INDEX[kind])
    facts["adding_without"] = without = await adding(db, 2000)
    facts["adding_ratio"] = round(with_index["p50_ms"] / without["p50_ms"], 2)
    await db.close()
    return facts


def show(name: str, facts: Row) -> None:
    print(f"{name}: {facts['messages']} messages, {facts['different']} different")
    print(f"{'typed':<26}{'screen':<14}{'p50_ms':>10}{'p95_ms':>10}{'max_ms':>10}")
    for row in facts["searches"]:
        figures = "".join(f"{row[key]:>10}" for key in ("p50_ms", "p95_ms", "max_ms"))
        print(f"{row['typed']:<26}{row['screen']:<14}{figures}")
    print(f"migration: {facts['migrate_s']} s")
    print(f"a message more: {facts['adding']}, without the index {facts['adding_without']}")
    print(f"ratio of the medians: {facts['adding_ratio']}\n")


async def main(options: argparse.Namespace) -> None:
    results: Row = {"load_before": os.getloadavg()}
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/carebot.db"
        results["sqlite"] = await measure(url, options.sqlite_messages, options.tries)
    if options.postgres:
        results["postgresql"] = await measure(options.postgres, options.messages, options.tries)
    results["load_after"] = os.getloadavg()
    for name in sorted(set(results) & {"sqlite", "postgresql"}):
        show(name, results[name])
    print(f"load before and after: {results['load_before']}, {results['load_after']}")
    (ROOT / "results").mkdir(exist_ok=True)
    (ROOT / "results" / "search.json").write_text(json.dumps(results, indent=1), encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres", default="", help="URL of an empty database")
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--sqlite-messages", type=int, default=100_000)
    parser.add_argument("--tries", type=int, default=30, help="of each kind")
    asyncio.run(main(parser.parse_args()))
