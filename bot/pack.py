"""What an agent should know before the first word to a customer. Built from what is written down:
no model, nothing guessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.models import Author, Handoff, Message
from bot.mood import Mood, worst
from bot.storage import handoffs, messages
from bot.storage.db import Tx
from bot.storage.trackers import Memory

# Of what the dialogue remembers, what a person can read as it is, in the order of the screen.
FACTS: Final = (
    "order_code",
    "repair_code",
    "complaint_code",
    "person_name",
    "phone",
    "email",
    "address",
    "street",
    "ward",
    "province",
    "company_name",
    "tax_code",
    "item",
    "symptom",
    "imei",
    "quantity",
    "paid_at",
    "call_day",
    "call_at",
    "matter",
    "note",
)
LONGEST: Final = 120  # characters of a fact
ANSWER: Final = 280  # characters of what the assistant said
READ: Final = 40  # messages before the hand-off


@dataclass(frozen=True)
class Pack:
    """What stands above the conversation; reason and matter are the hand-off's own."""

    facts: Mapping[str, str]  # what the customer has given, by FACTS
    answered: str  # what the assistant said last
    tried: tuple[str, ...]  # the intents that it answered, in their order
    mood: Mood  # the worst of what was written
    order_code: str  # the last that was spoken of; "" for none


def facts_of(memory: Memory) -> dict[str, str]:
    """What the customer has told the assistant. A form that was left does not unsay it."""
    told: dict[str, str] = {}
    kept = memory.state["slots"].items() if memory.state else ()
    said = [(each["name"], each["value"]) for each in memory.events if each["event"] == "slot"]
    for name, value in (*kept, *said):
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            told[name] = " ".join(str(value).split())
    return {name: _cut(told[name], LONGEST) for name in FACTS if name in told}


async def of_handoff(tx: Tx, handoff: Handoff) -> Pack:
    """The pack of a hand-off, as things stood when it was asked for."""
    told = await handoffs.told(tx, handoff.id)
    facts = dict(told[0].data.get("facts") or {}) if told else {}
    if handoff.contact:
        facts["phone"] = handoff.contact
    said = await messages.of_conversation(tx, handoff.conversation_id, limit=READ)
    before = [each for each in said if each.created_at <= handoff.requested_at]
    return Pack(
        facts=facts,
        answered=_answered(before),
        tried=tuple(
            dict.fromkeys(
                str(each.meta["intent"])
                for each in before
                if each.author is Author.BOT and each.meta.get("intent")
            )
        ),
        mood=worst(
            (
                "neutral",
                *(each.meta.get("mood", "neutral") for each in said if not each.internal),
            )
        ),
        order_code=facts.get("order_code", ""),
    )


def _answered(before: Sequence[Message]) -> str:
    own = [each for each in before if each.author is Author.BOT and each.content.text]
    return _cut(" ".join(own[-1].content.text.split()), ANSWER) if own else ""


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
