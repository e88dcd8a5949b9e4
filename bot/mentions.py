"""Colleagues who are named in a note: "@hung xem giúp", accents or not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from bot.folded import fold
from bot.models import User

_NAMED: Final = re.compile(r"(?<![\w@.])@(\w[\w.-]*)")


def named_in(text: str, people: Iterable[User]) -> list[User]:
    """Who is meant, each once: by username, or by a given name that only one of them has. A
    Vietnamese given name comes last."""
    by_username = {each.username: each for each in people}
    by_name: dict[str, list[User]] = {}
    for each in by_username.values():
        by_name.setdefault((fold(each.name).split() or [""])[-1], []).append(each)
    found: dict[int, User] = {}
    for match in _NAMED.finditer(text):
        name = fold(match[1]).rstrip(".-")
        namesakes = by_name.get(name, [])
        meant = by_username.get(name) or (namesakes[0] if len(namesakes) == 1 else None)
        if meant:
            found[meant.id] = meant
    return list(found.values())
