"""Surveys: asked once, answered in words or by a button, and whoever is unhappy gets a person. On
SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from cares import DAY, HOUR, order, somebody
from doubles import NOON, ScriptedDialogue, answer_all, said
from sqlalchemy import select

from bot import care, conversation, handoff, outreach
from bot.answer import Nobody
from bot.models import Author, Content, Message, Role, Say, Status, Turn, User
from bot.storage import conversations, events, messages, promises, surveys, users
from bot.storage import outreach as rows
from bot.storage.db import Database
from bot.storage.tables import survey_answers
from bot.storage.tables import surveys as survey_rows

SHOP = "Điện Tử Bống"
MINUTE = timedelta(minutes=1)
TRACKS = Turn(
    says=(Say(Content("Mã đơn hàng là gì ạ?")),),
    introduced=True,
    events=({"event": "active_loop", "name": "track_order_form"},),
)


async def an_agent(db: Database) -> User:
    async with db.begin() as tx:
        found = await users.by_id(tx, await users.add(tx, "hoa", "Hoa", Role.AGENT, "x", NOON))
    assert found is not None
    return found


async def reach_out(db: Database, at: datetime) -> None:
    async with db.begin() as tx:
        begun = await rows.claim(tx, at, 100)
    for each in begun:
        await outreach.reach_out(db, ScriptedDialogue(), each, lambda: at, business=SHOP)


async def helped(db: Database, reason: str = "answered") -> int:
    """A talk that an agent has just ended, and that was asked about."""
    _, customer_id = await somebody(db, wrote_at=NOON - HOUR)
    hoa = await an_agent(db)
    await handoff.accept(db, 1, hoa, NOON - HOUR)
    await handoff.resolve(db, 1, hoa, reason, NOON)
    await reach_out(db, NOON)
    return customer_id


async def write(
    db: Database, text: str, at: datetime = NOON, dialogue: ScriptedDialogue | None = None
) -> ScriptedDialogue:
    dialogue = dialogue or Sure("inform")
    await conversation.receive(db, said(text, by="lan", sent_at=at), at)
    await answer_all(db, dialogue, at)
    return dialogue


async def press(db: Database, title: str, at: datetime = NOON) -> None:
    shown = (await transcript(db))[-1]
    (button,) = [each for each in shown.content.buttons if each.title == title]
    await conversation.receive(db, said(title, by="lan", sent_at=at, button=button.key), at)
    await answer_all(db, Sure("inform"), at)


class Sure(ScriptedDialogue):
    """Takes every text for the same intent."""

    def __init__(self, intent: str) -> None:
        super().__init__()
        self.intent = intent

    async def understand(self, text: str) -> dict[str, Any]:
        return {"intent": {"name": self.intent, "confidence": 0.99}, "entities": []}


async def transcript(db: Database, customer_id: int = 1) -> list[Message]:
    async with db.read() as tx:
        found = await conversations.newest_of(tx, customer_id)
        assert found is not None
        return await messages.of_conversation(tx, found.id)


async def last_said(db: Database) -> str:
    ours = [each for each in await transcript(db) if each.author is not Author.CUSTOMER]
    return ours[-1].content.text


async def answers(db: Database) -> dict[str, tuple[int | None, str, str]]:
    async with db.read() as tx:
        found = (await tx.execute(select(survey_answers))).mappings().all()
    return {row["question"]: (row["mark"], row["choice"], row["words"]) for row in found}


async def outcome(db: Database) -> str:
    async with db.read() as tx:
        found: str = (await tx.execute(select(survey_rows.c.outcome))).scalar_one()
    return found


async def test_after_a_talk_with_a_person_the_customer_is_asked_once(db: Database) -> None:
    await helped(db)
    await reach_out(db, NOON + HOUR)

    asked = [each for each in await transcript(db) if each.meta.get("action") == "survey"]
    assert len(asked) == 1
    assert [button.title[0] for button in asked[0].content.buttons] == list("12345")


@pytest.mark.parametrize("reason", handoff.UNASKED)
async def test_a_talk_without_a_matter_is_not_asked_about(db: Database, reason: str) -> None:
    await helped(db, reason)

    assert all(each.meta.get("action") != "survey" for each in await transcript(db))


@pytest.mark.parametrize(
    ("text", "mark"), [("5", 5), ("bốn sao nha", 4), ("cho 5 điểm", 5), ("😍", 5)]
)
async def test_a_mark_in_words_counts(db: Database, text: str, mark: int) -> None:
    await helped(db)

    dialogue = await write(db, text)

    assert (await answers(db))["mark"] == (mark, "", text)
    assert dialogue.asked == []


async def test_two_taps_are_enough(db: Database) -> None:
    await helped(db)

    await press(db, "5 😍")
    await press(db, "Bỏ qua")

    assert (await answers(db)) == {"mark": (5, "", "")}
    assert await outcome(db) == "answered"


async def test_the_reason_is_asked_for_and_kept(db: Database) -> None:
    await helped(db)

    await write(db, "4")
    assert "Điều gì" in await last_said(db)
    await write(db, "nhân viên dễ thương, hơi lâu", dialogue=Sure("give_feedback"))

    assert (await answers(db))["why"] == (None, "", "nhân viên dễ thương, hơi lâu")
    assert await outcome(db) == "answered"
    assert "cảm ơn" in await last_said(db)


async def test_a_mark_and_its_reason_in_one_breath_are_both_kept(db: Database) -> None:
    await helped(db)

    await conversation.receive(db, said("5", by="lan"), NOON)
    await write(db, "giao nhanh lắm", dialogue=Sure("give_feedback"))

    assert {name: words for name, (_, _, words) in (await answers(db)).items()} == {
        "mark": "5",
        "why": "giao nhanh lắm",
    }


async def test_a_question_is_answered_and_the_survey_waits(db: Database) -> None:
    await helped(db)

    dialogue = await write(db, "phí ship bao nhiêu vậy", dialogue=Sure("ask_shipping_fee"))
    assert dialogue.asked == ["phí ship bao nhiêu vậy"] and await answers(db) == {}

    await write(db, "5")
    assert (await answers(db))["mark"][0] == 5


async def test_a_question_in_place_of_the_reason_is_answered(db: Database) -> None:
    await helped(db)
    await write(db, "5")

    dialogue = await write(db, "bảo hành mấy tháng", dialogue=Sure("ask_warranty_policy"))

    assert dialogue.asked == ["bảo hành mấy tháng"]
    assert "why" not in await answers(db)


@pytest.mark.parametrize("text", ["11", "-1", "mười hai/10", "6 sao", "0"])
async def test_a_mark_beyond_the_scale_is_asked_for_once_more(db: Database, text: str) -> None:
    await helped(db)

    await write(db, text)
    assert "từ 1 đến 5" in await last_said(db) and await answers(db) == {}

    dialogue = await write(db, text)
    assert dialogue.asked == [text]  # no circle: the assistant takes it up


async def test_praise_without_a_number_is_asked_for_one_once(db: Database) -> None:
    await helped(db)

    await write(db, "tốt lắm em ơi", dialogue=Sure("give_feedback"))

    assert "số từ 1 đến 5" in await last_said(db)


async def test_what_a_form_asked_for_is_no_answer_to_the_survey(db: Database) -> None:
    await helped(db)
    await write(db, "đơn tới đâu", dialogue=ScriptedDialogue({"đơn tới đâu": TRACKS}))

    dialogue = await write(db, "BT26110145", NOON + MINUTE, Sure("inform"))
    await write(db, "5", NOON + 2 * MINUTE, dialogue)

    assert dialogue.asked == ["BT26110145", "5"] and await answers(db) == {}


async def test_a_button_of_the_survey_counts_in_the_midst_of_a_form(db: Database) -> None:
    await helped(db)
    key = (await transcript(db))[-1].content.buttons[4].key
    await write(db, "đơn tới đâu", dialogue=ScriptedDialogue({"đơn tới đâu": TRACKS}))

    await conversation.receive(db, said("5 😍", by="lan", button=key), NOON)
    await answer_all(db, Sure("inform"), NOON)

    assert (await answers(db))["mark"][0] == 5


async def test_without_a_model_the_customer_of_a_survey_gets_a_person_too(db: Database) -> None:
    await helped(db)

    await conversation.receive(db, said("hàng về chưa em", by="lan"), NOON)
    await answer_all(db, Nobody(), NOON)

    async with db.read() as tx:
        found = await conversations.newest_of(tx, 1)
    assert found is not None and found.status in (Status.QUEUED, Status.ASSIGNED)


@pytest.mark.parametrize(("first", "ends"), [("", "declined"), ("5", "answered")])
async def test_who_does_not_want_to_say_is_left_in_peace(
    db: Database, first: str, ends: str
) -> None:
    await helped(db)
    if first:
        await write(db, first)

    await write(db, "thôi khỏi em", dialogue=Sure("deny"))

    assert await outcome(db) == ends
    assert "không sao" in await last_said(db)


async def test_danger_comes_before_every_survey(db: Database) -> None:
    await helped(db)

    await write(db, "pin điện thoại bốc khói rồi")

    assert "an toàn là trên hết" in "".join(each.content.text for each in await transcript(db))
    assert await answers(db) == {}


async def test_a_low_mark_brings_a_person_the_same_minute(db: Database) -> None:
    await helped(db)

    await write(db, "1 sao", NOON)

    assert "xin lỗi" in await last_said(db)
    async with db.read() as tx:
        (task,) = await promises.open_of(tx, None)
        heard = await events.after(tx, 0)
    assert task.text == "Khách chấm 1/5: liên hệ hỏi thăm và xử lý giúp khách"
    assert task.team == "cskh"
    assert NOON < task.due_at <= NOON + DAY + HOUR
    assert any(each.kind == "alarm" for each in heard)


async def test_a_good_mark_makes_no_work(db: Database) -> None:
    await helped(db)

    await write(db, "3")

    async with db.read() as tx:
        assert await promises.open_of(tx, None) == []


async def test_who_says_nothing_is_reminded_once_after_two_days(db: Database) -> None:
    await helped(db)

    for hours in (47, 48, 49, 100):
        await reach_out(db, NOON + hours * HOUR)

    said_again = [each for each in await transcript(db) if "nhắc nhẹ" in each.content.text]
    assert len(said_again) == 1
    await write(db, "5", NOON + 101 * HOUR)
    assert (await answers(db))["mark"][0] == 5


async def test_who_has_answered_is_not_reminded(db: Database) -> None:
    await helped(db)
    await write(db, "5")

    await reach_out(db, NOON + 48 * HOUR)

    assert all("nhắc nhẹ" not in each.content.text for each in await transcript(db))


async def test_a_survey_lapses_and_what_was_answered_of_it_is_kept(db: Database) -> None:
    await helped(db)
    await write(db, "5")

    async with db.begin() as tx:
        await surveys.lapse(tx, NOON + timedelta(seconds=1), NOON + 8 * DAY)

    assert await outcome(db) == "answered"
    dialogue = await write(db, "4", NOON + 8 * DAY)
    assert dialogue.asked == ["4"]


async def test_two_surveys_are_never_open_at_once(db: Database) -> None:
    customer_id = await helped(db)
    async with db.begin() as tx:
        assert await surveys.begin(tx, "nps", customer_id, NOON) is None


async def test_three_days_after_delivery_the_customer_is_asked_to_recommend_us(
    db: Database,
) -> None:
    person, _ = await somebody(db, wrote_at=NOON - DAY)
    await order(db, person)
    await care.plan(db, NOON)
    for kind in ("thanks", "how_to"):
        async with db.begin() as tx:
            await rows.drop(tx, 1, kind, NOON, "not of this test")

    await reach_out(db, NOON + 3 * DAY)
    assert SHOP in await last_said(db)
    await write(db, "10/10 luôn", NOON + 3 * DAY)

    assert (await answers(db))["mark"] == (10, "", "10/10 luôn")


async def test_a_mark_pressed_again_takes_the_place_of_the_first(db: Database) -> None:
    await helped(db)
    first = (await transcript(db))[-1]
    keys = {each.title[0]: each.key for each in first.content.buttons}

    for mark in "25":
        at = NOON + int(mark) * timedelta(minutes=1)
        await conversation.receive(db, said(mark, by="lan", sent_at=at, button=keys[mark]), at)
        await answer_all(db, Sure("inform"), at)

    assert (await answers(db))["mark"][0] == 5
