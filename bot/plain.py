"""Answers that are hard to read or that blame: long sentences, long bubbles, words of the trade.

The words, and the answers that were reviewed and may stay, stand in plain.yml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from bot.words import SENTENCES

LISTS: Final = Path(__file__).with_suffix(".yml")
WORDS: Final = 25  # in a sentence
SENTENCES_OF_A_BUBBLE: Final = 3
RULES: Final = {"long": "dài", "many": "nhiều câu", "blame": "đổ lỗi", "jargon": "từ khó"}
LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

VARIABLE: Final = re.compile(r"\{(\w+)\}")
ROW: Final = re.compile(r"\s*(?:[•–-]|\d+[.)])\s+")
END: Final = re.compile(r"(?<=[.?!…])(?<!\bTP\.)(?<!\bP\.)(?<!\bQ\.)\s+")


@dataclass(frozen=True)
class Answer:
    """A text that customers read, and where it stands."""

    name: str
    text: str
    where: str


class Weakness(NamedTuple):
    """What makes a text hard to read, or blames."""

    rule: str  # of RULES
    what: str  # the sentence, or the word
    n: int = 0  # words, or sentences
    instead: str = ""  # what to say

    def told(self) -> str:
        if self.rule == "long":
            return f"{self.n} words in a sentence, {WORDS} at most: {self.what}"
        if self.rule == "many":
            return f"{self.n} sentences in a bubble, {SENTENCES_OF_A_BUBBLE} at most"
        return f"“{self.what}”: {self.instead}"


@dataclass(frozen=True)
class Lists:
    """What plain.yml says: words with what to say instead, and reasons by answer and rule."""

    blame: Mapping[str, str]
    jargon: Mapping[str, str]
    reviewed: Mapping[str, Mapping[str, str]]

    @classmethod
    @lru_cache(maxsize=1)
    def ours(cls) -> Lists:
        """Those of plain.yml, read once."""
        return cls.read()

    @classmethod
    def read(cls, path: Path = LISTS) -> Lists:
        """Raises ValueError for a word that cannot be matched and for an entry without a reason."""
        lists = cls(**yaml.safe_load(path.read_text(encoding="utf-8")))
        for name, rules in lists.reviewed.items():
            for rule, reason in rules.items():
                if rule not in RULES.values() or not str(reason or "").strip():
                    known = ", ".join(RULES.values())
                    raise ValueError(f"{path}: {name}: one of {known}, with a reason; not {rule!r}")
        try:
            assert lists.patterns is not None
        except re.error as error:
            raise ValueError(f"{path}: {error.pattern!r} cannot be matched: {error}") from error
        return lists

    @cached_property
    def patterns(self) -> list[tuple[str, re.Pattern[str], str]]:
        """Rule, word, what to say instead."""
        return [
            (rule, re.compile(rf"(?<!\w)(?:{word})(?!\w)"), instead)
            for rule, words in (("blame", self.blame), ("jargon", self.jargon))
            for word, instead in words.items()
        ]


def answers(project: Path, facts: Path) -> list[Answer]:
    """Every text of the domain's responses, of the facts and of Carebot's own sentences.

    Raises OSError and yaml.YAMLError for a file that cannot be read.
    """
    found = []
    domain = _children(_tree(project / "domain.yml"))
    for name, (line, variants) in _children(domain["responses"][1]).items():
        for variant in map(_children, variants.value):
            if "text" in variant:
                found.append(Answer(name, variant["text"][1].value, f"domain.yml:{line}"))
    file = facts.relative_to(project) if facts.is_relative_to(project) else facts
    for name, (line, record) in _children(_tree(facts)).items():
        value = _children(record)["value"][1]
        found += [Answer(name, text, f"{file}:{line}") for text in _texts(value)]
    return found + [
        Answer(f"words.{name}", forms["vi"], "bot/words.py") for name, forms in SENTENCES.items()
    ]


def find(texts: list[Answer], facts: Mapping[str, str], lists: Lists) -> list[str]:
    """A sentence for each thing that makes an answer hard to read, and for each reviewed entry
    that nothing needs any more. `facts` are put in where an answer names them."""
    told: list[str] = []
    needed: set[tuple[str, str]] = set()
    for answer in texts:
        for each in weaknesses(answer.text, facts, lists):
            if RULES[each.rule] in lists.reviewed.get(answer.name, ()):
                needed.add((answer.name, RULES[each.rule]))
            else:
                told.append(f"{answer.where}: {answer.name}: {each.told()}")
    return told + [
        f"{LISTS.name}: {name}: nothing is {rule!r} any more; take the entry out"
        for name, rules in lists.reviewed.items()
        for rule in rules
        if (name, rule) not in needed
    ]


def weaknesses(text: str, facts: Mapping[str, str], lists: Lists) -> Iterator[Weakness]:
    """All that makes a text hard to read, `facts` put in where it names them."""
    filled = VARIABLE.sub(lambda variable: facts.get(variable[1], variable[0]), text)
    prose = 0
    for line in filled.splitlines():
        is_row = ROW.match(line)
        for sentence in END.split(ROW.sub("", line, count=1)):
            words = len(sentence.split())
            prose += bool(words) and not is_row
            if words > WORDS:
                yield Weakness("long", sentence, words)
    if prose > SENTENCES_OF_A_BUBBLE:
        yield Weakness("many", "", prose)
    # A fact's words are told at the fact.
    said = text.lower()
    for rule, pattern, instead in lists.patterns:
        for match in pattern.finditer(said):
            if rule == "jargon" and _is_explained(said, match):
                continue
            yield Weakness(rule, match[0], 0, instead)


def _is_explained(said: str, match: re.Match[str]) -> bool:
    before, after = said[: match.start()], said[match.end() :]
    return before.count("(") > before.count(")") or after.startswith(" (")


def _texts(node: Any) -> Iterator[str]:
    """Every text of a fact: of its rows, of its parts."""
    if isinstance(node, yaml.ScalarNode):
        yield node.value
        return
    for each in node.value:
        yield from _texts(each[1] if isinstance(node, yaml.MappingNode) else each)


def _tree(path: Path) -> Any:
    return yaml.compose(path.read_text(encoding="utf-8"), Loader=LOADER)


def _children(node: Any) -> dict[str, tuple[int, Any]]:
    """Of each entry of a mapping the line and the value's node."""
    return {key.value: (key.start_mark.line + 1, value) for key, value in node.value}
