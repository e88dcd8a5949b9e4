"""Stores, hours and a product put aside: the conversations."""

from datetime import date, datetime, time

import pytest

from actions import hours
from actions.store import nearest, opening, store_named
from actions.talk import HERE
from tests.actions.conftest import Shop, Talk

ASKS_PRODUCT = "giữ sản phẩm nào"
ASKS_CITY = "nhận ở cửa hàng nào"
ASKS_NAME = "tên người đến nhận"
ASKS_PHONE = "số điện thoại của người đến nhận"
READS_BACK = "Dạ em đọc lại"
PRODUCT = "tai nghe Bống Air 2"
PHONE = "0900000001"

MONDAY = datetime(2026, 11, 23, 12, 0, tzinfo=HERE)
CLOSED = "nghỉ từ 29 tháng Chạp đến hết mùng 4"


def stores() -> hours.Hours:
    return hours.read("08:00–21:30 hằng ngày", CLOSED)


def staff() -> hours.Hours:
    said = "08:00–12:00 và 13:30–21:00 từ thứ Hai đến thứ Bảy, 09:00–18:00 Chủ nhật"
    return hours.read(said, CLOSED)


# Where


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("o Ha Noi co cua hang ko", "12 Hàng Bống"),
        ("Ở Đà Nẵng có chi nhánh mô không?", "34 đường Bống"),
        ("sài gòn có cửa hàng không", "56 đường Bống"),
        ("sg có shop k ad", "56 đường Bống"),
    ],
)
def test_a_city_with_a_store_gets_its_address_hours_and_map(
    talk: Talk, text: str, address: str
) -> None:
    said = talk.say(text)

    assert address in said and "08:00–21:30" in said
    assert "https://www.google.com/maps/search/?api=1&query=" in said
    assert "chưa có cửa hàng" not in said and said.count("đường Bống") <= 1


def test_a_place_without_a_store_gets_the_nearest_and_delivery(talk: Talk) -> None:
    said = talk.say("ở Hải Phòng thì ra cửa hàng nào gần nhất")

    assert "chưa có cửa hàng ở Hải Phòng" in said and "12 Hàng Bống" in said
    assert "4 giờ" in talk.press("Giao tận nơi") or talk.turn.says


def test_no_place_gets_all_stores(talk: Talk) -> None:
    said = talk.say("dia chi shop o dau")

    assert all(street in said for street in ("12 Hàng Bống", "34 đường Bống", "56 đường Bống"))
    assert "34 đường Bống" in talk.press("Đà Nẵng")


@pytest.mark.parametrize(
    ("place", "store"),
    [
        ("Hà Nội", "hn"),
        ("TP. Hồ Chí Minh", "hcm"),
        ("Quảng Nam", "dn"),
        ("Huế", "dn"),
        ("Nghệ An", "hn"),
        ("Bình Dương", "hcm"),
        ("Đắk Lắk", "hcm"),
        ("Khánh Hoà", "hcm"),
        ("Paris", None),
    ],
)
def test_every_province_has_its_nearest_store(place: str, store: str | None) -> None:
    assert nearest(place) == store


@pytest.mark.parametrize(
    ("text", "store"),
    [
        ("ngoài Bắc có cơ sở nào không", "hn"),
        ("miền Tây có chi nhánh không em", "hcm"),
        ("gần hồ Gươm không shop", "hn"),
        ("cửa hàng ở đâu", None),
        ("hn với sg chỗ nào lớn hơn", None),
    ],
)
def test_a_region_is_a_place(text: str, store: str | None) -> None:
    assert store_named(text) == store


# When


@pytest.mark.parametrize(
    ("text", "day", "at", "now", "response", "facts"),
    [
        ("mấy giờ mở cửa", None, None, MONDAY, "utter_opening_hours", {}),
        ("giờ này còn mở không", None, None, MONDAY, "utter_open_now", {}),
        ("tối nay còn mở không", None, None, MONDAY, "utter_open_now", {}),
        ("cn shop có mở k", None, None, MONDAY, "utter_open_day", {"day": "Chủ nhật 29/11"}),
        ("tết có mở cửa không", None, None, MONDAY, "utter_tet_hours", {}),
        ("mùng mấy mở cửa lại", None, None, MONDAY, "utter_tet_hours", {}),
        ("22h còn mở", None, time(22), MONDAY, "utter_closed_at", {"when": "22:00 hôm nay"}),
        ("9h tối còn mở", None, time(21), MONDAY, "utter_open_at", {"when": "21:00 hôm nay"}),
        ("mai mở k", date(2026, 11, 24), None, MONDAY, "utter_open_day", {"day": "ngày mai"}),
        ("6/2 mở không", date(2027, 2, 6), None, MONDAY, "utter_closed_day", {}),
    ],
)
def test_hours_are_told_for_what_was_asked(
    text: str,
    day: date | None,
    at: time | None,
    now: datetime,
    response: str,
    facts: dict[str, str],
) -> None:
    said, about = opening(text, day, at, now, stores, staff)

    assert said == response
    assert facts.items() <= about.items()


def test_open_now_depends_on_the_clock() -> None:
    def today(now: datetime) -> str:
        return str(opening("giờ này còn mở không", None, None, now, stores, staff)[1]["today"])

    assert today(MONDAY) == "giờ này đang mở, đến 21:30"
    assert today(MONDAY.replace(hour=23)) == "giờ này đã đóng, mở lại lúc 08:00 ngày mai"


def test_all_hours_are_in_the_general_answer(talk: Talk) -> None:
    said = talk.say("mấy giờ mở cửa")

    assert all(each in said for each in ("08:00–21:30", "13:30–21:00", "08:30–17:30", "mùng 4"))


def test_sunday_is_answered_for_stores_and_staff(talk: Talk) -> None:
    said = talk.say("chủ nhật có làm không shop")

    assert "08:00–21:30" in said and "09:00–18:00" in said


def test_now_is_answered_with_now(talk: Talk) -> None:
    assert "giờ này" in talk.say("giờ này còn mở cửa không shop")


def test_a_closed_shop_brings_a_person_for_hours(talk: Talk, shop: Shop) -> None:
    shop.close()

    talk.say("giờ này còn mở cửa không shop")

    assert talk.handed_off == "backend_error"
    shop.open()


def test_contact_has_everything(talk: Talk) -> None:
    said = talk.say("cho mình xin số hotline")

    assert all(
        each in said
        for each in ("0900 000 000", "hotro@example.com", "example.com", "0000000000", "TNHH")
    )


# Put aside


def test_a_product_is_put_aside_in_a_store(talk: Talk) -> None:
    assert ASKS_CITY in talk.say(f"giữ giúp mình {PRODUCT}, mai mình qua lấy")
    assert ASKS_NAME in talk.press("Đà Nẵng")
    assert ASKS_PHONE in talk.say("tên Lan")
    said = talk.say(PHONE)
    assert READS_BACK in said and "Bống Air 2" in said and "Đà Nẵng" in said and "Lan" in said

    said = talk.press("Đúng rồi")

    assert "34 đường Bống" in said and "21:30" in said and "không cần đặt cọc" in said
    assert "giữ hàng đến 21:30" in talk.say("cảm ơn em")


def test_the_same_yes_delivered_twice_holds_one_piece(talk: Talk) -> None:
    talk.say(f"giữ giúp mình {PRODUCT} ở Hà Nội, tên Lan, số {PHONE}")
    memory, messages = talk.memory, talk.messages
    first = talk.press("Đúng rồi")
    talk.memory, talk.messages = memory, messages

    again = talk._turn(text="Đúng rồi", payload="/affirm")

    assert "GH" in first and again == first


def test_everything_in_one_message(talk: Talk) -> None:
    said = talk.say(f"giữ giúp mình {PRODUCT} ở Hà Nội, tên Lan, số {PHONE}")

    assert READS_BACK in said and "Hà Nội" in said and PHONE in said


def test_a_question_about_deposits_is_answered_and_leads_to_the_form(talk: Talk) -> None:
    said = talk.say("cọc bao nhiêu thì được giữ máy")

    assert "không cần đặt cọc" in said
    assert ASKS_PRODUCT in talk.press("Giữ hàng cho tôi")


def test_a_product_is_found_by_its_words(talk: Talk) -> None:
    talk.say("giữ giúp mình một cái")

    assert ASKS_CITY in talk.say("máy giặt Bống Clean 9")


def test_a_brand_that_is_not_sold_is_told_and_ours_are_offered(talk: Talk) -> None:
    talk.say("giữ giúp mình một cái")

    said = talk.say("iphone 15")

    assert "không bán" in said and ASKS_PRODUCT in said
    assert ASKS_CITY in talk.press(talk.buttons[0])


def test_a_correction_is_read_back(talk: Talk) -> None:
    talk.say(f"giữ giúp mình {PRODUCT} ở Hà Nội, tên Lan, số {PHONE}")

    said = talk.say("à nhầm, lấy ở Đà Nẵng nhé")

    assert READS_BACK in said and "Đà Nẵng" in said and "Hà Nội" not in said


def test_a_question_in_between(talk: Talk) -> None:
    talk.say("giữ giúp mình một cái")
    talk.say(PRODUCT)

    said = talk.say("bãi gửi xe có mất tiền không")

    assert "gửi xe máy miễn phí" in said and said.count(ASKS_CITY) == 1
    assert ASKS_NAME in talk.say("Hà Nội")


def reach(talk: Talk, question: str) -> None:
    talk.say("giữ giúp mình một cái")
    steps = {ASKS_PRODUCT: PRODUCT, ASKS_CITY: "Đà Nẵng", ASKS_NAME: "tên Lan", ASKS_PHONE: PHONE}
    for asked, answer in steps.items():
        if asked == question:
            return
        talk.say(answer)


QUESTIONS = (ASKS_PRODUCT, ASKS_CITY, ASKS_NAME, ASKS_PHONE, READS_BACK)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_person_can_be_asked_for_at_every_question(talk: Talk, question: str) -> None:
    reach(talk, question)
    assert question in talk.turn.says[-1].content.text

    talk.say("cho gặp nhân viên")

    assert talk.handed_off == "customer_request"


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_form_can_be_left_at_every_question(talk: Talk, question: str) -> None:
    reach(talk, question)

    assert "em dừng ở đây" in talk.say("thôi không làm nữa")


def test_a_place_far_from_here_is_no_store(talk: Talk) -> None:
    talk.say("giữ giúp mình một cái")
    talk.say(PRODUCT)

    said = [talk.say("ở Lào"), talk.say("không biết")]

    assert len(set(said)) == 2 and "ví dụ" in said[1]


def test_a_closed_shop_brings_a_person(talk: Talk, shop: Shop) -> None:
    talk.say(f"giữ giúp mình {PRODUCT} ở Hà Nội, tên Lan, số {PHONE}")
    shop.close()

    said = talk.press("Đúng rồi")

    assert (talk.handed_off, said) == ("backend_error", "")
    shop.open()
