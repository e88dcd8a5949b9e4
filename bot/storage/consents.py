"""Who has said yes, no or not now to what: a ledger, of which nothing is ever changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from bot.models import Consent
from bot.storage.db import Tx
from bot.storage.tables import consents


@dataclass(frozen=True)
class Wishes:
    """What holds of one customer now, by purpose."""

    yes: frozenset[str] = frozenset()
    no: frozenset[str] = frozenset()
    not_before: dict[str, datetime] = field(default_factory=dict)


async def add(
    tx: Tx,
    customer_id: int,
    said: Iterable[Consent],
    now: datetime,
    *,
    user_id: int | None = None,
) -> None:
    """Note what a customer said; `user_id` is the agent who heard it elsewhere."""
    for each in said:
        await tx.execute(
            consents.insert(),
            {
                "customer_id": customer_id,
                "purpose": each.purpose,
                "said": each.said,
                "until": now + timedelta(days=each.days) if each.days else None,
                "wording": each.wording,
                "message_id": each.message_id,
                "user_id": user_id,
                "created_at": now,
            },
        )


async def wishes(tx: Tx, groups: Collection[Collection[int]]) -> dict[int, Wishes]:
    """What customers wish now; a group is all who are one person. A no and a not now count wherever
    the person said it; a yes only on the channel that it was given on, until a later no on any."""
    of = {customer: place for place, group in enumerate(groups) for customer in group}
    query = select(consents).where(consents.c.customer_id.in_(of)).order_by(consents.c.id)
    said: dict[int, list[Mapping[str, Any]]] = {}
    for row in (await tx.execute(query)).mappings():
        said.setdefault(of[row["customer_id"]], []).append(row)
    return {customer: _wishes(customer, said.get(place, ())) for customer, place in of.items()}


def _wishes(customer_id: int, said: Iterable[Mapping[str, Any]]) -> Wishes:
    yes: set[str] = set()
    no: set[str] = set()
    not_before: dict[str, datetime] = {}
    for row in said:
        purpose = row["purpose"]
        if row["said"] == "not_now":
            not_before[purpose] = row["until"]
            continue
        not_before.pop(purpose, None)
        if row["said"] == "no":
            yes.discard(purpose)
            no.add(purpose)
        elif row["customer_id"] == customer_id:
            no.discard(purpose)
            yes.add(purpose)
    return Wishes(frozenset(yes), frozenset(no), not_before)
