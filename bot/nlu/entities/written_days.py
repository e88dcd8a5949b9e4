"""Days written out: "15/12", "2026-12-15", "ngày 5 tháng 1", "15/7 âm", "ngày 20"."""

import re
from datetime import date
from typing import Final

from bot import lunar
from bot.nlu.entities.days import add_months, day_and_month, solar_day
from bot.nlu.entities.numbers import BELOW_100, NUMBER, number
from bot.nlu.entities.past import is_past, is_wished
from bot.nlu.entities.reading import Reading, rule

MONTH: Final = rf"(?:\d{{1,2}}|giêng|chạp|{BELOW_100})"
LUNAR: Final = r"(?: ?\(?(?:âm lịch|âm|al|âl)\)?(?!\w))"
HEAD: Final = r"(?P<head>ngày|mùng|mồng|mùn|hôm)"

NUMERIC: Final = rule(
    r"(?<![\w/.,:+\-\x01\x02])(?<!\x02 )"  # not inside a number, not a model's name
    r"(?:(?P<iso>20\d\d)(?P<s>[-/.])(?P<im>\d{1,2})(?P=s)(?P<id>\d{1,2})"
    r"|(?P<day>\d{1,2}) ?(?P<sep>[-/.]) ?(?P<month>\d{1,2})"
    r"(?:(?: ?(?P=sep) ?)(?P<year>20\d\d|\d{2}))?)(?![\w/]|[-.,:]\d)"
    rf"(?P<lunar>{LUNAR})?"
)
CUE: Final = rule(
    r"(?<!\w)(?:ngày|hôm|bữa|mùng|sáng|trưa|chiều|tối|đêm|thứ \w+|t[2-7]|cn|chủ nhật|giao|nhận|đặt"
    r"|mua|hẹn|tới|đến|từ|trước|sau|vào|qua|lịch|hạn|dời|sinh|lúc|\x00),?\s*$"
)
FRACTIONS: Final = frozenset({(1, 2), (1, 3), (1, 4), (2, 3), (3, 4), (24, 7)})


def numeric(read: Reading, match: re.Match[str], today: date) -> date | None:
    """15/12, 15-12-2026, 2026-12-15, 15/7 âm."""
    if match["iso"]:
        return solar_day(int(match["id"]), int(match["im"]), int(match["iso"]))
    day, month = int(match["day"]), int(match["month"])
    year = int(match["year"]) if match["year"] else None
    if year is None and not match["lunar"] and not CUE.search(read.before(match.start())):
        if match["sep"] == "." or (day, month) in FRACTIONS:
            return None
        is_range = day <= 12 or re.match(r" ?[^\W\d_]", read.after(match.end(), 2))
        if match["sep"] == "-" and is_range:
            return None
    if year is not None and year < 100:
        year += 2000
    past = is_past(read, *match.span())
    return day_and_month(day, month, year, bool(match["lunar"]), today, past)


LONG: Final = rule(
    rf"(?<!\w)(?:{HEAD} ?)?(?P<day>\d{{1,2}}|{BELOW_100}) ?(?:tháng|thg|th) ?(?P<month>{MONTH})"
    r"(?!\w)(?! (?:nữa|đổi|lần))(?:\s*(?:năm)?\s*(?P<year>20\d\d)(?!\d))?"
    rf"(?P<lunar>{LUNAR})?"
)
LASTING_BEFORE: Final = rule(r"(?<!\w)(?:bh|bảo hành|góp|trả góp|hạn)(?: \w+){0,2} $")
LUNAR_MONTHS: Final = {"gieng": 1, "chap": 12}
LUNAR_FEASTS: Final = frozenset({(10, 3), (5, 5)})  # Giỗ Tổ and Đoan Ngọ


def long(read: Reading, match: re.Match[str], today: date) -> date | None:
    """Ngày 5 tháng 1, 23 tháng chạp, mùng 10 tháng 3 âm."""
    day = number(read, *match.span("day"))
    name = read.part(match, "month")
    month = LUNAR_MONTHS.get(name) or number(read, *match.span("month"))
    head = read.part(match, "head")
    if day is None or month is None or (head == "ngay" and is_at_once(read, match)):
        return None
    if not head and LASTING_BEFORE.search(read.before(match.start())):
        return None
    is_lunar = name in LUNAR_MONTHS or bool(match["lunar"])
    is_lunar = is_lunar or (head[:1] == "m" and (day, month) in LUNAR_FEASTS)
    year = int(match["year"]) if match["year"] else None
    return day_and_month(day, month, year, is_lunar, today, is_past(read, *match.span()))


DAY_ONLY: Final = rule(
    rf"(?<!\w)(?:{HEAD}(?: (?:mùng|mồng))? ?)(?P<day>\d{{1,2}}|(?<= ){BELOW_100})"
    rf"(?P<lunar>{LUNAR})?(?P<which> (?:tháng )?(?:này|sau|tới|trước|rồi))?"
    r"(?![\w/:]|[-.,]\d| ?(?:tháng|ngày|đêm|lần|cái|chiếc|mươi|bữa|đến \d|tết|đổi|h|giờ|sản phẩm"
    r"|máy|tiếng|bộ)(?!\w))"
)
SHIFTS: Final = {"nay": 0, "sau": 1, "toi": 1, "truoc": -1, "roi": -1}
EACH_BEFORE: Final = rule(rf"(?<!\w)(?:mỗi|từng|mấy|vài|nửa|{NUMBER}) $")
SOON: Final = 45  # days before Tết in which "mùng 3" is of the lunar year


def day_only(read: Reading, match: re.Match[str], today: date) -> date | None:
    """Ngày 20, mùng 5 tháng sau, ngày 15 âm lịch."""
    day = number(read, *match.span("day"))
    head = read.part(match, "head")
    if day is None or is_at_once(read, match) or EACH_BEFORE.search(read.before(match.start())):
        return None
    if head in ("ngay", "hom") and day < 10 and not match["day"].isdigit():
        return None  # "mỗi ngày một lý do"
    which = read.part(match, "which").split()
    if which and (which[0] == "thang" or which[-1] != "nay"):
        month = add_months(today.replace(day=1), SHIFTS[which[-1]])
        return solar_day(day, month.month, month.year)
    if match["lunar"]:
        return lunar.next_day(day, today)
    tet = lunar.next_tet(today)
    if head[0] == "m" and (tet - today).days <= SOON:
        return lunar.solar(day, 1, tet.year)
    past = is_past(read, match.start("day"), match.end("day"))
    if head == "hom":
        past = not is_wished(read, *match.span())
    months = (add_months(today.replace(day=1), shift) for shift in range(-2, 3))
    days = [solar_day(day, month.month, month.year) for month in months]
    fitting = [each for each in days if each and (each <= today if past else each >= today)]
    return (max if past else min)(fitting, default=None)


def is_at_once(read: Reading, match: re.Match[str]) -> bool:
    """Whether "ngay" is "at once" and not "ngày", or "mong" is to hope."""
    start, end = match.span("head")
    return read.accented and read.low[start:end] in ("ngay", "mong")
