"""The support team's own questions and answers: what may be kept."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

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


def intent_of(title: str, taken: Collection[str], kind: str = "faq") -> str:
    """A name for a new entry's intent, made of its title."""
    stem = f"{kind}_{(re.sub(r'[^a-z0-9]+', '_', fold(title)).strip('_') or 'muc')[:50]}"
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
    found = {
        "title": not 0 < len(entry.title) <= TITLE_LIMIT,
        "answer": len(entry.answer) > ANSWER_LIMIT or more == bool(entry.answer),
        "facts": bool(unknown(entry.answer, facts)),
    }
    wrong = wrong_lines(entry.lines, entry.checks, fewest=1 if more else FEWEST)
    return [*wrong, *(code for code, holds in found.items() if holds)]


def wrong_lines(
    lines: Sequence[str], checks: Sequence[str] = (), *, fewest: int = FEWEST
) -> list[str]:
    """Codes of why these ways of asking cannot be learnt."""
    asked = Counter(map(_plain, (*lines, *checks)))
    found = {
        "lines": not fewest <= len(lines) <= MOST,
        "line": any(len(each) > LINE_LIMIT for each in (*lines, *checks)),
        "command": any(each.startswith("/") for each in lines),
        "twice": any(n > 1 for n in asked.values()),
    }
    return [code for code, holds in found.items() if holds]


def unknown(answer: str, facts: Collection[str]) -> list[str]:
    """What stands in braces and is no fact, and braces that stand alone."""
    return [match[0] for match in _BRACES.finditer(answer) if match[1] not in facts]


def clashes(
    intent: str, lines: Iterable[str], project: Path, others: Iterable[tuple[str, str]]
) -> list[Clash]:
    """An intent's ways of asking that come too near to another matter's: one of the project's
    files, or of the others, which are intents and how customers say them. Takes about a second."""
    known = [each for each in (*examples(project), *others) if each[0] != intent]
    index = Index(normalise(line) for _, line in known)
    found = []
    for line in lines:
        for likeness, place in index.nearest(normalise(line), 1):
            its, other = known[place]
            if likeness >= ALIKE:
                found.append(Clash(line, other, its, _plain(line) == _plain(other)))
    return found


def _plain(line: str) -> str:
    return strip_accents(normalise(line))
