"""Marks read out of words: a table of answers, every mark in every spelling, any text at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.marks import FACES, RECOMMENDATION, SATISFACTION, Scale, read_mark
from bot.nlu.text import strip_accents

TABLES = yaml.safe_load((Path(__file__).parent / "marks.yml").read_text(encoding="utf-8"))
ROWS = [row for rows in TABLES.values() for row in rows]
SCALES = {"nps": RECOMMENDATION, "stars": SATISFACTION}
WORDS = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười"]


def wanted(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row.get(name, "none") for name in SCALES}


def read(text: str) -> dict[str, Any]:
    return {name: read_mark(text, scale) for name, scale in SCALES.items()}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["text"])
def test_what_is_read(row: dict[str, Any]) -> None:
    assert read(row["text"]) == wanted(row)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["text"])
def test_the_same_is_read_without_accents(row: dict[str, Any]) -> None:
    if row.get("accents") != "needed":
        assert read(strip_accents(row["text"])) == wanted(row)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["text"])
def test_the_same_is_read_in_capitals(row: dict[str, Any]) -> None:
    assert read(row["text"].upper()) == wanted(row)


def test_the_table_is_long() -> None:
    assert len({row["text"] for row in ROWS}) == len(ROWS) >= 150


SPELLINGS = ["{n}", "{n} điểm", "{n}/{top}", "{n} trên {top}", "{word} điểm", "{word} trên {top}"]
ROUND = ["{}", "{} ạ", "dạ {} nha shop", "mình cho {}, giao nhanh", "{}\nHàng đẹp", "chấm {} luôn"]


@pytest.mark.parametrize("scale", SCALES.values(), ids=SCALES)
@pytest.mark.parametrize("around", ROUND)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_mark_is_read_back_in_every_spelling(
    scale: Scale, spelling: str, around: str
) -> None:
    marks = range(scale.low, scale.high + 1)
    texts = {
        mark: around.format(spelling.format(n=mark, word=WORDS[mark], top=scale.high))
        for mark in marks
    }

    assert {mark: read_mark(text, scale) for mark, text in texts.items()} == {m: m for m in marks}
    bare = {mark: read_mark(strip_accents(text), scale) for mark, text in texts.items()}
    assert bare == {m: m for m in marks}


@pytest.mark.parametrize(
    "spelling", ["{n} sao", "{n}⭐", "{n}*", "{stars}", "{word} sao", "{word}"]
)
def test_every_number_of_stars_is_read_back(spelling: str) -> None:
    texts = {n: spelling.format(n=n, stars="⭐" * n, word=WORDS[n]) for n in range(1, 6)}

    assert {n: read_mark(text, SATISFACTION) for n, text in texts.items()} == {n: n for n in texts}


def test_every_face_is_read_back() -> None:
    assert [read_mark(face, SATISFACTION) for face in FACES] == [1, 2, 3, 4, 5]


@given(st.integers(-999, 999), st.sampled_from(["{}", "{} điểm", "{} nha shop", "cho {}"]))
def test_a_number_is_a_mark_of_the_scale_or_beyond_it(number: int, around: str) -> None:
    text = around.format(number)

    for scale in SCALES.values():
        on_scale = scale.low <= number <= scale.high
        assert read_mark(text, scale) == (number if on_scale else "outside")


@given(
    st.integers(0, 10), st.integers(0, 10), st.sampled_from(["{} hoặc {}", "{}-{}", "{} hay {}"])
)
def test_two_marks_are_not_one(one: int, other: int, between: str) -> None:
    read = read_mark(between.format(one, other), RECOMMENDATION)

    assert read == (one if one == other else "several")


@given(st.from_regex(r"0[35789][0-9]{8}|BT[0-9]{8}|[0-9]{4}", fullmatch=True))
def test_no_code_is_a_mark(code: str) -> None:
    assert read(code) == {"nps": "none", "stars": "none"}


@settings(max_examples=500)
@given(
    st.text(max_size=80)
    | st.lists(
        st.sampled_from([row["text"] for row in ROWS] + list("0159-/.,⭐★😍 \n") + WORDS),
        max_size=8,
    ).map(" ".join)
)
def test_any_text_can_be_read(text: str) -> None:
    for scale in SCALES.values():
        found = read_mark(text, scale)
        if isinstance(found, int):
            assert scale.low <= found <= scale.high
        else:
            assert found in ("none", "outside", "several")
