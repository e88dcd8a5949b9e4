"""Busy, no need, call me back, news yes and no: the conversations."""

from datetime import date, datetime, time, timedelta

import pytest

from actions import hours
from actions.talk import HERE
from tests.actions.conftest import Shop, Talk

ASKS_TIME = "vào ngày nào, lúc mấy giờ"
ASKS_PHONE = "số điện thoại để nhân viên gọi"
ASKS_MATTER = "việc gì"
READS_BACK = "Dạ em đọc lại"
ASKS_NEWS = (
    "Thỉnh thoảng bên em có ưu đãi lớn và lời chúc dịp sinh nhật, anh/chị có muốn nhận tin không ạ?"
    " Muốn dừng lúc nào, anh/chị chỉ cần nhắn ‘dừng nhận tin’."
)
PHONE = "0900000001"


def consent(said: str, wording: str) -> dict[str, object]:
    return {"consent": {"purposes": ["promotion", "birthday"], "said": said, "wording": wording}}


def tomorrow() -> date:
    return datetime.now(HERE).date() + timedelta(days=1)


def said_day(day: date) -> str:
    return f"{hours.WEEKDAYS[day.weekday()]} {day.day}/{day.month}"


# Busy


def test_a_busy_customer_is_offered_three_times_and_a_call_is_booked(talk: Talk) -> None:
    said = talk.say("dang ban lam e oi")

    assert "không làm phiền" in said and len(talk.buttons) == 4
    assert ASKS_PHONE in talk.press(talk.buttons[1])
    assert ASKS_MATTER in talk.say(PHONE)
    assert READS_BACK in talk.press("Bỏ qua")
    assert "đặt lịch xong" in talk.press("Đúng rồi")
    (promised,) = talk.turn.promised
    assert (promised.kind, promised.text) == ("callback", PHONE)
    assert promised.due_at > datetime.now(HERE)


def test_a_busy_customer_may_be_left_alone(talk: Talk) -> None:
    talk.say("Giờ chị đang họp, lát nhắn lại nhé")

    said = talk.press("Để sau")

    assert "Khi nào tiện" in said and talk.buttons == []


def test_a_busy_customer_who_wants_no_call_is_left_alone(talk: Talk) -> None:
    talk.say("đang bận nhé")

    said = talk.say("không cần gọi đâu em")

    assert "Khi nào tiện" in said and talk.buttons == []


def test_a_busy_customer_without_a_need_is_thanked_and_left_alone(talk: Talk) -> None:
    talk.say("đang bận nhé")

    assert "cảm ơn anh/chị đã trả lời" in talk.say("chưa có nhu cầu em ơi")
    assert talk.turn.consents[0].said == "not_now"


def test_a_time_alone_answers_the_offer(talk: Talk) -> None:
    talk.say("đang bận nhé")

    assert ASKS_PHONE in talk.say("15:00 ngày mai")


def test_a_form_waits_for_a_busy_customer_without_asking_again(talk: Talk) -> None:
    talk.say("đơn BT26110123 tới đâu rồi")

    said = talk.say("đang họp, tí nữa nhắn")

    assert "giữ trong 24 giờ" in said and "4 số cuối" not in said
    assert talk.say("0001").startswith("Dạ đơn BT26110123")


def test_a_goodbye_in_a_form_is_not_followed_by_a_question(talk: Talk) -> None:
    talk.say("gọi lại giúp mình")

    assert "?" not in talk.say("bai bai shop")
    assert talk.say("15:00 ngày mai").endswith(f"{ASKS_PHONE} ạ.")


# No need


def test_no_need_is_thanked_for_and_asked_once_about_news(talk: Talk) -> None:
    said = talk.say("Mình chưa có nhu cầu, cảm ơn em")

    assert "cảm ơn" in said and "Điện Tử Bống" in said and "Chúc anh/chị" in said
    assert "muốn nhận tin" in said
    said = talk.say("không có nhu cầu thật mà")
    assert "muốn nhận tin" not in said


def test_no_need_keeps_sales_away_for_thirty_days(talk: Talk) -> None:
    talk.say("Mình chưa có nhu cầu, cảm ơn em")

    (no_need, *_) = talk.turn.consents
    assert (no_need.purpose, no_need.said, no_need.days) == ("promotion", "not_now", 30)


def test_no_need_ends_a_form(talk: Talk) -> None:
    talk.say("gọi lại giúp mình")

    talk.say("thôi em ơi chị chưa có nhu cầu")

    assert ASKS_TIME not in talk.turn.says[-1].content.text
    assert ASKS_TIME not in talk.say("phí ship bao nhiêu")


@pytest.mark.parametrize(
    ("answer", "given"), [("ừ em", True), ("không em", False), ("đồng ý nhận tin khuyến mãi", True)]
)
def test_the_answer_about_news_is_recorded_with_the_words_shown(
    talk: Talk, answer: str, given: bool
) -> None:
    talk.say("Mình chưa có nhu cầu, cảm ơn em")

    said = talk.say(answer)

    assert talk.recorded == [consent("yes", said) if given else consent("no", ASKS_NEWS)]


# News


def test_opting_in_is_recorded_with_the_words_shown(talk: Talk) -> None:
    said = talk.say("dang ky nhan tin giam gia")

    assert "Điện Tử Bống" in said and "dừng nhận tin" in said
    assert talk.recorded == [consent("yes", said)]


def test_the_words_shown_are_recorded_in_the_customers_address(talk: Talk) -> None:
    said = talk._turn(text="đăng ký nhận tin giảm giá", payload="", address="cô")

    assert "cháu" in said
    assert talk.recorded[0]["consent"]["wording"] == said  # type: ignore[index]


@pytest.mark.parametrize(
    "text", ["dừng nhận tin", "huy nhan tin", "ngưng gửi tin giùm cái, phiền quá à"]
)
def test_opting_out_works_at_once_and_never_asks_back(talk: Talk, text: str) -> None:
    said = talk.say(text)

    assert "đã dừng" in said and "?" not in said and talk.buttons == []
    assert talk.recorded == [consent("no", said)]


def test_opting_out_is_confirmed_once(talk: Talk) -> None:
    first = talk.say("huy nhan tin")

    again = talk.say("đừng nhắn quảng cáo cho mình nữa")

    assert again and again != first and len(again) < len(first)
    talk.say("Mình chưa có nhu cầu, cảm ơn em")
    assert "muốn nhận tin" not in talk.turn.says[-1].content.text


def test_opting_out_in_a_form_is_not_followed_by_a_question(talk: Talk) -> None:
    talk.say("gọi lại giúp mình")

    assert "?" not in talk.say("đừng nhắn quảng cáo cho mình nữa")
    assert "đã nhận" not in talk.say("15:00 ngày mai")
    assert ASKS_PHONE in talk.turn.says[0].content.text


@pytest.mark.parametrize("text", ["thôi", "thôi em không cần đâu"])
def test_any_no_to_news_is_a_no(talk: Talk, text: str) -> None:
    talk.say("Mình chưa có nhu cầu, cảm ơn em")

    talk.say(text)

    assert talk.recorded == [consent("no", ASKS_NEWS)]


# Call me back


def test_everything_in_one_message_is_only_read_back(talk: Talk) -> None:
    said = talk.say(f"gọi lại cho mình lúc 3 giờ chiều mai số {PHONE}")
    assert ASKS_MATTER in said

    said = talk.say("tư vấn máy lạnh cho phòng ngủ")

    day = said_day(tomorrow())
    assert READS_BACK in said and f"15:00 {day}" in said and PHONE in said
    assert "tư vấn máy lạnh cho phòng ngủ" in said
    said = talk.press("Đúng rồi")
    assert f"15:00 {day}" in said


def test_one_answer_at_a_time(talk: Talk) -> None:
    assert ASKS_TIME in talk.say("gọi lại giúp mình")
    assert len(talk.buttons) == 3
    assert "lúc mấy giờ" in talk.say("ngày mai")
    assert said_day(tomorrow()) in talk.say("9 giờ") or ASKS_PHONE in talk.turn.says[0].content.text
    assert ASKS_MATTER in talk.say(PHONE)
    assert f"09:00 {said_day(tomorrow())}" in talk.say("bỏ qua")


def test_a_bare_hour_is_an_hour_at_which_people_work(talk: Talk) -> None:
    talk.say(f"mai 3 giờ gọi lại cho mình số {PHONE}")

    assert "15:00" in talk.press("Bỏ qua")


def test_any_time_is_the_next_free_one(talk: Talk) -> None:
    assert ASKS_PHONE in talk.say("Khi mô rảnh gọi cho tui hỉ")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("hôm qua 15:00", "đã qua"),
        ("11 giờ đêm mai", "không có nhân viên"),
        ("3 giờ sáng mai", "không có nhân viên"),
    ],
)
def test_a_time_that_cannot_be_is_refused_with_its_reason(talk: Talk, text: str, why: str) -> None:
    talk.say("gọi lại giúp mình")

    said = talk.say(text)

    assert why in said and ("lúc mấy giờ" in said)
    assert "chưa thấy" not in said


def test_refused_times_end_at_a_person(talk: Talk) -> None:
    talk.say("gọi lại giúp mình")
    for _ in range(4):
        talk.say("11 giờ đêm mai")
    assert "Gặp nhân viên" in talk.buttons

    talk.say("11 giờ đêm mai")

    assert talk.handed_off == "no_progress"


def test_a_correction_is_read_back(talk: Talk) -> None:
    talk.say(f"gọi lại cho mình lúc 15:00 ngày mai số {PHONE}")
    talk.press("Bỏ qua")

    said = talk.say("à nhầm, số 0900000002")
    assert "0900000002" in said and "15:00" in said
    said = talk.say("đổi thành 4 giờ chiều nhé")

    assert f"16:00 {said_day(tomorrow())}" in said and "0900000002" in said


def test_a_question_in_between(talk: Talk) -> None:
    talk.say("gọi lại cho mình lúc 15:00 ngày mai")

    said = talk.say("phí ship bao nhiêu vậy shop?")

    assert "30.000 đ" in said and said.count(ASKS_PHONE) == 1
    assert ASKS_MATTER in talk.say(PHONE)


def reach(talk: Talk, question: str) -> None:
    talk.say("gọi lại giúp mình")
    if question == ASKS_TIME:
        return
    talk.say("15:00 ngày mai")
    if question == ASKS_PHONE:
        return
    talk.say(PHONE)
    if question == ASKS_MATTER:
        return
    talk.press("Bỏ qua")


QUESTIONS = (ASKS_TIME, ASKS_PHONE, ASKS_MATTER, READS_BACK)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_person_can_be_asked_for_at_every_question(talk: Talk, question: str) -> None:
    reach(talk, question)

    talk.say("cho gặp nhân viên")

    assert talk.handed_off == "customer_request"


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("text", ["thôi không làm nữa", "dừng lại"])
def test_the_form_can_be_left_at_every_question(talk: Talk, question: str, text: str) -> None:
    reach(talk, question)

    assert "em dừng ở đây" in talk.say(text)


def test_wrong_answers_change_the_wording_then_bring_a_person(talk: Talk) -> None:
    said = [talk.say("gọi lại cho mình lúc 15:00 ngày mai"), talk.say("12345")]
    said.append(talk.say("không nhớ"))
    talk.say("không biết luôn")

    assert len(set(said)) == 3
    assert "Gặp nhân viên" in talk.buttons
    talk.say("12")
    assert talk.handed_off == "no_progress"


def test_a_closed_shop_brings_a_person(talk: Talk, shop: Shop) -> None:
    talk.say(f"gọi lại cho mình lúc 15:00 ngày mai số {PHONE}")
    talk.press("Bỏ qua")
    shop.close()

    said = talk.press("Đúng rồi")

    assert (talk.handed_off, said) == ("backend_error", "")
    shop.open()


def test_a_shop_closed_from_the_start_brings_a_person(talk: Talk, shop: Shop) -> None:
    shop.close()

    said = talk.say("đang bận nhé")

    assert (talk.handed_off, said) == ("backend_error", "")
    shop.open()


# Hours

STAFF = "08:00–12:00 và 13:30–21:00 từ thứ Hai đến thứ Bảy, 09:00–18:00 Chủ nhật"
TET = "nghỉ từ 29 tháng Chạp đến hết mùng 4"


def test_hours_are_read_as_customers_read_them() -> None:
    week = hours.read(STAFF, TET)

    assert hours.say_spans(week.of(date(2026, 11, 28))) == "08:00–12:00 và 13:30–21:00"
    assert hours.say_spans(week.of(date(2026, 11, 29))) == "09:00–18:00"
    assert week.closes(datetime(2026, 11, 23, 12, 0, tzinfo=HERE)) is None
    assert week.closes(datetime(2026, 11, 23, 13, 30, tzinfo=HERE)) == time(21)


def test_tet_is_closed_from_the_29th_to_the_fourth() -> None:
    week = hours.read("08:00–21:30 hằng ngày", TET)

    closed = [day for day in range(1, 15) if not week.of(date(2027, 2, day))]

    assert closed == [5, 6, 7, 8, 9]  # Tết is 6 February 2027
    evening = datetime(2027, 2, 4, 22, 0, tzinfo=HERE)
    assert week.next_opening(evening) == datetime(2027, 2, 10, 8, 0, tzinfo=HERE)


def test_free_times_are_ahead_and_in_working_hours() -> None:
    week = hours.read(STAFF, TET)
    sunday_evening = datetime(2026, 11, 29, 17, 45, tzinfo=HERE)

    times = week.free_times(sunday_evening)

    assert [f"{at:%d %H:%M}" for at in times] == ["30 09:00", "30 11:00", "30 14:00"]


def test_hours_that_cannot_be_read_are_no_hours() -> None:
    with pytest.raises(Exception, match="cannot be read"):
        hours.read("")
