"""What the assistant had no good answer to: what counts as that, and how it is put together."""

from __future__ import annotations

from datetime import timedelta

import pytest
from doubles import NOON, ScriptedDialogue, answer_all, at, said

from bot import conversation
from bot.clusters import clusters
from bot.figures.figure import Window
from bot.models import Content, Say, Turn, User
from bot.storage import unanswered as rows
from bot.storage.db import Database
from bot.storage.unanswered import Unanswered
from bot.unanswered import put_together

WEEK = Window(NOON - timedelta(days=7), NOON + timedelta(days=1))
FALLBACK = {"response": "utter_fallback", "intent": "nlu_fallback", "runner_up": "ask_stock"}
LOST = Turn(says=(Say(Content("Dạ em chưa hiểu ạ"), FALLBACK),), introduced=True)
STRANGE = Turn(
    says=(Say(Content("Dạ em chưa rõ ạ"), {**FALLBACK, "intent": "out_of_scope"}),),
    introduced=True,
)
WHICH = Turn(
    says=(Say(Content("A hay B ạ?"), {"asked_back": ["ask_price", "ask_stock"]}),), introduced=True
)
PRICE = Turn(says=(Say(Content("5 triệu ạ"), {"intent": "ask_price"}),), introduced=True)
PERSON = Turn(handoff_reason="customer_request")
GIVEN_UP = Turn(handoff_reason="fallback")


async def talk(db: Database, *said_and_done: tuple[str, Turn], by: str = "nga") -> None:
    for n, (text, turn) in enumerate(said_and_done):
        now = at(n)
        await conversation.receive(db, said(text, by=by, sent_at=now), now)
        await answer_all(db, ScriptedDialogue({text: turn}), now)


async def noted(db: Database) -> list[tuple[str, str, str]]:
    async with db.read() as tx:
        found = await rows.since(tx, NOON)
    return [(each.text, each.why, each.guess) for each in found]


async def test_what_was_not_understood_is_noted_with_the_likeliest_topic(db: Database) -> None:
    await talk(db, ("máy này giá sao", PRICE), ("có cho thuê máy ko", LOST))

    assert await noted(db) == [("có cho thuê máy ko", "fallback", "ask_stock")]


async def test_what_seemed_out_of_scope_is_noted_as_that(db: Database) -> None:
    await talk(db, ("mai trời mưa ko", STRANGE))

    assert await noted(db) == [("mai trời mưa ko", "out_of_scope", "ask_stock")]


async def test_who_meant_neither_has_asked_before(db: Database) -> None:
    await talk(db, ("bên mình có trả ko", WHICH), ("không phải cái nào", LOST))

    assert await noted(db) == [("bên mình có trả ko", "neither", "")]


async def test_who_answers_a_or_b_with_a_question_of_their_own_asks_that(db: Database) -> None:
    await talk(db, ("bên mình có trả ko", WHICH), ("thuê máy chiếu một ngày nhiêu tiền", LOST))

    assert await noted(db) == [("thuê máy chiếu một ngày nhiêu tiền", "fallback", "ask_stock")]


@pytest.mark.parametrize("before", [LOST, WHICH])
async def test_who_wants_a_person_after_no_answer_went_without_one(
    db: Database, before: Turn
) -> None:
    await talk(db, ("có cho thuê máy ko", before), ("gặp nhân viên", PERSON))

    assert [each[:2] for each in await noted(db)] == [("có cho thuê máy ko", "handed_over")]


async def test_who_wants_a_person_after_an_answer_had_one(db: Database) -> None:
    await talk(db, ("máy này giá sao", PRICE), ("gặp nhân viên", PERSON))

    assert await noted(db) == []


async def test_what_brought_a_person_by_itself_is_noted(db: Database) -> None:
    await talk(db, ("blorp", LOST), ("blarp", LOST), ("có cho thuê ko", GIVEN_UP))

    assert ("có cho thuê ko", "handed_over", "") in await noted(db)


async def test_of_several_messages_in_one_breath_the_one_that_says_most_is_noted(
    db: Database,
) -> None:
    texts = ("…ơi", "… bên mình có cho thuê máy chiếu ko", "… ạ")
    for text in texts:
        await conversation.receive(db, said(text), NOON)

    await answer_all(db, ScriptedDialogue({"\n".join(texts): LOST}))

    assert [each[0] for each in await noted(db)] == [texts[1]]


async def test_what_was_settled_stays_settled(db: Database, lan: User) -> None:
    await talk(db, ("có cho thuê máy ko", LOST))
    async with db.begin() as tx:
        (one,) = await rows.since(tx, NOON)
        await rows.settle(tx, [one.message_id], "skipped", lan.id, NOON)
        await rows.settle(tx, [one.message_id], "faq", lan.id, NOON)

        assert [each.verdict for each in await rows.since(tx, NOON)] == ["skipped"]


def asked(id: int, text: str, asker: int, days_ago: int = 0, **more: object) -> Unanswered:
    values = {
        "message_id": id,
        "conversation_id": asker,
        "channel": "web",
        "text": text,
        "asker": asker,
        "names": (),
        "why": "fallback",
        "guess": "",
        "at": NOON - timedelta(days=days_ago),
        "verdict": "",
        "settled_at": None,
    }
    return Unanswered(**{**values, **more})  # type: ignore[arg-type]


def test_ways_of_asking_one_thing_are_put_together() -> None:
    texts = (
        "bên mình có cho thuê máy chiếu không ạ",
        "shop co cho thue may chieu k",
        "thuê máy chiếu 1 ngày bao nhiêu tiền z shop",
        "có tuyển nhân viên bán hàng không",
        "cho em hỏi shop có tuyển nv bán hàng ko",
        "mai trời có mưa ko",
    )

    found = [{texts[place] for place in group} for group in clusters(texts)]

    assert set(texts[:3]) in found and set(texts[3:5]) in found and {texts[5]} in found


def test_groups_do_not_depend_on_the_order() -> None:
    texts = ("thuê máy chiếu", "thue may chieu k", "máy chiếu cho thuê ko ạ", "tuyển người ko")

    def named(order: tuple[str, ...]) -> set[frozenset[str]]:
        return {frozenset(order[place] for place in group) for group in clusters(order)}

    assert named(texts) == named(texts[::-1])


def test_a_cluster_counts_messages_and_people() -> None:
    (one,) = put_together(
        [
            asked(1, "thuê máy chiếu ko", 7, days_ago=9),
            asked(2, "thue may chieu k", 7, guess="ask_stock"),
            asked(3, "Thuê máy chiếu ko", 8, channel="zalo", guess="ask_price"),
            asked(4, "thuê máy chiếu ko ạ", 8, channel="zalo", guess="ask_price"),
        ],
        WEEK,
    )

    assert (len(one.messages), one.askers, one.channels) == (3, 2, ["zalo", "web"])
    assert (one.first, one.last) == (NOON - timedelta(days=9), NOON)
    assert (one.guess, one.settled_at) == ("ask_price", None)


def test_what_is_settled_is_away_until_somebody_new_asks() -> None:
    yesterday = NOON - timedelta(days=1)
    settled = asked(1, "thuê máy chiếu ko", 7, verdict="skipped", settled_at=yesterday)
    again = asked(2, "thue may chieu k", 7)
    new = asked(3, "cho thuê máy chiếu ko ạ", 8)

    assert put_together([settled, again], WEEK) == []
    (one,) = put_together([settled, again, new], WEEK)
    assert one.settled_at == yesterday
    assert sorted(one.ids) == [2, 3]


def test_what_nobody_asked_in_the_window_is_not_shown() -> None:
    assert put_together([asked(1, "thuê máy chiếu ko", 7, days_ago=8)], WEEK) == []


def test_samples_tell_nobody_who_asked() -> None:
    text = "em là Nguyễn Thị Nga 0912345678 hỏi thuê máy chiếu"
    (one,) = put_together([asked(1, text, 7, names=("Nguyễn Thị Nga",))], WEEK)

    (sample,) = one.ways(NOON.date(), 5)

    assert "Nga" not in sample and "0912" not in sample and "thuê máy chiếu" in sample


def test_what_is_to_be_learnt_has_nothing_hidden_if_it_can() -> None:
    (one,) = put_together(
        [
            asked(1, "số em 0912345678 thuê máy chiếu", 7),
            asked(2, "thuê máy chiếu ko", 8),
            asked(3, "/ thuê máy chiếu", 9),
        ],
        WEEK,
    )

    assert one.lines(NOON.date()) == ["thuê máy chiếu ko"]
