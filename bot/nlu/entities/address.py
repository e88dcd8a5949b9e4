"""The parts of an address while they are being found, none on another's ground."""

from bot.nlu.entities.found import Found
from bot.nlu.entities.reading import Reading


class Address:
    """What was found so far, in the numbering of the reading."""

    def __init__(self, read: Reading) -> None:
        self.read = read
        self.found: list[Found] = []
        self.provinces: set[str] = set()
        self.taken = bytearray(len(read.low))
        self.starts: set[int] = set()

    def add(self, kind: str, value: str, start: int, end: int) -> bool:
        """Keeps a part, if it stands on free ground."""
        if not self.is_free(start, end):
            return False
        self.found.append(Found(kind, value, start, end))
        self.taken[start:end] = b"\1" * (end - start)
        self.starts.add(start)
        if kind == "province":
            self.provinces.add(value)
        return True

    def is_free(self, start: int, end: int) -> bool:
        """Whether neither a part nor anything else was found here."""
        return 1 not in self.taken[start:end] and self.read.is_free(start, end)

    def is_followed(self, end: int, within: int = 4) -> bool:
        """Whether another part begins right after."""
        return any(place in self.starts for place in range(end, end + within))

    def follows(self, kind: str, start: int) -> bool:
        """Whether a part of this kind ends right before."""
        return any(part.kind == kind and 0 < start - part.end <= 3 for part in self.found)

    def has(self, *kinds: str) -> bool:
        return any(part.kind in kinds for part in self.found)


def squeeze(text: str) -> str:
    """As typed, with single spaces."""
    return " ".join(text.split())


def is_shouted(read: Reading) -> bool:
    """Whether capitals say nothing, because all letters are."""
    return read.text.isupper()


def is_capital(read: Reading, at: int) -> bool:
    """Whether a capital letter stands here, where capitals tell names."""
    return read.text[at].isupper() and not is_shouted(read)
