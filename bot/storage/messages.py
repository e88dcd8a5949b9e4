"""Messages: the transcript."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    true,
    update,
)

from bot.folded import words
from bot.models import Author, Content, Delivery, Message, Role, User
from bot.storage import events
from bot.storage.db import Tx, insert, insert_once
from bot.storage.tables import conversations, messages, sent_calls
from connectors.base import Attachment, Button, Card, Json

_BY_ID = select(messages).where(messages.c.id == bindparam("message"))
_BY_EXTERNAL_ID = select(messages.c.id).where(
    messages.c.channel == bindparam("channel"), messages.c.external_id == bindparam("external")
)

_BY_IDS = select(messages).where(messages.c.id.in_(bindparam("messages", expanding=True)))
_NEWEST = (
    select(messages)
    .where(messages.c.conversation_id == bindparam("conversation"))
    .order_by(messages.c.id.desc())
    .limit(bindparam("most"))
)
# Locked, for two who add to a message's facts at once would each write what the other has not seen.
_FACTS = (
    select(messages.c.conversation_id, messages.c.meta)
    .where(messages.c.id == bindparam("message"))
    .with_for_update(key_share=True)
)
_SET_DELIVERY = (
    update(messages).where(messages.c.id == bindparam("message")).values(delivery=bindparam("fate"))
)
_CHANGE = (
    update(messages)
    .where(messages.c.id == bindparam("message"))
    .values(meta=bindparam("facts", type_=messages.c.meta.type))
)
BUTTONS = 50  # of our messages whose buttons still mean something
NEAR = 20  # messages among which a late one is looked for
RECEIPTS = 200  # messages of a talk of which a platform may still tell how far they came

_SENT_LATELY = (
    select(messages.c.sent_at)
    .where(
        messages.c.conversation_id == bindparam("conversation"),
        messages.c.author == Author.CUSTOMER.value,
        messages.c.sent_at.is_not(None),
    )
    .order_by(messages.c.id.desc())
    .limit(NEAR)
    .subquery()
)
_NEWEST_SENT_AT = select(func.max(_SENT_LATELY.c.sent_at))
_LAST_TALKS = (
    select(conversations.c.id)
    .where(conversations.c.customer_id == bindparam("customer"))
    .order_by(conversations.c.id.desc())
    .limit(2)
)
_LATELY = (
    select(messages.c.id, messages.c.delivery, messages.c.created_at)
    .where(
        messages.c.conversation_id == bindparam("conversation"), messages.c.delivery.is_not(None)
    )
    .order_by(messages.c.id.desc())
    .limit(RECEIPTS)
)
_OF_CALLS = (
    select(sent_calls.c.message_id)
    .where(
        sent_calls.c.channel == bindparam("channel"),
        sent_calls.c.external_id.in_(bindparam("externals", expanding=True)),
    )
    .order_by(sent_calls.c.message_id)
    .distinct()
)
_SENT_ON = select(func.count()).where(
    messages.c.channel == bindparam("channel"),
    messages.c.created_at >= bindparam("since"),
    messages.c.author != literal_column(f"'{Author.CUSTOMER.value}'"),  # as the index has it
    messages.c.delivery.is_not(None),
    messages.c.delivery != Delivery.FAILED.value,
)
_UNREACHED = (
    select(messages.c.id, messages.c.conversation_id)
    .join(conversations, conversations.c.id == messages.c.conversation_id)
    .where(
        conversations.c.customer_id == bindparam("customer"),
        messages.c.id.in_(bindparam("ids", expanding=True)),
        messages.c.delivery.in_(bindparam("fates", expanding=True)),
    )
    .order_by(messages.c.id)
    .with_for_update(key_share=True, of=messages)
)
_REACHED = (
    update(messages)
    .where(messages.c.id.in_(bindparam("ids", expanding=True)))
    .values(delivery=bindparam("fate"))
)
_OF_UNKNOWN_FATE = (
    select(messages.c.id, messages.c.content)
    .join(conversations, conversations.c.id == messages.c.conversation_id)
    .where(
        conversations.c.customer_id == bindparam("customer"),
        messages.c.delivery == Delivery.UNKNOWN.value,
        messages.c.created_at >= bindparam("since"),
    )
    .order_by(exists().where(sent_calls.c.message_id == messages.c.id), messages.c.id.desc())
)


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
    rows = (await tx.execute(_BY_IDS, {"messages": ids})).mappings()
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
        # What the system tells every customer is not looked for.
        "folded": "" if author is Author.SYSTEM and not internal else words(content.text),
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


whispered_to: Any = messages.c.meta["whisper"].as_integer()  # a user; null for all else


def open_to(reader: User) -> Any:
    """Of messages those that a colleague may read: a whisper is for one agent and supervisors."""
    if reader.role in (Role.SUPERVISOR, Role.ADMIN):
        return true()
    return or_(whispered_to.is_(None), whispered_to == reader.id)


async def of_conversation(
    tx: Tx,
    conversation_id: int,
    *,
    before: int | None = None,
    limit: int = 100,
    reader: User | None = None,
) -> list[Message]:
    """The newest `limit` messages older than `before`, oldest first; notes included, and whispers
    as `reader` may read them."""
    if reader is None and before is None:
        key = {"conversation": conversation_id, "most": limit}
        rows = (await tx.execute(_NEWEST, key)).mappings()
        return [_message(row) for row in rows][::-1]
    query = select(messages).where(messages.c.conversation_id == conversation_id)
    if reader is not None:
        query = query.where(open_to(reader))
    if before is not None:
        query = query.where(messages.c.id < before)
    rows = (await tx.execute(query.order_by(messages.c.id.desc()).limit(limit))).mappings()
    return [_message(row) for row in rows][::-1]


async def count(
    tx: Tx, conversation_id: int, *, since: int, before: int | None = None, most: int
) -> int:
    """How many messages there are from one on, notes included; not counted beyond `most`."""
    query = select(messages.c.id).where(
        messages.c.conversation_id == conversation_id, messages.c.id >= since
    )
    if before is not None:
        query = query.where(messages.c.id < before)
    counted = select(func.count()).select_from(query.limit(most).subquery())
    return int((await tx.execute(counted)).scalar_one())


async def seen_by_customer(
    tx: Tx, customer_id: int, *, before: int | None = None, limit: int = 50
) -> list[Message]:
    """What the customer may read, over all their conversations: never a note. The newest `limit`
    messages older than `before`, oldest first."""
    # A talk has a message or more, so the newest are in so many talks; and of each talk no more
    # are wanted than of all: neither many talks nor a long one are read whole.
    talks = select(conversations.c.id).where(conversations.c.customer_id == customer_id)
    readable: Any = messages.c.internal.is_(False)
    if before is not None:
        readable = and_(readable, messages.c.id < before)
        said_at = select(messages.c.created_at).where(messages.c.id == before).scalar_subquery()
        talks = talks.where(conversations.c.created_at <= said_at)
    talk_ids = (await tx.execute(talks.order_by(conversations.c.id.desc()).limit(limit))).scalars()
    found: list[Any] = []
    for talk_id in talk_ids.all():
        query = select(messages).where(messages.c.conversation_id == talk_id, readable)
        query = query.order_by(messages.c.id.desc()).limit(limit)
        found += (await tx.execute(query)).mappings().all()
        if len(found) >= limit:
            break
    found.sort(key=lambda row: row["id"])
    return [_message(row) for row in found[-limit:]]


async def payload_of(tx: Tx, conversation_id: int, key: str) -> str | None:
    """The trusted payload behind a button that we sent in this conversation."""
    query = (
        select(messages.c.meta)
        .where(messages.c.conversation_id == conversation_id, messages.c.author == Author.BOT.value)
        .order_by(messages.c.id.desc())
        .limit(BUTTONS)
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
    error: str = "",
    code: str = "",
) -> None:
    """Note how far an outgoing message has come; `code` is the platform's for what went wrong."""
    conversation_id, meta = (await tx.execute(_FACTS, {"message": message_id})).one()
    fate = delivery.value
    if delivery is Delivery.SENT and "reached" in meta:  # a receipt was here first
        fate = meta["reached"]
    await tx.execute(_SET_DELIVERY, {"message": message_id, "fate": fate})
    if error:
        told = {**meta, "error": error, **({"error_code": code} if code else {})}
        await tx.execute(update(messages).where(messages.c.id == message_id).values(meta=told))
    await events.add(tx, conversation_id, "message", message_id, now)


async def sent_on(tx: Tx, channel: str, since: datetime) -> int:
    """How many messages a channel has taken, or may have taken, since then."""
    key = {"channel": channel, "since": since}
    return int((await tx.execute(_SENT_ON, key)).scalar_one())


async def of_unknown_fate(tx: Tx, customer_id: int, since: datetime) -> list[tuple[int, str]]:
    """What the platform may have taken, by its silence, and the texts. Those come first of which
    it has not told anything yet, the newest before others: what is heard of was said just now."""
    key = {"customer": customer_id, "since": since}
    return [(row.id, row.content["text"]) for row in await tx.execute(_OF_UNKNOWN_FATE, key)]


_FURTHER = {
    Delivery.DELIVERED: (Delivery.SENT.value, Delivery.UNKNOWN.value),
    Delivery.SEEN: (Delivery.SENT.value, Delivery.UNKNOWN.value, Delivery.DELIVERED.value),
}


async def reached(
    tx: Tx,
    customer_id: int,
    delivery: Delivery,
    now: datetime,
    *,
    upto: int | None = None,
    before: datetime | None = None,
    ids: Sequence[int] = (),
) -> None:
    """The customer has got our messages, or seen them: those named, those up to an id, or those
    said before a moment. None goes back. Unless they are named, only the newest RECEIPTS of their
    last two talks are looked at."""
    not_yet = _FURTHER[delivery]
    if upto is not None or before is not None:
        talks = (await tx.execute(_LAST_TALKS, {"customer": customer_id})).scalars().all()
        ids = [
            row.id
            for talk_id in talks
            for row in await tx.execute(_LATELY, {"conversation": talk_id})
            if row.delivery in not_yet
            and (row.id <= upto if upto is not None else row.created_at <= before)
        ]
    if not ids:
        return
    key = {"customer": customer_id, "ids": ids, "fates": not_yet}
    rows = (await tx.execute(_UNREACHED, key)).all()
    if not rows:
        return
    found = [row.id for row in rows]
    await tx.execute(_REACHED, {"ids": found, "fate": delivery.value})
    await events.add(tx, rows[-1].conversation_id, "message", found[-1], now)


async def change(
    tx: Tx,
    message: Message,
    now: datetime,
    *,
    content: Content | None = None,
    meta: Mapping[str, Any] | None = None,
) -> None:
    """Put something else in a message's place, or add to its facts, and tell live screens."""
    _, known = (await tx.execute(_FACTS, {"message": message.id})).one()
    await tx.execute(_CHANGE, {"message": message.id, "facts": {**known, **(meta or {})}})
    if content is not None:
        told = {"content": content.as_json(), "folded": words(content.text)}
        await tx.execute(update(messages).where(messages.c.id == message.id).values(**told))
    await events.add(tx, message.conversation_id, "message", message.id, now)


async def called(tx: Tx, channel: str, external_id: str, message_id: int) -> None:
    """The platform has taken a call that says the message, under this id."""
    values = {"channel": channel, "external_id": external_id[:255], "message_id": message_id}
    await insert_once(tx, sent_calls, values)


async def of_calls(tx: Tx, channel: str, external_ids: Sequence[str]) -> list[int]:
    """Our messages behind the platform's ids, in their order; none for ids we do not know."""
    values = {"channel": channel, "externals": external_ids}
    return [int(found) for found in (await tx.execute(_OF_CALLS, values)).scalars()]


async def last_choices(tx: Tx, conversation_id: int) -> Message | None:
    """The assistant's last words, if they were a choice."""
    query = (
        select(messages)
        .where(messages.c.conversation_id == conversation_id, messages.c.internal.is_(False))
        .where(messages.c.author != Author.CUSTOMER.value)
        .order_by(messages.c.id.desc())
        .limit(1)
    )
    row = (await tx.execute(query)).mappings().one_or_none()
    message = _message(row) if row else None
    return message if message and (message.content.buttons or message.content.cards) else None


async def newest_sent_at(tx: Tx, conversation_id: int) -> datetime | None:
    """When the customer wrote last, by the platform's clock."""
    newest = await tx.execute(_NEWEST_SENT_AT, {"conversation": conversation_id})
    at: datetime | None = newest.scalar_one()
    return at
