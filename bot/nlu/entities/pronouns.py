"""Xưng hô: what the customer calls himself and the shop, from places that leave no doubt."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from bot.nlu.entities.found import Found
from bot.nlu.entities.reading import Reading, rule

OLDER: Final = r"chị|chj|chy|anh|cô|chú|bác|dì|ông|bà"
KIN: Final = rf"{OLDER}|em|cháu|con|tui|mình|tôi|tớ|c|a|e"
SHOP: Final = r"shop|ad|admin|bạn|chị|anh|em|cô|chú|bác|cháu|con|c|a|e"
FULL: Final = {
    **{"chi": "chị", "c": "chị", "anh": "anh", "a": "anh", "em": "em", "e": "em", "co": "cô"},
    **{"chu": "chú", "bac": "bác", "di": "dì", "chau": "cháu", "con": "con", "tui": "tui"},
    **{"minh": "mình", "toi": "tôi", "to": "tớ", "shop": "shop", "ad": "shop", "admin": "shop"},
    **{"ban": "bạn", "ong": "ông", "ba": "bà", "chj": "chị", "chy": "chị"},
}
TRIGGERS: Final = frozenset(FULL)
NEEDS_ACCENT: Final = frozenset({"co", "to", "di", "ba"})  # có, to, đi, ba when bare

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
        rf"(?P<self>{KIN}) (?:muốn|mún|mốn|cần|thích|đang|vừa|mới|bị|đặt|mua|tên|hỏi|xài|dùng|định"
        rf"|chưa nhận|chưa thấy|không nhận"
        r"|đã|ở|nhận được|lỡ|quên|gửi|là khách|nhờ|chờ|đợi|thấy|chuyển khoản|ck|bận|họp)(?!\w)",
        rf"(?<!\w)(?:số|sđt|sdt|đt|tên|địa chỉ|đ/c|mail|email|đơn|mã đơn|máy|nhà) (?P<self>{KIN})"
        r"(?= (?:là|nè|đây|nha|nhé|đặt|mua|bị|sao|tới|đâu|chưa|ở|\d|:))",
        r"(?<!\w)(?:vợ|chồng|vợ chồng|ông x[ã]|bà x[ã]|bạn gái|bạn trai|con gái|con trai|gia đình"
        rf"|bé nhà) (?P<self>{KIN})(?= \w)",
        rf"(?<!\w)(?:báo giá|ib|inb|inbox|rep|tư vấn|nhắn|gọi|gửi|gởi) (?P<self>{KIN})"
        r"(?= (?:với|giá|số|cái|con|mẫu|link|stk|hình|sớm|gấp|khi|lúc|qua|trước|ngay|luôn)(?!\w))",
    )
)
NAMED: Final = (
    rule(
        r"(?:^|[.,!?;\n]|(?<!\w)(?:alo|dạ|shop ơi|em ơi|cháu ơi))\s*"
        rf"(?P<self>{OLDER}) \w+(?: \w+)? đây"
        r"(?= ?(?:$|[^\w ]|em|cháu|con|shop|nhé|nha|ạ|nè))"
    ),
    rule(
        rf"(?:^|[.,!?;\n])\s*(?P<self>{OLDER}) là (?!ai|nhân viên|người|máy|bot|robot|shop|tư vấn"
        r"|ad|gì|chủ)(?=\w)"
    ),
)
# Someone else: "chị gái", "anh giao hàng", "cô giáo", "anh ấy"; or several: "anh em".
SOMEONE_ELSE: Final = rule(
    r" (?:gái|trai|họ(?! tr)|d[â]u|r[ể]|ruột|ấy|đó|kia|nào|ta|nhân viên|shipper|giao hàng|giao nhận"
    r"|bưu tá|thợ|bảo vệ|kế toán|thu ngân|bán hàng|tư vấn viên|kỹ thuật|tài xế|lái xe|hàng xóm"
    r"|quản lý|quản lí|ch[ủ]|em|chị|anh|c[ô]|ch[ú]|giáo|s[ĩ]|sỹ|x[ã]|n[ộ]i|ngo[ạ]i|b[ạ]n"
    r"|đồng nghiệp"
    r"|út|[ý]|[y] tế|shop|cửa hàng)(?!\w)"
)
GRANDPARENTS: Final = frozenset({"ông", "bà"})
TO_THE_YOUNG: Final = rule(r"(?<!\w)ch[á]u(?: ơi|ạ|nhé|nha)?(?= ?(?:$|[^\w ]|ơi|nhé|nha))")
# Whoever calls the shop "em" or "cháu" is the elder one that the same message names.
YOUNGER: Final = frozenset({"em", "cháu", "con"})
DOES: Final = (
    r"muốn|mún|cần|lấy|mua|đặt|hỏi|ở|đang|đã|vừa|mới|bị|qua|ghé|đổi|nhận|chuyển|cảm ơn|cám ơn|tính"
    r"|định|thích|thấy|chờ|đợi|trả"
)
ELDER: Final = (
    rule(
        r"(?<!\w)(?<!gửi )(?<!gởi )(?<!chụp )(?<!xem )(?<!hình )"
        rf"(?P<self>{OLDER}|c|a) (?:{DOES})(?!\w)"
    ),
)
MENTIONED: Final = (
    rule(
        r"(?<!\w)(?<!các )(?<!mấy )(?<!những )(?<!một )(?<!1 )(?<!ông )(?<!bà )(?<!thằng )"
        r"(?<!anh )(?<!cô )(?<!chú )(?<!ghi )(?<!hỏi )(?<!chào )(?<!thưa )"
        rf"(?P<self>{OLDER})(?= \w)(?! (?:ơi|ạ|à|nhé|nha|nhá|hả|nghen|ý|thích)(?!\w))"
    ),
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
        rf"|với|hè|rứa|ha|ạ|đây|lắm|quá|nè|luôn|dc k|bao nhiêu|bn|gì|nào)"
        rf" (?P<other>{SHOP})(?: ạ)?(?= ?(?:$|[^\w ]))",
        rf"(?<!\w)(?:nhờ|cảm ơn|cám ơn|chào|dạ|thanks|thank|tks|hello|hi|alo|ok|oke|vâng|ừ"
        rf"|uh) (?P<other>{SHOP})"
        rf"(?= ?(?:$|[?.!,\n]|(?:ạ|nhé|nha|nhiều|giúp|kiểm|xem|tư vấn|cho|gửi|ơi)(?!\w)))",
        rf"(?<!\w)(?:{KIN}) (?:gửi|nhờ|hỏi|đưa|bảo) (?P<other>em|cháu|chị|anh|shop)(?!\w)",
        r"(?<!\w)(?:bên|nhân viên bên|cửa hàng|shop) (?P<other>em|cháu|con)"
        r"(?! (?:muốn|cần|đặt|mua|lấy|là|đang|xin|định|hỏi|ơi)(?!\w))(?!\w)",
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
    mine = next(
        (
            found
            for patterns in (NAMED, SELF, *self_beside(other), (ALWAYS_SELF,))
            if (found := one_of(read, "xung_ho_self", patterns))
        ),
        None,
    )
    if mine and other and mine.value == other.value:
        mine = None
    if mine:
        yield mine
    if other:
        yield other


def self_beside(other: Found | None) -> tuple[tuple[re.Pattern[str], ...], ...]:
    """How the customer names himself beside this word for the shop."""
    return (ELDER, MENTIONED) if other and other.value in YOUNGER else ()


def one_of(read: Reading, kind: str, patterns: tuple[re.Pattern[str], ...]) -> Found | None:
    """The first term that the patterns find, unless they find different ones."""
    found: dict[str, Found] = {}
    for pattern in patterns:
        for match in pattern.finditer(read.said):
            name = str(match.lastgroup)
            start, end = match.span(name)
            typed = match[name]
            term = FULL[read.said_bare[start:end]]
            if not is_sure(read, typed, patterns):
                continue
            if term in GRANDPARENTS and not is_own(read, start):
                continue
            if term == "mình" and is_a_name(read, start):
                continue
            if kind == "xung_ho_self" and SOMEONE_ELSE.match(read.said, end):
                continue
            if kind == "xung_ho_self" and patterns is not NAMED and is_named(read, end):
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


def is_own(read: Reading, start: int) -> bool:
    """Whether a grandparent speaks, and not somebody about one: first word, or to a "cháu"."""
    return not read.said[:start].strip() or bool(TO_THE_YOUNG.search(read.said))


def is_sure(read: Reading, typed: str, patterns: tuple[re.Pattern[str], ...]) -> bool:
    """Whether the word as typed can be no other: "con" may be "còn", "anh" may be "ảnh"."""
    if not typed.isascii():
        return True
    if typed == "con":
        return read.accented
    if patterns is MENTIONED:
        return typed in ("anh", "chj") and read.accented
    if patterns is ELDER and typed in ("chu", "bac", "ong"):  # chủ, bạc, ống
        return False
    return typed not in NEEDS_ACCENT


# --- What a customer asks to be called


WISHED: Final = rf"{OLDER}|bạn|em|cháu|con|mình"
CALL_ME: Final = rule(
    r"(?<!\w)(?<!đừng )(?<!không )(?<!khỏi )(?:gọi|kêu) "
    rf"(?:(?:mình|tôi|tui|tớ|em|c|a) (?:là|bằng) (?P<self>{WISHED})(?!\w)"
    rf"|(?:là |bằng )?(?P<self2>{WISHED}) (?:thôi|là được|là ok|cho (?:thân|gần|tiện|đúng|trẻ))"
    r"(?!\w))"
)
NOT: Final = rule(
    r"(?<!\w)(?:(?:không|hông|hổng|hong|đâu|chẳng|chả|ko|k|hok) (?:có )?phải(?: là)?"
    r"|đừng (?:có )?(?:gọi|kêu)(?: (?:mình|tôi|tui|tớ|em))?(?: (?:là|bằng))?)"
    rf" (?P<self>anh chị|anh/chị|{OLDER}|bạn|em)(?= ?(?:$|[^\w ]|đâu|nha|nhé|mà|ạ|em|cháu|shop|nè))"
)
A_TERM: Final = rule(rf"(?<!\w)(?P<self>{OLDER}|bạn)(?!\w)")
GENDER: Final = rule(
    r"(?<!\w)(?:mình|tôi|tui|tớ|em|đây) là "
    r"(?:(?P<man>nam|con trai|đàn ông)|(?P<woman>nữ|con gái|phụ nữ))"
    r"(?= ?(?:$|[^\w ]|mà|nha|nhé|nè|đó|ạ|chứ))"
)


@lru_cache(maxsize=256)
def wished_term(text: str) -> str | None:
    """The term a customer asks for: "gọi cô thôi", "chị chứ không phải anh"."""
    read = Reading(text)
    if gender := GENDER.search(read.said):
        return "anh" if gender["man"] else "chị"
    call = CALL_ME.search(read.said)
    if call and (term := _term(read, call)):
        # No shop calls a customer "em" unless it knows them.
        return term if term in {FULL[bare] for bare in OLDER_BARE} else "bạn"
    refused = NOT.search(read.said)
    if not refused or SOMEONE_ELSE.match(read.said, refused.end("self")):
        return None
    start, end = refused.span()
    found = {
        term
        for match in A_TERM.finditer(read.said)
        if not start <= match.start() < end and (term := _term(read, match))
    }
    found.discard(FULL.get(read.said_bare[slice(*refused.span("self"))], ""))
    return found.pop() if len(found) == 1 else None


OLDER_BARE: Final = frozenset({"chi", "anh", "co", "chu", "bac", "di", "ong", "ba"})


def _term(read: Reading, match: re.Match[str]) -> str | None:
    """The term that a rule took, unless it may be another word or names somebody else."""
    start, end = match.span(str(match.lastgroup))
    typed, bare = read.said[start:end], read.said_bare[start:end]
    if typed == bare and bare in NEEDS_ACCENT | {"chu"}:  # "chứ"
        return None
    if SOMEONE_ELSE.match(read.said, end) or is_named(read, end):
        return None
    return FULL[bare]


def term_now(known: str | None, said: str | None, text: str) -> str | None:
    """What a customer is called from this message on: as they ask, or as before, or as they say."""
    return wished_term(text) or known or said
