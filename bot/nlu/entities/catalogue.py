"""A catalogue of phrases, and how they are found in what people type.

Accents do not matter, except that a short word may not carry others; a long word may have one
letter wrong; of two phrases the longer one is taken.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from bot.nlu.entities.reading import Reading, agrees, place_tones
from bot.nlu.entities.syllables import is_syllable
from bot.nlu.text import strip_accents

TOKEN: Final = re.compile(r"[^\W\d_]+|\d+")
GAP: Final = re.compile(r"[ \-./+_]{0,2}")
RANK: Final = {"product": 0, "brand": 1, "category": 2}  # which meaning of a phrase wins
LONG: Final = 5  # letters of a word that may be misspelt
NOT_MISSPELT: Final = frozenset(
    {"share", "shape", "shark", "apply", "ample", "clear", "smart", "camon"}
)


@dataclass(frozen=True)
class Good:
    """What a row of words means: a product's id, a brand's name or a category's id."""

    kind: str
    value: str
    words: tuple[str, ...]  # without accents
    full: tuple[str, ...]  # as written in the catalogue

    def goes_before(self, other: "Good") -> bool:
        """Whether this meaning of a phrase wins; of two spellings, the one with accents does."""
        if (self.kind, self.value) == (other.kind, other.value) and self.full == self.words:
            return False
        return RANK[self.kind] <= RANK[other.kind]


def good(kind: str, value: str, phrase: str) -> Good:
    full = tuple(TOKEN.findall(place_tones(phrase.lower())))
    return Good(kind, value, tuple(strip_accents(word) for word in full), full)


class Catalogue:
    """Phrases, found by their first word."""

    def __init__(self, goods: Iterable[Good]) -> None:
        self.by_first: defaultdict[str, list[Good]] = defaultdict(list)
        by_words: dict[tuple[str, ...], Good] = {}
        for each in goods:
            known = by_words.get(each.words)
            if each.words and (known is None or each.goes_before(known)):
                by_words[each.words] = each
        for each in by_words.values():
            self.by_first[each.words[0]].append(each)
        for row in self.by_first.values():
            row.sort(key=lambda each: -len(each.words))
        self.vocabulary = frozenset(word for words in by_words for word in words)
        self.near: defaultdict[str, set[str]] = defaultdict(set)
        for word in self.vocabulary:
            if len(word) >= LONG and word.isalpha():
                for shorter in shortened(word):
                    self.near[shorter].add(word)
        self.meant = lru_cache(maxsize=4096)(self._meant)

    def _meant(self, word: str) -> frozenset[str]:
        """The words of the catalogue that this one is, or is a misspelling of."""
        if word in self.vocabulary:
            return frozenset({word})
        if not LONG - 1 <= len(word) <= 20 or is_syllable(word) or word in NOT_MISSPELT:
            return frozenset()
        near = {known for shorter in shortened(word) for known in self.near.get(shorter, ())}
        return frozenset(known for known in near if known[0] == word[0] and is_one_off(word, known))

    def find(self, read: Reading) -> Iterator[tuple[Good, int, int]]:
        """The longest phrases, from left to right."""
        tokens = list(TOKEN.finditer(read.bare))
        meant = [self.meant(match.group()) for match in tokens]
        at = 0
        while at < len(tokens):
            best = self.longest(read, tokens, meant, at) if meant[at] else None
            if best is None:
                at += 1
                continue
            last = at + len(best.words)
            yield best, tokens[at].start(), tokens[last - 1].end()
            at = last

    def longest(
        self,
        read: Reading,
        tokens: list[re.Match[str]],
        meant: list[frozenset[str]],
        at: int,
    ) -> Good | None:
        """The longest phrase that starts at a token."""
        found = [
            each
            for first in meant[at]
            for each in self.by_first.get(first, ())
            if fits(read, each, tokens[at : at + len(each.words)], meant[at : at + len(each.words)])
        ]
        return max(found, key=lambda each: len(each.words), default=None)


def fits(
    read: Reading, each: Good, tokens: list[re.Match[str]], meant: list[frozenset[str]]
) -> bool:
    """Whether these tokens are this phrase; on short words no other accents will do."""
    if len(tokens) < len(each.words):
        return False
    for word, full, token, words in zip(each.words, each.full, tokens, meant, strict=True):
        typed = read.low[token.start() : token.end()]
        if word not in words or (len(word) < LONG and not agrees(typed, full)):
            return False
    return all(
        GAP.fullmatch(read.low, left.end(), right.start()) for left, right in pairwise(tokens)
    )


def shortened(word: str) -> set[str]:
    """The word, and the word with any one letter left out."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def is_one_off(word: str, known: str) -> bool:
    """Whether one letter is missing, added, changed, or two neighbours have changed places."""
    if abs(len(word) - len(known)) > 1:
        return False
    start = 0
    while start < min(len(word), len(known)) and word[start] == known[start]:
        start += 1
    left, right = word[start:], known[start:]
    return (
        left[1:] == right[1:]
        or left[1:] == right
        or left == right[1:]
        or (left[:2] == right[1::-1] and left[2:] == right[2:])
    )
