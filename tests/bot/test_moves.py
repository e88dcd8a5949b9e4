"""The table of moves: one speaker at a time, and only a person's action brings the assistant
back."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.models import Status
from bot.moves import MOVES, drawing

DOCS = Path(__file__).parents[2] / "docs"


def test_the_documentation_shows_the_table() -> None:
    assert f"```mermaid\n{drawing()}\n```" in (DOCS / "handoff.md").read_text(encoding="utf-8")


def test_nothing_follows_the_end() -> None:
    assert all(Status.RESOLVED not in move.before for move in MOVES.values())


def test_no_timer_wakes_the_assistant() -> None:
    wakes = {name: move.by for name, move in MOVES.items() if move.after is Status.BOT}

    assert wakes == {"take_back": "customer", "return_to_bot": "agent", "replay": "operator"}


@pytest.mark.parametrize("status", [Status.BOT, Status.QUEUED, Status.ASSIGNED])
def test_every_state_has_an_end_in_reach(status: Status) -> None:
    reached = {status}
    while more := {
        move.after for move in MOVES.values() if move.before & reached and move.after not in reached
    }:
        reached |= more

    assert Status.RESOLVED in reached


def test_the_drawing_names_every_move() -> None:
    assert all(f"{name} (" in drawing() for name in MOVES)
