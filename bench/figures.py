"""The page of figures over a shop's history: 1 000 000 messages on PostgreSQL, 100 000 on SQLite.

    uv run python bench/figures.py [--postgres URL] [--messages 1000000] [--sqlite-messages 100000]

The PostgreSQL database is to be empty; without one only SQLite is measured. The history is two
years of talks of ten messages, every seventh with a person, and an order and a survey for every
fifth. A time is one opening of /console/figures, from the request to the whole page, with the last
30 days and with a choice of talks. The target is a p95 of 1.5 s.

Prints a table and writes results/figures.json.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import re
import secrets
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from bot import doorbell, web
from bot.config import Settings
from bot.console.login import hash_password
from bot.live import Live
from bot.models import Role
from bot.storage import users
from bot.storage.db import Database
from bot.storage.migrate import migrate

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 11, 23, 5, tzinfo=timezone.utc)
HISTORY = timedelta(days=730)
IN_A_TALK = 10  # messages
HERE = "http://127.0.0.1:8080"
PASSWORD = "mật khẩu dài 2026"
PAGES = {
    "30 days": "/console/figures",
    "7 days": "/console/figures?days=7",
    "90 days": "/console/figures?days=90",
    "one channel": "/console/figures?channel=zalo",
    "voice": "/console/voice",
}

Row = dict[str, Any]


def history(talks: int, sqlite: bool) -> list[str]:
    """Statements that write it, in either database's words."""
    series = (
        f"(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {talks}) "
        "SELECT n FROM s)"
        if sqlite
        else f"(SELECT n FROM generate_series(1, {talks}) AS n)"
    )
    every = HISTORY.total_seconds() / talks
    start = (NOW - HISTORY).strftime("%Y-%m-%d %H:%M:%S")

    def moment(offset: str) -> str:
        if sqlite:
            return (
                f"strftime('%Y-%m-%d %H:%M:%f000', '{start}', "
                f"'+' || (CAST(n * {every} AS INTEGER) + {offset}) || ' seconds')"
            )
        return f"timestamptz '{start}+00' + make_interval(secs => n * {every} + {offset})"

    people, orders = max(talks // 4, 1), "n % 5 = 0"
    author = "CASE k % 3 WHEN 0 THEN 'customer' WHEN 1 THEN 'bot' ELSE 'bot' END"
    meta = (
        "CASE WHEN k % 3 = 0 THEN '{}' ELSE '{\"intent\": \"' || "
        "(CASE n % 4 WHEN 0 THEN 'ask_price' WHEN 1 THEN 'track_order' WHEN 2 THEN 'check_warranty'"
        ' ELSE \'ask_shipping_fee\' END) || \'", "confidence": 0.93, "runner_up": "greet", '
        '"entities": [], "answers": [\' || (n * 10 + k / 3 * 3) || \']}\' END'
    )
    kinds = (
        "(SELECT 0 AS k UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5"
        " UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)"
    )
    json_of = "" if sqlite else "::json"
    false = "0" if sqlite else "false"
    return [
        "INSERT INTO customers (id, channel, external_id, profile, created_at) "
        "SELECT n, CASE n % 4 WHEN 0 THEN 'zalo' WHEN 1 THEN 'messenger' WHEN 2 THEN 'telegram' "
        f"ELSE 'web' END, 'x' || n, '{{}}', {moment('0')} FROM {series} s WHERE n <= {people}",
        "INSERT INTO people (id, number, name, fields, created_at) "
        f"SELECT n, 'K' || n, 'Khách', '{{}}', {moment('0')} FROM {series} s WHERE n <= {people}",
        "INSERT INTO identities (customer_id, person_id, proof, created_at) "
        f"SELECT n, n, 'order', {moment('0')} FROM {series} s WHERE n <= {people}",
        "INSERT INTO orders (code, person_id, state, items, total, refunded, ordered_at, paid_at) "
        f"SELECT 'BT' || n, n % {people} + 1, 'delivered', '[]', 100000 + n % 77 * 10000, 0, "
        f"{moment('0')}, {moment('0')} FROM {series} s WHERE {orders}",
        "INSERT INTO conversations (id, customer_id, status, version, last_message_at, resolution, "
        f"created_at, resolved_at) SELECT n, n % {people} + 1, 'resolved', 0, {moment('600')}, "
        f"'answered', {moment('0')}, {moment('600')} FROM {series} s",
        "INSERT INTO messages (conversation_id, channel, author, internal, content, folded, meta, "
        f"created_at) SELECT n, 'web', CASE WHEN n % 7 = 0 AND k > 6 THEN 'agent' ELSE {author} "
        f'END, {false}, (\'{{"text": "cho mình hỏi giá và phí giao hàng với ạ", "buttons": '
        f'[], "cards": [], "attachments": []}}\'){json_of}, \'\', ({meta}){json_of}, '
        f"{moment('k * 40')} FROM {series} s, {kinds} kinds",
        "INSERT INTO handoffs (id, conversation_id, reason, summary, requested_at, respond_by, "
        "accepted_at, first_reply_at, closed_at, outcome, team, priority, skills) "
        f"SELECT n, n, 'customer_request', '', {moment('200')}, {moment('500')}, {moment('230')}, "
        f"{moment('280')}, {moment('600')}, 'resolved', 'cskh', 2, '[]' FROM {series} s "
        "WHERE n % 7 = 0",
        "INSERT INTO surveys (id, kind, customer_id, conversation_id, asked_at, ended_at) "
        f"SELECT n, 'csat', n % {people} + 1, n, {moment('600')}, {moment('700')} FROM {series} s "
        "WHERE n % 5 = 0",
        "INSERT INTO survey_answers (survey_id, question, mark, answered_at) "
        f"SELECT n, 'mark', 1 + n / 5 % 5, {moment('700')} FROM {series} s WHERE n % 5 = 0",
        "ANALYZE",
    ]


async def write(url: str, statements: Sequence[str]) -> None:
    """Without the time limit that Carebot's own connections have."""
    if url.startswith("sqlite"):
        with contextlib.closing(sqlite3.connect(url.partition("///")[2])) as file:
            for statement in statements:
                file.execute(statement)
            file.commit()
        return
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def measure(url: str, messages: int, openings: int) -> list[Row]:
    await migrate(url)
    db = Database(url)
    began = time.perf_counter()
    async with db.begin() as tx:
        await users.add(tx, "mai", "Mai", Role.SUPERVISOR, hash_password(PASSWORD), NOW)
    await write(url, history(messages // IN_A_TALK, db.is_sqlite))
    print(f"  {messages:,} messages written in {time.perf_counter() - began:.0f} s")
    env = {"DATABASE_URL": url, "SECRET_KEY": secrets.token_hex(), "PUBLIC_URL": HERE}
    settings = Settings.from_env(env)
    app = web.build(db, Live(db, doorbell.for_database(url)), settings, lambda: NOW)
    transport = httpx.ASGITransport(app=app)
    found = []
    async with httpx.AsyncClient(transport=transport, base_url=HERE) as http:
        form = (await http.get("/console/login")).text
        csrf = re.search(r'name="csrf" value="([^"]+)"', form)
        assert csrf
        given = {"csrf": csrf[1], "username": "mai", "password": PASSWORD, "next": ""}
        assert (await http.post("/console/login", data=given)).status_code == 303
        for name, path in PAGES.items():
            times = []
            for _ in range(openings):
                began = time.perf_counter()
                answer = await http.get(path)
                times.append(time.perf_counter() - began)
                assert answer.status_code == 200
            times.sort()
            p95 = times[-(-95 * len(times) // 100) - 1]
            found.append(
                {
                    "page": name,
                    "messages": messages,
                    "median_s": round(statistics.median(times), 3),
                    "p95_s": round(p95, 3),
                }
            )
    await db.close()
    return found


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--postgres", default=os.environ.get("BENCH_POSTGRES", ""))
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--sqlite-messages", type=int, default=100_000)
    parser.add_argument("--openings", type=int, default=20)
    given = parser.parse_args()
    results: dict[str, list[Row]] = {}
    with tempfile.TemporaryDirectory() as place:
        url = f"sqlite:///{place}/figures.db"
        results["sqlite"] = await measure(url, given.sqlite_messages, given.openings)
    if given.postgres:
        results["postgresql"] = await measure(given.postgres, given.messages, given.openings)
    for engine, rows in results.items():
        print(f"\n{engine}: {rows[0]['messages']:,} messages")
        for row in rows:
            print(f"  {row['page']:<14} median {row['median_s']:.3f} s   p95 {row['p95_s']:.3f} s")
    target = ROOT / "results" / "figures.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
