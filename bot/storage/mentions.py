"""Mentions: who was named in a note, and whether they have seen it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select, update

from bot.storage.db import Tx, insert_once
from bot.storage.tables import mentions, messages


async def add(tx: Tx, message_id: int, user_ids: Sequence[int]) -> None:
    for user_id in user_ids:
        await insert_once(tx, mentions, {"message_id": message_id, "user_id": user_id})


async def of_user(tx: Tx, user_id: int, seen_since: datetime) -> dict[int, list[int]]:
    """The conversations in which the user was mentioned, each with the notes that they have not
    seen, without those that were all seen before that time."""
    query = (
        select(messages.c.conversation_id, messages.c.id, mentions.c.seen_at)
        .join(messages, messages.c.id == mentions.c.message_id)
        .where(
            mentions.c.user_id == user_id,
            or_(mentions.c.seen_at.is_(None), mentions.c.seen_at >= seen_since),
        )
    )
    found: dict[int, list[int]] = {}
    for row in await tx.execute(query):
        unseen = found.setdefault(row.conversation_id, [])
        if row.seen_at is None:
            unseen.append(row.id)
    return found


async def seen(tx: Tx, user_id: int, conversation_id: int, upto: int, now: datetime) -> None:
    """The user has read the conversation up to that message."""
    read = select(messages.c.id).where(
        messages.c.conversation_id == conversation_id, messages.c.id <= upto
    )
    await tx.execute(
        update(mentions)
        .where(
            mentions.c.user_id == user_id,
            mentions.c.seen_at.is_(None),
            mentions.c.message_id.in_(read),
        )
        .values(seen_at=now)
    )
