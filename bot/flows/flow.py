"""A flow: how it begins, and its steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What kind of answer a question wants, as the team writes it."""

    TEXT = "chữ"
    CHOICE = "một trong"
    YES_NO = "có/không"
    PHONE = "số điện thoại"
    NUMBER = "số"
    DATE = "ngày"


class Holds(Enum):
    """How a case holds an answer against its values."""

    IS = "là"  # one of them
    FROM = "từ"  # that number or more
    BELOW = "dưới"  # less than that number


YES, NO = "có", "không"
PARTING = (Kind.CHOICE, Kind.YES_NO, Kind.NUMBER)  # answers at which ways can part


@dataclass(frozen=True)
class Say:
    """The assistant says something; «name» in it stands for an answer."""

    text: str


@dataclass(frozen=True)
class Ask:
    """The assistant asks, and keeps the answer under a name."""

    text: str
    name: str
    kind: Kind
    options: tuple[str, ...] = ()  # of a CHOICE


@dataclass(frozen=True)
class Person:
    """The conversation goes to a person, and the flow ends."""


@dataclass(frozen=True)
class End:
    """The flow ends."""


@dataclass(frozen=True)
class Case:
    """What is done when an answer is so."""

    holds: Holds
    values: tuple[str, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Branch:
    """The ways part by an answer: the first case that holds is taken, or none."""

    name: str
    cases: tuple[Case, ...]
    otherwise: tuple[Step, ...] = ()


Step = Say | Ask | Branch | Person | End


@dataclass(frozen=True)
class Flow:
    title: str
    lines: tuple[str, ...]  # how customers begin it
    steps: tuple[Step, ...]


def questions(steps: Sequence[Step]) -> Iterator[Ask]:
    """Every question, in the order in which they are written."""
    for step in steps:
        if isinstance(step, Ask):
            yield step
        elif isinstance(step, Branch):
            for case in step.cases:
                yield from questions(case.steps)
            yield from questions(step.otherwise)


def left_silent(steps: Sequence[Step]) -> set[str]:
    """The questions after whose answer the flow may end without a word."""
    found: set[str] = set()

    def go(steps: Sequence[Step], waiting: set[str]) -> set[str]:
        for step in steps:
            match step:
                case Say() | Person():
                    waiting = set()
                case Ask(name=name):
                    waiting = {name}
                case End():
                    found.update(waiting)
                    waiting = set()
                case Branch(cases=cases, otherwise=otherwise):
                    ways = [go(each, waiting) for each in (*(c.steps for c in cases), otherwise)]
                    waiting = set().union(*ways)
        return waiting

    return found | go(steps, set())


def texts(steps: Sequence[Step]) -> Iterator[str]:
    """All that the assistant says and asks."""
    for step in steps:
        if isinstance(step, Say | Ask):
            yield step.text
        elif isinstance(step, Branch):
            for case in step.cases:
                yield from texts(case.steps)
            yield from texts(step.otherwise)
