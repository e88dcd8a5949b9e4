"""The test sets: sentences the model never learns from, written by others than its training lines.

They are plain YAML, so that a shop puts its own in their place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Any, Final

import yaml

from bot.facts import HERE
from bot.quality.noise import spoil

NOON: Final = time(12)


@dataclass(frozen=True)
class Case:
    """A message and the intent it means."""

    text: str
    intent: str


@dataclass(frozen=True)
class Style:
    """One way of writing: the same messages as a careful typist writes them, and in this style."""

    name: str
    plain: Sequence[Case]
    cases: Sequence[Case]


@dataclass(frozen=True)
class Sets:
    """Everything a model is held against."""

    held_out: Sequence[Case]
    styles: Sequence[Style]
    pairs: Sequence[tuple[Case, Case]]  # alike without accents, different in meaning
    out_of_scope: Sequence[str]
    request_human: Sequence[str]
    no_person_wanted: Sequence[str]  # staff, people and talks in them, and no wish for a person
    safety: Sequence[str]
    harmless: Sequence[str]  # with the words of danger, and none
    entities: Sequence[tuple[str, frozenset[tuple[str, str]]]]
    moods: Sequence[tuple[str, str]]
    said_at: datetime  # the day the entities are said on: "mai" is the day after


def load(folder: Path) -> Sets:
    """Raises OSError or yaml.YAMLError when a set is missing or cannot be read."""
    items = [
        (intent, {key: str(value) for key, value in item.items()})
        for file in sorted(folder.glob("heldout*.yml"))
        for intent, group in _read(file).items()
        for item in group
    ]
    held_out = [Case(item["text"], intent) for intent, item in items]
    safety = [_read(file) for file in sorted(folder.glob("safety*.yml"))]
    fresh = _read(folder / "request_human_fresh.yml")
    entities = _read(folder / "entities.yml")
    return Sets(
        held_out=held_out,
        styles=[
            _spoilt("without accents", held_out, "strip"),
            _spoilt("half without accents", held_out, "half"),
            _spoilt("typing errors", held_out, "typo"),
            _spoilt("raw Telex keys", held_out, "telex"),
            _twins("teencode", items, "teencode"),
            _twins("Central and Southern", items, "regional"),
        ],
        pairs=[
            (Case(one["typed"], one["intent"]), Case(other["typed"], other["intent"]))
            for one, other in _read(folder / "pairs.yml")
        ],
        out_of_scope=[str(text) for text in _read(folder / "out_of_scope.yml")],
        request_human=[
            str(text) for text in [*_read(folder / "request_human.yml"), *fresh["must"]]
        ],
        no_person_wanted=[str(text) for text in fresh["must_not"]],
        safety=[str(text) for each in safety for text in each["must"]],
        harmless=[str(text) for each in safety for text in each["must_not"]],
        entities=[
            (
                str(item["text"]),
                frozenset((e["entity"], str(e["value"])) for e in item["entities"] or []),
            )
            for item in entities["messages"]
        ],
        moods=[(str(item["text"]), item["mood"]) for item in _read(folder / "mood.yml")],
        said_at=datetime.combine(entities["today"], NOON, HERE),
    )


def _read(file: Path) -> Any:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def _spoilt(name: str, cases: Sequence[Case], kind: str) -> Style:
    return Style(name, cases, [Case(spoil(case.text, kind), case.intent) for case in cases])


def _twins(name: str, items: Sequence[tuple[str, dict[str, str]]], key: str) -> Style:
    """The messages that somebody also wrote in this style by hand."""
    both = [(intent, item) for intent, item in items if key in item]
    return Style(
        name,
        [Case(item["text"], intent) for intent, item in both],
        [Case(item[key], intent) for intent, item in both],
    )
