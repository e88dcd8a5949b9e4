"""What the console's screens read: the inbox, one conversation, one customer.

Only reading, and only for staff: notes are included everywhere here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select

from bot.models import Author, Conversation, Customer, Handoff, Message, Status, User
from bot.storage import messages as transcript
from bot.storage import promises, tags
from bot.storage.db import Tx
from bot.storage.handoffs import handoff_from
from bot.storage.people import CALLED
from bot.storage.promises import Promise
from bot.storage.tables import conversations, customers, handoffs, messages, reads, users

WITH_BOT_SHOWN = 200  # conversations of the assistant in an inbox; those of people are all shown
OURS = (Author.BOT.value, Author.AGENT.value)


@dataclass(frozen=True)
class Entry:
    """One conversation as a list shows it."""

    conversation: Conversation
    customer: Customer
    assignee: str  # the agent's name; "" when nobody has it
    handoff: Handoff | None  # the newest, open or closed
    last: Message | None  # the newest that somebody said; notes and the system's lines excepted
    unread: int = 0  # customer messages that the reader has not seen and nobody has answered
    promises: Sequence[Promise] = ()  # open ones, the next due first
    tags: Sequence[str] = ()
    on_channel: str = ""  # the customer's name there, when we know them by another


@dataclass(frozen=True)
class Line:
    """One message of a transcript and what its row says beyond it. A pressed button that came
    without words has its title for text: that is what the customer saw."""

    message: Message
    by: str  # the agent's name
    client_id: str | None  # the agent's screen's own id for it
    to: str = ""  # for whom alone it was whispered


def _conversation(row: Any) -> Conversation:
    values = {name: row[name] for name in Conversation.__dataclass_fields__}
    return Conversation(**{**values, "status": Status(values["status"])})


async def inbox(tx: Tx) -> list[Entry]:
    """All open conversations that are people's, and the newest of the assistant's."""
    ours = select(conversations).where(
        conversations.c.status.in_((Status.QUEUED.value, Status.ASSIGNED.value))
    )
    bots = (
        select(conversations)
        .where(conversations.c.status == Status.BOT.value)
        .order_by(conversations.c.last_message_at.desc())
        .limit(WITH_BOT_SHOWN)
    )
    found = [
        _conversation(row) for query in (ours, bots) for row in (await tx.execute(query)).mappings()
    ]
    return await _entries(tx, found)


async def entry(tx: Tx, conversation_id: int, user_id: int | None = None) -> Entry | None:
    """One conversation; `unread` is counted when a reader is named."""
    query = select(conversations).where(conversations.c.id == conversation_id)
    row = (await tx.execute(query)).mappings().one_or_none()
    if row is None:
        return None
    found = (await _entries(tx, [_conversation(row)]))[0]
    if user_id is None:
        return found
    return replace(found, unread=(await unread(tx, user_id, [conversation_id])).get(row["id"], 0))


async def entries(tx: Tx, ids: Iterable[int]) -> dict[int, Entry]:
    """Those conversations."""
    query = select(conversations).where(conversations.c.id.in_(set(ids)))
    found = [_conversation(row) for row in (await tx.execute(query)).mappings()]
    return {each.conversation.id: each for each in await _entries(tx, found)}


async def _entries(tx: Tx, found: Sequence[Conversation]) -> list[Entry]:
    ids = [conversation.id for conversation in found]
    people, on_channels = await _customers(tx, {conversation.customer_id for conversation in found})
    names = await _names(tx, {c.assignee_id for c in found if c.assignee_id is not None})
    latest = await _newest_handoffs(tx, ids)
    said = await _newest_said(tx, ids)
    promised = await promises.open_in(tx, ids)
    tagged = await tags.of_conversations(tx, ids)
    return [
        Entry(
            conversation,
            people[conversation.customer_id],
            names.get(conversation.assignee_id or 0, ""),
            latest.get(conversation.id),
            said.get(conversation.id),
            promises=promised.get(conversation.id, ()),
            tags=tagged.get(conversation.id, ()),
            on_channel=on_channels.get(conversation.customer_id, ""),
        )
        for conversation in found
    ]


async def _customers(tx: Tx, ids: set[int]) -> tuple[dict[int, Customer], dict[int, str]]:
    """By what staff call them; and what their channels call those who are called otherwise."""
    query = select(customers, CALLED.label("called")).where(customers.c.id.in_(ids))
    fields = Customer.__dataclass_fields__
    found: dict[int, Customer] = {}
    on_channels: dict[int, str] = {}
    for row in (await tx.execute(query)).mappings():
        values = {name: row[name] for name in fields}
        found[row["id"]] = Customer(**{**values, "name": row["called"]})
        if row["called"] != row["name"]:
            on_channels[row["id"]] = row["name"]
    return found, on_channels


async def _names(tx: Tx, ids: set[int]) -> dict[int, str]:
    if not ids:
        return {}
    rows = await tx.execute(select(users.c.id, users.c.name).where(users.c.id.in_(ids)))
    return {row.id: row.name for row in rows}


async def _newest_handoffs(tx: Tx, ids: Sequence[int]) -> dict[int, Handoff]:
    newest = (
        select(func.max(handoffs.c.id))
        .where(handoffs.c.conversation_id.in_(ids))
        .group_by(handoffs.c.conversation_id)
    )
    rows = (await tx.execute(select(handoffs).where(handoffs.c.id.in_(newest)))).mappings()
    return {row["conversation_id"]: handoff_from(row) for row in rows}


async def _newest_said(tx: Tx, ids: Sequence[int]) -> dict[int, Message]:
    # One step down the index per conversation, however long its transcript is.
    newest = (
        select(messages.c.id)
        .where(
            messages.c.conversation_id == conversations.c.id,
            messages.c.author != Author.SYSTEM.value,
            messages.c.internal.is_(False),
        )
        .order_by(messages.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = select(newest).select_from(conversations).where(conversations.c.id.in_(ids))
    message_ids = [found for found in (await tx.execute(query)).scalars() if found is not None]
    said = (await transcript.by_ids(tx, message_ids)).values()
    return {message.conversation_id: message for message in await _titled(tx, list(said))}


async def _titled(tx: Tx, found: Sequence[Message]) -> list[Message]:
    """The messages; those that are a pressed button and nothing else with its title for text."""
    pressed = {m.id: m for m in found if m.meta.get("button") and not m.content.text}
    if not pressed:
        return list(found)
    ends = (
        select(
            messages.c.conversation_id,
            func.min(messages.c.id).label("first"),
            func.max(messages.c.id).label("last"),
        )
        .where(messages.c.id.in_(pressed))
        .group_by(messages.c.conversation_id)
        .subquery()
    )
    asked = messages.alias("asked")
    # A button means something among the last BUTTONS of ours: further back nothing is read.
    back = (
        select(asked.c.id)
        .where(
            asked.c.conversation_id == ends.c.conversation_id,
            asked.c.author == Author.BOT.value,
            asked.c.id < ends.c.first,
        )
        .order_by(asked.c.id.desc())
        .offset(transcript.BUTTONS - 1)
        .limit(1)
        .correlate(ends)
        .scalar_subquery()
    )
    query = select(messages.c.conversation_id, messages.c.content).where(
        messages.c.conversation_id == ends.c.conversation_id,
        messages.c.author == Author.BOT.value,
        messages.c.id >= func.coalesce(back, 0),
        messages.c.id < ends.c.last,
    )
    titles: dict[tuple[int, str], str] = {}
    for row in await tx.execute(query):
        content = transcript.content_from(row.content)
        buttons = (*content.buttons, *(b for card in content.cards for b in card.buttons))
        titles |= {(row.conversation_id, button.key): button.title for button in buttons}

    def titled(message: Message) -> Message:
        title = titles.get((message.conversation_id, str(message.meta.get("button"))), "")
        return replace(message, content=replace(message.content, text=title))

    return [titled(each) if each.id in pressed else each for each in found]


async def unread(
    tx: Tx, user_id: int, ids: Sequence[int], upto: int | None = None
) -> dict[int, int]:
    """How many of a customer's messages, up to one, this reader has not seen and nobody has
    answered; of those conversations that are people's."""
    people = (Status.QUEUED.value, Status.ASSIGNED.value)
    read_upto = (
        select(reads.c.message_id)
        .where(reads.c.user_id == user_id, reads.c.conversation_id == conversations.c.id)
        .correlate(conversations)
        .scalar_subquery()
    )
    answers = messages.alias("answers")
    answered_upto = (
        select(func.max(answers.c.id))
        .where(
            answers.c.conversation_id == conversations.c.id,
            answers.c.author.in_(OURS),
            answers.c.internal.is_(False),
        )
        .correlate(conversations)
        .scalar_subquery()
    )
    count = (
        select(func.count())
        .select_from(messages)
        .where(
            messages.c.conversation_id == conversations.c.id,
            messages.c.author == Author.CUSTOMER.value,
            messages.c.id > func.coalesce(read_upto, 0),
            messages.c.id > func.coalesce(answered_upto, 0),
            *([messages.c.id <= upto] if upto is not None else []),
        )
        .correlate(conversations)
        .scalar_subquery()
    )
    query = select(conversations.c.id, count.label("n")).where(
        conversations.c.id.in_(ids), conversations.c.status.in_(people)
    )
    return {row.id: row.n for row in await tx.execute(query)}


async def lines(
    tx: Tx, conversation_id: int, reader: User, *, before: int | None = None, limit: int = 100
) -> list[Line]:
    """The newest messages older than `before` that the reader may read, oldest first, with their
    speakers' names."""
    found = await transcript.of_conversation(
        tx, conversation_id, before=before, limit=limit, reader=reader
    )
    return await lines_of(tx, found)


async def line(tx: Tx, message_id: int) -> Line | None:
    message = await transcript.by_id(tx, message_id)
    return (await lines_of(tx, [message]))[0] if message else None


async def lines_by_ids(tx: Tx, ids: Sequence[int]) -> list[Line]:
    return await lines_of(tx, list((await transcript.by_ids(tx, ids)).values()))


async def lines_of(tx: Tx, found: Sequence[Message]) -> list[Line]:
    """The messages, in their order, with their speakers' names."""
    found = await _titled(tx, found)
    by_agents = [message.id for message in found if message.user_id is not None]
    whispered = {m.meta["whisper"] for m in found if "whisper" in m.meta}
    names = await _names(tx, {m.user_id for m in found if m.user_id is not None} | whispered)
    client_ids: dict[int, str] = {}
    if by_agents:
        query = select(messages.c.id, messages.c.client_id).where(messages.c.id.in_(by_agents))
        client_ids = {row.id: row.client_id for row in await tx.execute(query)}
    return [
        Line(
            message,
            str(message.meta.get("name") or names.get(message.user_id or 0, "")),
            client_ids.get(message.id),
            names.get(message.meta.get("whisper", 0), ""),
        )
        for message in found
    ]


async def earlier(
    tx: Tx, customer_id: int, than: int, limit: int = 10
) -> list[tuple[Conversation, Handoff | None]]:
    """The same customer's conversations before this one, newest first, with what was wanted."""
    query = (
        select(conversations)
        .where(conversations.c.customer_id == customer_id, conversations.c.id < than)
        .order_by(conversations.c.id.desc())
        .limit(limit)
    )
    found = [_conversation(row) for row in (await tx.execute(query)).mappings()]
    latest = await _newest_handoffs(tx, [conversation.id for conversation in found])
    return [(conversation, latest.get(conversation.id)) for conversation in found]


async def channels(tx: Tx) -> list[str]:
    """The channels that customers have written on."""
    query = select(customers.c.channel).distinct().order_by(customers.c.channel)
    return list((await tx.execute(query)).scalars())


async def reasons(tx: Tx) -> list[str]:
    """The reasons there have been hand-offs for."""
    query = select(handoffs.c.reason).distinct().order_by(handoffs.c.reason)
    return list((await tx.execute(query)).scalars())
