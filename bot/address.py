"""How the shop and a customer call each other, chosen from the customer's own words and kept.

Sentences are written to "anh/chị" from "em"; for a customer who is an aunt the same sentence says
"cô" and "cháu". To somebody younger "anh/chị" stays the polite word.
"""

from __future__ import annotations

import re
from typing import Final

# The customer's own word for themselves: what the shop calls them, and itself.
PAIRS: Final = {
    "anh": ("anh", "em"),
    "chị": ("chị", "em"),
    "cô": ("cô", "cháu"),
    "chú": ("chú", "cháu"),
    "bác": ("bác", "cháu"),
    "ông": ("ông", "cháu"),
    "bà": ("bà", "cháu"),
    "dì": ("dì", "cháu"),
    "bạn": ("bạn", "em"),  # only for those who ask for it
}
_YOU: Final = re.compile(r"\b(anh/chị|Anh/chị|Anh/Chị)\b")
# "trẻ em", "em bé": not the shop.
_ME: Final = re.compile(r"(?<!trẻ )(?<!các )\b([Ee])m\b(?! bé)")


def addressed(text: str, term: str | None) -> str:
    """A sentence written to "anh/chị" from "em", said to someone who calls themselves `term`."""
    if term not in PAIRS:
        return text
    you, me = PAIRS[term]
    text = _YOU.sub(lambda found: _cased(you, found[0]), text)
    return text if me == "em" else _ME.sub(lambda found: _cased(me, found[0]), text)


def _cased(word: str, like: str) -> str:
    return word[0].upper() + word[1:] if like[0].isupper() else word
