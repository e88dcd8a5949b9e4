"""Times of day as HH:MM, the part of the day folded in: "3h chiều", "8 giờ kém 15", "9g30 tối"."""

import re
from collections.abc import Iterator
from typing import Final

from bot.nlu.entities.found import Found
from bot.nlu.entities.numbers import BELOW_100, NUMBER, number
from bot.nlu.entities.reading import Reading, rule
from bot.nlu.text import strip_accents

TRIGGERS: Final = frozenset({"gio", "ruoi"})

PART: Final = r"(?:sáng|trưa|chiều|tối|đêm|khuya|am|pm)"
MINUTES: Final = rf"(?:\d{{1,2}}|{BELOW_100})"
TIME: Final = rule(
    r"(?<![\w:.,/+\x01\x02])(?:(?P<h1>\d{1,2}):(?P<m1>[0-5]\d)(?! ?(?:cái|%))(?: ?(?:h|giờ))?"
    rf"|(?P<h2>\d{{1,2}}) ?(?:h|giờ) ?(?:(?P<m2>[0-5]\d|\d(?= ?(?:p|phút)))(?: ?(?:phút|ph"
    rf"|p)(?!\w))?|(?P<half2>rưỡi|rưởi)|kém (?P<less2>{MINUTES})(?: phút)?)?"
    r"|(?P<h3>\d{1,2})g(?P<m3>[0-5]\d)?"
    rf"|(?P<h4>\d{{1,2}}|{BELOW_100}) (?P<half4>rưỡi|rưởi)"
    rf"|(?P<h5>{BELOW_100}) giờ(?: (?P<half5>rưỡi|rưởi)| kém (?P<less5>{MINUTES})(?: phút)?"
    rf"| (?P<m5>{BELOW_100})(?: phút)?)?"
    r"|(?P<h6>\d{1,2})(?= ?[ap]m(?!\w))"
    rf")(?!(?![ap]m(?!\w))[\w:/])(?: ?(?P<part>{PART})(?!\w))?"
)
PART_BEFORE: Final = rule(
    r"(?<!\w)(?P<part>sáng|trưa|chiều|tối|đêm|khuya)(?:[\s,\x00]|nay|lúc|vào|tầm|khoảng|cỡ|hôm"
    r"|qua|sau|từ|trước|ngày)*$"
)
PART_LATER: Final = rule(
    rf" ?(?:-|–|đến|tới) ?(?:\d{{1,2}}(?::\d\d| ?(?:h|giờ|g)(?:\d\d)?)"
    rf"|{BELOW_100} giờ) ?(?P<part>{PART})(?!\w)"
)
AT: Final = rule(r"(?<!\w)(?:lúc|vào|tầm|khoảng) $")
LASTING: Final = rule(
    r"(?<!\w)(?:trong|mất|suốt|cả|nghe|dùng|pin|xài|được|đc|chờ|đợi|chạy|vòng|mỗi|hết|sau khi|hơn"
    r"|gần"
    r"|thêm|nội thành|chậm|trễ|muộn|cách|chơi|kéo dài|sạc)(?: (?:vòng|khoảng|tầm|được|đc|hơn|gần|có"
    rf"|liên tục|có thể|{NUMBER} ?(?:-|đến|tới)))*\s*$"
)
LASTING_AFTER: Final = rule(
    r"\s*(?:nữa|sau|đồng hồ|liền|liên tục|đêm|pin|làm việc|mỗi ngày|một ngày|/ ?ngày|qua|bảo hành"
    r"|sử dụng|nghe|chờ|sạc|trước đó)(?!\w)"
)
FIRST_OF_TWO: Final = rule(rf"(?<![\w.,/:\-])(?P<h>{NUMBER}) ?(?:-|–|đến|tới) ?$")


# Hours of each part of the day that are counted from noon; noon and midnight are both 12.
AFTERNOON: Final = {
    **{"trua": range(1, 4), "chieu": range(1, 8), "toi": range(5, 12), "pm": range(1, 12)},
    **{"dem": range(7, 12), "khuya": range(7, 12)},
}
MIDNIGHT: Final = frozenset({"dem", "khuya", "toi", "sang", "am"})


def clock(hour: int, minute: int, part: str) -> str | None:
    """HH:MM of an hour said with a part of the day."""
    if hour in AFTERNOON.get(part, ()):
        hour += 12
    elif hour == 12 and part in MIDNIGHT:
        hour = 0
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else None


def find_times(read: Reading) -> Iterator[Found]:
    """Every time of day. "Mấy giờ", "24/7" and lengths of time are none."""
    if not (read.has_digit or read.has(TRIGGERS)):
        return
    for match in read.find(TIME):
        start, end = match.span()
        if not read.is_free(start, end):
            continue
        part = read.bare[slice(*match.span("part"))] if match["part"] else ""
        before = read.before(start)
        if not part and (said := PART_BEFORE.search(before) or PART_LATER.match(read.low, end)):
            part = strip_accents(said["part"])
        time = time_of(read, match, part)
        if time is None or is_length(read, match, part):
            continue
        if (
            not part
            and ((match["h3"] and not match["m3"]) or match["h4"])
            and not AT.search(before)
        ):
            continue  # a network
        yield from first_of_two(read, start, part)
        yield Found("time", time, start, end)


def time_of(read: Reading, match: re.Match[str], part: str) -> str | None:
    """HH:MM of a match."""
    name = next(group for group in ("h1", "h2", "h3", "h4", "h5", "h6") if match[group])
    if match[name] in ("bay", "tư", "tu") or (match[name] == "sau" and not part):
        return None  # "bây giờ", "đầu tư giờ"
    hour = number(read, *match.span(name))
    if hour is None or hour > 23:
        return None
    which = name[1]
    groups = match.groupdict()
    minute: int | None = 0
    if groups.get("half" + which):
        minute = 30
    elif groups.get("m" + which):
        minute = number(read, *match.span("m" + which))
    elif groups.get("less" + which):
        less = number(read, *match.span("less" + which))
        if less is None or not 0 < less < 60:
            return None
        hour, minute = (hour - 1) % 24, 60 - less
    return None if minute is None else clock(hour, minute, part)


def is_length(read: Reading, match: re.Match[str], part: str) -> bool:
    """Whether it says how long, not when."""
    if part or match["h1"]:
        return False
    before, after = read.before(match.start()), read.after(match.end())
    return bool(LASTING.search(before) or LASTING_AFTER.match(after))


def first_of_two(read: Reading, start: int, part: str) -> Iterator[Found]:
    """The "8" of "8-10h"."""
    before = read.before(start)
    match = FIRST_OF_TWO.search(before)
    if match:
        shift = start - len(before)
        place = match.start("h") + shift, match.end("h") + shift
        hour = number(read, *place)
        time = None if hour is None or hour > 23 else clock(hour, 0, part)
        if time:
            yield Found("time", time, *place)
