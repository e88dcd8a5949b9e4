"""A flow tried out as it is being written, without a model: what is said is guessed at with what
needs no training, and the flow's own actions answer it."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from bot import gate
from bot.faq import examples
from bot.flows.compiled import compiled
from bot.flows.flow import Flow
from bot.folded import fold
from bot.nlu.entities import find
from bot.nlu.text import normalise
from bot.similar import Index

INTENT: Final = "flow_x"
ALIKE: Final = 0.6  # to one of the project's examples, to be taken for its matter
SAID: Final = {
    "affirm": {"co", "ok", "oke", "vang", "da", "dung", "dung roi", "dong y", "u"},
    "deny": {"khong", "ko", "k", "khong co"},
    "stop_form": {"thoi", "dung lai", "huy", "thoat", "khoi"},
}
# Actions find their form by its name, and everybody's flow has this one.
_PLAYING: Final = threading.Lock()
_FILLED: Final = re.compile(r"{(\w+)}")


@dataclass(frozen=True)
class Turn:
    """What a customer says and what they are told."""

    said: str
    bubbles: tuple[str, ...]
    buttons: tuple[tuple[str, str], ...]  # titles, and what pressing one says
    end: str  # "", person, done or aside


def play(
    flow: Flow, messages: Sequence[str], project: Path, facts: Mapping[str, str]
) -> list[Turn]:
    """The flow, begun with its first line and gone on with these messages until it ends. Raises
    OSError and yaml.YAMLError."""
    # rasa_sdk brings a web framework with it: only who tries a flow out waits for that.
    from actions.rehearsal import Heard, Rehearsal

    made = compiled(flow, INTENT)
    responses = _responses(project) | made.responses
    table = made.responses[f"utter_{INTENT}"][0]["custom"]["flow"]
    turns: list[Turn] = []
    with _PLAYING:
        rehearsal = Rehearsal(INTENT, table)
        for n, text in enumerate((flow.lines[0] if flow.lines else flow.title, *messages)):
            pressed = bool(turns) and text in dict(turns[-1].buttons)
            intent = INTENT if n == 0 else "inform" if pressed else meant(text, project)
            entities = [{"entity": each.kind, "value": each.value} for each in find(text)]
            answer = rehearsal.hear(Heard(text, intent, entities))
            told = tuple(_told(bubble, responses, facts) for bubble in answer.bubbles)
            turns.append(Turn(text, told, _buttons(answer.bubbles, responses), answer.end))
            if answer.end in ("person", "done"):
                break
    return turns


def _buttons(
    bubbles: Sequence[Mapping[str, Any]], responses: Mapping[str, Any]
) -> tuple[tuple[str, str], ...]:
    offered = (
        button
        for bubble in bubbles
        for part in (responses[bubble["response"]][0], bubble)
        for button in part.get("buttons", ())
    )
    return tuple((button["title"], str(button["payload"])) for button in offered)


def meant(text: str, project: Path) -> str:
    """The likely intent of a message, as far as it can be told without a model."""
    heard = gate.hear(text)
    if heard is not None and heard.kind == "intent":
        return heard.name
    if text.startswith("/"):
        return text.removeprefix("/")
    plain = " ".join(re.sub(r"\W+", " ", fold(text)).split()).removesuffix(" a")
    for intent, words in SAID.items():
        if plain in words:
            return intent
    intents, index = _examples(project)
    nearest = index.nearest(normalise(text), 1)
    return intents[nearest[0][1]] if nearest and nearest[0][0] >= ALIKE else "inform"


def _told(bubble: Mapping[str, Any], responses: Mapping[str, Any], facts: Mapping[str, str]) -> str:
    text = str(responses[bubble["response"]][0].get("text", ""))
    known = {**facts, **{name: str(value) for name, value in bubble.items()}}
    return _FILLED.sub(lambda found: known.get(found[1], found[0]), text)


@lru_cache(maxsize=1)
def _responses(project: Path) -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    domain = yaml.load((project / "domain.yml").read_text(encoding="utf-8"), Loader=loader)  # noqa: S506
    responses: dict[str, Any] = domain["responses"]
    return responses


@lru_cache(maxsize=1)
def _examples(project: Path) -> tuple[list[str], Index]:
    known = list(examples(project))
    return [intent for intent, _ in known], Index(normalise(line) for _, line in known)
