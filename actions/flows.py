"""Flows that the support team wrote: each is a form, made of the table that its response in the
domain carries (bot.flows.compiled writes it).

A table's steps are `say` (a response), `ask` (a slot), `by` (a slot whose answer parts the ways),
`person` and `end`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final

from rasa_sdk import Action
from rasa_sdk.executor import CollectingDispatcher

from actions.forms import (
    NOT_AN_ANSWER,
    Field,
    Form,
    Heard,
    Reader,
    Request,
    Values,
    ask_action,
    asks_back,
    choice,
    entity,
    hand_off,
    register,
    says_yes,
    skips,
)
from actions.talk import Event

Step = Mapping[str, Any]

YES: Final = "có"
NO: Final = "không"
SURE: Final = 0.7  # the confidence from which a question of theirs is no answer to ours
_NUMBER: Final = re.compile(r"(?<![\w.,])\d{1,3}(?:[.,]?\d{3})*(?![\w]*\d)")
EXAMPLES: Final = {
    "phone": "0912 345 678",
    "number": "2",
    "date": "20/11",
    "yes_no": "có",
    "text": "viết vài chữ là được ạ",
}


@dataclass(frozen=True)
class Walk:
    """How far a flow goes with the answers that are known."""

    said: tuple[str, ...]  # responses on the way
    slots: tuple[str, ...]  # that were asked for on the way
    stop: str  # `ask`, `person` or `end`


def walk(steps: Sequence[Step], values: Values) -> Walk:
    """To the first question without an answer, a person, or the end."""
    said: list[str] = []
    slots: list[str] = []

    def go(steps: Sequence[Step]) -> str:
        for step in steps:
            if "say" in step:
                said.append(step["say"])
            elif "ask" in step:
                slots.append(step["ask"])
                if values.get(step["ask"]) is None:
                    return "ask"
            elif "by" in step:
                if stop := go(_way(step, values.get(step["by"]))):
                    return stop
            else:
                return "person" if "person" in step else "end"
        return ""

    stop = go(steps) or "end"
    return Walk(tuple(said), tuple(slots), stop)


def _way(step: Step, answer: Any) -> Sequence[Step]:
    for case in step["cases"]:
        if _holds(case, answer):
            steps: Sequence[Step] = case["then"]
            return steps
    otherwise: Sequence[Step] = step.get("else", ())
    return otherwise


def _holds(case: Step, answer: Any) -> bool:
    match case["is"]:
        case "từ":
            return float(answer) >= float(case["values"][0])
        case "dưới":
            return float(answer) < float(case["values"][0])
        case _:
            return str(answer) in case["values"]


def asks(steps: Sequence[Step]) -> Iterator[Step]:
    """Every question, in the order in which they are written."""
    for step in steps:
        if "ask" in step:
            yield step
        for case in step.get("cases", ()):
            yield from asks(case["then"])
        yield from asks(step.get("else", ()))


def shown(value: Any) -> str:
    """An answer, as a sentence takes it in."""
    text = str(value)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return date.fromisoformat(text).strftime("%d/%m/%Y")
    return text


def tables(domain: Mapping[str, Any]) -> dict[str, Sequence[Step]]:
    """The steps of each flow in a domain, by its intent."""
    found: dict[str, Sequence[Step]] = {}
    for name, ways in domain.get("responses", {}).items():
        if isinstance(table := (ways[0].get("custom") or {}).get("flow"), list):
            found[name.removeprefix("utter_")] = table
    return found


def actions_of(intent: str, steps: Sequence[Step]) -> tuple[type[Action], ...]:
    """The actions that run a flow."""
    form = form_of(intent, steps)
    questions = (ask_action(slot) for slot in form.slots)
    return (*register(form), *questions)


def form_of(intent: str, steps: Sequence[Step]) -> Form:
    slots = [step["ask"] for step in asks(steps)]
    return Form(
        name=f"{intent}_form",
        fields=tuple(_field(step, slots, steps) for step in asks(steps)),
        submit=partial(_submit, steps),
        own=frozenset({intent}),
        tells=partial(_tells, steps),
    )


def _field(step: Step, slots: Sequence[str], steps: Sequence[Step]) -> Field:
    slot, kind, options = step["ask"], step["kind"], step.get("options", ())
    offered = (YES.capitalize(), NO.capitalize()) if kind == "yes_no" else options
    return Field(
        slot=slot,
        read=_reader(kind, options),
        what=step["as"],
        example=options[0] if options else EXAMPLES[kind],
        helps=tuple({"title": option, "payload": option} for option in offered),
        needed=partial(_needed, steps, slots, slot),
        extras=lambda tracker, values: _filled(values),
    )


def _needed(steps: Sequence[Step], slots: Sequence[str], slot: str, values: Values) -> bool:
    """Whether the flow comes, or may yet come, by a question."""
    gone = walk(steps, values)
    if slot in gone.slots:
        return True
    return gone.stop == "ask" and slots.index(slot) > slots.index(gone.slots[-1])


def _tells(steps: Sequence[Step], known: Values | None, values: Values) -> list[tuple[str, Values]]:
    before = () if known is None else walk(steps, known).said
    after = walk(steps, values).said
    return [(each, _filled(values)) for each in after if each not in before]


def _filled(values: Values) -> Values:
    return {slot: shown(value) for slot, value in values.items() if value is not None}


def _submit(
    steps: Sequence[Step], dispatcher: CollectingDispatcher, request: Request
) -> list[Event]:
    if walk(steps, request.values).stop == "person":
        return hand_off(dispatcher, request.tracker, "flow")
    return []


# --- How answers are read


def _reader(kind: str, options: Sequence[str]) -> Reader:
    match kind:
        case "choice":
            return choice({option: (option,) for option in options})
        case "yes_no":
            return read_yes_no
        case "number":
            return read_number
        case "phone" | "date":
            return entity(kind)
        case _:
            return read_words


def read_yes_no(heard: Heard) -> str | None:
    if not heard.asked:
        return None
    if says_yes(heard) or heard.text.lower().strip(" .!") in ("có", "co", "có ạ", "co a"):
        return YES
    return NO if skips(heard) else None


def read_number(heard: Heard) -> int | None:
    """The first number in the answer, in figures."""
    found = _NUMBER.search(heard.text) if heard.asked else None
    if found:
        return int(re.sub(r"\D", "", found[0]))
    counted = heard.first("quantity") if heard.asked else None
    return counted if isinstance(counted, int) else None


def read_words(heard: Heard) -> str | None:
    """The customer's own words, unless they ask something themselves."""
    if not heard.asked or heard.intent in NOT_AN_ANSWER:
        return None
    another = heard.text.endswith("?") or (asks_back(heard) and heard.confidence >= SURE)
    return None if another or len(heard.text) < 2 else heard.text[:200]
