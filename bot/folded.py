"""Text as search sees it: words without accents, numbers however they are grouped.

The database keeps `words` of every message, so changing what it gives needs a migration that
writes them anew.

- A word is a run of letters or of digits: "DH-1024", "dh 1024" and "DH1024" are the same.
- A number goes on over the signs that people group digits with: "0901 234 567" is 0901234567, and
  also 234567 and 567. +84 before a phone number is 0.
- All else (punctuation, emoji) only separates.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

QUERY_LETTERS = 200
QUERY_WORDS = 12
WORD_LETTERS = 64  # PostgreSQL takes no endless ones
NUMBER_DIGITS = 19  # of the longest account numbers

_WORD = re.compile(r"\d+(?:[ .,()/-]{1,2}\d+)*|[^\W\d_]+")
_DIGITS = re.compile(r"\d+")
_COUNTRY = re.compile(r"^84(?=[235789]\d{8})")


@dataclass(frozen=True)
class Sought:
    """A word to be found."""

    text: str
    whole: bool = False  # otherwise longer words that begin so are found too


# All of these must be found, each in one of several ways, a way being all of its words.
Query = Sequence[Sequence[Sequence[Sought]]]


def fold(text: str) -> str:
    """Lower case without accents: "Hoàn tiền" → "hoan tien"."""
    letters = unicodedata.normalize("NFKD", text).lower().replace("đ", "d")
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def words(text: str) -> str:
    """The words of a text that it is found by, with a space between them."""
    return " ".join(dict.fromkeys(word for word, _ in _words(fold(text))))


def _words(plain: str) -> Iterator[tuple[str, Sequence[int]]]:
    """The words of a folded text, and where each of their letters stands in it."""
    for match in _WORD.finditer(plain):
        if not match[0][0].isdecimal():
            yield match[0][:WORD_LETTERS], range(*match.span())
            continue
        groups = [range(*group.span()) for group in _DIGITS.finditer(plain, *match.span())]
        for n in range(len(groups)):
            at = list(chain(*groups[n : n + NUMBER_DIGITS]))[:NUMBER_DIGITS]
            digits = "".join(plain[each] for each in at)
            number = _COUNTRY.sub("0", digits)
            yield number, at if number == digits else [at[0], *at[2:]]


def sought(text: str) -> Query:
    """What somebody who types this looks for; nothing when it holds no word.

    Letters that stand with digits ("500k", "dh1024") are whole words, all others may go on.
    """
    plain = fold(text[:QUERY_LETTERS])
    found: dict[Sequence[Sequence[Sought]], None] = {}
    for match in _WORD.finditer(plain):
        if match[0][0].isdecimal():
            groups = [group[:NUMBER_DIGITS] for group in _DIGITS.findall(match[0])]
            number = Sought(_COUNTRY.sub("0", "".join(groups)[:NUMBER_DIGITS]))
            apart = tuple(map(Sought, groups))
            found[((number,), apart) if len(groups) > 1 else ((number,),)] = None
        else:
            beside = plain[match.start() - 1 : match.start()] + plain[match.end() : match.end() + 1]
            whole = any(map(str.isdecimal, beside))
            found[((Sought(match[0][:WORD_LETTERS], whole),),)] = None
    return tuple(found)[:QUERY_WORDS]


def places(text: str, query: Query) -> list[tuple[int, int]]:
    """Where in a text stands what was sought, from its beginning on; what only a space parts is
    one place."""
    letters = [(at, letter) for at, each in enumerate(text) for letter in fold(each)]
    known = list(_words("".join(letter for _, letter in letters)))
    source = [*(at for at, _ in letters), len(text)]
    spans: list[tuple[int, int]] = []
    for ways in query:
        for way in ways:
            found = [_found(each, known) for each in way]
            if all(found):
                spans += [(source[begin], source[end]) for begin, end in chain(*found)]
                break
    joined: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if joined and not text[joined[-1][1] : begin].strip():
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def _found(each: Sought, known: Sequence[tuple[str, Sequence[int]]]) -> list[tuple[int, int]]:
    size = len(each.text)
    return [
        (at[0], at[size - 1] + 1)
        for word, at in known
        if (word == each.text if each.whole else word.startswith(each.text))
    ]
