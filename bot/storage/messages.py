"""Messages: the transcript."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from bot.models import Author, Content, Delivery, Message
from bot.storage import events
from bot.storage.db import Tx, insert, insert_once
from bot.storage.tables import conversations, messages
from connectors.base import Attachment, Button, Card, Json

_BY_ID = select(messages).where(messages.c.id == bindparam("message"))
_BY_EXTERNAL_ID = select(messages.c.id).where(
    messages.c.channel == bindparam("channel"), messages.c.external_id == bindparam("external")
)


def fold(text: str) -> str:
    """Lower case without accents, for search: "Hoàn tiền" → "hoan tien"."""
    letters = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def content_from(data: Json) -> Content:
    """Read back what Content.as_json wrote."""
    return Content(
        text=data["text"],
        buttons=tuple(Button(**button) for button in data["buttons"]),
        cards=tuple(
            Card(**{**card, "buttons": tuple(Button(**button) for button in card["buttons"])})
            for card in data["cards"]
        ),
        attachments=tuple(Attachment(**attachment) for attachment in data["attachments"]),
    )


def _message(row: Any) -> Message:
    values = {name: row[name] for name in Message.__dataclass_fields__}
    return Message(
        **{
            **values,
            "author": Author(values["author"]),
            "content": content_from(values["content"]),
            "delivery": Delivery(values["delivery"]) if values["delivery"] else None,
        }
    )


async def by_id(tx: Tx, message_id: int) -> Message | None:
    row = (await tx.execute(_BY_ID, {"message": message_id})).mappings().one_or_none()
    return _message(row) if row else None


async def by_ids(tx: Tx, ids: Sequence[int]) -> dict[int, Message]:
    rows = (await tx.execute(select(messages).where(messages.c.id.in_(ids)))).mappings()
    return {row["id"]: _message(row) for row in rows}


async def id_of(tx: Tx, channel: str, external_id: str) -> int | None:
    """Our id for a platform's message, or None when we have not seen it."""
    values = {"channel": channel, "external": external_id}
    found = (await tx.execute(_BY_EXTERNAL_ID, values)).scalar_one_or_none()
    return int(found) if found is not None else None


async def add(
    tx: Tx,
    conversation_id: int,
    channel: str,
    author: Author,
    content: Content,
    now: datetime,
    *,
    user_id: int | None = None,
    internal: bool = False,
    meta: Mapping[str, Any] | None = None,
    external_id: str | None = None,
    client_id: str | None = None,
    delivery: Delivery | None = None,
    sent_at: datetime | None = None,
) -> int | None:
    """Write a message down and tell live screens; None when this `client_id` is already there."""
    values = {
        "conversation_id": conversation_id,
        "channel": channel,
        "author": author.value,
        "user_id": user_id,
        "internal": internal,
        "content": content.as_json(),
        "folded": fold(content.text),
        "meta": dict(meta or {}),
        "external_id": external_id,
        "client_id": client_id,
        "delivery": delivery.value if delivery else None,
        "sent_at": sent_at,
        "created_at": now,
    }
    if client_id is None:
        message_id = await insert(tx, messages, values)
    else:
        if not await insert_once(tx, messages, values):
            return None
        query = select(messages.c.id).where(
            messages.c.conversation_id == conversation_id, messages.c.client_id == client_id
        )
        message_id = int((await tx.execute(query)).scalar_one())
    await events.add(tx, conversation_id, "message", message_id, now)
    return message_id


async def of_conversation(
    tx: Tx, conversation_id: int, *, before: int | None = None, limit: int = 100
) -> list[Message]:
    """The newest `limit` messages older than `before`, oldest first; notes included."""
    query = select(messages).where(messages.c.conversation_id == conversation_id)
    if before is not None:
        query = query.where(messages.c.id < before)
    rows = (await tx.execute(query.order_by(messages.c.id.desc()).limit(limit))).mappings()
    return [_message(row) for row in rows][::-1]


async def seen_by_customer(
    tx: Tx, customer_id: int, *, before: int | None = None, limit: int = 50
) -> list[Message]:
    """What the customer may read, over all their conversations: never a note."""
    query = (
        select(messages)
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(conversations.c.customer_id == customer_id, messages.c.internal.is_(False))
    )
    if before is not None:
        query = query.where(messages.c.id < before)
    rows = (await tx.execute(query.order_by(messages.c.id.desc()).limit(limit))).mappings()
    return [_message(row) for row in rows][::-1]


async def payload_of(tx: Tx, conversation_id: int, key: str) -> str | None:
    """The trusted payload behind a button that we sent in this conversation."""
    query = (
        select(messages.c.meta)
        .where(messages.c.conversation_id == conversation_id, messages.c.author == Author.BOT.value)
        .order_by(messages.c.id.desc())
        .limit(50)
    )
    for meta in (await tx.execute(query)).scalars():
        payload = meta.get("payloads", {}).get(key)
        if payload is not None:
            return str(payload)
    return None


async def set_delivery(
    tx: Tx,
    message_id: int,
    delivery: Delivery,
    now: datetime,
    *,
    external_id: str | None = None,
    error: str = "",
) -> None:
    """Note how far an outgoing message has come."""
    query = select(messages.c.conversation_id, messages.c.meta).where(messages.c.id == message_id)
    conversation_id, meta = (await tx.execute(query)).one()
    values: dict[str, Any] = {"delivery": delivery.value}
    if external_id is not None:
        values["external_id"] = external_id
    if error:
        values["meta"] = {**meta, "error": error}
    await tx.execute(update(messages).where(messages.c.id == message_id).values(**values))
    await events.add(tx, conversation_id, "message", message_id, now)


async def mark_seen(tx: Tx, customer_id: int, upto: int, now: datetime) -> None:
    """The customer's screen has shown everything up to this message."""
    query = (
        select(messages.c.id, messages.c.conversation_id)
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(
            conversations.c.customer_id == customer_id,
            messages.c.id <= upto,
            messages.c.delivery == Delivery.SENT.value,
        )
    )
    rows = (await tx.execute(query)).all()
    if not rows:
        return
    ids = [row.id for row in rows]
    await tx.execute(
        update(messages).where(messages.c.id.in_(ids)).values(delivery=Delivery.SEEN.value)
    )
    await events.add(tx, rows[-1].conversation_id, "message", ids[-1], now)
