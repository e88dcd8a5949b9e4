"""Complaints, dangers, threats, frauds: with the real model and the real demo shop."""

import re
from collections.abc import Callable

import pytest

from bot.mood import mood_of
from tests.actions.conftest import Shop, Talk

FORMS = {
    "complaint": ("mình muốn khiếu nại", "giao trễ ba ngày mà không ai báo một tiếng",
                  "BT26110102", "0900000002", "gửi đi em"),
    "status": ("khiếu nại của mình xử lý tới đâu rồi", "KN0231", "0002"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "đặt cả tuần rồi vẫn chưa thấy giao, làm ăn kiểu gì thế",
            "giao hàng làm anh/chị phải chờ",
        ),
        ("mình đặt màu đen mà giao màu trắng", "không như đã đặt"),
        ("mới mua 3 ngày đã hỏng, hàng kém quá", "thất vọng"),
        ("nhân viên nói chuyện rất khó chịu", "không vui"),
    ],
)
def test_one_honest_sentence_then_at_most_two_questions(talk: Talk, text: str, words: str) -> None:
    said = talk.say(text)
    assert words in said and "mã đơn hàng" in said
    talk.say("BT26110102")
    said = talk.say("0900000002")
    assert text in said and "BT26110102" in said and "0900000002" in said

    said = talk.press("Gửi đi")

    assert re.search(r"KN\d{4}", said)
    assert "4 giờ làm việc" in said and "2 ngày làm việc" in said
    assert talk.handed_off == "complaint"


def test_the_code_can_be_asked_about(talk: Talk, talk_as: Callable[[str], Talk]) -> None:
    for text in FORMS["complaint"][:-1]:
        talk.say(text)
    code = re.search(r"KN\d{4}", talk.press("Gửi đi"))

    assert code
    assert "tiếp nhận" in talk_as("later").say(f"khiếu nại {code[0]} 0002 tới đâu rồi")


def test_order_and_phone_may_be_left_out(talk: Talk) -> None:
    talk.say("nhân viên nói chuyện rất khó chịu")
    talk.say("bỏ qua")
    said = talk.say("bỏ qua")
    assert "Mã đơn" not in said and "Số điện thoại" not in said

    assert "KN" in talk.press("Gửi đi")


def test_several_answers_at_once(talk: Talk) -> None:
    said = talk.say("đơn BT26110102 hẹn giao thứ bảy mà chờ hoài không thấy, số mình 0900000002")

    assert "em ghi nhận khiếu nại như sau" in said


def test_a_correction_is_read_back_again(talk: Talk) -> None:
    for text in FORMS["complaint"][:-1]:
        talk.say(text)

    said = talk.say("nhầm, số 0900000005")

    assert "0900000005" in said and "0900000002" not in said


@pytest.mark.parametrize("n", [2, 3, 4])
@pytest.mark.parametrize(
    "text", ["đồ ngu", "giao hàng gì mà lâu dữ vậy trời", "nhân viên thái độ quá"]
)
def test_an_angry_customer_is_not_questioned_on(talk: Talk, n: int, text: str) -> None:
    for before in FORMS["complaint"][:n]:
        talk.say(before)

    said = talk.say(text)

    assert (talk.handed_off, said) == ("complaint", "")


def test_at_most_three_facts_are_asked_for(talk: Talk) -> None:
    questions = [talk.say(text) for text in FORMS["complaint"][:-1]]

    assert ["chuyện gì" in questions[0].lower(), "mã đơn" in questions[1].lower()] == [True, True]
    assert "số điện thoại" in questions[2].lower()
    assert "em ghi nhận khiếu nại như sau" in questions[3]


@pytest.mark.parametrize(
    "text",
    ["đặt cả tuần rồi vẫn chưa thấy giao, làm ăn kiểu gì thế", "nhân viên gì mà mất dạy"],
)
def test_an_angry_complaint_is_acknowledged_and_not_questioned_at_all(
    talk: Talk, text: str
) -> None:
    assert mood_of(text) == "angry"

    said = talk.say(text, mood="angry")

    assert talk.handed_off == "complaint"
    assert said.startswith("Dạ em rất tiếc") and "?" not in said and "mã đơn" not in said
    assert "4 số cuối" not in talk.say("alo") and talk.turn.says[0].why.get("form") is None


def test_an_answer_given_in_anger_is_the_last(talk: Talk) -> None:
    for text in FORMS["complaint"][:2]:
        talk.say(text)

    said = talk.say("BT26110102 đó, quá đáng lắm rồi", mood="angry")

    assert (talk.handed_off, said) == ("complaint", "")


def test_an_insult_in_place_of_the_story_brings_a_person(talk: Talk) -> None:
    talk.say("mình muốn khiếu nại")

    talk.say("đồ ngu")

    assert talk.handed_off == "complaint"


def test_a_code_that_is_none_is_asked_for_again_then_a_person_comes(talk: Talk) -> None:
    for text in FORMS["complaint"][:2]:
        talk.say(text)
    said = [talk.say("BT12"), talk.say("BT13"), talk.say("BT14")]
    assert len(set(said)) == 3
    assert "Bỏ qua" in talk.buttons

    talk.say("BT15")

    assert talk.handed_off == "no_progress"


@pytest.mark.parametrize("form", FORMS)
def test_a_closed_shop_brings_a_person(talk: Talk, shop: Shop, form: str) -> None:
    for text in FORMS[form][:-1]:
        talk.say(text)
    shop.close()

    said = talk.say({"complaint": "đúng rồi em", "status": "0002"}[form])

    shop.open()
    assert (talk.handed_off, said) == ("backend_error", "")


@pytest.mark.parametrize(
    ("code", "last4", "words"),
    [
        ("KN0231", "0002", ["đang được xử lý", "Nguyễn Thu Hoà", "thứ Ba 24/11"]),
        ("KN0236", "0011", ["đã được tiếp nhận", "tổ chăm sóc khách hàng"]),
        ("KN0198", "0010", ["đã được Nguyễn Thu Hoà trả lời"]),
        ("KN0175", "0013", ["đã xử lý xong"]),
    ],
)
def test_every_state_has_its_words(talk: Talk, code: str, last4: str, words: list[str]) -> None:
    said = talk.say(f"vụ khiếu nại {code} sao rồi, số cuối {last4}")

    assert [word for word in words if word not in said] == []
    assert talk.handed_off is None


def test_an_overdue_answer_is_owned_up_to_and_brings_a_person(talk: Talk) -> None:
    talk.say("KN0224")

    said = talk.say("0006")

    assert "em xin lỗi" in said and "Chủ nhật 22/11" in said
    assert talk.handed_off == "complaint"


def test_wrong_digits_tell_nothing(talk_as: Callable[[str], Talk]) -> None:
    wrong = talk_as("a").say("khiếu nại KN0231 0009 tới đâu rồi")
    unknown = talk_as("b").say("khiếu nại KN9999 0002 tới đâu rồi")

    assert wrong == unknown
    assert "không tìm thấy" in wrong and "Hoà" not in wrong


@pytest.mark.parametrize("text", ["ổ cắm bốc khói khét lẹt", "rò điện giật tê tay nè shop"])
def test_danger_is_answered_at_once(talk: Talk, text: str) -> None:
    said = talk.say(text)

    for words in ("ngắt điện", "không sạc", "tránh xa", "114"):
        assert words in said
    assert talk.handed_off == "safety"


@pytest.mark.parametrize("first", [(), FORMS["complaint"][:2]])
def test_a_threat_is_answered_calmly(talk: Talk, first: tuple[str, ...]) -> None:
    for text in first:
        talk.say(text)

    said = talk.say("không giải quyết mình sẽ gửi đơn lên hội bảo vệ người tiêu dùng")

    assert "người có thẩm quyền" in said and "xin lỗi" not in said
    assert talk.handed_off == "legal"


@pytest.mark.parametrize("first", [(), FORMS["status"][:1]])
def test_a_fraud_brings_advice_and_a_person(talk: Talk, first: tuple[str, ...]) -> None:
    for text in first:
        talk.say(text)

    said = talk.say("có số lạ xưng nhân viên bên mình đòi chuyển tiền cọc")

    assert "OTP" in said and "tài khoản cá nhân" in said
    assert talk.handed_off == "scam"


def test_a_long_story_is_not_taken_for_a_question(talk: Talk) -> None:
    talk.say("mình muốn khiếu nại")

    said = talk.say("loa mới mua 2 ngày mà rè, đổi trả thì không ai nghe máy")

    assert "mã đơn hàng" in said and "đổi trả như sau" not in said
