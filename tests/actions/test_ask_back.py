"""Two meanings are close: the assistant asks which."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.nlu.doubt import Doubt, bare_words
from tests.actions.conftest import Talk

Unsure = Callable[..., None]


@pytest.fixture
def unsure(monkeypatch: pytest.MonkeyPatch) -> Unsure:
    """Lets the model be in doubt about every message, whatever it has learnt."""

    def between(*intents: str) -> None:
        monkeypatch.setattr(Doubt, "between", lambda self, ranking, askable: list(intents))

    return between


@pytest.fixture
def asked(talk: Talk, unsure: Unsure) -> Talk:
    """Asked about a message that holds a product."""
    unsure("ask_installment", "ask_trade_in")
    talk.say("Bống Phone 5 256 GB trả trước 30% còn lại thì sao")
    return talk


def test_it_asks_with_buttons_and_in_words(asked: Talk) -> None:
    said = asked.turn.says[-1].content.text

    assert "anh/chị hỏi về ‘Trả góp’ hay ‘Thu cũ đổi mới’ ạ?" in said
    assert asked.buttons == ["Trả góp", "Thu cũ đổi mới", "Gặp nhân viên"]
    assert asked.turn.says[-1].why["asked_back"] == ["ask_installment", "ask_trade_in"]


def test_three_meanings_are_the_most(talk: Talk, unsure: Unsure) -> None:
    unsure("cancel_order", "change_order", "track_order")

    said = talk.say("đơn của mình")

    assert "‘Huỷ đơn hàng’, ‘Sửa đơn hàng’ hay ‘Tra đơn hàng’" in said
    assert len(talk.buttons) == 4


@pytest.mark.parametrize(
    "answer", ["cái đầu", "ý mình là trả góp", "1", "ừ", "không phải thu cũ đổi mới"]
)
def test_an_answer_in_words_goes_on_with_the_first_message(asked: Talk, answer: str) -> None:
    said = asked.say(answer)

    assert "Bống Phone 5" in said and "góp" in said


def test_a_pressed_button_does_too(asked: Talk) -> None:
    said = asked.press("Trả góp")

    assert "Bống Phone 5" in said and "góp" in said


def test_the_answer_is_the_same_as_if_it_had_been_understood(
    asked: Talk, talk_as: Callable[[str], Talk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Doubt, "between", lambda self, ranking, askable: [])
    at_once = talk_as("c1").say("mua trả góp Bống Phone 5 256 GB trả trước 30%")

    assert asked.press("Trả góp") == at_once


def test_an_order_code_of_the_first_message_is_not_asked_again(talk: Talk, unsure: Unsure) -> None:
    unsure("cancel_order", "change_order")
    talk.say("đơn BT26110123 của mình đặt nhầm")

    assert "4 số cuối" in talk.say("cái thứ hai")


def test_what_the_answer_adds_counts(talk: Talk, unsure: Unsure) -> None:
    unsure("cancel_order", "change_order")
    talk.say("mình đặt nhầm đơn")

    assert "4 số cuối" in talk.say("huỷ đơn BT26110123")


def test_the_choice_is_kept_as_a_candidate_example(asked: Talk) -> None:
    asked.say("cái đầu")

    assert asked.turn.says[0].why["intent"] == "ask_installment"
    assert asked.turn.says[0].why["chose"] == {
        "text": "Bống Phone 5 256 GB trả trước 30% còn lại thì sao",
        "intent": "ask_installment",
        "offered": ["ask_installment", "ask_trade_in"],
    }
    asked.say("cảm ơn em")
    assert "chose" not in asked.turn.says[0].why


@pytest.mark.parametrize("answer", ["cả hai đều không", "không phải", "chuyện khác"])
def test_neither_offers_other_topics(asked: Talk, answer: str) -> None:
    said = asked.say(answer)

    assert "chưa hiểu rõ" in said
    assert not {"Trả góp", "Thu cũ đổi mới"} & set(asked.buttons)
    assert len(asked.buttons) == 4 and asked.buttons[-1] == "Gặp nhân viên"


def test_nobody_is_asked_twice_in_a_row(asked: Talk) -> None:
    said = asked.say("phí ship về Đà Nẵng bao nhiêu")

    assert "30.000" in said and "hay ‘" not in said
    assert "hay ‘" in asked.say("mình đặt nhầm rồi")


def test_an_aside_lets_the_question_go(asked: Talk) -> None:
    assert "08:00" in asked.say("mấy giờ shop mở cửa")

    assert "chose" not in asked.turn.says[0].why


def test_a_person_comes_at_once(asked: Talk) -> None:
    asked.press("Gặp nhân viên")

    assert asked.handed_off == "customer_request"


def test_an_open_form_hears_in_its_own_way(talk: Talk, unsure: Unsure) -> None:
    talk.say("kiểm tra đơn BT26110123")
    unsure("ask_installment", "ask_trade_in")

    said = talk.say("phí ship bao nhiêu")

    assert "hay ‘" not in said and "4 số cuối" in said
    assert "BT26110123" in talk.say("0001")


def test_a_form_begins_with_the_chosen_meaning(talk: Talk, unsure: Unsure) -> None:
    unsure("track_order", "change_order")
    talk.say("đơn BT26110123 sao rồi")

    assert "4 số cuối" in talk.say("cái đầu")
    assert "BT26110123" in talk.say("0001")


def test_asking_is_no_failure(talk: Talk, unsure: Unsure, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        unsure("track_order", "change_order")
        talk.say("đơn sao rồi")
        monkeypatch.setattr(Doubt, "between", lambda self, ranking, askable: [])
        talk.say("mấy giờ mở cửa")

    assert talk.handed_off is None


def ranking(*guesses: tuple[str, float]) -> list[dict[str, Any]]:
    return [{"name": name, "confidence": confidence} for name, confidence in guesses]


TOPICS = frozenset(
    {
        *("ask_installment", "ask_trade_in", "track_order", "ask_price", "ask_stock"),
        *("complain_quality", "complain_service"),
    }
)


@pytest.mark.parametrize(
    ("guesses", "between"),
    [
        ([("ask_installment", 0.8), ("ask_trade_in", 0.6)], 2),
        ([("ask_installment", 0.8), ("ask_trade_in", 0.75), ("track_order", 0.7)], 3),
        ([("ask_installment", 0.8), ("ask_trade_in", 0.5)], 0),
        ([("ask_installment", 0.85), ("ask_trade_in", 0.8)], 0),
        ([("ask_price", 0.8), ("ask_stock", 0.79)], 0),
        ([("complain_quality", 0.8), ("complain_service", 0.79)], 0),
        ([("ask_installment", 0.8), ("greet", 0.79), ("ask_trade_in", 0.78)], 0),
        ([("request_human", 0.8), ("ask_trade_in", 0.79)], 0),
        ([("nlu_fallback", 0.5), ("ask_installment", 0.4), ("ask_trade_in", 0.4)], 0),
        ([("out_of_scope", 0.6), ("ask_installment", 0.4), ("ask_trade_in", 0.4)], 0),
        ([("ask_installment", 0.55), ("out_of_scope", 0.45), ("ask_trade_in", 0.5)], 2),
    ],
)
def test_only_close_meanings_with_different_answers_are_in_doubt(
    guesses: list[tuple[str, float]], between: int
) -> None:
    doubt = Doubt(Doubt.get_default_config())

    assert len(doubt.between(ranking(*guesses), TOPICS)) == between


@pytest.mark.parametrize("word", sorted(bare_words()))
def test_a_word_alone_that_could_be_several_is_asked_about(talk: Talk, word: str) -> None:
    said = talk.say(f"{word.capitalize()}?")

    assert "anh/chị hỏi về" in said
    assert talk.turn.says[-1].why["asked_back"] == bare_words()[word]


def test_the_same_word_with_its_accents_is_not_asked_about(talk: Talk) -> None:
    talk.say("đắt")

    assert "asked_back" not in talk.turn.says[-1].why


def test_the_wish_not_to_be_written_to_wins_over_asking(talk: Talk, unsure: Unsure) -> None:
    unsure("opt_in", "opt_out")

    talk.say("tin nhắn ưu đãi của shop")

    assert talk.turn.says[-1].why["intent"] == "opt_out"
