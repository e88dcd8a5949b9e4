"""The dialogue's memory of each conversation: Rasa's events, written in the turn's transaction.

A turn reads the checkpoint and the events after it, never the whole conversation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, select

from bot.storage.db import Tx, into
from bot.storage.tables import conversations, tracker_checkpoints, tracker_events
from connectors.base import Json

_CHECKPOINT = select(tracker_checkpoints).where(
    tracker_checkpoints.c.conversation_id == bindparam("conversation")
)
_EVENTS = (
    select(tracker_events.c.id, tracker_events.c.event)
    .where(
        tracker_events.c.conversation_id == bindparam("conversation"),
        tracker_events.c.id > bindparam("after"),
    )
    .order_by(tracker_events.c.id)
)
_FORGET_EVENTS = delete(tracker_events).where(
    tracker_events.c.conversation_id == bindparam("conversation"),
    tracker_events.c.id <= bindparam("upto"),
)
_FORGET_CHECKPOINT = delete(tracker_checkpoints).where(
    tracker_checkpoints.c.conversation_id == bindparam("conversation")
)


@dataclass(frozen=True)
class Memory:
    """What the dialogue remembers of a conversation."""

    state: Json | None  # what the events before these add up to; None at the beginning
    events: tuple[Json, ...] = ()
    event_ids: tuple[int, ...] = ()  # of the events, for the next checkpoint

    @property
    def loop(self) -> str | None:
        """The form whose question stands open."""
        for event in reversed(self.events):
            if event["event"] == "active_loop":
                name: str | None = event["name"]
                return name
        return self.state["loop"] if self.state else None


async def load(tx: Tx, conversation_id: int) -> Memory:
    key = {"conversation": conversation_id}
    checkpoint = (await tx.execute(_CHECKPOINT, key)).mappings().one_or_none()
    after = {"after": checkpoint["event_id"] if checkpoint else 0}
    rows = (await tx.execute(_EVENTS, key | after)).all()
    return Memory(
        checkpoint["state"] if checkpoint else None,
        tuple(row.event for row in rows),
        tuple(row.id for row in rows),
    )


async def append(tx: Tx, conversation_id: int, new: Sequence[Json]) -> None:
    if new:
        await tx.execute(
            into(tracker_events),
            [{"conversation_id": conversation_id, "event": event} for event in new],
        )


async def checkpoint(tx: Tx, conversation_id: int, event_id: int, state: Json) -> None:
    """From now on, turns read only the events after `event_id`, upon `state`; those before are
    not kept."""
    await tx.execute(_FORGET_EVENTS, {"conversation": conversation_id, "upto": event_id})
    await tx.execute(_FORGET_CHECKPOINT, {"conversation": conversation_id})
    values = {"conversation_id": conversation_id, "event_id": event_id, "state": state}
    await tx.execute(into(tracker_checkpoints), values)


async def forget_silent(tx: Tx, silent_since: datetime, most: int = 500) -> int:
    """Delete the memory of conversations whose customer has not written since: answers of a form
    that was left or never finished go with it. The transcript stays. How many were forgotten."""
    silent = conversations.c.last_inbound_at < silent_since
    ids: set[int] = set()
    # From what is remembered, which is little, and not from all conversations there ever were.
    for table in (tracker_events, tracker_checkpoints):
        remembered = select(table.c.conversation_id).distinct().subquery()
        query = select(conversations.c.id).join(
            remembered, remembered.c.conversation_id == conversations.c.id
        )
        ids |= set((await tx.execute(query.where(silent).limit(most))).scalars())
    for table in (tracker_events, tracker_checkpoints):
        await tx.execute(delete(table).where(table.c.conversation_id.in_(ids)))
    return len(ids)
