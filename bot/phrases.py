"""Lists of phrases that people review, matched in what customers write.

A phrase is matched in the normal form of a message (bot/nlu/text): lower case, teencode written
out. " … " stands for up to three words; the rest is a regular expression on whole words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.nlu.text import normalise, strip_accents

LONGEST: Final = 4000  # characters that are looked at
BETWEEN: Final = r"(?: \S+){0,3} "


@dataclass(frozen=True)
class Text:
    """A message in its normal form, and the same without accents."""

    normal: str
    bare: str

    @classmethod
    def of(cls, message: str) -> Text:
        normal = normalise(message[:LONGEST])
        return cls(normal, strip_accents(normal))


@dataclass(frozen=True)
class Phrases:
    """One list.

    `words` also match without accents; `accented` only as written, because without its accents
    the phrase is an ordinary one; `plain` are written without accents and match such text.
    `unless` is taken out of the message first.
    """

    written: re.Pattern[str]
    stripped: re.Pattern[str]
    unless: re.Pattern[str]
    unless_stripped: re.Pattern[str]

    @classmethod
    def read(cls, lists: Mapping[str, Sequence[str]]) -> Phrases:
        """Raises re.error for a phrase that cannot be matched."""
        words, unless = list(lists.get("words", ())), lists.get("unless", ())
        return cls(
            _pattern([*words, *lists.get("accented", ())]),
            _pattern([*map(strip_accents, words), *lists.get("plain", ())]),
            _pattern(unless),
            _pattern([strip_accents(phrase) for phrase in unless]),
        )

    def fit(self, text: Text) -> bool:
        """Whether a phrase of the list stands in the message."""
        return bool(
            self.written.search(self.unless.sub(" · ", text.normal))
            or self.stripped.search(self.unless_stripped.sub(" · ", text.bare))
        )


def _pattern(phrases: Sequence[str]) -> re.Pattern[str]:
    either = "|".join(f"(?:{phrase})" for phrase in phrases) or "(?!)"
    return re.compile(r"(?<!\S)(?:" + either.replace(" … ", BETWEEN) + r")(?!\S)")
