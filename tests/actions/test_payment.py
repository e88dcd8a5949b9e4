"""Money: transfers, trouble, invoices, refunds. The assistant never says that money has come."""

from collections.abc import Callable

import pytest

from tests.actions.conftest import Shop, Talk
from tests.actions.test_order_forms import written

NEVER = ("đã nhận được tiền", "đã xác nhận", "tiền đã vào")


def test_the_ways_to_pay(talk: Talk) -> None:
    said = talk.say("ck dc k")

    for fact in ("COD", "QR", "ví", "20.000.000 đ", "3.000.000 đ", "OTP"):
        assert fact in said


# --- Transfers


def test_a_transfer_is_left_with_the_accountant(talk: Talk, shop: Shop) -> None:
    assert "mã đơn hàng" in talk.say("mình chuyển khoản rồi nhé, kiểm tra giúp")
    assert "bao nhiêu tiền" in talk.say("BT26110131")
    assert "mấy giờ" in talk.say("530k")
    said = talk.say("9h15 sáng nay", files=("bill-1",))
    for line in ("BT26110131", "530.000 đ", "9h15 sáng nay", "đã nhận 1 tệp"):
        assert line in said
    assert "530000" not in written(shop)

    said = talk.press("Đồng ý")

    assert "kế toán" in said and "chưa biết tiền đã về hay chưa" in said
    assert not [words for words in NEVER if words in said]
    assert talk.handed_off == "payment"
    assert "530000" in written(shop) and "bill-1" in written(shop)


def test_a_transfer_told_in_one_message_is_read_back_at_once(talk: Talk) -> None:
    said = talk.say("mình vừa ck 530.000đ cho đơn BT26110131 lúc 9h15, check giúp mình")

    for line in ("BT26110131", "530.000 đ", "9h15"):
        assert line in said


def test_the_order_code_may_be_left_out(talk: Talk, shop: Shop) -> None:
    talk.say("ck xong r ad check")
    talk.press("Bỏ qua")
    talk.say("1.200.000đ")
    assert "Đơn hàng: chưa có" in talk.say("vừa xong")

    talk.say("ok em")

    assert talk.handed_off == "payment"
    assert "1200000" in written(shop)


def test_an_amount_is_corrected_before_the_yes(talk: Talk) -> None:
    talk.say("mình vừa ck 530.000đ cho đơn BT26110131 lúc 9h15, check giúp mình")

    assert "Số tiền: 350.000 đ" in talk.say("à nhầm, 350.000đ")


def test_a_picture_alone_is_kept_and_not_read(talk: Talk) -> None:
    talk.say("ck xong r ad check")
    talk.say("BT26110131")
    question = talk.say("", files=("bill-1",))
    assert "bao nhiêu tiền" in question  # it was not read from the picture

    talk.say("530000")
    assert "đã nhận 1 tệp" in talk.say("sáng nay")


# --- Trouble


def test_trouble_is_left_with_the_accountant_in_the_customers_words(talk: Talk, shop: Shop) -> None:
    talk.say("bị trừ tiền hai lần")
    talk.say("BT26110131")
    talk.say("530000")
    said = talk.say("tối qua")
    assert "Sự việc: bị trừ tiền hai lần" in said and "tối qua" in said

    said = talk.press("Đồng ý")

    assert talk.handed_off == "payment"
    assert not [words for words in NEVER if words in said]
    assert "bị trừ tiền hai lần" in written(shop)


def test_who_was_not_charged_need_not_say_how_much_and_when(talk: Talk) -> None:
    talk.say("trang thanh toán bị trắng xoá không bấm được gì")
    for _ in range(3):
        said = talk.press("Bỏ qua")

    assert "Số tiền: chưa rõ" in said and "Thời gian: chưa rõ" in said


# --- Invoices


def test_an_invoice_is_asked_for_and_written_after_a_yes(talk: Talk, shop: Shop) -> None:
    said = talk.say("xuất hoá đơn VAT cho công ty được không?")
    assert "24 giờ" in said and "mã số thuế" in said
    talk.say("0100000000")
    talk.say("Công ty TNHH Hoa Mai")
    talk.say("12 Trần Phú, phường Hải Châu, Đà Nẵng")
    talk.say("ketoan@example.com")
    said = talk.say("BT26110145")
    for line in (
        "0100000000",
        "Công ty TNHH Hoa Mai",
        "12 Trần Phú, phường Hải Châu, Đà Nẵng",
        "ketoan@example.com",
        "BT26110145",
    ):
        assert line in said
    assert "ketoan@example.com" not in written(shop)

    said = talk.press("Đồng ý")

    assert "HD" in said and "ketoan@example.com" in said
    assert "0100000000" in written(shop)


def test_several_things_for_an_invoice_in_one_message(talk: Talk) -> None:
    talk.say("can hoa don do gui mail")

    said = talk.say("Công ty TNHH Hoa Mai, mst 0100000000, mail ketoan@example.com")

    assert "địa chỉ ghi trên hoá đơn" in said
    assert "đơn hàng nào" in talk.say("12 Trần Phú, phường Hải Châu, Đà Nẵng")
    assert "Công ty TNHH Hoa Mai" in talk.press("Bỏ qua")


def test_a_tax_code_that_looks_like_a_phone_is_read(talk: Talk) -> None:
    talk.say("can hoa don do gui mail")

    assert "ghi tên" in talk.say("0312345678")


def test_a_tax_code_of_another_length_is_asked_again(talk: Talk) -> None:
    talk.say("can hoa don do gui mail")

    assert "em chưa thấy mã số thuế" in talk.say("12345")


def test_an_invoices_mail_is_corrected_before_the_yes(talk: Talk) -> None:
    talk.say("can hoa don do gui mail")
    for text in (
        "0100000000",
        "Công ty TNHH Hoa Mai",
        "12 Trần Phú, phường Hải Châu, Đà Nẵng",
        "a@example.com",
    ):
        talk.say(text)
    talk.press("Bỏ qua")

    said = talk.say("à nhầm, mail là ketoan@example.com")

    assert "Email: ketoan@example.com" in said and "Công ty TNHH Hoa Mai" in said


# --- Refunds


@pytest.mark.parametrize(
    ("code", "last4", "words"),
    [
        ("BT26110091", "0006", "890.000 đ của đơn BT26110091 đang được xử lý"),
        ("BT26110091", "0006", "thứ Sáu 27/11"),
        ("BT26110058", "0015", "đã được chuyển"),
        ("BT26110049", "0016", "đã hoàn xong"),
        ("BT26110131", "0003", "không có khoản hoàn tiền nào"),
    ],
)
def test_where_the_money_is(talk: Talk, code: str, last4: str, words: str) -> None:
    said = talk.say(f"hoàn tiền đơn {code} chưa shop, số cuối {last4}")

    assert words in said
    assert "None" not in said and talk.handed_off is None


def test_an_overdue_refund_opens_with_an_apology_and_brings_a_person(talk: Talk) -> None:
    said = talk.say("bao giờ tiền hoàn về đơn BT26110064 0014")

    assert said.startswith("Dạ em xin lỗi") and "thứ Sáu 20/11" in said
    assert talk.handed_off == "refund_overdue"


def test_wrong_digits_tell_nothing_of_a_refund(talk_as: Callable[[str], Talk]) -> None:
    wrong = talk_as("a").say("hoàn tiền đơn BT26110091 chưa shop, số cuối 9999")
    unknown = talk_as("b").say("hoàn tiền đơn BT26119999 chưa shop, số cuối 0006")

    assert wrong == unknown and "không tìm thấy" in wrong and "890" not in wrong


def test_a_refund_can_be_asked_for_again_after_wrong_digits(talk: Talk) -> None:
    talk.say("hoàn tiền đơn BT26110091 chưa shop, số cuối 9999")
    talk.press("Nhập lại")

    assert "890.000 đ" in talk.say("BT26110091 0006")
