"""Whether the words around a day speak of the past: "đặt hôm thứ 2 mà chưa thấy"."""

from typing import Final

from bot.nlu.entities.reading import Reading, rule

LINK: Final = r"(?:từ |vào |hôm |bữa |ngày |lúc )*$"
# Sure signs, before and after.
OVER_BEFORE: Final = rule(
    r"(?<!\w)(?:hồi|đã (?:\w+ ){0,3}|(?:mới|vừa) (?:mua|đặt|nhận|chuyển) (?:\w+ )?)" + LINK
)
OVER_AFTER: Final = rule(
    r"[^\n]{0,30}?(?<!\w)(?:mà (?:chưa|không|ko|k|hông|giờ|tới|đến|mãi|vẫn)|chưa (?:thấy|nhận"
    r"|giao|hoàn|xong|trả|gọi|xử lý"
    r"|có|tới|về|được|đc|dc)|(?:tới|đến) (?:giờ|nay|bây)|vừa rồi|vừa qua|vẫn chưa|trả lời sao)"
    r"(?!\w)"
)
# Signs that a wish or a promise outweighs.
DONE_BEFORE: Final = rule(
    r"(?<!\w)(?:mua|(?:đặt|lấy|order|tạo) (?:hàng|đơn|máy|từ|hôm|ngày|hồi|bữa)|đặt|ck|bị|hư|hỏng"
    r"|nhận (?:hàng|máy|được)|chuyển khoản|chuyển|gửi từ|gởi từ|lỗi)(?: \w+){0,2} ?" + LINK
)
DAY_BEFORE: Final = rule(r"(?<!\w)(?:hôm|bữa)\s*$")
COMING_BEFORE: Final = rule(
    r"(?<!\w)(?:muốn|sẽ|hẹn|giao|dời|dự kiến|định|nhắc|lịch|đổi sang|chuyển sang|tới lấy|qua lấy"
    r"|cho|đặt lịch|sắp)(?!\w)|(?<!\w)(?:thì|trước|sau|kịp) (?:ngày )?$"
)
ASKED_AFTER: Final = rule(
    r"[^\n]{0,30}?(?<!\w)(?:nhé|nha|nghen|nhen|hen|được không|dc k|đc k|giúp)(?!\w)"
)


def is_past(read: Reading, start: int, end: int) -> bool:
    """Whether the text says that this day is over."""
    before, after = read.before(start), read.after(end, 60)
    if OVER_AFTER.match(after) or OVER_BEFORE.search(before):
        return True
    if is_wished(read, start, end):
        return False
    return bool(DAY_BEFORE.search(before) or DONE_BEFORE.search(before))


def is_wished(read: Reading, start: int, end: int) -> bool:
    """Whether something is to happen on this day."""
    return bool(COMING_BEFORE.search(read.before(start)) or is_asked(read, end))


def is_asked(read: Reading, end: int) -> bool:
    """Whether the words behind a day ask for something: "nhé", "được không"."""
    return bool(ASKED_AFTER.match(read.after(end, 60)))
