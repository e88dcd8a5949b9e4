"""Account trouble, points and personal data: the conversations."""

from collections.abc import Callable

import pytest

from actions.account import DATA_KIND
from actions.forms import Heard
from actions.order import say_date
from tests.actions.conftest import Shop, Talk

ASKS_CODE = "mã một đơn đã mua"
ASKS_PHONE = "số điện thoại đã đặt đơn"
ASKS_DIGITS = "4 số cuối"
ASKS_KIND = "xem, sửa, xoá"
ASKS_NOTE = "đang sai"
READS_BACK = "Dạ em đọc lại"


# The account


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("mình quên mật khẩu tài khoản", "Quên mật khẩu"),
        ("k nhan dc ma otp", "thư rác"),
        ("có hai tài khoản trùng, gộp lại giúp mình", "cần nhân viên"),
    ],
)
def test_guidance_comes_in_steps_and_asks_for_no_secret(talk: Talk, text: str, word: str) -> None:
    said = talk.say(text)

    assert word in said and "đừng gửi cho ai" in said
    assert "cho em xin mật khẩu" not in said and "cho em xin mã" not in said
    assert "Gặp nhân viên" in talk.buttons


def test_when_guidance_does_not_help_a_yes_brings_a_person(talk: Talk) -> None:
    talk.say("mình quên mật khẩu tài khoản")

    talk.say("có em")

    assert talk.handed_off == "customer_request"


@pytest.mark.parametrize("text", ["vẫn không đăng nhập được", "vẫn không được"])
def test_guidance_that_did_not_help_is_not_repeated(talk: Talk, text: str) -> None:
    talk.say("mình quên mật khẩu tài khoản")

    talk.say(text)

    assert talk.handed_off == "no_progress"


def test_a_stranger_in_the_account_is_for_a_person_at_once(talk: Talk) -> None:
    said = talk.say("tk bi hack r, co nguoi doi mat khau cua minh")

    assert "Đổi mật khẩu" in said and talk.handed_off == "scam"


# Points


def test_points_tier_and_expiry_after_the_identity_check(talk: Talk) -> None:
    assert ASKS_CODE in talk.say("mình còn bao nhiêu điểm tích luỹ?")
    assert ASKS_PHONE in talk.say("BT26110123")

    said = talk.say("0900000001")

    assert "1.240 điểm" in said and "hạng Bạc" in said
    assert "760 điểm nữa là lên hạng Vàng" in said and "300 điểm hết hạn" in said


def test_points_in_one_message(talk: Talk) -> None:
    said = talk.say("check diem giup m, BT26110145 sdt 0900000005")

    assert "5.620 điểm, hạng Kim Cương" in said and "lên hạng" not in said


def test_the_rules_of_points_need_no_identity(talk: Talk) -> None:
    said = talk.say("len hang vang can mua bn")

    assert "Vàng từ 2000" in said and "12 tháng" in said
    assert ASKS_CODE in talk.press("Xem điểm của tôi")


def test_another_phone_and_an_unknown_order_sound_the_same(
    talk_as: Callable[[str], Talk],
) -> None:
    other = talk_as("a").say("mình còn bao nhiêu điểm, BT26110123 0900000005")
    unknown = talk_as("b").say("mình còn bao nhiêu điểm, BT26119999 0900000005")

    assert other == unknown and "không tìm thấy" in other


def test_wrong_tries_lock(talk_as: Callable[[str], Talk]) -> None:
    guessing = talk_as("guesser")
    for n in range(4):
        guessing.say(f"mình còn bao nhiêu điểm, BT26110123 090000000{n + 2}")

    assert "tạm khoá" in guessing.say("mình còn bao nhiêu điểm, BT26110123 0900000009")


def test_points_of_a_closed_shop(talk: Talk, shop: Shop) -> None:
    shop.close()

    said = talk.say("mình còn bao nhiêu điểm, BT26110123 0900000001")

    assert (talk.handed_off, said) == ("backend_error", "")
    shop.open()


@pytest.mark.parametrize("text", ["cho gặp nhân viên", "thôi không làm nữa"])
@pytest.mark.parametrize(
    "first", ["mình còn bao nhiêu điểm", "mình còn bao nhiêu điểm, BT26110123"]
)
def test_points_can_be_left_at_both_questions(talk: Talk, first: str, text: str) -> None:
    talk.say(first)

    said = talk.say(text)

    assert talk.handed_off == "customer_request" or "em dừng ở đây" in said
    assert ASKS_CODE not in talk.say("phí ship bao nhiêu")


def test_points_and_a_question_in_between(talk: Talk) -> None:
    talk.say("mình còn bao nhiêu điểm")

    said = talk.say("phí ship bao nhiêu vậy shop?")

    assert "30.000 đ" in said and said.count(ASKS_CODE) == 1


# Personal data


def test_a_deletion_is_read_back_and_gets_a_receipt_with_its_day(talk: Talk) -> None:
    assert ASKS_CODE in talk.say("xoá hết thông tin cá nhân của tôi đi")
    assert ASKS_DIGITS in talk.say("BT26110123")
    said = talk.say("0001")
    assert READS_BACK in said and "xoá dữ liệu" in said and "BT26110123" in said

    said = talk.press("Đồng ý")

    assert "mã DL" in said and "8/12" in said  # fifteen days after 23 November
    assert talk.handed_off is None
    assert "DL" in talk.say("cảm ơn")


def test_everything_in_one_message(talk: Talk) -> None:
    said = talk.say("xoá dữ liệu của tôi, đơn BT26110123, 4 số cuối 0001")

    assert READS_BACK in said


def test_a_correction_of_data_asks_what_is_wrong(talk: Talk) -> None:
    assert ASKS_NOTE in talk.say("sửa lại tên của mình trong hồ sơ khách hàng, ghi sai dấu rồi")
    talk.say("tên đúng là Nguyễn Thị Lan")
    talk.say("BT26110123")

    assert "Nguyễn Thị Lan" in talk.say("0001")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("cho xin ban sao du lieu shop luu ve minh", "see"),
        ("Sao shop có số của tui? Tui hổng đồng ý lưu đâu nha", "stop"),
        ("shop đang lưu những thông tin gì về mình vậy", "see"),
        ("sửa ngày sinh trong thông tin khách hàng giúp chị", "correct"),
        ("k dong y cho luu so cua minh, xoa di", "delete"),
        ("gỡ tên tôi khỏi danh sách khách hàng", "delete"),
        ("tôi yêu cầu ngừng xử lý dữ liệu của tôi theo luật", "stop"),
        ("thong tin cua toi da dua cho ben nao, cho toi biet", "see"),
        ("dữ liệu cá nhân", None),
    ],
)
def test_the_wish_is_read_from_its_words(text: str, kind: str | None) -> None:
    heard = Heard(text, "request_data_rights", {}, (), asked=False)

    assert DATA_KIND.read(heard) == kind


def test_an_unclear_wish_is_asked_for(talk: Talk) -> None:
    talk.say("bot lam dc j z")
    talk.say("giá vàng hôm nay")

    talk._turn(text="Dữ liệu cá nhân", payload="/request_data_rights")
    assert ASKS_KIND in talk.turn.says[-1].content.text

    assert ASKS_CODE in talk.press("Xoá dữ liệu")


def test_a_wish_that_is_handed_in_is_somebodys_to_do_by_its_last_day(talk: Talk) -> None:
    talk.say("xoá dữ liệu của tôi, đơn BT26110123, 4 số cuối 0001")

    said = talk.press("Đồng ý")

    (promised,) = talk.turn.promised
    assert promised.kind == "data_request"
    assert "xoá dữ liệu" in promised.text
    assert say_date(promised.due_at.date().isoformat()) in said


def test_a_wish_made_earlier_is_looked_up_by_a_person(talk: Talk) -> None:
    talk.say("yeu cau xoa du lieu gui tuan truoc xong chua shop")

    assert talk.handed_off == "data_request"


def test_who_never_bought_anything_gets_a_person(talk: Talk) -> None:
    talk.say("xoá hết thông tin cá nhân của tôi đi")

    talk.press("Chưa có đơn")

    assert talk.handed_off == "customer_request"


def test_wrong_digits_tell_nothing(talk_as: Callable[[str], Talk]) -> None:
    said = []
    for customer, code in (("a", "BT26110123"), ("b", "BT26119999")):
        talk = talk_as(customer)
        talk.say(f"xoá dữ liệu của tôi, đơn {code}, 4 số cuối 9999")
        said.append(talk.press("Đồng ý"))

    assert said[0] == said[1] and "không tìm thấy" in said[0]


def test_a_correction_before_the_yes(talk: Talk) -> None:
    talk.say("xoá dữ liệu của tôi, đơn BT26110145, 4 số cuối 0001")

    assert "BT26110123" in talk.say("à nhầm, đơn BT26110123")


DATA_TALK = {
    ASKS_NOTE: "sửa lại tên của mình trong hồ sơ khách hàng, ghi sai dấu rồi",
    ASKS_CODE: "xoá hết thông tin cá nhân của tôi đi",
    ASKS_DIGITS: "xoá dữ liệu của tôi, đơn BT26110123",
    READS_BACK: "xoá dữ liệu của tôi, đơn BT26110123, 4 số cuối 0001",
}


@pytest.mark.parametrize("question", DATA_TALK)
def test_data_a_person_at_every_question(talk: Talk, question: str) -> None:
    assert question in talk.say(DATA_TALK[question])

    talk.say("cho gặp nhân viên")

    assert talk.handed_off == "customer_request"


@pytest.mark.parametrize("question", DATA_TALK)
def test_data_can_be_left_at_every_question(talk: Talk, question: str) -> None:
    talk.say(DATA_TALK[question])

    assert "em dừng ở đây" in talk.say("thôi không làm nữa")


@pytest.mark.parametrize("question", [ASKS_CODE, ASKS_DIGITS, READS_BACK])
def test_data_and_a_question_in_between(talk: Talk, question: str) -> None:
    talk.say(DATA_TALK[question])

    said = talk.say("phí ship bao nhiêu vậy shop?")

    assert "30.000 đ" in said and said.count(question) == 1


def test_data_wrong_answers_end_at_a_person(talk: Talk) -> None:
    talk.say("xoá hết thông tin cá nhân của tôi đi")
    for text in ("không nhớ", "BT123", "không biết luôn"):
        talk.say(text)
    assert "Gặp nhân viên" in talk.buttons

    talk.say("BT12")

    assert talk.handed_off == "no_progress"


def test_data_of_a_closed_shop(talk: Talk, shop: Shop) -> None:
    talk.say(DATA_TALK[READS_BACK])
    shop.close()

    said = talk.press("Đồng ý")

    assert (talk.handed_off, said) == ("backend_error", "")
    shop.open()
