"""What delivery costs and how long it takes."""

import pytest

from tests.actions.conftest import Shop, Talk


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("phí ship về Huế bao nhiêu", ["về Huế", "30.000 đ", "500.000 đ"]),
        ("ship về Đà Nẵng bao nhiêu tiền, đơn 2 triệu", ["Đà Nẵng", "miễn phí"]),
        ("ship về Huế bao lâu vậy", ["Huế", "2–4 ngày"]),
        ("giao về Điện Biên mất mấy ngày", ["Điện Biên", "4–7 ngày"]),
        ("ship vào Sài Gòn mấy ngày tới", ["Hồ Chí Minh", "4 giờ"]),
        ("ship ra Phú Quốc có tính thêm tiền hông", ["Phú Quốc", "cân nặng"]),
    ],
)
def test_the_answer_is_for_the_place_that_is_named(talk: Talk, text: str, words: list[str]) -> None:
    said = talk.say(text)

    assert [word for word in words if word not in said] == []
    assert "Tỉnh, thành phố khác" not in said


def test_the_place_is_remembered_for_the_next_question(talk: Talk) -> None:
    talk.say("phí ship về Huế bao nhiêu")

    assert "về Huế" in talk.say("mấy ngày nhận được hàng")
    assert "Điện Biên" in talk.say("giao về Điện Biên mất mấy ngày")


def test_without_a_place_the_answer_is_general(talk: Talk) -> None:
    said = talk.say("phí ship bao nhiêu")
    assert "30.000 đ" in said and "500.000 đ" in said and "đảo" in said

    said = talk.say("giao hàng bao lâu")
    assert "Nội thành" in said and "2–4 ngày" in said and "4–7 ngày" in said


def test_a_closed_shop_leaves_the_general_answer(talk: Talk, shop: Shop) -> None:
    shop.close()

    said = talk.say("phí ship về Huế bao nhiêu")

    assert "30.000 đ" in said and talk.handed_off is None
    shop.open()
