"""Not understood, complained about, insulted."""

from pathlib import Path

import pytest
import yaml
from rasa_sdk import Tracker

from actions.recovery import nearest
from tests.actions.conftest import Talk

PROJECT = Path(__file__).parents[2]


def test_an_apology_says_shortly_what_was_understood(talk: Talk) -> None:
    talk.say("phí ship bao nhiêu")

    said = talk.say("trả lời không đúng câu hỏi gì cả")

    assert "xin lỗi" in said and "‘Phí giao hàng’" in said
    assert "Gặp nhân viên" in talk.buttons


def test_the_second_complaint_brings_a_person(talk: Talk) -> None:
    talk.say("trả lời lung tung")

    talk.say("nói hoài mà cứ lặp lại miết rứa")

    assert talk.handed_off == "frustration"


@pytest.mark.parametrize("text", ["đồ ngu", "bot oc cho"])
def test_an_insult_is_answered_calmly(talk: Talk, text: str) -> None:
    said = talk.say(text)

    assert said.startswith("Dạ em xin lỗi") and "Gặp nhân viên" in talk.buttons
    talk.say("ừ")
    assert talk.handed_off == "customer_request"


def test_the_topics_are_those_nearest_to_the_message_among_all_intents() -> None:
    domain = yaml.safe_load((PROJECT / "domain.yml").read_text(encoding="utf-8"))
    guesses = (
        "nlu_fallback",
        "faq_gui_xe",
        "chitchat",
        "ask_trade_in",
        "inform",
        "opt_out",
        "thank",
    )
    ranking = [{"name": name, "confidence": 0.1} for name in guesses]
    message = {"text": "xe cũ", "intent_ranking": ranking}
    tracker = Tracker("c1", {}, message, [], False, None, {}, None)

    topics = nearest(tracker, domain)

    assert [topic["title"] for topic in topics] == [
        "Gửi xe",
        "Thu cũ đổi mới",
        "Dừng nhận tin",
        "Gặp nhân viên",
    ]


def test_without_a_guess_the_big_topics_are_offered(talk: Talk) -> None:
    talk.say("/restart")

    assert len(set(talk.buttons)) == 4 and talk.buttons[-1] == "Gặp nhân viên"
