"""Customer messages that wait for the assistant.

A conversation's waiting messages are begun together, from the first on: that alone keeps the order.
A lease saves double work; what makes an answer single is `done`, in the transaction of the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, delete, exists, or_, select, text, update

from bot.models import Debounce, InboxEntry
from bot.storage.db import Tx, into
from bot.storage.tables import UtcDateTime, inbox, messages

# A living worker renews the lease of a turn that lasts; a dead one's turns are free when it ends.
LEASE = timedelta(seconds=4)
# No turn is put off for longer: what is, was begun by a clock that has been set back since.
FAR = timedelta(minutes=2)
TOGETHER = 20  # messages of a turn, at most


_earlier = inbox.alias()
_NOW: Any = bindparam("now", type_=UtcDateTime)
_FAR: Any = bindparam("far", type_=UtcDateTime)
# A first waiting message that nobody is at.
_FREE = and_(
    or_(
        inbox.c.leased_until.is_(None),
        inbox.c.leased_until <= _NOW,
        inbox.c.leased_until > _FAR,
    ),
    ~exists().where(
        and_(
            _earlier.c.conversation_id == inbox.c.conversation_id,
            _earlier.c.message_id < inbox.c.message_id,
        )
    ),
)
_ANY_FREE = select(inbox.c.message_id).where(_FREE).limit(1)
_CLAIM = (
    select(inbox)
    .where(_FREE)
    .order_by(inbox.c.message_id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=inbox)
)
_TRIED = _CLAIM.where(text("inbox.attempts > 0"))  # as the index has it
# Whoever takes several rows takes them in this order: so no two wait for each other.
_OF_CONVERSATION = (
    select(
        inbox.c.message_id,
        messages.c.channel,
        messages.c.meta["trace"].as_string().label("trace"),
    )
    .join(messages, messages.c.id == inbox.c.message_id)
    .where(inbox.c.conversation_id == bindparam("conversation"))
    .order_by(inbox.c.message_id)
    .limit(TOGETHER)
    .with_for_update(of=inbox)
)
_THESE: Any = inbox.c.message_id.in_(bindparam("messages", expanding=True))
_TAKE = select(inbox.c.message_id).where(_THESE).order_by(inbox.c.message_id).with_for_update()
# What is locked is just being answered.
_TAKE_IDLE = (
    select(inbox.c.message_id)
    .where(_THESE, inbox.c.leased_until.is_not(None))
    .order_by(inbox.c.message_id)
    .with_for_update(skip_locked=True)
)
_BEGIN = (
    update(inbox)
    .where(_THESE)
    .values(attempts=bindparam("tries"), leased_until=bindparam("until", type_=UtcDateTime))
)
_DONE = delete(inbox).where(_THESE)
_UNTOUCHED = and_(inbox.c.conversation_id == bindparam("conversation"), inbox.c.attempts == 0)
_SINCE = (
    select(messages.c.created_at)
    .select_from(inbox.join(messages, messages.c.id == inbox.c.message_id))
    .where(_UNTOUCHED)
    .order_by(inbox.c.message_id)
    .with_for_update(of=inbox)
)
_HOLD = update(inbox).where(_UNTOUCHED).values(leased_until=bindparam("until", type_=UtcDateTime))
_HOLD_ON = _HOLD.where(inbox.c.leased_until > _NOW)


async def add(tx: Tx, message_id: int, conversation_id: int) -> None:
    values = {"message_id": message_id, "conversation_id": conversation_id}
    await tx.execute(into(inbox), values)


async def hold(
    tx: Tx, conversation_id: int, now: datetime, debounce: Debounce, *, again: bool = False
) -> None:
    """Let the conversation's messages wait for more to come, as long as `debounce` says; `again`
    only those that are still waiting for it."""
    key: dict[str, Any] = {"conversation": conversation_id}
    since = (await tx.execute(_SINCE, key)).scalars().first()
    if since is None:
        return
    key["until"] = min(now + debounce.quiet, since + debounce.most)
    if again:
        await tx.execute(_HOLD_ON, key | {"now": now})
    else:
        await tx.execute(_HOLD, key)


async def rest(tx: Tx, conversation_id: int, until: datetime) -> None:
    """Who has sent so much that a turn does not hold it waits until then with the rest."""
    await tx.execute(_HOLD, {"conversation": conversation_id, "until": until})


async def any_free(tx: Tx, now: datetime) -> bool:
    """Whether there is anything to claim."""
    return (await tx.execute(_ANY_FREE, {"now": now, "far": now + FAR})).first() is not None


async def any_of(tx: Tx, conversation_id: int) -> bool:
    """Whether a message of this conversation waits."""
    return (
        await tx.execute(_OF_CONVERSATION, {"conversation": conversation_id})
    ).first() is not None


async def claim(tx: Tx, now: datetime, limit: int, *, busy: bool = False) -> list[InboxEntry]:
    """Begin what waits in up to `limit` conversations, longest waiting first.

    What was begun before and not ended may have killed its worker, and all that was in hand with
    it: it is begun alone, and whoever is `busy` begins nothing until it is free for it.
    """
    key = {"now": now, "far": now + FAR}
    rows = (await tx.execute(_TRIED, key | {"most": 1})).mappings().all()
    if rows and busy:
        return []
    rows = rows or (await tx.execute(_CLAIM, key | {"most": limit})).mappings().all()
    entries = []
    for row in rows:
        key = {"conversation": row["conversation_id"]}
        found = (await tx.execute(_OF_CONVERSATION, key)).all()
        ids, tries = tuple(each.message_id for each in found), row["attempts"] + 1
        traces = tuple(each.trace for each in found if each.trace)
        channel = found[0].channel
        entries.append(InboxEntry(ids, row["conversation_id"], tries, traces, channel))
        await tx.execute(_BEGIN, {"messages": ids, "tries": tries, "until": now + LEASE})
    return entries


async def keep(tx: Tx, message_ids: Sequence[int], now: datetime) -> None:
    """Whoever has begun these messages lives."""
    ids = (await tx.execute(_TAKE_IDLE, {"messages": message_ids})).scalars().all()
    if ids:
        renewed = update(inbox).where(inbox.c.message_id.in_(ids))
        await tx.execute(renewed.values(leased_until=now + LEASE))


async def release(tx: Tx, message_ids: Sequence[int], until: datetime | None = None) -> None:
    """Put begun messages back, to be begun again now or after `until`."""
    await tx.execute(_TAKE, {"messages": message_ids})
    await tx.execute(
        update(inbox).where(inbox.c.message_id.in_(message_ids)).values(leased_until=until)
    )


async def done(tx: Tx, message_ids: Sequence[int]) -> bool:
    """Take the messages off the waiting list; False when somebody else has one of them already."""
    if len(message_ids) > 1:
        await tx.execute(_TAKE, {"messages": message_ids})
    result = await tx.execute(_DONE, {"messages": message_ids})
    return bool(result.rowcount == len(message_ids))


async def clear(tx: Tx, conversation_id: int) -> None:
    """A person has the conversation: nothing waits for the assistant any more."""
    await tx.execute(delete(inbox).where(inbox.c.conversation_id == conversation_id))
