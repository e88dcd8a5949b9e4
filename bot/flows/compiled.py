"""A flow as Rasa learns it, and back: an intent, a rule, responses, and when it asks something a
form with its slots. The flow's table stands in a response of its own that is never said; the
assistant's actions walk it (actions/flows.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bot.flows.flow import Ask, Branch, Case, End, Flow, Holds, Kind, Person, Say, Step
from bot.flows.text import NAMED

Json = dict[str, Any]

SLOT: Final = {"type": "any", "mappings": [{"type": "custom"}]}
KINDS: Final = {
    Kind.TEXT: "text",
    Kind.CHOICE: "choice",
    Kind.YES_NO: "yes_no",
    Kind.PHONE: "phone",
    Kind.NUMBER: "number",
    Kind.DATE: "date",
}


@dataclass(frozen=True)
class Compiled:
    """What a flow adds to the project's content."""

    nlu: Json
    rules: list[Json]
    intents: list[str]
    slots: Json = field(default_factory=dict)
    forms: Json = field(default_factory=dict)
    actions: list[str] = field(default_factory=list)
    responses: Json = field(default_factory=dict)


def compiled(flow: Flow, intent: str) -> Compiled:
    """The flow under the name of its intent."""
    writer = _Writer(intent)
    table = writer.steps(flow.steps)
    slots = list(writer.slots.values())
    submit = f"action_submit_{intent}"
    if slots:
        form = f"{intent}_form"
        rules = [
            _rule(flow.title, [{"intent": intent}, {"action": form}, {"active_loop": form}]),
            {
                "rule": f"{flow.title}: đủ câu trả lời",
                "condition": [{"active_loop": form}],
                "steps": [
                    {"action": form},
                    {"active_loop": None},
                    {"slot_was_set": [{"requested_slot": None}]},
                    {"action": submit},
                ],
            },
        ]
        forms: Json = {form: {"required_slots": slots}}
        actions = [f"validate_{form}", submit, *(f"action_ask_{slot}" for slot in slots)]
    else:
        # What is said without a question, and a person at the end.
        said = [{"action": step["say"]} for step in table if "say" in step]
        last = [{"action": submit}] if table[-1:] == [{"person": True}] else []
        rules = [_rule(flow.title, [{"intent": intent}, *said, *last])]
        forms, actions = {}, [submit] if last else []
    return Compiled(
        nlu={"intent": intent, "examples": "".join(f"- {line}\n" for line in flow.lines)},
        rules=rules,
        intents=[intent],
        slots={slot: dict(SLOT) for slot in slots},
        forms=forms,
        actions=actions,
        responses={f"utter_{intent}": [{"custom": {"flow": table}}], **writer.responses},
    )


def _rule(title: str, steps: list[Json]) -> Json:
    return {"rule": title, "steps": steps}


class _Writer:
    """Names slots and responses as it goes through the steps. No intent has two underscores in a
    row, so that nobody else's names are taken."""

    def __init__(self, intent: str) -> None:
        self.intent = intent
        self.slots: dict[str, str] = {}  # by the name that the team gave
        self.responses: dict[str, list[Json]] = {}

    def steps(self, steps: Sequence[Step]) -> list[Json]:
        return [self._step(step) for step in steps]

    def _step(self, step: Step) -> Json:
        match step:
            case Say(text):
                name = f"utter_{self.intent}__{len(self.responses) + 1}"
                self.responses[name] = [{"text": self._text(text)}]
                return {"say": name}
            case Ask(text, name, kind, options):
                told = self._text(text)
                slot = self.slots[name] = f"{self.intent}__{len(self.slots) + 1}"
                self.responses[f"utter_ask_{slot}"] = [{"text": told}]
                asked: Json = {"ask": slot, "as": name, "kind": KINDS[kind]}
                return asked | ({"options": list(options)} if options else {})
            case Branch(name, cases, otherwise):
                parted: Json = {"by": self.slots[name], "cases": [self._case(c) for c in cases]}
                return parted | ({"else": self.steps(otherwise)} if otherwise else {})
            case Person():
                return {"person": True}
            case End():
                return {"end": True}

    def _case(self, case: Case) -> Json:
        then = self.steps(case.steps)
        return {"is": case.holds.value, "values": list(case.values), "then": then}

    def _text(self, text: str) -> str:
        return NAMED.sub(lambda found: f"{{{self.slots[found[1].strip()]}}}", text)


def decompiled(made: Compiled) -> Flow:
    """The flow that was compiled."""
    (intent,) = made.intents
    table = made.responses[f"utter_{intent}"][0]["custom"]["flow"]
    lines = tuple(line.removeprefix("- ") for line in made.nlu["examples"].splitlines())
    names: dict[str, str] = {}
    return Flow(made.rules[0]["rule"], lines, tuple(_steps(table, made.responses, names)))


def _steps(
    table: Sequence[Json], responses: Mapping[str, Any], names: dict[str, str]
) -> Iterator[Step]:
    def text_of(response: str) -> str:
        text: str = responses[response][0]["text"]
        for slot, name in names.items():
            text = text.replace(f"{{{slot}}}", f"«{name}»")
        return text

    kinds = {code: kind for kind, code in KINDS.items()}
    for step in table:
        if "say" in step:
            yield Say(text_of(step["say"]))
        elif "ask" in step:
            text = text_of(f"utter_ask_{step['ask']}")
            names[step["ask"]] = step["as"]
            yield Ask(text, step["as"], kinds[step["kind"]], tuple(step.get("options", ())))
        elif "by" in step:
            yield Branch(
                names[step["by"]],
                tuple(
                    Case(
                        Holds(case["is"]),
                        tuple(case["values"]),
                        tuple(_steps(case["then"], responses, names)),
                    )
                    for case in step["cases"]
                ),
                tuple(_steps(step.get("else", ()), responses, names)),
            )
        else:
            yield Person() if "person" in step else End()
