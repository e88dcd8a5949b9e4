"""Days near today, by name: "mai", "mốt", "hôm qua", "hnay". Not "mai mốt", not "chị Mai"."""

import re
from datetime import date, timedelta
from typing import Final

from bot.nlu.entities.past import is_asked
from bot.nlu.entities.reading import Reading, rule

PART: Final = r"(?:(?<=sáng )|(?<=trưa )|(?<=chiều )|(?<=tối )|(?<=đêm )|(?<=khuya ))"
NAMED: Final = rule(
    r"(?<!\w)(?:(?:ngày )?(?:hôm|hum|bữa|bửa) (?:nay|qua|wa|kìa|kia)|h nay|hnay|hnai|hqua|hqa|hwa"
    rf"|(?:ngày )?mai m[ốôo]t|ngày (?:mai|mốt|kìa|kia)|bữa mốt|nay mai|mai kia|mai|m[ơ]i|{PART}mốt"
    rf"|m[ố]t|{PART}qua|nay|hn)(?!\w)"
)
NO_DAY: Final = frozenset({"mai mot", "ngay mai mot", "nay mai", "mai kia", "bua kia"})
SHIFTS: Final = {
    **dict.fromkeys(("hom nay", "hum nay", "bua nay", "h nay", "hnay", "hnai", "nay", "hn"), 0),
    **dict.fromkeys(("hom qua", "hum qua", "bua qua", "hom wa", "hum wa", "bua wa"), -1),
    **dict.fromkeys(("hqua", "hqa", "hwa", "qua"), -1),
    **dict.fromkeys(("hom kia", "hum kia"), -2),
    **dict.fromkeys(("mai", "moi", "ngay mai"), 1),
    **dict.fromkeys(("mot", "ngay mot", "bua mot", "ngay kia"), 2),
}
PART_BEFORE: Final = rule(r"(?<!\w)(?:sáng|trưa|chiều|tối|đêm|khuya)\s$")
# "Mai" is a woman, a flower, a street, or part of another word; or "mãi".
NEVER_BEFORE: Final = rule(
    r"(?<!\w)(?:khuyến|hậu|mỉa|phô|hoa|bạch|hoàng|tương|sớm|cành|cây|chợ|cán|làm|quay|thị|nguyễn"
    r"|trần|lê|phạm) $"
)
NAME_BEFORE: Final = rule(
    r"(?<!\w)(?:chị|anh|cô|chú|bác|bạn|bà|ông|dì|tên|của|với|ngọc|thanh|phương|quỳnh|tuyết|xuân"
    r"|hồng|ban|mãi) $"
)
NAME_AFTER: Final = rule(r"\s*(?:hương|linh|phương|lan|hoa|trang|ơi|à|này|sau|táng)(?!\w)")
# What is done tomorrow.
DONE_AFTER: Final = rule(
    r" (?:qua|ghé|lấy|đến|tới|giao|mới|sẽ|nhận|rảnh|đi|gọi|ra|lên|về|trả|chuyển|có|được|đc|dc"
    r"|ship|là|nhé|nha|gửi|gởi|mang|đem|còn|cho|shop|em|anh|chị|mình|tui)(?!\w)"
)
# "chiều qua lấy nhé": to come by, not yesterday.
FETCH_AFTER: Final = rule(r" (?:đón|lấy|nhận|coi|xem|mua|sửa|lắp|đo|trả)(?!\w)")
SOME_BEFORE: Final = rule(r"(?<!\w)(?:mấy|vài|những|dạo|mỗi|từng) $")  # "mấy hôm nay"
NO_MOT: Final = rule(r"(?:mươi|hợp|lỗi|mới|0) ?$")


def named(read: Reading, match: re.Match[str], today: date) -> date | None:
    """The day that a name stands for, where it is a name of a day."""
    start, end = match.span()
    name, before = read.bare[start:end], read.before(start)
    if name in NO_DAY or SOME_BEFORE.search(before) or not is_day(read, name, start, end):
        return None
    if "kìa" in match.group():
        return today + timedelta(days=-3 if "hom" in name else 3)
    if match.group() == "mốt" and NO_MOT.search(before):
        return None
    return today + timedelta(days=SHIFTS[name.removeprefix("ngay ") if "hom" in name else name])


def is_day(read: Reading, name: str, start: int, end: int) -> bool:
    """Whether a short word is a day here."""
    before = read.before(start)
    if PART_BEFORE.search(before):
        comes = name == "qua" and FETCH_AFTER.match(read.after(end))
        return not (comes and is_asked(read, end))
    if name == "mai":
        return not is_a_name(read, start, end)
    if name == "nay":
        return not before.strip()
    if name == "hn":  # "hôm nay", where it is not Hà Nội
        return not before.strip() and bool(read.after(end).strip())
    return name != "moi" or bool(before.strip())


def is_a_name(read: Reading, start: int, end: int) -> bool:
    """Whether "mai" is not tomorrow."""
    before = read.before(start)
    capital = read.text[start].isupper() and not read.text.isupper()
    if capital and before.strip(" \0\"'([-,.!?…"):
        return True
    if NEVER_BEFORE.search(before):
        return True
    if NAME_BEFORE.search(before):
        return capital or not DONE_AFTER.match(read.after(end))
    is_full_name = capital and read.text[end : end + 2].strip().isupper()
    return is_full_name or bool(NAME_AFTER.match(read.after(end)))
