"""Slack as the agents' second desk: threads of hand-offs, what Slack has told, who serves it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, exists, func, or_, select, update

from bot.models import Author
from bot.storage.db import Tx, insert_once
from bot.storage.messages import whispered_to
from bot.storage.tables import (
    accounts,
    conversations,
    handoffs,
    messages,
    slack_events,
    slack_threads,
)
from connectors.base import Json

FROM_SLACK = "slack "  # how the client_id of what was said in a thread begins


@dataclass(frozen=True)
class Thread:
    """A hand-off's thread."""

    handoff_id: int
    conversation_id: int
    ts: str | None  # of its first message, once that is posted
    pack_upto: int  # the newest message that the first one tells of
    copied_upto: int  # and that is told at all
    sending: int | None  # on its way: a message's id, 0 for the thread's first message
    shown: int | None  # the conversation's version that the first message shows


@dataclass(frozen=True)
class Report:
    """Something that Slack has told and nobody has dealt with yet."""

    id: int
    body: Json
    attempts: int  # the next one included
    due_at: datetime


def _thread(row: Any) -> Thread:
    return Thread(**{name: row[name] for name in Thread.__dataclass_fields__})


# Who serves Slack


async def serve(tx: Tx, mine: datetime | None, now: datetime, until: datetime) -> bool:
    """Whether this process is the one that serves Slack, from now `until` then. `mine` is what it
    was promised last."""
    await insert_once(tx, accounts, {"channel": "slack"})
    taken = await tx.execute(
        update(accounts)
        .where(
            accounts.c.channel == "slack",
            or_(
                accounts.c.polled_until.is_(None),
                accounts.c.polled_until <= now,
                accounts.c.polled_until == mine,
            ),
        )
        .values(polled_until=until)
    )
    return bool(taken.rowcount)


async def rest(tx: Tx, mine: datetime) -> None:
    """Another process may serve Slack."""
    await tx.execute(
        update(accounts)
        .where(accounts.c.channel == "slack", accounts.c.polled_until == mine)
        .values(polled_until=None)
    )


# Threads


def _threadless(channel: str) -> Any:
    return handoffs.c.closed_at.is_(None) & ~exists().where(
        slack_threads.c.handoff_id == handoffs.c.id, slack_threads.c.channel == channel
    )


async def any_threadless(tx: Tx, channel: str) -> bool:
    """Whether an open hand-off has no thread in this channel."""
    query = select(handoffs.c.id).where(_threadless(channel)).limit(1)
    return (await tx.execute(query)).first() is not None


async def begin_threads(tx: Tx, channel: str) -> None:
    """A thread for every open hand-off, in this channel. One in another channel is left there."""
    newest = (
        select(func.coalesce(func.max(messages.c.id), 0))
        .where(messages.c.conversation_id == handoffs.c.conversation_id)
        .scalar_subquery()
    )
    query = select(handoffs.c.id, handoffs.c.conversation_id, newest.label("newest"))
    for row in (await tx.execute(query.where(_threadless(channel)))).all():
        await tx.execute(delete(slack_threads).where(slack_threads.c.handoff_id == row.id))
        await tx.execute(
            slack_threads.insert().values(
                handoff_id=row.id,
                conversation_id=row.conversation_id,
                channel=channel,
                pack_upto=row.newest,
                copied_upto=row.newest,
            )
        )


def _to_copy(thread: Any) -> Any:
    """Of the messages those that a thread has still to show: not what was said in it, nor what was
    whispered, for everybody reads it."""
    return and_(
        messages.c.conversation_id == thread.conversation_id,
        messages.c.id > thread.copied_upto,
        whispered_to.is_(None),
        or_(messages.c.client_id.is_(None), ~messages.c.client_id.startswith(FROM_SLACK)),
    )


async def behind(tx: Tx) -> list[int]:
    """The hand-offs whose threads do not show how things stand."""
    query = (
        select(slack_threads.c.handoff_id)
        .join(conversations, conversations.c.id == slack_threads.c.conversation_id)
        .where(
            slack_threads.c.done_at.is_(None),
            or_(
                slack_threads.c.shown.is_(None),
                slack_threads.c.shown != conversations.c.version,
                exists().where(_to_copy(slack_threads.c)),
            ),
        )
        .order_by(slack_threads.c.handoff_id)
    )
    return list((await tx.execute(query)).scalars())


async def thread_of(tx: Tx, handoff_id: int) -> Thread | None:
    query = select(slack_threads).where(slack_threads.c.handoff_id == handoff_id)
    row = (await tx.execute(query)).mappings().one_or_none()
    return _thread(row) if row else None


async def thread_at(tx: Tx, channel: str, ts: str) -> Thread | None:
    """The thread under a message of ours."""
    query = select(slack_threads).where(slack_threads.c.channel == channel)
    row = (await tx.execute(query.where(slack_threads.c.ts == ts))).mappings().one_or_none()
    return _thread(row) if row else None


async def any_beginning(tx: Tx) -> bool:
    """Whether a thread's first message is on its way, so that nobody knows its ts."""
    query = select(slack_threads.c.handoff_id).where(
        slack_threads.c.ts.is_(None), slack_threads.c.sending == 0
    )
    return (await tx.execute(query.limit(1))).first() is not None


async def next_to_copy(tx: Tx, thread: Thread, until: datetime | None) -> int | None:
    """The oldest message that the thread does not show yet, of those said `until` then."""
    query = select(func.min(messages.c.id)).where(_to_copy(thread))
    if until is not None:
        query = query.where(messages.c.created_at <= until)
    found = (await tx.execute(query)).scalar_one()
    return int(found) if found is not None else None


async def change_thread(tx: Tx, handoff_id: int, **values: Any) -> None:
    """Set the named columns."""
    await tx.execute(
        update(slack_threads).where(slack_threads.c.handoff_id == handoff_id).values(**values)
    )


async def accepted_at(tx: Tx, conversation_id: int) -> datetime | None:
    """When the agent who has the conversation took it."""
    query = (
        select(messages.c.created_at, messages.c.meta)
        .where(
            messages.c.conversation_id == conversation_id,
            messages.c.author == Author.SYSTEM.value,
        )
        .order_by(messages.c.id.desc())
        .limit(20)
    )
    for row in await tx.execute(query):
        if row.meta.get("code") == "accepted":
            return row.created_at  # type: ignore[no-any-return]
    return None


async def was_sent(tx: Tx, conversation_id: int, client_id: str) -> bool:
    """Whether what was said in a thread under this id is on its way to the customer."""
    query = select(messages.c.id).where(
        messages.c.conversation_id == conversation_id,
        messages.c.client_id == client_id,
        messages.c.internal.is_(False),
    )
    return (await tx.execute(query)).scalar_one_or_none() is not None


# What Slack has told


async def keep(tx: Tx, key: str, body: Json, now: datetime) -> bool:
    """Write down what Slack has told; False when it is known."""
    values = {"key": key[:128], "body": body, "due_at": now}
    return await insert_once(tx, slack_events, values)


async def reports(tx: Tx, limit: int) -> list[Report]:
    """What waits to be dealt with, in the order in which it came."""
    query = (
        select(slack_events)
        .where(slack_events.c.done_at.is_(None))
        .order_by(slack_events.c.id)
        .limit(limit)
    )
    rows = (await tx.execute(query)).mappings()
    return [Report(row["id"], row["body"], row["attempts"] + 1, row["due_at"]) for row in rows]


async def later(tx: Tx, report: Report, due_at: datetime) -> None:
    await tx.execute(
        update(slack_events)
        .where(slack_events.c.id == report.id)
        .values(attempts=report.attempts, due_at=due_at)
    )


async def done(tx: Tx, report_id: int, now: datetime) -> None:
    await tx.execute(update(slack_events).where(slack_events.c.id == report_id).values(done_at=now))


async def forget(tx: Tx, before: datetime) -> None:
    """What was dealt with before then is not told again any more."""
    await tx.execute(delete(slack_events).where(slack_events.c.done_at < before))
