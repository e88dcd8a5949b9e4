"""“Câu trả lời có giúp được không?”: under which answers, how often, and what the answer does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from doubles import NOON, ScriptedDialogue, answer_all, at, said

from bot import conversation, desk_rules, thumbs
from bot.dialogue import RasaDialogue
from bot.models import Author, Content, Message, Say, Turn
from bot.storage import customers, messages, rules, surveys, unanswered
from bot.storage import thumbs as rows
from bot.storage.db import Database
from connectors.base import Button

WHY = {"intent": "ask_opening_hours", "action": "utter_hours", "response": "utter_hours"}


def hours(text: str) -> Turn:
    return Turn(says=(Say(Content(text), WHY),), introduced=True)


HOURS = hours("Dạ 8 giờ ạ")
TITLES = ["👍 Giúp được rồi", "👎 Chưa đúng ý"]


@pytest.fixture
async def always(db: Database) -> None:
    async with db.begin() as tx:
        document = {**desk_rules.document(), "thumbs": {"percent": 100}}
        assert await rules.save(tx, document, "thumbs", None, NOON, upon=0)


async def asks(
    db: Database, text: str, turn: Turn = HOURS, *, by: str = "nga", second: float = 0, **more: str
) -> Message:
    """A customer's message answered so; the assistant's last words."""
    now = at(second)
    await conversation.receive(db, said(text, by=by, sent_at=now, **more), now)
    await answer_all(db, ScriptedDialogue({text: turn}), now)
    return (await transcript(db, by))[-1]


async def transcript(db: Database, by: str = "nga") -> list[Message]:
    async with db.begin() as tx:
        customer = await customers.lock_or_create(tx, "web", by, NOON)
        return await messages.seen_by_customer(tx, customer.id)


def titles(message: Message) -> list[str]:
    return [each.title for each in message.content.buttons]


async def press(db: Database, title: str, *, second: float = 1, by: str = "nga") -> Message:
    shown = (each for message in await transcript(db, by) for each in message.content.buttons)
    key = next(each.key for each in shown if each.title == title)
    return await asks(db, title, by=by, second=second, button=key)


async def test_the_question_stands_on_the_answer_itself(db: Database, always: None) -> None:
    answer = await asks(db, "mấy giờ mở cửa")

    assert answer.content.text == "Dạ 8 giờ ạ" and titles(answer) == TITLES
    assert [each.author for each in await transcript(db)] == [Author.CUSTOMER, Author.BOT]


@pytest.mark.parametrize(
    "why",
    [
        {"intent": "greet", "action": "utter_greet", "response": "utter_greet"},
        {"intent": "ask_price", "action": "action_ask_price", "response": "utter_price"},
        {**WHY, "response": "utter_fallback"},
    ],
)
async def test_only_answers_in_the_shops_own_words_are_asked_about(
    db: Database, always: None, why: dict[str, str]
) -> None:
    turn = Turn(says=(Say(Content("Dạ ạ"), why),), introduced=True)

    assert titles(await asks(db, "x", turn)) == []


@pytest.mark.parametrize(("own", "asked"), [(1, True), (3, True), (4, False)])
async def test_buttons_of_the_answer_stay_and_are_not_pushed_out(
    db: Database, always: None, own: int, asked: bool
) -> None:
    """Zalo shows five."""
    buttons = tuple(Button(f"Xem {n}", url="https://example.com") for n in "abcd"[:own])
    turn = Turn(says=(Say(Content("Dạ 8 giờ ạ", buttons=buttons), WHY),), introduced=True)

    shown = titles(await asks(db, "x", turn))

    assert shown == [each.title for each in buttons] + (TITLES if asked else [])


async def test_in_a_form_nothing_is_asked(db: Database, always: None) -> None:
    opens = ({"event": "active_loop", "name": "order_form"},)
    form = replace(HOURS, events=opens)

    before = await asks(db, "đặt hàng", form)
    within = await asks(db, "mấy giờ mở cửa", hours("Dạ 9 giờ ạ"), second=1)

    assert titles(before) == titles(within) == []


async def test_nobody_is_asked_twice_within_ten_minutes(db: Database, always: None) -> None:
    first = await asks(db, "mấy giờ mở cửa")
    soon = await asks(db, "thế chủ nhật", hours("Dạ 9 giờ ạ"), second=599)
    later = await asks(db, "còn lễ", hours("Dạ nghỉ ạ"), second=601)

    assert [bool(titles(each)) for each in (first, soon, later)] == [True, False, True]


async def test_nobody_is_asked_beside_a_survey(db: Database, always: None) -> None:
    async with db.begin() as tx:
        customer = await customers.lock_or_create(tx, "web", "nga", NOON)
        assert await surveys.begin(tx, "csi", customer.id, NOON)

    assert titles(await asks(db, "mấy giờ mở cửa")) == []


async def test_who_goes_to_a_person_is_not_asked(db: Database, always: None) -> None:
    await asks(db, "mấy giờ mở cửa", replace(HOURS, handoff_reason="customer_request"))

    assert not any(map(titles, (await transcript(db))[:2]))


async def counted(db: Database) -> list[tuple[int, int, int]]:
    async with db.read() as tx:
        found = (await rows.by_intent(tx, NOON - timedelta(days=1))).values()
    return [(each.asked, each.answered, each.helped) for each in found]


async def test_a_yes_is_thanked_for_and_counted(db: Database, always: None) -> None:
    await asks(db, "mấy giờ mở cửa")
    assert await counted(db) == [(1, 0, 0)]

    answer = await press(db, TITLES[0])

    assert "cảm ơn" in answer.content.text
    assert await counted(db) == [(1, 1, 1)]


async def test_a_no_offers_a_person_and_leaves_the_question_unanswered(
    db: Database, always: None
) -> None:
    await asks(db, "mấy giờ mở cửa")

    answer = await press(db, TITLES[1])

    assert "nói lại theo cách khác" in answer.content.text and titles(answer) == ["Gặp nhân viên"]
    assert await counted(db) == [(1, 1, 0)]
    async with db.read() as tx:
        (one,) = await unanswered.since(tx, NOON)
    assert (one.text, one.why) == ("mấy giờ mở cửa", "no_help")


async def test_where_buttons_are_numbers_the_number_counts(db: Database, always: None) -> None:
    await asks(db, "mấy giờ mở cửa")

    await asks(db, "1", second=1)

    assert await counted(db) == [(1, 1, 1)]


async def test_a_second_thought_counts(db: Database, always: None) -> None:
    await asks(db, "mấy giờ mở cửa")
    await press(db, TITLES[0])

    await press(db, TITLES[1], second=2)

    assert await counted(db) == [(1, 1, 0)]


async def test_who_writes_on_is_answered_and_not_reminded(db: Database, always: None) -> None:
    await asks(db, "mấy giờ mở cửa")

    answer = await asks(db, "cảm ơn", Turn(says=(Say(Content("Dạ ạ")),), introduced=True), second=1)

    assert (answer.content.text, titles(answer)) == ("Dạ ạ", [])


async def test_the_press_says_nothing_to_the_assistant(db: Database, always: None) -> None:
    await asks(db, "mấy giờ mở cửa")
    shown = (await transcript(db))[-1].content.buttons[0]
    dialogue = ScriptedDialogue()

    await conversation.receive(db, said(shown.title, button=shown.key), at(1))
    await answer_all(db, dialogue, at(1))

    assert dialogue.asked == []


def test_about_one_in_ten_is_drawn_and_always_the_same() -> None:
    ids = range(1, 20_001)
    drawn = [each for each in ids if thumbs.drawn(each, 10)]

    assert 0.09 < len(drawn) / len(ids) < 0.11
    assert {each for each in ids if thumbs.drawn(each, 5)} < set(drawn)
    assert not any(thumbs.drawn(each, 0) for each in ids)
    assert all(thumbs.drawn(each, 100) for each in ids)


async def test_a_pressed_thumb_of_another_talk_changes_nothing(db: Database, always: None) -> None:
    """Keys mean something in their own conversation only."""
    await asks(db, "mấy giờ mở cửa")
    key = (await transcript(db))[-1].content.buttons[1].key

    await asks(db, "mấy giờ mở cửa", by="minh", button=key)

    assert [each[1] for each in await counted(db)] == [0]


async def test_the_assistants_own_answers_are_asked_about_and_its_questions_are_not(
    db: Database, always: None, dialogue: RasaDialogue
) -> None:
    async def says(text: str, by: str) -> list[str]:
        await conversation.receive(db, said(text, by=by), NOON)
        await answer_all(db, dialogue, NOON)  # type: ignore[arg-type]
        return titles((await transcript(db, by))[-1])

    assert await says("shop có tuyển nhân viên bán hàng không ạ", "nga") == TITLES
    assert (await says("shop có chỗ gửi xe không ạ", "hoa"))[-2:] == TITLES
    assert TITLES[0] not in await says("mình muốn đặt hàng", "minh")
    assert TITLES[0] not in await says("blorp xyzzy", "an")
    async with db.read() as tx:
        assert [each.text for each in await unanswered.since(tx, NOON)] == ["blorp xyzzy"]
