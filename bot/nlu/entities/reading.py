"""A message as the rules read it: composed, plain, in lower case, every letter's raw place kept.

Rules are written in full Vietnamese; `loose` lets each letter also be typed without its tone or
without any accent. What one rule has taken is hidden from the next ones.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from bot.nlu.syllable import untoned
from bot.nlu.text import INVISIBLE, LOOK_ALIKES, strip_accents

HIDDEN: Final = "\0"  # stands where something was taken
GOODS: Final = "\1"  # stands where a product or a category was taken
BRAND: Final = "\2"  # stands where a brand was taken: what follows may be a model

LETTERS: Final = "".join(
    letter
    for letter in map(chr, range(0xC0, 0x1EFA))
    if letter.isalpha() and strip_accents(letter).isascii() and letter.isprintable()
)
BARE: Final = str.maketrans({letter: strip_accents(letter) for letter in LETTERS})
# Messages of these characters alone need no mapping: each stays where it is.
ODD: Final = re.compile(
    rf"[^\n -~{LETTERS}\u2013-\u2026\u20ab\u2600-\u27bf\u2b50\U0001f000-\U0001faff]|  "
)
CLUSTER: Final = re.compile(r"[\s\S][\u0300-\u036f]*")
OLD_TONE: Final = re.compile(r"[òóỏõọ][ae](?!\w)|[ùúủũụ]y(?!\w)")
NEW_TONE: Final = {
    old + vowel: first + new
    for first, olds in (("o", "òóỏõọ"), ("u", "ùúủũụ"))
    for vowel, news in (("a", "àáảãạ"), ("e", "èéẻẽẹ"), ("y", "ỳýỷỹỵ"))
    if (first == "u") == (vowel == "y")
    for old, new in zip(olds, news, strict=True)
}
WORD: Final = re.compile(r"[^\W_]+")
LETTER_WORD: Final = re.compile(r"[^\W\d_]+")


def place_tones(low: str) -> str:
    """One place for a tone: "hóa" becomes "hoá". The length stays."""
    return low if low.isascii() else OLD_TONE.sub(lambda match: NEW_TONE[match.group()], low)


def variants(letter: str) -> str:
    """The ways to type a letter: whole, without its tone, without anything."""
    return "".join(dict.fromkeys((letter, untoned(letter), strip_accents(letter))))


LOOSE: Final = {
    letter: f"[{variants(letter)}]" for letter in LETTERS.lower() if strip_accents(letter) != letter
}
TYPED: Final = {letter: frozenset(variants(letter)) for letter in LETTERS.lower()}


PIECE: Final = re.compile(r"\[[^\]]*\]|[\s\S]")


def loose(pattern: str) -> str:
    """A pattern in full Vietnamese that also fits text typed without accents; [ỏ] stays exact."""
    return "".join(LOOSE.get(piece, piece) for piece in PIECE.findall(place_tones(pattern)))


def rule(pattern: str) -> re.Pattern[str]:
    """A compiled `loose` pattern."""
    return re.compile(loose(pattern))


def agrees(typed: str, full: str) -> bool:
    """Whether a word as typed can be this word: the same, or with accents left out."""
    return len(typed) == len(full) and all(
        t == f or t in TYPED.get(f, "") for t, f in zip(typed, full, strict=True)
    )


@dataclass(frozen=True)
class Word:
    """One word without its accents, and where it stands in the reading."""

    text: str
    start: int
    end: int


class Reading:
    """A message under extraction. `text`, `low` and `bare` have one length and one numbering."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.starts: list[int] | None = None
        self.ends: list[int] = []
        self.text = raw if not ODD.search(raw) else self.plain(raw)
        self.low = place_tones(lower(self.text))  # hidden places are blanked here and in `bare`
        self.bare = self.low if self.low.isascii() else self.low.translate(BARE)
        self.said, self.said_bare = self.low, self.bare  # nothing is ever hidden here
        self.accented = is_accented(self.low, self.bare)

    def plain(self, raw: str) -> str:
        """Composed, look-alikes plain, nothing invisible, single spaces; notes each one's place."""
        letters: list[str] = []
        self.starts = []
        for match in CLUSTER.finditer(raw):
            piece = INVISIBLE.sub("", match.group()).translate(LOOK_ALIKES)
            piece = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", piece))
            for letter in piece.translate(LOOK_ALIKES):
                if letter.isdecimal():
                    letter = str(unicodedata.decimal(letter))
                elif not letter.isprintable() and letter != "\n":
                    letter = " "
                if letter == " " and letters[-1:] == [" "]:
                    continue
                letters.append(letter)
                self.starts.append(match.start())
                self.ends.append(match.end())
        return "".join(letters)

    @property
    def is_mapped(self) -> bool:
        """Whether raw places differ from the reading's own."""
        return self.starts is not None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of raw text that a stretch of the reading came from."""
        if self.starts is None:
            return start, end
        return self.starts[start], self.ends[end - 1]

    @cached_property
    def words(self) -> list[Word]:
        """The words as they stood before anything was hidden."""
        return [Word(m.group(), m.start(), m.end()) for m in WORD.finditer(self.said_bare)]

    @cached_property
    def keys(self) -> frozenset[str]:
        """The words of letters alone, to see at once whether a rule can fit at all."""
        return frozenset(LETTER_WORD.findall(self.said_bare))

    @cached_property
    def has_digit(self) -> bool:
        return any(digit in self.said for digit in "0123456789")

    def has(self, *triggers: frozenset[str]) -> bool:
        """Whether one of these bare words is said."""
        return any(not self.keys.isdisjoint(words) for words in triggers)

    def hide(self, start: int, end: int, mark: str = HIDDEN) -> None:
        """Blanks a stretch for the rules that come after."""
        blank = mark * (end - start)
        self.low = self.low[:start] + blank + self.low[end:]
        self.bare = self.bare[:start] + blank + self.bare[end:]

    def is_free(self, start: int, end: int) -> bool:
        """Whether nothing of this stretch was taken."""
        piece = self.low[start:end]
        return HIDDEN not in piece and GOODS not in piece and BRAND not in piece

    def before(self, start: int, width: int = 40) -> str:
        """What stands before a place, hidden stretches blanked."""
        return self.low[max(0, start - width) : start]

    def after(self, end: int, width: int = 40) -> str:
        """What stands after a place, hidden stretches blanked."""
        return self.low[end : end + width]

    def part(self, match: re.Match[str], group: str) -> str:
        """What a group of a rule took, without accents; nothing if it took nothing."""
        start, end = match.span(group)
        return self.bare[start:end] if start >= 0 else ""

    def find(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """The places that a rule fits."""
        return pattern.finditer(self.low)


def is_accented(low: str, bare: str) -> bool:
    """Whether the writer uses accents, and not just "ạ" at the end."""
    if low is bare:
        return False
    words = [match.span() for match in LETTER_WORD.finditer(bare)]
    full = sum(low[start:end] != bare[start:end] for start, end in words)
    return full > 0.3 * len(words)


def lower(text: str) -> str:
    """Lower case, letter by letter where a letter would become two."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(c if len(c.lower()) != 1 else c.lower() for c in text)
