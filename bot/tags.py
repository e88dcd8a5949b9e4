"""Tags: a few words that sort conversations."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Final

from bot.figures.facts import LEFT_OUT
from bot.folded import fold

LIMIT: Final = 64  # letters
MOST: Final = 20  # of one conversation

# What a shop begins with; whatever is used joins them.
FIRST: Final = (
    "Bảo hành",
    "Đổi trả",
    "Hoàn tiền",
    "Giao chậm",
    "Báo giá",
    "Hoá đơn",
    "Trả góp",
    "Lắp đặt",
    "Khiếu nại",
    "Khách quen",
    "Khách doanh nghiệp",
    "Cần gọi lại",
    *LEFT_OUT,
)


def cleaned(typed: str) -> str:
    """A tag as it is kept: "" when nothing is left. Raises ValueError when it is too long."""
    tag = " ".join(unicodedata.normalize("NFC", typed).split()).lstrip("#").strip()
    if len(tag) > LIMIT:
        raise ValueError(f"a tag of {len(tag)} letters")
    return tag


def same(tag: str, known: Iterable[str]) -> str | None:
    """The one of these that is the same tag: capitals and accents do not matter."""
    folded = fold(tag)
    return next((each for each in known if fold(each) == folded), None)
