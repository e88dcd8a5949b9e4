"""A table's file: read whatever program wrote it, written so that Excel opens it unharmed."""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from charset_normalizer import from_bytes

ROWS: Final = 10_000  # of one file: taken in within two seconds, in which nobody else can write
SEPARATORS: Final = ",;\t|"
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
# Letters of the fonts of before Unicode (TCVN3, VNI) look like these signs between letters.
_OLD_FONT: Final = re.compile(r"[¡-¿](?=[^\W\d_])|(?<=[^\W\d_])[¡-¿]")


class Unreadable(Exception):
    """The file cannot be read as a table; `code` says why."""

    def __init__(self, code: str, **about: object) -> None:
        super().__init__(code)
        self.code, self.about = code, about


def decoded(data: bytes) -> str:
    """The file's text: UTF-8, UTF-16 or Windows-1258. Raises Unreadable."""
    if not data.strip():
        raise Unreadable("empty")
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Unreadable("excel")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _guessed(data)
    if "\x00" in text:
        text = _guessed(data)
    return unicodedata.normalize("NFC", text)


def _guessed(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf_8", "utf_16"]
    else:
        encodings = ["utf_16_le", "utf_16_be", "cp1258"]
    found = from_bytes(data, cp_isolation=encodings).best()
    text = str(found) if found else ""
    if not found or "\x00" in text or (found.encoding == "cp1258" and _OLD_FONT.search(text)):
        raise Unreadable("encoding")
    return text.removeprefix("\ufeff")


def rows(data: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    """The file's rows with the number of the line each begins on, empty ones left out. Raises
    Unreadable, also on the way."""
    text = decoded(data)
    first = text.lstrip("\r\n").split("\n", 1)[0]
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line, count = 1, 0
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                count += 1
                if count > ROWS + 1:
                    raise Unreadable("too_many", most=ROWS)
                yield line, [unescaped(cell.strip()) for cell in row]
            line = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable("quotes", line=line) from error


def written(table: Iterable[Sequence[object]]) -> bytes:
    """A file that Excel opens as it is: UTF-8 with its mark, commas, no formula."""
    file = io.StringIO(newline="")
    csv.writer(file).writerows([[escaped(cell) for cell in row] for row in table])
    return codecs.BOM_UTF8 + file.getvalue().encode()


def escaped(cell: object) -> str:
    """The cell's text, behind an apostrophe where Excel would run it."""
    text = "" if cell is None else str(cell)
    bare = text.lstrip("'")
    return f"'{text}" if bare.startswith(FORMULA) else text


def unescaped(cell: str) -> str:
    """What `escaped` was given."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(FORMULA) else cell
