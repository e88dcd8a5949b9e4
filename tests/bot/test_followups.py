"""What follows upon a talk: a form that was left is offered once more, and who was helped by the
assistant alone is asked how it was. With the real model, on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from cares import DAY, HOUR
from doubles import NOON, answer_all, said

from bot import conversation, handoff, outreach
from bot.models import Author, Message, Outreach, Role
from bot.storage import conversations, messages, users
from bot.storage import outreach as rows
from bot.storage.db import Database

if TYPE_CHECKING:
    from bot.dialogue import RasaDialogue

MINUTE = timedelta(minutes=1)
HALF = 31 * MINUTE


class Phone:
    """A customer who writes to the real assistant."""

    def __init__(self, db: Database, dialogue: RasaDialogue) -> None:
        self.db, self.dialogue = db, dialogue

    async def write(self, text: str, at: datetime = NOON) -> None:
        await conversation.receive(self.db, said(text, by="lan", sent_at=at), at)
        await answer_all(self.db, self.dialogue, at)  # type: ignore[arg-type]

    async def press(self, title: str, at: datetime) -> None:
        shown = (await self.read())[-1]
        (button,) = [each for each in shown.content.buttons if each.title == title]
        pressed = said(title, by="lan", sent_at=at, button=button.key)
        await conversation.receive(self.db, pressed, at)
        await answer_all(self.db, self.dialogue, at)  # type: ignore[arg-type]

    async def passes(self, at: datetime) -> None:
        """Whatever is due by then is looked at."""
        async with self.db.begin() as tx:
            begun = await rows.claim(tx, at, 100)
        for each in begun:
            await outreach.reach_out(self.db, self.dialogue, each, lambda: at, business="Bống")

    async def read(self) -> list[Message]:
        async with self.db.read() as tx:
            talk = await conversations.newest_of(tx, 1)
            assert talk is not None
            return await messages.of_conversation(tx, talk.id)

    async def ours(self) -> list[str]:
        """What was written of ourselves."""
        return [each.content.text for each in await self.read() if each.meta.get("outreach")]

    async def planned(self) -> list[Outreach]:
        states = ("waiting", "sent", "refused", "cancelled")
        async with self.db.read() as tx:
            return list(
                await rows.between(tx, NOON - DAY, NOON + 9 * DAY, states=states, limit=100)
            )


@pytest.fixture
def phone(db: Database, dialogue: RasaDialogue) -> Phone:
    return Phone(db, dialogue)


async def test_a_form_that_was_left_is_offered_once_more_with_its_question(phone: Phone) -> None:
    await phone.write("kiểm tra đơn hàng giúp mình")
    question = (await phone.read())[-1].content.text

    await phone.passes(NOON + 29 * MINUTE)
    assert await phone.ours() == []
    await phone.passes(NOON + HALF)
    await phone.passes(NOON + 3 * HOUR)

    (offer,) = await phone.ours()
    assert "làm tiếp nhé" in offer and offer.endswith(question)


async def test_a_form_that_ended_is_not_in_the_calendar_any_more(phone: Phone) -> None:
    await phone.write("kiểm tra đơn hàng giúp mình")
    await phone.write("thôi không kiểm tra nữa", NOON + MINUTE)

    (called_off,) = await phone.planned()
    assert (called_off.state, called_off.reason) == ("cancelled", "no_longer")


async def test_the_answer_to_the_offer_goes_on_with_the_form(phone: Phone) -> None:
    await phone.write("kiểm tra đơn hàng giúp mình")
    await phone.passes(NOON + HALF)

    await phone.write("BT26110145", NOON + HOUR)

    assert (await phone.read())[-1].meta["form"] == "order_form"
    assert "BT26110145" not in (await phone.read())[-1].content.text  # it asks for the next
    await phone.passes(NOON + 3 * HOUR)
    assert len(await phone.ours()) == 1


async def test_the_offer_is_declined_by_a_button(phone: Phone) -> None:
    await phone.write("kiểm tra đơn hàng giúp mình")
    await phone.passes(NOON + HALF)

    await phone.press("Để sau ạ", NOON + HOUR)

    assert "dừng ở đây" in (await phone.read())[-1].content.text


async def test_the_offer_waits_for_half_an_hour_without_a_word(phone: Phone) -> None:
    await phone.write("kiểm tra đơn hàng giúp mình")
    await phone.write("mấy giờ đóng cửa vậy shop", NOON + 20 * MINUTE)

    await phone.passes(NOON + HALF)
    assert await phone.ours() == []

    await phone.passes(NOON + 51 * MINUTE)
    assert len(await phone.ours()) == 1


@pytest.mark.parametrize("text", ["thôi không kiểm tra nữa", "mình đang bận, lát nhắn lại nhé"])
async def test_who_stops_or_is_busy_is_not_asked_again(phone: Phone, text: str) -> None:
    await phone.write("kiểm tra đơn hàng giúp mình")
    await phone.write(text, NOON + MINUTE)

    await phone.passes(NOON + HOUR)
    await phone.passes(NOON + 8 * HOUR)

    assert await phone.ours() == []
    assert [each.reason for each in await phone.planned()] == ["no_longer"]


async def test_a_form_left_at_night_is_offered_in_the_morning(phone: Phone) -> None:
    night = NOON + 11 * HOUR  # 23:00
    await phone.write("kiểm tra đơn hàng giúp mình", night)

    await phone.passes(night + HALF)
    assert await phone.ours() == []
    (waiting,) = await phone.planned()
    assert (waiting.reason, waiting.due_at) == ("quiet_hours", NOON + 19 * HOUR)

    await phone.passes(waiting.due_at)
    assert len(await phone.ours()) == 1


async def test_after_a_day_the_form_is_gone_and_not_offered(phone: Phone) -> None:
    await phone.write("kiểm tra đơn hàng giúp mình")

    await phone.passes(NOON + DAY + HOUR)

    assert await phone.ours() == []


async def test_who_was_helped_by_the_assistant_alone_is_asked_how_it_was(phone: Phone) -> None:
    await phone.write("phí ship về Đà Nẵng bao nhiêu vậy shop")
    await phone.write("cảm ơn em nhé", NOON + MINUTE)

    await phone.passes(NOON + 32 * MINUTE)
    await phone.passes(NOON + HOUR)

    (asked,) = await phone.ours()
    assert "1" in asked and "5" in asked


async def test_thanks_for_nothing_are_not_asked_about(phone: Phone) -> None:
    await phone.write("alo shop ơi")
    await phone.write("cảm ơn em nhé", NOON + MINUTE)

    assert await phone.planned() == []


async def test_the_assistant_alone_is_asked_about_once_in_thirty_days(phone: Phone) -> None:
    for day in (0, 3, 31):
        await phone.write("phí ship về Đà Nẵng bao nhiêu vậy shop", NOON + day * DAY)
        await phone.write("cảm ơn em nhé", NOON + day * DAY + MINUTE)
        await phone.passes(NOON + day * DAY + HOUR)

    kinds = [each.kind for each in await phone.planned()]
    assert kinds.count("csat") == 1


async def test_a_talk_that_a_person_ends_is_asked_about_once(phone: Phone) -> None:
    await phone.write("phí ship về Đà Nẵng bao nhiêu vậy shop")
    await phone.write("cảm ơn em nhé", NOON + MINUTE)
    await phone.write("à cho mình gặp nhân viên", NOON + 2 * MINUTE)
    async with phone.db.begin() as tx:
        user_id = await users.add(tx, "hoa", "Hoa", Role.AGENT, "x", NOON)
        hoa = await users.by_id(tx, user_id)
    assert hoa is not None
    await handoff.accept(phone.db, 1, hoa, NOON + 3 * MINUTE)
    await phone.passes(NOON + HALF + MINUTE)
    assert await phone.ours() == []
    await handoff.resolve(phone.db, 1, hoa, "answered", NOON + 40 * MINUTE)

    await phone.passes(NOON + 3 * HOUR)

    asked = [each for each in await phone.read() if each.meta.get("action") == "survey"]
    assert len(asked) == 1 and asked[0].author is Author.BOT
