"""Flows as lines of text: the form in which they are kept and edited.

    Tên: Cho mượn máy dùng thử
    Khách nói: cho mượn máy dùng thử được không
    Bot đáp: Dạ bên em cho dùng thử 7 ngày ạ.
    Hỏi: Anh/chị muốn thử máy nào ạ? → «máy» (một trong: máy lọc nước / máy xay)
    Nếu «máy» là máy xay:
      Gặp nhân viên
    Còn lại:
      Bot đáp: Dạ em giữ «máy» cho anh/chị ạ.

Two spaces deeper stands what belongs to a `Nếu`; a line that begins with `|` goes on with the text
above it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from bot.flows.flow import (
    NO,
    PARTING,
    YES,
    Ask,
    Branch,
    Case,
    End,
    Flow,
    Holds,
    Kind,
    Person,
    Say,
    Step,
    left_silent,
)
from bot.flows.lines import STEP, WORDS, Line, lines
from bot.folded import fold

TITLE_LIMIT: Final = 80
TEXT_LIMIT: Final = 1000
NAME_LIMIT: Final = 40
DEEPEST: Final = 5
OPTIONS: Final = 10
_ASK: Final = re.compile(r"(.*)(?:→|->)\s*(?:ghi vào\s*)?«([^«»]*)»\s*\((.*)\)", re.DOTALL)
_IF: Final = re.compile(r"«([^«»]*)»\s*(\S+)\s+(.+)")
_QUOTED: Final = re.compile(r'["“]([^"“”]*)["”]')
_LISTED: Final = re.compile(rf"{_QUOTED.pattern}(?:\s*,\s*{_QUOTED.pattern})*")
_MORE: Final = re.compile(r"\s+trở lên$")
NAMED: Final = re.compile(r"«([^«»]*)»")
_KINDS: Final = {fold(kind.value): kind for kind in Kind}


class Problem(NamedTuple):
    """Why a text is no flow: where, and what about it."""

    line: int  # from 1
    code: str
    about: str = ""


class Unreadable(Exception):
    """A text that is no flow, for all of these reasons."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(", ".join(f"{each.line}: {each.code}" for each in problems))
        self.problems = tuple(sorted(problems))


def parse(text: str) -> Flow:
    """Raises Unreadable."""
    reader = _Reader(text)
    flow = reader.flow()
    if reader.problems:
        raise Unreadable(reader.problems)
    return flow


class _Reader:
    """Reads a flow and keeps what is wrong with it."""

    def __init__(self, text: str) -> None:
        self.lines = lines(text)
        self.at = 0
        self.problems: list[Problem] = []
        self.asked: dict[str, int] = {}  # the line of each question, by its name

    def flow(self) -> Flow:
        title, heard = "", list[str]()
        while (line := self._next()) and line.head in ("title", "heard"):
            self.at += 1
            if line.indent:
                self._wrong(line, "indent")
            if line.head == "heard":
                told = self._text(line)
                heard += _QUOTED.findall(told) if _LISTED.fullmatch(told) else [told]
            elif title:
                self._wrong(line, "title_twice")
            else:
                title = " ".join(self._text(line, TITLE_LIMIT).split())
        if not title:
            self.problems.append(Problem(1, "no_title"))
        steps = self._block(0, {})
        for name in left_silent(steps):
            self.problems.append(Problem(self.asked[name], "silent", name))
        if not any(isinstance(each, Say | Ask | Person) for each in steps) and not self.problems:
            self.problems.append(Problem(self.lines[-1].number if self.lines else 1, "no_steps"))
        spoken = (" ".join(each.split()) for each in heard)
        return Flow(title, tuple(dict.fromkeys(filter(None, spoken))), steps)

    def _next(self) -> Line | None:
        return self.lines[self.at] if self.at < len(self.lines) else None

    def _wrong(self, line: Line, code: str, about: str = "") -> None:
        self.problems.append(Problem(line.number, code, about))

    def _text(self, line: Line, most: int = TEXT_LIMIT) -> str:
        if not line.rest:
            self._wrong(line, "empty", WORDS[line.head])
        elif len(line.rest) > most:
            self._wrong(line, "long", str(most))
        return line.rest

    def _block(self, indent: int, known: dict[str, Ask]) -> tuple[Step, ...]:
        """The steps that stand at this depth; what was asked on the way here is `known`."""
        known = dict(known)
        steps: list[Step] = []
        while (line := self._next()) and line.indent >= indent:
            if line.indent > indent:
                self._wrong(line, "indent")
            if steps and isinstance(steps[-1], Person | End):
                self._wrong(line, "never_reached")
            self.at += 1
            match line.head:
                case "say":
                    steps.append(Say(self._filled(line, self._text(line), known)))
                case "ask":
                    if asked := self._ask(line, known):
                        steps.append(asked)
                        known[asked.name] = asked
                case "if":
                    self._case(line, steps, known)
                case "else":
                    self._otherwise(line, steps, known)
                case "person" | "end":
                    if line.rest:
                        self._wrong(line, "too_much", WORDS[line.head])
                    steps.append(Person() if line.head == "person" else End())
                case "heard" | "title":
                    self._wrong(line, "too_late", WORDS[line.head])
                case _:
                    self._wrong(line, "unknown")
        return tuple(steps)

    def _filled(self, line: Line, text: str, known: Collection[str]) -> str:
        for name in NAMED.findall(text):
            if name not in known:
                self._wrong(line, "unknown_name", name)
        return text

    def _ask(self, line: Line, known: Collection[str]) -> Ask | None:
        found = _ASK.fullmatch(line.rest)
        if found is None:
            self._wrong(line, "question")
            return None
        text, name, wanted = found[1].strip(), found[2].strip(), found[3]
        if not text:
            self._wrong(line, "empty", WORDS["ask"])
        elif len(text) > TEXT_LIMIT:
            self._wrong(line, "long", str(TEXT_LIMIT))
        if not 0 < len(name) <= NAME_LIMIT:
            self._wrong(line, "name", str(NAME_LIMIT))
        elif before := self.asked.get(name):
            self._wrong(line, "name_twice", f"{name}, {before}")
        self.asked.setdefault(name, line.number)
        self._filled(line, text, known)
        called, _, listed = wanted.partition(":")
        kind = _KINDS.get(fold(called).strip())
        if kind is None:
            self._wrong(line, "kind", wanted)
            return None
        options = tuple(_values(listed)) if kind is Kind.CHOICE else ()
        if kind is Kind.CHOICE and not 2 <= len(options) <= OPTIONS:
            self._wrong(line, "options", str(OPTIONS))
        if kind is Kind.CHOICE and len({fold(each) for each in options}) < len(options):
            self._wrong(line, "options_alike")
        return Ask(text, name, kind, options)

    def _case(self, line: Line, steps: list[Step], known: dict[str, Ask]) -> None:
        found = _IF.fullmatch(line.rest)
        name = found[1].strip() if found else ""
        asked = known.get(name)
        case = None
        if found is None:
            self._wrong(line, "condition")
        elif asked is None:
            self._wrong(line, "unknown_name", name)
        elif asked.kind not in PARTING:
            self._wrong(line, "no_parting", name)
        else:
            case = self._condition(line, asked, found[2], found[3])
        inside = self._inside(line, known)
        if case is None:
            return
        before = steps[-1] if steps else None
        if isinstance(before, Branch) and before.name == name and not before.otherwise:
            steps[-1] = replace(before, cases=(*before.cases, replace(case, steps=inside)))
        else:
            steps.append(Branch(name, (replace(case, steps=inside),)))

    def _condition(self, line: Line, asked: Ask, word: str, rest: str) -> Case | None:
        holds = next((each for each in Holds if fold(each.value) == fold(word)), None)
        values = _values(_MORE.sub("", rest) if holds is Holds.FROM else rest)
        compares = holds in (Holds.FROM, Holds.BELOW)
        if holds is None or (compares and (asked.kind, len(values)) != (Kind.NUMBER, 1)):
            self._wrong(line, "condition")
            return None
        if asked.kind is Kind.NUMBER:
            if not all(re.fullmatch(r"[0-9]{1,9}", each) for each in values):
                self._wrong(line, "number", rest)
                return None
            return Case(holds, tuple(str(int(each)) for each in values), ())
        allowed = {fold(each): each for each in (asked.options or (YES, NO))}
        for each in values:
            if fold(each) not in allowed:
                self._wrong(line, "value", f"{each}: {' / '.join(allowed.values())}")
        return Case(holds, tuple(allowed.get(fold(each), each) for each in values), ())

    def _otherwise(self, line: Line, steps: list[Step], known: dict[str, Ask]) -> None:
        if line.rest:
            self._wrong(line, "too_much", WORDS["else"])
        inside = self._inside(line, known)
        before = steps[-1] if steps else None
        if isinstance(before, Branch) and not before.otherwise:
            steps[-1] = replace(before, otherwise=inside)
        else:
            self._wrong(line, "else_alone")

    def _inside(self, line: Line, known: dict[str, Ask]) -> tuple[Step, ...]:
        deeper = self._next()
        if deeper is None or deeper.indent <= line.indent:
            self._wrong(line, "nothing_inside")
            return ()
        if deeper.indent > DEEPEST * len(STEP):
            self._wrong(deeper, "deep")
        return self._block(deeper.indent, known)


def _values(listed: str) -> list[str]:
    found = (each.strip(" \"'“”:\n") for each in listed.split("/"))
    return list(dict.fromkeys(each for each in found if each))
