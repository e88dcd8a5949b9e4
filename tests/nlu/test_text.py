"""One message, one form: what `normalise` promises."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu.text import has_accents, normalise, strip_accents, teencode, words

LETTERS = (
    "aăâbcdđeêghiklmnoôơpqrstuưvxyzjw" + "áàảãạấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ"
)
VIETNAMESE = st.text(st.sampled_from(LETTERS + "0123456789 .,?!-/\u0300\u0301\u0323\u200b👍"))
CHAT = st.lists(
    st.sampled_from([*teencode().always, *teencode().context, "50", "shop", "không", "bao", "ở"])
).map(" ".join)


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        # composed and decomposed letters
        (unicodedata.normalize("NFD", "Đổi trả được không"), "đổi trả được không"),
        # where the tone mark stands, and i or y
        ("hóa đơn", "hoá đơn"),
        ("hoá đơn", "hoá đơn"),
        ("khỏe thủy", "khoẻ thuỷ"),
        ("hòan tìên", "hoàn tiền"),
        ("qùa", "quà"),
        ("kỹ thuật", "kĩ thuật"),
        ("kĩ thuật", "kĩ thuật"),
        ("quý khách", "quí khách"),
        ("giá", "giá"),
        ("giữ", "giữ"),
        # stretched words
        ("đẹpppp quáaaa", "đẹp quá"),
        ("shopp ơiiii", "shop ơi"),
        ("app free full 1000", "app free full 1000"),
        # invisible and look-alike characters
        ("đ\u200bơn h\u00adàng", "đơn hàng"),
        ("ѕhор", "shop"),
        ("ｓｈｏｐ", "shop"),
        ("Ðơn", "đơn"),
        # teencode
        ("k có", "không có"),
        ("50k", "50k"),
        ("50 k dc k", "50 nghìn được không"),
        ("bn tien z ad", "bao nhiêu tien vậy shop"),
        ("cho mk gặp nv vs", "cho mình gặp nhân viên với"),
        ("giao hàng ntn", "giao hàng như thế nào"),
        ("bây h mấy h đóng cửa", "bây giờ mấy giờ đóng cửa"),
        ("7h tối", "7h tối"),
        ("bt 2611 0123", "bt 2611 0123"),
        ("sll sl", "số lượng lớn sl"),
        # North, Central, South
        ("có mở cửa hông dzậy", "có mở cửa không vậy"),
        ("cái chi rứa", "cái gì vậy"),
        ("chi nhánh mô", "chi nhánh đâu"),
        ("làm răng", "làm sao"),
        ("răng hàm", "răng hàm"),
        ("tai nghe nghen", "tai nghe nhé"),
        # words that only look like abbreviations stay
        ("bài thơ", "bài thơ"),
        ("giao tận nha", "giao tận nha"),
        ("", ""),
        ("?!...", ""),
        ("👍", "👍"),
    ],
)
def test_normal_form(typed: str, normal: str) -> None:
    assert normalise(typed) == normal


@settings(max_examples=2000, deadline=None)
@given(st.one_of(st.text(), VIETNAMESE, CHAT))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)

    assert normalise(once) == once


@settings(max_examples=500, deadline=None)
@given(st.one_of(st.text(), VIETNAMESE))
def test_a_word_knows_its_place_in_the_raw_text(text: str) -> None:
    places = [(word.start, word.end) for word in words(text)]

    assert places == sorted(places)
    assert all(0 <= start < end <= len(text) for start, end in places)


@pytest.mark.parametrize("word", [*teencode().always, *teencode().context])
def test_a_meaning_is_written_in_full_words(word: str) -> None:
    lexicon = teencode()
    rules = [{"is": lexicon.always[word]}] if word in lexicon.always else lexicon.context[word]

    meanings = [rule["is"] for rule in rules if rule["is"] != word]

    assert [normalise(meaning) for meaning in meanings] == meanings


def test_the_lexicon_is_big_enough() -> None:
    assert len(teencode().always) + len(teencode().context) >= 250


def test_accents() -> None:
    assert strip_accents("Đổi trả ở Đà Nẵng") == "Doi tra o Da Nang"
    assert has_accents("đơn") and not has_accents("don")
    assert has_accents(unicodedata.normalize("NFD", "é"))
