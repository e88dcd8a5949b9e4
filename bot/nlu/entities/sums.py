"""Sums of money, read from rows of figures, number words and units."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from bot.nlu.entities.money_words import (
    COUNTED,
    DATE_NEXT,
    DONG,
    GROUPED,
    K_TALK,
    LONGEST,
    MEASURED,
    MONEY_TALK,
    MOST,
    PARTICLES,
    PARTS,
    SCALES,
    TOKEN,
    VAGUE_BEFORE,
    VESSEL,
    VOLUME,
)
from bot.nlu.entities.numbers import DIGITS, TENS, is_number
from bot.nlu.entities.reading import Reading


@dataclass(frozen=True)
class Token:
    """A figure, a number word or a unit, and its place."""

    kind: str
    text: str  # without accents
    start: int
    end: int


@dataclass(frozen=True)
class Amount:
    """A sum and its unit; `least` when the words name two neighbours, as in "ba bốn triệu"."""

    value: int
    scale: int
    start: int
    end: int
    least: int | None = None
    middle: int = 0  # where the second neighbour begins


def amounts(read: Reading) -> Iterator[Amount]:
    """The sums, in reading order."""
    tokens = [
        Token(str(match.lastgroup), read.bare[match.start() : match.end()], *match.span())
        for match in read.find(TOKEN)
        if len(match.group()) <= LONGEST
        and (
            match.lastgroup != "word"
            or is_number(match.group(), read.bare[match.start() : match.end()], read.accented)
        )
    ]
    at = 0
    while at < len(tokens):
        amount, at = Row(read, tokens, at).amount()
        if amount is not None and 0 <= amount.value < MOST:
            yield amount


class Row:
    """A row of tokens, from which one sum is read."""

    def __init__(self, read: Reading, tokens: list[Token], at: int) -> None:
        self.read = read
        self.tokens = tokens
        self.first = at
        self.at = at

    def next(self, kind: str) -> Token | None:
        """The next token, if it is of this kind and stands right behind the last one."""
        if self.at >= len(self.tokens):
            return None
        token = self.tokens[self.at]
        if token.kind != kind:
            return None
        if self.at > self.first:
            gap = self.read.low[self.tokens[self.at - 1].end : token.start]
            if gap not in ("", " "):
                return None
        return token

    def amount(self) -> tuple[Amount | None, int]:
        """The sum that starts here, or None; and the token to go on from."""
        start = self.tokens[self.first].start
        if start and self.read.low[start - 1].isalpha():
            return None, self.first + 1  # "ip15"
        if VAGUE_BEFORE.search(self.read.before(start, 10)):
            return None, self.first + 1  # "phần trăm", "mấy trăm nghìn"
        value, least, hundreds = self.number()
        unit = self.next("unit")
        if value is None and unit is None:
            return None, max(self.at, self.first + 1)
        if unit is None:
            return self.bare(value, hundreds)
        if value is None:
            value = self.headless(unit)
            if value is None:
                return None, self.first + 1
        scale = SCALES[unit.text]
        if self.first < self.at and self.tokens[self.at - 1].kind == "figures":
            value = figure(self.tokens[self.at - 1].text, scale)
        self.at += 1
        if not self.is_money(unit, value * scale):
            return None, self.at
        total, tailed = self.tail(value * scale, scale)
        end = self.tokens[self.at - 1].end
        if not self.is_paid(unit, end, tailed):
            return None, self.at
        if least is None:
            return Amount(int(total), scale, start, end), self.at
        middle = self.tokens[self.first + 1].start
        return Amount(int(total), scale, start, end, least * scale, middle), self.at

    def number(self) -> tuple[Decimal | None, int | None, bool]:
        """A number; its low neighbour in "ba bốn"; whether it ends in hundreds, as money may."""
        if self.next("nua"):
            self.at += 1
            return Decimal("0.5"), None, False
        figures = self.next("figures")
        words: list[str] = []
        total = Decimal(0)
        if figures:
            self.at += 1
            following = self.next("word")
            if not following or following.text != "tram":
                return figure(figures.text, 1), None, False
            words.append(figures.text if figures.text.isdigit() else "0")
        while (word := self.next("word")) and len(words) < 6:
            words.append(word.text)
            self.at += 1
        if not words:
            return None, None, False
        if len(words) == 2 and words[0] in DIGITS and words[1] in DIGITS:
            low, high = DIGITS[words[0]], DIGITS[words[1]]
            return Decimal(high), low if 0 < high - low <= 2 else None, False
        digit: int | None = None
        for word_text in words:
            if word_text in TENS:
                total += (1 if digit is None else digit) * TENS[word_text]
                digit = None
            elif word_text not in ("linh", "le"):
                digit = DIGITS[word_text] if word_text in DIGITS else int(word_text)
        if digit is not None:  # "trăm hai" is 120, "trăm linh hai" 102
            total += digit * (10 if words[-2:-1] == ["tram"] else 1)
        return total, None, "tram" in words

    def headless(self, unit: Token) -> Decimal | None:
        """One, for "triệu rưỡi" and "củ hai"; nothing for a unit that just stands there."""
        if SCALES[unit.text] < 10**3 or unit.text == "k":
            return None
        self.at += 1
        follows = self.next("half") or self.next("word")
        self.at -= 1
        return Decimal(1) if follows else None

    def is_money(self, unit: Token, value: Decimal) -> bool:
        """Not "5 k" for "5 không", not 4K, not two đồng."""
        if unit.text in DONG:
            return value == 0 or value >= 500
        if unit.text == "ngan" and value < 5000 and not self.read.accented:
            return bool(K_TALK.search(self.read.before(self.tokens[self.first].start)))  # "ngăn"
        if unit.text != "k" or (
            self.read.low[unit.start - 1] != " " and value not in (2000, 4000, 8000)
        ):
            return True
        start = self.tokens[self.first].start
        return bool(K_TALK.search(self.read.before(start))) or self.is_all()

    def is_paid(self, unit: Token, end: int, tailed: bool) -> bool:
        """Not litres, not chargers, not battery or followers."""
        if unit.text in VOLUME or unit.text == "cu":
            if PARTS.match(self.read.low, end) or self.near(VESSEL):
                return False
            if unit.text in VOLUME and not tailed and not self.is_all():
                return self.near(MONEY_TALK)
        return not MEASURED.match(self.read.low, end)

    def tail(self, total: Decimal, scale: int) -> tuple[Decimal, bool]:
        """What follows the unit: "rưỡi", "7tr5", "3 triệu 350 nghìn", "1 lít 2"."""
        tailed = False
        while self.at < len(self.tokens):
            if self.next("half"):
                self.at += 1
                return total + Decimal(scale) / 2, True
            unit = self.next("unit")
            if unit and unit.text in DONG and scale > 1:  # "500 nghìn đồng"
                self.at += 1
                continue
            more, here = self.addend(scale)
            if more is None:
                self.at = here
                break
            total, tailed = total + more, True
            scale = max(1, scale // 1000)
        return total, tailed

    def addend(self, scale: int) -> tuple[Decimal | None, int]:
        """The next smaller part of a sum, or None and where the sum ended."""
        here = self.at
        token = self.next("figures") or self.next("word")
        if token is None or scale < 1000:
            return None, here
        glued = self.read.low[token.start - 1] != " "
        value, least, hundreds = self.number()
        unit = self.next("unit")
        if value is None or least is not None:
            return None, here
        if unit:
            part = SCALES[unit.text]
            if part >= scale or (part == 1 and not hundreds and value < 1000):
                return None, here
            self.at += 1
            if token.kind == "figures":
                value = figure(token.text, part) * (100 if hundreds else 1)
            return value * part, self.at
        end = self.tokens[self.at - 1].end
        if self.read.low[end : end + 1].isalnum():
            return None, here
        if not glued and COUNTED.match(self.read.low, end):
            return None, here
        if not glued and DATE_NEXT.match(self.read.low, end):
            return None, here
        if hundreds:  # "một triệu hai trăm"
            return (value * 1000 if scale == 10**6 else None), self.at
        if token.kind == "word":
            typed = self.read.low[token.start : token.end]
            if scale < 10**6 or typed == "một" or (typed == "mot" and self.read.low[end:].strip()):
                return None, here  # "500 nghìn một phần"
            words = self.at - here
            places = 1 if words == 1 else 2
            return value * scale / 10**places, self.at
        if not token.text.isdigit() or len(token.text) > (3 if scale == 10**6 or glued else 1):
            return None, here
        return value * scale / 10 ** len(token.text), self.at

    def bare(self, value: Decimal | None, hundreds: bool) -> tuple[Amount | None, int]:
        """A sum without a unit: "2.500.000", "hai trăm rưỡi"."""
        first = self.tokens[self.first]
        end = self.tokens[self.at - 1].end
        if value is None or MEASURED.match(self.read.low, end):
            return None, self.at
        if hundreds:
            if self.next("half"):
                value, end = value + 50, self.tokens[self.at].end
                self.at += 1
            elif (extra := self.next("figures")) and len(extra.text) == 1:
                value, end = value + 10 * int(extra.text), extra.end
                self.at += 1
            elif first.text == "tram" or not (self.is_all() or self.near(MONEY_TALK)):
                return None, self.at
            if COUNTED.match(self.read.low, end):
                return None, self.at
            return Amount(int(value * 1000), 1000, first.start, end), self.at
        if self.is_big_figure(first):
            return Amount(int(figure(first.text, 1)), 1, first.start, end), self.at
        return None, self.at

    def is_big_figure(self, token: Token) -> bool:
        """Whether figures alone look like a price: "2.500.000", "500000"."""
        grouped = GROUPED.fullmatch(token.text)
        near = self.read.low[token.end : token.end + 1]
        before = self.read.low[max(0, token.start - 1) : token.start]
        if near.isalnum() or before in ("/", "-", ":", "+", ".", "#") or token.text[0] == "0":
            return False
        if grouped:
            return len(token.text) > 7 or (len(token.text) > 5 and token.text.endswith("000"))
        least = 5 if K_TALK.search(self.read.before(token.start)) else 6
        return token.text.isdigit() and least <= len(token.text) <= 9 and token.text.endswith("000")

    def is_all(self) -> bool:
        """Whether the message is nothing but this sum."""
        start, end = self.tokens[self.first].start, self.tokens[self.at - 1].end
        said = self.read.said
        return (
            start < 20
            and len(said) - end < 20
            and bool(PARTICLES.fullmatch(said, 0, start) and PARTICLES.fullmatch(said, end))
        )

    def near(self, talk: re.Pattern[str]) -> bool:
        """Whether words of this kind stand close by."""
        start, end = self.tokens[self.first].start, self.tokens[self.at - 1].end
        return bool(talk.search(self.read.said[max(0, start - 40) : end + 20]))


def figure(text: str, scale: int) -> Decimal:
    """What figures come to before a unit: "2.500" is 2 500 nghìn, but 2.5 triệu."""
    text = text.replace(" ", "")
    groups = re.fullmatch(r"\d{1,3}((?:[.,]\d{3})+)(?:[.,]\d{1,2})?", text)
    if groups and (scale <= 1000 or len(groups[1]) > 4):
        return Decimal(re.sub(r"[.,](?:\d{1,2}$)?", "", text))
    parts = re.split("[.,]", text)
    if len(parts) == 2:
        return Decimal(f"{parts[0]}.{parts[1]}")
    return Decimal("".join(parts))
