"""What does it cost, is it there, what can it do: questions about products, and advice."""

import pytest

from tests.actions.conftest import Shop, Talk

MINUTES = 60.0


def titles(talk: Talk) -> list[str]:
    return [card.title for say in talk.turn.says for card in say.content.cards]


def press_card(talk: Talk, title: str, button: str) -> str:
    """Presses a button of a card of the last answer."""
    cards = [card for say in talk.turn.says for card in say.content.cards]
    found = next(b for card in cards if card.title == title for b in card.buttons)
    chosen = next(
        (b for card in cards if card.title == title for b in card.buttons if b.title == button),
        found,
    )
    assert chosen.title == button
    return talk._turn(text=button, payload=chosen.key)


def age(talk: Talk, seconds: float) -> None:
    """Makes the last answer about a product so much older."""
    for event in talk.memory.events:
        if event["event"] == "slot" and event["name"] == "product_at":
            event["value"] -= seconds


# --- Price, stock, specs


def test_a_price_is_told_with_what_it_was_and_a_way_to_order(talk: Talk) -> None:
    said = talk.say("tai nghe bống air 2 giá bao nhiêu vậy shop")

    assert "990.000 đ còn 890.000 đ" in said
    assert "Đặt mua" in talk.buttons


def test_each_storage_has_its_price(talk: Talk) -> None:
    said = talk.say("bống phone 5 giá bao nhiêu")

    assert "128 GB: 6.490.000 đ" in said and "256 GB: 7.490.000 đ" in said
    assert "7.490.000 đ" in talk.say("bản 256gb bao nhiêu tiền")


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("còn màu đen không", "tai nghe Bống Air 2 màu đen còn hàng"),
        ("con mau den k shop", "tai nghe Bống Air 2 màu đen còn hàng"),
        ("pin dùng được bao lâu", "kèm hộp 30 giờ"),
        ("giá bao nhiêu", "890.000 đ"),
        ("mua trả góp được không shop", "mới trả góp được, còn tai nghe Bống Air 2"),
    ],
)
def test_a_question_that_follows_is_about_the_last_product(
    talk: Talk, question: str, words: str
) -> None:
    talk.say("tai nghe bống air 2 giá bao nhiêu vậy shop")

    assert words in talk.say(question)


def test_it_is_about_the_last_product_for_a_quarter_of_an_hour(talk: Talk) -> None:
    talk.say("tai nghe bống air 2 giá bao nhiêu vậy shop")
    age(talk, 14.5 * MINUTES)
    assert "còn hàng" in talk.say("còn hàng không")

    age(talk, 16 * MINUTES)

    assert "đang hỏi mẫu nào" in talk.say("còn hàng không")


def test_it_is_remembered_when_only_slots_are(talk: Talk) -> None:
    talk.say("tai nghe bống air 2 giá bao nhiêu vậy shop")
    talk.forget_events()

    assert "màu đen còn hàng" in talk.say("còn màu đen không")


def test_the_kind_beside_a_pointing_word_is_the_last_product(talk: Talk) -> None:
    talk.say("tai nghe bống air 2 giá bao nhiêu vậy shop")

    assert "Bống Air 2" in talk.say("tai nghe này còn hàng không")
    talk.say("tai nghe bên mình giá bao nhiêu")
    assert len(titles(talk)) == 3


def test_a_kind_gives_cards_and_a_card_answers_the_same_question(talk: Talk) -> None:
    talk.say("điện thoại còn hàng không shop")
    assert "Điện thoại Bống Phone 5" in titles(talk)

    said = press_card(talk, "Điện thoại Bống Phone 5", "Chọn mẫu này")

    assert "điện thoại Bống Phone 5 còn hàng" in said
    assert "6.490.000 đ" in talk.say("giá bao nhiêu")


def test_nothing_named_gives_the_kinds(talk: Talk) -> None:
    assert "đang hỏi mẫu nào" in talk.say("giá bao nhiêu vậy shop")

    talk.press("Laptop")

    assert "Laptop Bống Book 14" in titles(talk)


@pytest.mark.parametrize("text", ["ip 15 bn tien z ad", "samsung s24 giá bao nhiêu"])
def test_a_brand_that_is_not_sold_is_said(talk: Talk, text: str) -> None:
    talk.say("tai nghe bống air 2 giá bao nhiêu vậy shop")

    said = talk.say(text)

    assert "không bán" in said and "890.000" not in said


def test_a_bare_name_is_a_question_for_the_price(talk: Talk) -> None:
    said = talk.say("laptop bống book 14")

    assert "512 GB: 15.990.000 đ" in said and "chưa hiểu" not in said


def test_dear_is_no_brand(talk: Talk) -> None:
    assert "đang hỏi mẫu nào" in talk.say("con nay mac k em, bao nhieu vay")


def test_goods_that_are_not_sold_are_said(talk: Talk) -> None:
    talk.say("tai nghe bống air 2 giá bao nhiêu vậy shop")

    assert "chưa bán nồi chiên" in talk.say("nồi chiên không dầu bao nhiêu tiền")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("bống air 2 màu hồng còn không", "không có màu hồng"),
        ("robot hút bụi bống bụi màu đen còn không", "còn màu trắng"),
        ("điện thoại bống phone 5 màu xanh bản 256gb còn không", "hết hàng"),
        ("máy lạnh gió nam ở Đà Nẵng còn hàng không", "đang hết, còn hàng ở Hà Nội"),
        ("cửa hàng Đà Nẵng còn laptop bống book 14 không shop", "còn hàng ở cửa hàng Đà Nẵng"),
    ],
)
def test_what_is_not_there_is_said_with_what_is(talk: Talk, text: str, words: str) -> None:
    assert words in talk.say(text)


def test_a_spec_that_is_not_known_is_not_invented(talk: Talk) -> None:
    talk.say("tai nghe bống air 2 giá bao nhiêu vậy shop")

    said = talk.say("tai nghe này có nfc không shop")

    assert "chưa có thông tin" in said
    assert "Gặp nhân viên" in talk.buttons


# --- Promotions, instalments


def test_only_promotions_of_today_are_told(talk: Talk) -> None:
    said = talk.say("đợt này có chương trình gì không shop")

    assert "Tuần lễ âm thanh" in said and "đến hết Chủ nhật 29/11" in said
    assert "Tựu trường" not in said


def test_instalments_are_told_from_the_facts(talk: Talk) -> None:
    said = talk.say("mua trả góp 0% cần giấy tờ gì ạ")

    assert "3.000.000 đ" in said and "căn cước" in said


def test_instalments_of_the_product_of_the_talk(talk: Talk) -> None:
    talk.say("laptop bống book 14 giá bao nhiêu")

    assert "laptop Bống Book 14 giá 15.990.000 đ, mua trả góp" in talk.say(
        "trả góp được không shop"
    )


# --- Advice

WISH = "tư vấn giúp mình điện thoại tầm 7 triệu chụp ảnh đẹp"


def test_what_was_said_is_not_asked_again(talk: Talk) -> None:
    assert "nhất định phải có" in talk.say(WISH)

    said = talk.say("bỏ qua")

    assert "điểm trừ" in said
    assert titles(talk) == ["Điện thoại Bống Phone 5"]


def test_four_questions_at_most_and_three_products_each_with_a_drawback(talk: Talk) -> None:
    asked = [talk.say("tư vấn giúp mình với")]
    asked.append(talk.press("Điện thoại"))
    asked.append(talk.say("mua cho mẹ mình dùng"))
    asked.append(talk.say("bao nhiêu cũng được"))

    talk.say("bỏ qua")

    assert len(set(asked)) == 4
    cards = [card for say in talk.turn.says for card in say.content.cards]
    assert 1 <= len(cards) <= 3
    assert all("Điểm trừ: " in card.subtitle for card in cards)
    assert "Gặp nhân viên" in talk.buttons


def test_questions_may_be_answered_in_any_order(talk: Talk) -> None:
    talk.say("tư vấn giúp mình với")
    assert "loại sản phẩm nào" in talk.say("dưới 10 triệu")
    assert "loại sản phẩm nào" in talk.say("để chơi game")
    assert "nhất định phải có" in talk.say("điện thoại")


def test_a_price_nobody_sells_at_is_said_with_the_nearest(talk: Talk) -> None:
    talk.say("tư vấn giúp mình điện thoại dưới 1 triệu để nghe gọi")
    talk.say("bỏ qua")

    said = (
        talk.say("bỏ qua")
        if not titles(talk)
        else "\n".join(say.content.text for say in talk.turn.says)
    )

    assert "khoảng giá đó bên em chưa có" in said
    assert len(titles(talk)) <= 3


def test_nothing_told_brings_a_person(talk: Talk) -> None:
    for text in ("tư vấn giúp mình với", "bỏ qua", "bỏ qua", "bỏ qua", "bỏ qua"):
        talk.say(text)

    assert talk.handed_off == "no_progress"


def test_a_card_of_the_advice_begins_the_order(talk: Talk) -> None:
    talk.say(WISH)
    talk.say("bỏ qua")

    said = press_card(talk, "Điện thoại Bống Phone 5", "Đặt mua")

    assert "điện thoại Bống Phone 5, anh/chị lấy màu nào" in said


ADVICE_SLOTS = [
    ["tư vấn giúp mình với"],
    ["tư vấn giúp mình với", "điện thoại"],
    ["tư vấn giúp mình với", "điện thoại", "chơi game"],
    ["tư vấn giúp mình với", "điện thoại", "chơi game", "dưới 8 triệu"],
]


@pytest.mark.parametrize("before", ADVICE_SLOTS)
def test_a_question_between_is_answered_and_advice_goes_on(talk: Talk, before: list[str]) -> None:
    asked = [talk.say(text) for text in before][-1]

    said = talk.say("mấy giờ mở cửa vậy shop")

    assert "08:00–21:30" in said
    assert said.count(asked.splitlines()[-1]) == 1


@pytest.mark.parametrize("before", ADVICE_SLOTS)
def test_advice_can_be_left(talk: Talk, before: list[str]) -> None:
    for text in before:
        talk.say(text)

    assert "dừng ở đây" in talk.say("thôi")


@pytest.mark.parametrize("before", ADVICE_SLOTS)
def test_a_person_can_be_had_during_advice(talk: Talk, before: list[str]) -> None:
    for text in before:
        talk.say(text)

    talk.say("cho gặp nhân viên")

    assert talk.handed_off == "customer_request"
    talk.say("cảm ơn em")
    assert "Bỏ qua" not in talk.buttons


@pytest.mark.parametrize(
    "text",
    [
        "tai nghe bống air 2 giá bao nhiêu vậy shop",
        "điện thoại còn hàng không shop",
        "đợt này có chương trình gì không shop",
        WISH,
        "định giá giúp mình con iphone 12 dùng 3 năm",
    ],
)
def test_a_closed_shop_brings_a_person_and_no_invented_answer(
    talk: Talk, shop: Shop, text: str
) -> None:
    shop.close()

    said = talk.say(text)

    assert (talk.handed_off, said) == ("backend_error", "")
    shop.open()


# --- Trade-in


def test_model_and_condition_give_a_range_and_who_names_the_final_price(talk: Talk) -> None:
    assert "dùng thế nào" in talk.say("định giá giúp mình con iphone 12 dùng 3 năm")

    said = talk.press("Tốt")

    assert "3.500.000 đ đến 4.500.000 đ" in said
    assert "giá cuối do cửa hàng chốt" in said


def test_both_in_one_message(talk: Talk) -> None:
    assert "500.000 đ đến 1.250.000 đ" in talk.say(
        "mình muốn thu cũ đổi mới con iphone 12 bị nứt màn hình thì được bao nhiêu"
    )


def test_a_device_the_shop_has_no_price_for(talk: Talk) -> None:
    talk.say("có thu cũ đổi mới không shop")
    talk.say("máy nokia đời đầu")

    assert "chưa có giá thu" in talk.say("còn tốt")
    assert "Gặp nhân viên" in talk.buttons


TRADE_IN_SLOTS = [
    ["có thu cũ đổi mới không shop"],
    ["có thu cũ đổi mới không shop", "bống phone 4"],
]


@pytest.mark.parametrize(
    "first",
    ["tư vấn giúp mình với", "có thu cũ đổi mới không shop"],
)
def test_huy_leaves_too(talk: Talk, first: str) -> None:
    talk.say(first)

    assert "dừng ở đây" in talk.say("huỷ")


@pytest.mark.parametrize("before", TRADE_IN_SLOTS)
def test_trade_in_waits_can_be_left_and_brings_a_person(talk: Talk, before: list[str]) -> None:
    asked = [talk.say(text) for text in before][-1]

    said = talk.say("phí ship bao nhiêu")
    assert "30.000 đ" in said and said.count(asked) == 1
    assert "dừng ở đây" in talk.say("thôi")

    for text in before:
        talk.say(text)
    talk.say("cho gặp nhân viên")
    assert talk.handed_off == "customer_request"


def test_answers_nobody_can_read_are_put_differently_then_bring_a_person(talk: Talk) -> None:
    said = [talk.say("có thu cũ đổi mới không shop"), talk.say("ừ")]
    said.append(talk.say("ok em"))
    said.append(talk.say("ừ"))
    assert len(set(said)) == 4 and "Gặp nhân viên" in talk.buttons

    talk.press("Gặp nhân viên")

    assert talk.handed_off == "customer_request"
