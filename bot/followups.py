"""What a talk itself gives reason to write later: a form that was left is offered once more, and
after a talk with the assistant alone the customer is asked how it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot import words
from bot.address import addressed
from bot.models import Author, Conversation, Customer, Message, Outreach, Say, Turn
from bot.storage import handoffs, messages, outreach, surveys
from bot.storage.db import Tx
from bot.storage.trackers import Memory
from connectors.base import Button

RESUME: Final = "resume"
CSAT: Final = "csat"
SILENT: Final = timedelta(minutes=30)  # after which a form counts as left, and a talk as ended
RARELY: Final = timedelta(days=30)  # between two questions about the assistant alone
FAREWELLS: Final = frozenset({"thank", "goodbye"})
# A talk of these alone was about nothing.
SMALL_TALK: Final = FAREWELLS | {"greet", "chitchat", "affirm", "deny", "bot_challenge", None}


async def plan(
    tx: Tx,
    conversation: Conversation,
    transcript: Sequence[Message],
    memory: Memory,
    turn: Turn,
    now: datetime,
) -> None:
    """Plan what may follow upon a turn; `transcript` and `memory` are of before it."""
    form = replace(memory, events=memory.events + turn.events).loop
    if memory.loop and form != memory.loop:
        await outreach.drop(tx, conversation.customer_id, RESUME, now, "no_longer")
    if turn.handoff_reason or not turn.says:
        return
    if form and form != memory.loop:
        key = f"{RESUME}:{conversation.id}:{form}"
        await _plan(tx, RESUME, key, "care", conversation, now, form=form)
    elif turn.says[-1].why.get("intent") in FAREWELLS and _helped(transcript):
        since = now - RARELY
        if await handoffs.of_conversation(tx, conversation.id) or await surveys.any_since(
            tx, CSAT, conversation.customer_id, since
        ):
            return
        await _plan(tx, CSAT, f"{CSAT}:{conversation.id}", "survey", conversation, now)


async def _plan(
    tx: Tx,
    kind: str,
    key: str,
    purpose: str,
    conversation: Conversation,
    now: datetime,
    **about: str,
) -> None:
    await outreach.plan(
        tx,
        kind,
        key,
        purpose,
        conversation.customer_id,
        now + SILENT,
        now,
        about={"talk": conversation.id, **about},
    )


def _helped(transcript: Sequence[Message]) -> bool:
    """Whether the assistant has answered something."""
    return any(
        each.author is Author.BOT and each.meta.get("intent") not in SMALL_TALK
        for each in transcript
    )


async def unwanted(tx: Tx, planned: Outreach, talk: Conversation | None, memory: Memory) -> str:
    """Why something that followed from a talk is no longer to be said; "" when it is."""
    if planned.kind != RESUME:
        return ""
    if talk is None or talk.id != planned.about["talk"] or memory.loop != planned.about["form"]:
        return "no_longer"
    return "" if await _question(tx, talk) else "no_longer"


async def resume(tx: Tx, talk: Conversation, customer: Customer) -> Turn:
    """The question that stands open, once more. The form itself is as it was."""
    asked = await _question(tx, talk)
    assert asked is not None  # else it was unwanted
    offer = addressed(words.say("resume", customer.locale), customer.profile.get("address"))
    later = Button(words.say("button_later", customer.locale), key="/stop_form")
    content = replace(
        asked.content,
        text=f"{offer}\n{asked.content.text}".strip(),
        buttons=(*asked.content.buttons, later),
    )
    return Turn(says=(Say(content, why={**asked.meta, "action": RESUME}),), introduced=True)


async def _question(tx: Tx, talk: Conversation) -> Message | None:
    """The question of the open form, if it was our last word. After "I am busy" it is not."""
    (last,) = await messages.of_conversation(tx, talk.id, limit=1) or (None,)
    asked = last is not None and last.author is Author.BOT and bool(last.meta.get("form"))
    return last if asked else None
