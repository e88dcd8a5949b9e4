"""A flow's text, line by line: the words that lines begin with, and how deep they stand."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from typing import Final

from bot.folded import fold

STEP: Final = "  "
WORDS: Final = {
    "title": "Tên",
    "heard": "Khách nói",
    "say": "Bot đáp",
    "ask": "Hỏi",
    "else": "Còn lại",
    "person": "Gặp nhân viên",
    "end": "Kết thúc",
    "if": "Nếu",
}
_HEADS: Final = {fold(word): head for head, word in WORDS.items()} | {"neu khong": "else"}


@dataclass(frozen=True)
class Line:
    """One line, taken apart."""

    number: int
    indent: int
    head: str  # of WORDS; "" for none of them
    rest: str


def lines(text: str) -> list[Line]:
    """Those that hold something, each with what goes on under it."""
    found: list[Line] = []
    for number, raw in enumerate(unicodedata.normalize("NFC", text).splitlines(), start=1):
        content = " ".join(raw.split())
        if content.startswith("|") and found:
            more = f"{found[-1].rest}\n{content[1:].strip()}"
            found[-1] = replace(found[-1], rest=more.strip())
        elif content:
            opened = raw.expandtabs(len(STEP))
            found.append(_line(number, len(opened) - len(opened.lstrip()), content))
    return found


def _line(number: int, indent: int, content: str) -> Line:
    if fold(content).startswith("neu «"):
        return Line(number, indent, "if", content[len("Nếu") :].strip().removesuffix(":").strip())
    word, _, rest = content.partition(":")
    head = _HEADS.get(fold(word).strip(), "")
    return Line(number, indent, head, rest.strip() if head else content)
