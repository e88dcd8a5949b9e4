"""The intent model: which intent a text is closest to, and whether it is ours at all.

Linear SVM over words and letter groups, taught with a copy of every example without accents and
with sentences that are nobody's business here. A message is judged as it stands and as the reader
understands it. No Rasa in this file.
"""

import math
import re
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.nlu.neighbours import Neighbours
from bot.nlu.ngrams import Ngrams, Row
from bot.nlu.reader import Reader, mostly_accented
from bot.nlu.svm import one_versus_rest
from bot.nlu.text import normalise, strip_accents

BACKGROUND: Final = Path(__file__).parent / "background.txt"
OUT_OF_SCOPE: Final = "out_of_scope"
LIKENESS: Final = 2.0  # how much nearness to taught examples counts for a text
FOREIGN: Final = 0.2  # how much the margin of "nobody's business" counts against a text
DIGIT: Final = re.compile(r"\d")
PICTURE: Final = re.compile(r"[^\w\s]+")

Vector = NDArray[np.float32]


class Guess(NamedTuple):
    """One intent and how sure the model is that the text means it."""

    intent: str
    confidence: float


@lru_cache(maxsize=1)
def background() -> list[str]:
    """Normal forms of the negatives that ship with the program."""
    lines = BACKGROUND.read_text(encoding="utf-8").splitlines()
    return [normalise(line) for line in lines if line and not line.startswith("#")]


def shape(text: str) -> str:
    """What the model looks at: digits all alike, pictures only where nothing else is."""
    text = DIGIT.sub("0", text)
    return PICTURE.sub(" ", text).strip() or text


class IntentModel:
    """Fit on normal forms and their intents; `rank` a new normal form."""

    def __init__(self, negatives: Sequence[str] | None = None) -> None:
        self.negatives = background() if negatives is None else list(negatives)

    def fit(self, texts: Sequence[str], intents: Sequence[str]) -> "IntentModel":
        """Learns the intents, and how far to trust a score by scoring texts it did not see.

        The two go on side by side, in a process each: liblinear draws its random numbers from one
        state for all threads, so that two fits at once would differ from one time to the next.
        """
        from bot.nlu.calibration import calibrate

        with ProcessPoolExecutor(1) as beside:
            calibration = beside.submit(calibrate, texts, intents, self.negatives)
            self.learn(texts, intents)
            bare, accented = calibration.result()
        self.calibration = {False: bare, True: accented}
        self.negatives = []
        return self

    def learn(self, texts: Sequence[str], intents: Sequence[str]) -> None:
        """The model itself: vocabulary, weights, and the examples to measure nearness by."""
        rows = copies(texts, intents, self.negatives)
        self.reader = Reader().fit([shape(text) for text in [*texts, *self.negatives]])
        self.ngrams = Ngrams()
        matrix = self.ngrams.fit([text for text, _ in rows])
        names = sorted(
            {intent for _, intent in rows}, key=lambda name: (name == OUT_OF_SCOPE, name)
        )
        number = {name: at for at, name in enumerate(names)}
        weights, bias = one_versus_rest(matrix, np.array([number[intent] for _, intent in rows]))
        self.intents = [name for name in names if name != OUT_OF_SCOPE]
        self.weights = np.ascontiguousarray(weights.T, np.float16).astype(np.float32)
        self.bias = bias.astype(np.float32)
        known = dict(zip(map(shape, texts), intents, strict=True))
        counts = np.array([intent != OUT_OF_SCOPE for intent in known.values()])
        row_of = {text: at for at, (text, _) in enumerate(rows)}
        self.neighbours = Neighbours(matrix[[row_of[text] for text in known]], counts)

    def score(self, text: str) -> tuple[Vector, float]:
        """Margins by intent, and one number for "is this ours".

        The number is the best margin / 2 and what the nearness to taught examples counts, less a
        part of the margin of what is nobody's business.
        """
        heard = shape(text)
        meant = self.reader.read(heard)
        row = self.ngrams.row(meant)
        margins = self.margins(row)
        if meant != heard:
            margins = (margins + self.margins(self.ngrams.row(heard))) / 2
        ours = margins[: len(self.intents)]
        foreign = margins[-1] if len(margins) > len(ours) else 0.0
        near = self.neighbours.likeness(row)
        return ours, float(ours.max() / 2 + LIKENESS * near - FOREIGN * foreign)

    def margins(self, row: Row) -> Vector:
        """How far on each class's side of its plane a row lies."""
        ids, values = row
        found: Vector = values @ self.weights[ids] + self.bias
        return found

    def rank(self, text: str) -> list[Guess]:
        """All intents, the likeliest first. The best one's confidence is its chance to be meant.

        Out of scope stands among them with the rest of that chance.
        """
        margins, score = self.score(text)
        slope, offset = self.calibration[mostly_accented(text)]
        chance = 1 / (1 + math.exp(-(slope * score + offset)))
        shares = chance * np.exp(2 * (margins - margins.max()))
        guesses = list(map(Guess, self.intents, shares.tolist()))
        guesses.append(Guess(OUT_OF_SCOPE, 1 - chance))
        return sorted(guesses, key=itemgetter(1), reverse=True)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "weights": self.weights.astype(np.float16)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, weights=state["weights"].astype(np.float32))


def copies(
    texts: Sequence[str], intents: Sequence[str], negatives: Sequence[str]
) -> list[tuple[str, str]]:
    """Training rows: everything as written and without its accents; the negatives are nobody's."""
    rows = [*zip(texts, intents, strict=True), *((text, OUT_OF_SCOPE) for text in negatives)]
    shaped = [(shape(text), intent) for text, intent in rows]
    return list(dict.fromkeys(row for t, i in shaped for row in ((t, i), (strip_accents(t), i))))
