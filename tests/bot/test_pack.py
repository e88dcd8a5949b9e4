"""What an agent finds above a conversation that was handed over (A2)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from doubles import NOON, ScriptedDialogue, answer_all, at, said

from bot import conversation, pack
from bot.models import Content, Say, Turn
from bot.pack import Pack
from bot.storage import handoffs
from bot.storage.db import Database
from bot.storage.trackers import Memory
from connectors.base import Json


def slot(name: str, value: object) -> Json:
    return {"event": "slot", "name": name, "value": value}


def answered(text: str, intent: str, *events: Json) -> Turn:
    return Turn(says=(Say(Content(text), {"intent": intent}),), introduced=True, events=events)


async def handed_over(db: Database, *talk: tuple[str, Turn]) -> Pack:
    for place, (text, turn) in enumerate(talk):
        await conversation.receive(db, said(text), at(60 * place))
        await answer_all(db, ScriptedDialogue({text: turn}), at(60 * place + 1))
    async with db.read() as tx:
        handoff = await handoffs.open_of(tx, 1)
        assert handoff is not None
        return await pack.of_handoff(tx, handoff)


PERSON = Turn(handoff_reason="customer_request")


async def test_what_the_customer_gave_is_told_in_its_order(db: Database) -> None:
    found = await handed_over(
        db,
        ("đơn đâu", answered("Dạ đơn…", "track_order", slot("phone", "0901234567"))),
        ("BX1", answered("Dạ…", "inform", slot("order_code", "BX100123"), slot("found", {"a": 1}))),
        ("gặp nv", PERSON),
    )

    assert list(found.facts.items()) == [("order_code", "BX100123"), ("phone", "0901234567")]
    assert found.order_code == "BX100123"


async def test_a_form_that_was_left_does_not_unsay_it(db: Database) -> None:
    found = await handed_over(
        db,
        ("đơn", answered("Dạ", "track_order", slot("order_code", "BX1"), {"event": "reset_slots"})),
        ("gặp nv", PERSON),
    )

    assert found.facts == {"order_code": "BX1"}


async def test_what_the_assistant_tried_and_said_last(db: Database) -> None:
    found = await handed_over(
        db,
        ("phí ship", answered("Dạ phí giao là 30.000 đ ạ.", "ask_shipping_fee")),
        ("còn hàng k", answered("Dạ còn ạ.", "ask_stock")),
        ("gặp nv", PERSON),
    )

    assert found.tried == ("ask_shipping_fee", "ask_stock")
    assert found.answered == "Dạ còn ạ."


async def test_the_worst_mood_counts(db: Database) -> None:
    found = await handed_over(
        db,
        ("làm ăn như lừa đảo bực mình quá!!!", answered("Dạ em xin lỗi ạ.", "insult")),
        ("gặp nv", PERSON),
    )

    assert found.mood == "angry"


async def test_what_is_said_after_the_hand_off_is_no_part_of_it(db: Database) -> None:
    await handed_over(db, ("alo", answered("Dạ em nghe ạ.", "greet")), ("gặp nv", PERSON))
    await conversation.receive(db, said("tôi tên Lan"), NOON + timedelta(minutes=9))

    async with db.read() as tx:
        handoff = await handoffs.open_of(tx, 1)
        assert handoff is not None
        found = await pack.of_handoff(tx, handoff)

    assert found.answered == "Dạ em nghe ạ."


@pytest.mark.parametrize("value", [None, True, [], {"a": 1}, "  "])
def test_what_no_person_can_read_is_left_out(value: object) -> None:
    assert pack.facts_of(Memory(None, (slot("phone", value),))) == {}


def test_a_long_story_is_cut() -> None:
    told = pack.facts_of(Memory({"slots": {"matter": "rất " * 100}, "loop": None}))

    assert len(told["matter"]) == pack.LONGEST and told["matter"].endswith("…")


async def test_words_every_fact_has_a_name() -> None:
    from bot.console import words

    assert {name for name in pack.FACTS if f"given.{name}" not in words.WORDS} == set()
