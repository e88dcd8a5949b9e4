"""A talk that leads nowhere goes to a person: with the real model, over the real database."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from doubles import NOON, answer_all, at, said

from bot import conversation
from bot.models import Author, Content, Message, Say, Status, Turn
from bot.progress import Past, failures, goes_round, past_of, with_turn
from bot.storage import conversations, handoffs, messages, trackers
from bot.storage.db import Database

if TYPE_CHECKING:
    from bot.dialogue import RasaDialogue

HOURS = "mấy giờ mở cửa"
GIBBERISH = ("giá vàng hôm nay", "làm thơ đi", "hát một bài nghe", "kể chuyện ma đi")
OTHERS = (
    "phí ship bao nhiêu",
    "đổi trả thế nào",
    "địa chỉ shop ở đâu",
    "số hotline là gì",
    "shop có tuyển dụng không",
    "bảo hành mấy tháng",
    "thanh toán bằng cách nào",
    "giao hàng bao lâu",
)


class Talk:
    """What Nga writes, one message after another, and what comes of it."""

    def __init__(self, db: Database, dialogue: RasaDialogue) -> None:
        self.db, self.dialogue, self.now = db, dialogue, NOON

    async def say(self, *texts: str) -> str:
        """Writes each and reads the answer; returns the last one."""
        answer = ""
        for text in texts:
            self.now += timedelta(seconds=20)
            received = await conversation.receive(self.db, said(text), self.now)
            await answer_all(self.db, self.dialogue, self.now)  # type: ignore[arg-type]
            async with self.db.read() as tx:
                found = await messages.of_conversation(tx, 1)
            answer = "\n".join(m.content.text for m in found if m.id > received.message_id)
        return answer

    async def reason(self) -> str | None:
        """Why a person was asked for, if one was."""
        async with self.db.read() as tx:
            talk = await conversations.by_id(tx, 1)
            found = await handoffs.open_of(tx, 1)
        assert talk is not None and (talk.status is Status.QUEUED) == (found is not None)
        return found.reason if found else None


@pytest.fixture
def talk(db: Database, dialogue: RasaDialogue) -> Talk:
    return Talk(db, dialogue)


async def test_two_failures_in_a_row_offer_a_person_and_the_next_brings_one(talk: Talk) -> None:
    await talk.say(GIBBERISH[0])
    offer = await talk.say(GIBBERISH[1])
    assert "Anh/chị có muốn gặp nhân viên không" in offer and await talk.reason() is None

    await talk.say(GIBBERISH[2])

    assert await talk.reason() == "fallback"


async def test_three_failures_in_ten_turns_offer_a_person_and_the_next_brings_one(
    talk: Talk,
) -> None:
    await talk.say(GIBBERISH[0], OTHERS[0], OTHERS[1], GIBBERISH[1], OTHERS[2], OTHERS[3])
    offer = await talk.say(GIBBERISH[2])
    assert "Anh/chị có muốn gặp nhân viên không" in offer and await talk.reason() is None

    await talk.say(OTHERS[4], GIBBERISH[3])

    assert await talk.reason() == "fallback"


async def test_a_good_turn_resets_the_count_and_old_failures_are_forgotten(talk: Talk) -> None:
    await talk.say(GIBBERISH[0], OTHERS[0], GIBBERISH[1], *OTHERS[1:], OTHERS[0])

    answer = await talk.say(GIBBERISH[2])

    assert "em chưa hiểu rõ ý" in answer and await talk.reason() is None


async def test_the_same_answer_twice_brings_a_person_in_place_of_the_second(talk: Talk) -> None:
    first = await talk.say(HOURS)

    second = await talk.say("shop mở cửa lúc mấy giờ vậy")

    assert "08:00" in first and "08:00" not in second
    assert "chưa đúng điều anh/chị cần" in second
    assert await talk.reason() == "no_progress"


async def test_the_same_question_for_the_third_time_brings_a_person(talk: Talk) -> None:
    await talk.say(HOURS, OTHERS[0], HOURS, OTHERS[1])
    assert await talk.reason() is None

    await talk.say(HOURS)

    assert await talk.reason() == "no_progress"


async def test_a_question_inside_a_form_counts_and_the_form_is_left(talk: Talk) -> None:
    await talk.say("kiểm tra đơn hàng giúp mình", HOURS)

    await talk.say(HOURS)

    assert await talk.reason() == "no_progress"
    async with talk.db.read() as tx:
        assert (await trackers.load(tx, 1)).loop is None


async def test_a_form_that_is_stuck_three_times_offers_a_person_then_brings_one(
    talk: Talk,
) -> None:
    await talk.say("kiểm tra đơn hàng giúp mình", "ừm", "ờ thì")
    offer = await talk.say("để xem nào")
    assert "nhân viên hỗ trợ" in offer and await talk.reason() is None

    await talk.say("để xem nào")

    assert await talk.reason() == "no_progress"


async def test_what_is_no_question_may_be_said_again_and_again(talk: Talk) -> None:
    await talk.say("alo", "alo", "alo", "cảm ơn em", "cảm ơn em", "cảm ơn em", "ok", "ok", "ok")

    assert await talk.reason() is None


async def test_the_same_question_an_hour_later_is_answered(talk: Talk) -> None:
    await talk.say(HOURS)
    talk.now += timedelta(hours=1)

    answer = await talk.say(HOURS)

    assert "08:00" in answer and await talk.reason() is None


async def test_many_questions_in_one_breath_are_counted_one_after_another(
    talk: Talk, db: Database
) -> None:
    round = OTHERS[:7]
    for text in (*round, *round, *round):  # each comes again after six others
        await conversation.receive(db, said(text), NOON)

    await answer_all(db, talk.dialogue)  # type: ignore[arg-type]

    assert await talk.reason() is None


# The transcript as memory


def _message(number: int, author: Author, text: str, **meta: object) -> Message:
    return Message(
        number, 1, "web", author, None, False, Content(text), meta, None, None, None, at(number)
    )


def test_what_was_before_people_had_a_part_does_not_count() -> None:
    failed = {"response": "utter_fallback"}
    transcript = [
        _message(1, Author.CUSTOMER, "a"),
        _message(2, Author.BOT, "?", answers=[1], **failed),
        _message(3, Author.SYSTEM, "Dạ trợ lý tự động xin tiếp tục"),
        _message(4, Author.CUSTOMER, "Phí?"),
        _message(5, Author.BOT, "Dạ em là trợ lý", action="introduction"),
        _message(6, Author.BOT, "30k", answers=[4]),
        _message(7, Author.BOT, "miễn phí từ 500k", answers=[4]),
    ]

    past = past_of(transcript)

    assert past == [Past("phi", ("30k", "miễn phí từ 500k"), True, at(6))]
    assert failures(past_of(transcript[:2])) == 1


def test_only_the_last_nine_turns_are_past() -> None:
    past: list[Past] = []

    for n in range(12):
        past = with_turn(past, f"câu {n}", Turn(says=(Say(Content(f"{n}")),)), at(n))

    assert [each.asked for each in past] == [f"cau {n}" for n in range(3, 12)]


@pytest.mark.parametrize(
    ("why", "in_form", "round"),
    [
        ({"intent": "ask_price"}, False, True),
        ({"intent": "ask_price"}, True, True),
        ({"intent": "track_order"}, False, True),
        ({"intent": "track_order"}, True, False),
        ({"intent": "greet"}, False, False),
        ({}, False, False),
    ],
)
def test_forms_and_small_talk_have_their_own_count(
    why: dict[str, object], in_form: bool, round: bool
) -> None:
    past = [Past("gi", ("Dạ 5 triệu",), True, NOON)]
    turn = Turn(says=(Say(Content("Dạ 5 triệu"), why=why),))

    assert goes_round(past, "giá", turn, NOON, in_form=in_form) is round
