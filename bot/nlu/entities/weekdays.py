"""Days of the week: "thứ 2 tuần sau", "t7", "cn này". Weeks run Monday to Sunday."""

import re
from datetime import date, timedelta
from typing import Final

from bot.nlu.entities.past import is_past
from bot.nlu.entities.reading import Reading, rule

NAMES: Final = {"hai": 0, "ba": 1, "tu": 2, "nam": 3, "sau": 4, "bay": 5}
WEEK: Final = r"(?:tuần (?:này|nay|sau|tới|trước|rồi|vừa rồi|qua|vừa qua))"
WEEKDAY: Final = rule(
    rf"(?<!\w)(?:(?P<pre>{WEEK}) ,?(?:vào |ngày )?)?(?P<day>ngày )?"
    r"(?:(?P<thu>thứ) ?(?P<name>hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])(?: đầu tuần)?|t(?P<t>[2-7])"
    r"|(?P<sunday>chủ nhật|chúa nhật|cnhật|cn))(?![\w/])"
    r"(?! ?(?:tr|triệu|k|nghìn|ngàn|cái|chiếc|đồng|mươi|%)(?!\w))"
    rf"(?:,? (?:của )?(?P<post>{WEEK}|này|vừa rồi|vừa qua|trước|rồi"
    r"|(?:tới|sau)(?! ?\d| thứ| t\d| cn| chủ| \w+ (?:giờ|h))))?(?!\w)"
)
ORDINAL: Final = rule(
    r"(?<!\w)(?:bên|lần|cái|chiếc|người|đơn|máy|thứ|con|bạn|khách|lớp|bước|cách|xét tuyển"
    r"|tuyển sinh|câu|điều|mục|màn|bài|hát|phát|trang|tầng|dòng|món|sự kiện|mỗi|hàng|\d) $"
)
COUNTING: Final = rule(r"(?<!\w)thứ (?:nhất|1)(?!\w)")  # "thứ nhất …, thứ hai …"
NOW_BEFORE: Final = rule(r"(?<!\w)(?:là|nay|hnay) $")
BRANCH: Final = rule(
    r"\s*(?:\x00|nào|ở|đường|quận|q\.?|phường|tại|hcm|sg|hn|đn|đà|hà|gần|của)(?!\w)"
)
WEEKS: Final = {"sau": 1, "tuan sau": 1, "tuan toi": 1, "tuan nay": 0}
LAST_WEEK: Final = frozenset({"tuan truoc", "tuan roi", "tuan vua roi", "tuan qua", "tuan vua qua"})


def weekday(read: Reading, match: re.Match[str], today: date) -> date | None:
    """The next such day, the one of the week that is named, or the last one if it is past."""
    if ORDINAL.search(read.before(match.start())):
        return None
    if match["thu"] and COUNTING.search(read.said):
        return None
    if match["sunday"] == "cn" and BRANCH.match(read.after(match.end())):
        return None  # "chi nhánh"
    if match["thu"] == "thu" and read.accented:
        return None  # to collect, and autumn
    before = read.before(match.start())
    if NOW_BEFORE.search(before) and (match["day"] or read.part(match, "post") == "roi"):
        return None  # "hôm nay là ngày thứ ba rồi"
    name = match["t"] or read.part(match, "name")
    wanted = 6 if match["sunday"] else int(name) - 2 if name.isdigit() else NAMES[name]
    which = read.part(match, "post") or read.part(match, "pre")
    monday = today - timedelta(days=today.weekday())
    if which in WEEKS:
        return monday + timedelta(days=7 * WEEKS[which] + wanted)
    if which in LAST_WEEK:
        return monday + timedelta(days=wanted - 7)
    ahead = (wanted - today.weekday()) % 7
    if which == "nay":
        return today + timedelta(days=ahead)
    if which != "toi" and (which or is_past(read, *match.span())):
        return today - timedelta(days=(today.weekday() - wanted) % 7 or 7)
    return today + timedelta(days=ahead or 7)
