"""Streets with their house numbers; hamlets and quarters where a ward follows."""

import re
from typing import Final

from bot.nlu.entities.address import Address, is_capital, squeeze
from bot.nlu.entities.atlas import NAME_WORD, listed_street_end, words_from
from bot.nlu.entities.reading import rule
from bot.nlu.entities.syllables import is_syllable

HOUSE: Final = (
    r"(?:(?:số nhà|nhà số|số|sn|kiệt|hẻm|ngõ|ngách|lô|căn|toà|tầng|k)\.? ?)?\d{1,4}[a-z]?"
    r"(?:[/\-]\d{1,4}[a-z]?){0,4}"
)
NUMBERED: Final = rule(
    rf"(?<![\w.,/:+\-\x00\x01\x02])(?<!\x02 )(?P<house>{HOUSE}(?:,? {HOUSE}){{0,2}}),? ?"
    r"(?P<road>(?:đường|phố|đ\.|ngõ|hẻm|ngách|kiệt|đại lộ|quốc lộ|ql) ?)?(?P<name>[^\W\d_])"
)
ROAD: Final = rule(
    rf"(?<![\w.,/:+\-\x00\x01\x02])(?<!khu )(?:{HOUSE},? )?"
    r"(?P<road>(?:đường|phố|đại lộ|hẻm|ngõ|kiệt) (?P<so>số )?)(?P<name>\w)"
)
QUARTER: Final = r"(?:thôn|ấp|xóm|tổ dân phố|tổ|khu phố|kp|khu)\.? ?"
RURAL: Final = rule(
    rf"(?<!\w)(?:{QUARTER}\d{{1,3}}[a-z]?(?!\w),? ?)*"
    rf"(?:(?<=\d)|(?<=\d[a-z])|{QUARTER}(?P<name>[^\W\d_]))"
)
DATED: Final = rule(r"(?:số \d{1,3}|\d{1,2}/\d{1,2}|\d{1,3}[a-z]?|[a-z]{1,2}\d{1,3})(?![\w/])")
# What follows a number without being a street.
NO_STREET: Final = rule(
    r"(?:cái|chiếc|bộ|con|máy|ngày|tháng|năm|tuần|giờ|phút|người|em|anh|chị|shop|triệu|tr|nghìn"
    r"|ngàn|đồng|lần|tiếng|sao|điểm|sáng|trưa|chiều|tối|thứ|cuối|phường|quận|xã|huyện|tỉnh|thành"
    r"|tp|p|q|hôm|mà|rồi|được|nha|nhé|cho|và|thì|là|có|không|kg|lít|inch|mời|dạ|ạ|món|đơn|mau"
    r"|hàng hoá)(?!\w)"
)
HERE: Final = rule(
    r"(?<!\w)(?:địa chỉ|đ/c|đc|dc|ở|tại|nhà|giao|ship|về|tới|đến|add)[:\s]*(?:là )?(?:số )?$"
)
NUMBERED_KEYS: Final = frozenset("duong pho hem ngo kiet lo".split())  # noqa: SIM905
RURAL_KEYS: Final = frozenset("thon ap xom to khu kp".split())  # noqa: SIM905


def add_streets(address: Address) -> None:
    """Streets behind a house number, streets behind "đường", quarters before a ward."""
    read = address.read
    if read.has(RURAL_KEYS) and address.has("ward", "district"):
        for match in RURAL.finditer(read.said):
            end = match.end()
            if match["name"]:
                end = name_end(address, match.start("name"), 3) or 0
            if match[0] and address.is_followed(end):
                add(address, match.start(), end)
    if read.has_digit:
        for match in NUMBERED.finditer(read.said):
            if address.is_free(match.start("house"), match.end()):
                end = street_end(address, match) or 0
                add(address, match.start("house"), end)
    if read.has(NUMBERED_KEYS):
        for match in ROAD.finditer(read.said):
            if address.is_free(match.start(), match.end()):
                add(address, match.start(), road_end(address, match) or 0)


def add(address: Address, start: int, end: int) -> None:
    if end > start:
        address.add("street", squeeze(address.read.text[start:end]), start, end)


def street_end(address: Address, match: re.Match[str]) -> int | None:
    """Where the street behind a house number ends, or None if it is no street."""
    read, at = address.read, match.start("name")
    if NO_STREET.match(read.said, at):
        return None
    listed = listed_street_end(read, at)
    if listed:
        return listed
    end = name_end(address, at, 5)
    words = NAME_WORD.findall(read.said_bare[at:end]) if end else []
    if not words or not all(map(is_syllable, words)):
        return None
    if match["road"] or (is_capital(read, at) and len(words) > 1):
        return end
    start = match.start("house")
    cued = match["house"][0].isalpha() or HERE.search(read.said[max(0, start - 25) : start])
    if len(words) > 1 and address.is_followed(end or 0) and (cued or len(words) <= 4):
        return end
    return None


def road_end(address: Address, match: re.Match[str]) -> int | None:
    """Where a street without a house number ends: "đường 30/4", "đường Bống", "đường số 7"."""
    read, at = address.read, match.start("name")
    if dated := DATED.match(read.said, match.start("so") if match["so"] else at):
        return dated.end()
    if listed := listed_street_end(read, at):
        return listed
    return name_end(address, at, 5) if is_capital(read, at) else None


def name_end(address: Address, at: int, most: int) -> int | None:
    """The end of a name: capitals as far as they go; without any, up to what comes next."""
    read = address.read
    row = words_from(read, at)[:most]
    end = None
    for word in row:
        if not address.is_free(word.start, word.end):
            break
        if is_capital(read, row[0].start):
            if not (read.text[word.start].isupper() or (end and word.text.isdigit())):
                break
        elif NO_STREET.match(read.said, word.start):
            break
        end = word.end
    return end
