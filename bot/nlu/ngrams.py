"""Texts as TF-IDF rows over words, word pairs and groups of letters, quick for one text at a time.

The numbers are those of scikit-learn's TfidfVectorizer (smooth, sublinear); its `transform` takes
a millisecond for a text, this takes a twentieth.
"""

import math
from collections import Counter
from collections.abc import Sequence
from itertools import chain, pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

SHORTEST: Final = 2  # letters in a group
LONGEST: Final = 4
RARE: Final = 2  # groups of letters in fewer texts are left out
HALF: Final = 0.5**0.5  # words and letters weigh the same
TINY: Final = 1e-9  # a text without a known gram has no length
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

    def fit(self, texts: Sequence[str]) -> csr_matrix:
        """Takes the vocabulary from these texts, and gives their rows."""
        split = [text.split() for text in texts]
        spellings = dict.fromkeys(chain.from_iterable(split))  # a set's order is not twice the same
        number = {word: at for at, word in enumerate(spellings)}
        words = _counts([[number[word] for word in each] for each in split], len(number))
        met = {pair: at for at, pair in enumerate(dict.fromkeys(chain(*map(pairwise, split))))}
        pairs = _counts([[met[pair] for pair in pairwise(each)] for each in split], len(met))
        self.words = {gram: at for at, gram in enumerate([*number, *map(" ".join, met)])}

        grams = {word: letter_grams(word) for word in spellings}
        column = {gram: at for at, gram in enumerate(dict.fromkeys(chain(*grams.values())))}
        spelt = _counts([[column[gram] for gram in grams[word]] for word in spellings], len(column))
        letters = words @ spelt
        kept = np.flatnonzero(np.bincount(letters.indices, minlength=len(column)) >= RARE)
        letters = letters[:, kept]
        names = list(column)
        self.letters = {names[gram]: at for at, gram in enumerate(kept, len(self.words))}
        self.spelt: dict[str, list[int]] = {}

        halves = hstack([words, pairs], "csr"), letters
        seen = np.concatenate([np.bincount(h.indices, minlength=h.shape[1]) for h in halves])
        self.idf = np.log((1 + len(texts)) / (1 + seen)).astype(np.float32) + 1
        for half, idf in zip(halves, np.split(self.idf, [len(self.words)]), strict=True):
            half.data = (1 + np.log(half.data)) * idf[half.indices]
            lengths = np.sqrt(half.multiply(half).sum(axis=1).A1)
            half.data *= np.repeat(HALF / np.maximum(lengths, TINY), np.diff(half.indptr))
        return hstack(halves, "csr")

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

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "spelt": {}}


def _counts(columns: Sequence[Sequence[int]], width: int) -> csr_matrix:
    """How often each column is named in a row."""
    ends = np.cumsum([0, *map(len, columns)])
    ids = np.fromiter(chain.from_iterable(columns), np.int32, ends[-1])
    counts = csr_matrix((np.ones(len(ids), np.float32), ids, ends), shape=(len(columns), width))
    counts.sum_duplicates()
    return counts
