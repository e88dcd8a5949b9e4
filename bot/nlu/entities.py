"""Codes and numbers that are read by rule, never learnt: order, repair, complaint, IMEI, phone.

Kinds are taken in order and each blanks out what it took, and no two of them can match the same
characters: an order code begins with letters, a phone may not follow a letter or a digit.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

GAP: Final = r"[ .\-_\u00a0\u200b-\u200d\ufeff]{0,2}"  # what people put between groups of digits
DIGITS: Final = re.compile(r"\d")


def digits(text: str) -> str:
    """Only the digits, in ASCII."""
    return "".join(DIGITS.findall(unicodedata.normalize("NFKC", text)))


def read_phone(text: str) -> str | None:
    """0 and nine digits, also for +84."""
    number = digits(text)
    return "0" + number[2:] if number.startswith("84") else number


def read_imei(text: str) -> str | None:
    """Fifteen digits whose check digit (Luhn) is right."""
    number = digits(text)
    doubled = [int(d) * (1 + at % 2) for at, d in enumerate(number)]
    return number if sum(d // 10 + d % 10 for d in doubled) % 10 == 0 else None


def code(letters: str) -> Callable[[str], str | None]:
    """Reads a code as its letters and its digits, nothing between."""
    return lambda text: letters + digits(text)


@dataclass(frozen=True)
class Kind:
    """One kind of entity: where it may stand and how it is read."""

    name: str
    pattern: re.Pattern[str]
    read: Callable[[str], str | None]


def kind(name: str, pattern: str, read: Callable[[str], str | None]) -> Kind:
    return Kind(name, re.compile(pattern.replace("~", GAP)), read)


KINDS: Final = (
    kind("email", r"(?<!\w)([a-z0-9][\w.+\-]*@[\w\-]+(?:\.[\w\-]+)+)", str.lower),
    # A bank account may look like a phone: never after "stk".
    kind(
        "phone",
        r"(?<!\w)(?<!stk )(?<!stk: )(?<!khoan )(?<!khoản )"
        r"((?:\+~84|84|0)~[35789](?:~\d){8})(?!\w)",
        read_phone,
    ),
    kind("imei", r"(?<![\w.])(\d(?:~\d){14})(?!\w)", read_imei),
    kind("order_code", r"(?<!\w)(b~t~\d(?:~\d){7})(?!\w)", code("BT")),
    kind("repair_code", r"(?<!\w)(s~c~\d(?:~\d){3})(?!\w)(?!~\d)", code("SC")),
    kind("complaint_code", r"(?<!\w)(k~n~\d(?:~\d){3})(?!\w)(?!~\d)", code("KN")),
    kind("phone_last4", r"(?:cuối|cuoi|đuôi|duoi)\D{0,20}(?<!\w)(\d(?:~\d){3})(?!\w)", digits),
    # Four digits alone, not a year, a price, a date or a measure.
    kind(
        "phone_last4",
        r"(?<![\w.,/:+\-])(?<!năm )(?<!nam )(?<!số nhà )(\d{4})"
        r"(?![\w/:\-]|[.,]\d|\s?(?:đ|d|đồng|dong|vnd|vnđ|k|tr|triệu|trieu|nghìn|nghin|ngàn|ngan|củ|w|"
        r"mah|gb|cái|cai|chiếc|chiec|ngày|ngay|người|nguoi)\b)",
        digits,
    ),
)


@dataclass(frozen=True)
class Found:
    """An entity and the stretch of raw text it stands in."""

    kind: str
    value: str
    start: int
    end: int


def find(text: str) -> list[Found]:
    """Every entity of a message, in reading order."""
    left = plain(text)
    found = []
    for sort in KINDS:
        for match in sort.pattern.finditer(left):
            start, end = match.span(1)
            value = sort.read(match[1])
            if value is not None and "\0" not in match[1]:
                found.append(Found(sort.name, value, start, end))
                left = left[:start] + "\0" * (end - start) + left[end:]
    return sorted(found, key=lambda entity: entity.start)


def plain(text: str) -> str:
    """Lower case, and full-width forms made plain, letter by letter: places stay the same."""
    return "".join(c if len(c) == 1 else raw for raw, c in zip(text, map(fold, text), strict=True))


def fold(character: str) -> str:
    return unicodedata.normalize("NFKC", character).lower()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class VietEntityExtractor(EntityExtractorMixin, GraphComponent):  # type: ignore[misc, unused-ignore]
    """Puts what `find` finds on the message."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "VietEntityExtractor":
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            entities = [
                {"entity": e.kind, "value": e.value, "start": e.start, "end": e.end}
                for e in find(message.get(TEXT) or "")
            ]
            known = message.get(ENTITIES, [])
            message.set(ENTITIES, known + self.add_extractor_name(entities), add_to_output=True)
        return messages
