"""Taking an order back."""

from collections.abc import Callable

import pytest

from tests.actions.conftest import Shop, Talk
from tests.actions.test_order_forms import written

CONFIRMS = "em xin xác nhận"


def test_an_order_that_is_still_here_is_cancelled_after_a_yes(talk: Talk, shop: Shop) -> None:
    assert "mã đơn hàng" in talk.say("cho mình huỷ đơn vừa đặt")
    assert "4 số cuối" in talk.say("BT26110131")
    assert "lý do" in talk.say("0003")
    said = talk.press("Đặt nhầm")
    assert CONFIRMS in said and "BT26110131 (2 cáp sạc, củ sạc 30 W)" in said
    assert "BT26110131" not in written(shop)

    said = talk.press("Đồng ý huỷ")

    assert "đã huỷ đơn BT26110131" in said and "3–7 ngày làm việc" in said
    assert "đặt nhầm" in written(shop)
    assert "đã huỷ" in talk.say("BT26110131 0003")


def test_everything_in_one_message(talk: Talk) -> None:
    said = talk.say("huỷ đơn BT26110131 giúp mình, số 0900000003, mình đặt nhầm màu")

    assert CONFIRMS in said
    assert "đã huỷ đơn" in talk.say("huỷ luôn đi shop")


def test_the_reason_may_be_left_out(talk: Talk) -> None:
    talk.say("huỷ đơn BT26110131 0003")
    assert CONFIRMS in talk.press("Bỏ qua")

    assert "đã huỷ đơn" in talk.say("đồng ý")


@pytest.mark.parametrize(
    "text", ["thôi không huỷ nữa", "khỏi huỷ nha", "giữ lại đơn giúp mình", "thôi khỏi"]
)
def test_a_change_of_mind_keeps_the_order(talk: Talk, shop: Shop, text: str) -> None:
    talk.say("huỷ đơn BT26110131 0003")
    talk.press("Bỏ qua")

    said = talk.say(text)

    assert "chưa huỷ đơn nào" in said
    assert "BT26110131" not in written(shop)


@pytest.mark.parametrize(
    "text", ["huỷ đơn có mất phí không", "huỷ thì bao giờ tiền hoàn về", "để mình hỏi vợ đã"]
)
def test_only_a_yes_cancels(talk: Talk, shop: Shop, text: str) -> None:
    talk.say("huỷ đơn BT26110131 0003")
    talk.press("Bỏ qua")

    talk.say(text)

    assert "BT26110131" not in written(shop)


def test_a_bare_huy_before_the_yes_is_asked_again(talk: Talk, shop: Shop) -> None:
    talk.say("huỷ đơn BT26110131 0003")
    talk.press("Bỏ qua")

    assert "‘đồng ý’" in talk.say("huỷ")
    assert "BT26110131" not in written(shop)


def test_another_order_may_be_named_before_the_yes(talk: Talk, shop: Shop) -> None:
    talk.say("huỷ đơn BT26110123 0001")  # on its way: refused
    talk.say("huỷ đơn BT26110150 0001")
    talk.press("Bỏ qua")

    said = talk.say("à nhầm, đơn BT26110123")

    assert "đã gửi đi" in said
    assert "BT26110150" not in written(shop)


def test_a_correction_of_the_order_is_read_back(talk: Talk) -> None:
    talk.say("huỷ đơn BT26110109 0009")
    talk.press("Bỏ qua")

    said = talk.say("nhầm rồi, đơn BT26110131 số cuối 0003")

    assert CONFIRMS in said and "BT26110131 (2 cáp sạc" in said
    assert "đã huỷ đơn BT26110131" in talk.press("Đồng ý huỷ")


@pytest.mark.parametrize(
    ("code", "last4", "words", "button"),
    [
        ("BT26110123", "0001", "đã gửi đi", "Trả hàng"),
        ("BT26110145", "0005", "đã giao rồi", "Trả hàng"),
        ("BT26110088", "0004", "đã huỷ từ trước", "Xem tiền hoàn"),
    ],
)
def test_an_order_that_has_left_is_not_cancelled_and_the_way_on_is_told(
    talk: Talk, code: str, last4: str, words: str, button: str
) -> None:
    said = talk.say(f"huỷ đơn {code} {last4} giúp mình")

    assert words in said and button in talk.buttons
    assert "lý do" not in said  # nothing more is asked
    assert "08:00" in talk.say("mấy giờ mở cửa") and len(talk.turn.says) == 1


def test_wrong_digits_and_an_unknown_code_tell_nothing_and_are_asked_again(
    talk_as: Callable[[str], Talk],
) -> None:
    wrong = talk_as("a").say("huỷ đơn BT26110131 9999")
    unknown = talk_as("b").say("huỷ đơn BT26119999 0003")

    assert wrong == unknown
    assert "không tìm thấy" in wrong and "mã đơn hàng" in wrong and "cáp" not in wrong


def test_wrong_digits_can_be_put_right(talk: Talk) -> None:
    talk.say("huỷ đơn BT26110131 9999")

    assert "lý do" in talk.say("BT26110131 0003")


def test_the_fifth_wrong_try_locks(talk: Talk) -> None:
    talk.say("huỷ đơn giúp mình")
    for digits in ("1111", "2222", "3333", "4444"):
        talk.say(f"BT26110131 {digits}")

    assert "tạm khoá" in talk.say("BT26110131 5555")
    talk.say("có em")
    assert talk.handed_off == "customer_request"


def test_a_second_yes_cancels_nothing_more(talk: Talk) -> None:
    talk.say("huỷ đơn BT26110131 0003")
    talk.press("Bỏ qua")
    talk.say("đồng ý")

    assert "đã huỷ đơn" not in talk.say("đồng ý")


def test_the_shop_going_down_at_the_yes_brings_a_person(talk: Talk, shop: Shop) -> None:
    talk.say("huỷ đơn BT26110131 0003")
    talk.press("Bỏ qua")
    shop.close()

    said = talk.say("đồng ý")

    assert (talk.handed_off, said) == ("backend_error", "")
    shop.open()


@pytest.mark.parametrize("text", ["thôi không lấy nữa, bỏ đơn giùm nha", "thôi hổng lấy nữa"])
def test_outside_a_form_not_wanting_it_any_more_is_about_the_order(talk: Talk, text: str) -> None:
    talk.say(text)

    assert "em dừng ở đây" not in talk.turn.says[-1].content.text
    assert "mã đơn hàng" in talk.turn.says[-1].content.text
