"""Giving something back: with the real model and the real demo shop."""

import re

import pytest

from tests.actions.conftest import Shop, Talk

FORMS = {
    "return": (
        "cho em trả hàng ạ",
        "BT26110145",
        "0005",
        "máy nặng quá so với mình nghĩ",
        "chưa dùng",
        "hoàn tiền",
        "bỏ qua",
        "đúng rồi em",
    ),
}


def give_back(
    talk: Talk,
    code: str = "BT26110145",
    last4: str = "0005",
    condition: str = "chưa dùng",
    wish: str = "hoàn tiền",
) -> str:
    """All answers and the yes."""
    for text in ("cho em trả hàng ạ", code, last4, "máy nặng quá", condition, wish, "bỏ qua"):
        talk.say(text)
    return talk.press("Đúng rồi")


def test_unused_within_seven_days_at_the_buyers_cost(talk: Talk) -> None:
    said = give_back(talk)

    assert re.search(r"TH\d{4}", said)
    assert "người mua trả phí vận chuyển" in said
    assert "3–7 ngày làm việc" in said


def test_faulty_at_our_cost_and_swapped(talk: Talk) -> None:
    said = give_back(talk, condition="bị lỗi loa", wish="đổi cái khác")

    assert re.search(r"TH\d{4}", said)
    assert "bên em chịu" in said
    assert "3–7 ngày" not in said


def test_used_and_sound_is_refused_with_a_way_out(talk: Talk) -> None:
    said = give_back(talk, condition="đã dùng")

    assert "TH" not in said
    assert "30 ngày" in said
    assert talk.buttons == ["Gửi sửa máy", "Gặp nhân viên"]


def test_too_late_is_refused_with_a_way_out(talk: Talk) -> None:
    said = give_back(talk, code="BT26110021", last4="0013")

    assert "quá hạn" in said and "7 ngày" in said
    assert "Tra hạn bảo hành" in talk.buttons
    assert "IMEI" in talk.say("có em")


def test_what_has_not_arrived_is_not_returned(talk: Talk) -> None:
    said = give_back(talk, code="BT26110123", last4="0001")

    assert "chưa giao" in said
    assert "Huỷ đơn" in talk.buttons


def test_it_is_read_back_before_anything_is_written(talk: Talk) -> None:
    for text in FORMS["return"][:-1]:
        said = talk.say(text)

    assert "BT26110145" in said
    assert "máy nặng quá so với mình nghĩ" in said
    assert "chưa dùng" in said and "hoàn tiền" in said
    assert "TH" not in said


def test_wrong_digits_ask_only_for_code_and_digits_again(talk: Talk) -> None:
    said = give_back(talk, last4="9999")
    assert "không tìm thấy" in said and "cho em xin mã đơn hàng" in said

    said = talk.say("BT26110145 0005")

    assert "máy nặng quá" in said and "đúng chưa" in said
    assert "TH" in talk.press("Đúng rồi")


def test_what_was_told_at_once_is_not_asked(talk: Talk) -> None:
    said = talk.say(
        "mình muốn trả lại đơn BT26110145 số cuối 0005 vì máy bị lỗi loa, hoàn tiền nhé"
    )

    assert "ảnh hoặc video" in said


def test_corrections_until_the_yes(talk: Talk) -> None:
    for text in FORMS["return"][:-1]:
        talk.say(text)

    assert "đổi hàng" in talk.say("à mình muốn đổi hàng")
    said = talk.say("nhầm, máy bị lỗi")
    assert "bị lỗi" in said and "chưa dùng" not in said
    assert "TH" in talk.press("Đúng rồi")


def test_photos_are_counted(talk: Talk) -> None:
    for text in FORMS["return"][:-2]:
        talk.say(text)

    assert "Ảnh, video: 3 tệp" in talk.send(3)


def test_a_second_yes_writes_nothing(talk: Talk) -> None:
    give_back(talk)

    assert "TH" not in talk.say("đúng rồi em")


def test_an_unreadable_condition_is_asked_for_in_other_words(talk: Talk) -> None:
    for text in FORMS["return"][:4]:
        talk.say(text)
    said = [talk.say("hmm"), talk.say("không biết")]
    assert "chưa dùng, đã dùng hoặc bị lỗi" in said[0] and len(set(said)) == 2
    talk.say("hmm")
    assert "Gặp nhân viên" in talk.buttons

    talk.say("hmm")

    assert talk.handed_off == "no_progress"


def test_a_closed_shop_brings_a_person(talk: Talk, shop: Shop) -> None:
    for text in FORMS["return"][:-1]:
        talk.say(text)
    shop.close()

    said = talk.say("đúng rồi em")

    shop.open()
    assert (talk.handed_off, said) == ("backend_error", "")


def test_the_policy_offers_to_begin(talk: Talk) -> None:
    said = talk.say("mua bao lâu thì được đổi trả")

    assert "7 ngày" in said and "30 ngày" in said
    assert "cho em xin mã đơn hàng" in talk.say("có em")


@pytest.mark.parametrize(
    "text", ["mình muốn trả lại tai nghe vừa nhận", "đổi sang bản 256gb dc k, moi nhan hqua"]
)
def test_a_wish_alone_is_no_reason(talk: Talk, text: str) -> None:
    talk.say(text)

    assert "vì lý do gì" in talk.say("BT26110145 0005")


@pytest.mark.parametrize("text", ["không chụp được", "bỏ qua", "ko có"])
def test_photos_are_not_insisted_on(talk: Talk, text: str) -> None:
    for before in FORMS["return"][:-2]:
        talk.say(before)

    assert "đúng chưa" in talk.say(text)
