"""Promises of a time in what an agent writes: "em gọi lại lúc 15h", "chiều nay bên em báo lại".

A promise names one of ours who will do something, and when. What the customer is to do, what has
been done, a question and a condition are none.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from bot import due
from bot.models import Promised
from bot.nlu.entities.reading import Reading, rule

KINDS: Final = ("callback", "follow_up", "visit")
TEXT_LIMIT: Final = 300  # letters
FARTHEST: Final = timedelta(days=90)
KEPT_WITHIN: Final = timedelta(minutes=15)  # a call is marked when it is over

_YOU: Final = "anh/chị|a/c|anh|chị|cô|chú|bác|ông|bà|dì|bạn|khách"
_WE: Final = (
    "em|e|cháu|mình|tôi|tui|shop|kho|cửa hàng|nhân viên|kỹ thuật viên|kỹ thuật|kĩ thuật|thợ"
    "|tổng đài|kế toán|quản lý|bộ phận"
)
_CALLED: Final = f"(?:{_YOU}|mình|a|c)"
_SO: Final = r"(?= (?:nhé|nha|ạ|nghen)(?!\w)|[ .!]*$)"  # "tầm 4h em gọi nhé"
_DOES: Final = {
    "callback": rf"gọi{_SO}|gọi (?:điện|lại|cho|xác nhận|báo|qua|video|{_CALLED})"
    rf"|(?:alo|call) (?:lại|cho|{_CALLED})|điện (?:lại|cho|thoại)"
    rf"|liên (?:hệ|lạc) (?:lại|với|cho|{_CALLED})",
    "follow_up": rf"(?:báo|nhắn){_SO}|báo (?:lại|cho|kết quả|giá|tin|{_CALLED})"
    rf"|nhắn (?:lại|cho|tin|{_CALLED})|phản hồi|trả lời|rep|thông báo|cập nhật|gửi|gởi|inbox|ib"
    r"|có (?:kết quả|câu trả lời|thông tin)|chuyển khoản|hoàn (?:tiền|lại)"
    r"|(?:xử lý|giải quyết) xong",
    "visit": r"(?:qua|tới|đến|ghé) (?:tận nơi|nhà|chỗ|lấy|lắp|sửa|kiểm tra|bảo hành|giao|đo"
    rf"|{_CALLED})|hẹn (?:gặp|{_CALLED})",
}
_VERBS: Final = {kind: rule(rf"(?<![\w/])(?:{does})(?!\w)") for kind, does in _DOES.items()}
# Who is to do it: the last one named before the verb, unless something is done to them.
_NAMED: Final = rule(rf"(?<![\w/])(?:(?P<we>{_WE})|(?P<you>{_YOU}))(?![\w/])")
_OBJECT: Final = rule(
    r"(?:của|cho|với|giúp|gọi|báo|gửi|gởi|nhắn|gặp|hẹn|chờ|đợi|cùng|lại|đơn|máy|hỗ trợ|xin) $"
)
_ASKED_OF_YOU: Final = rule(
    r"(?:^|\0|dạ|vâng|nhờ|mời|phiền|để|thì|mong|nhắc|rồi|và|khi|nhé|ạ)[ \0]*$"
)
_TO_US: Final = rule(
    r"^(?: (?:lại|cho|với|về|qua|vào|giúp|ảnh|hình|tin|số|tới|đến))*"
    r" (?:em|shop|cháu|bên (?:em|mình)|hotline|tổng đài|cửa hàng)(?!\w)"
)
# Words that may stand before a verb whose doer is left out.
_FILLS: Final = frozenset(
    """dạ da vâng vang ok oke rồi roi và va sẽ se xin phép phep thì thi lúc luc khoảng khoang tầm
    tam trước truoc muộn muon nhất nhat sáng sang trưa trua chiều chieu tối toi hôm hom ngày ngay
    trong là la chậm cham từ tu vào vao nên nen sau đó do sớm som""".split()  # noqa: SIM905
)
_UNDONE: Final = rule(
    r"(?<!\w)(?:không|ko|hông|chưa|chẳng|đừng|khỏi|đã|vừa|mới|hồi|nãy|thường|từng)(?!\w)"
)
_CONDITION: Final = rule(
    r"(?<!\w)(?:nếu|khi nào|lúc nào|bất cứ|trường hợp|lỡ|nhỡ|bao giờ|mấy giờ|giờ nào|hễ)(?!\w)"
)
_ASKS: Final = rule(
    r"(?<!\w)(?:được không|được hong|được ko|đc không|đc ko|phải không|đúng không|không ạ|chưa ạ"
    r"|muốn|tiện (?:nghe|không))(?!\w)"
)
_DONE: Final = rule(r"(?<!\w)rồi(?: (?:ạ|anh|chị|cô|chú|bác|bạn|mình|nha|nhé|nè|đó))*\W*$")
_WILL_YOU: Final = rule(r"(?<!\w)(?:nhé|nha|nhe|nghen)(?: ạ)?\s*\?")
_SENTENCE: Final = re.compile(r"(?:[^.!?;\n]|\.(?=\d))+[.!?;\n]*")


def find(text: str, now: datetime) -> Promised | None:
    """The first promise of a time in an agent's words, `now` an aware time. None when nothing is
    promised, or for no time that can be told."""
    for sentence in _SENTENCE.findall(text):
        if promised := _promise(" ".join(sentence.split()), now):
            return promised
    return None


def _promise(sentence: str, now: datetime) -> Promised | None:
    low = Reading(sentence).low
    asks = "?" in sentence and not _WILL_YOU.search(low)
    if asks or any(each.search(low) for each in (_CONDITION, _ASKS, _DONE)):
        return None
    clauses = [due.read(each, now) for each in re.split(r",| - | – ", sentence)]
    for place, clause in enumerate(clauses):
        kind = _kind(clause.low)
        # "Chiều nay, em gọi lại": the time may stand beside.
        beside = [*clauses[:place][-1:], *clauses[place + 1 :][:1]]
        dues = [clause.due, *(each.due for each in beside if not _does(each.low))]
        moment = next((each for each in dues if each), None)
        if kind and moment and timedelta(0) < moment - now <= FARTHEST:
            return Promised(kind, sentence[:TEXT_LIMIT], moment.astimezone(now.tzinfo))
    return None


def _does(low: str) -> bool:
    return any(pattern.search(low) for pattern in _VERBS.values())


def _kind(low: str) -> str | None:
    """What one of ours will do, as the clause says."""
    for kind, pattern in _VERBS.items():
        for verb in pattern.finditer(low):
            if _is_ours(low[: verb.start()], kind) and not _TO_US.match(low[verb.end() :]):
                return kind
    return None


def _is_ours(before: str, kind: str) -> bool:
    """Whether one of us does what comes after these words, and has not done it."""
    for named in reversed(list(_NAMED.finditer(before))):
        ahead = before[: named.start()]
        if named["we"] and not _OBJECT.search(ahead):
            return not _UNDONE.search(before[named.end() :])
        if named["you"] and _ASKED_OF_YOU.search(ahead):
            return False
    left = before.replace("\0", " ").split()
    return kind != "visit" and _FILLS.issuperset(left)
