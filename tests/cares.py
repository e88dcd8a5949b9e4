"""The shop's records for tests: a person, where they write, and what they bought."""

from __future__ import annotations

from datetime import datetime, timedelta

from doubles import NOON

from bot import conversation
from bot.models import Consent
from bot.storage import consents
from bot.storage.db import Database, insert
from bot.storage.tables import complaints, conversations, identities, orders, people
from connectors.base import InboundMessage

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def somebody(
    db: Database, external_id: str = "lan", channel: str = "web", wrote_at: datetime = NOON
) -> tuple[int, int]:
    """A person whom we know, who once wrote to us: person and customer."""
    inbound = InboundMessage(channel, f"hello-{external_id}", external_id, wrote_at, text="alo")
    received = await conversation.receive(db, inbound, wrote_at)
    async with db.begin() as tx:
        values = {"name": "Trần Thị Lan", "phone": "0900000001", "created_at": wrote_at}
        person_id = await insert(tx, people, {**values, "fields": {}})
        query = conversations.select().where(conversations.c.id == received.conversation_id)
        customer_id = (await tx.execute(query)).mappings().one()["customer_id"]
        await prove(tx, customer_id, person_id, wrote_at)
    return person_id, customer_id


async def prove(tx, customer_id: int, person_id: int, now: datetime) -> None:  # type: ignore[no-untyped-def]
    values = {"customer_id": customer_id, "person_id": person_id, "proof": "order"}
    await insert(tx, identities, {**values, "created_at": now})


async def order(db: Database, person_id: int, code: str = "BT26110145", **values: object) -> None:
    """An order that was delivered at noon, but for the values given."""
    usual = {
        "code": code,
        "person_id": person_id,
        "state": "delivered",
        "items": [{"name": "tai nghe Bống Air 2", "quantity": 1, "price": 890_000}],
        "total": 890_000,
        "ordered_at": NOON - 3 * DAY,
        "promised_at": NOON + HOUR,
        "delivered_at": NOON,
        "paid_at": NOON,
    }
    async with db.begin() as tx:
        await insert(tx, orders, usual | values)


async def change_order(db: Database, code: str = "BT26110145", **values: object) -> None:
    async with db.begin() as tx:
        await tx.execute(orders.update().where(orders.c.code == code).values(**values))


async def complain(db: Database, person_id: int, at: datetime = NOON) -> None:
    async with db.begin() as tx:
        values = {"code": "KN0452", "person_id": person_id, "opened_at": at}
        await insert(tx, complaints, values)


async def says(
    db: Database, customer_id: int, said: str, purpose: str = "promotion", at: datetime = NOON
) -> None:
    async with db.begin() as tx:
        given = Consent(purpose, said, "Anh/chị có muốn nhận tin không ạ?", days=30)
        await consents.add(tx, customer_id, [given], at)
