"""Where is my order: the conversation, with the real model and the real demo shop."""

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.actions.conftest import Clock, Shop, Talk

ASKS_CODE = "cho em xin mã đơn hàng"
ASKS_DIGITS = "4 số cuối"


def test_code_and_digits_in_two_messages(talk: Talk) -> None:
    assert ASKS_CODE in talk.say("đơn của mình tới đâu rồi")
    assert ASKS_DIGITS in talk.say("bt 2611 0123")

    said = talk.say("0001")

    assert "BT26110123" in said
    assert "đang trên đường giao" in said
    assert "Giao Nhanh Cá Vàng" in said
    assert "thứ Ba 24/11" in said


@pytest.mark.parametrize(
    "text",
    [
        "BT26110123 0900 000 001",
        "bt26110123 0001",
        "ktra don BT26110123 giup m, 4 so cuoi 0001",
        "đơn BT 2611 0123 số điện thoại +84 900 000 001 tới đâu rồi shop",
    ],
)
def test_code_and_digits_in_one_message(talk: Talk, text: str) -> None:
    assert "đang trên đường giao" in talk.say(text)


@pytest.mark.parametrize(
    ("code", "last4", "words"),
    [
        ("BT26110109", "0009", "đang chờ đóng gói"),
        ("BT26110131", "0003", "2 cáp sạc, củ sạc 30 W"),
        ("BT26110145", "0005", "đã giao thành công vào thứ Sáu 20/11"),
        ("BT26110117", "0007", "giao chưa thành công"),
        ("BT26110088", "0004", "đã huỷ"),
        ("BT26110091", "0006", "đang được hoàn về"),
        ("BT26110166", "0011", "em xin lỗi"),
    ],
)
def test_every_state_has_its_words(talk: Talk, code: str, last4: str, words: str) -> None:
    said = talk.say(f"{code} {last4}")

    assert words in said
    assert "{" not in said and "None" not in said


def test_a_late_order_opens_with_an_apology_and_a_yes_brings_a_person(talk: Talk) -> None:
    said = talk.say("BT26110102 0002")

    assert said.startswith("Dạ em xin lỗi")
    assert "thứ Bảy 21/11" in said
    talk.say("có em")
    assert talk.handed_off == "customer_request"


def test_wrong_digits_and_an_unknown_code_sound_the_same(
    talk_as: Callable[[str], Talk],
) -> None:
    wrong = talk_as("a").say("BT26110123 9999")
    unknown = talk_as("b").say("BT26119999 0001")

    assert wrong == unknown
    assert "không tìm thấy" in wrong
    assert "tai nghe" not in wrong


def test_five_wrong_tries_lock_in_every_conversation_of_the_customer(
    talk_as: Callable[[str], Talk], clock: Clock
) -> None:
    guessing = talk_as("guesser")
    for digits in ("0002", "0003", "0004", "0005"):
        assert "không tìm thấy" in guessing.say(f"BT26110123 {digits}")
    assert "tạm khoá khoảng 15 phút" in guessing.say("BT26110123 0006")

    said = talk_as("guesser").say("BT26110145 0005")  # another order, another conversation

    assert "tạm khoá" in said and "laptop" not in said
    clock.forward(minutes=16)
    assert "laptop" in talk_as("guesser").say("BT26110145 0005")


def test_a_question_in_between_is_answered_and_the_form_asks_again_once(talk: Talk) -> None:
    talk.say("kiểm tra đơn hàng")

    said = talk.say("mấy giờ đóng cửa vậy shop")

    assert "08:00–21:30" in said
    assert said.count(ASKS_CODE) == 1
    assert ASKS_DIGITS in talk.say("BT26110123")
    said = talk.say("phi ship bn")
    assert "30.000 đ" in said and said.count(ASKS_DIGITS) == 1
    assert "đang trên đường giao" in talk.say("0001")


def test_who_has_no_code_at_hand_may_prove_otherwise(talk: Talk) -> None:
    talk.say("kiểm tra đơn hàng")
    first = talk.buttons
    talk.say("không nhớ")

    assert "Không nhớ mã đơn" in first
    assert "Không nhớ mã đơn" in talk.buttons


def test_failed_tries_change_the_wording_then_offer_a_person_then_bring_one(talk: Talk) -> None:
    said = [talk.say("kiểm tra đơn hàng"), talk.say("không nhớ"), talk.say("xyz")]
    assert "ví dụ: BT26110123" in said[2]
    assert len(set(said)) == 3

    talk.say("BT123")

    assert "Gặp nhân viên" in talk.buttons
    talk.say("không biết")
    assert talk.handed_off == "no_progress"
    assert not talk.turn.says


def test_a_yes_to_the_offer_of_a_person_in_the_form_brings_one(talk: Talk) -> None:
    for text in ("kiểm tra đơn hàng", "không nhớ", "hổng biết", "BT123"):
        talk.say(text)

    talk.press("Gặp nhân viên")

    assert talk.handed_off == "customer_request"


@pytest.mark.parametrize("text", ["thôi", "thoi khoi", "dừng lại", "huỷ"])
def test_the_form_can_be_left_at_both_questions(talk: Talk, text: str) -> None:
    talk.say("kiểm tra đơn hàng")
    assert "em dừng ở đây" in talk.say(text)

    talk.say("đơn BT26110123 tới đâu rồi")
    assert "em dừng ở đây" in talk.say(text)

    assert ASKS_CODE in talk.say("kiểm tra đơn hàng")  # the code is not kept


@pytest.mark.parametrize("first", ["kiểm tra đơn hàng", "đơn BT26110123 tới đâu rồi"])
def test_a_person_can_be_asked_for_at_both_questions(talk: Talk, first: str) -> None:
    talk.say(first)

    talk.say("cho gặp nhân viên")

    assert talk.handed_off == "customer_request"
    assert "08:00" in talk.say("mấy giờ mở cửa")  # and the form is gone
    assert ASKS_CODE not in "".join(say.content.text for say in talk.turn.says)


def test_the_form_goes_on_when_only_slots_are_remembered(talk: Talk) -> None:
    talk.say("đơn BT26110123 tới đâu rồi")
    talk.forget_events()

    assert "đang trên đường giao" in talk.say("0001")


def test_a_second_order_is_asked_for_anew(talk: Talk) -> None:
    talk.say("BT26110123 0001")

    assert ASKS_CODE in talk.say("kiểm tra đơn khác giúp mình")


def test_a_closed_shop_brings_a_person_and_no_invented_answer(talk: Talk, shop: Shop) -> None:
    shop.close()

    said = talk.say("BT26110123 0001")

    assert talk.handed_off == "backend_error"
    assert said == ""
    shop.open()


@pytest.mark.parametrize(
    "answer",
    [
        (500, b"oops"),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b'{"code": "BT26110145", "state": "delivered"}'),
        (200, b'{"code": "BT26110123", "state": "shipping"}'),
        (200, b'{"code": "BT26110123", "state": "teleported", "items": [], "late": false}'),
        (423, b"{}"),
        (302, b""),
    ],
)
def test_a_shop_that_talks_nonsense_brings_a_person(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, answer: tuple[int, bytes]
) -> None:
    class Nonsense(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(answer[0])
            self.end_headers()
            self.wfile.write(answer[1])

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Nonsense)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("SHOP_API_URL", f"http://127.0.0.1:{server.server_port}")

    said = talk.say("BT26110123 0001")

    server.shutdown()
    server.server_close()
    assert (talk.handed_off, said) == ("backend_error", "")


def test_what_the_shop_took_for_proof_is_handed_on(talk: Talk) -> None:
    talk.say("BT26110123 0001")

    assert [(told.order_code, told.phone_last4) for told in talk.turn.proved] == [
        ("BT26110123", "0001")
    ]


def test_wrong_digits_prove_nothing(talk: Talk) -> None:
    talk.say("BT26110123 0009")

    assert talk.turn.proved == ()
