"""Ordering by chat, and prices for companies."""

import sqlite3

import pytest

from tests.actions.conftest import Shop, Talk

PRODUCT = "mình muốn đặt mua tai nghe bống air 2"
WHO_AND_WHERE = "Lan, 0900000001, 12 Trần Phú P. Hải Châu Đà Nẵng"
ANSWERS = ["màu đen", "Lan", "0900000001", "12 Trần Phú", "phường Hải Châu", "Đà Nẵng"]
PAID = "trả khi nhận hàng"


def written(shop: Shop) -> str:
    """Everything that stands in the shop's books."""
    rows: list[str] = []
    for file in shop.data_dir.rglob("*"):
        if file.is_file() and file.read_bytes()[:6] == b"SQLite":
            with sqlite3.connect(file) as db:
                rows += [line for line in db.iterdump() if line.startswith("INSERT")]
    return "\n".join(rows)


def fill(talk: Talk, *answers: str) -> str:
    """Says one after the other; answers with what was said to the last."""
    return [talk.say(text) for text in answers][-1]


# --- Ordering


def test_an_order_from_the_first_word_to_its_code(talk: Talk, shop: Shop) -> None:
    asked = [talk.say(PRODUCT), *(talk.say(text) for text in ANSWERS)]
    assert "lấy màu nào" in asked[0]
    assert "tên người nhận" in asked[1]
    assert "số điện thoại" in asked[2]
    assert "địa chỉ nào" in asked[3]
    assert "phường hoặc xã" in asked[4]
    assert "tỉnh, thành phố" in asked[5]
    assert "Trả khi nhận hàng" in talk.buttons

    read_back = talk.say(PAID)

    assert "1 × tai nghe Bống Air 2 màu đen" in read_back
    assert "Lan, 0900000001" in read_back
    assert "12 Trần Phú, phường Hải Châu, Đà Nẵng" in read_back
    assert "phí giao 0 đ, tổng cộng 890.000 đ" in read_back
    assert "7 ngày" in read_back and "Công ty TNHH Điện Tử Bống" in read_back
    assert "0000000000" in read_back  # the seller's tax code
    assert "0900000001" not in written(shop)

    said = talk.press("Đồng ý")

    assert "BT261105" in said and "890.000 đ" in said
    assert "0900000001" in written(shop)


def test_an_address_of_before_the_reform_is_read_back_with_its_ward_of_today(
    talk: Talk,
) -> None:
    told = "12 Trần Phú, phường Thạch Thang, quận Hải Châu, Đà Nẵng"
    fill(talk, PRODUCT, "màu đen")

    said = fill(talk, "Lan", "0900000001", told, PAID)

    assert "12 Trần Phú, phường Thạch Thang (nay là phường Hải Châu), Đà Nẵng" in said


def test_what_one_message_holds_is_not_asked_again(talk: Talk) -> None:
    talk.say(PRODUCT)
    talk.say("màu đen")

    assert "thanh toán bằng cách nào" in talk.say(WHO_AND_WHERE)


def test_a_first_message_that_says_much(talk: Talk) -> None:
    said = talk.say("đặt cho mình 2 cái tai nghe bống air 2 màu đen giao về Đà Nẵng")
    assert "tên người nhận" in said

    said = fill(talk, "Lan", "0900000001", "12 Trần Phú phường Hải Châu", PAID)

    assert "2 × tai nghe Bống Air 2 màu đen" in said and "1.780.000 đ" in said


def test_the_product_of_the_talk_is_ordered(talk: Talk) -> None:
    talk.say("tai nghe bống air 2 giá bao nhiêu vậy shop")

    assert "tai nghe Bống Air 2, anh/chị lấy màu nào" in talk.say("chốt đơn nhé shop")


def test_something_else_than_the_product_of_the_talk(talk: Talk) -> None:
    talk.say("tai nghe bống air 2 giá bao nhiêu vậy shop")

    assert "những mẫu sau" in talk.say("đặt mua một cái máy in")


@pytest.mark.parametrize(
    ("correction", "words"),
    [
        ("à nhầm số là 0900000009", "Lan, 0900000009"),
        ("2 cái", "2 × tai nghe Bống Air 2"),
        ("màu trắng nhé", "tai nghe Bống Air 2 màu trắng"),
        ("chuyển khoản", "Thanh toán: Chuyển khoản QR"),
    ],
)
def test_a_correction_is_read_back_and_counts(
    talk: Talk, shop: Shop, correction: str, words: str
) -> None:
    fill(talk, PRODUCT, "màu đen", WHO_AND_WHERE, PAID)

    assert words in talk.say(correction)

    assert "BT261105" in talk.say("đồng ý")
    assert written(shop).count('"receiver": "Lan"') == 1


def test_another_province_asks_for_ward_and_street_again(talk: Talk) -> None:
    fill(talk, PRODUCT, "màu đen", WHO_AND_WHERE, PAID)

    assert "địa chỉ nào" in talk.say("giao về Cần Thơ nhé")


def test_no_order_without_a_yes(talk: Talk, shop: Shop) -> None:
    fill(talk, PRODUCT, "màu đen", WHO_AND_WHERE, PAID)

    said = talk.say("không")

    assert "muốn sửa thông tin nào" in said
    talk.say("để mình nghĩ đã")
    assert "0900000001" not in written(shop)


def test_chot_don_is_a_yes_to_what_was_read_back(talk: Talk) -> None:
    fill(talk, PRODUCT, "màu đen", WHO_AND_WHERE, PAID)

    assert "BT261105" in talk.say("chốt đơn nhé")


def test_the_same_message_twice_orders_once(talk: Talk, shop: Shop) -> None:
    fill(talk, PRODUCT, "màu đen", WHO_AND_WHERE, PAID)
    before = talk.memory
    first = talk.press("Đồng ý")
    yes = talk.turn.events[0]["text"]

    talk.memory, talk.messages = before, talk.messages - 1
    again = talk._turn(text="Đồng ý", payload=str(yes))

    assert again == first
    assert written(shop).count('"receiver": "Lan"') == 1


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["đặt robot hút bụi bống bụi màu đen"], "còn màu trắng"),
        ([PRODUCT, "màu hồng"], "không có loại ‘hồng’"),
        ([PRODUCT, "màu đen", "đặt 20 cái tai nghe bống air 2 màu đen", WHO_AND_WHERE], ""),
        (["đặt cho mình laptop bống book 16 pro", WHO_AND_WHERE, PAID], "tối đa 20.000.000 đ"),
        ([PRODUCT, "màu đen", WHO_AND_WHERE, "trả góp"], "đơn từ 3.000.000 đ mới trả góp được"),
        (["đặt cho mình 9 cái laptop bống book 16 pro"], "chỉ còn 5 cái"),
        (["đặt cho mình 50 cái tai nghe bống air 2"], "nhiều nhất 20 cái"),
        (["đặt mua iphone 15"], "không bán"),
    ],
)
def test_what_cannot_be_is_refused_kindly_and_the_form_goes_on(
    talk: Talk, texts: list[str], words: str
) -> None:
    said = fill(talk, *texts)

    assert words in said
    assert talk.handed_off is None and said.rstrip().endswith(("ạ?", "nhé.", "ạ.", "em."))


def test_after_the_cod_limit_another_way_of_paying_is_taken(talk: Talk) -> None:
    fill(talk, "đặt cho mình laptop bống book 16 pro", WHO_AND_WHERE, PAID)

    assert "25.990.000 đ" in talk.press("Chuyển khoản QR")


def test_sold_out_between_the_read_back_and_the_yes(talk: Talk, shop: Shop) -> None:
    from actions import shop as client

    fill(talk, "đặt cho mình 5 cái laptop bống book 16 pro", WHO_AND_WHERE, "chuyển khoản")
    other = client.place_order(
        "bong-book-16-pro", 1, "", "", "Hùng", "0900000002", "Hà Nội", "bank", "x", "k"
    )
    assert isinstance(other, client.Placed)

    said = talk.press("Đồng ý")

    assert "chỉ còn 4 cái" in said and "lấy mấy cái" in said
    assert "BT2" not in said


ORDER_SLOTS = [
    ["mình muốn đặt hàng"],
    [PRODUCT],
    ["đặt mua điện thoại bống phone 5 màu đen"],
    *([PRODUCT, *ANSWERS[:n]] for n in range(1, len(ANSWERS) + 1)),
    [PRODUCT, "màu đen", WHO_AND_WHERE, PAID],
]


@pytest.mark.parametrize("before", ORDER_SLOTS)
def test_from_every_question_there_is_a_way_back_out_and_to_a_person(
    talk: Talk, shop: Shop, before: list[str]
) -> None:
    asked = fill(talk, *before)

    said = talk.say("mấy giờ mở cửa vậy shop")
    assert "08:00–21:30" in said and said.count(asked) == 1
    assert "dừng ở đây" in talk.say("thôi")
    assert "0900000001" not in written(shop)

    fill(talk, *before)
    talk.say("cho gặp nhân viên")
    assert talk.handed_off == "customer_request"
    assert talk.turn.says == ()


def test_questions_about_a_product_change_nothing_of_the_order(talk: Talk) -> None:
    fill(talk, PRODUCT, "màu đen", WHO_AND_WHERE)

    said = talk.say("laptop bống book 14 giá bao nhiêu")

    assert "laptop Bống Book 14" in said and "thanh toán bằng cách nào" in said
    assert "1 × tai nghe Bống Air 2 màu đen" in talk.say(PAID)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Lan", "Lan"),
        ("lan", "Lan"),
        ("chị Mai", "Mai"),
        ("chi Hoa", "Hoa"),  # without accents it looks like "hoá đơn"
        ("mình tên Hùng ạ", "Hùng"),
        ("Nguyễn Thị Lan", "Nguyễn Thị Lan"),
        ("tran van hung", "Tran Van Hung"),
    ],
)
def test_a_name_however_it_is_given(talk: Talk, text: str, name: str) -> None:
    fill(talk, PRODUCT, "màu đen")

    assert "số điện thoại" in talk.say(text)

    said = fill(talk, "0900000001", "12 Trần Phú P. Hải Châu Đà Nẵng", PAID)
    assert f"Người nhận: {name}, 0900000001" in said


@pytest.mark.parametrize("text", ["Bảo hành", "giá ạ", "đồ ngu", "cảm ơn"])
def test_what_is_no_name_is_not_taken_for_one(talk: Talk, text: str) -> None:
    fill(talk, PRODUCT, "màu đen")

    assert "số điện thoại nhận hàng" not in talk.say(text)


@pytest.mark.parametrize("text", ["huỷ", "thôi không mua nữa", "thôi"])
def test_an_order_can_be_given_up_in_several_words(talk: Talk, text: str) -> None:
    fill(talk, PRODUCT, "màu đen")

    assert "dừng ở đây" in talk.say(text)


def test_a_product_or_colour_changed_on_the_way_is_no_name(talk: Talk) -> None:
    assert "tên người nhận" in fill(talk, PRODUCT, "màu đen", "đổi sang màu trắng")
    assert "lấy màu nào" in talk.say("à mà lấy laptop bống book 14 đi")

    assert "lấy bản nào" in talk.say("màu bạc")
    assert talk.buttons == ["512 GB", "1 TB"]


def test_a_question_within_the_order_is_about_what_is_ordered(talk: Talk) -> None:
    fill(talk, PRODUCT, "màu đen")

    assert "kèm hộp 30 giờ" in talk.say("pin dùng được bao lâu")


@pytest.mark.parametrize("digits", ["090000", "09000000011", "12345"])
def test_a_phone_that_is_none_is_asked_for_again_with_an_example(talk: Talk, digits: str) -> None:
    fill(talk, PRODUCT, "màu đen", "Lan")

    assert "ví dụ: 0900 000 001" in talk.say(digits)


def test_it_goes_on_when_only_slots_are_remembered(talk: Talk) -> None:
    fill(talk, PRODUCT, "màu đen", WHO_AND_WHERE)
    talk.forget_events()

    assert "1 × tai nghe Bống Air 2 màu đen" in talk.say(PAID)


@pytest.mark.parametrize("filled", [[], [PRODUCT], [PRODUCT, "màu đen", WHO_AND_WHERE, PAID]])
def test_a_closed_shop_brings_a_person(talk: Talk, shop: Shop, filled: list[str]) -> None:
    for text in filled:
        talk.say(text)
    shop.close()

    said = talk.say("đồng ý" if len(filled) > 1 else "màu đen" if filled else PRODUCT)

    assert (talk.handed_off, said) == ("backend_error", "")
    shop.open()


# --- Companies

MANY = "công ty mình cần 20 máy in laser, có báo giá riêng không?"


def test_a_company_gets_a_code_and_a_person(talk: Talk, shop: Shop) -> None:
    assert "tên công ty" in talk.say(MANY)
    assert "mã số thuế" in talk.say("Công ty Hoa Sen")
    assert "liên hệ với ai" in talk.say("bỏ qua")
    read_back = talk.say("Lan 0900000001")
    assert "20 máy in laser" in read_back and "Mã số thuế: chưa ghi" in read_back
    assert "Hoa Sen" not in written(shop)

    said = talk.press("Đồng ý")

    assert "đã gửi yêu cầu" in said
    assert talk.handed_off == "b2b"
    assert "Hoa Sen" in written(shop)


def test_what_a_company_corrects_is_read_back(talk: Talk) -> None:
    fill(talk, MANY, "Công ty Hoa Sen", "bỏ qua", "Lan 0900000001")

    assert "Liên hệ: hoasen@example.com" in talk.say("à gửi qua hoasen@example.com nhé")


B2B_SLOTS = [
    ["mua sll co chiet khau k"],
    [MANY],
    [MANY, "Công ty Hoa Sen"],
    [MANY, "Công ty Hoa Sen", "bỏ qua"],
    [MANY, "Công ty Hoa Sen", "bỏ qua", "Lan 0900000001"],
]


@pytest.mark.parametrize("before", B2B_SLOTS)
def test_a_company_too_may_ask_leave_and_have_a_person(
    talk: Talk, shop: Shop, before: list[str]
) -> None:
    asked = fill(talk, *before)

    said = talk.say("phí ship bao nhiêu")
    assert "30.000 đ" in said and said.count(asked) == 1
    assert "dừng ở đây" in talk.say("thôi")
    assert "Hoa Sen" not in written(shop)

    fill(talk, *before)
    talk.say("cho gặp nhân viên")
    assert talk.handed_off == "customer_request"


def test_a_closed_shop_keeps_no_request(talk: Talk, shop: Shop) -> None:
    fill(talk, MANY, "Công ty Hoa Sen", "bỏ qua", "Lan 0900000001")
    shop.close()

    said = talk.say("đồng ý")

    assert (talk.handed_off, said) == ("backend_error", "")
    shop.open()
