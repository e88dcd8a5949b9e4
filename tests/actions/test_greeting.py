"""Greeting, small talk, closing, files; the menu and its titles; leaving a form."""

import re
from pathlib import Path

import pytest
import yaml

from actions.smalltalk import called
from tests.actions.conftest import Talk

PROJECT = Path(__file__).parents[2]


def test_a_customer_whose_name_is_known_is_greeted_by_it(talk: Talk) -> None:
    talk.name = "Trần Thị Lan"

    assert "xin chào anh/chị Lan ạ" in talk.say("chào shop")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Trần Thị Lan", "Lan"),
        ("lan", "Lan"),
        ("Hùng Nguyễn", "Hùng"),
        ("", ""),
        ("🌸 Shop Hoa 🌸", ""),
        ("Bán Hàng Online Giá Rẻ Nhất", ""),
        ("John Smith", ""),
        ("Lan123", ""),
        ("{shop_name}", ""),
        ("x" * 60, ""),
    ],
)
def test_only_a_name_is_a_name(name: str, says: str) -> None:
    assert called(name) == says


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("hôm nay trời nóng quá em nhỉ", "thời tiết"),
        ("ăn cơm chưa bot ơi", "ăn uống"),
        ("có người yêu chưa", "yêu công việc"),
        ("em dễ thương ghê", "khen"),
        ("em bao nhiêu tuổi", "chuyện riêng"),
    ],
)
def test_small_talk_gets_a_line_of_its_own_that_returns_to_business(
    talk: Talk, text: str, word: str
) -> None:
    said = talk.say(text)

    assert word in said
    assert "Anh/chị cần" in said or "Anh/chị có cần" in said or "đơn hàng" in said
    assert talk.buttons == []


def test_small_talk_twice_in_a_row_offers_topics(talk: Talk) -> None:
    talk.say("ăn cơm chưa bot ơi")

    talk.say("có người yêu chưa")

    assert "Tra đơn hàng" in talk.buttons and talk.buttons[-1] == "Gặp nhân viên"
    talk.say("phí ship bao nhiêu")
    talk.say("ăn gì chưa")
    assert talk.buttons == []


def test_the_menu_fits_every_channel_and_each_topic_is_answered(talk: Talk) -> None:
    talk.say("bot lam dc j z")

    assert 8 <= len(talk.buttons) <= 13 and talk.buttons[-1] == "Gặp nhân viên"
    assert "hotline" not in talk.press("Địa chỉ cửa hàng").lower()


def test_every_topic_has_one_title() -> None:
    domain = yaml.safe_load((PROJECT / "domain.yml").read_text(encoding="utf-8"))
    intents = {name for entry in domain["intents"] for name in entry}
    topics = domain["responses"]["utter_topics"][0]["buttons"]
    menu = domain["responses"]["utter_capabilities"][0]["buttons"]
    # Said to the assistant about the talk itself, or into an open form.
    talk = {
        *("greet", "goodbye", "thank", "chitchat", "affirm", "deny", "inform", "stop_form"),
        *("bot_challenge", "ask_capabilities", "not_interested", "insult"),
        *("threaten_escalation", "bot_frustration", "out_of_scope", "nlu_fallback"),
    }

    assert {b["payload"] for b in topics} == {f"/{name}" for name in intents - talk}
    assert len({b["title"] for b in topics}) == len(topics)
    assert [b for b in menu if b not in topics] == []


def test_thanks_and_goodbye_repeat_what_was_promised(talk: Talk) -> None:
    assert "hẹn" not in talk.say("cảm ơn shop")
    talk.say("gọi lại cho mình lúc 15:00 ngày mai số 0900000001")
    talk.press("Bỏ qua")
    talk.press("Đúng rồi")

    assert "Như đã hẹn, nhân viên sẽ gọi lúc 15:00" in talk.say("cảm ơn em nhiều")
    assert "Điện Tử Bống" in talk.say("tạm biệt")


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("image", "ảnh"),
        ("video", "video"),
        ("audio", "ghi âm"),
        ("file", "tệp"),
        ("location", "vị trí"),
        ("sticker", "nhận được rồi"),
        ("contact", "tệp"),
    ],
)
def test_a_file_is_received_and_nobody_pretends_to_have_looked(
    talk: Talk, kind: str, word: str
) -> None:
    said = talk.send_one(kind)

    assert word in said
    assert kind == "sticker" or re.search("không xem|chưa xem|không mở|chưa nghe|chưa đọc", said)
    assert "chưa hiểu" not in said and talk.handed_off is None


def test_a_place_that_was_sent_leads_to_the_nearest_store(talk: Talk) -> None:
    talk.send_one("location")

    assert "34 đường Bống" in talk.press("Đà Nẵng")


def test_leaving_a_form_says_what_is_kept_and_it_can_be_taken_up(talk: Talk) -> None:
    talk.say("đơn BT26110123 tới đâu rồi")

    said = talk.say("thôi")

    assert "giữ mã đơn hàng trong 24 giờ" in said
    assert "4 số cuối" in talk.press("Làm tiếp")  # the code is not asked for again
    assert "đang trên đường giao" in talk.say("0001")


def test_an_empty_form_keeps_nothing_and_says_so(talk: Talk) -> None:
    talk.say("kiểm tra đơn hàng")

    assert "chưa có thông tin nào được giữ" in talk.say("thôi")
    talk.say("ừ")
    assert "mã đơn" not in talk.turn.says[0].content.text


def test_what_is_kept_is_not_used_in_another_request(talk: Talk) -> None:
    talk.say("đơn BT26110123 tới đâu rồi")
    talk.say("thôi")

    assert "cho em xin mã đơn hàng" in talk.say("kiểm tra đơn hàng")
