"""The answer to "A or B?", read without a model."""

from __future__ import annotations

import pytest

from bot.nlu.choice import NEITHER, choose

TWO = {"ask_installment": "Trả góp", "ask_return_policy": "Đổi trả"}
ORDERS = {"cancel_order": "Huỷ đơn hàng", "change_order": "Sửa đơn hàng"}
NESTED = {"ask_warranty_policy": "Bảo hành", "faq_gia_han_bao_hanh": "Gia hạn bảo hành"}
THREE = {**TWO, "ask_price": "Giá sản phẩm"}


@pytest.mark.parametrize(
    ("text", "offered", "place"),
    [
        ("cái đầu", TWO, 0),
        ("đầu", TWO, 0),
        ("cai dau tien a", TWO, 0),
        ("1", TWO, 0),
        ("ý mình là cái thứ nhất", TWO, 0),
        ("cái trên nha", TWO, 0),
        ("cái thứ hai", TWO, 1),
        ("so 2 nha shop", TWO, 1),
        ("dạ ý sau ạ", TWO, 1),
        ("cái cuối", THREE, 2),
        ("thứ ba", THREE, 2),
        ("cái thứ hai", THREE, 1),
        ("ý mình là trả góp", TWO, 0),
        ("doi tra", TWO, 1),
        ("mình muốn hỏi đổi trả cơ", TWO, 1),
        ("huỷ", ORDERS, 0),
        ("sua don a", ORDERS, 1),
        ("gia hạn bảo hành", NESTED, 1),
        ("bảo hành", NESTED, 0),
        ("không phải trả góp", TWO, 1),
        ("ko phai doi tra dau", TWO, 0),
        ("cả hai", TWO, 0),
        ("đúng rồi", TWO, 0),
        ("ừ", TWO, 0),
    ],
)
def test_a_choice_is_heard_by_place_and_by_name(
    text: str, offered: dict[str, str], place: int
) -> None:
    assert choose(text, offered) == list(offered)[place]


@pytest.mark.parametrize(
    "text",
    [
        "cả hai đều không",
        "ca 2 deu ko phai",
        "không phải cả hai",
        "ko cái nào hết",
        "k phai 2 cai do",
        "không",
        "không phải",
        "chuyện khác",
        "sai rồi",
    ],
)
def test_neither_is_heard(text: str) -> None:
    assert choose(text, TWO) == NEITHER


@pytest.mark.parametrize(
    "text",
    [
        "",
        "👍",
        "phí ship bao nhiêu",
        "trả góp rồi có được đổi trả không",
        "mình mua cái nồi hôm trước mà giờ nó hỏng rồi thì đổi trả kiểu gì vậy shop",
        "đơn BT26110123 đâu rồi",
        "mình có 2 cái tai nghe",
    ],
)
def test_what_says_something_else_is_no_choice(text: str) -> None:
    assert choose(text, TWO) is None
