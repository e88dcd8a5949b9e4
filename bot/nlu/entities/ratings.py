"""Marks from 0 to 10 and stars from 0 to 5: "9/10", "mười điểm", "5 sao", ⭐⭐⭐⭐."""

from collections.abc import Iterator
from typing import Final

from bot.nlu.entities.found import Found
from bot.nlu.entities.numbers import NUMBER, number
from bot.nlu.entities.reading import BRAND, Reading, rule

RATING: Final = rule(
    rf"(?<![\w.,/:\-])(?:(?P<n>{NUMBER}) ?(?:/|trên) ?(?P<of>10|5)(?![\w/:\-]|[.,]\d)"
    rf"(?: ?(?:điểm|sao))?"
    rf"|(?P<points>{NUMBER}) ?điểm(?!\w)|(?P<stars>{NUMBER}) ?(?:sao|star|stars|\*|⭐|🌟)(?!\w)"
    r"|(?P<shown>[⭐🌟]{2,5})(?![⭐🌟]))"
)
GIVEN: Final = rule(
    r"(?<!\w)(?:cho|chấm|đánh giá|vote|rate|tặng|đg|dg|xứng đáng|đáng|được|đc|chỉ|full|trọn)"
    r"(?: (?:shop|em|nhân viên|ad|bạn|luôn|hẳn|là|tròn|đúng))* $"
)
SAID_ALONE: Final = rule(r"[\s.,!?…]*(?:$|\n|nhé|nha|nghen|cho|luôn|thôi|ạ|nè|về|vì|,|\.|!)")
POINTS_OF: Final = rule(
    r"(?<!\w)(?:còn|đổi|tích|cộng|trừ|dùng|có|mất|thưởng|thêm|lên|đủ|\d)(?: \w+)? $"
)
COLLECTED: Final = rule(
    r" ?(?:bằng|tích|thưởng|để|thành viên|nữa|đổi|giao|bán|cửa hàng|dừng)(?!\w)"
)
DAY_CUE: Final = rule(
    r"(?<!\w)(?:ngày|hôm|bữa|thứ \w+|t[2-7]|cn|sáng|trưa|chiều|tối|giao|nhận|hẹn|mua|từ|đến|tới"
    r"|trước|sau|lịch|hạn|số|nhà|hẻm|ngõ|kiệt|đường),? ?$"
)


def find_ratings(read: Reading) -> Iterator[Found]:
    """Every mark. "9/10" behind a day's word is a day, "10 điểm" that are collected are no mark."""
    if not (read.has_digit or read.has(frozenset({"diem", "sao"})) or "⭐" in read.said):
        return
    for match in read.find(RATING):
        start, end = match.span()
        before = read.before(start)
        if match["shown"]:
            yield Found("rating", end - start, start, end)
            continue
        name = next(group for group in ("n", "points", "stars") if match[group])
        mark = number(read, *match.span(name))
        top = 5 if name == "stars" or match["of"] == "5" else 10
        if mark is None or mark > top or before.endswith(f"{BRAND} "):
            continue
        if name == "n" and (DAY_CUE.search(before) or (top == 5 and not is_praise(read))):
            continue
        if name == "points" and (POINTS_OF.search(before) or COLLECTED.match(read.low, end)):
            continue
        if name == "stars" and not (GIVEN.search(before) or SAID_ALONE.match(read.low, end)):
            continue
        yield Found("rating", mark, start, end)


def is_praise(read: Reading) -> bool:
    """Whether n/5 can be a mark: the message speaks of stars or marks, or is nothing else."""
    return (
        read.has(frozenset({"sao", "diem", "danh", "cham", "rate", "vote"})) or len(read.said) < 8
    )
