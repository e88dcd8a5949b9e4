"""What is found when staff look for something: messages for an agent, conversations for the
supervisor. Notes are included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select

from bot.folded import sought
from bot.models import Message, Status, User
from bot.storage import desk, search
from bot.storage import messages as transcript
from bot.storage.db import Tx
from bot.storage.desk import Entry, Line
from bot.storage.tables import conversation_tags, conversations, customers, handoffs, messages


@dataclass(frozen=True)
class Filters:
    """What the supervisor looks for. All that is given must hold."""

    text: str = ""  # every word in one message, accents or not
    channel: str = ""
    agent_id: int | None = None
    status: Status | None = None
    reason: str = ""
    tag: str = ""
    since: datetime | None = None  # something was said at or after
    until: datetime | None = None  # and it had begun before


@dataclass(frozen=True)
class Hit:
    """A conversation, with the message that the text was found in."""

    entry: Entry
    found: Message | None


@dataclass(frozen=True)
class Said:
    """A message that the text was found in, with its conversation."""

    entry: Entry
    line: Line


async def of_messages(
    tx: Tx, text: str, reader: User, *, before: int | None = None, limit: int = 20
) -> tuple[list[Said], int | None]:
    """A page of messages with every word of the text that the reader may read, newest first, and
    where the next resumes."""
    if before is None:
        before = ((await tx.execute(select(func.max(messages.c.id)))).scalar() or 0) + 1
    ids = await search.newest(
        tx, sought(text), before=before, limit=limit + 1, where=[transcript.open_to(reader)]
    )
    page = ids[:limit]
    known = await transcript.by_ids(tx, page)
    lines = await desk.lines_of(tx, [known[each] for each in page])
    entries = await desk.entries(tx, (line.message.conversation_id for line in lines))
    hits = [Said(entries[line.message.conversation_id], line) for line in lines]
    return hits, page[-1] if len(ids) > limit else None


async def of_conversations(
    tx: Tx, filters: Filters, *, before: int | None = None, limit: int = 25
) -> tuple[list[Hit], int | None]:
    """A page of conversations, the newest begun first, and where the next resumes."""
    chosen = select(conversations.c.id).where(*_conditions(filters))
    if before is not None:
        chosen = chosen.where(conversations.c.id < before)
    where: dict[int, Message] = {}
    if filters.text:
        where = await _found(tx, filters.text, chosen, limit + 1)
        ids = sorted(where, reverse=True)
    else:
        newest = chosen.order_by(conversations.c.id.desc()).limit(limit + 1)
        ids = list((await tx.execute(newest)).scalars())
    page = ids[:limit]
    entries = await desk.entries(tx, page)
    hits = [Hit(entries[each], where.get(each)) for each in page]
    return hits, page[-1] if len(ids) > limit else None


async def _found(tx: Tx, text: str, chosen: Any, limit: int) -> dict[int, Message]:
    """Of the chosen conversations, those begun last with the text, and the newest message of each
    that holds it."""
    newest = (await tx.execute(select(func.max(chosen.subquery().c.id)))).scalar()
    ids = await search.newest(
        tx,
        sought(text),
        before=(newest or 0) + 1,
        limit=limit,
        of_conversations=True,
        where=[messages.c.conversation_id.in_(chosen)],
    )
    found = (await transcript.by_ids(tx, ids)).values()
    return {message.conversation_id: message for message in found}


def _conditions(filters: Filters) -> Sequence[Any]:
    conditions: list[Any] = []
    if filters.channel:
        of_channel = select(customers.c.id).where(customers.c.channel == filters.channel)
        conditions.append(conversations.c.customer_id.in_(of_channel))
    if filters.status:
        conditions.append(conversations.c.status == filters.status.value)
    if filters.agent_id is not None:
        helped = select(handoffs.c.conversation_id).where(
            handoffs.c.assignee_id == filters.agent_id
        )
        conditions.append(
            or_(conversations.c.assignee_id == filters.agent_id, conversations.c.id.in_(helped))
        )
    if filters.reason:
        handed_off = select(handoffs.c.conversation_id).where(handoffs.c.reason == filters.reason)
        conditions.append(conversations.c.id.in_(handed_off))
    if filters.tag:
        tagged = select(conversation_tags.c.conversation_id).where(
            conversation_tags.c.tag == filters.tag
        )
        conditions.append(conversations.c.id.in_(tagged))
    if filters.since:
        conditions.append(conversations.c.last_message_at >= filters.since)
    if filters.until:
        conditions.append(conversations.c.created_at < filters.until)
    return conditions
