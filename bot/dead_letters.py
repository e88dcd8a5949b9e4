"""What did not reach its end, in words, and how it is put back to work: at most once, and never
what a platform may have taken already, unless somebody who has looked says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot import intake, turns, unread
from bot.console import failures
from bot.models import Author, Delivery, Message
from bot.storage import conversations, customers, dead_letters, inbox, messages
from bot.storage.db import Database, Tx
from bot.storage.dead_letters import SET_ASIDE, Span
from bot.storage.outbox import HIDDEN
from connectors.base import Channel, UnreadableError

READ: Final = 1000  # messages of a conversation among which those set aside are looked for

# Why something was left as it is.
LEFT: Final = {
    "unknown": {
        "vi": "chưa rõ khách đã nhận chưa; hỏi khách hoặc xem trên kênh, rồi thêm --unknown",
        "en": "the customer may have it already; look on the platform, then add --unknown",
    },
    "secret": {
        "vi": "có mã một lần đã hết hiệu lực; khách sẽ xin mã mới",
        "en": "it held a code that has ended; the customer will ask for a new one",
    },
    "settled": {
        "vi": "không còn chờ: đã gửi, đã có người nhận, hoặc không có tin này",
        "en": "it waits no more: sent, taken by a person, or there is no such message",
    },
    "unread": {
        "vi": "vẫn chưa đọc được hết; phần đọc được đã ghi nhận, nội dung gốc còn trong CSDL",
        "en": "still not to be read, or not all of it; what can be was taken, the original is kept",
    },
    "no_channel": {
        "vi": "kênh chưa thiết lập trên máy này; kiểm tra cài đặt rồi chạy lại",
        "en": "its channel is not set up here; look at the settings, then try again",
    },
    "slack": {
        "vi": "thao tác của nhân viên trên Slack; nhân viên tự làm lại nếu còn cần",
        "en": "what an agent did in Slack; they do it again themselves if it is still wanted",
    },
}
ASIDE: Final = {
    "vi": (
        "Trợ lý ảo đã thử nhiều lần không trả lời được.",
        "Khách đang chờ nhân viên; sửa nguyên nhân rồi cho trả lời lại.",
    ),
    "en": (
        "The assistant has tried several times and failed.",
        "The customer waits for a person; mend the cause, then let it answer again.",
    ),
}
UNREAD: Final = {
    "vi": (
        "Không đọc được sự kiện của kênh.",
        "Nội dung gốc còn trong CSDL; cập nhật Carebot rồi cho đọc lại.",
    ),
    "en": (
        "An event of the platform could not be read.",
        "It is kept in the database as it came; update Carebot, then let it read it again.",
    ),
}


Id = int | str  # of a message; u7 is an event that was not read


@dataclass(frozen=True)
class DeadLetter:
    """One of them."""

    kind: str  # set_aside, failed, unknown, unread
    id: Id
    channel: str
    at: datetime
    code: str  # the platform's own; "" without one
    said: tuple[str, str]  # what happened, what to do


async def found(tx: Tx, span: Span, language: str) -> list[DeadLetter]:
    """What lies there, in the order of kinds and times."""
    letters = []
    for conversation_id in await dead_letters.set_aside(tx, span):
        if waiting := await _set_aside(tx, conversation_id):
            first = waiting[0]
            letters.append(
                DeadLetter(
                    SET_ASIDE, first.id, first.channel, first.created_at, "", ASIDE[language]
                )
            )
    ids = await dead_letters.undelivered(tx, span)
    known = await messages.by_ids(tx, ids)
    for message in (known[each] for each in ids):
        failure = failures.of_message(message)
        assert failure is not None and message.delivery is not None  # it was looked for
        letters.append(
            DeadLetter(
                message.delivery.value,
                message.id,
                message.channel,
                message.created_at,
                failure.code,
                failure.said[language],
            )
        )
    for event in await dead_letters.unread(tx, span):
        letters.append(
            DeadLetter(
                "unread", f"u{event.id}", event.channel, event.created_at, "", UNREAD[language]
            )
        )
    return letters


async def put_back(
    db: Database,
    ids: Iterable[Id],
    now: datetime,
    channels: Mapping[str, Channel],
    *,
    unknown: bool = False,
) -> dict[Id, str]:
    """Put messages back to work, each in a transaction of its own: a customer's for the assistant,
    with all that its conversation waits with; ours for its platform, which may refuse it again. An
    event is read again by its channel, and taken as if it came now.
    By id, "" for what is done or now waits to be done, else which of LEFT.
    """
    done: dict[Id, str] = {}
    for each in ids:
        if isinstance(each, str):
            done[each] = await _read_again(db, int(each[1:]), channels, now)
            continue
        async with db.begin() as tx:
            message = await messages.by_id(tx, each)
            if message is None:
                done[each] = "settled"
            elif message.author is Author.CUSTOMER:
                done[each] = await _to_assistant(tx, message, now)
            else:
                done[each] = await _to_platform(tx, message, now, unknown)
    return done


async def replay(
    db: Database,
    span: Span,
    now: datetime,
    channels: Mapping[str, Channel],
    *,
    unknown: bool = False,
) -> dict[Id, str]:
    """Put back all that lies there, as `put_back` does: a second time finds what the first has
    left."""
    async with db.read() as tx:
        aside = [
            waiting[0].id
            for each in await dead_letters.set_aside(tx, span)
            if (waiting := await _set_aside(tx, each))
        ]
        ids = await dead_letters.undelivered(tx, span)
        events = [f"u{each.id}" for each in await dead_letters.unread(tx, span)]
    return await put_back(db, (*aside, *ids, *events), now, channels, unknown=unknown)


async def _read_again(
    db: Database, event_id: int, channels: Mapping[str, Channel], now: datetime
) -> str:
    async with db.read() as tx:
        kept = await dead_letters.unread_by_id(tx, event_id)
    if kept is None:
        return "settled"
    name, body = kept
    if name not in channels:
        return "slack" if name == "slack" else "no_channel"
    try:
        events = unread.read(channels[name], body)
    except UnreadableError:
        return "unread"
    # Its messages are known by their ids: a death before the event is dropped doubles nothing.
    if not await intake.take_again(db, events, now):
        return "unread"
    async with db.begin() as tx:
        return "" if await dead_letters.was_read(tx, event_id) else "settled"


async def _set_aside(tx: Tx, conversation_id: int) -> list[Message]:
    """What the customer wrote from the first message on that was set aside."""
    known = await messages.of_conversation(tx, conversation_id, limit=READ)
    theirs = [each for each in known if each.author is Author.CUSTOMER]
    first = next((n for n, each in enumerate(theirs) if each.meta.get(SET_ASIDE)), len(theirs))
    return theirs[first:]


async def _to_assistant(tx: Tx, message: Message, now: datetime) -> str:
    everything = Span(message.created_at, now)
    conversation = await conversations.by_id(tx, message.conversation_id)
    waiting = await _set_aside(tx, message.conversation_id)
    if (
        conversation is None
        or message.conversation_id not in await dead_letters.set_aside(tx, everything)
        or message.id not in [each.id for each in waiting]
    ):
        return "settled"
    try:
        await turns.move(tx, "replay", conversation, now)
    except turns.Changed:
        return "settled"
    await turns.close(tx, conversation, "replayed", now)
    for each in waiting:
        await messages.change(tx, each, now, meta={SET_ASIDE: False})
        await inbox.add(tx, each.id, conversation.id)
    return ""


async def _to_platform(tx: Tx, message: Message, now: datetime, unknown: bool) -> str:
    if message.delivery is Delivery.UNKNOWN and not unknown:
        return "unknown"
    if message.delivery not in (Delivery.FAILED, Delivery.UNKNOWN):
        return "settled"
    if HIDDEN in message.content.text:
        return "secret"
    conversation = await conversations.by_id(tx, message.conversation_id)
    assert conversation is not None  # foreign key
    customer = await customers.by_id(tx, conversation.customer_id)
    again = await dead_letters.send_again(tx, message, customer.external_id, now)
    return "" if again else "settled"
