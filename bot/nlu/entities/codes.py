"""Codes: e-mail, phone, IMEI, order, repair, complaint, tax.

Kinds are taken in order and each hides what it took, and no two of them can match the same
characters: an order code begins with letters, a phone may not follow a letter or a digit.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from bot.nlu.entities.found import Found
from bot.nlu.entities.reading import Reading, loose, rule

GAP: Final = r"[ .\-_()]{0,2}"  # what people put between groups of digits
AS_DIGITS: Final = str.maketrans("oil", "011")  # letters typed for the digits they look like
NOT_DIGITS: Final = re.compile(r"\D")

# What makes the next number an account or a serial, with a few words between: "stk của mình là".
NUMBERED: Final = rule(
    r"(?:stk|số tk|tk|tài khoản|chuyển khoản|serial|seri|s/n|sn|imei)\W*"
    r"(?:(?:là|số|của|mình|em|anh|chị|shop|ngân hàng|nh|vcb|mb|tcb|acb|bidv|vtb"
    r"|\w+ ?bank)\W+){0,4}$"
)
SERIAL_HEAD: Final = re.compile(r"(?<!\w)(?=[a-z\d]*\d)(?=[a-z\d]*[a-z])[a-z\d]{2,20}[-/.]$")


def digits(text: str) -> str:
    """Only the digits."""
    return NOT_DIGITS.sub("", text)


def is_numbered(read: Reading, start: int) -> bool:
    """Whether what stands before makes a number an account or part of a serial."""
    before = read.before(start)
    return bool(NUMBERED.search(before) or SERIAL_HEAD.search(before))


def read_phone(read: Reading, start: int, end: int) -> str | None:
    """0 and nine digits, also for +84. Not an account, not a serial."""
    text = read.low[start:end]
    found = digits(text.translate(AS_DIGITS))
    if len(digits(text)) < 4 or is_numbered(read, start):
        return None
    return "0" + found[-9:]


def read_imei(read: Reading, start: int, end: int) -> str | None:
    """Fifteen digits whose check digit (Luhn) is right."""
    found = digits(read.low[start:end])
    doubled = [int(d) * (1 + at % 2) for at, d in enumerate(found)]
    return found if sum(d // 10 + d % 10 for d in doubled) % 10 == 0 else None


def read_tax(read: Reading, start: int, end: int) -> str | None:
    """Ten digits, and three more after a hyphen for a branch."""
    found = digits(read.low[start:end])
    return found if len(found) == 10 else f"{found[:10]}-{found[10:]}"


def read_digits(read: Reading, start: int, end: int) -> str | None:
    return digits(read.low[start:end])


def read_email(read: Reading, start: int, end: int) -> str | None:
    return read.low[start:end]


def code(letters: str) -> Callable[[Reading, int, int], str | None]:
    """Reads a code as its letters and its digits, nothing between."""

    def read_code(read: Reading, start: int, end: int) -> str | None:
        text = read.low[start + len(letters) : end]
        if len(digits(text)) < 4:
            return None
        return letters + digits(text.translate(AS_DIGITS))

    return read_code


@dataclass(frozen=True)
class Kind:
    """One kind of code: where it may stand (its first group) and how it is read."""

    name: str
    pattern: re.Pattern[str]
    read: Callable[[Reading, int, int], str | None]


def kind(name: str, pattern: str, read: Callable[[Reading, int, int], str | None]) -> Kind:
    return Kind(name, re.compile(loose(pattern).replace("~", GAP)), read)


# A phone follows no letter and no digit, but for these words.
BEFORE_PHONE: Final = r"(?:(?<!\w)|(?<=(?<!\w)sđt)|(?<=(?<!\w)đt)|(?<=(?<!\w)zalo))"
KINDS: Final = (
    kind(
        "email",
        r"(?<![\w.+\-])([a-z0-9][\w.+\-]{0,63}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,4})",
        read_email,
    ),
    kind(
        "tax_code",
        r"(?:mst|mã số thuế|mã thuế|mã số doanh nghiệp|msdn)\W{0,3}"
        r"(?:(?:là|của|công ty|cty|bên|em|mình|anh|chị|tôi)\W{1,3}){0,4}"
        r"(\d(?:~\d){9}(?: ?- ?\d{3})?)(?!\w)(?!~\d)",
        read_tax,
    ),
    kind("tax_code", r"(?<![\w.\-])(\d{10}-\d{3})(?![\w\-])", read_tax),
    kind(
        "phone",
        BEFORE_PHONE + r"((?:\(?\+~84|(?:00)?84|\(?[0o])~[35789](?:~[\do]){8})(?!\w)",
        read_phone,
    ),
    kind("imei", r"(?<![\w.])(\d(?:~\d){14})(?!\w)", read_imei),
    kind("order_code", r"(?<!\w)(b~t~\d(?:~[\doil]){7})(?!\w)", code("BT")),
    kind("repair_code", r"(?<!\w)(s~c~\d(?:~\d){3})(?!\w)(?!~\d)", code("SC")),
    kind("complaint_code", r"(?<!\w)(k~n~\d(?:~\d){3})(?!\w)(?!~\d)", code("KN")),
    kind("phone_last4", r"(?:cuối|đuôi)\D{0,20}(?<!\w)(\d(?:~\d){3})(?!\w)", read_digits),
)

# Four digits alone, not a year, a model, a price, a date or a measure. Asked last of all.
LAST4: Final = kind(
    "phone_last4",
    r"(?<![\w.,/:+\-\x01\x02])(?<!\x01 )(?<!\x02 )(?<!năm )(?<!số nhà )(?<!model )(?<!mã )"
    r"(?<!căn )(?<!phòng )(?<!1900 )(?<!1800 )(?!1[89]00 \d)(\d{4})"
    r"(?![\w/:\-\x01\x02]|[.,]\d|\s\d{3}(?!\d)|\s?(?:đ|đồng|vnd|vnđ|k|tr|triệu|nghìn|ngàn|củ|w|mah|gb|btu|hz"
    r"|lít|kg|inch|cái|chiếc|bộ|máy|con|ngày|tháng|năm|người|điểm|giờ|phút|vòng|rpm|dpi)(?!\w))",
    read_digits,
)


YEAR: Final = re.compile(r"19[5-9]\d|20[0-4]\d")


def find_codes(read: Reading) -> Iterator[Found]:
    """Every code of the message."""
    if "@" in read.low or read.has_digit:
        for sort in KINDS:
            yield from take(read, sort)


def find_last4(read: Reading) -> Iterator[Found]:
    """Four digits that nothing else has claimed: the end of a phone number."""
    if read.has_digit:
        for found in take(read, LAST4):
            if not YEAR.fullmatch(str(found.value)) or is_all_there_is(read):
                yield found


def is_all_there_is(read: Reading) -> bool:
    """Whether a message has hardly a word beside its numbers."""
    return sum(word.text.isalpha() for word in read.words) <= 3


def take(read: Reading, sort: Kind) -> Iterator[Found]:
    for match in read.find(sort.pattern):
        start, end = match.span(1)
        if read.is_free(start, end):
            value = sort.read(read, start, end)
            if value is not None:
                yield Found(sort.name, value, start, end)
