"""What is heard before the assistant thinks: danger, and wishes that no training may lose.

The phrases stand in `gate.yml`, where people review them.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    kind: str  # "alarm": say `says` and bring a person for `reason`; "intent": the intent `name`
    reason: str
    says: Mapping[str, str]  # by language


def hear(message: str) -> Heard | None:
    """The first rule that a customer's message fits, in the order of the file."""
    text = Text.of(message)
    return next((heard for heard, phrases in _rules() if phrases.fit(text)), None)


@lru_cache(maxsize=1)
def _rules() -> tuple[tuple[Heard, Phrases], ...]:
    rules = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return tuple(
        (
            Heard(name, rule["kind"], rule.get("reason", ""), rule.get("says", {})),
            Phrases.read(rule),
        )
        for name, rule in rules.items()
    )
