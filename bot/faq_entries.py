"""The support team's own questions and answers: what may be kept, and how they become a part of
what the assistant learns."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from bot.faq import examples, read
from bot.folded import fold
from bot.nlu.text import normalise, strip_accents
from bot.similar import Index
from bot.storage.faq_entries import FaqEntry

TITLE_LIMIT: Final = 80
LINE_LIMIT: Final = 200
ANSWER_LIMIT: Final = 1000
FEWEST: Final = 5  # ways of asking
MOST: Final = 200
ALIKE: Final = 0.75  # likeness from which two lines are nearly the same
TOPICS: Final = "utter_topics"  # every topic's name, for "A or B?"
_BRACES: Final = re.compile(r"\{([^{}]*)\}|[{}]")
# Rasa would read these as entities.
_MARKS: Final = str.maketrans("", "", "[]{}()")


class Clash(NamedTuple):
    """A way of asking that is nearly one of another matter."""

    line: str
    other: str
    intent: str
    same: bool  # but for accents


def lines_of(text: str) -> tuple[str, ...]:
    """One way of asking a line, each once."""
    found = (" ".join(line.split()) for line in text.splitlines())
    return tuple(dict.fromkeys(line for line in found if line))


def intent_of(title: str, taken: Collection[str]) -> str:
    """A name for a new entry's intent, made of its title."""
    stem = "faq_" + (re.sub(r"\W+", "_", fold(title)).strip("_") or "muc")[:50]
    numbered = (f"{stem}_{n}" for n in range(2, len(taken) + 3))
    return next(name for name in (stem, *numbered) if name not in taken)


def intents(project: Path) -> set[str]:
    """Those of the project's files."""
    return {intent for intent, _ in examples(project)}


def topics(project: Path) -> Mapping[str, str]:
    """What each topic of the project's files is called, by its intent. Raises OSError and
    yaml.YAMLError."""
    domain = project / "domain.yml"
    return _topics(domain, domain.stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _topics(domain: Path, changed: int) -> Mapping[str, str]:
    buttons = read(domain)["responses"][TOPICS][0]["buttons"]
    return {each["payload"].removeprefix("/"): each["title"] for each in buttons}


def with_lines(entry: FaqEntry, lines: Iterable[str]) -> FaqEntry:
    """The entry with more ways of asking, as many as it may have; each once."""
    known = set(map(_plain, (*entry.lines, *entry.checks)))
    more = {_plain(line): line for line in lines if len(line) <= LINE_LIMIT}
    found = (*entry.lines, *(line for way, line in more.items() if way not in known))
    return replace(entry, lines=found[:MOST])


def problems(entry: FaqEntry, facts: Collection[str], *, more: bool = False) -> list[str]:
    """Codes of why an entry cannot be kept; `more` is one that has no answer of its own."""
    asked = Counter(map(_plain, (*entry.lines, *entry.checks)))
    found = {
        "title": not 0 < len(entry.title) <= TITLE_LIMIT,
        "lines": not (1 if more else FEWEST) <= len(entry.lines) <= MOST,
        "line": any(len(each) > LINE_LIMIT for each in (*entry.lines, *entry.checks)),
        "command": any(each.startswith("/") for each in entry.lines),
        "twice": any(n > 1 for n in asked.values()),
        "answer": len(entry.answer) > ANSWER_LIMIT or more == bool(entry.answer),
        "facts": bool(unknown(entry.answer, facts)),
    }
    return [code for code, holds in found.items() if holds]


def unknown(answer: str, facts: Collection[str]) -> list[str]:
    """What stands in braces and is no fact, and braces that stand alone."""
    return [match[0] for match in _BRACES.finditer(answer) if match[1] not in facts]


def clashes(entry: FaqEntry, project: Path, others: Iterable[FaqEntry]) -> list[Clash]:
    """Its ways of asking that come too near to another matter's. Takes about a second."""
    known = [*examples(project)]
    known += [(each.intent, line) for each in others for line in each.lines]
    known = [each for each in known if each[0] != entry.intent]
    index = Index(normalise(line) for _, line in known)
    found = []
    for line in entry.lines:
        for likeness, place in index.nearest(normalise(line), 1):
            intent, other = known[place]
            if likeness >= ALIKE:
                found.append(Clash(line, other, intent, _plain(line) == _plain(other)))
    return found


def _plain(line: str) -> str:
    return strip_accents(normalise(line))


def digest(entries: Sequence[FaqEntry]) -> bytes:
    """Names what the assistant would learn of them."""
    learnt = [{**asdict(each), "id": 0, "version": 0, "checks": ()} for each in entries]
    return json.dumps(learnt, ensure_ascii=False, sort_keys=True).encode() if learnt else b""


def write(entries: Sequence[FaqEntry], project: Path, folder: Path) -> None:
    """Write the project's domain with the entries in it, and what the assistant learns of them, as
    `domain.yml` and `own.yml`. Raises OSError and yaml.YAMLError."""
    domain: dict[str, Any] = yaml.safe_load((project / "domain.yml").read_text(encoding="utf-8"))
    own = [each for each in entries if each.answer]
    domain["intents"] += [each.intent for each in own]
    for each in own:
        domain["responses"][f"utter_{each.intent}"] = [{"text": each.answer}]
        button = {"title": each.title, "payload": f"/{each.intent}"}
        domain["responses"][TOPICS][0]["buttons"].append(button)
    learnt = {
        "version": "3.1",
        "nlu": [{"intent": each.intent, "examples": _listed(each.lines)} for each in entries],
        "rules": [
            {
                "rule": each.title,
                "steps": [{"intent": each.intent}, {"action": f"utter_{each.intent}"}],
            }
            for each in own
        ],
    }
    for name, content in (("domain.yml", domain), ("own.yml", learnt)):
        written = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=10_000)
        (folder / name).write_text(written, encoding="utf-8")


def _listed(lines: Iterable[str]) -> str:
    return "".join(f"- {line.translate(_MARKS)}\n" for line in lines)


def expected(entries: Iterable[FaqEntry]) -> Mapping[str, str]:
    """What each way of asking is to be understood as; of those that are learnt too, since a line
    that a bigger topic swallows is not answered."""
    return {line: each.intent for each in entries for line in (*each.lines, *each.checks)}
