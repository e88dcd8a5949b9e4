"""What supervisors are told at once, as the live line brings it."""

from __future__ import annotations

from bot.console import shapes
from bot.storage import handoffs, users
from bot.storage.db import Tx
from connectors.base import Json

KINDS = ("requested", "warned", "breached", "requeued", "raised", "abandoned")


async def of_conversation(tx: Tx, conversation_id: int) -> Json | None:
    """The conversation's newest alarm."""
    told = await handoffs.last_told(tx, conversation_id, KINDS)
    if told is None:
        return None
    by = await users.by_id(tx, told.user_id) if told.user_id is not None else None
    return {
        "kind": told.kind,
        "clock": told.data.get("clock", ""),  # first, next or resolve
        "why": told.data.get("why", ""),  # of a hand-off that was taken from its agent
        "by": {"id": by.id, "name": by.name} if by else None,
        "at": shapes.time(told.at),
    }


def told_to(alarm: Json | None) -> set[int]:
    """Who hears of it besides the supervisors: the agent who still can keep the promise."""
    if alarm and alarm["kind"] == "warned" and alarm["by"]:
        return {alarm["by"]["id"]}
    return set()
