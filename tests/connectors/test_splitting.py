"""Cutting texts to a platform's limits."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import Button
from connectors.text import clip, numbered, split, utf16

FAMILY = "👨‍👩‍👧‍👦"


def test_a_text_is_cut_after_sentences() -> None:
    text = "Dạ bên em còn hàng ạ. Anh/chị lấy màu nào ạ? Em giữ giúp mình nhé!"

    assert split(text, 30) == [
        "Dạ bên em còn hàng ạ.",
        "Anh/chị lấy màu nào ạ?",
        "Em giữ giúp mình nhé!",
    ]


def test_a_paragraph_is_a_better_place_than_a_sentence() -> None:
    text = "Câu một. Câu hai.\n\nĐoạn hai dài hơn. Hết."

    assert split(text, 32) == ["Câu một. Câu hai.", "Đoạn hai dài hơn. Hết."]


def test_a_link_is_not_cut() -> None:
    link = "https://shop.example.vn/san-pham/loa-bluetooth?mau=den&size=l"

    assert split(f"Xem thêm tại {link} nhé", 65) == ["Xem thêm tại", f"{link} nhé"]


def test_an_emoji_is_not_cut_even_where_nothing_else_is() -> None:
    parts = split(FAMILY * 10, 20, utf16)

    assert "".join(parts) == FAMILY * 10
    assert all(part.count(FAMILY) * len(FAMILY) == len(part) for part in parts)


def test_decomposed_letters_count_as_platforms_count_them() -> None:
    text = unicodedata.normalize("NFD", "ệ" * 20)

    assert split(text, 20) == ["ệ" * 20]


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=300), st.integers(4, 60))
def test_nothing_is_lost_and_nothing_is_too_long(text: str, limit: int) -> None:
    parts = split(text, limit)

    assert all(0 < len(part) <= limit for part in parts)
    said = unicodedata.normalize("NFC", text)
    assert "".join("".join(parts).split()) == "".join(said.split())


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=9), max_size=40))
def test_words_stay_whole(words: list[str]) -> None:
    parts = split(" ".join(words), 10)

    assert " ".join(parts).split() == words


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("Gặp nhân viên", "Gặp nhân viên"),
        ("Tra cứu đơn hàng của tôi", "Tra cứu đơn hàng…"),
        ("Siêuthịđiệnmáyđiệntử", "Siêuthịđiệnmáyđiệntử"),
        ("Siêuthịđiệnmáyđiệntửbống", "Siêuthịđiệnmáyđiệnt…"),
    ],
)
def test_a_long_title_ends_at_a_word(title: str, short: str) -> None:
    assert clip(title, 20) == short


def test_choices_that_are_numbers_are_not_numbered_again() -> None:
    buttons = [Button("1 😡", key="a"), Button("2 🙁", key="b"), Button("10", key="c")]

    assert numbered(buttons) == "1 😡 · 2 🙁 · 10"


def test_choices_are_numbered_and_links_written_out() -> None:
    buttons = [Button("Đổi", "a"), Button("Xem web", url="https://s.vn"), Button("Trả", "b")]

    assert numbered(buttons) == "1. Đổi\nXem web: https://s.vn\n2. Trả"
