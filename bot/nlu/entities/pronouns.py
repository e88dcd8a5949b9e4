"""Xưng hô: what the customer calls himself and the shop, from places that leave no doubt."""

import re
from collections.abc import Iterator
from typing import Final

from bot.nlu.entities.found import Found
from bot.nlu.entities.reading import Reading, rule

KIN: Final = r"chị|anh|em|cô|chú|bác|dì|cháu|con|tui|mình|tôi|tớ|c|a|e"
SHOP: Final = r"shop|ad|admin|bạn|chị|anh|em|cô|chú|bác|cháu|c|a|e"
FULL: Final = {
    **{"chi": "chị", "c": "chị", "anh": "anh", "a": "anh", "em": "em", "e": "em", "co": "cô"},
    **{"chu": "chú", "bac": "bác", "di": "dì", "chau": "cháu", "con": "con", "tui": "tui"},
    **{"minh": "mình", "toi": "tôi", "to": "tớ", "shop": "shop", "ad": "shop", "admin": "shop"},
    "ban": "bạn",
}
TRIGGERS: Final = frozenset(FULL)
NEEDS_ACCENT: Final = frozenset({"co", "con", "to", "di"})  # có, còn, to, đi when bare

WANTS: Final = (
    r"hỏi|xin|gặp|đặt|lấy|mua|biết|coi|xem|đổi|kiểm tra|order|hủy|huỷ|cái|1|2|một|hai|nhờ|gửi"
    r"|địa chỉ"
    r"|số|mượn|đăng ký|trả|giá|thêm|ck|check|tra|hoàn|stk|báo giá|nói|khiếu nại|thông tin|link|mã"
)
# How a customer speaks of himself. The group is what he calls himself.
SELF: Final = tuple(
    rule(pattern)
    for pattern in (
        rf"(?<!\w)cho (?P<self>{KIN}) (?:{WANTS})(?!\w)",
        rf"(?<!\w)(?:giao|gửi|gởi|ship|gọi|gọi lại|nhắn|lấy|đặt|giữ|tư vấn|báo|để|kiểm tra|check"
        rf"|đổi|tra|hoàn|trả lời|chuyển|nhắn lại|điện|điện lại|liên hệ|xuất|order"
        rf"|chốt)(?: \w+){{0,3}} cho (?P<self>{KIN})(?! [A-ZĐ])"
        r"(?!\w)",
        rf"(?<!\w)(?:giúp|giùm|dùm|hộ|giúp cho) (?P<self>{KIN})(?!\w)",
        rf"(?<!\w)(?:đơn|hàng|máy|số|sđt|sdt|tên|địa chỉ|nhà|tài khoản|đt|điện thoại"
        rf"|mã)(?: \w+)? của (?P<self>{KIN})"
        r"(?!\w)(?! (?:shop|bên|nhân viên))",
        rf"(?:^|[.,!?;\n]|(?<!\w)(?:nhưng|mà|giờ|nãy|hôm qua|hôm nay|hồi|vì|tại|dạ|alo|vâng"
        rf"|shop ơi|em ơi|ad ơi))\s*"
        rf"(?P<self>{KIN}) (?:muốn|cần|đang|vừa|mới|bị|đặt|mua|tên|hỏi|xài|dùng|định|chưa nhận"
        rf"|chưa thấy|không nhận"
        r"|đã|ở|nhận được|lỡ|quên|gửi|là khách|nhờ|chờ|đợi|thấy|chuyển khoản|ck|bận|họp)(?!\w)",
        rf"(?<!\w)(?:số|sđt|sdt|đt|tên|địa chỉ|đ/c|mail|email|đơn|mã đơn|máy|nhà) (?P<self>{KIN})"
        r"(?= (?:là|nè|đây|nha|nhé|đặt|mua|bị|sao|tới|đâu|chưa|ở|\d|:))",
    )
)
ALWAYS_SELF: Final = rule(
    r"(?<!\w)(?P<self>tui|t[ô]i|t[ớ])(?!\w)(?! (?:ơi|nghiệp))"
    r"|(?<!\w)(?<!bên )(?<!shop )(?<!hàng )(?<!ty )(?<!thống )(?<!nhà )(?<!page )(?<!web )"
    r"(?<!của )(?<!một )(?<!1 )(?<!nhân viên )(?P<self2>mình) "
    r"(?:muốn|cần|đặt|mua|ở|là|tên|hỏi|đang|mới|vừa|bị|với|nhé|nha|chưa|đã|lấy|có|xài|dùng|nhận"
    r"|gửi|chuyển)(?!\w)"
)
# How he speaks to the shop.
OTHER: Final = tuple(
    rule(pattern)
    for pattern in (
        rf"(?<!\w)(?P<other>{SHOP})(?: [^\W\d_]{{1,8}})? [ơo]i(?!\w)",
        rf"(?<!\w)(?P<other>{SHOP}) (?:cho|giúp|kiểm tra|xem giúp|tư vấn|gửi cho|báo|hướng dẫn"
        rf"|check|làm ơn|giao cho|lấy cho|đặt cho)(?: \w+){{0,4}}? (?:{KIN})(?!\w)",
        rf"(?<!\w)(?:nhé|nha|nhá|vậy|dzậy|thế|không|ko|hông|hong|rồi|chưa|đi|hả|hen|nghen|nghe"
        rf"|với|hè|rứa|ha|ạ|dc k|bao nhiêu|bn|gì|nào) (?P<other>{SHOP})(?: ạ)?(?= ?(?:$|[^\w ]))",
        rf"(?<!\w)(?:nhờ|cảm ơn|cám ơn|chào|dạ|thanks|thank|tks|hello|hi|alo|ok|oke|vâng|ừ"
        rf"|uh) (?P<other>{SHOP})"
        rf"(?= ?(?:$|[?.!,\n]|(?:ạ|nhé|nha|nhiều|giúp|kiểm|xem|tư vấn|cho|gửi|ơi)(?!\w)))",
        rf"(?<!\w)(?:{KIN}) (?:gửi|nhờ|hỏi|đưa|bảo) (?P<other>em|chị|anh|shop)(?!\w)",
    )
)


def address_terms(text: str) -> list[Found]:
    """What the customer calls himself (`xung_ho_self`) and the shop (`xung_ho_other`), if sure."""
    read = Reading(text)
    return [Found(e.kind, e.value, *read.span(e.start, e.end)) for e in find_terms(read)]


def find_terms(read: Reading) -> Iterator[Found]:
    """At most one term for each side; none for a side that a message names in two ways."""
    if not read.has(TRIGGERS):
        return
    other = one_of(read, "xung_ho_other", OTHER)
    mine = one_of(read, "xung_ho_self", SELF) or one_of(read, "xung_ho_self", (ALWAYS_SELF,))
    if mine and other and mine.value == other.value:
        mine = None
    if mine:
        yield mine
    if other:
        yield other


def one_of(read: Reading, kind: str, patterns: tuple[re.Pattern[str], ...]) -> Found | None:
    """The first term that the patterns find, unless they find different ones."""
    found: dict[str, Found] = {}
    for pattern in patterns:
        for match in pattern.finditer(read.said):
            name = str(match.lastgroup)
            start, end = match.span(name)
            typed = match[name]
            term = FULL[read.said_bare[start:end]]
            if read.said_bare[start:end] == typed and typed in NEEDS_ACCENT:
                continue
            if term == "mình" and is_a_name(read, start):
                continue
            if kind == "xung_ho_self" and is_named(read, end):
                continue
            found.setdefault(term, Found(kind, term, start, end))
    if len(found) == 2 and "shop" in found:
        del found["shop"]
    return next(iter(found.values())) if len(found) == 1 else None


def is_a_name(read: Reading, start: int) -> bool:
    """Whether a capital inside a sentence makes "Minh" a person."""
    return start > 0 and read.text[start].isupper() and not read.text.isupper()


def is_named(read: Reading, end: int) -> bool:
    """Whether a name follows: "giao cho anh Tuấn" is about somebody else."""
    follows = read.text[end : end + 2]
    return follows[:1] == " " and follows[1:].isupper() and not read.text.isupper()
