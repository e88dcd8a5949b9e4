"""Provinces: by name, by their name before 2025, by short form, by their town."""

from typing import Final

from bot.nlu.entities.address import Address, is_shouted
from bot.nlu.entities.atlas import Spelling, atlas, key, listed_street_end, typed, words_from
from bot.nlu.entities.reading import Reading, agrees, rule

# What is also an ordinary word, a person's name or another short form: only after "ở", "về",
# "giao" and the like, or where an address ends.
DOUBTFUL: Final = frozenset(
    """hn, sg, dn, hp, bd, vt, hue, vinh, ca mau, gia lai, cao bang, ha nam, dong thap, ben tre
    , tien giang, can tho, son la, phu yen, lao cai, an giang, thai binh, hoa binh, long an
    , nam dinh, ha giang, dong nai, hai duong, ha long, hoi an, tam ky, binh duong, phu tho
    , lam dong, ha tinh, hung yen, quang nam""".replace("\n    ", "").split(", ")
)
TO: Final = rule(
    r"(?<!\w)(?:ở|về|ra|vào|vô|đến|tới|tại|lên|xuống|qua|giao|ship|gửi|đi|từ|trong|ngoài|tỉnh|tp"
    r"|thành phố|chi nhánh|kho|khu vực|cửa hàng|nội thành|ngoại thành|cn|người|dân|quê)\.? ?$"
)
PERSON: Final = rule(
    r"(?<!\w)(?:chị|anh|em|cô|chú|bác|bạn|bà|ông|tên|thị|văn|bún bò|nhân viên|bé|con|c|a|e) $"
)
WARD_BEFORE: Final = rule(r"(?<!\w)(?:phường|xã|quận|huyện|p|q|x|h)\.? ?$")
CITY: Final = rule(r"(?<!\w)(?:thành phố|tỉnh|tp\.?|t\.p\.?) ?$")
# What stands before a street that has a province's name: "78 Nguyễn Huệ", "123 Hậu Giang".
STREET: Final = rule(r"(?<![\w.,])(?:(?:phố|đường|đ\.|nguyễn)|(?:số )?\d+[a-z]?(?:/\d+[a-z]?)*) ?$")
END: Final = rule(r"\s*(?:$|[^\w\s]|[\x00]|(?:ạ|nha|nhé|nghen|hen|shop|em|ad|đi|đó|á)(?!\w))")


def add_provinces(address: Address) -> None:
    """Every province. A town before its own province is left to the wards and districts."""
    book, read = atlas(), address.read
    found: list[tuple[Spelling, int, int]] = []
    end = 0
    for word in read.words:
        if word.text in book.first_words and word.start >= end:
            match = province_at(read, word.start)
            if match:
                found.append(match)
                end = match[2]
    for at, (spelling, start, end) in enumerate(found):
        mark = CITY.search(read.said[max(0, start - 12) : start])
        is_town = spelling.is_town or (mark is not None and is_city(spelling))
        following = found[at + 1 : at + 2]
        if any(
            is_town and later - end <= 8 and whole.province == spelling.province
            for whole, later, _ in following
        ):
            continue
        if following and STREET.search(read.said[max(0, start - 20) : start]):
            continue
        address.add("province", spelling.province, start - len(mark[0]) if mark else start, end)


def is_city(spelling: Spelling) -> bool:
    """Whether a city of old has the province's name: "TP Bến Tre, Bến Tre"."""
    return any(
        place.kind == "thành phố" and place.province == spelling.province
        for place in atlas().districts.get(key(spelling.full), ())
    )


def province_at(read: Reading, at: int) -> tuple[Spelling, int, int] | None:
    """The longest province's name that begins here, and its place."""
    row = words_from(read, at)[:4]
    for size in range(len(row), 0, -1):
        name = " ".join(word.text for word in row[:size])
        spellings = atlas().provinces.get(name)
        if not spellings:
            continue
        start, end = row[0].start, row[size - 1].end
        said = typed(read, row[:size])
        fitting = [each for each in spellings if agrees(said, each.full)]
        if fitting and is_meant(read, name, start, end):
            is_street = (listed_street_end(read, at) or 0) > end  # "Điện Biên Phủ"
            return None if is_street else (fitting[0], start, end)
    return None


def is_meant(read: Reading, name: str, start: int, end: int) -> bool:
    """Whether these words mean the place: not "chị Huế", not "hn" for "hôm nay"."""
    before = read.said[max(0, start - 30) : start]
    if WARD_BEFORE.search(before):
        return False
    if name not in DOUBTFUL:
        return True
    if PERSON.search(before):
        return False
    if TO.search(before):
        return True
    capital = read.text[start].isupper() and not is_shouted(read)
    ends = END.match(read.said, end) is not None
    if read.said[start:end] != read.said_bare[start:end]:  # typed with accents
        return capital or ends
    if len(name) > 2 and capital and before.strip():
        return True
    if name in ("hn", "sg") and read.text[start:end].isupper():
        return True
    alone = not (before + read.said[end:]).strip()
    return alone or (ends and bool(before.strip()))
