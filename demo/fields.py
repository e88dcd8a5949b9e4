"""What may be asked: a reader for each kind of field. It answers with the value or raises
ValueError."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from demo.spelling import mentions

LONGEST_TEXT: Final = 2000
NAME: Final = 200  # names, addresses
MOST_MONEY: Final = 10**10
LINE_BREAKS: Final = "\n\r\t"

Read = Callable[[Any], Any]


@dataclass(frozen=True)
class Field:
    """A field that must be there, unless it has a default."""

    read: Read
    default: Any = ...

    def __or__(self, default: Any) -> "Field":
        """`field | ""`: may be missing, or be just that."""
        return Field(lambda value: default if value == default else self.read(value), default)


def text(longest: int = LONGEST_TEXT) -> Field:
    """Words that are not empty, without control characters."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or not value.strip() or len(value) > longest:
            raise ValueError("not a text of that length")
        if any(
            unicodedata.category(letter) in ("Cc", "Cs") and letter not in LINE_BREAKS
            for letter in value
        ):
            raise ValueError("control characters")
        return value.strip()

    return Field(read)


def pattern(regex: str) -> Field:
    compiled = re.compile(regex, re.ASCII)

    def read(value: Any) -> str:
        if not isinstance(value, str) or not compiled.fullmatch(value):
            raise ValueError("not of that form")
        return value

    return Field(read)


def number(lowest: int, highest: int) -> Field:
    def read(value: Any) -> int:
        if type(value) is not int or not lowest <= value <= highest:
            raise ValueError("not a number in that range")
        return value

    return Field(read)


def one_of(*choices: str) -> Field:
    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in choices:
            raise ValueError("none of the choices")
        return value

    return Field(read)


def several(field: Field, most: int) -> Field:
    def read(value: Any) -> list[Any]:
        if not isinstance(value, list) or len(value) > most:
            raise ValueError("not a list of that length")
        return [field.read(each) for each in value]

    return Field(read, [])


def some_of(fields: Mapping[str, Field]) -> Field:
    """An object with one or more of the fields."""

    def read(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict) or not value or not value.keys() <= fields.keys():
            raise ValueError("not some of the fields")
        return {name: fields[name].read(each) for name, each in value.items()}

    return Field(read)


def _moment(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 40:
        raise ValueError("not a time")
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("a time without its zone")
    return moment.isoformat()


def _phone(value: Any) -> str:
    found = pattern(r"(?:0|\+84)(\d{9})").read(value)
    return "0" + str(found)[-9:]


def _serial(value: Any) -> str:
    """An IMEI or serial number as it is printed: capitals, without spaces."""
    found = str(pattern(r"[0-9A-Za-z .\-]{6,40}").read(value))
    return re.sub(r"[ .\-]", "", found).upper()


# How customers say the ways to pay; the first word is ours.
PAYMENTS: Final = {
    "cod": ("cod", "tiền mặt", "khi nhận hàng", "nhận hàng", "ship cod"),
    "installment": ("installment", "instalment", "trả góp", "góp"),
    "wallet": ("wallet", "ví", "momo", "zalopay", "vnpay"),
    "card": ("card", "thẻ", "visa"),
    "bank_transfer": ("bank", "chuyển khoản", "ck", "qr", "ngân hàng"),
}


def _payment(value: Any) -> str:
    said = text(NAME).read(value)
    for way, sayings in PAYMENTS.items():
        if any(mentions(said, saying) for saying in sayings):
            return way
    raise ValueError("no way to pay")


moment: Final = Field(_moment)
phone: Final = Field(_phone)
payment: Final = Field(_payment)
serial: Final = Field(_serial)
money: Final = number(0, MOST_MONEY)
order_code: Final = pattern(r"BT\d{8}")
last4: Final = pattern(r"\d{4}")
requester: Final = pattern(r"[\x21-\x7e]{1,100}")
key: Final = pattern(r"[\x21-\x7e]{1,200}")
email: Final = pattern(r"[\w.%+'-]{1,64}@[A-Za-z0-9-]{1,60}(?:\.[A-Za-z0-9-]{1,60}){1,4}")
tax_code: Final = pattern(r"\d{10}(?:-\d{3})?|\d{12}")
