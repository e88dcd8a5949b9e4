"""Names of people, from wordings that leave no doubt: "tên Lan", "người nhận: chị Hoa"."""

import re
from collections.abc import Iterator
from typing import Final

from bot.nlu.entities.found import Found
from bot.nlu.entities.names import lists
from bot.nlu.entities.reading import HIDDEN, Reading, Word, rule

TITLE: Final = r"(?:(?:chị|anh|em|cô|chú|bác|ông|bà|bạn|mr|ms|mrs)\.? )?"
# Without capitals a name is believed behind a wording as far as the wording goes: that it looks
# like a given name, or that it begins with a family name, or not at all.
GIVEN, FAMILY, CAPITALS = range(3)
WORDINGS: Final = (
    (
        GIVEN,
        rule(
            r"(?<!\w)(?:(?:họ (?:và |&)?)?tên(?: đầy đủ)?"
            r"|tên (?:người|ng|khách|ngừoi) (?:nhận|đặt|mua|hàng))"
            r"(?: (?:của|mình|em|tôi|tớ|tui|anh|chị|cô|chú|bác|c|e|a|mẹ|má|ba|bố|vợ|chồng"
            r"|người nhận|nhận hàng|khách)(?!\w))*(?: ?[:=\-]| (?:là|la)(?= )"
            rf"| (?:thành|sang)(?= (?:chị|anh|cô|chú|bác) ))? ?{TITLE}"
        ),
    ),
    (GIVEN, rule(rf"(?<!\w)(?:người|ng|khách) (?:nhận|đặt|mua)(?: hàng)?(?: là|:| :) ?{TITLE}")),
    (
        FAMILY,
        rule(
            r"(?<!\w)(?:mình|em|tôi|tui|anh|chị|cô|chú|bác|tớ|cháu) (?:tên là|là|tên) "
            r"(?:chị |anh |cô |chú |bác )?"
        ),
    ),
    (
        CAPITALS,
        rule(
            r"(?<!\w)(?:(?:người|ng|khách) (?:nhận|đặt|mua|liên hệ)(?: hàng)?|khách hàng|kh"
            rf"|liên hệ|nhận hàng|gặp)(?!\w)(?: (?:tên|là|la))?(?: ?[:=\-])? ?{TITLE}"
        ),
    ),
    (
        CAPITALS,
        rule(
            r"(?<!\w)(?:giao|gửi|gởi|ship|đưa)(?: hàng)? cho (?:chị|anh|cô|chú|bác|em|ông|bà|bạn) "
        ),
    ),
)
NO_PERSON: Final = rule(
    r"(?:nhân viên|quản lý|quản lí|tư vấn|trưởng|giám đốc|bộ phận|kỹ thuật|tổng đài|kế toán|đúng"
    r"|như)(?!\w)"
)
# A name that opens the message, with the phone right behind.
FIRST: Final = rule(rf"\s*(?:(?:dạ|alo|shop|shop ơi|ad|em|em là|mình là)[, ]+){{0,2}}{TITLE}")
PHONE_NEXT: Final = rule(
    r"\s*[,\-–;:\n]?\s*(?:(?:sdt|sđt|đt|dt|số|phone)(?: điện thoại)?)?[:\s]*(?:\+ ?84|0) ?[35789]"
)
WORD: Final = re.compile(r"[^\W\d_]+")
MOST: Final = 5  # words of a name


def find_names(read: Reading) -> Iterator[Found]:
    """People who are introduced."""
    for belief, pattern in WORDINGS:
        for match in read.find(pattern):
            found = name_at(read, match.end(), belief)
            if found:
                yield found
    first = FIRST.match(read.low)
    if first and HIDDEN in read.low:
        found = name_at(read, first.end(), GIVEN)
        if found and PHONE_NEXT.match(read.said, found.end):
            yield found


def name_at(read: Reading, start: int, belief: int) -> Found | None:
    """The name that begins here."""
    row = words_from(read, start)
    if not row or row[0].text in lists()["no_name"] or NO_PERSON.match(read.low, row[0].start):
        return None
    shouted = read.text.isupper()
    if read.text[row[0].start].isupper() and not shouted:
        size = next((n for n, w in enumerate(row) if not read.text[w.start].isupper()), len(row))
    else:
        size = 0 if belief == CAPITALS else size_without_capitals(read, row, belief)
    if not size:
        return None
    name = " ".join(read.text[row[0].start : row[size - 1].end].split())
    name = name.title() if shouted or name.islower() else name
    return Found("person_name", name, row[0].start, row[size - 1].end)


def size_without_capitals(read: Reading, row: list[Word], belief: int) -> int:
    """How many of these words are a name: a family name and up to three more, or given names."""
    stop = next((n for n in range(1, len(row)) if is_stop(read, row, n)), len(row))
    if row[0].text in lists()["surnames"] and stop > 1:
        return min(stop, 4)
    if belief != GIVEN:
        return 0
    given = lists()["given"]
    return next((n for n in range(min(stop, 2)) if row[n].text not in given), min(stop, 2))


def is_stop(read: Reading, row: list[Word], at: int) -> bool:
    """Whether a word cannot be part of the name; "thi" can where "Thị" stands, "a" at the end."""
    has_surname = row[0].text in lists()["surnames"]
    if row[at].end - row[at].start == 1:
        return not (has_surname and at > 1 and read.low[row[at].start] == row[at].text)
    is_thi = has_surname and at == 1 and row[at].text == "thi"
    return row[at].text in lists()["stop"] and not is_thi


def words_from(read: Reading, start: int) -> list[Word]:
    """The words from here on that have only single spaces between them."""
    row: list[Word] = []
    end = start
    for match in WORD.finditer(read.low, start, start + 60):
        if read.low[end : match.start()] not in (("", " ") if not row else (" ",)):
            break
        row.append(Word(read.bare[match.start() : match.end()], *match.span()))
        end = match.end()
        if len(row) == MOST:
            break
    return row
