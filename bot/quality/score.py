"""Figures of a trained model on the test sets, each beside its bar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final, Literal

from sklearn.metrics import f1_score

from bot import gate
from bot.mood import mood_of
from bot.quality.sets import Case, Sets, Style

REFUSED: Final = frozenset({"nlu_fallback", "out_of_scope"})
# What the alarms of the gate would be as intents.
MEANT: Final = {
    "safety": "report_safety",
    "self_harm": "report_safety",
    "violence": "report_safety",
    "legal": "threaten_escalation",
    "scam": "report_scam",
}
# Points of macro-F1 that a style may lose against the same messages written with care.
LOSSES: Final = {
    "without accents": 3.0,
    "half without accents": 2.0,
    "typing errors": 5.0,
    "teencode": 4.0,
    "Central and Southern": 4.0,
}


@dataclass(frozen=True)
class Understood:
    """What the assistant makes of a message."""

    intent: str
    entities: frozenset[tuple[str, str]]
    asked: tuple[str, ...] = ()  # the meanings it asks between, the likeliest first


Understand = Callable[[str], Understood]


@dataclass(frozen=True)
class Figure:
    """One figure; `bar` is None when it is told and not judged."""

    name: str
    value: float
    of: int  # messages it was measured on
    bar: float | None = None
    side: Literal["at least", "at most"] = "at least"
    wrong: tuple[str, ...] = ()  # the messages behind it, as far as they went wrong

    @property
    def met(self) -> bool:
        if self.bar is None:
            return True
        return self.value >= self.bar if self.side == "at least" else self.value <= self.bar


@dataclass
class Report:
    figures: list[Figure] = field(default_factory=list)
    confusions: Counter[tuple[str, str]] = field(default_factory=Counter)  # meant, understood

    @property
    def met(self) -> bool:
        return all(figure.met for figure in self.figures)


def through_gate(understand: Understand) -> Understand:
    """The way of a customer's message: the gate first, then the model."""

    @cache
    def heard(text: str) -> Understood:
        rule = gate.hear(text)
        if rule is None:
            return understand(text)
        return Understood(MEANT.get(rule.name, rule.name), frozenset())

    return heard


def evaluate(sets: Sets, understand: Understand) -> Report:
    """Everything measured. `understand` is the model alone: entities are read past the gate."""
    report, heard = Report(), through_gate(understand)
    plain = _intents(heard, sets.held_out)
    report.confusions.update(
        (case.intent, got)
        for case, got in zip(sets.held_out, plain, strict=True)
        if got != case.intent
    )
    add = report.figures.append
    truth = [case.intent for case in sets.held_out]
    wrong = [
        f"{case.text} [{case.intent} → {got}]"
        for case, got in zip(sets.held_out, plain, strict=True)
        if got != case.intent
    ]
    add(Figure("with care: macro-F1", _f1(truth, plain), len(truth), 0.92, wrong=tuple(wrong)))
    add(Figure("with care: accuracy", _accuracy(truth, plain), len(truth)))
    for style in sets.styles:
        _add_style(report, style, heard)
    add(_pairs(sets, heard))
    refused = [got in REFUSED for got in plain]
    add(Figure("in scope, refused", _share(refused), len(refused), 0.05, "at most"))
    _add_asked(report, sets.held_out, heard)
    _add_list(report, "out of scope, refused", sets.out_of_scope, heard, REFUSED, 0.85)
    person = frozenset({"request_human"})
    _add_list(report, "asking for a person, heard", sets.request_human, heard, person, 0.97)
    brought = [heard(text).intent in person for text in sets.no_person_wanted]
    add(
        Figure(
            "no person wanted, one brought",
            _share(brought),
            len(brought),
            0.03,
            "at most",
            wrong=_picked(sets.no_person_wanted, brought, True),
        )
    )
    alarmed = [_alarm(text) for text in sets.safety]
    add(
        Figure(
            "danger, caught by the gate",
            _share(alarmed),
            len(alarmed),
            1.0,
            wrong=_picked(sets.safety, alarmed, False),
        )
    )
    false = [_alarm(text) for text in sets.harmless]
    add(
        Figure(
            "no danger, alarmed",
            _share(false),
            len(false),
            0.02,
            "at most",
            wrong=_picked(sets.harmless, false, True),
        )
    )
    add(_entities(sets, understand))
    add(_anger(sets))
    return report


def _add_style(report: Report, style: Style, heard: Understand) -> None:
    truth = [case.intent for case in style.cases]
    got = _intents(heard, style.cases)
    f1, base = _f1(truth, got), _f1(truth, _intents(heard, style.plain))
    wrong = tuple(
        f"{case.text} [{case.intent} → {guess}]"
        for case, guess in zip(style.cases, got, strict=True)
        if guess != case.intent
    )
    report.figures.append(Figure(f"{style.name}: macro-F1", f1, len(truth), wrong=wrong))
    report.figures.append(
        Figure(
            f"{style.name}: points lost",
            round(100 * (base - f1), 1),
            len(truth),
            LOSSES.get(style.name),
            "at most",
        )
    )


def _add_list(
    report: Report,
    name: str,
    texts: Sequence[str],
    heard: Understand,
    right: frozenset[str],
    bar: float,
) -> None:
    good = [heard(text).intent in right for text in texts]
    wrong = _picked(texts, good, False)
    report.figures.append(Figure(name, _share(good), len(texts), bar, wrong=wrong))


def _add_asked(report: Report, cases: Sequence[Case], heard: Understand) -> None:
    """How often the assistant asks "A or B?", when it would have been wrong, when it helps."""
    asked = [(case, got) for case in cases if (got := heard(case.text)).asked]
    needless = [case.intent == got.intent for case, got in asked]
    offered = [case.intent in got.asked for case, got in asked]
    add = report.figures.append
    add(Figure("in scope, asked back", len(asked) / len(cases), len(cases), 0.05, "at most"))
    wrong = _picked([case.text for case, _ in asked], needless, True)
    add(Figure("asked back, was wrong", 1 - _share(needless), len(asked), wrong=wrong))
    wrong = _picked([case.text for case, _ in asked], offered, False)
    add(Figure("asked back, meant one is offered", _share(offered), len(asked), wrong=wrong))


def _pairs(sets: Sets, heard: Understand) -> Figure:
    both = [
        all(case.intent in ((got := heard(case.text)).asked or (got.intent,)) for case in pair)
        for pair in sets.pairs
    ]
    wrong = tuple(
        f"{one.text} / {other.text}"
        for (one, other), good in zip(sets.pairs, both, strict=True)
        if not good
    )
    return Figure(
        "pairs alike without accents, both right", sum(both), len(both), len(both), wrong=wrong
    )


def _entities(sets: Sets, understand: Understand) -> Figure:
    kinds = {kind for _, found in sets.entities for kind, _ in found}
    good, wrong = [], []
    for text, truth in sets.entities:
        got = frozenset(each for each in understand(text).entities if each[0] in kinds)
        good.append(got == truth)
        if got != truth:
            wrong.append(f"{text} [{_shown(truth - got)} missing, {_shown(got - truth)} too many]")
    return Figure("entities, exact", _share(good), len(good), 0.97, wrong=tuple(wrong))


def _anger(sets: Sets) -> Figure:
    cried = [(text, mood) for text, mood in sets.moods if mood_of(text) == "angry"]
    right = [mood == "angry" for _, mood in cried]
    wrong = tuple(text for text, mood in cried if mood != "angry")
    return Figure("anger: precision", _share(right), len(cried), 0.80, wrong=wrong)


def _alarm(text: str) -> bool:
    heard = gate.hear(text)
    return heard is not None and heard.kind == "alarm"


def _intents(understand: Understand, cases: Sequence[Case]) -> list[str]:
    return [understand(case.text).intent for case in cases]


def _f1(truth: Sequence[str], got: Sequence[str]) -> float:
    labels = sorted(set(truth))
    return float(f1_score(truth, got, average="macro", labels=labels, zero_division=0))


def _accuracy(truth: Sequence[str], got: Sequence[str]) -> float:
    return _share([a == b for a, b in zip(truth, got, strict=True)])


def _share(good: Sequence[bool]) -> float:
    return sum(good) / len(good) if good else 0.0


def _picked(texts: Sequence[str], marks: Sequence[bool], which: bool) -> tuple[str, ...]:
    return tuple(text for text, mark in zip(texts, marks, strict=True) if mark == which)


def _shown(entities: frozenset[tuple[str, str]]) -> str:
    return ", ".join(sorted("=".join(each) for each in entities)) or "nothing"
