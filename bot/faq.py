"""The assistant's own answers, found by how customers ask: for agents, without Rasa.

An intent's answer is the one text that its rule says, the response that bears its name, or the one
that faq.yml names. Answers that need more than the business's facts are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final

import yaml

from bot.nlu.text import normalise
from bot.similar import Index
from bot.storage.faq_entries import FaqEntry

MAP: Final = Path(__file__).parent / "faq.yml"
NEAREST: Final = 40  # training lines that vote
_MARKED: Final = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")


@dataclass(frozen=True)
class Answer:
    """What the assistant says to an intent."""

    intent: str
    title: str  # the rule's name
    text: str  # with facts in braces


class Faq:
    """The answers of one project and of the support team's own entries, read once."""

    def __init__(self, project: Path, entries: Sequence[FaqEntry] = ()) -> None:
        own = (Answer(each.intent, each.title, each.answer) for each in entries if each.answer)
        self.answers = _answers(project) | {answer.intent: answer for answer in own}
        self._intents: list[str] = []
        self._index = Index()
        lines = ((each.intent, line) for each in entries for line in each.lines)
        for intent, line in chain(examples(project), lines):
            if intent in self.answers:
                self._intents.append(intent)
                self._index.add(line)

    def find(self, text: str, most: int) -> list[tuple[float, Answer]]:
        """The likeliest answers, the best first, each text once. A likeness is that of the nearest
        line; all lines near it decide between answers."""
        votes: dict[str, float] = {}
        best: dict[str, tuple[float, Answer]] = {}
        for likeness, place in self._index.nearest(normalise(text), NEAREST):
            answer = self.answers[self._intents[place]]
            votes[answer.text] = votes.get(answer.text, 0.0) + likeness**3
            best.setdefault(answer.text, (likeness, answer))
        ranked = sorted(votes, key=lambda said: votes[said], reverse=True)
        return [best[said] for said in ranked[:most]]


def _answers(project: Path) -> dict[str, Answer]:
    responses = read(project / "domain.yml")["responses"]
    named = read(MAP)
    found: dict[str, Answer] = {}
    for rule in _rules(project):
        steps = rule["steps"]
        intent = steps[0].get("intent", "") if "condition" not in rule else ""
        if not intent or intent in found:
            continue
        alone = steps[1].get("action", "") if len(steps) == 2 else ""
        for response in (
            alone,
            named.get(intent, ""),
            f"utter_{intent}",
            f"utter_{intent.removeprefix('ask_')}",
        ):
            text = (responses.get(response) or [{}])[0].get("text", "")
            if text:
                found[intent] = Answer(intent, rule["rule"], text.strip())
                break
    return found


def _rules(project: Path) -> Iterator[Mapping[str, Any]]:
    for path in sorted((project / "data" / "rules").glob("*.yml")):
        yield from read(path)["rules"]


def examples(project: Path) -> Iterator[tuple[str, str]]:
    """Intents and how customers say them."""
    for path in sorted((project / "data" / "nlu").glob("*.yml")):
        for block in read(path)["nlu"]:
            for line in block.get("examples", "").splitlines() if "intent" in block else ():
                yield block["intent"], _MARKED.sub(r"\1", line.removeprefix("- ").strip())


def read(path: Path) -> Any:
    """What a YAML file holds. Raises OSError and yaml.YAMLError."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster, where there is one
    return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506
