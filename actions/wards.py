"""Where the wards of the time before July 2025 are now.

An address may still be told with its district; the shop's people and carriers go by today's ward.
The table is wards.txt.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

LIST: Final = Path(__file__).with_suffix(".txt")
KINDS: Final = {"p": "phường", "x": "xã", "t": "thị trấn", "đ": "đặc khu"}

MOST: Final = 3  # names are said; more say nothing

Now = tuple[str, ...]  # a ward that was divided is now one of several


@dataclass(frozen=True)
class Table:
    """By province of today and district of old what became of each ward; and all wards of today,
    by province. Names are in small letters, wards of old without their kind."""

    went: dict[tuple[str, str], dict[str, Now]] = field(default_factory=dict)
    current: dict[str, set[str]] = field(default_factory=dict)


def present(ward: str, district: str = "", province: str = "") -> str:
    """A ward as it is called today, with the name that the customer gave:
    "phường Thạch Thang (nay là phường Hải Châu)". What the table does not know stays as it was
    told, with its district."""
    told = f"{ward}, {district}" if district else ward
    now = now_of(ward, district, province)
    if not now:
        return told
    if len(now) > 1:
        return f"{told} (nay là {' hoặc '.join(now)})"
    return now[0] if now[0].lower() == ward.lower() else f"{ward} (nay là {now[0]})"


def with_present(text: str, ward: str, district: str = "", province: str = "") -> str:
    """An address in the customer's own words, and what its ward is called today if that is
    another name."""
    now = now_of(ward, district, province)
    if not now or ward.lower() in [each.lower() for each in now]:
        return text
    return f"{text} (nay là {' hoặc '.join(now)})"


def now_of(ward: str, district: str = "", province: str = "") -> Now:
    """Today's ward, or those that it was divided among; none for a ward that is no old one.

    A district tells for certain. Without one a ward that still has its name is taken for today's.
    """
    if not ward:
        return ()
    is_current = ward.lower() in _table().current.get(province, ())
    if not district and (not province or is_current):
        return ()
    wards = _districts(district, province)
    found = {now for each in wards for now in _named(each, ward, bool(district))}
    if not found and is_current:
        return (ward,)
    return tuple(sorted(found)) if len(found) <= MOST else ()


def _districts(district: str, province: str) -> list[dict[str, Now]]:
    return [
        wards
        for (where, name), wards in _table().went.items()
        if (not province or where == province) and (not district or name == district.lower())
    ]


def _named(wards: dict[str, Now], ward: str, is_certain: bool) -> Now:
    """What a ward of this name became. In a district that was told it may be of another kind, and
    "Mỹ Đình" stands for Mỹ Đình 1 and 2."""
    kind, name = _parts(ward)
    same = (f"{kind} {name}",)
    of_any_kind = [f"{each} {name}" for each in KINDS.values()]
    numbered = [f"{kind} {name} {number}" for number in range(1, 10)]
    for olds in (same, of_any_kind, numbered) if is_certain else (same,):
        if found := {now for old in olds for now in wards.get(old, ())}:
            return tuple(sorted(found))
    return ()


def _parts(ward: str) -> tuple[str, str]:
    low = ward.lower()
    kind = next((kind for kind in KINDS.values() if low.startswith(f"{kind} ")), "")
    name = low.removeprefix(kind).strip()
    return kind, str(int(name)) if name.isdigit() else name


@lru_cache(maxsize=1)
def _table() -> Table:
    went: defaultdict[tuple[str, str], defaultdict[str, set[str]]] = defaultdict(
        lambda: defaultdict(set)
    )
    current: defaultdict[str, set[str]] = defaultdict(set)
    province = district = ""
    for line in LIST.read_text(encoding="utf-8").splitlines():
        if line.startswith("= "):
            province = line[2:]
        elif line.startswith("- "):
            district = line[2:].lower()
        elif line and not line.startswith("#"):
            now, _, olds = line.partition(" < ")
            current[province].add(_written(now).lower())
            for old in olds.split(", "):
                went[province, district][_written(old).lower()].add(_written(now))
    return Table(
        {
            where: {old: tuple(sorted(now)) for old, now in wards.items()}
            for where, wards in went.items()
        },
        dict(current),
    )


def _written(name: str) -> str:
    kind, _, rest = name.partition(" ")
    return f"{KINDS[kind]} {rest}"
