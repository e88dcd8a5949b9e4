"""The three scripts as they are rendered: who we are and why we write, a talk that keeps short, and
no need yet."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot import care, words
from tests.actions.conftest import Talk

BUSINESS = "Điện Tử Bống"
ABOUT = {"code": "BT26110123", "item": "tai nghe Bống Air 2", "promised": "12:00 ngày 23/11"}
KINDS = [kind for kind, step in care.steps().items() if step.purpose != "survey"]
SELLING = ("ưu đãi", "khuyến mãi", "giảm giá", "giá sốc", "mua ngay", "tặng", "đ ")
MOST_BUBBLES, MOST_WORDS = 5, 180  # of a talk that was promised to be short


def sells(said: str) -> list[str]:
    return [word for word in SELLING if word in said.lower()]


# Script 1: the opening


@pytest.mark.parametrize(
    "part", [BUSINESS, "trợ lý tự động", "giúp được chuyện", "gõ ‘gặp nhân viên’"]
)
def test_the_greeting_says_who_speaks_what_for_and_the_way_to_a_person(
    talk: Talk, part: str
) -> None:
    assert part in talk.say("chào shop")


def test_the_greeting_of_somebody_who_wrote_first_sells_nothing(talk: Talk) -> None:
    assert sells(talk.say("chào shop")) == []


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("vi", [BUSINESS, "trợ lý tự động", "gặp nhân viên"]),
        ("en", [BUSINESS, "automated assistant", "talk to a person"]),
    ],
)
def test_the_introduction_before_our_own_openings_says_the_same(
    language: str, parts: list[str]
) -> None:
    said = words.say("introduction", language, business=BUSINESS)

    assert [part for part in parts if part not in said] == []


@pytest.mark.parametrize("kind", KINDS)
def test_our_own_opening_says_in_its_first_sentence_why_we_write(talk: Talk, kind: str) -> None:
    first = talk.hear(kind, **ABOUT).replace("?", ".").split(" ạ.")[0]

    assert ABOUT["item"] in first or ABOUT["code"] in first


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "news"])
def test_only_news_sell(talk: Talk, kind: str) -> None:
    assert sells(talk.hear(kind, **ABOUT)) == []


def test_news_say_how_to_stop_them(talk: Talk) -> None:
    said = talk.hear("news", **ABOUT)

    assert "‘TC’" in said and "Không nhận nữa" in talk.buttons


# Script 2: a talk that keeps short


@pytest.mark.parametrize("kind", KINDS)
def test_our_own_opening_is_one_bubble_with_one_question_at_most(talk: Talk, kind: str) -> None:
    said = talk.hear(kind, **ABOUT)

    assert len(talk.turn.says) == 1
    assert said.count("?") <= 1
    assert len(said.split()) <= MOST_WORDS / 3


def test_who_is_busy_when_we_write_is_offered_three_times_and_nothing_else(talk: Talk) -> None:
    talk.hear("how_to", **ABOUT)

    said = talk.say("đang bận em ơi")

    assert "không làm phiền" in said and said.count("?") == 1
    assert len(talk.buttons) == 4 and talk.buttons[-1] == "Để sau"


def test_from_busy_to_a_booked_call_is_a_short_talk(talk: Talk) -> None:
    steps: list[Callable[[], str]] = [
        lambda: talk.say("đang bận nhé"),
        lambda: talk.press(talk.buttons[0]),
        lambda: talk.say("0900000001"),
        lambda: talk.press("Bỏ qua"),
        lambda: talk.press("Đúng rồi"),
    ]

    bubbles = []
    for step in steps:
        step()
        bubbles += [say.content.text for say in talk.turn.says]

    assert "đặt lịch xong" in bubbles[-1]
    assert len(bubbles) <= MOST_BUBBLES
    assert len(" ".join(bubbles).split()) <= MOST_WORDS


# Script 3: no need yet


@pytest.mark.parametrize("part", ["em cảm ơn anh/chị", BUSINESS, "Chúc anh/chị"])
def test_who_needs_nothing_is_thanked_reminded_of_us_and_wished_well(talk: Talk, part: str) -> None:
    talk.say("Mình chưa có nhu cầu, cảm ơn em")

    assert part in talk.turn.says[0].content.text


def test_the_thanks_to_who_needs_nothing_ask_and_sell_nothing(talk: Talk) -> None:
    talk.say("Mình chưa có nhu cầu, cảm ơn em")
    thanks = talk.turn.says[0].content.text

    assert "?" not in thanks and sells(thanks) == []


@pytest.mark.parametrize("kind", KINDS)
def test_who_needs_nothing_when_we_write_is_left_alone_for_a_month(talk: Talk, kind: str) -> None:
    talk.hear(kind, **ABOUT)

    talk.say("Mình chưa có nhu cầu, cảm ơn em")

    (flag, *_) = talk.turn.consents
    assert (flag.purpose, flag.said, flag.days) == ("promotion", "not_now", 30)
