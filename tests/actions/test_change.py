"""Changing an order."""

import pytest

from tests.actions.conftest import Shop, Talk
from tests.actions.test_order_forms import written

CONFIRMS = "em xin đọc lại"


def test_an_address_is_changed_after_a_yes(talk: Talk, shop: Shop) -> None:
    talk.say("mình chuyển trọ rồi, sửa địa chỉ trong đơn giúp mình")
    talk.say("BT26110131")
    assert "địa chỉ mới" in talk.say("0003")
    said = talk.say("căn 1205 toà B, 45 Lê Lợi, phường Thuận Hoá, Huế nhé")
    assert CONFIRMS in said and "cáp sạc" in said
    assert "địa chỉ giao hàng: căn 1205 toà B, 45 Lê Lợi, phường Thuận Hoá, Huế" in said
    assert "45 Lê Lợi" not in written(shop)

    said = talk.press("Đồng ý")

    assert "đã đổi địa chỉ giao hàng" in said
    assert "45 Lê Lợi" in written(shop)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "đơn BT26110131 số cuối 0003 đổi địa chỉ giao sang 45 Lê Lợi, phường Thuận Hoá, Huế",
            "địa chỉ giao hàng: 45 Lê Lợi, phường Thuận Hoá, Huế",
        ),
        (
            "đổi sđt đơn BT26110131 đuôi 0003 thành 0900 000 012 giúp mình",
            "số điện thoại nhận hàng: 0900000012",
        ),
        (
            "đơn BT26110131 0900000003 sửa số nhận hàng thành 0900000012",
            "số điện thoại nhận hàng: 0900000012",
        ),
        (
            "đổi tên người nhận đơn BT26110131 0003 thành chị Hoa giúp mình",
            "người nhận: chị Hoa",
        ),
    ],
)
def test_everything_in_one_message(talk: Talk, text: str, line: str) -> None:
    assert line in talk.say(text)


def test_a_new_phone_is_not_taken_for_the_owners(talk: Talk, shop: Shop) -> None:
    talk.say("sửa sđt trong đơn giúp mình, số mới 0900000012")
    assert "4 số cuối" in talk.say("BT26110131")
    said = talk.say("0900000003")

    assert "số điện thoại nhận hàng: 0900000012" in said
    talk.say("đồng ý")
    assert "0900000012" in written(shop)


def test_a_later_value_takes_the_place_of_the_earlier(talk: Talk, shop: Shop) -> None:
    talk.say("đổi sđt đơn BT26110131 đuôi 0003 thành 0900 000 012 giúp mình")

    said = talk.say("à nhầm, số 0900000013")

    assert "số điện thoại nhận hàng: 0900000013" in said
    talk.say("đúng rồi em")
    assert "0900000013" in written(shop) and "0900000012" not in written(shop)


def test_an_address_is_corrected_before_the_yes(talk: Talk) -> None:
    talk.say("đơn BT26110131 số cuối 0003 đổi địa chỉ giao sang 45 Lê Lợi, phường Thuận Hoá, Huế")

    assert "54 Lê Lợi" in talk.say("nhầm, 54 Lê Lợi, phường Thuận Hoá, Huế")


def test_a_ward_alone_is_no_address(talk: Talk) -> None:
    said = talk.say("đổi địa chỉ giao đơn BT26110131 0003 sang phường Tân Định giúp mình")
    assert "địa chỉ mới" in said

    assert "12 Trần Phú" in talk.say("phường Tân Định")  # the example


def test_a_wish_about_the_goods_is_read_by_people(talk: Talk, shop: Shop) -> None:
    talk.say("BT26110131 0003 sửa lại đơn hàng giúp mình")
    talk.press("Sản phẩm")
    assert "đổi cáp sạc sang màu trắng" in talk.say("đổi cáp sạc sang màu trắng")

    said = talk.press("Đồng ý")

    assert "đã gửi yêu cầu đổi sản phẩm" in said and "đã đổi" not in said
    assert "màu trắng" in written(shop)


def test_what_only_staff_can_change_goes_to_them(talk: Talk, shop: Shop) -> None:
    talk.say("đổi giờ giao được không")
    talk.say("BT26110131")
    talk.say("0003")

    assert talk.handed_off == "order_change"
    assert "BT26110131" not in written(shop)


def test_an_order_on_its_way_goes_to_a_person(talk: Talk) -> None:
    said = talk.say("đổi địa chỉ giao đơn BT26110123 0001 giúp mình")

    assert "đã gửi đi" in said
    assert talk.handed_off == "order_change"


@pytest.mark.parametrize(
    ("code", "last4", "words"),
    [("BT26110145", "0005", "đã giao rồi"), ("BT26110088", "0004", "đã huỷ nên")],
)
def test_a_finished_order_is_not_changed(talk: Talk, code: str, last4: str, words: str) -> None:
    said = talk.say(f"sửa lại đơn {code} {last4} giúp mình")

    assert words in said
    assert talk.handed_off is None


def test_wrong_digits_tell_nothing(talk: Talk) -> None:
    said = talk.say("sửa lại đơn BT26110131 9999 giúp mình")

    assert "không tìm thấy" in said and "cáp" not in said


def test_a_change_is_written_once(talk: Talk, shop: Shop) -> None:
    talk.say("đổi tên người nhận đơn BT26110131 0003 thành chị Hoa giúp mình")
    talk.say("đồng ý")
    before = written(shop)

    talk.say("đồng ý")

    assert written(shop) == before
