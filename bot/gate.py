"""What is heard before the assistant thinks: danger, and wishes that no training may lose.

The phrases stand in `gate.yml`, where people review them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import yaml

from bot.phrases import Phrases, Text

FILE: Final = Path(__file__).parent / "gate.yml"


@dataclass(frozen=True)
class Heard:
    """A rule of the gate that a message fits."""

    name: str
    # "alarm": say `says` and bring a person for `reason`; "intent": the intent `name`; "queue":
    # heard of somebody who waits for a person only.
    kind: str
    reason: str
    says: Mapping[str, str]  # by language
    note: str  # for the colleagues who have a hand-off open already


def hear(message: str) -> Heard | None:
    """The first rule that a customer's message fits, in the order of the file."""
    return _first(message, lambda heard: heard.kind != "queue")


def takes_back(message: str) -> bool:
    """Whether somebody who waits for a person does no longer want one."""
    heard = _first(message, lambda heard: True)
    return heard is not None and heard.kind == "queue"


def _first(message: str, counts: Callable[[Heard], bool]) -> Heard | None:
    text = Text.of(message)
    rules = ((heard, phrases) for heard, phrases in _rules() if counts(heard))
    return next((heard for heard, phrases in rules if phrases.fit(text)), None)


@lru_cache(maxsize=1)
def _rules() -> tuple[tuple[Heard, Phrases], ...]:
    rules = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return tuple(
        (
            Heard(
                name,
                rule["kind"],
                rule.get("reason", ""),
                rule.get("says", {}),
                rule.get("note", ""),
            ),
            Phrases.read(rule),
        )
        for name, rule in rules.items()
    )
