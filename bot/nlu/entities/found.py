"""What the rules find: an entity, its value, and the stretch of raw text it stands in."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Found:
    """An entity. Money, counts and ratings are integers, dates ISO, times HH:MM, codes plain."""

    kind: str
    value: str | int
    start: int
    end: int
