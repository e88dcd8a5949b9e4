"""How many of something counted: "2 cái", "ba chiếc", "20 máy in". Never months or gigabytes."""

from collections.abc import Iterator
from typing import Final

from bot.nlu.entities.found import Found
from bot.nlu.entities.numbers import NUMBER, NUMBER_WORDS, number
from bot.nlu.entities.reading import BRAND, Reading, rule

PIECES: Final = (
    r"(?:cái|chiếc|chiêc|bộ|con|máy|cục|cặp|đôi(?! \d)|hộp|thùng|bịch|gói|tấm|miếng|sợi|củ sạc|củ"
    r"|sản phẩm|sp|món|đơn vị|quyển"
    r"|(?:chai|lọ|tuýp)(?= (?:nước|xịt|dung|gel|keo|dầu|lau|rửa|cồn))"
    r"|cây(?= (?:quạt|[\x01\x02]))|em(?= (?:ip|iphone|sam|mac"
    r"|[\x01\x02]|này|đó)))"
)
QUANTITY: Final = rule(
    rf"(?<![\w.,/:\-\x00\x01\x02])(?P<n>{NUMBER})"
    rf"(?:(?:(?<=\d) ?| )(?P<piece>{PIECES}|pcs)(?!\w)| (?P<good>[\x01\x02]))"
)
COUNT: Final = rule(
    rf"(?<!\w)(?:(?:sl|số lượng)(?: là| khoảng| tầm)? ?[:=]? ?(?P<n>{NUMBER})"
    r"|(?<!\x02 )x(?P<x>\d{1,3})(?=\s*(?:$|[,;\n])))(?![\w./])(?! ?(?:%|k|tr|triệu|gb|inch)(?!\w))"
)
BOUGHT: Final = rule(
    r"(?<!\w)(?<!tra )(?<!mã )(?<!hàng )(?:lấy|đặt|mua|order|chốt)(?: (?:cho|giúp|giùm"
    r"|dùm) \w+)?(?: luôn)? (?P<n>\d{1,3})(?P<x>)(?=\s*(?:$|[.!?]|,(?! ?\d)"
    r"|(?:nhé|nha|nghen|nghe|nhen|đi|thôi|shop|em|ad|ạ|luôn|nữa)(?!\w)))"
)
ASKED: Final = rule(
    r"(?<!\w)(?:hỏi|nói|nhờ|coi|xem|thử|tí|chút|thứ|lần thứ|thêm một|cho em xin|bản|ip|iphone|số"
    r"|tháng|từng|mấy|mỗi) $"
)
LENGTH: Final = rule(r" ?(?:tháng|ngày|tuần|lần|phút|giờ|năm)(?!\w)")


def find_quantities(read: Reading) -> Iterator[Found]:
    """Every count."""
    if not (read.has_digit or read.has(NUMBER_WORDS)):
        return
    for match in read.find(QUANTITY):
        count = number(read, *match.span("n"))
        before = read.before(match.start())
        if count is None or count == 0 or match["n"] in ("tu", "sau") or ASKED.search(before):
            continue
        if before.endswith(f"{BRAND} ") and (
            match["good"] or match["piece"] in ("máy", "may", "con")
        ):
            continue  # "iphone 15 máy cũ"
        yield Found("quantity", count, *match.span("n"))
    for pattern in (COUNT, BOUGHT):
        for match in read.find(pattern):
            name = "n" if match["n"] else "x"
            if name == "x" and read.text[match.start()] == "X":
                continue  # a model's name
            count = number(read, *match.span(name))
            if count and not LENGTH.match(read.low, match.end()):
                yield Found("quantity", count, *match.span(name))
