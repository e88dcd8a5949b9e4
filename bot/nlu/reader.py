"""Reads a message as it was meant: accents put back, wrong keys righted, by what was taught.

A bare word may stand for any taught word with its letters, and a word that was never seen for one
that differs by a key. The neighbours decide (pairs of words, Viterbi).
"""

import math
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import Any, Final

from bot.nlu.text import has_accents, strip_accents

START: Final = "^"
END: Final = "$"
SHORTEST: Final = 2  # letters of a word that may be a slip
TRUST: Final = 2.0  # sightings of a word that weigh as much as one of a pair
REMEMBERED: Final = 50_000  # words whose candidates are kept at hand
# What a change costs, in nats.
ACCENTS_ADDED: Final = 3.0  # where the writer accents other words
ACCENTS_OTHER: Final = 1.0
SLIP: Final = 3.0
SWAP: Final = 2.0
SAME_FIRST: Final = -0.5
LETTER_LOST: Final = 1.0  # an accented letter of the word that is gone
LETTER_NEW: Final = 0.5

NEVER_BEFORE: Final = math.log(TRUST)
NO_GAIN: Final[dict[str, float]] = {}


class Reader:
    """What words and pairs of words the bot was taught; `read` a message by them."""

    def fit(self, texts: Iterable[str]) -> "Reader":
        """Counts the accented texts; of others only the words that nobody accents count."""
        words: Counter[str] = Counter()
        pairs: Counter[tuple[str, str]] = Counter()
        bare: set[str] = set()
        for text in texts:
            if not has_accents(text):
                bare.update(text.split())
                continue
            line = [START, *text.split(), END]
            words.update(line)
            pairs.update(pairwise(line))
        self.forms: dict[str, list[str]] = {}
        for word in words:
            self.forms.setdefault(strip_accents(word), []).append(word)
        for word in sorted(bare - self.forms.keys()):
            self.forms[word] = [word]
            words[word] = 1
        self.words, self.pairs = dict(words), dict(pairs)
        self.index()
        return self

    def index(self) -> None:
        """What reading needs: words by their letters less one, how likely words and pairs are."""
        total = sum(self.words.values())
        share = {word: TRUST * seen / total for word, seen in self.words.items()}
        self.alone = {word: math.log(part) for word, part in share.items()}
        self.unknown = math.log(TRUST * 0.01 / total)
        self.before = {word: math.log(seen + TRUST) for word, seen in self.words.items()}
        self.together: dict[str, dict[str, float]] = {word: {} for word in self.words}
        for (word, after), seen in self.pairs.items():
            gain = math.log(seen + share[after]) - self.alone[after]
            self.together[word][after] = gain
        self.near: dict[str, list[str]] = {}
        for letters in self.forms:
            if letters.isalpha() and len(letters) >= SHORTEST - 1:
                for less in one_less(letters):
                    self.near.setdefault(less, []).append(letters)
        self.memory: dict[tuple[str, bool], dict[str, float]] = {}

    def read(self, text: str) -> str:
        """The likeliest meant text."""
        accented = mostly_accented(text)
        choices = [self.choices(word, accented) for word in text.split()]
        if all(len(choice) == 1 for choice in choices):
            return " ".join(next(iter(choice)) for choice in choices)
        paths = [(0.0, "", self.together[START])]
        for choice in [*choices, {END: 0.0}]:
            longer = []
            for word, value in choice.items():
                best, path = max((score + gain.get(word, 0), path) for score, path, gain in paths)
                ends = best + value - self.before.get(word, NEVER_BEFORE)
                longer.append((ends, f"{path} {word}", self.together.get(word, NO_GAIN)))
            paths = longer
        return paths[0][1][1 : -len(END) - 1]

    def choices(self, word: str, accented: bool) -> dict[str, float]:
        """What a word of a message may stand for, and how likely each is by itself."""
        found = self.memory.get((word, accented))
        if found is None:
            costs = self.costs(word, accented) or {word: 0.0}
            found = {form: self.alone.get(form, self.unknown) - c for form, c in costs.items()}
            if len(self.memory) < REMEMBERED:
                self.memory[word, accented] = found
        return found

    def costs(self, word: str, accented: bool) -> dict[str, float]:
        """The taught words that a word may be, and what it costs to take it so."""
        letters = strip_accents(word)
        forms = self.forms.get(letters, [])
        if letters == word and forms:
            added = ACCENTS_ADDED if accented else 0.0
            return {word: 0.0, **{form: added for form in forms if form != word}}
        if word in self.words:
            return {word: 0.0}
        if not letters.isalpha() or len(letters) < SHORTEST:
            return {}
        found = {form: ACCENTS_OTHER for form in forms}
        for near in {near for less in one_less(letters) for near in self.near.get(less, ())}:
            if near != letters:
                slip = SWAP if sorted(near) == sorted(letters) else SLIP
                slip += SAME_FIRST if near[0] == letters[0] else 0
                for form in self.forms[near]:
                    found[form] = slip + accents_changed(word, form, accented)
        return found

    def __getstate__(self) -> dict[str, Any]:
        return {"words": self.words, "pairs": self.pairs, "forms": self.forms}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.index()


def mostly_accented(text: str) -> bool:
    """Whether the writer has accents: at least half of the words do, as a stray one may come from
    an abbreviation written out."""
    words = text.split()
    return 2 * sum(not word.isascii() for word in words) >= len(words)


def one_less(letters: str) -> set[str]:
    """A word and all it becomes when one letter is left out."""
    return {letters, *(letters[:at] + letters[at + 1 :] for at in range(len(letters)))}


def accents_changed(word: str, form: str, accented: bool) -> float:
    """What it costs that two words have other accented letters."""
    had, has = ({c for c in w if not c.isascii()} for w in (word, form))
    return LETTER_LOST * len(had - has) + (LETTER_NEW * len(has - had) if accented else 0.0)
