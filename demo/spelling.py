"""Vietnamese as people type it: with accents, without, "256gb", "hoà" and "hòa"."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

# The tone mark of these stands on either vowel; on the second one here.
OLD_TONES: Final = {
    old: new
    for olds, news in (
        (("òa", "óa", "ỏa", "õa", "ọa"), ("oà", "oá", "oả", "oã", "oạ")),
        (("òe", "óe", "ỏe", "õe", "ọe"), ("oè", "oé", "oẻ", "oẽ", "oẹ")),
        (("ùy", "úy", "ủy", "ũy", "ụy"), ("uỳ", "uý", "uỷ", "uỹ", "uỵ")),
    )
    for old, new in zip(olds, news, strict=True)
}
WORD: Final = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")

Words = tuple[str, ...]


@lru_cache(maxsize=4096)
def words(text: str) -> Words:
    """The words in lower case; digits and letters apart, so that "256GB" is two."""
    plain = unicodedata.normalize("NFC", text).lower()
    for old, new in OLD_TONES.items():
        plain = plain.replace(old, new)
    return tuple(word.replace(",", ".") for word in WORD.findall(plain))


@lru_cache(maxsize=16384)
def bare(word: str) -> str:
    """Without accents."""
    apart = unicodedata.normalize("NFD", word.replace("đ", "d"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def same(typed: str, word: str) -> bool:
    """Whether someone who typed this can have meant the word: "den" is "đen", "đèn" is not."""
    return typed == word or typed == bare(word)


def find(phrase: Words, text: Sequence[str]) -> int:
    """Where the phrase begins in the text, or -1; the last place counts."""
    for start in range(len(text) - len(phrase), -1, -1):
        if phrase and all(map(same, text[start : start + len(phrase)], phrase)):
            return start
    return -1


def mentions(text: str, phrase: str) -> bool:
    return find(words(phrase), words(text)) >= 0


def equal(text: str, phrase: str) -> bool:
    typed, meant = words(text), words(phrase)
    return len(typed) == len(meant) and all(map(same, typed, meant))
