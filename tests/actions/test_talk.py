"""Greeting, answers, failing politely, and getting a person."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.actions.conftest import Talk

PROJECT = Path(__file__).parents[2]
GIBBERISH = ("giá vàng hôm nay", "làm thơ đi", "hát một bài nghe")


def test_the_greeting_says_who_what_and_how_to_reach_a_person(talk: Talk) -> None:
    said = talk.say("alo shop")

    assert "Điện Tử Bống" in said and "trợ lý tự động" in said
    assert "sản phẩm, đơn hàng, bảo hành" in said
    assert "‘gặp nhân viên’" in said
    assert talk.turn.introduced


def test_the_introduction_is_not_repeated(talk: Talk) -> None:
    talk.say("chào shop")

    assert "trợ lý tự động" not in talk.say("alo alo")


def test_it_does_not_pretend_to_be_a_person(talk: Talk) -> None:
    assert "không phải người thật" in talk.say("bot hay người v")


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("mấy giờ mở cửa", ["08:00–21:30", "13:30–21:00", "09:00–18:00", "08:30–17:30", "mùng 4"]),
        ("dia chi shop o dau", ["12 Hàng Bống", "34 đường Bống", "56 đường Bống", "Tân Định"]),
        ("phí ship bao nhiêu", ["30.000 đ", "500.000 đ", "đảo", "xem hàng"]),
        ("giao hang bao lau v ad", ["4 giờ", "2–4 ngày", "4–7 ngày"]),
        ("ck dc k", ["20.000.000 đ", "QR", "ví", "3.000.000 đ"]),
        ("bảo hành mấy tháng", ["12 tháng", "24 tháng", "6 tháng", "ngày giao hàng", "30 ngày"]),
        ("doi tra the nao", ["7 ngày", "30 ngày", "3–7 ngày làm việc"]),
    ],
)
def test_an_answer_carries_the_facts(talk: Talk, text: str, facts: list[str]) -> None:
    said = talk.say(text)

    assert [fact for fact in facts if fact not in said] == []


def test_a_person_comes_in_the_same_turn(talk: Talk) -> None:
    talk.say("cho gap nv")

    assert talk.handed_off == "customer_request"
    assert talk.turn.says == ()


def test_failing_names_topics_then_offers_a_person_then_brings_one(talk: Talk) -> None:
    talk.say(GIBBERISH[0])
    assert len(talk.buttons) == 4 and talk.buttons[-1] == "Gặp nhân viên"
    talk.say(GIBBERISH[1])
    assert "Gặp nhân viên" in talk.buttons

    talk.say(GIBBERISH[2])

    assert talk.handed_off == "fallback"
    assert talk.turn.says == ()


def test_the_topics_are_those_nearest_to_the_message(talk: Talk) -> None:
    talk.say("tới đây bao nhiêu bữa")

    assert "Thời gian giao hàng" in talk.buttons[:3]


def test_a_button_of_a_topic_is_answered(talk: Talk) -> None:
    talk.say("tới đây bao nhiêu bữa")

    assert "2–4 ngày" in talk.press("Thời gian giao hàng")


def test_an_understood_message_resets_the_count(talk: Talk) -> None:
    talk.say(GIBBERISH[0])
    talk.say("phí ship bao nhiêu")
    talk.say(GIBBERISH[1])

    talk.say(GIBBERISH[2])

    assert talk.handed_off is None


def test_the_count_lives_on_when_only_slots_are_remembered(talk: Talk) -> None:
    for text in GIBBERISH:
        talk.say(text)
        talk.forget_events()

    assert talk.handed_off == "fallback"


def test_a_yes_to_the_offer_of_a_person_brings_one(talk: Talk) -> None:
    talk.say(GIBBERISH[0])
    talk.say(GIBBERISH[1])

    talk.say("ừ em")

    assert talk.handed_off == "customer_request"


def test_a_yes_out_of_the_blue_does_not(talk: Talk) -> None:
    assert talk.say("ừ em")
    assert talk.handed_off is None


@pytest.mark.parametrize(
    ("first", "second"),
    [("trả lời lung tung", "bot ngu quá"), ("đồ ngu", "không hiểu gì hết")],
)
def test_one_apology_then_a_person(talk: Talk, first: str, second: str) -> None:
    assert "xin lỗi" in talk.say(first)
    talk.say("phí ship bao nhiêu")

    talk.say(second)

    assert talk.handed_off == "frustration"


def test_no_two_customers_share_a_form(talk_as: Callable[[str], Talk]) -> None:
    one, other = talk_as("a"), talk_as("b")
    one.say("đơn BT26110123 tới đâu rồi")

    assert "cho em xin mã đơn hàng" in other.say("đơn của mình đâu rồi")


def test_every_button_leads_to_an_intent() -> None:
    domain = yaml.safe_load((PROJECT / "domain.yml").read_text(encoding="utf-8"))
    intents = {name for entry in domain["intents"] for name in entry}
    buttons = [
        button
        for variants in domain["responses"].values()
        for variant in variants
        for button in variant.get("buttons", [])
    ]

    commands = [b["payload"] for b in buttons if b["payload"].startswith("/")]
    assert [payload for payload in commands if payload[1:] not in intents] == []
    assert [b["title"] for b in buttons if len(b["title"]) > 20] == []  # Messenger's limit


def test_actions_import_nothing_of_ours() -> None:
    allowed = {"rasa_sdk", "requests", "actions"}
    stdlib = sys.stdlib_module_names
    for file in (PROJECT / "actions").glob("*.py"):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith(("import ", "from ")):
                assert line.split()[1].split(".")[0] in allowed | stdlib, f"{file.name}: {line}"
