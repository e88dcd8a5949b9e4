"""Whoever works out of hours is somebody to wait for."""

from __future__ import annotations

from datetime import timedelta

from doubles import NOON, ScriptedDialogue, answer_all, said

from bot import conversation
from bot.models import Presence, Turn, User
from bot.storage import agents, messages
from bot.storage.db import Database

NIGHT = NOON - timedelta(hours=10)  # 2:00 on a Monday
PERSON = ScriptedDialogue({"gặp nv": Turn(handoff_reason="customer_request")})


async def asks(db: Database, by: str) -> str:
    received = await conversation.receive(db, said("gặp nv", by=by), NIGHT)
    await answer_all(db, PERSON, NIGHT)
    async with db.read() as tx:
        told = await messages.of_conversation(tx, received.conversation_id)
    return told[-1].content.text


async def test_at_night_customers_are_told_when_somebody_is_here_again(db: Database) -> None:
    assert "8:00 sáng nay" in await asks(db, "an")


async def test_somebody_who_works_at_night_is_waited_for(db: Database, lan: User) -> None:
    async with db.begin() as tx:
        await agents.place(tx, lan.id, [], {}, 1)
        await agents.appear(tx, lan.id, Presence.ONLINE, NIGHT)

    first, second = await asks(db, "an"), await asks(db, "binh")

    assert first.startswith("Lan – nhân viên")
    assert "người thứ 1" in second
