"""Praise, suggestions and complaints."""

import pytest
from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.feedback import Feedback, kind_of
from tests.actions.conftest import Shop, Talk

ASKS = "khen hay góp ý điều gì"


def test_praise_is_thanked_for(talk: Talk) -> None:
    assert "đã khen" in talk.say("Nhân viên giao hàng rất nhiệt tình, 10 điểm")
    assert talk.handed_off is None


def test_a_suggestion_is_thanked_for(talk: Talk) -> None:
    assert "đã góp ý" in talk.say("gop y la web cham qua")


def test_feedback_that_is_only_announced_is_asked_for(talk: Talk) -> None:
    assert ASKS in talk.say("xin góp ý với shop vài điều")

    assert "đã góp ý" in talk.say("quầy sửa chữa nên có thêm ghế ngồi chờ")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Nhân viên giao hàng rất nhiệt tình, 10 điểm", "praise"),
        ("Shop dễ thương ghê, lần sau ghé tiếp nghen", "praise"),
        ("danh gia 10/10", "praise"),
        ("tủ lạnh chạy êm ru, vợ mình khen suốt", "praise"),
        ("gop y la web cham qua", "suggestion"),
        ("shop nên mở cửa muộn hơn cho người đi làm ghé", "suggestion"),
        ("mong lần sau giao đúng khung giờ hơn chút", "suggestion"),
        ("thất vọng về shop quá, nhân viên thái độ lồi lõm", "complaint"),
        ("phục vụ quá tệ, 1 sao", "complaint"),
        ("hàng dùng được, không thất vọng", "praise"),
        ("xin góp ý với shop vài điều", None),
        ("minh muon danh gia dich vu", None),
        ("muốn gửi góp ý thì nhắn ở đây được không", None),
        ("", None),
    ],
)
def test_kinds_are_told_apart_by_words(text: str, kind: str | None) -> None:
    assert kind_of(text) == kind


def test_a_complaint_has_its_own_flow() -> None:
    tracker = Tracker("c1", {}, {"text": "phục vụ quá tệ, 1 sao"}, [], False, None, {}, None)

    events = Feedback().run(CollectingDispatcher(), tracker, {})

    assert events == [FollowupAction("complaint_form")]


def test_feedback_can_be_left_and_a_person_asked_for(talk: Talk) -> None:
    talk.say("xin góp ý với shop vài điều")
    assert "em dừng ở đây" in talk.say("thôi không làm nữa")

    talk.say("xin góp ý với shop vài điều")
    talk.say("cho gặp nhân viên")

    assert talk.handed_off == "customer_request"


def test_a_question_in_between(talk: Talk) -> None:
    talk.say("xin góp ý với shop vài điều")

    said = talk.say("phí ship bao nhiêu vậy shop?")

    assert "30.000 đ" in said and said.count(ASKS) == 1


def test_feedback_to_a_closed_shop_brings_a_person(talk: Talk, shop: Shop) -> None:
    shop.close()

    talk.say("gop y la web cham qua")

    assert talk.handed_off == "backend_error"
    shop.open()
