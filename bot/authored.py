"""What the support team wrote in the console, its own part of what the assistant learns: questions
with their answers, and flows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from bot.faq_entries import TOPICS
from bot.flows.compiled import Compiled, compiled
from bot.flows.text import parse
from bot.storage import faq_entries, flows
from bot.storage.db import Tx
from bot.storage.faq_entries import FaqEntry
from bot.storage.flows import FlowEntry

# Rasa would read these as entities.
_MARKS: Final = str.maketrans("", "", "[]{}()")


@dataclass(frozen=True)
class Authored:
    """All that is written now."""

    entries: Sequence[FaqEntry] = ()
    flows: Sequence[FlowEntry] = ()

    def examples(self) -> Iterator[tuple[str, str]]:
        """Intents and how customers say them."""
        for each in self.entries:
            yield from ((each.intent, line) for line in each.lines)
        for flow in self.flows:
            yield from ((flow.intent, line) for line in parse(flow.text).lines)

    def titles(self) -> dict[str, str]:
        """What each intent is called."""
        return {each.intent: each.title for each in self.entries} | {
            each.intent: each.title for each in self.flows
        }


async def read(tx: Tx) -> Authored:
    return Authored(await faq_entries.everything(tx), await flows.everything(tx))


def digest(own: Authored) -> bytes:
    """Names what the assistant would learn of it."""
    learnt = [{**asdict(each), "id": 0, "version": 0, "checks": ()} for each in own.entries]
    told = [{"intent": each.intent, "flow": each.text} for each in own.flows]
    all_of_it = [*learnt, *told]
    if not all_of_it:
        return b""
    return json.dumps(all_of_it, ensure_ascii=False, sort_keys=True).encode()


def write(own: Authored, project: Path, folder: Path) -> None:
    """Write the project's domain with all of it in, and what the assistant learns of it, as
    `domain.yml` and `own.yml`. Raises OSError and yaml.YAMLError."""
    domain: dict[str, Any] = yaml.safe_load((project / "domain.yml").read_text(encoding="utf-8"))
    parts = [_answered(each) for each in own.entries]
    parts += [compiled(parse(each.text), each.intent) for each in own.flows]
    for part in parts:
        domain["intents"] += part.intents
        domain["actions"] += part.actions
        for name in ("slots", "forms", "responses"):
            domain[name] |= getattr(part, name)
    answered = Authored([each for each in own.entries if each.answer], own.flows)
    for intent, title in answered.titles().items():
        button = {"title": title, "payload": f"/{intent}"}
        domain["responses"][TOPICS][0]["buttons"].append(button)
    learnt = {
        "version": "3.1",
        "nlu": [part.nlu for part in parts],
        "rules": [rule for part in parts for rule in part.rules],
    }
    for name, content in (("domain.yml", domain), ("own.yml", learnt)):
        written = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=10_000)
        (folder / name).write_text(written, encoding="utf-8")


def _answered(entry: FaqEntry) -> Compiled:
    """A question; without an answer, more ways of asking for a topic of the project's files."""
    examples = "".join(f"- {line.translate(_MARKS)}\n" for line in entry.lines)
    nlu = {"intent": entry.intent, "examples": examples}
    if not entry.answer:
        return Compiled(nlu=nlu, rules=[], intents=[])
    answer = f"utter_{entry.intent}"
    steps = [{"intent": entry.intent}, {"action": answer}]
    return Compiled(
        nlu=nlu,
        rules=[{"rule": entry.title, "steps": steps}],
        intents=[entry.intent],
        responses={answer: [{"text": entry.answer}]},
    )


def expected(own: Authored) -> Mapping[str, str]:
    """What each way of asking is to be understood as; of those that are learnt too, since a line
    that a bigger topic swallows is not answered."""
    checks = {line: each.intent for each in own.entries for line in each.checks}
    return {line: intent for intent, line in own.examples()} | checks
