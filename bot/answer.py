"""What the assistant makes of what a customer wrote: the gate first, then the dialogue, and never
silence."""

from __future__ import annotations

import asyncio
import logging
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Protocol

from bot import gate, progress, words
from bot.address import addressed
from bot.alarm import LEFT, turn_on
from bot.metrics import RASA
from bot.models import Content, Customer, InboxEntry, Message, Say, Turn
from bot.mood import worst
from bot.pieces import pieces_of
from bot.progress import Past
from bot.storage.trackers import Memory
from connectors.base import Button, Json

log = logging.getLogger(__name__)

TURN_LIMIT = timedelta(seconds=6)
TRIES = 3  # a message that killed its worker this often goes to a person


@dataclass(frozen=True)
class Question:
    """What the dialogue is asked."""

    conversation_id: int
    text: str  # what the customer wrote; never read as a command
    payload: str  # trusted command of a button we sent; "" for written text
    memory: Memory
    # For actions: an opaque customer id, the channel, the message, its files, the customer's
    # name, what they call themselves, whether they know us.
    metadata: Json


class Dialogue(Protocol):
    """The assistant's mind."""

    async def ask(self, question: Question) -> Turn:
        """What the assistant wants to happen. Raises whatever went wrong."""

    async def reach_out(self, question: Question) -> Turn:
        """What the assistant says of itself, upon the `outreach` of the question's metadata: its
        `kind`, and what it is `about`. Raises whatever went wrong."""

    async def understand(self, text: str) -> Json:
        """The text's `intent`, with `name` and `confidence`; nothing is remembered."""


class Nobody:
    """No assistant at all: asking fails."""

    async def ask(self, question: Question) -> Turn:
        raise NoAssistant

    async def reach_out(self, question: Question) -> Turn:
        raise NoAssistant

    async def understand(self, text: str) -> Json:
        raise NoAssistant


class NoAssistant(Exception):
    """No model is in use, or none that loads."""


async def think(
    dialogue: Dialogue,
    entry: InboxEntry,
    waiting: Sequence[Message],
    payloads: Sequence[str],
    customer: Customer,
    memory: Memory,
    past: Sequence[Past] = (),
    *,
    introduced: bool,
    campaign: Mapping[str, Any] | None = None,
) -> Turn:
    """The assistant's turn on what a customer wrote in one breath; a failing, slow or empty one
    asks for a person, and so does one that leads nowhere after those of the `past`. `payloads`
    are of the buttons pressed, "" for written messages; `campaign` is what a campaign told the
    customer before this talk."""
    if entry.attempts > TRIES:
        log.error("messages %s were begun %s times: set aside", entry.message_ids, TRIES)
        return Turn(handoff_reason="set_aside")
    try:
        pieces = await pieces_of(
            waiting, payloads, dialogue.understand, in_form=memory.loop is not None
        )
    except Exception:  # as below
        log.exception("messages %s: the assistant failed", entry.message_ids)
        return Turn(handoff_reason="assistant_failed")
    whole = Turn()
    for piece in pieces:
        metadata = {
            "customer": f"c{customer.id}",
            "channel": customer.channel,
            "message": piece.messages[-1].id,
            "attachments": [
                file.as_json() for each in piece.messages for file in each.content.attachments
            ],
            "name": customer.name,
            "address": customer.profile.get("address") or whole.address,
            "mood": worst(each.meta.get("mood", "neutral") for each in piece.messages),
            "introduced": introduced or whole.introduced,
            "failures": progress.failures(past),
            "campaign": dict(campaign) if campaign else None,
        }
        seen = Memory(
            memory.state,
            memory.events + whole.events,
            memory.event_ids + (0,) * len(whole.events),
        )
        question = Question(entry.conversation_id, piece.text, piece.payload, seen, metadata)
        turn = await _answer(dialogue, customer, question)
        said_at = piece.messages[-1].created_at
        if not piece.payload and progress.goes_round(
            past, piece.text, turn, said_at, in_form=seen.loop is not None
        ):
            log.info("conversation %s leads nowhere", entry.conversation_id)
            turn = _given_up(turn, customer)
        past = progress.with_turn(past, piece.text, turn, said_at)
        answers = [each.id for each in piece.messages]
        whole = Turn(
            says=whole.says
            + tuple(Say(say.content, {**say.why, "answers": answers}) for say in turn.says),
            handoff_reason=turn.handoff_reason,
            introduced=whole.introduced or turn.introduced,
            address=whole.address or turn.address,
            promised=whole.promised + turn.promised,
            consents=whole.consents
            + tuple(replace(each, message_id=answers[-1]) for each in turn.consents),
            proved=whole.proved + turn.proved,
            events=whole.events + turn.events,
            # Counted in stored events, which only the first question's are.
            checkpoint=turn.checkpoint if piece is pieces[0] else whole.checkpoint,
        )
        if whole.handoff_reason:
            break  # the rest is for the person
    return whole


async def _answer(dialogue: Dialogue, customer: Customer, question: Question) -> Turn:
    message = question.metadata["message"]
    if not question.payload:
        heard = gate.hear(question.text)
        if heard and heard.kind == "alarm":
            return turn_on(heard, customer)
        if heard:
            question = replace(question, payload=f"/{heard.name}")
        elif question.metadata["attachments"] and not _says_something(question.text):
            question = replace(question, payload="/inform")
        elif not _says_something(question.text):
            return Turn(says=(_own_words("unreadable", customer),))
    asked_for = "customer_request" if question.payload == "/request_human" else None
    watch, outcome = asyncio.get_running_loop().time, "failed"
    began = watch()
    try:
        turn = await asyncio.wait_for(dialogue.ask(question), TURN_LIMIT.total_seconds())
        outcome = "answered"
    except asyncio.TimeoutError:
        outcome = "slow"
        log.error("message %s: the assistant took too long", message)
        return Turn(handoff_reason=asked_for or "assistant_slow")
    except Exception:  # whatever broke, the customer gets a person
        log.exception("message %s: the assistant failed", message)
        return Turn(handoff_reason=asked_for or "assistant_failed")
    finally:
        RASA.labels(outcome).observe(watch() - began)
    if not turn.says and not turn.handoff_reason:
        log.error("message %s: the assistant had no answer", message)
        return replace(turn, handoff_reason="assistant_silent")
    return turn


def _given_up(turn: Turn, customer: Customer) -> Turn:
    """In place of an answer that does not help: an apology, and a person; an open form is left."""
    text = addressed(words.say("no_progress", customer.locale), customer.profile.get("address"))
    return replace(
        turn,
        says=(Say(Content(text), why={**turn.says[0].why, "action": "no_progress"}),),
        handoff_reason="no_progress",
        events=(*turn.events, *LEFT),
    )


def _says_something(text: str) -> bool:
    """Whether there is a letter, digit, mark or symbol in it."""
    return any(unicodedata.category(sign)[0] in "LNPS" for sign in text)


def _own_words(key: str, customer: Customer) -> Say:
    person = Button(words.say("button_human", customer.locale), key="/request_human")
    text = addressed(words.say(key, customer.locale), customer.profile.get("address"))
    return Say(Content(text, buttons=(person,)), why={"action": key})
