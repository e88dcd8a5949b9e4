"""Customers: one row per person and channel."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from bot.models import Customer
from bot.storage.db import Tx, insert_once
from bot.storage.tables import customers

_BY_ID = select(customers).where(customers.c.id == bindparam("customer"))
_BY_EXTERNAL_ID = select(customers).where(
    customers.c.channel == bindparam("channel"),
    customers.c.external_id == bindparam("external"),
)
_LOCKED = _BY_EXTERNAL_ID.with_for_update(key_share=True)
_LOCKED_BY_ID = _BY_ID.with_for_update(key_share=True)


def _customer(row: Any) -> Customer:
    return Customer(**{name: row[name] for name in Customer.__dataclass_fields__})


async def by_id(tx: Tx, customer_id: int) -> Customer:
    row = (await tx.execute(_BY_ID, {"customer": customer_id})).mappings().one()
    return _customer(row)


async def exists(tx: Tx, customer_id: int) -> bool:
    return (await tx.execute(_BY_ID, {"customer": customer_id})).first() is not None


async def names(tx: Tx, ids: Collection[int]) -> dict[int, str]:
    query = select(customers.c.id, customers.c.name).where(customers.c.id.in_(ids))
    return {row.id: row.name for row in await tx.execute(query)}


async def find(tx: Tx, channel: str, external_id: str) -> Customer | None:
    values = {"channel": channel, "external": external_id}
    row = (await tx.execute(_BY_EXTERNAL_ID, values)).mappings().one_or_none()
    return _customer(row) if row else None


async def lock_or_create(
    tx: Tx, channel: str, external_id: str, now: datetime, *, name: str = "", locale: str = "vi"
) -> Customer:
    """The customer, made if new, locked until the transaction ends: what one person sends is
    written down one at a time."""
    key = {"channel": channel, "external": external_id}
    row = (await tx.execute(_LOCKED, key)).mappings().one_or_none()
    if row is None:
        await insert_once(
            tx,
            customers,
            {
                "channel": channel,
                "external_id": external_id,
                "name": name,
                "locale": locale,
                "profile": {},
                "created_at": now,
            },
        )
        row = (await tx.execute(_LOCKED, key)).mappings().one()
    return _customer(row)


async def lock(tx: Tx, customer_id: int) -> Customer:
    """The customer as they are now. Nobody else changes them, or hears from them, until the
    transaction ends."""
    row = (await tx.execute(_LOCKED_BY_ID, {"customer": customer_id})).mappings().one()
    return _customer(row)


async def change(tx: Tx, customer_id: int, **values: Any) -> None:
    """Set the named columns."""
    await tx.execute(update(customers).where(customers.c.id == customer_id).values(**values))


async def merge_profile(tx: Tx, customer: Customer, facts: Mapping[str, Any]) -> None:
    """Add facts to what is known; a newer value replaces an older one."""
    await change(tx, customer.id, profile={**customer.profile, **facts})
