"""What is named most: why people leave, what they expect, what they complain of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from bot.figures.figure import Figure, Window, once
from bot.figures.share import share

TOP: Final = 5
OTHER: Final = "other"
TOO_MUCH: Final = 20  # per cent; more says that the choices do not fit


@dataclass(frozen=True)
class Named:
    """What somebody chose."""

    id: int
    at: datetime
    choice: str


class Ranked(NamedTuple):
    choice: str
    share: Figure


def ranking(name: str, named: Iterable[Named], window: Window, top: int = TOP) -> list[Ranked]:
    """The choices that were named most, each with its share of all; of equals, by their names.
    "Other" stands last, whatever its share."""
    over = [each for each in once(named) if each.at in window]
    ids: dict[str, list[int]] = {}
    for each in over:
        ids.setdefault(each.choice, []).append(each.id)
    order = sorted(ids.keys() - {OTHER}, key=lambda choice: (-len(ids[choice]), choice))[:top]
    rows = [each.id for each in over]
    return [
        Ranked(choice, share(f"{name}_{choice}", window, ids[choice], rows, of="answer"))
        for choice in [*order, *({OTHER} & ids.keys())]
    ]


def is_vague(named: Iterable[Named], window: Window) -> bool:
    """Whether so many chose "other" that the choices should be refined."""
    over = [each for each in once(named) if each.at in window]
    other = sum(each.choice == OTHER for each in over)
    return 100 * other > TOO_MUCH * len(over)
