"""The intent model: which intent a text is closest to, and whether it is ours at all.

Linear SVM over words and letter groups, taught with a copy of every example without accents and
with sentences that are nobody's business here. No Rasa in this file.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from bot.nlu.text import has_accents, normalise, strip_accents

BACKGROUND: Final = Path(__file__).parent / "background.txt"
OUT_OF_SCOPE: Final = "out_of_scope"
NEIGHBOURS: Final = 3
FOLDS: Final = 4
FLOAT: Final = np.float32


@dataclass(frozen=True)
class Guess:
    """One intent and how sure the model is that the text means it."""

    intent: str
    confidence: float


@lru_cache(maxsize=1)
def background() -> list[str]:
    """Normal forms of the negatives that ship with the program."""
    lines = BACKGROUND.read_text(encoding="utf-8").splitlines()
    return [normalise(line) for line in lines if line and not line.startswith("#")]


def shape(text: str) -> str:
    """Digits all alike: a code is a code, whatever its number."""
    return re.sub(r"\d", "0", text)


class IntentModel:
    """Fit on normal forms and their intents; `rank` a new normal form."""

    def __init__(self, negatives: Sequence[str] | None = None) -> None:
        self.negatives = background() if negatives is None else list(negatives)

    def fit(self, texts: Sequence[str], intents: Sequence[str]) -> "IntentModel":
        """Learns the intents, and how far to trust a score by scoring texts it did not see."""
        self.calibration = calibrate(texts, intents, self.negatives)
        self.learn(texts, intents)
        self.negatives = []
        return self

    def learn(self, texts: Sequence[str], intents: Sequence[str]) -> None:
        """The model itself: vocabulary, weights, and the examples to measure nearness by."""
        rows = copies(texts, intents, self.negatives)
        plain = [shape(text) for text, _ in rows]
        self.words = TfidfVectorizer(
            analyzer="word",
            token_pattern=r"\S+",  # noqa: S106  # scikit-learn's word for "what is a word"
            ngram_range=(1, 2),
            sublinear_tf=True,
            dtype=FLOAT,
        ).fit(plain)
        self.letters = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True, dtype=FLOAT
        ).fit(plain)
        x = self.features(plain)
        svm = LinearSVC(C=1.0, random_state=0).fit(x, [intent for _, intent in rows])
        ours = [at for at, intent in enumerate(svm.classes_) if intent != OUT_OF_SCOPE]
        self.intents = [str(svm.classes_[at]) for at in ours]
        self.weights = svm.coef_[ours].T.astype(FLOAT)
        self.bias = svm.intercept_[ours].astype(FLOAT)
        known = copies(texts, intents, [])
        # A column for each example, in the order that a product with a row needs: turning the
        # matrix round took longer than all the rest of an answer.
        self.examples = self.features([text for text, _ in known]).T.tocsr()
        self.counts = np.array([intent != OUT_OF_SCOPE for _, intent in known])

    def features(self, texts: Sequence[str]) -> csr_matrix:
        """Words and letters side by side, a row of length one for each text."""
        shaped = [shape(text) for text in texts]
        both = hstack([self.words.transform(shaped), self.letters.transform(shaped)], format="csr")
        return both * FLOAT(0.5**0.5)

    def scores(self, texts: Sequence[str]) -> tuple[Any, Any]:
        """Margins by intent, and one number for "is this ours": best margin / 2 + nearness.

        Nearness is the mean likeness to the nearest written examples; one that was written to be
        out of scope counts nothing.
        """
        x = self.features(texts)
        margins = x @ self.weights + self.bias
        likeness = (x @ self.examples).toarray()
        nearest = np.argpartition(-likeness, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
        near = np.take_along_axis(likeness, nearest, axis=1) * self.counts[nearest]
        return margins, margins.max(axis=1) / 2 + near.mean(axis=1)

    def rank(self, text: str) -> list[Guess]:
        """All intents, the likeliest first. The best one's confidence is its chance to be meant.

        Out of scope stands among them with the rest of that chance.
        """
        margins, scores = self.scores([text])
        slope, offset = self.calibration[has_accents(text)]
        chance = 1 / (1 + np.exp(-(slope * scores[0] + offset)))
        shares = chance * np.exp(2 * (margins[0] - margins[0].max()))
        guesses = [Guess(i, float(s)) for i, s in zip(self.intents, shares, strict=True)]
        guesses.append(Guess(OUT_OF_SCOPE, float(1 - chance)))
        return sorted(guesses, key=lambda guess: -guess.confidence)


def copies(
    texts: Sequence[str], intents: Sequence[str], negatives: Sequence[str]
) -> list[tuple[str, str]]:
    """Training rows: everything as written and without its accents; the negatives are nobody's."""
    rows = [*zip(texts, intents, strict=True), *((text, OUT_OF_SCOPE) for text in negatives)]
    return list(dict.fromkeys(row for t, i in rows for row in ((t, i), (strip_accents(t), i))))


def calibrate(
    texts: Sequence[str], intents: Sequence[str], negatives: Sequence[str]
) -> dict[bool, tuple[float, float]]:
    """Platt: slope and offset that turn a score into a chance, with accents and without."""
    rows = list(zip(texts, intents, strict=True))
    seen: dict[bool, list[tuple[float, bool]]] = {True: [], False: []}
    for fold in range(FOLDS):
        rest = [row for at, row in enumerate(rows) if at % FOLDS != fold]
        model = IntentModel([text for at, text in enumerate(negatives) if at % FOLDS != fold])
        model.learn([text for text, _ in rest], [intent for _, intent in rest])
        held = rows[fold::FOLDS] + [(text, OUT_OF_SCOPE) for text in negatives[fold::FOLDS]]
        for accented in (True, False):
            heard = [text if accented else strip_accents(text) for text, _ in held]
            truth = [intent != OUT_OF_SCOPE for _, intent in held]
            seen[accented] += zip(model.scores(heard)[1], truth, strict=True)
    return {accented: platt(pairs) for accented, pairs in seen.items()}


def platt(pairs: Sequence[tuple[float, bool]]) -> tuple[float, float]:
    """Slope and offset of the logistic curve, both kinds weighing the same."""
    curve = LogisticRegression(C=100.0, class_weight="balanced")
    curve.fit([[score] for score, _ in pairs], [truth for _, truth in pairs])
    return float(curve.coef_[0, 0]), float(curve.intercept_[0])
