"""What customers asked and agents answered, in conversations that are closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bot.models import Author
from bot.storage.db import Tx
from bot.storage.tables import handoffs, messages

ASKED_IN = 3  # messages in a row


@dataclass(frozen=True)
class Exchange:
    """Words of a customer and an agent's answer to them."""

    conversation_id: int
    asked: str
    said: str
    by: str


async def closed_since(
    tx: Tx, since: datetime | None, limit: int
) -> tuple[datetime | None, list[Exchange]]:
    """The exchanges of the conversations that agents closed after that time, or of the last ones,
    and the time to go on from."""
    done = select(handoffs.c.conversation_id, handoffs.c.closed_at).where(
        handoffs.c.outcome == "resolved", handoffs.c.closed_at.is_not(None)
    )
    if since is None:
        done = done.order_by(handoffs.c.closed_at.desc())
    else:
        done = done.where(handoffs.c.closed_at > since).order_by(handoffs.c.closed_at)
    rows = (await tx.execute(done.limit(limit))).all()
    if not rows:
        return since, []
    query = (
        select(messages)
        .where(
            messages.c.conversation_id.in_({row.conversation_id for row in rows}),
            messages.c.internal.is_(False),
            messages.c.author != Author.SYSTEM.value,
        )
        .order_by(messages.c.conversation_id, messages.c.id)
    )
    found: list[Exchange] = []
    asked: list[str] = []
    talk = 0
    for row in await tx.execute(query):
        if row.conversation_id != talk:
            talk, asked = row.conversation_id, []
        text = row.content["text"].strip()
        if row.author == Author.CUSTOMER.value:
            asked = [*asked, text][-ASKED_IN:]
            continue
        if row.author == Author.AGENT.value and row.user_id is not None and any(asked) and text:
            by = str(row.meta.get("name", ""))
            found.append(Exchange(talk, " ".join(filter(None, asked)), text, by))
        asked = []
    return max(row.closed_at for row in rows), found
