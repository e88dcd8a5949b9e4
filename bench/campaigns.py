"""A campaign's dry run: 2 000 and 20 000 people, looked at in the page's own request.

    uv run python bench/campaigns.py [--people 2000 20000] [--database-url URL]

SQLite, or the PostgreSQL database of the URL, which is to be empty. Everybody has two accounts, an
order, a yes on one account and something that they were sent last week; every twentieth has an open
complaint. The pause is the longest time for which nobody else's page was answered meanwhile.

Prints a table.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from bot import campaigns
from bot.draft import Draft
from bot.storage import campaigns as rows
from bot.storage import tables
from bot.storage.db import Database
from bot.storage.migrate import migrate

NOW: Final = datetime(2026, 11, 23, 3, tzinfo=timezone.utc)  # ten in the morning
AGO: Final = NOW - timedelta(days=7)
TICK: Final = 0.001  # seconds
DRAFT: Final = Draft("Khai trương", "promotion", "Dạ {xung_ho} {khach} ơi, shop giảm 5% ạ.")


def shop(first: int, last: int) -> dict[Any, list[dict[str, Any]]]:
    """The rows of people with these numbers, by table."""
    made: dict[Any, list[dict[str, Any]]] = {}

    def add(table: Any, **values: Any) -> None:
        made.setdefault(table, []).append(values)

    for n in range(first, last):
        add(tables.people, id=n, name=f"Khách {n}", number=f"K{n}", fields={}, created_at=AGO)
        add(tables.orders, code=f"BT{n}", person_id=n, state="delivered", items=[], total=490_000,
            ordered_at=AGO)  # fmt: skip
        for account, channel in ((2 * n, "zalo"), (2 * n + 1, "telegram")):
            add(tables.customers, id=account, channel=channel, external_id=f"x{n}", profile={},
                created_at=AGO)  # fmt: skip
            add(tables.identities, customer_id=account, person_id=n, proof="order", created_at=AGO)
            add(tables.conversations, customer_id=account, status="resolved", last_inbound_at=AGO,
                last_message_at=AGO, created_at=AGO)  # fmt: skip
        add(tables.consents, customer_id=2 * n, purpose="promotion", said="yes", created_at=AGO)
        add(tables.outreach, kind="thanks", key=f"thanks:{n}", purpose="care", customer_id=2 * n,
            person_id=n, state="sent", due_at=AGO, ended_at=AGO, created_at=AGO)  # fmt: skip
        if n % 20 == 0:
            add(tables.complaints, code=f"KN{n}", person_id=n, opened_at=AGO)
    return made


async def pauses(until: asyncio.Event) -> float:
    """The longest time for which the loop did nothing else."""
    longest, last = 0.0, time.perf_counter()
    while not until.is_set():
        await asyncio.sleep(TICK)
        now = time.perf_counter()
        longest, last = max(longest, now - last - TICK), now
    return longest


async def run(url: str, sizes: list[int]) -> list[dict[str, Any]]:
    await migrate(url)
    db, found, first = Database(url), [], 1
    for size in sizes:
        async with db.begin() as tx:
            for table, values in shop(first, size + 1).items():
                await tx.execute(table.insert(), values)
        first = size + 1
        async with db.begin() as tx:
            made = await rows.by_id(tx, await rows.add(tx, DRAFT.values, None, NOW))
        assert made is not None
        ended = asyncio.Event()
        watching = asyncio.create_task(pauses(ended))
        began = time.perf_counter()
        preview = await campaigns.preview(db, made, NOW)
        seconds = time.perf_counter() - began
        ended.set()
        assert preview.people == size and preview.refused["open_complaint"] == size // 20
        found.append({"people": size, "seconds": seconds, "pause": await watching})
    await db.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, nargs="+", default=[2_000, 20_000])
    parser.add_argument("--database-url", default="")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = args.database_url or f"sqlite:///{folder}/carebot.db"
        found = asyncio.run(run(url, sorted(args.people)))
    print("| people | dry run | a person | longest pause |\n|---|---|---|---|")
    for each in found:
        told = (each["people"], each["seconds"], 1000 * each["seconds"] / each["people"])
        print("| {} | {:.2f} s | {:.2f} ms | {:.0f} ms |".format(*told, 1000 * each["pause"]))


if __name__ == "__main__":
    main()
