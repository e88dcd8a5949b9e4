"""Training lines that stand in each other's way, with file and line."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.nlu.text import normalise, strip_accents

THIN: Final = 30  # examples an intent needs
NUMBER: Final = re.compile(r"\d+")
NEAR: Final = 0.9  # likeness from which two lines are one


@dataclass(frozen=True)
class Line:
    """An example and where it stands."""

    text: str
    intent: str
    file: Path
    number: int

    def __str__(self) -> str:
        return f"{self.file}:{self.number}: {self.intent}: {self.text}"


def lines(folder: Path) -> list[Line]:
    """Every training example. Raises yaml.YAMLError for a file that cannot be read."""
    found: list[Line] = []
    for file in sorted(folder.rglob("*.yml")):
        intent = ""
        for number, raw in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            stripped = raw.strip()
            if stripped.startswith("- intent:"):
                intent = yaml.safe_load(stripped)[0]["intent"]
            elif intent and stripped.startswith("- ") and raw.startswith(" "):
                found.append(Line(stripped[2:], intent, file, number))
    return found


def find(examples: Sequence[Line]) -> list[str]:
    """A sentence for each conflict: thin intents, and lines of different intents that are the
    same, or nearly so, once accents and spelling are put aside."""
    counts = Counter(line.intent for line in examples)
    told = [
        f"{intent} has {count} examples, {THIN} are needed"
        for intent, count in sorted(counts.items())
        if count < THIN
    ]
    same: dict[str, list[Line]] = defaultdict(list)
    for line in examples:
        same[strip_accents(normalise(line.text))].append(line)
    for group in same.values():
        if len({line.intent for line in group}) > 1:
            told.append("the same without accents, in different intents:\n" + _listed(group))
    return told + _near(examples)


def _near(examples: Sequence[Line]) -> list[str]:
    if not examples:
        return []
    # A long number is not what two lines have in common.
    texts = [NUMBER.sub("0", normalise(line.text)) for line in examples]
    # Every group of letters weighs the same: "không" is common and turns a meaning round.
    counts = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4), use_idf=False)
    letters = counts.fit_transform(texts)
    likeness = (letters @ letters.T).tocoo()
    return [
        "nearly the same, in different intents:\n" + _listed([examples[a], examples[b]])
        for a, b, score in zip(likeness.row, likeness.col, likeness.data, strict=True)
        if a < b
        and score >= NEAR
        and examples[a].intent != examples[b].intent
        and strip_accents(texts[a]) != strip_accents(texts[b])
    ]


def _listed(group: Sequence[Line]) -> str:
    return "\n".join(f"  {line}" for line in group)
