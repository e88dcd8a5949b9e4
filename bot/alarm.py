"""What the gate hears of somebody whom a person is to help: a danger is answered at once, whoever
has the turn, and comes before all others; whatever else is asked for is noted for colleagues."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot import outbox, queue
from bot.address import addressed
from bot.gate import Heard
from bot.models import Author, Content, Conversation, Customer, Message, Say, Status, Turn
from bot.storage import messages
from bot.storage.db import Tx

AGAIN: Final = timedelta(minutes=10)  # after which the same is said, and noted, once more
LATELY: Final = 30  # messages that are looked back upon
# What the dialogue remembers of a talk that goes to a person: an open form is left.
LEFT: Final = ({"event": "active_loop", "name": None}, {"event": "reset_slots"})


def turn_on(heard: Heard, customer: Customer) -> Turn:
    """Said at once, whatever the assistant was taught; an open form is left."""
    return Turn(
        says=(Say(_advice(heard, customer), why={"action": "gate", "rule": heard.name}),),
        handoff_reason=heard.reason,
        introduced=True,  # the text says who speaks
        events=LEFT,
    )


async def while_open(
    tx: Tx, conversation: Conversation, customer: Customer, heard: Heard, now: datetime
) -> None:
    """Note for colleagues what was heard while the customer's hand-off is open, and say what to do
    in danger. Beside a person only what saves somebody is said. Part of the message's transaction.
    """
    alarm = heard.kind == "alarm"
    before = [
        message
        for message in await messages.of_conversation(tx, conversation.id, limit=LATELY)
        if message.meta.get("rule") == heard.name and now - message.created_at < AGAIN
    ]
    speaks = alarm and (conversation.status is Status.QUEUED or heard.reason == "safety")
    if speaks and not any(map(_reaches_the_customer, before)):
        # By nobody in the conversation: it stays with whoever has it, and still waits for them.
        meta = {"code": "gate", "rule": heard.name}
        advice = _advice(heard, customer)
        await outbox.say(tx, conversation, customer, Author.SYSTEM, advice, now, meta=meta)
    if heard.note and not any(message.internal for message in before):
        await messages.add(
            tx,
            conversation.id,
            customer.channel,
            Author.SYSTEM,
            Content(heard.note),
            now,
            internal=True,
            meta={"code": "trigger", "rule": heard.name},
        )
    if alarm:
        await queue.raise_priority(tx, conversation.id, 0, now)


def _reaches_the_customer(message: Message) -> bool:
    return not message.internal


def _advice(heard: Heard, customer: Customer) -> Content:
    text = heard.says.get(customer.locale, heard.says["vi"])
    return Content(addressed(text, customer.profile.get("address")))
