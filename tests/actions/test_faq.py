"""The seventeen questions with a fixed answer, and how answers are written."""

import re
from pathlib import Path

import pytest
import yaml

from tests.actions.conftest import Talk

PROJECT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("có cam kết hàng thật không em", ["chính hãng", "hoá đơn"]),
        ("nhận hàng có được mở ra xem trước không", ["mở hộp xem hàng"]),
        ("chính sách hỗ trợ khách hàng của shop thế nào", ["Phạm vi", "Thời gian", "Kênh", "bước"]),
        ("thông tin khách có bị lộ không", ["không bán cho ai"]),
        ("có lắp đặt tại nhà không", ["tận nhà miễn phí"]),
        ("có gói quà kèm thiệp không", ["thiệp", "miễn phí"]),
        ("giao buổi tối sau giờ làm được không", ["buổi tối đến 21:00"]),
        ("nhờ người khác nhận hàng giùm được không", ["người khác nhận thay"]),
        ("mua thêm gói gia hạn bảo hành được không", ["thêm một năm bảo hành"]),
        ("đặt online rồi ra cửa hàng lấy được không", ["mang theo mã đơn"]),
        ("đặt cọc giữ hàng được không", ["không cần đặt cọc"]),
        ("mới mua xong thì giảm giá, có hoàn chênh lệch không", ["hoàn phần chênh lệch"]),
        ("pin cũ hỏng bỏ ở đâu, shop có thu gom không", ["tái chế"]),
        ("shop có tuyển nhân viên không", ["tuyendung@example.com"]),
        ("muốn làm đại lý cho shop", ["hoptac@example.com"]),
        ("có chỗ để xe không", ["gửi xe máy miễn phí"]),
        ("thẻ visa nước ngoài thanh toán được không", ["Visa"]),
    ],
)
def test_an_answer_carries_its_fact(talk: Talk, text: str, words: list[str]) -> None:
    said = talk.say(text)

    assert [word for word in words if word not in said] == []
    assert said.startswith("Dạ") and "{" not in said


def test_answers_are_polite_and_name_nobody_else() -> None:
    """How long they may be is carebot content's matter: tests/bot/test_plain.py."""
    domain = yaml.safe_load((PROJECT / "domain.yml").read_text(encoding="utf-8"))
    texts = [
        (name, variant["text"])
        for name, variants in domain["responses"].items()
        for variant in variants
    ]

    ours = re.compile(
        r"utter_(greet|goodbye|welcome|what_next|bot_|chat|cap|form_|media|busy|no_need|ask_news|opt_"
        r"|news|ask_call|call|ask_phone_c|ask_matter_c|confirm_(c|h|d)|opening|tet|open|closed|store"
        r"|contact|ask_product_h|ask_store|ask_person_name_h|ask_phone_h|held|hold|sorry|insult|account"
        r"|loyalty|data|ask_data|ask_note|feedback|ask_feedback|thanks|faq)"
    )
    texts = [(name, text) for name, text in texts if ours.match(name)]

    assert [name for name, text in texts if re.search(r"!|\b(bạn|cháu)\b", text)] == []
