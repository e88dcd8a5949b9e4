"""How far to trust a score of the intent model, learnt from texts that a model did not see."""

from collections.abc import Sequence
from typing import Final

from sklearn.linear_model import LogisticRegression

from bot.nlu.model import OUT_OF_SCOPE, IntentModel
from bot.nlu.text import strip_accents

FOLDS: Final = 4
ASKED: Final = 400  # examples that are held out, at least, if there are so many
HIDDEN: Final = 8  # every eighth intent is kept from the model, to ask about strangers

Curve = tuple[float, float]  # slope and offset


def calibrate(
    texts: Sequence[str], intents: Sequence[str], negatives: Sequence[str]
) -> tuple[Curve, Curve]:
    """Platt: the curves that turn a score into a chance, of texts without accents and with.

    Learnt from texts held out of a fold; one fold is enough when there are many. Strangers are the
    negatives and the examples of some intents that the fold's model never heard of: what people
    ask in vain is often close to what they may ask.
    """
    rows = list(zip(texts, intents, strict=True))
    names = sorted({*intents} - {OUT_OF_SCOPE})
    seen: dict[bool, list[tuple[float, bool]]] = {True: [], False: []}
    for fold in range(FOLDS):
        if sum(is_ours for _, is_ours in seen[True]) >= ASKED:
            break
        hidden = set(names[fold::HIDDEN]) if len(names) >= 2 * HIDDEN else set()
        rest = [row for at, row in enumerate(rows) if at % FOLDS != fold and row[1] not in hidden]
        model = IntentModel([text for at, text in enumerate(negatives) if at % FOLDS != fold])
        model.learn([text for text, _ in rest], [intent for _, intent in rest])
        held = rows[fold::FOLDS]
        strange = hidden | {OUT_OF_SCOPE}
        ours = [text for text, intent in held if intent not in strange]
        asked = [(text, True) for text in ours[:: max(1, len(ours) // ASKED)]]
        asked += [(text, False) for text, intent in held if intent in strange]
        asked += [(text, False) for text in negatives[fold::FOLDS]]
        for text, is_ours in asked:
            bare = strip_accents(text)
            score = model.score(text)[1]
            seen[True].append((score, is_ours))
            seen[False].append((score if bare == text else model.score(bare)[1], is_ours))
    return platt(seen[False]), platt(seen[True])


def platt(pairs: Sequence[tuple[float, bool]]) -> Curve:
    """Slope and offset of the logistic curve, both kinds weighing the same.

    Where only one kind was seen there is nothing to learn: the score counts as it is.
    """
    if len({truth for _, truth in pairs}) < 2:
        return 1.0, 0.0
    curve = LogisticRegression(C=100.0, class_weight="balanced")
    curve.fit([[score] for score, _ in pairs], [truth for _, truth in pairs])
    return float(curve.coef_[0, 0]), float(curve.intercept_[0])
