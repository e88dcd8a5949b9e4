"""The demo shop tells Carebot of its orders, over the door that any shop's software uses."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import httpx
import pytest
from doubles import NOON
from servers import settings

from bot import doorbell, web
from bot.live import Live
from bot.storage import ledger
from bot.storage.db import Database
from demo import records
from demo.book import Book
from demo.desk import Desk, read_seeds
from demo.orders import find

SECRET = "the shop's secret, 32 letters and more"
JUST_AFTER_MIDNIGHT = datetime.fromisoformat("2026-11-23T00:00:05+07:00")


@pytest.fixture
def shop(tmp_path: Path) -> Book:
    return Book(tmp_path)


async def tell_all(db: Database, url: str, shop: Book, at: datetime) -> None:
    made = settings(url, RECORDS_SECRET=SECRET)
    app = web.build(db, Live(db, doorbell.for_database(url)), made, lambda: at)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://carebot") as http:
        with shop.transaction() as tx:
            present = records.known(Desk(read_seeds(), tx, at))
        for kind, found in present.items():
            assert await records.tell(http, "/hooks/records", SECRET, kind, [*found.values()], at)


async def states(db: Database, kind: str) -> dict[str, str]:
    async with db.read() as tx:
        found = await ledger.everything(tx, kind, after=0, limit=1000)
    return {each["code"]: each["state"] for each in found}


@pytest.mark.parametrize("at", [NOON, JUST_AFTER_MIDNIGHT])
async def test_carebot_takes_all_that_the_shop_tells(
    db: Database, database_url: str, shop: Book, at: datetime
) -> None:
    await tell_all(db, database_url, shop, at)

    told = await states(db, "orders")
    assert set(told) == set(read_seeds().orders)
    assert told["BT26110123"] == "shipping" and told["BT26110145"] == "delivered"
    assert set(await states(db, "repairs")) == set(read_seeds().repairs)


async def test_what_does_not_change_reads_the_same_an_hour_later(shop: Book) -> None:
    with shop.transaction() as tx:
        now, later = (
            records.known(Desk(read_seeds(), tx, at)) for at in (NOON, NOON.replace(hour=9))
        )

    assert now == later


async def test_an_order_cancelled_in_the_shop_is_told_as_cancelled(shop: Book) -> None:
    from demo import book

    with shop.transaction() as tx:
        book.write(tx, "cancellation", "BT26110131", "BT26110131", NOON, {})
        desk = Desk(read_seeds(), tx, NOON)
        assert find(desk, "BT26110131")

        assert records.known(desk)["orders"]["BT26110131"]["state"] == "cancelled"
