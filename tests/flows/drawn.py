"""Flows as Hypothesis draws them: anything that the text can hold."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

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
)
from bot.flows.text import _LISTED
from bot.folded import fold

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyắệộÁĐ 0123456789 .,?!:;'()+-→|/#&%@\"“”"
BEGUN = "Nếu Còn lại Hỏi Khách nói Tên"


def _spoken(letters: str = LETTERS, most: int = 30) -> st.SearchStrategy[str]:
    told = st.text(letters, min_size=1, max_size=most) | st.sampled_from(BEGUN.split())
    return told.map(lambda text: " ".join(text.split())).filter(bool)


names = _spoken("abcđêôưốệ 0123456789:()→", 12)
texts = st.lists(_spoken(), min_size=1, max_size=3).map("\n".join)
options = st.lists(
    _spoken("abcđêôưốệ 0123456789().,→", 12), min_size=2, max_size=4, unique_by=fold
).map(tuple)
numbers = st.integers(0, 999).map(str)


@st.composite
def flows(draw: st.DrawFn) -> Flow:
    lines = draw(st.lists(_spoken(), min_size=1, max_size=4, unique=True))
    begun = tuple(line for line in lines if not _LISTED.fullmatch(line) and line[0] != "|")
    taken: set[str] = set()
    steps = draw(_steps({}, taken, depth=0))
    return Flow(draw(_spoken()), begun or ("a",), (Say(draw(texts)), *steps))


@st.composite
def _steps(draw: st.DrawFn, known: dict[str, Ask], taken: set[str], depth: int) -> Any:
    known, steps = dict(known), []
    for _ in range(draw(st.integers(1, 3))):
        step: Step = Say(_about(draw, known))
        kind = draw(st.sampled_from(("say", "ask", "branch")))
        parting = [each for each in known.values() if each.kind in PARTING]
        if kind == "ask":
            name = draw(names.filter(lambda name: name not in taken))
            taken.add(name)
            wanted = draw(st.sampled_from(Kind))
            listed = draw(options) if wanted is Kind.CHOICE else ()
            step = known[name] = Ask(_about(draw, known), name, wanted, listed)
        elif kind == "branch" and parting and depth < 3:
            step = _branch(draw, draw(st.sampled_from(parting)), known, taken, depth)
        before = steps[-1] if steps else None
        if isinstance(step, Branch) and isinstance(before, Branch) and before.name == step.name:
            steps.append(Say(draw(texts)))
        steps.append(step)
    steps.append(Say(draw(texts)))  # whoever answered hears something
    last = draw(st.sampled_from((None, Person(), End())))
    return (*steps, *([last] if last else []))


def _about(draw: st.DrawFn, known: dict[str, Ask]) -> str:
    text = draw(texts)
    return (
        f"{text} «{draw(st.sampled_from(sorted(known)))}»"
        if known and draw(st.booleans())
        else text
    )


def _branch(
    draw: st.DrawFn, asked: Ask, known: dict[str, Ask], taken: set[str], depth: int
) -> Branch:
    cases = []
    for _ in range(draw(st.integers(1, 3))):
        holds = draw(st.sampled_from(Holds)) if asked.kind is Kind.NUMBER else Holds.IS
        wanted = (
            numbers if asked.kind is Kind.NUMBER else st.sampled_from(asked.options or (YES, NO))
        )
        most = 2 if holds is Holds.IS else 1
        values = tuple(draw(st.lists(wanted, min_size=1, max_size=most, unique=True)))
        cases.append(Case(holds, values, draw(_steps(known, taken, depth + 1))))
    otherwise = draw(_steps(known, taken, depth + 1)) if draw(st.booleans()) else ()
    return Branch(asked.name, tuple(cases), otherwise)
