"""A customer who asks for a person gets one in the same turn, however they ask and whatever stands
open: the gate and the real model together, as a message meets them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from doubles import NOON

from bot.answer import Question, think
from bot.models import Author, Content, Customer, InboxEntry, Message, Turn
from bot.nlu.text import strip_accents
from bot.storage.trackers import Memory

if TYPE_CHECKING:
    from bot.dialogue import RasaDialogue

ROOT = Path(__file__).parents[2]
NGA = Customer(1, "web", "nga", "", "vi", {}, NOON, NOON)


def read(file: str) -> Any:
    return yaml.safe_load((ROOT / file).read_text(encoding="utf-8"))


PHRASINGS: list[str] = [
    str(text)
    for text in (
        *read("tests/nlu/sets/request_human.yml"),
        *read("tests/nlu/sets/request_human_fresh.yml")["must"],
    )
]
DOMAIN = read("domain.yml")
QUESTIONS = [
    (form, slot) for form, asks in DOMAIN["forms"].items() for slot in asks["required_slots"]
]
INTENTS = [name for intent in DOMAIN["intents"] for name in intent]


def at_the_question(form: str, slot: str) -> Memory:
    """A form that has its answers up to this slot, which it has just asked for."""
    before = DOMAIN["forms"][form]["required_slots"]
    filled = dict.fromkeys(before[: before.index(slot)], "-")
    return Memory({"slots": {**filled, "requested_slot": slot}, "loop": form})


async def turn_on(dialogue: RasaDialogue, text: str, memory: Memory | None = None) -> Turn:
    message = Message(
        1, 1, "web", Author.CUSTOMER, None, False, Content(text), {}, None, None, NOON, NOON
    )
    entry = InboxEntry((1,), 1, 1)
    return await think(
        dialogue, entry, [message], [""], NGA, memory or Memory(None), introduced=True
    )


@pytest.mark.parametrize("accented", [True, False])
async def test_of_all_phrasings_97_in_100_bring_a_person_in_the_same_turn(
    dialogue: RasaDialogue, accented: bool
) -> None:
    said = [text if accented else strip_accents(text) for text in PHRASINGS]

    turns = [await turn_on(dialogue, text) for text in said]

    missed = [
        text
        for text, turn in zip(said, turns, strict=True)
        if turn.handoff_reason != "customer_request"
    ]
    assert len(said) >= 150
    assert len(missed) <= 0.03 * len(said), missed
    # Nobody is asked whether they are sure.
    assert [turn.says for turn in turns if turn.handoff_reason and turn.says] == []


@pytest.mark.parametrize(("form", "slot"), QUESTIONS)
async def test_a_person_comes_at_every_question_of_every_form(
    dialogue: RasaDialogue, form: str, slot: str
) -> None:
    memory = at_the_question(form, slot)

    turn = await turn_on(dialogue, "cho gặp nhân viên", memory)

    assert (turn.handoff_reason, turn.says) == ("customer_request", ())
    assert Memory(memory.state, turn.events).loop is None


@pytest.mark.parametrize(("form", "slot"), QUESTIONS)
async def test_the_model_alone_hears_it_at_every_question_too(
    dialogue: RasaDialogue, form: str, slot: str
) -> None:
    question = Question(7, "cho gap nhan vien", "", at_the_question(form, slot), {"customer": "c"})

    turn = await dialogue.ask(question)

    assert (turn.handoff_reason, turn.says) == ("customer_request", ())


@pytest.mark.parametrize("intent", INTENTS)
async def test_a_person_comes_after_the_first_step_of_every_flow(
    dialogue: RasaDialogue, intent: str
) -> None:
    begun = await dialogue.ask(Question(8, "", f"/{intent}", Memory(None), {"customer": "c"}))

    turn = await turn_on(dialogue, "cho gặp nhân viên", Memory(None, begun.events))

    assert (turn.handoff_reason, turn.says) == ("customer_request", ())
