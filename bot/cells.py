"""What people write into a table's cell: money, days, phone numbers, states. Read strictly: what
can be meant in two ways is refused.

A reader takes a cell's text, or the value that JSON has in its place, and raises Wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from bot.facts import HERE
from bot.folded import fold

OLDEST: Final = datetime(2000, 1, 1, tzinfo=HERE)  # Excel's empty date is in 1900
MOST_MONEY: Final = 10**12  # đồng
ITEMS: Final = 100

_PHONE = re.compile(r"0(?:[35789]\d{8}|2\d{9})")
_MONEY = re.compile(r"(\d{1,3}([.,])\d{3}(?:\2\d{3})*|\d+)(?:(?!\2)[.,]0{1,2})?")
_CURRENCY = re.compile(r"\s*(?:đồng|đ|₫|vnđ|vnd|dong|d)$", re.IGNORECASE)
_DAY = re.compile(
    r"(?P<day>\d{1,2})(?P<sep>[/.\-])(?P<month>\d{1,2})(?P=sep)(?P<year>\d{4})"
    r"(?:,?\s+(?P<hour>\d{1,2})[:h](?P<minute>\d{2})(?::(?P<second>\d{2}))?)?"
)
_ITEM = re.compile(r"(?:(\d{1,5})\s*[x×*]\s+)?(.+?)(?:\s+[x×*]\s*(\d{1,5}))?", re.IGNORECASE)


class Wrong(Exception):
    """The cell does not say what it should; `code` says why."""

    def __init__(self, code: str, **about: object) -> None:
        super().__init__(code)
        self.code, self.about = code, about


def text(most: int) -> Callable[[Any], str]:
    """Words of so many letters at most, on one line. A formula is only words: nothing runs it."""

    def read(given: Any) -> str:
        if not isinstance(given, str):
            raise Wrong("words")
        whole = given.encode("utf-8", "replace").decode()  # JSON may hold half a letter
        words = " ".join(whole.replace("\x00", "").split())
        if len(words) > most:
            raise Wrong("too_long", most=most)
        return words

    return read


def code(given: Any) -> str:
    """A code, as it is written but for spaces around it and the case of its letters."""
    found = text(32)(str(given) if isinstance(given, int) else given).upper()
    if re.search(r"\s", found):
        raise Wrong("code")
    return found


def phone(given: Any) -> str:
    """A Vietnamese number as 0912345678. The zero that Excel drops is put back."""
    digits = re.sub(r"[\s.\-()]", "", text(64)(str(given) if isinstance(given, int) else given))
    digits = re.sub(r"^(?:\+|00)?84(?=\d{9,10}$)", "0", digits)
    if re.fullmatch(r"[35789]\d{8}", digits, re.ASCII):
        digits = f"0{digits}"
    if not _PHONE.fullmatch(digits) or not digits.isascii():
        raise Wrong("phone")
    return digits


def email(given: Any) -> str:
    found = text(255)(given)
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", found):
        raise Wrong("email")
    return found


def money(given: Any) -> int:
    """A sum in đồng: 1290000, "1.290.000đ", "1,290,000 VND"."""
    if isinstance(given, float) and given.is_integer():
        given = int(given)
    if isinstance(given, int) and not isinstance(given, bool):
        sum_ = given
    else:
        found = _MONEY.fullmatch(_CURRENCY.sub("", text(40)(given)).replace(" ", ""))
        if not found or not found[0].isascii():
            raise Wrong("money")
        sum_ = int(re.sub(r"\D", "", found[1]))
    if not 0 <= sum_ <= MOST_MONEY:
        raise Wrong("money")
    return sum_


def moment(given: Any) -> datetime:
    """A day with its time perhaps, in Vietnam unless a zone is said: 25/11/2026, 25/11/2026 14:30,
    2026-11-25, 2026-11-25T14:30:00+07:00. Without a time it is the day's first moment."""
    words = text(40)(given)
    found = _DAY.fullmatch(words)
    try:
        if found and words.isascii():
            parts = {name: int(found[name] or 0) for name in found.groupdict() if name != "sep"}
            at = datetime(**parts, tzinfo=HERE)
        else:
            if not re.match(r"\d{4}-\d\d-\d\d", words, re.ASCII):
                raise Wrong("day")
            at = datetime.fromisoformat(words.replace("Z", "+00:00"))
            at = at if at.tzinfo else at.replace(tzinfo=HERE)
        at = at.astimezone(timezone.utc)
    except (ValueError, OverflowError) as error:
        raise Wrong("day") from error
    if at < OLDEST:
        raise Wrong("too_old")
    return at


def in_the_past(at: datetime, now: datetime) -> bool:
    """Clocks may differ a little."""
    return at <= now + timedelta(minutes=5)


def one_of(meant: Mapping[str, Sequence[str]]) -> Callable[[Any], str]:
    """A word of ours, or one of those that people say for it."""
    known = {plain(word): ours for ours, said in meant.items() for word in (ours, *said)}

    def read(given: Any) -> str:
        found = known.get(plain(text(64)(given)))
        if found is None:
            raise Wrong("state", known=", ".join(said[0] for said in meant.values()))
        return found

    return read


def items(given: Any) -> list[dict[str, Any]]:
    """What was bought: "2 x Quạt trần; Ấm siêu tốc", or a list of objects with name and perhaps
    category, quantity and price."""
    if isinstance(given, str):
        return [_item(part) for part in re.split(r"[;\n|]", given) if part.strip()]
    if not isinstance(given, list) or len(given) > ITEMS:
        raise Wrong("items")
    found = []
    for each in given:
        if not isinstance(each, dict) or not each.keys() <= {
            "name",
            "category",
            "quantity",
            "price",
        }:
            raise Wrong("items")
        quantity = each.get("quantity", 1)
        if not isinstance(quantity, int) or isinstance(quantity, bool) or not 0 < quantity < 10**5:
            raise Wrong("items")
        item = {"name": text(255)(each.get("name")), "quantity": quantity}
        if not item["name"]:
            raise Wrong("items")
        if each.get("category") is not None:
            item["category"] = text(64)(each["category"])
        if each.get("price") is not None:
            item["price"] = money(each["price"])
        found.append(item)
    return found


def _item(part: str) -> dict[str, Any]:
    words = text(255)(part)
    found = _ITEM.fullmatch(words)
    if not found or int(found[1] or found[3] or 1) < 1:
        raise Wrong("items")
    return {"name": found[2], "quantity": int(found[1] or found[3] or 1)}


def plain(words: str) -> str:
    """As headings and states are looked up: without accents, case and signs."""
    return " ".join(re.findall(r"[^\W_]+", fold(words)))
