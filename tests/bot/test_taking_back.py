"""Who waits for a person and no longer wants one says so, or presses a button (H10)."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import yaml
from doubles import ScriptedDialogue, answer_all, at, said

from bot import conversation, gate, handoff
from bot.menu import BACK
from bot.models import Author, Conversation, Handoff, Message, Status, Turn, User
from bot.nlu.text import strip_accents
from bot.storage import conversations, handoffs, messages
from bot.storage.db import Database

LISTS: dict[str, list[Any]] = yaml.safe_load(
    (Path(__file__).parent / "gate" / "take_back.yml").read_text(encoding="utf-8")
)
PERSON = Turn(handoff_reason="customer_request")
NO_MORE = "thôi khỏi gặp nhân viên"


async def write(db: Database, text: str, seconds: float = 0, **more: object) -> None:
    await conversation.receive(db, said(text, **more), at(seconds))  # type: ignore[arg-type]


async def queue(db: Database, **more: object) -> None:
    await write(db, "người", **more)
    await answer_all(db, ScriptedDialogue({"người": PERSON}))


async def stands(db: Database) -> tuple[Conversation, Handoff, list[Message]]:
    async with db.read() as tx:
        talk = await conversations.by_id(tx, 1)
        (found,) = await handoffs.of_conversation(tx, 1)
        transcript = await messages.of_conversation(tx, 1)
    assert talk is not None
    return talk, found, transcript


@pytest.mark.parametrize("accented", [True, False])
@pytest.mark.parametrize("text", LISTS["must"])
def test_a_wish_to_wait_no_longer_is_heard(text: object, accented: bool) -> None:
    assert gate.takes_back(str(text) if accented else strip_accents(str(text)))


@pytest.mark.parametrize("accented", [True, False])
@pytest.mark.parametrize("text", LISTS["must_not"])
def test_what_only_sounds_like_it_leaves_everybody_in_the_queue(
    text: object, accented: bool
) -> None:
    assert not gate.takes_back(str(text) if accented else strip_accents(str(text)))


@pytest.mark.parametrize("text", LISTS["must"])
def test_it_is_no_wish_for_a_person_either(text: object) -> None:
    heard = gate.hear(str(text))

    assert heard is None or heard.name != "request_human"


async def test_who_waits_and_says_so_leaves_the_queue_and_is_with_the_assistant(
    db: Database,
) -> None:
    await queue(db)
    dialogue = ScriptedDialogue()

    await write(db, NO_MORE, 60)
    await answer_all(db, dialogue, at(60))

    talk, found, transcript = await stands(db)
    assert talk.status is Status.BOT and talk.waiting_since is None
    assert (found.outcome, found.closed_at) == ("taken_back", at(60))
    assert dialogue.asked == [], "it is an answer to us and no question"
    assert transcript[-1].author is Author.SYSTEM
    assert "đã huỷ chỗ chờ nhân viên" in transcript[-1].content.text
    async with db.read() as tx:
        assert await handoffs.place_of(tx, 1) is None
    await write(db, "phí ship?", 70)
    await answer_all(db, dialogue, at(70))
    assert dialogue.asked == ["phí ship?"]


async def test_who_asks_again_after_that_gets_a_new_place(db: Database) -> None:
    await queue(db)
    await write(db, NO_MORE, 60)

    await write(db, "người", 70)
    await answer_all(db, ScriptedDialogue({"người": PERSON}), at(70))

    async with db.read() as tx:
        known = await handoffs.of_conversation(tx, 1)
    assert [each.outcome for each in known] == ["taken_back", ""]


@pytest.mark.parametrize(
    "answer",
    [
        {"text": BACK.title, "button": BACK.key},
        {"text": BACK.key, "button": BACK.key},
        {"text": "1"},
    ],
    ids=["button", "key", "number"],
)
async def test_the_button_beside_the_place_or_its_number_does_the_same(
    db: Database, answer: dict[str, str]
) -> None:
    await queue(db)
    _, _, transcript = await stands(db)
    (button,) = transcript[-1].content.buttons
    assert (button.title, button.key) == ("Tiếp tục với trợ lý", BACK.key)

    await write(db, **answer, seconds=60)  # type: ignore[arg-type]

    talk, found, _ = await stands(db)
    assert talk.status is Status.BOT and found.outcome == "taken_back"


async def test_a_button_pressed_when_nobody_waits_any_more_asks_what_the_assistant_can_do(
    db: Database,
) -> None:
    await queue(db)
    await write(db, NO_MORE, 60)
    dialogue = ScriptedDialogue()

    await write(db, BACK.title, 70, button=BACK.key)
    await answer_all(db, dialogue, at(70))

    assert dialogue.asked == ["/ask_capabilities"]


async def test_beside_a_person_the_same_words_move_nothing(db: Database, lan: User) -> None:
    await queue(db)
    await handoff.accept(db, 1, lan, at(30))

    await write(db, NO_MORE, 60)
    await write(db, BACK.title, 61, button=BACK.key)

    talk, found, _ = await stands(db)
    assert talk.assignee_id == lan.id and found.closed_at is None


async def test_with_the_assistant_the_same_words_are_a_message(db: Database) -> None:
    dialogue = ScriptedDialogue()

    await write(db, NO_MORE)
    await answer_all(db, dialogue)

    assert dialogue.asked == [NO_MORE]


async def test_danger_stays_with_a_person_whatever_is_said_then(db: Database) -> None:
    await write(db, "ổ cắm bốc khói khét lẹt")
    _, _, before = await stands(db)
    assert before[-1].content.buttons == ()

    await write(db, NO_MORE, 60)

    talk, found, transcript = await stands(db)
    assert talk.status is Status.QUEUED and found.closed_at is None
    assert "vẫn để nhân viên xem lại" in transcript[-1].content.text


async def test_in_english_too(db: Database) -> None:
    await queue(db, locale="en")
    _, _, before = await stands(db)
    assert before[-1].content.buttons[0].title == "Ask the assistant"

    await write(db, "I don't need a person anymore", 60, locale="en")

    talk, _, transcript = await stands(db)
    assert talk.status is Status.BOT
    assert "no longer waiting" in transcript[-1].content.text


async def test_whoever_accepts_at_that_moment_either_has_the_talk_or_is_told(
    db: Database, lan: User
) -> None:
    await queue(db)

    accepted, _ = await asyncio.gather(
        handoff.accept(db, 1, lan, at(60)), write(db, NO_MORE, 60), return_exceptions=True
    )

    async with db.read() as tx:
        talk = await conversations.by_id(tx, 1)
        still_open = await handoffs.open_of(tx, 1)
    assert talk is not None
    assert (talk.status is Status.ASSIGNED) == (accepted is None)
    assert (still_open is not None) == (talk.status is Status.ASSIGNED)
