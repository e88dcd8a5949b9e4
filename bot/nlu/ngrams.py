"""Texts as TF-IDF rows over words, word pairs and groups of letters, quick for one text at a time.

The numbers are those of scikit-learn's TfidfVectorizer (smooth, sublinear); its `transform` takes
a millisecond for a text, this takes a twentieth.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain, pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

SHORTEST: Final = 2  # letters in a group
LONGEST: Final = 4
RARE: Final = 2  # groups of letters in fewer texts are left out
HALF: Final = 0.5**0.5  # words and letters weigh the same
REMEMBERED: Final = 50_000  # words whose letter groups are kept at hand

Ids = NDArray[np.int32]
Values = NDArray[np.float32]
Row = tuple[Ids, Values]


def word_grams(text: str) -> list[str]:
    """The words of a text and its neighbouring pairs."""
    words = text.split()
    return words + [f"{one} {two}" for one, two in pairwise(words)]


def letter_grams(word: str) -> list[str]:
    """Groups of two to four letters of a word, a space for its ends."""
    padded = f" {word} "
    return [
        padded[at : at + size]
        for size in range(SHORTEST, LONGEST + 1)
        for at in range(len(padded) - size + 1)
    ]


class Ngrams:
    """A vocabulary with weights; `row` turns a text into column numbers and values."""

    def fit(self, texts: Sequence[str]) -> "Ngrams":
        """Takes the vocabulary from these texts."""
        # Not sets: their order changes from one process to the next, and the columns with it.
        pairs = Counter(chain.from_iterable(dict.fromkeys(word_grams(text)) for text in texts))
        grams = {word: letter_grams(word) for text in texts for word in text.split()}
        letters = Counter(
            chain.from_iterable(
                dict.fromkeys(chain.from_iterable(map(grams.__getitem__, text.split())))
                for text in texts
            )
        )
        self.words = {gram: at for at, gram in enumerate(pairs)}
        kept = [gram for gram, count in letters.items() if count >= RARE]
        self.letters = {gram: at for at, gram in enumerate(kept, len(self.words))}
        seen = [*pairs.values(), *(letters[gram] for gram in kept)]
        self.idf = np.log((1 + len(texts)) / (1 + np.array(seen))).astype(np.float32) + 1
        self.spelt: dict[str, list[int]] = {}
        return self

    def __len__(self) -> int:
        return len(self.idf)

    def row(self, text: str) -> Row:
        """Columns and values of a text: two halves of length √½, words and letters."""
        words = Counter(self.words[gram] for gram in word_grams(text) if gram in self.words)
        letters = Counter(chain.from_iterable(map(self.spell, text.split())))
        ids = np.fromiter(chain(words, letters), np.int32, len(words) + len(letters))
        counts = np.fromiter(chain(words.values(), letters.values()), np.float32, len(ids))
        values = (1 + np.log(counts)) * self.idf[ids]
        for half in (values[: len(words)], values[len(words) :]):
            length = math.sqrt(half @ half)
            half *= HALF / length if length else 0
        return ids, values

    def spell(self, word: str) -> list[int]:
        """The columns of a word's letter groups."""
        found = self.spelt.get(word)
        if found is None:
            found = [self.letters[gram] for gram in letter_grams(word) if gram in self.letters]
            if len(self.spelt) < REMEMBERED:
                self.spelt[word] = found
        return found

    def matrix(self, texts: Iterable[str]) -> csr_matrix:
        """The rows of several texts as a sparse matrix."""
        rows = [self.row(text) for text in texts]
        ends = np.cumsum([0, *(len(ids) for ids, _ in rows)])
        ids = np.concatenate([ids for ids, _ in rows])
        values = np.concatenate([values for _, values in rows])
        return csr_matrix((values, ids, ends), shape=(len(rows), len(self)))

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "spelt": {}}
