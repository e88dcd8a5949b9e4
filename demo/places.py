"""Provinces, islands and stores: where an address is, and how far."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any, Final

from demo.spelling import Words, equal, find, words

KINDS: Final = r"(?:đặc khu|dac khu|huyện đảo|huyen dao|quần đảo|quan dao|đảo|dao)"
WARD: Final = re.compile(
    r"(?:(?:phường|phuong|xã|xa|đặc khu|dac khu|thị trấn) |[px]\. ?)"
    r"(?:\d{1,2}|\D{1,40})(?: \(.{1,80}\))?",  # "(nay là phường …)"
    re.I,
)
RURAL: Final = ("xã", "huyện")


@dataclass(frozen=True)
class Province:
    name: str
    zone: str  # inner, city, remote
    store: str | None


@dataclass(frozen=True)
class Place:
    """What an address tells."""

    province: Province | None
    zone: str  # inner, city, remote, unknown
    island: bool


class Places:
    """The list of zones.yml."""

    def __init__(self, seed: dict[str, Any]) -> None:
        self.stores: dict[str, str] = seed["stores"]
        self._islands: list[str] = seed["islands"]
        self._names: list[tuple[Words, Province]] = [
            (words(name), Province(each["name"], each["zone"], each.get("store")))
            for each in seed["provinces"]
            for name in (each["name"], *each.get("also", ()))
        ]

    def province(self, text: str) -> Province | None:
        """The province named last, as addresses end with it."""
        typed = words(text)
        found = [
            (start + len(name), len(name), province)
            for name, province in self._names
            if (start := find(name, typed)) >= 0
        ]
        return max(found, key=lambda each: each[:2])[2] if found else None

    def place(self, province: str, ward: str = "") -> Place:
        """Where a parcel goes. Either text may hold a whole address."""
        whole = f"{ward}, {province}"
        found = self.province(province) or self.province(ward)
        if self.is_island(whole):
            return Place(found, "remote", island=True)
        if found is None:
            return Place(None, "unknown", island=False)
        rural = any(part.strip().lower().startswith(RURAL) for part in whole.split(","))
        return Place(found, "city" if found.zone == "inner" and rural else found.zone, False)

    def is_island(self, text: str) -> bool:
        """Whether a part of the text is an island. Streets of the same name stand after a house
        number, and Hà Nội's Trường Sa is a street."""
        for part in unicodedata.normalize("NFC", text).split(","):
            named = re.search(rf"\b{KINDS}\s+(.+)", part, re.I)
            for island in self._islands:
                if equal(part, island) or (named and find(words(island), words(named[1])) == 0):
                    return True
        return False

    def store(self, city: str) -> str | None:
        """The key of the store in a city, if we have one there."""
        province = self.province(city)
        return province.store if province else None


def hint(address: str, province: Province | None) -> str:
    """Ward and province only: enough for the owner to know the address, for nobody to find it."""
    parts = [part.strip() for part in unicodedata.normalize("NFC", address).split(",")]
    wards = [part for part in parts if WARD.fullmatch(part)]
    return ", ".join([*wards[-1:], *([province.name] if province else [])])
