"""Money in đồng: "7tr5", "500 nghìn", "ba triệu tư", "2 củ", "1 lít 2", "từ 5 đến 7 triệu"."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from bot.nlu.entities.found import Found
from bot.nlu.entities.money_words import TRIGGERS
from bot.nlu.entities.numbers import NUMBER, number
from bot.nlu.entities.reading import Reading, rule
from bot.nlu.entities.sums import Amount, amounts, figure

APPROX: Final = r"(?: (?:tầm|khoảng|cỡ|mức|là|giá))?"
MAX_BEFORE: Final = rule(
    r"(?:(?<!\w)(?:dưới|không quá|ko quá|k quá|kg quá|hông quá|không tới|không hơn|không vượt quá"
    r"|chưa tới|chưa đến|tối đa|max|cao nhất|(?:nhỏ|bé|rẻ|ít|thấp) hơn)" + APPROX + r"|<=?|≤)\s*$"
)
MIN_BEFORE: Final = rule(
    r"(?:(?<!\w)(?:trên|hơn|từ|tối thiểu|ít nhất|thấp nhất|min|(?:lớn|cao|nhiều|mắc|đắt) hơn)"
    + APPROX
    + r"|>=?|≥)\s*$"
)
ABOUT_BEFORE: Final = rule(r"(?<!\w)trên dưới\s*$")
MAX_AFTER: Final = rule(r"\s*(?:trở xuống|đổ xuống|đổ xún|đổ lại|trở lại|là cùng|quay đầu)(?!\w)")
MIN_AFTER: Final = rule(r"\s*(?:trở lên|đổ lên|trở đi)(?!\w)")
FRIDGE: Final = rule(r"(?<!\w)(?:cái|con|chiếc|mua|bán|lấy|1|2) tu $")  # "tủ", not "từ"
JOIN: Final = r"\s*(?:-|–|—|~|->|→|đến|tới|hoặc)\s*(?:tầm |khoảng )?"
LOW_END: Final = rule(
    rf"(?<![\w.,/:\-])(?P<low>\d{{1,3}}[.,]\d{{1,3}}|{NUMBER}){JOIN}$"
    rf"|(?<!\w)(?:tầm|khoảng|cỡ|chừng) (?P<next>\d{{1,2}}) $"  # "tầm 3 4 triệu"
)
JOINED: Final = rule(rf"{JOIN}$")


def find_money(read: Reading) -> Iterator[Found]:
    """Every sum: `amount`, or `amount_min` and `amount_max` where a limit is meant."""
    if not (read.has_digit or read.has(TRIGGERS)):
        return
    last: Amount | None = None  # a sum that may still turn out to be the low end of a range
    for amount in amounts(read):
        if last is not None:
            between = read.low[last.end : amount.start]
            if JOINED.fullmatch(between) and last.value < amount.value:
                yield Found("amount_min", last.value, last.start, last.end)
                yield Found("amount_max", amount.value, amount.start, amount.end)
                last = None
                continue
            yield limited(read, last)
        last = None
        ends = low_end(read, amount)
        if ends:
            yield from ends
        else:
            last = amount
    if last is not None:
        yield limited(read, last)


def low_end(read: Reading, amount: Amount) -> list[Found]:
    """Both ends of "5-7tr" and of "ba bốn triệu"; nothing when it is one sum."""
    top = Found("amount_max", amount.value, amount.start, amount.end)
    if amount.least is not None:
        least_end = len(read.low[: amount.middle].rstrip())
        return [
            Found("amount_min", amount.least, amount.start, least_end),
            Found("amount_max", amount.value, amount.middle, amount.end),
        ]
    match = LOW_END.search(read.before(amount.start))
    if not match:
        return []
    group = "low" if match["low"] else "next"
    shift = amount.start - len(read.before(amount.start))
    start, end = match.start(group) + shift, match.end(group) + shift
    least: Decimal | int | None = number(read, start, end)
    if re.search("[.,]", match[group]):
        least = figure(match[group], amount.scale)
    if least is None or int(least * amount.scale) >= amount.value:
        return []
    if group == "next" and int(least + 1) * amount.scale != amount.value:
        return []
    return [Found("amount_min", int(least * amount.scale), start, end), top]


def limited(read: Reading, amount: Amount) -> Found:
    """The sum as a limit, if the words around it make it one."""
    before, after = read.before(amount.start), read.after(amount.end)
    kind = "amount"
    if ABOUT_BEFORE.search(before):
        pass
    elif MAX_AFTER.match(after) or MAX_BEFORE.search(before):
        kind = "amount_max"
    elif MIN_AFTER.match(after) or (MIN_BEFORE.search(before) and not FRIDGE.search(before)):
        kind = "amount_min"
    return Found(kind, amount.value, amount.start, amount.end)
