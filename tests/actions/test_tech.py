"""At most three steps to try: with the real model and demo shop."""

import pytest

from tests.actions.conftest import Talk

FORMS = {
    "tech": (
        "tivi không kết nối được wifi, chỉ mình với",
        "chưa được",
        "vẫn chưa được",
        "vẫn vậy em",
        "để sau",
    ),
    "unknown": ("cài đặt đồng hồ sao vậy ad", "lỗi khác", "để sau"),
}


def test_three_different_steps_then_the_workshop(talk: Talk) -> None:
    steps = [talk.say(FORMS["tech"][0])]
    assert talk.buttons == ["Được rồi", "Chưa được"]
    steps += [talk.press("Chưa được"), talk.press("Chưa được")]
    assert len(set(steps)) == 3

    said = talk.press("Chưa được")

    assert "chưa xử lý được" in said
    assert talk.buttons == ["Gửi sửa máy", "Gặp nhân viên", "Để sau"]
    said = talk.press("Gửi sửa máy")
    assert "máy gì" in said or "ảnh hoặc video" in said


def test_what_was_said_of_the_fault_is_not_asked_again(talk: Talk) -> None:
    for text in ("tivi có tiếng mà không có hình", "chưa được", "chưa được", "chưa được"):
        talk.say(text)
    assert "ảnh hoặc video" in talk.press("Gửi sửa máy")
    for text in ("bỏ qua", "mang ra cửa hàng", "Tâm"):
        talk.say(text)

    said = talk.say("0900000002")

    assert "tivi có tiếng mà không có hình" in said


@pytest.mark.parametrize(
    "text", ["được rồi em", "ok lên rồi nha", "dc r", "hết lỗi rồi", "k bị nữa"]
)
@pytest.mark.parametrize("tried", [0, 1, 2])
def test_solved_closes_kindly_at_every_step(talk: Talk, text: str, tried: int) -> None:
    talk.say("máy không lên nguồn")
    for _ in range(tried):
        talk.say("chưa được")

    assert "may quá" in talk.say(text)


@pytest.mark.parametrize("text", ["vẫn không được", "van vay", "hong dc", "không lên luôn", "chưa"])
def test_unsolved_goes_on(talk: Talk, text: str) -> None:
    first = talk.say("máy không lên nguồn")

    said = talk.say(text)

    assert "15 giây" in said and said != first


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("laptop mở mãi không lên thì làm thế nào hả em", "ổ điện khác"),
        ("ket noi bluetooth voi laptop sao v", "Bluetooth"),
        ("tivi có tiếng mà không có hình", "Hình đã bình thường"),
        ("tivi có hình mà mất tiếng, chỉ chị cách chỉnh", "âm lượng"),
        ("máy lạnh chớp đèn hoài mà hổng mát, làm sao giờ", "làm lạnh"),
        ("máy giặt không vắt được, mình thử gì trước", "cửa máy"),
        ("may bi giat lag qua, chi e cach xu ly", "tắt hẳn máy"),
        ("máy không sạc được", "củ sạc"),
    ],
)
def test_every_kind_of_fault_has_its_steps(talk: Talk, text: str, words: str) -> None:
    assert words in talk.say(text)


def test_an_unknown_fault_can_be_chosen(talk: Talk) -> None:
    talk.say("cài đặt đồng hồ sao vậy ad")

    assert "âm lượng" in talk.press("Âm thanh")


def test_the_workshop_can_be_asked_for_at_once(talk: Talk) -> None:
    talk.say("máy không lên nguồn")

    said = talk.say("thôi cho mình gửi sửa luôn đi")

    assert "máy gì" in said


def test_a_second_fault_begins_anew(talk: Talk) -> None:
    talk.say("máy không lên nguồn")
    talk.say("chưa được")
    talk.say("thôi")

    assert "ổ điện khác" in talk.say("máy không lên nguồn")


def test_answers_that_say_nothing_bring_a_person(talk: Talk) -> None:
    talk.say("máy không lên nguồn")
    said = [talk.say("hmm"), talk.say("hmm hmm"), talk.say("hmmm")]
    assert len(set(said)) == 3

    talk.say("hmm")

    assert talk.handed_off == "no_progress"
