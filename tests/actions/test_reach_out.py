"""What we write of ourselves, and the answers to it: with the real model."""

from __future__ import annotations

import pytest

from bot import care
from tests.actions.conftest import Talk

ABOUT = {
    "code": "BT26110123",
    "item": "tai nghe Bống Air 2",
    "promised": "12:00 ngày 23/11",
    "ends": "20/5/2027",
}
SAID = [kind for kind, step in care.steps().items() if step.purpose != "survey"]


@pytest.mark.parametrize("kind", SAID)
def test_every_step_of_the_plan_has_its_words(talk: Talk, kind: str) -> None:
    said = talk.hear(kind, **ABOUT)

    assert said.startswith("Dạ ") and "{" not in said
    assert ABOUT["item"] in said or ABOUT["code"] in said
    assert len(talk.turn.says) == 1


def test_a_promoter_is_thanked_with_the_shops_address_and_the_way_out(talk: Talk) -> None:
    said = talk.hear("share")

    assert "dientubong.example.com" in said and "TC" in said and "{" not in said


def test_the_customer_is_called_as_before(talk: Talk) -> None:
    talk.address = "cô"

    said = talk.hear("thanks", **ABOUT)

    assert "cô" in said and "anh/chị" not in said


def test_thanks_sell_nothing(talk: Talk) -> None:
    said = talk.hear("thanks", **ABOUT)

    assert not {"ưu đãi", "giảm", "khuyến mãi", "mua thêm"} & set(said.split())
    assert talk.buttons == []


def test_an_answer_to_a_delay_is_understood(talk: Talk) -> None:
    talk.hear("delay", **ABOUT)

    assert "4 số cuối" in talk.press("Xem đơn") or "mã đơn" in "\n".join(
        say.content.text for say in talk.turn.says
    )


def test_a_question_after_the_thanks_is_answered(talk: Talk) -> None:
    talk.hear("thanks", **ABOUT)

    assert "bảo hành" in talk.say("bảo hành bao lâu vậy em")


def test_tc_ends_the_news(talk: Talk) -> None:
    talk.hear("news", **ABOUT)

    talk.press("Không nhận nữa")

    assert {each.said for each in talk.turn.consents} == {"no"}


def test_an_order_is_tracked_as_ever_after_we_have_written(talk: Talk) -> None:
    talk.hear("how_to", **ABOUT)

    talk.say("đơn BT26110123 tới đâu rồi")

    assert talk.say("0001").startswith("Dạ đơn BT26110123")


def test_birthday_wishes_sell_nothing_and_have_a_way_out(talk: Talk) -> None:
    talk.address = "bác"

    said = talk.hear("birthday")

    assert "sinh nhật bác" in said and "‘TC’" in said
    assert not {"ưu đãi", "giảm", "khuyến mãi", "quà"} & set(said.split())


def test_festive_greetings_name_the_day(talk: Talk) -> None:
    said = talk.hear("festival", festival="Tết Trung thu", wish="gia đình cô đoàn viên")

    assert said.startswith("Dạ nhân dịp Tết Trung thu, ") and "chúc gia đình cô đoàn viên" in said


def test_tc_ends_birthday_wishes(talk: Talk) -> None:
    talk.hear("birthday")

    talk.command("/opt_out")  # as bot.gate hears it

    assert ("birthday", "no") in {(each.purpose, each.said) for each in talk.turn.consents}


CAMPAIGN = {"text": "Dạ tai nghe Bống Air 2 vừa về thêm hàng ạ.", "product": "bong-air-2"}


def test_a_campaign_says_its_text(talk: Talk) -> None:
    assert talk.hear("campaign", **CAMPAIGN) == CAMPAIGN["text"]


@pytest.mark.parametrize("answer", ["có", "giá?", "bao nhiêu tiền vậy em"])
def test_an_answer_to_a_campaign_is_about_its_goods(talk: Talk, answer: str) -> None:
    talk.hear("campaign", **CAMPAIGN)

    said = talk.say(answer)

    assert "Air 2" in said and "đ" in said
    assert len(talk.turn.says) == 1


def test_a_yes_to_a_campaign_without_goods_shows_the_offers(talk: Talk) -> None:
    talk.hear("campaign", text="Dạ bên em đang có ưu đãi, anh/chị xem không ạ?")

    assert "giảm" in talk.say("có")
    assert len(talk.turn.says) == 1


@pytest.mark.parametrize("answer", ["có", "giá?"])
def test_a_campaign_is_answered_days_later_when_the_talk_is_forgotten(
    talk: Talk, answer: str
) -> None:
    said = talk._turn(text=answer, payload="", campaign=CAMPAIGN)

    assert "Air 2" in said and "đ" in said


def test_an_old_campaign_is_not_what_a_later_yes_is_about(talk: Talk) -> None:
    talk.say("shop ở đâu vậy")

    assert "Air 2" not in talk._turn(text="có", payload="", campaign=CAMPAIGN)
