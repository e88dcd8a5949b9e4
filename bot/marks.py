"""The mark in the answer to a survey's question, where people have only words to give it:
"9/10", "mười", "cho 8 điểm nha shop", "5 sao", "⭐⭐⭐⭐".

Who has been asked for a mark gets by with less than somebody who gives one unasked, but not with
guessing: what may as well be something else is no mark, and is asked for again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from bot.nlu.entities.codes import find_codes
from bot.nlu.entities.extract import keep
from bot.nlu.entities.numbers import NUMBER, OTHER_WORDS, number
from bot.nlu.entities.ratings import ASKING, FIVE, OF, SHOWN, find_marks
from bot.nlu.entities.reading import Reading, rule
from bot.nlu.text import LAUGHTER, TOKEN


class Scale(NamedTuple):
    """Whole marks from `low` to `high`, both included."""

    low: int
    high: int


SATISFACTION: Final = Scale(1, 5)  # CSAT, and each attribute of CSI
RECOMMENDATION: Final = Scale(0, 10)  # NPS
FACES: Final = "😡🙁😐🙂😍"  # of a question from 1 to 5: what its buttons show

# Why there is no mark: none was given; it is beyond the scale or of another one; there are several,
# or it lies between two ("8,5").
Unclear = Literal["none", "outside", "several"]

# Words for numbers that bot.nlu does not read, without accents.
WORDS: Final = {
    **{"khong": 0, "ko": 0, "hong": 0, "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4},
    **{"five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10},
}
NO: Final = frozenset({"khong", "ko", "hong"})  # nought only in "không điểm", "không trên mười"
SAID: Final = rf"(?:{NUMBER}|không|hông|{'|'.join(WORDS)})"
JOIN: Final = r"(?: ?(?:-|–|~|,(?= )) ?| (?:hoặc|hay|tới|đến|or) | )"
UNIT: Final = (
    rf"(?: ?(?:(?P<points>điểm|đỉm|đim|đ|points?|pts?)|(?P<stars>(?:ngôi )?sao|stars?|[*{SHOWN}])))"
)
# The words that may stand about a mark without making it a count of something else.
LEAD: Final = (
    r"(?:(?:dạ|từ|vâng|ừ|uh|uhm|ok|oke|okie|xin|thì|chắc|có lẽ|là|số|điểm|mức|mức độ|khoảng|tầm|cỡ"
    r"|chừng|shop|sốp|bạn|nhân viên|nv|ad|đáp án|trả lời|full|tổng|chung|hẳn|luôn|được|đc|đúng|tròn"
    r"|(?<!cho )(?:mình|tôi|tui|tớ|mik|mk)"
    r"|(?:(?:em|anh|chị|cô|chú|bác|con) )?(?:cho(?: em(?! cho))?|chấm|chọn|đánh giá|đg|vote|rate"
    r"|tặng|nghĩ|thấy))[:,]? ){0,6}"
)
TAIL: Final = (
    r"(?: ?(?:nha|nhá|nhé|nhe|nhen|nghen|nghe|hen|hén|hỉ|ạ|á|nè|nì|nhoa|luôn|lun|thôi|hoy|thui|đó"
    r"|đấy|đi|liền|hẳn|tròn|trọn vẹn|tuyệt đối|chẵn|gì đó|vậy|z|quá|rất|tốt|tuyệt|tuyệt vời"
    r"|xuất sắc|ok|oke|ổn|tạm|tệ|kém|dở|chán|thất vọng|hài lòng|ưng|good|perfect|cảm ơn|cám ơn"
    r"|thanks?|tks?|(?:cho )?(?:shop|sốp|em|bạn|ad|nv|nhân viên|chất lượng|thái độ|dịch vụ)(?: ơi)?"
    r")(?!\w)){0,8}"
)
REASON: Final = r"(?:vì|do|tại|bởi|nhưng|tuy|because|but|giao|ship|phục vụ|đóng gói|tư vấn)(?!\w)"
END: Final = rf"(?= *(?:$|\n|[^\w\s/:%+?\-−–$₫€]| ?{REASON}))"
BEGIN: Final = r"(?:^|(?<=[,.;!?…()\[\]\"'“”‘’>\n\0\u2600-\u27bf\U0001f300-\U0001faff])) *"
CLAUSE: Final = rule(
    rf"{BEGIN}(?P<lead>{LEAD})(?P<sign>[-−] ?|âm )?(?<!\d[,.])(?P<said>{SAID}(?:{JOIN}{SAID})*)"
    rf"(?P<part>[,.]\d\d?| rưỡi)?(?!\d|[,.]\d){OF}?{UNIT}?(?P<half> rưỡi)?(?!\w)"
    rf"(?P<tail>{TAIL}){END}"
)
ONE: Final = rule(rf"{SAID}(?!\w)")
CODE: Final = re.compile(r"\d{4,}|0\d\d+")  # or the end of a phone number
HALF: Final = rule(r" rưỡi(?!\w)")
STRETCHED: Final = re.compile(r"([^\W\d_])\1{2,}")
LAUGHING: Final = re.compile(rf"(?<!\w)(?:{LAUGHTER.pattern})(?!\w)", re.IGNORECASE)


class Given(NamedTuple):
    """A mark as it was given, on whatever scale."""

    value: float
    top: int | None  # of the scale, where it is said


def read_mark(text: str, scale: Scale) -> int | Unclear:
    """The mark that an answer gives, or why it gives none."""
    plain = STRETCHED.sub(r"\1", LAUGHING.sub("", text.replace("🔟", "10")))
    reading = Reading(plain)
    keep(reading, [], find_codes(reading))
    for token in TOKEN.finditer(reading.text):
        if token.lastgroup:  # a smiley
            reading.hide(*token.span())
    given = {*_pictures(text), *_alone(reading), *_within(reading)}
    fitting = {
        mark.value
        for mark in given
        if mark.top in (None, scale.high) and scale.low <= mark.value <= scale.high
    }
    if not fitting:
        return "outside" if given else "none"
    mark = fitting.pop()
    return int(mark) if not fitting and mark == int(mark) else "several"


def _pictures(text: str) -> Iterator[Given]:
    """One of the faces or some stars, and nothing else."""
    shown = [letter for letter in text if not letter.isspace() and letter != "\ufe0f"]
    if shown and set(shown) <= set(SHOWN):
        yield Given(len(shown), SATISFACTION.high)
    if len(set(shown)) == 1 and shown[0] in FACES:
        yield Given(FACES.index(shown[0]) + 1, SATISFACTION.high)


def _alone(reading: Reading) -> Iterator[Given]:
    """The numbers that are a clause of their own: "dạ 9 nha shop", "8 hoặc 9", "-1", "tám rưỡi"."""
    for match in reading.find(CLAUSE):
        start, end = match.span("said")
        values = [_value(reading, *one.span()) for one in ONE.finditer(reading.low, start, end)]
        if not _is_mark(reading, match) or ASKING.match(reading.low, match.end()):
            continue
        five = match["stars"] or reading.part(match, "of") in FIVE
        top = 5 if five else 10 if match["of"] else None
        for value in values:
            if value is not None:
                half = _part(match["part"] or match["half"]) if value == values[-1] else 0
                yield Given(-value if match["sign"] else value + half, top)
        reading.hide(start, match.start("tail"))


def _is_mark(reading: Reading, match: re.Match[str]) -> bool:
    """Whether the words are numbers here: "không" is no, "sau nha" is "later"."""
    if match["of"] or match["points"]:
        return True
    if CODE.search(match["said"]):
        return False
    said = set(reading.part(match, "said").split())
    is_bare = not reading.accented and not match["stars"] and bool(match["lead"] or match["tail"])
    return not said & NO and not (is_bare and said & OTHER_WORDS)


def _value(reading: Reading, start: int, end: int) -> int | None:
    word = reading.bare[start:end]
    return WORDS[word] if word in WORDS else number(reading, start, end)


def _part(said: str | None) -> float:
    """What is said behind the whole number: ",5", " rưỡi"."""
    if not said:
        return 0
    return 0.5 if said.strip().isalpha() else float("0." + said[1:])


def _within(reading: Reading) -> Iterator[Given]:
    """The marks with their scale or unit in the midst of other words."""
    for mark in find_marks(reading, asked=True):
        half = 0.5 if HALF.match(reading.low, mark.end) else 0
        yield Given(mark.value + half, mark.top)
