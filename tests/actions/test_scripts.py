"""The three scripts as they are rendered: who we are and why we write, a talk that keeps short, and
no need yet."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot import campaigns, care, draft, words
from bot.draft import Draft
from bot.models import Say
from tests.actions.conftest import Talk

BUSINESS = "Điện Tử Bống"
ABOUT = {
    "code": "BT26110123",
    "item": "tai nghe Bống Air 2",
    "promised": "12:00 ngày 23/11",
    "ends": "20/5/2027",
}
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


HONEST = Draft(
    text="Bên em vừa về nhiều mẫu mới cho mùa tựu trường, em xin gợi ý đúng máy anh/chị cần, khỏi"
    " mất công tìm trong cả trăm mẫu ạ.",
    honest=True,
)
AN_OFFER = "mua cho con học bài"


def opened(talk: Talk, **about: str) -> str:
    text = campaigns.fill(HONEST, "Lan", BUSINESS)
    return talk.hear("campaign", text=text, honest="yes", **about)


@pytest.mark.parametrize("part", [BUSINESS, "trợ lý tự động", "bận", "chưa tới 2 phút", "‘TC’"])
def test_the_honest_opening_says_who_we_are_and_how_long_it_takes(talk: Talk, part: str) -> None:
    assert part in opened(talk)
    assert len(HONEST.text.split()) >= draft.HONEST_WORDS - 4  # the longest that may be said
    assert len(talk.turn.says) == 1 and talk.turn.introduced


@pytest.mark.parametrize(
    "answers",
    [
        ["laptop", AN_OFFER, "dưới 20 triệu"],
        ["máy tính xách tay nha", "chơi game", "tầm 25 triệu"],
        ["ờm", "hmm", "xyz"],
        ["bỏ qua", "chụp ảnh", "7 triệu"],
        ["điện thoại", "bỏ qua", "sao cũng được"],
    ],
)
def test_the_honest_talk_keeps_to_its_three_questions_and_its_words(
    talk: Talk, answers: list[str]
) -> None:
    bubbles = [opened(talk)]
    talk.press("Được, em hỏi đi")
    questions = 0
    for answer in answers:
        bubbles += [_read(say) for say in talk.turn.says]
        questions += talk.memory.loop == "honest_form"
        talk.say(answer)
    bubbles += [_read(say) for say in talk.turn.says]

    assert talk.memory.loop is None, "it ends with the third answer"
    assert questions <= 3
    assert len(bubbles) <= MOST_BUBBLES
    assert len(" ".join(bubbles).split()) <= MOST_WORDS
    assert talk.handed_off is None


def _read(say: Say) -> str:
    """All the words of a bubble, those of its cards too."""
    return "\n".join(
        [say.content.text, *(f"{card.title}\n{card.subtitle}" for card in say.content.cards)]
    )


def test_the_honest_talk_ends_with_goods_and_their_drawbacks(talk: Talk) -> None:
    opened(talk)
    talk.press("Được, em hỏi đi")

    for answer in ("laptop", AN_OFFER, "dưới 20 triệu"):
        talk.say(answer)

    cards = talk.turn.says[-1].content.cards
    assert 1 <= len(cards) <= 2 and all("Điểm trừ" in card.subtitle for card in cards)


def test_where_the_opening_is_about_goods_their_kind_is_not_asked_for(talk: Talk) -> None:
    opened(talk, product="bong-air-2")

    talk.press("Được, em hỏi đi")

    assert "việc gì" in talk.turn.says[-1].content.text


def test_after_two_minutes_it_asks_itself_whether_to_go_on(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(talk)
    talk.press("Được, em hỏi đi")
    monkeypatch.setattr("actions.honest.PROMISED", -1.0)

    assert "quá 2 phút" in talk.say("laptop")
    talk.press("Tìm luôn nhé")

    assert talk.memory.loop is None and talk.turn.says[-1].content.cards


def test_who_has_no_more_time_is_offered_three_times_for_a_call(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(talk)
    talk.press("Được, em hỏi đi")
    monkeypatch.setattr("actions.honest.PROMISED", -1.0)
    talk.say("laptop")

    said = talk.press("Để khi khác")

    assert "không làm phiền" in said and len(talk.buttons) == 4
    assert talk.memory.loop is None


@pytest.mark.parametrize("answer", ["đang bận em ơi", "chị đang họp nha"])
def test_busy_at_the_honest_opening_is_offered_times_and_books_one(talk: Talk, answer: str) -> None:
    opened(talk)

    assert "không làm phiền" in talk.say(answer)
    talk.press(talk.buttons[0])

    assert talk.memory.loop == "callback_form"


@pytest.mark.parametrize("answer", ["không", "chưa có nhu cầu em ơi"])
def test_no_to_the_honest_opening_is_no_need(talk: Talk, answer: str) -> None:
    opened(talk)

    talk.say(answer)

    assert ("promotion", "not_now") in {(each.purpose, each.said) for each in talk.turn.consents}


def test_a_yes_days_later_begins_the_honest_talk(talk: Talk) -> None:
    talk._turn(text="có", payload="", campaign={"text": "…", "honest": True})

    assert talk.memory.loop == "honest_form"


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
