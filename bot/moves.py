"""Who may speak in a conversation, and what moves the turn: the whole of it in one table.

Exactly one of {the assistant, the queue, one person, nobody} has the turn. docs/handoff.md shows
this table as a drawing.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from bot.models import Status

BOT, QUEUED, ASSIGNED, RESOLVED = Status


class Move(NamedTuple):
    before: frozenset[Status]
    after: Status
    by: str  # who makes it


MOVES: Final = {
    # The assistant, the gate before it, or a failure asks for a person.
    "request": Move(frozenset({BOT}), QUEUED, "assistant"),
    # The customer does not want a person any more.
    "take_back": Move(frozenset({QUEUED}), BOT, "customer"),
    # Somebody free is found.
    "assign": Move(frozenset({QUEUED}), ASSIGNED, "queue"),
    # An agent takes it, from the queue or straight from the assistant.
    "accept": Move(frozenset({BOT, QUEUED, ASSIGNED}), ASSIGNED, "agent"),
    # A colleague has answered in the platform's own app.
    "step_in": Move(frozenset({BOT, QUEUED}), ASSIGNED, "colleague"),
    "take_over": Move(frozenset({BOT, QUEUED, ASSIGNED}), ASSIGNED, "supervisor"),
    # To another person, or to another team's queue.
    "reassign": Move(frozenset({QUEUED, ASSIGNED}), ASSIGNED, "agent, supervisor"),
    "transfer": Move(frozenset({QUEUED, ASSIGNED}), QUEUED, "agent, supervisor"),
    # The agent who has it is silent, or their console is gone.
    "requeue": Move(frozenset({ASSIGNED}), QUEUED, "timer"),
    # What broke the assistant is mended: it may answer what was set aside and nobody has taken.
    "replay": Move(frozenset({QUEUED}), BOT, "operator"),
    "return_to_bot": Move(frozenset({ASSIGNED}), BOT, "agent"),
    "resolve": Move(frozenset({ASSIGNED}), RESOLVED, "agent"),
    # The customer left before anybody answered.
    "abandon": Move(frozenset({QUEUED}), RESOLVED, "timer"),
    # A new message long after the last one begins a new talk.
    "lapse": Move(frozenset({BOT, ASSIGNED}), RESOLVED, "customer"),
}


def drawing() -> str:
    """The table as a Mermaid state diagram."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for name, move in MOVES.items():
        for before in Status:
            if before in move.before:
                label = f"{name} ({move.by})"
                arrows.setdefault((before.value, move.after.value), []).append(label)
    lines = ["stateDiagram-v2", "    [*] --> bot"]
    lines += [
        f"    {before} --> {after}: {'<br>'.join(labels)}"
        for (before, after), labels in sorted(arrows.items())
    ]
    return "\n".join([*lines, "    resolved --> [*]"])
