"""Days by their distance, and parts of months: "3 ngày nữa", "2 tuần trước", "cuối tháng"."""

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import Final

from bot.nlu.entities.days import add_months, day_and_month, nearest
from bot.nlu.entities.numbers import BELOW_100, NUMBER, number
from bot.nlu.entities.past import is_past
from bot.nlu.entities.reading import Reading, rule
from bot.nlu.entities.written_days import LUNAR_MONTHS

DISTANCE: Final = rule(
    rf"(?<!\w)(?P<ago>cách đây |cách nay )?(?P<n>{NUMBER}|nửa) ?"
    r"(?P<unit>ngày|hôm|bữa|tuần|tháng|năm)"
    r"(?: (?P<way>nữa|sau|trước)(?! (?:khi|đó|bán|tết|\x00|này|lễ)))?(?!\w)"
)
DAYS: Final = {"ngay": 1, "hom": 1, "bua": 1, "tuan": 7}
FARTHEST: Final = 400


def distance(read: Reading, match: re.Match[str], today: date) -> date | None:
    """3 ngày nữa, 2 tuần trước, cách đây 5 hôm. A bare "3 ngày" is a length of time."""
    if not match["way"] and not match["ago"]:
        return None
    sign = 1 if match["way"] and read.part(match, "way") != "truoc" else -1
    unit = read.part(match, "unit")
    if read.part(match, "n") == "nua":
        return today + sign * timedelta(days=15) if unit == "thang" else None
    count = number(read, *match.span("n"))
    if count is None or count > FARTHEST:
        return None
    if unit in DAYS:
        return today + sign * timedelta(days=count * DAYS[unit])
    return add_months(today, sign * count * (12 if unit == "nam" else 1))


PART: Final = rule(
    r"(?<!\w)(?P<part>đầu|giữa|cuối) (?P<unit>tháng|tuần|năm)(?: (?P<which>này|nay|sau|tới|trước"
    rf"|rồi|ngoái|(?:\d{{1,2}}|giêng|chạp|{BELOW_100})(?!\w| ?(?:cái|triệu|tr|k)(?!\w))))?(?!\w)"
)
SHIFTS: Final = {"nay": 0, "sau": 1, "toi": 1, "truoc": -1, "roi": -1, "ngoai": -1}
OF_WEEK: Final = {"dau": 0, "giua": 2, "cuoi": 6}
OF_YEAR: Final = {"dau": (1, 1), "giua": (6, 30), "cuoi": (12, 31)}
OF_LUNAR_MONTH: Final = {"dau": 1, "giua": 15, "cuoi": 29}


def part(read: Reading, match: re.Match[str], today: date) -> date | None:
    """Đầu tháng is the 1st, giữa tháng the 15th, cuối tháng the last day; weeks and years alike."""
    where, which = read.part(match, "part"), read.part(match, "which")
    past = is_past(read, *match.span())
    unit = read.part(match, "unit")
    if unit == "tuan":
        return part_of_week(where, which, today, past)
    if unit == "nam":
        if which in SHIFTS:
            return date(today.year + SHIFTS[which], *OF_YEAR[where])
        return None if which else nearest(lambda y: date(y, *OF_YEAR[where]), today, past)
    if which in SHIFTS:
        return part_of_month(where, add_months(today.replace(day=1), SHIFTS[which]))
    if which in LUNAR_MONTHS:
        day = OF_LUNAR_MONTH[where]
        return day_and_month(day, LUNAR_MONTHS[which], None, True, today, past)
    if which:
        month = number(read, *match.span("which")) or 0
        if not 1 <= month <= 12:
            return None
        return nearest(lambda year: part_of_month(where, date(year, month, 1)), today, past)
    months = (add_months(today.replace(day=1), shift) for shift in (-1, 0, 1))
    days = [part_of_month(where, month) for month in months]
    return max(d for d in days if d <= today) if past else min(d for d in days if d >= today)


def part_of_week(where: str, which: str, today: date, past: bool) -> date | None:
    day = today - timedelta(days=today.weekday() - OF_WEEK[where])
    week = timedelta(days=7)
    if which:
        return day + SHIFTS[which] * week if which in SHIFTS else None
    if past:
        return day if day <= today else day - week
    return day if day >= today else day + week


def part_of_month(where: str, first: date) -> date:
    last = monthrange(first.year, first.month)[1]
    return first.replace(day={"dau": 1, "giua": 15, "cuoi": last}[where])
