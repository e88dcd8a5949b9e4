"""The tags of conversations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select

from bot.storage import events
from bot.storage.db import Tx, insert_once
from bot.storage.tables import conversation_tags


async def of_conversations(tx: Tx, ids: Sequence[int]) -> dict[int, list[str]]:
    """In the order in which they were added."""
    query = (
        select(conversation_tags)
        .where(conversation_tags.c.conversation_id.in_(ids))
        .order_by(conversation_tags.c.created_at, conversation_tags.c.tag)
    )
    found: dict[int, list[str]] = {}
    for row in await tx.execute(query):
        found.setdefault(row.conversation_id, []).append(row.tag)
    return found


async def used(tx: Tx) -> list[str]:
    """Every tag there is, the most used first."""
    query = (
        select(conversation_tags.c.tag)
        .group_by(conversation_tags.c.tag)
        .order_by(func.count().desc(), conversation_tags.c.tag)
    )
    return list((await tx.execute(query)).scalars())


async def add(tx: Tx, conversation_id: int, tag: str, user_id: int, now: datetime) -> None:
    values = {
        "conversation_id": conversation_id,
        "tag": tag,
        "user_id": user_id,
        "created_at": now,
    }
    if await insert_once(tx, conversation_tags, values):
        await events.add(tx, conversation_id, "state", None, now)


async def remove(tx: Tx, conversation_id: int, tag: str, now: datetime) -> None:
    result = await tx.execute(
        delete(conversation_tags).where(
            conversation_tags.c.conversation_id == conversation_id, conversation_tags.c.tag == tag
        )
    )
    if result.rowcount:
        await events.add(tx, conversation_id, "state", None, now)
