"""The lists of provinces, wards and districts, and how a typed name is looked up in them.

The lists are in places.txt. A province that was merged in 2025 is read as the one it went to.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from bot.nlu.entities.reading import BARE, Reading, Word, place_tones

LIST: Final = Path(__file__).parent / "places.txt"
STREETS: Final = Path(__file__).parent / "streets.txt"
NAME_WORD: Final = re.compile(r"[^\W_]+")
GAP: Final = re.compile(r"(?: ?- ?| |[’'])")  # what may stand between two words of a name
LONGEST: Final = 6  # words of a name
WARDS: Final = ("phường", "xã", "đặc khu", "thị trấn")
# "Mĩ Tho" is Mỹ Tho.
OPEN_I: Final = re.compile(r"\b([hklmstv])([iìíỉĩị])\b")
OPEN_Y: Final = re.compile(r"\b([hklmstv])y\b")
AS_Y: Final = str.maketrans("iìíỉĩị", "yỳýỷỹỵ")

# Short forms of provinces. Spelt as they are typed, with the accents that tell them apart.
SHORT: Final = {
    **dict.fromkeys(("hcm", "tphcm", "hcmc", "sg", "sgn", "sài gòn"), "Hồ Chí Minh"),
    **dict.fromkeys(("bà rịa", "vũng tàu", "brvt", "bd", "vt"), "Hồ Chí Minh"),
    **dict.fromkeys(("hn", "hnoi"), "Hà Nội"),
    **dict.fromkeys(("đn", "dn", "đnẵng"), "Đà Nẵng"),
    **dict.fromkeys(("đắc lắc", "đắk lắc", "daklak"), "Đắk Lắk"),
    **{"hp": "Hải Phòng", "đắc nông": "Lâm Đồng", "bắc cạn": "Thái Nguyên"},
    **{"kontum": "Quảng Ngãi", "thừa thiên huế": "Huế", "tt huế": "Huế"},
}
# Towns that are named instead of their province.
TOWNS: Final = {
    **{"đà lạt": "Lâm Đồng", "nha trang": "Khánh Hòa", "biên hoà": "Đồng Nai"},
    **{"buôn ma thuột": "Đắk Lắk", "bmt": "Đắk Lắk", "quy nhơn": "Gia Lai", "qui nhơn": "Gia Lai"},
    **{"hạ long": "Quảng Ninh", "mỹ tho": "Đồng Tháp", "long xuyên": "An Giang"},
    **{"rạch giá": "An Giang", "phan thiết": "Lâm Đồng", "pleiku": "Gia Lai", "vinh": "Nghệ An"},
    **{"tuy hoà": "Đắk Lắk", "tam kỳ": "Đà Nẵng", "hội an": "Đà Nẵng", "đồng hới": "Quảng Trị"},
    **{"thủ dầu một": "Hồ Chí Minh", "việt trì": "Phú Thọ", "cao lãnh": "Đồng Tháp"},
}


@dataclass(frozen=True)
class Place:
    """A ward or a district; `name` and `province` as written in the list."""

    kind: str
    name: str
    province: str
    is_old: bool = False  # a ward that went into others in 2025

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True)
class Spelling:
    """A name that a province goes by, in lower case; `is_town` when it is only its town's."""

    full: str
    province: str
    is_town: bool = False


@dataclass(frozen=True)
class Atlas:
    """The lists, by name without accents."""

    provinces: dict[str, list[Spelling]]
    first_words: frozenset[str]  # of provinces
    wards: dict[str, list[Place]]
    districts: dict[str, list[Place]]


@lru_cache(maxsize=1)
def atlas() -> Atlas:
    """The lists, read once."""
    provinces: defaultdict[str, list[Spelling]] = defaultdict(list)
    wards: defaultdict[str, list[Place]] = defaultdict(list)
    districts: defaultdict[str, list[Place]] = defaultdict(list)
    names: list[tuple[str, str, bool]] = []
    province = ""
    for line in LIST.read_text(encoding="utf-8").splitlines():
        if line.startswith("="):
            province, _, merged = line[1:].partition("<")
            province = province.strip()
            names += [(name, province, False) for name in (province, *merged.split(",")) if name]
        elif line and not line.startswith("#"):
            label, _, row = line.partition(": ")
            kind = label.removesuffix(" cũ")
            lists = wards if kind in WARDS else districts
            for name in row.split(", "):
                place = Place(kind, name, province, is_old=label != kind)
                bare = key(name)
                lists[bare].append(place)
                if (other := OPEN_Y.sub(r"\1i", bare)) != bare:
                    lists[other].append(place)
    names += [(name, province, False) for name, province in SHORT.items()]
    names += [(name, province, True) for name, province in TOWNS.items()]
    for name, province, is_town in names:
        provinces[key(name)].append(Spelling(spelt(name), province, is_town))
    firsts = frozenset(name.split()[0] for name in provinces)
    return Atlas(dict(provinces), firsts, dict(wards), dict(districts))


def key(name: str) -> str:
    """A name as it is looked up: bare words with single spaces."""
    return " ".join(NAME_WORD.findall(name.lower().translate(BARE)))


@lru_cache(maxsize=8192)
def spelt(name: str) -> str:
    """A name in lower case, as `agrees` wants it."""
    low = " ".join(NAME_WORD.findall(place_tones(name.lower())))
    return OPEN_I.sub(lambda match: match[1] + match[2].translate(AS_Y), low)


def words_from(read: Reading, at: int) -> list[Word]:
    """The words that begin here, in one row: spaces and hyphens between, no comma."""
    row: list[Word] = []
    for match in NAME_WORD.finditer(read.said, at, at + 60):
        gap = GAP.fullmatch(read.said, row[-1].end, match.start()) if row else match.start() == at
        if not gap or len(row) == LONGEST:
            break
        row.append(Word(read.said_bare[match.start() : match.end()], *match.span()))
    return row


def typed(read: Reading, row: list[Word]) -> str:
    """A row of words in lower case, as `agrees` wants it."""
    return spelt(" ".join(read.said[word.start : word.end] for word in row))


@lru_cache(maxsize=1)
def streets() -> frozenset[str]:
    """Street names that every town has, without accents."""
    lines = STREETS.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def listed_street_end(read: Reading, at: int) -> int | None:
    """The end of a well-known street's name that begins here."""
    words = words_from(read, at)
    for size in range(min(5, len(words)), 0, -1):
        if " ".join(word.text for word in words[:size]) in streets():
            return words[size - 1].end
    return None
