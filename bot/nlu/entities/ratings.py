"""Marks from 0 to 10 and stars from 0 to 5: "9/10", "mười điểm", "5 sao", ⭐⭐⭐⭐."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from bot.nlu.entities.found import Found
from bot.nlu.entities.numbers import NUMBER, number
from bot.nlu.entities.reading import BRAND, Reading, rule

SHOWN: Final = "⭐🌟★"
OF: Final = (
    r"(?: ?(?:/|trên(?: thang)?(?: điểm)?|out of) ?(?P<of>10|5|mười|năm|ten|five)"
    r"(?![\w/:\-]|[.,]\d))"
)
FIVE: Final = frozenset({"5", "nam", "five"})
RATING: Final = rule(
    rf"(?<![\w.,/:\-])(?:(?P<n>{NUMBER}){OF}(?: ?(?:điểm|sao)(?!\w))?"
    rf"|(?P<points>{NUMBER}) ?điểm(?!\w)"
    rf"|(?P<stars>{NUMBER}) ?(?:(?:ngôi )?sao|star|stars|\*|[{SHOWN}])(?!\w))"
    rf"|(?<![{SHOWN}])(?<!\d)(?<!\d )(?P<shown>[{SHOWN}]{{2,}})"
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
    r" ?(?:bằng|tích|thưởng|để|thành viên|nữa|đổi|giao|bán|cửa hàng|dừng|cộng|trừ|nhấn|mạnh|yếu"
    r"|chưa)(?!\w)"
)
# No mark either when the message answers a question for one.
REFUSED: Final = rule(
    r"(?<!\w)(?:âm|không|ko|k|kg|hok|hông|hong|hổng|hem|khum|chưa|chẳng|chả|đâu|trừ|bớt|giảm|thiếu"
    r"|thêm|hơn|dưới|trên|gần|khách sạn|resort|nhà hàng)"
    r"(?: (?:có|được|đc|thể|đáng|xứng|cho|nổi|tới|đến|đủ|phải|chuẩn))* $"
)
ASKING: Final = rule(
    r"[^.!\n]*(?:\?|(?<!\w)(?:chưa|vậy|thế|hả|hở|hử|không|ko|hông|hong)"
    r"(?: (?:shop|em|bạn|ad|ạ))*[^\w?]*$)"
)
DAY_CUE: Final = rule(
    r"(?<!\w)(?:ngày|hôm|bữa|sinh nhật|thứ \w+|t[2-7]|cn|sáng|trưa|chiều|tối|giao|nhận|hẹn|mua|từ"
    r"|đến|tới|trước|sau|lịch|hạn|số|nhà|hẻm|ngõ|kiệt|đường),? ?$"
)


class Mark(NamedTuple):
    """A mark as it was given, also one that is not on its scale: "11/10"."""

    value: int
    top: int | None  # of the scale; None where it is not said: "8 điểm"
    start: int
    end: int


def find_ratings(read: Reading) -> Iterator[Found]:
    """Every mark. "9/10" behind a day's word is a day, "10 điểm" that are collected are no mark."""
    if not (read.has_digit or read.has(frozenset({"diem", "sao"})) or "⭐" in read.said):
        return
    for mark in find_marks(read):
        if mark.value <= (mark.top or 10):
            yield Found("rating", mark.value, mark.start, mark.end)


def find_marks(read: Reading, asked: bool = False) -> Iterator[Mark]:
    """Every mark that names its scale or unit. `asked`: the message answers a question for one."""
    for match in read.find(RATING):
        start, end = match.span()
        before = read.before(start)
        if match["shown"]:
            yield Mark(end - start, 5, start, end)
            continue
        name = next(group for group in ("n", "points", "stars") if match[group])
        value = number(read, *match.span(name))
        of_five = name == "stars" or read.part(match, "of") in FIVE
        top = 5 if of_five else 10 if name == "n" else None
        if value is None or before.endswith(f"{BRAND} "):
            continue
        if name == "n" and DAY_CUE.search(before):
            continue
        if name == "points" and (POINTS_OF.search(before) or COLLECTED.match(read.low, end)):
            continue
        if asked:
            unsure = bool(REFUSED.search(before) or ASKING.match(read.low, end))
        elif name == "n":
            unsure = top == 5 and not is_praise(read)
        else:
            alone = GIVEN.search(before) or SAID_ALONE.match(read.low, end)
            unsure = name == "stars" and not alone
        if not unsure:
            yield Mark(value, top, start, end)


def is_praise(read: Reading) -> bool:
    """Whether n/5 can be a mark: the message speaks of stars or marks, or is nothing else."""
    return (
        read.has(frozenset({"sao", "diem", "danh", "cham", "rate", "vote"})) or len(read.said) < 8
    )
