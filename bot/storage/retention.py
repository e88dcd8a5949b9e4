"""What is deleted because its time is over, a little at a time; what is held stays.

Every function takes one batch, so that no transaction is long, and finds anew what is due: a night
that was broken off is gone on with by asking again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import and_, delete, exists, func, null, or_, select, update

from bot.models import Conversation, Status
from bot.storage import audit
from bot.storage.db import Tx, insert, insert_once
from bot.storage.tables import (
    complaints,
    conversations,
    customers,
    errands,
    events,
    files,
    handoff_events,
    handoffs,
    holds,
    identities,
    inbox,
    mentions,
    outbox,
    promises,
    proofs,
    retention_runs,
    reviews,
    sent_calls,
    slack_events,
    tracker_checkpoints,
    tracker_events,
    unread_events,
    users,
)
from bot.storage.tables import consents as consent_rows
from bot.storage.tables import messages as message_rows
from bot.storage.tables import outreach as outreach_rows
from bot.storage.tables import survey_answers as answer_rows
from connectors.base import Json

ENDED: Final = (Status.BOT.value, Status.RESOLVED.value)  # nobody closes a talk with the assistant


class Log(NamedTuple):
    """A table that only grows, and what of it may go."""

    key: Any
    time: Any
    where: Any = None


# By kind. Of those that grow with every message only the oldest rows are looked at: their keys are
# as old as their times.
LOGS: Final[Mapping[str, Log]] = {
    "raw": Log(unread_events.c.id, unread_events.c.created_at),
    "live_log": Log(events.c.id, events.c.created_at),
    "slack": Log(slack_events.c.id, slack_events.c.done_at),
    "codes": Log(proofs.c.id, proofs.c.created_at, proofs.c.ended_at.is_not(None)),
}
ALWAYS_IN_ORDER: Final = ("raw", "live_log")

_PERSON = select(identities.c.person_id).where(
    identities.c.customer_id == conversations.c.customer_id, identities.c.ended_at.is_(None)
)
_talks = conversations.alias("talks")  # all of the customer's
# Why a talk is kept although its time is over.
HELD: Final = or_(
    exists().where(
        holds.c.customer_id == conversations.c.customer_id,
        holds.c.ended_at.is_(None),
        or_(holds.c.conversation_id.is_(None), holds.c.conversation_id == conversations.c.id),
    ),
    exists().where(
        complaints.c.closed_at.is_(None),
        or_(
            complaints.c.customer_id == conversations.c.customer_id,
            complaints.c.conversation_id == conversations.c.id,
            complaints.c.person_id.in_(_PERSON),
        ),
    ),
    exists().where(
        promises.c.conversation_id == _talks.c.id,
        _talks.c.customer_id == conversations.c.customer_id,
        promises.c.done_at.is_(None),
    ),
    exists().where(inbox.c.conversation_id == conversations.c.id),
    exists().where(outbox.c.conversation_id == conversations.c.id),
)


def _due(before: datetime) -> Any:
    return and_(
        conversations.c.cleared_at.is_(None),
        conversations.c.status.in_(ENDED),
        conversations.c.last_message_at < before,
        ~HELD,
    )


@dataclass(frozen=True)
class Hold:
    id: int
    customer_id: int
    customer: str  # as their channel calls them
    conversation_id: int | None  # none: all of the customer's talks
    reason: str
    by: str
    created_at: datetime


@dataclass(frozen=True)
class Run:
    """One night."""

    id: int
    key: str
    counts: Mapping[str, int]
    began_at: datetime
    ended_at: datetime | None


# --- nights


async def last_runs(tx: Tx, limit: int = 10) -> list[Run]:
    """The newest first."""
    query = select(retention_runs).order_by(retention_runs.c.id.desc()).limit(limit)
    names = Run.__dataclass_fields__
    rows = (await tx.execute(query)).mappings()
    return [Run(**{name: row[name] for name in names}) for row in rows]


async def any_to_do(tx: Tx, key: str, now: datetime) -> bool:
    """Whether nobody has begun this night, or whoever had is gone."""
    query = select(retention_runs).where(retention_runs.c.key == key)
    row = (await tx.execute(query)).mappings().one_or_none()
    return row is None or (row["ended_at"] is None and row["held_until"] <= now)


async def begin(tx: Tx, key: str, now: datetime, until: datetime) -> int | None:
    """Be the one process that does this night, or goes on with it; None when another is."""
    values = {"key": key, "held_until": until, "counts": {}, "began_at": now}
    if await insert_once(tx, retention_runs, values):
        query = select(retention_runs.c.id).where(retention_runs.c.key == key)
        return int((await tx.execute(query)).scalar_one())
    row = select(retention_runs.c.id, retention_runs.c.held_until, retention_runs.c.ended_at)
    found = (await tx.execute(row.where(retention_runs.c.key == key).with_for_update())).one()
    if found.ended_at is not None or found.held_until > now:
        return None
    this = update(retention_runs).where(retention_runs.c.id == found.id)
    await tx.execute(this.values(held_until=until))
    return int(found.id)


async def count(tx: Tx, run_id: int, counts: Mapping[str, int], until: datetime) -> None:
    """Add what went in this transaction to the night's report; its process lives until then."""
    query = select(retention_runs.c.counts).where(retention_runs.c.id == run_id)
    so_far = dict((await tx.execute(query)).scalar_one())
    for kind, many in counts.items():
        so_far[kind] = so_far.get(kind, 0) + many
    await tx.execute(
        update(retention_runs)
        .where(retention_runs.c.id == run_id)
        .values(counts=so_far, held_until=until)
    )


async def end(tx: Tx, run_id: int, now: datetime) -> Mapping[str, int]:
    """The night is over, and the audit says what went."""
    await tx.execute(
        update(retention_runs)
        .where(retention_runs.c.id == run_id)
        .values(ended_at=now, held_until=null())
    )
    query = select(retention_runs.c.counts).where(retention_runs.c.id == run_id)
    counts: Mapping[str, int] = (await tx.execute(query)).scalar_one()
    await audit.note(tx, "retention", run_id, "deleted", None, now, **counts)
    return counts


# --- logs


async def trim(tx: Tx, kind: str, before: datetime, most: int) -> int:
    """Delete up to `most` rows of a log that are older than that."""
    log = LOGS[kind]
    if kind in ALWAYS_IN_ORDER:
        oldest = select(log.key, log.time).order_by(log.key).limit(most).subquery()
        query = select(oldest.c[log.key.name]).where(oldest.c[log.time.name] < before)
    else:
        query = select(log.key).where(*_old(log, before)).limit(most)
    keys = list((await tx.execute(query)).scalars())
    await tx.execute(delete(log.key.table).where(log.key.in_(keys)))
    return len(keys)


def _old(log: Log, before: datetime) -> list[Any]:
    return [log.time < before, *([log.where] if log.where is not None else [])]


async def trim_platform_ids(tx: Tx, before: datetime, most: int) -> int:
    """The same of the platforms' ids of what we sent."""
    oldest = select(sent_calls.c.message_id).order_by(sent_calls.c.message_id).limit(most)
    query = select(message_rows.c.id).where(
        message_rows.c.id.in_(oldest), message_rows.c.created_at < before
    )
    ids = list((await tx.execute(query)).scalars())
    gone = await tx.execute(delete(sent_calls).where(sent_calls.c.message_id.in_(ids)))
    return int(gone.rowcount)


# --- files


def _due_files(before: datetime) -> Any:
    """Those that travelled with a talk, or were never sent; canned replies keep theirs."""
    of_talk = files.outerjoin(conversations, conversations.c.id == files.c.conversation_id)
    return (
        select(files.c.key, files.c.conversation_id)
        .select_from(of_talk)
        .where(
            files.c.created_at < before,
            or_(
                and_(files.c.conversation_id.is_(None), files.c.customer_id.is_not(None)),
                and_(files.c.conversation_id.is_not(None), ~HELD),
            ),
        )
    )


async def drop_files(tx: Tx, before: datetime, most: int, now: datetime) -> int:
    """Delete files that are older than that; their messages say so in their place."""
    found = (await tx.execute(_due_files(before).limit(most))).all()
    gone = {f"/files/{row.key}" for row in found}
    for talk in {row.conversation_id for row in found} - {None}:
        await _say_gone(tx, talk, gone, before, now)
    await tx.execute(delete(files).where(files.c.key.in_([row.key for row in found])))
    return len(found)


async def _say_gone(tx: Tx, talk: int, gone: set[str], before: datetime, now: datetime) -> None:
    query = select(message_rows.c.id, message_rows.c.content, message_rows.c.meta).where(
        message_rows.c.conversation_id == talk
    )
    for row in (await tx.execute(query)).all():
        attached = row.content["attachments"]
        kept = [each for each in attached if each["url"] not in gone]
        if len(kept) == len(attached):
            continue
        told = row.meta.get("files_gone", 0) + len(attached) - len(kept)
        values = {
            "content": {**row.content, "attachments": kept},
            "meta": {**row.meta, "files_gone": told},
        }
        await tx.execute(update(message_rows).where(message_rows.c.id == row.id).values(**values))


# --- transcripts


async def due_talks(tx: Tx, before: datetime, after: int, limit: int) -> list[int]:
    """Talks that ended before that and are not held, with greater ids than `after`, in order."""
    query = (
        select(conversations.c.id)
        .where(conversations.c.id > after, _due(before))
        .order_by(conversations.c.id)
        .limit(limit)
    )
    return list((await tx.execute(query)).scalars())


async def whole(tx: Tx, conversation_id: int) -> Json:
    """All of a talk that `clear` deletes, and whose it is, as JSON takes it."""

    async def rows(query: Any) -> list[Json]:
        return [
            {name: _plain(value) for name, value in row.items()}
            for row in (await tx.execute(query)).mappings()
        ]

    this = conversations.c.id == conversation_id
    of_talk = message_rows.c.conversation_id == conversation_id
    (talk,) = await rows(select(conversations).where(this))
    whose = select(customers.c.channel, customers.c.external_id, customers.c.name)
    (customer,) = await rows(whose.where(customers.c.id == talk["customer_id"]))
    said = [column for column in message_rows.c if column.name != "folded"]
    judged = select(reviews).join(message_rows, message_rows.c.id == reviews.c.message_id)
    asked = handoffs.c.conversation_id == conversation_id
    return {
        "conversation": talk,
        "customer": customer,
        "messages": await rows(select(*said).where(of_talk).order_by(message_rows.c.id)),
        "reviews": await rows(judged.where(of_talk)),
        "handoffs": await rows(select(handoffs).where(asked).order_by(handoffs.c.id)),
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


async def clear(
    tx: Tx, conversation_id: int, before: datetime, most: int, now: datetime
) -> tuple[int, bool] | None:
    """Delete up to `most` messages of a talk that is still due, with what hangs on them. How many
    went, and whether the talk is now empty; None when it is due no longer."""
    lock = select(conversations.c.id).where(conversations.c.id == conversation_id, _due(before))
    if (await tx.execute(lock.with_for_update(of=conversations))).one_or_none() is None:
        return None
    query = (
        select(message_rows.c.id)
        .where(message_rows.c.conversation_id == conversation_id)
        .order_by(message_rows.c.id)
        .limit(most)
    )
    ids = list((await tx.execute(query)).scalars())
    for table in (sent_calls, errands, reviews, mentions):
        await tx.execute(delete(table).where(table.c.message_id.in_(ids)))
    for table in (promises, consent_rows, outreach_rows, answer_rows):
        await tx.execute(update(table).where(table.c.message_id.in_(ids)).values(message_id=None))
    await tx.execute(delete(message_rows).where(message_rows.c.id.in_(ids)))
    if len(ids) == most:
        return len(ids), False
    for table in (tracker_events, tracker_checkpoints, events):
        await tx.execute(delete(table).where(table.c.conversation_id == conversation_id))
    await tx.execute(delete(files).where(files.c.conversation_id == conversation_id))
    await _forget_words(tx, conversation_id)
    this = update(conversations).where(conversations.c.id == conversation_id)
    await tx.execute(this.values(cleared_at=now, version=conversations.c.version + 1))
    return len(ids), True


async def _forget_words(tx: Tx, conversation_id: int) -> None:
    """The hand-offs stay for the figures, without what the customer had told."""
    theirs = select(handoffs.c.id).where(handoffs.c.conversation_id == conversation_id)
    told = select(handoff_events.c.id, handoff_events.c.data).where(
        handoff_events.c.handoff_id.in_(theirs)
    )
    for row in (await tx.execute(told)).all():
        if "facts" in row.data:
            data = {name: value for name, value in row.data.items() if name != "facts"}
            this = update(handoff_events).where(handoff_events.c.id == row.id)
            await tx.execute(this.values(data=data))
    this = update(handoffs).where(handoffs.c.conversation_id == conversation_id)
    await tx.execute(this.values(summary="", contact=""))


async def cleared_in(tx: Tx, since: datetime, until: datetime) -> int:
    """How many talks of that time have no words left."""
    query = select(func.count()).where(
        conversations.c.cleared_at.is_not(None),
        conversations.c.last_message_at >= since,
        conversations.c.created_at < until,
    )
    return int((await tx.execute(query)).scalar_one())


# --- before anything is done


async def due(tx: Tx, before: Mapping[str, datetime]) -> dict[str, int]:
    """How much of each kind would go, and how many talks are old enough but held."""

    async def many(query: Any) -> int:
        counted = select(func.count()).select_from(query.subquery())
        return int((await tx.execute(counted)).scalar_one())

    sent = select(sent_calls.c.message_id).join(
        message_rows, message_rows.c.id == sent_calls.c.message_id
    )
    old = select(conversations.c.id).where(
        conversations.c.cleared_at.is_(None),
        conversations.c.last_message_at < before["transcripts"],
        HELD,
    )
    return {
        "transcripts": await many(select(conversations.c.id).where(_due(before["transcripts"]))),
        "files": await many(_due_files(before["files"])),
        **{
            kind: await many(select(log.key).where(*_old(log, before[kind])))
            for kind, log in LOGS.items()
        },
        "platform_ids": await many(sent.where(message_rows.c.created_at < before["platform_ids"])),
        "held": await many(old),
    }


# --- holds


async def hold(
    tx: Tx,
    customer_id: int,
    conversation_id: int | None,
    reason: str,
    user_id: int,
    now: datetime,
) -> None:
    """Keep a talk, or all of a customer's, until the hold is ended."""
    values = {"customer_id": customer_id, "conversation_id": conversation_id, "reason": reason}
    hold_id = await insert(tx, holds, {**values, "user_id": user_id, "created_at": now})
    talk = {"conversation": conversation_id, "reason": reason}
    await audit.note(tx, "hold", hold_id, "held", user_id, now, customer=customer_id, **talk)


async def release(tx: Tx, hold_id: int, user_id: int, now: datetime) -> None:
    """End a hold; nothing when it has ended."""
    open_one = (holds.c.id == hold_id, holds.c.ended_at.is_(None))
    ended = await tx.execute(update(holds).where(*open_one).values(ended_at=now))
    if ended.rowcount:
        await audit.note(tx, "hold", hold_id, "released", user_id, now)


async def open_holds(tx: Tx, customer_id: int | None = None, limit: int = 200) -> list[Hold]:
    """The newest first; of one customer or of all."""
    query = (
        select(holds, customers.c.name.label("customer"), users.c.name.label("by"))
        .join(customers, customers.c.id == holds.c.customer_id)
        .join(users, users.c.id == holds.c.user_id)
        .where(holds.c.ended_at.is_(None))
        .order_by(holds.c.id.desc())
        .limit(limit)
    )
    if customer_id is not None:
        query = query.where(holds.c.customer_id == customer_id)
    names = Hold.__dataclass_fields__
    rows = (await tx.execute(query)).mappings()
    return [Hold(**{name: row[name] for name in names}) for row in rows]


async def holds_on(tx: Tx, talk: Conversation) -> list[Hold]:
    """The open ones that keep a talk."""
    found = await open_holds(tx, talk.customer_id)
    return [each for each in found if each.conversation_id in (None, talk.id)]


async def cleared_at(tx: Tx, conversation_id: int) -> datetime | None:
    """When the words of a talk were deleted."""
    query = select(conversations.c.cleared_at).where(conversations.c.id == conversation_id)
    found: datetime | None = (await tx.execute(query)).scalar_one()
    return found
