"""Customers' words without what tells who they are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Final

from bot.nlu.entities import find

# Of what is read by rule, all that tells nothing of a person; anything else is hidden.
HARMLESS: Final = (
    *("amount", "amount_max", "amount_min", "brand", "category", "color", "date"),
    *("payment_method", "product", "province", "quantity", "rating", "size", "storage", "time"),
    *("xung_ho_other", "xung_ho_self"),
)
NAMES: Final = {"person_name": "[tên]", "phone": "[số điện thoại]", "email": "[email]"}
HIDDEN: Final = "[đã ẩn]"
WHO: Final = "[tên]"
# What no rule has recognised: addresses of mail and web, handles, and words with three digits.
LEFT: Final = re.compile(
    r"\S+@\S*|(?:https?://|www\.)\S+|@\w+|\w*\d\w*(?:[ .\-_/]?\w*\d\w*)*", re.IGNORECASE
)
DIGITS: Final = 3
SHORTEST: Final = 2  # letters of a part of a name


def redacted(text: str, names: Iterable[str], today: date) -> str:
    """The text without names, numbers, codes and addresses. `names` are those of the customer,
    whose every part is hidden too. It would rather hide a word too many."""
    pieces, upto = [], 0
    parts = {part.lower() for name in names for part in re.findall(r"[^\W\d_]+", name)}
    parts = {part for part in parts if len(part) >= SHORTEST}
    for found in find(text, today):
        if found.start < upto:
            continue
        pieces.append(_rest(text[upto : found.start], parts))
        as_is = text[found.start : found.end]
        is_own = bool(parts & {part.lower() for part in as_is.split()})
        harmless = found.kind in HARMLESS and not is_own
        pieces.append(as_is if harmless else NAMES.get(found.kind, HIDDEN))
        upto = found.end
    pieces.append(_rest(text[upto:], parts))
    return re.sub(r"(\[[^\]]+\])(?:[\s,]*\1)+", r"\1", " ".join("".join(pieces).split()))


def _rest(text: str, parts: set[str]) -> str:
    def hidden(match: re.Match[str]) -> str:
        word = match.group()
        is_short = "@" not in word and ":" not in word and "www" not in word.lower()
        few = sum(letter.isdigit() for letter in word) < DIGITS
        return word if is_short and few else HIDDEN

    text = LEFT.sub(hidden, text)
    return re.sub(
        r"[^\W\d_]+", lambda match: WHO if match.group().lower() in parts else match.group(), text
    )
