"""Wards with their kind, and the districts of the time before July 2025."""

import re
from collections import Counter
from typing import Final

from bot.nlu.entities.address import Address, is_capital, is_shouted, squeeze
from bot.nlu.entities.atlas import WARDS, Place, atlas, spelt, typed, words_from
from bot.nlu.entities.provinces import TO
from bot.nlu.entities.reading import Reading, Word, agrees, rule
from bot.nlu.entities.syllables import is_syllable

MARK: Final = rule(
    r"(?<![^\W\d_])(?P<mark>phường|xã|quận|huyện|thị xã|thị trấn|đặc khu|thành phố|tp|tx|tt(?=\.)"
    r"|p|q|f|h|x)(?P<dot>\. ?|\s|(?=\d))(?=\w)"
)
KINDS: Final = {
    **{"phuong": "phường", "p": "phường", "f": "phường", "xa": "xã", "x": "xã"},
    **{"quan": "quận", "q": "quận", "huyen": "huyện", "h": "huyện", "thi xa": "thị xã"},
    **{"tx": "thị xã", "thi tran": "thị trấn", "tt": "thị trấn", "dac khu": "đặc khu"},
    **{"thanh pho": "thành phố", "tp": "thành phố"},
}
TRIGGERS: Final = frozenset(
    "phuong xa quan huyen thi dac thanh tp tx tt p q f h x".split()  # noqa: SIM905
)
NUMBER: Final = re.compile(r"(\d{1,2})(?![\w/:.]|,\d)")
# No name begins with these: "phường mình", "quận nào".
NO_NAME: Final = frozenset(
    """mình em anh chị nhà ở bên này nào đó khác shop là và có không được hỏi giao với gần tôi trong
    các mỗi mã số sđt thực máy tiền thương pháp điện sát jean áo cách nội xôi""".split()  # noqa: SIM905
)
STREET_BEFORE: Final = rule(r"(?<![\w.])\d+[a-z]?(?:/\d+[a-z]?)* (?:[^\W\d_]+ ){1,4}$")
FIRST: Final = re.compile(r"(?<!\w)\w")  # letter of a word
ISLANDS: Final = frozenset(
    ["phu quoc", "con dao", "ly son", "con co", "van don", "bach long vi", "tho chau", "phu quy"]
)


def add_marked(address: Address) -> None:
    """Wards and districts behind "phường", "p.", "quận", "huyện"; the last one first."""
    read = address.read
    if not read.has(TRIGGERS):
        return
    unsure: list[tuple[str, int, int]] = []  # "P20" may be a telephone
    for match in reversed(list(MARK.finditer(read.said))):
        start, end, at = match.start(), match.end("mark"), match.end()
        kind = KINDS[read.said_bare[start:end]]
        if not address.is_free(start, at + 1):
            continue
        entity = "ward" if kind in WARDS else "district"
        if number := NUMBER.match(read.said, at):
            count = int(number[1])
            if end - start > 1 or (kind == "quận" and count <= 12):
                if kind in ("phường", "quận"):
                    address.add(entity, f"{kind} {count}", start, number.end(1))
            elif kind == "phường" and count <= 28:
                unsure.append((f"{kind} {count}", start, number.end(1)))
            continue
        words = words_from(read, at)
        value, size = known_place(address, words, kind) or ("", 0)
        spelt_out = end - start > 2 and (
            read.said[start:end] != read.said_bare[start:end] or not read.accented
        )
        if not size and read.accented and read.said[start:end] == "xa":
            continue  # "CT2 Xa La": who writes accents writes "xã"
        unlisted = unlisted_size(address, words, spelt_out, match["dot"].startswith("."))
        if unlisted > size and (not size or is_capital(read, words[0].start)):
            name = squeeze(read.text[words[0].start : words[unlisted - 1].end])
            name = name if name[0].isupper() and not is_shouted(read) else name.title()
            value, size = f"{kind} {name}", unlisted
        is_letter = end - start == 1 and kind in ("huyện", "xã") and not match["dot"].strip()
        if size and not (is_letter and not address.is_followed(words[size - 1].end)):
            address.add(entity, value, start, words[size - 1].end)
    for value, start, end in unsure:
        before = read.before(start).rstrip(" ,") + " "
        if address.is_followed(end) or STREET_BEFORE.search(before):
            address.add("ward", value, start, end)


def known_place(address: Address, words: list[Word], kind: str) -> tuple[str, int] | None:
    """The longest listed name that the words begin with, with its kind; and how many words."""
    book = atlas()
    both = (book.wards, book.districts)
    for lists in both if kind in WARDS else both[::-1]:
        for size in range(len(words), 0, -1):
            row = words[:size]
            places = lists.get(" ".join(word.text for word in row))
            if places and address.is_free(row[0].start, row[-1].end):
                place = best_place(address, places, typed(address.read, row), kind)
                if place is not None:
                    return f"{kind} {place.name}", size
    return None


def best_place(address: Address, places: list[Place], said: str, kind: str) -> Place | None:
    """The place that is meant: its accents fit, then its province, its kind, the commonest."""
    fitting = [place for place in places if agrees(said, spelt(place.name))]
    common = Counter(place.name for place in fitting)
    return max(
        fitting,
        key=lambda place: (
            place.province in address.provinces,
            place.kind == kind,
            not place.is_old,
            common[place.name],
        ),
        default=None,
    )


def unlisted_size(address: Address, words: list[Word], spelt_out: bool, dotted: bool) -> int:
    """How many words of a name that no list has: capitals as far as they go, else two."""
    read = address.read
    if not words or not is_syllable(words[0].text) or is_no_name(read, words[0]):
        return 0
    if not (spelt_out or dotted or address.is_followed(words[0].end, 30)):
        return 0
    if is_capital(read, words[0].start):
        size = 0
        while (
            size < min(4, len(words))
            and read.text[words[size].start].isupper()
            and address.is_free(words[size].start, words[size].end)
        ):
            size += 1
        return size
    if not spelt_out or len(words) < 2 or not address.is_followed(words[0].end, 30):
        return 0
    return 2 if address.is_free(words[0].start, words[1].end) else 0


def is_no_name(read: Reading, word: Word) -> bool:
    said = read.said[word.start : word.end]
    return not is_capital(read, word.start) and any(agrees(said, each) for each in NO_NAME)


def add_before_provinces(address: Address) -> None:
    """A ward without its kind right before its province: "Hải Châu, Đà Nẵng"."""
    for province in [part for part in address.found if part.kind == "province"]:
        end = len(address.read.said[: province.start].rstrip(" ,.-\n"))
        starts = [
            match.start() for match in FIRST.finditer(address.read.said, max(0, end - 40), end)
        ]
        for start in starts[-4:]:
            if add_unmarked(address, start, end, str(province.value)):
                break


def add_unmarked(address: Address, start: int, end: int, province: str) -> bool:
    """The ward of a province that stands in this stretch, if its name does."""
    read = address.read
    row = [word for word in words_from(read, start) if word.end <= end]
    if len(row) < 2 or row[-1].end != end:
        return False
    # Behind a ward stands a district of old: "P. Bãi Cháy, Hạ Long, Quảng Ninh".
    entity = "district" if address.follows("ward", start) else "ward"
    lists = atlas().wards if entity == "ward" else atlas().districts
    listed = lists.get(" ".join(word.text for word in row), ())
    here = [each for each in listed if each.province == province and not each.is_old]
    place = best_place(address, here, typed(read, row), "")
    before = read.said[max(0, start - 40) : start]
    opened = not before.strip() or before.rstrip(" ")[-1:] in ",;\n-" or bool(TO.search(before))
    if place is None or not (opened or is_capital(read, start) or STREET_BEFORE.search(before)):
        return False
    return address.add(entity, str(place), start, end)


def add_islands(address: Address) -> None:
    """Special zones by name alone: "ship ra Phú Quốc"."""
    read = address.read
    for at, word in enumerate(read.words):
        for size in (3, 2):
            name = " ".join(each.text for each in read.words[at : at + size])
            if name not in ISLANDS:
                continue
            row = words_from(read, word.start)[:size]
            zones = [place for place in atlas().wards[name] if place.kind == "đặc khu"]
            place = best_place(address, zones, typed(read, row), "đặc khu")
            near = read.said[max(0, word.start - 30) : word.start]
            if place and (read.text[word.start].isupper() or TO.search(near)):
                address.add("ward", str(place), word.start, row[-1].end)
