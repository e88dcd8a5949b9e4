"""Finding the texts that are most like one: tf-idf over letters and words without accents.

In plain Python: the web process loads neither NumPy nor a model for it.
"""

from __future__ import annotations

import math
import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise
from typing import Final

from bot.nlu.text import strip_accents

LONGEST: Final = 400  # letters of a text that are looked at
COMMON: Final = 0.2  # what stands in more of the texts than this tells nothing
MANY: Final = 50  # of fewer texts nobody knows what is common
GRAM: Final = 4  # letters
_WORD: Final = re.compile(r"\w+")


def features(text: str) -> Counter[str]:
    """Words, pairs of words, and runs of letters, without accents."""
    words = _WORD.findall(strip_accents(text[:LONGEST].lower()))
    line = f" {' '.join(words)} "
    runs = (line[at : at + GRAM] for at in range(len(line) - GRAM + 1))
    pairs = (f"{first}_{second}" for first, second in pairwise(words))
    return Counter((*words, *pairs, *runs))


class Index:
    """Texts by number, in the order in which they were added."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._places: defaultdict[str, array[int]] = defaultdict(lambda: array("l"))
        self._norms: list[float] | None = None
        self.size = 0
        for text in texts:
            self.add(text)

    def add(self, text: str) -> None:
        for feature in features(text):
            self._places[feature].append(self.size)
        self.size += 1
        self._norms = None

    def nearest(self, text: str, most: int) -> list[tuple[float, int]]:
        """The most alike texts, the best first: likeness from 0 to 1, and their numbers."""
        if self._norms is None:
            self._norms = self._lengths()
        scores: defaultdict[int, float] = defaultdict(float)
        length = 0.0
        for feature in features(text):
            weight = self._weight(feature) ** 2
            length += weight
            if weight:
                for place in self._places[feature]:
                    scores[place] += weight
        if not length:
            return []
        root = math.sqrt(length)
        ranked = ((score / (root * self._norms[place]), place) for place, score in scores.items())
        return sorted(ranked, reverse=True)[:most]

    def _weight(self, feature: str) -> float:
        """Rare features count more; one that no text has still makes others less alike."""
        found = len(self._places[feature]) if feature in self._places else 0
        size = max(self.size, MANY)
        return 0.0 if found > COMMON * size else math.log((size + 1) / (found + 0.5))

    def _lengths(self) -> list[float]:
        squares = [0.0] * self.size
        for feature, places in self._places.items():
            weight = self._weight(feature) ** 2
            for place in places:
                squares[place] += weight
        return [math.sqrt(square) or 1.0 for square in squares]
