"""Tables' files, as programs and people really make them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import sheets
from bot.sheets import Unreadable

TABLE = "Mã đơn;Khách hàng;Trạng thái\r\nBT1;Nguyễn Thị Hoà;Đã giao\r\nBT2;Trần Đức;Đang giao\r\n"
READ = [
    ["Mã đơn", "Khách hàng", "Trạng thái"],
    ["BT1", "Nguyễn Thị Hoà", "Đã giao"],
    ["BT2", "Trần Đức", "Đang giao"],
]


def windows_1258(text: str) -> bytes:
    """As Windows writes Vietnamese: a letter, then its tone."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    written = b""
    for letter in text:
        marks = unicodedata.normalize("NFD", letter)
        bare = unicodedata.normalize("NFC", "".join(each for each in marks if each not in tones))
        tone = "".join(each for each in marks if each in tones)
        written += (bare + tone).encode("cp1258")
    return written


def read(data: bytes) -> list[list[str]]:
    return [list(row) for _, row in sheets.rows(data)]


@pytest.mark.parametrize(
    "data",
    [
        TABLE.encode(),
        TABLE.encode("utf-8-sig"),
        TABLE.encode("utf-16"),
        TABLE.encode("utf-16-le"),
        TABLE.encode("utf-16-be"),
        windows_1258(TABLE),
        unicodedata.normalize("NFD", TABLE).encode(),
        TABLE.replace("\r\n", "\n").encode(),
        TABLE.replace("\r\n", "\r").encode(),
        TABLE.replace(";", ",").encode(),
        TABLE.replace(";", "\t").encode("utf-16"),
    ],
    ids=["utf8", "bom", "utf16", "le", "be", "1258", "nfd", "lf", "cr", "commas", "tabs"],
)
def test_every_program_writes_the_same_table(data: bytes) -> None:
    assert read(data) == READ


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b" \r\n ", "empty"),
        (b"PK\x03\x04 xlsx", "excel"),
        (b"\xd0\xcf\x11\xe0 xls", "excel"),
        ("code;name\n1;Nguyễn".encode() + b"\xff\xfe\x81", "encoding"),
        (b"code;name\n1;Nguy\xd4n Th\xde Hoa\n2;\xae\xb5o \xa9n", "encoding"),  # TCVN3
        (bytes(range(256)) * 8, "encoding"),
    ],
)
def test_what_is_no_table_of_letters_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        read(data)


def test_lines_are_the_files_own() -> None:
    data = 'code;name\n\nBT1;"hai\ndòng"\n\nBT2;x\n'.encode()

    assert [line for line, _ in sheets.rows(data)] == [1, 3, 6]


def test_an_open_quote_is_told_with_its_line() -> None:
    with pytest.raises(Unreadable, match="quotes") as refused:
        read(b'code;name\nBT1;"Hoa\nBT2;Lan\n')

    assert refused.value.about["line"] == 2


def test_a_hundred_thousand_rows_are_too_many() -> None:
    with pytest.raises(Unreadable, match="too_many"):
        read(b"code\n" + b"BT1\n" * 100_000)


@pytest.mark.parametrize(
    "cell", ["=1+1", "+84912", "-5", "@SUM(A1)", "\tx", "\r=x", "'=1", "''+1", "=cmd|' /C calc'!A0"]
)
def test_nothing_that_is_written_runs_in_excel(cell: str) -> None:
    (line,) = sheets.written([[cell]]).decode("utf-8-sig").splitlines()[:1] or [""]

    assert line.lstrip('"').startswith("'")


@given(st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1))
def test_a_cell_comes_back_as_it_was(cell: str) -> None:
    assert sheets.unescaped(sheets.escaped(cell)) == cell


@given(
    st.lists(
        st.lists(st.text("ab=;,+-'\"đ", min_size=1), min_size=3, max_size=3), min_size=2, max_size=5
    )
)
def test_a_table_comes_back_as_it_was(table: list[list[str]]) -> None:
    headed = [["Mã đơn", "Tên", "Số"], *table]

    assert read(sheets.written(headed)) == headed
