"""A flow written as the text that is read as it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.flows.flow import Ask, Branch, Case, End, Flow, Holds, Person, Say, Step
from bot.flows.lines import STEP, WORDS


def write(flow: Flow) -> str:
    """The text that bot.flows.text.parse reads as this flow."""
    heard = [f"{WORDS['heard']}: {line}" for line in flow.lines]
    head = [f"{WORDS['title']}: {flow.title}", "", *heard, ""]
    return "\n".join([*head, *_written(flow.steps, "")]) + "\n"


def _written(steps: Sequence[Step], indent: str) -> Iterator[str]:
    for step in steps:
        match step:
            case Say(text):
                yield _told(f"{indent}{WORDS['say']}: {text}", indent)
            case Ask(text, name, kind, options):
                wanted = f"{kind.value}: {' / '.join(options)}" if options else kind.value
                yield _told(f"{indent}{WORDS['ask']}: {text} → «{name}» ({wanted})", indent)
            case Branch(name, cases, otherwise):
                for case in cases:
                    yield f"{indent}{WORDS['if']} «{name}» {_condition(case)}:"
                    yield from _written(case.steps, indent + STEP)
                if otherwise:
                    yield f"{indent}{WORDS['else']}:"
                    yield from _written(otherwise, indent + STEP)
            case Person():
                yield f"{indent}{WORDS['person']}"
            case End():
                yield f"{indent}{WORDS['end']}"


def _told(text: str, indent: str) -> str:
    return text.replace("\n", f"\n{indent}{STEP}| ")


def _condition(case: Case) -> str:
    more = " trở lên" if case.holds is Holds.FROM else ""
    return f"{case.holds.value} {' / '.join(case.values)}{more}"
