"""The mood of a customer's message, told by words that people review: no model, no training."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

import yaml

from bot.phrases import Phrases, Text

FILE: Final = Path(__file__).parent / "mood.yml"
SHOUTS: Final = re.compile(r"[!?]{3,}")

Mood = Literal["neutral", "annoyed", "angry"]
RISING: Final[tuple[Mood, ...]] = ("neutral", "annoyed", "angry")


def mood_of(message: str) -> Mood:
    """How the writer feels. Shouting turns annoyance into anger."""
    text, words = Text.of(message), _words()
    if words["angry"].fit(text):
        return "angry"
    if words["annoyed"].fit(text):
        return "angry" if _shouted(message) else "annoyed"
    return "neutral"


def worst(moods: Iterable[Mood]) -> Mood:
    """The angriest of several messages' moods."""
    return max(moods, key=RISING.index)


def _shouted(message: str) -> bool:
    letters = [letter for letter in message if letter.isalpha()]
    loud = len(letters) > 8 and sum(map(str.isupper, letters)) > len(letters) * 0.7
    return loud or bool(SHOUTS.search(message))


@lru_cache(maxsize=1)
def _words() -> dict[str, Phrases]:
    lists = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {mood: Phrases.read(phrases) for mood, phrases in lists.items()}
