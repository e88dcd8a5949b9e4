"""CSAT: how satisfied they were with one talk, 1 to 5."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.figures.figure import Figure, Window, once
from bot.figures.share import share

SATISFIED: Final = (4, 5)


@dataclass(frozen=True)
class Asked:
    """The question after a talk, and what came of it."""

    id: int
    conversation_id: int
    at: datetime
    mark: int | None = None  # 1 to 5; none: no answer


def first_of(asked: Iterable[Asked]) -> list[Asked]:
    """The question is asked once a talk: of several, the first that was answered counts, else the
    first. Raises ValueError for a mark that is none."""
    found: dict[int, Asked] = {}
    for each in sorted(once(asked), key=lambda row: (row.mark is None, row.at, row.id)):
        if each.mark is not None and not 1 <= each.mark <= 5:
            raise ValueError(f"{each.mark} is no mark from 1 to 5")
        found.setdefault(each.conversation_id, each)
    return once(found.values())


def csat(asked: Iterable[Asked], window: Window) -> Figure:
    """How many in a hundred of the answers are 4 or 5. To tell talks with a person from those with
    the assistant alone, split it by share.split."""
    answers = [each for each in first_of(asked) if each.mark is not None and each.at in window]
    satisfied = [each.id for each in answers if each.mark in SATISFIED]
    return share("csat", window, satisfied, (each.id for each in answers), of="answer")


def response_rate(asked: Iterable[Asked], window: Window) -> Figure:
    """How many in a hundred of those asked have answered."""
    over = [each for each in first_of(asked) if each.at in window]
    answered = [each.id for each in over if each.mark is not None]
    return share("csat_response", window, answered, (each.id for each in over), of="answer")
