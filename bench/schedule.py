"""The schedule of what we write of ourselves: 100 000 thanks due at once, two worker processes.

    uv run python bench/schedule.py [--rows 100000] [--quick] [--database-url URL]

SQLite, or the PostgreSQL database of the URL, which is to be empty. The workers are Carebot's own,
each a process, but a script stands in for Rasa, so the figures are the schedule's, not the model's,
and planning is measured apart. Every row has a customer of its own, an order that is delivered, and
three more rows that wait for a day of the future; every twentieth complained once. In the middle
one worker is killed with SIGKILL and another takes its place. When only what the dead one held is
left, the workers' clock is set forward by a lease. Then every customer is to have been told exactly
once.

A look is what a worker asks twice a second. The planning round is one over all the orders, of which
nothing is new.

Prints a table and writes results/schedule.json.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta, timezone
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import psutil
from figures import write
from sqlalchemy import text

from bot import care, doorbell
from bot.answer import Question
from bot.config import Settings
from bot.models import Content, Say, Turn
from bot.storage import outreach, releases
from bot.storage.db import Database, DatabaseUnavailable, Tx
from bot.storage.migrate import migrate
from bot.worker import Worker
from connectors.base import Json

ROOT = Path(__file__).resolve().parent.parent
NOW: Final = datetime(2026, 11, 23, 3, tzinfo=timezone.utc)  # ten in the morning
DELIVERED: Final = NOW - timedelta(hours=3)
TRIES: Final = 20  # of each look
STUCK: Final = 60.0  # seconds without a row

Row = dict[str, Any]
SPAWN = get_context("spawn")


class Script:
    """Always the same words."""

    async def ask(self, question: Question) -> Turn:
        raise NotImplementedError

    async def reach_out(self, question: Question) -> Turn:
        thanks = f"Dạ em cảm ơn anh/chị đã nhận {question.metadata['outreach']['about']['item']} ạ."
        return Turn(says=(Say(Content(thanks)),), introduced=True)

    async def understand(self, text: str) -> Json:
        raise NotImplementedError


class Sayer(Worker):
    """A worker that says and does not plan."""

    async def _plan(self) -> None:
        return


def work(url: str, began: float, ahead: Any) -> None:
    """A worker process whose clock began at NOW, and is set forward by `ahead` seconds."""

    def clock() -> datetime:
        return NOW + timedelta(seconds=time.time() - began + ahead.value)

    async def run() -> None:
        db, bell = Database(url), doorbell.for_database(url)
        settings = Settings.from_env({"DATABASE_URL": url, "SECRET_KEY": "b" * 40})
        await Sayer(db, bell, {}, lambda data, name: Script(), clock, settings).run()

    asyncio.run(run())


def shop(rows: int, sqlite: bool) -> list[str]:
    """Statements that write it, in either database's words."""
    series = (
        f"(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {rows}) "
        "SELECT n FROM s) s"
        if sqlite
        else f"(SELECT n FROM generate_series(1, {rows}) AS n) s"
    )
    json_of = "" if sqlite else "::json"

    def at(moment: datetime) -> str:
        said = moment.strftime("%Y-%m-%d %H:%M:%S.000000")
        return f"'{said}'" if sqlite else f"timestamptz '{said}+00'"

    lately, now = at(NOW - timedelta(days=10)), at(NOW)
    about = '(\'{"code": "BT\' || n || \'", "item": "tai nghe Bống Air 2", "promised": ""}\')'
    written = [
        "INSERT INTO customers (id, channel, external_id, profile, created_at) "
        f"SELECT n, 'telegram', 'x' || n, '{{}}', {lately} FROM {series}",
        "INSERT INTO people (id, number, name, fields, created_at) "
        f"SELECT n, 'K' || n, 'Khách', '{{}}', {lately} FROM {series}",
        "INSERT INTO identities (customer_id, person_id, proof, created_at) "
        f"SELECT n, n, 'order', {lately} FROM {series}",
        "INSERT INTO orders (code, person_id, state, items, total, refunded, ordered_at, "
        "delivered_at) SELECT 'BT' || n, n, 'delivered', "
        f'\'[{{"name": "tai nghe Bống Air 2"}}]\', 490000, 0, {lately}, {at(DELIVERED)} '
        f"FROM {series}",
        "INSERT INTO conversations (customer_id, status, version, last_inbound_at, "
        "last_message_at, resolution, created_at, resolved_at) SELECT n, 'resolved', 0, "
        f"{lately}, {lately}, 'answered', {lately}, {lately} FROM {series}",
    ]
    written.append(
        "INSERT INTO complaints (code, person_id, opened_at, answered_at, closed_at) "
        f"SELECT 'KN' || n, n, {lately}, {lately}, {lately} FROM {series} WHERE n % 20 = 0"
    )
    for step in care.steps().values():
        if step.since == "delivered_at":
            due = at(DELIVERED + step.after)
            written.append(
                "INSERT INTO outreach (kind, key, purpose, customer_id, person_id, about, state, "
                f"due_at, created_at) SELECT '{step.kind}', '{step.kind}:BT' || n, "
                f"'{step.purpose}', n, n, {about}{json_of}, 'waiting', {due}, {now} FROM {series}"
            )
    if not sqlite:  # which counts its rows by itself; nobody tells SQLite to
        written += [
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {rows})"
            for table in ("customers", "people")
        ]
        written.append("ANALYZE")
    return written


async def one(tx: Tx, query: str, **values: Any) -> Any:
    return (await tx.execute(text(query), values)).one()


async def ended(db: Database) -> int:
    """How many were said, or came to another end."""
    while True:
        try:
            async with db.read() as tx:
                query = "SELECT count(*) FROM outreach WHERE kind = 'thanks' AND state <> 'waiting'"
                return int((await one(tx, query))[0])
        except DatabaseUnavailable:  # the workers have it
            await asyncio.sleep(0.05)


async def until(db: Database, rows: int) -> int:
    """Until so many have come to their end, or nothing moves any more but what is held."""
    before, moved_at = -1, time.monotonic()
    while (count := await ended(db)) < rows:
        if count != before:
            before, moved_at = count, time.monotonic()
        async with db.read() as tx:
            query = (
                "SELECT count(*) FROM outreach WHERE kind = 'thanks' AND state = 'waiting' "
                "AND held_until IS NULL"
            )
            free = (await one(tx, query))[0] if rows - count < 1000 else 1
        if not free and time.monotonic() - moved_at > 3:
            break
        if time.monotonic() - moved_at > STUCK:
            raise SystemExit(f"{rows - count} rows are stuck")
        await asyncio.sleep(0.2)
    return count


def processor_s(workers: list[Any]) -> float:
    """What they have had of the processors so far."""
    return sum(sum(psutil.Process(each.pid).cpu_times()[:2]) for each in workers)


async def saying(url: str, db: Database, rows: int) -> Row:
    ahead, began = SPAWN.Value("d", 0.0), time.time()

    def worker() -> Any:
        started = SPAWN.Process(target=work, args=(url, began, ahead), daemon=True)
        started.start()
        return started

    workers = [worker(), worker()]
    try:
        await until(db, 1)
        first, busy, at = await ended(db), processor_s(workers), time.perf_counter()
        said = await until(db, rows // 2) - first
        rate = said / (time.perf_counter() - at)
        busy = processor_s(workers) - busy
        workers[0].kill()
        workers[0].join()
        workers.append(worker())
        left = rows - await until(db, rows)
        seconds = time.perf_counter() - at
        ahead.value = outreach.LEASE.total_seconds()
        taken = time.perf_counter()
        if left:
            await until(db, rows)
        taken = time.perf_counter() - taken
    finally:
        for each in workers:
            each.kill()
            each.join()
    return {
        "two_workers_rows_s": round(rate, 1),
        "processor_ms_a_row": round(1000 * busy / said, 1),
        "whole_s": round(seconds, 1),
        "left_by_the_killed": left,
        "taken_over_s": round(taken, 2),
    }


async def once(db: Database) -> Row:
    """What became of the rows, as their customers see it."""
    async with db.read() as tx:
        sent = await one(
            tx,
            "SELECT count(*), count(DISTINCT message_id), count(DISTINCT customer_id) "
            "FROM outreach WHERE kind = 'thanks' AND state = 'sent'",
        )
        heard = await one(
            tx,
            "SELECT count(*), count(DISTINCT c.customer_id) FROM messages m "
            "JOIN conversations c ON c.id = m.conversation_id WHERE m.author = 'bot'",
        )
        posted = await one(tx, "SELECT count(*), count(DISTINCT message_id) FROM outbox")
    return {
        "sent": sent[0],
        "messages_of_rows": sent[1],
        "customers_of_rows": sent[2],
        "messages": heard[0],
        "customers_who_heard": heard[1],
        "outbox": posted[0],
        "messages_in_outbox": posted[1],
    }


async def timed(call: Callable[[], Awaitable[Any]], tries: int = TRIES) -> Row:
    times = []
    for _ in range(tries):
        began = time.perf_counter()
        await call()
        times.append(1000 * (time.perf_counter() - began))
    return {"median_ms": round(statistics.median(times), 2), "max_ms": round(max(times), 2)}


async def looks(db: Database, now: datetime) -> Row:
    async def any_due() -> None:
        async with db.read() as tx:
            await outreach.any_due(tx, now)

    async def claim() -> None:
        try:
            async with db.begin(durable=False) as tx:
                await outreach.claim(tx, now, 10)
                raise LookupError
        except LookupError:
            return  # rolled back: another try claims the same

    return {"any_due": await timed(any_due), "claim": await timed(claim)}


async def measure(url: str, rows: int) -> Row:
    await migrate(url)
    db = Database(url)
    await write(url, shop(rows, db.is_sqlite))
    async with db.begin() as tx:
        model = await releases.store(tx, "script", "script", b"", NOW)
        await releases.publish(tx, model.id, "bench", NOW)
    facts: Row = {"database": "sqlite" if db.is_sqlite else "postgresql", "rows": rows}
    later = [step for step in care.steps().values() if step.since == "delivered_at"]
    facts["later"] = (len(later) - 1) * rows
    facts["load_before"] = os.getloadavg()
    facts["before_due"] = await looks(db, DELIVERED + timedelta(hours=1))
    facts["all_due"] = await looks(db, NOW)
    facts["planning"] = await timed(lambda: care.plan(db, NOW), 5)
    facts |= await saying(url, db, rows)
    facts["once"] = await once(db)
    facts["load_after"] = os.getloadavg()
    assert set(facts["once"].values()) == {rows}, facts["once"]
    await db.close()
    return facts


def show(facts: Row) -> None:
    rows, later = facts["rows"], facts["later"]
    print(f"{facts['database']}: {rows:,} rows due, {later:,} for later days")
    print(f"  two workers                     {facts['two_workers_rows_s']:>10} rows/s")
    print(f"  of a processor, for a row       {facts['processor_ms_a_row']:>10} ms")
    print(f"  all but what was held           {facts['whole_s']:>10} s")
    print(f"  left by the killed worker       {facts['left_by_the_killed']:>10}")
    print(f"  said once the lease had ended   {facts['taken_over_s']:>10} s")
    print(f"  said, each to one and once      {facts['once']['sent']:>10}")
    print(f"{'':<34}{'median_ms':>10}{'max_ms':>10}")
    looked = {
        f"{look}, {'none due' if when == 'before_due' else 'all due'}": facts[when][look]
        for when in ("before_due", "all_due")
        for look in ("any_due", "claim")
    }
    for name, times in {**looked, "planning, nothing new": facts["planning"]}.items():
        print(f"  {name:<32}{times['median_ms']:>10}{times['max_ms']:>10}")
    print(f"load before and after: {facts['load_before']}, {facts['load_after']}")


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--quick", action="store_true", help="5 000 rows")
    parser.add_argument("--database-url", default="", help="of an empty PostgreSQL database")
    given = parser.parse_args()
    rows = 5000 if given.quick else given.rows
    with tempfile.TemporaryDirectory() as place:
        facts = await measure(given.database_url or f"sqlite:///{place}/schedule.db", rows)
    show(facts)
    target = ROOT / "results" / "schedule.json"
    target.parent.mkdir(exist_ok=True)
    results = json.loads(target.read_text(encoding="utf-8")) if target.exists() else {}
    results[facts["database"]] = facts
    target.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
