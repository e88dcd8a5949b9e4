"""Until when, sending something in, and how far it is: with the real model and demo shop."""

import re
from collections.abc import Callable

import pytest

from tests.actions.conftest import Shop, Talk

FORMS = {
    "warranty": ("kiểm tra hạn bảo hành giúp mình", "không có", "BT26110145", "0005"),
    "repair": (
        "mình muốn gửi máy đi sửa",
        "laptop Bống Book 14",
        "màn hình bị sọc ngang",
        "bỏ qua",
        "đến nhà lấy máy",
        "12 Trần Phú, phường Hải Châu, Đà Nẵng",
        "Lan",
        "0900 000 001",
        "đúng rồi em",
    ),
    "status": ("máy mình gửi sửa xong chưa", "SC1031", "0007"),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_closed_shop_brings_a_person(talk: Talk, shop: Shop, form: str) -> None:
    for text in FORMS[form][:-1]:
        talk.say(text)
    shop.close()

    said = talk.say(FORMS[form][-1])

    shop.open()
    assert (talk.handed_off, said) == ("backend_error", "")


# --- Until when


@pytest.mark.parametrize(
    "text",
    [
        "check bh imei 004999010640000",
        "imei 0049 9901 0640 000 còn hạn không em",
    ],
)
def test_an_imei_alone_tells_the_end(talk: Talk, text: str) -> None:
    said = talk.say(text)

    assert "Bống Phone 5" in said
    assert re.search(r"còn bảo hành đến hết ngày \d+/\d+/2027", said)
    assert "Gửi sửa máy" in talk.buttons


def test_a_serial_number_is_read_when_it_was_asked_for(talk: Talk) -> None:
    talk.say("kiểm tra hạn bảo hành giúp mình")

    assert "Vision 50" in talk.say("BTV50A000123")


def test_an_order_and_its_digits_tell_the_end(talk: Talk) -> None:
    talk.say("kiểm tra hạn bảo hành giúp mình")
    assert "4 số cuối" in talk.say("BT26110145")

    said = talk.say("0005")

    assert "Bống Book 14" in said and "20/11/2027" in said


def test_what_is_over_is_said_with_the_way_out_and_a_yes_begins_a_repair(talk: Talk) -> None:
    said = talk.say("check bh imei 004999010640018")

    assert "đã hết bảo hành" in said and "có tính phí" in said
    assert "muốn gửi sửa máy gì" in talk.say("có em")


def test_a_mistyped_imei_is_told_apart(talk: Talk) -> None:
    talk.say("kiểm tra hạn bảo hành giúp mình")

    assert "gõ nhầm một chữ số" in talk.say("004999010640001")


def test_wrong_digits_tell_nothing(talk_as: Callable[[str], Talk]) -> None:
    wrong = talk_as("a").say("BT26110145 9999 kiểm tra còn hạn bảo hành không")
    unknown = talk_as("b").say("BT26119999 0005 kiểm tra còn hạn bảo hành không")

    assert wrong == unknown
    assert "không tìm thấy" in wrong and "laptop" not in wrong


def test_the_policy_offers_to_look_it_up(talk: Talk) -> None:
    said = talk.say("chính sách bảo hành thế nào ạ")

    assert "12 tháng" in said and "24 tháng" in said and "6 tháng" in said
    assert "IMEI" in talk.say("có")


# --- Sending something in


def order_a_repair(talk: Talk, *said: str) -> str:
    """Until it is read back."""
    for text in said:
        answer = talk.say(text)
    return answer


def test_a_repair_is_read_back_and_gets_a_code_that_can_be_asked_about(talk: Talk) -> None:
    summary = order_a_repair(talk, *FORMS["repair"][:-1])
    assert "laptop Bống Book 14" in summary.replace("Laptop", "laptop")
    assert "màn hình bị sọc ngang" in summary
    assert "12 Trần Phú" in summary
    assert "Lan, 0900000001" in summary

    said = talk.press("Đúng rồi")

    code = re.search(r"SC\d{4}", said)
    assert code and "0900000001" in said
    assert "sao lưu dữ liệu" in said
    assert "đã được tiếp nhận" in talk.say(f"phiếu {code[0]} 0001 tới đâu rồi")


def test_what_keeps_no_data_needs_no_backup(talk: Talk) -> None:
    order_a_repair(
        talk,
        "cái quạt nhà mình không quay, mình muốn gửi sửa",
        "không quay nữa",
        "bỏ qua",
        "mình mang ra cửa hàng",
        "Hùng",
        "0900000009",
    )

    said = talk.press("Đúng rồi")

    assert "08:30–17:30" in said
    assert "sao lưu" not in said


def test_what_was_told_at_once_is_not_asked(talk: Talk) -> None:
    said = talk.say("tivi bị sọc màn hình, mình muốn gửi sửa")

    assert "ảnh hoặc video" in said
    said = talk.say("không có")
    assert "cửa hàng" in said and "đến nhà" in said
    said = talk.say("đến nhà lấy giúp mình")
    assert "địa chỉ" in said
    said = talk.say("5 Hùng Vương, phường Thuận Hoá, Huế")
    assert "xin tên" in said
    assert "tạo phiếu như vậy" in talk.say("Tâm, 0900000002")


def test_photos_are_counted_and_not_looked_at(talk: Talk) -> None:
    talk.say("mình muốn gửi máy đi sửa")
    talk.say("laptop Bống Book 14")
    talk.say("màn hình bị sọc ngang")

    assert "cửa hàng" in talk.send(2)

    order_a_repair(talk, "mang ra cửa hàng", "Lan")
    assert "Ảnh, video: 2 tệp" in talk.say("0900000001")


def test_a_correction_is_read_back_again(talk: Talk) -> None:
    order_a_repair(talk, *FORMS["repair"][:-1])

    said = talk.say("à nhầm, số là 0900000005")

    assert "Lan, 0900000005" in said and "0900000001" not in said
    assert "SC" in talk.press("Đúng rồi")


def test_changing_to_the_store_needs_no_address(talk: Talk) -> None:
    order_a_repair(talk, *FORMS["repair"][:-1])

    said = talk.say("thôi để mình mang ra cửa hàng")

    assert "mang máy ra cửa hàng" in said and "Trần Phú" not in said


def test_a_second_yes_opens_no_second_ticket(talk: Talk) -> None:
    order_a_repair(talk, *FORMS["repair"][:-1])
    talk.press("Đúng rồi")

    assert "SC" not in talk.say("đúng rồi em")


def test_a_phone_that_is_none_is_asked_for_again(talk: Talk) -> None:
    order_a_repair(talk, *FORMS["repair"][:7])

    first, second = talk.say("hmm"), talk.say("090")

    assert "0900 000 001" in first and first != second
    talk.say("0900")
    assert "Gặp nhân viên" in talk.buttons
    talk.say("hmm")
    assert talk.handed_off == "no_progress"


# --- How far a repair is


@pytest.mark.parametrize(
    ("code", "last4", "words"),
    [
        ("SC1024", "0001", ["đã sửa xong", "Đã thay màng loa"]),
        ("SC1025", "0005", ["đang được kỹ thuật kiểm tra", "thứ Tư 25/11"]),
        ("SC1031", "0007", ["đang chờ linh kiện", "Đang chờ màn hình mới"]),
        ("SC1038", "0013", ["đã được tiếp nhận"]),
        ("SC1007", "0002", ["máy đã trả"]),
    ],
)
def test_every_state_has_its_words(talk: Talk, code: str, last4: str, words: list[str]) -> None:
    said = talk.say(f"phiếu {code} {last4} tới đâu rồi")

    assert [word for word in words if word not in said] == []
    assert "{" not in said and "None" not in said


def test_a_bare_code_asks_for_the_digits(talk: Talk) -> None:
    assert "ghi trên phiếu" in talk.say("SC1031")

    assert "Bống Phone 5" in talk.say("0007")


def test_four_digits_alone_are_the_code_that_was_asked_for(talk: Talk) -> None:
    talk.say("máy mình gửi sửa xong chưa")

    assert "ghi trên phiếu" in talk.say("1031")
    assert "Bống Phone 5" in talk.say("0007")


def test_wrong_digits_tell_nothing_of_a_repair(talk_as: Callable[[str], Talk]) -> None:
    wrong = talk_as("a").say("phiếu SC1031 0001 tới đâu rồi")
    unknown = talk_as("b").say("phiếu SC9999 0007 tới đâu rồi")

    assert wrong == unknown
    assert "không tìm thấy" in wrong


def test_five_wrong_tries_lock(talk: Talk) -> None:
    for digits in ("0002", "0003", "0004", "0005"):
        talk.say(f"phiếu SC1031 {digits} tới đâu rồi")

    assert "tạm khoá" in talk.say("phiếu SC1031 0006 tới đâu rồi")
