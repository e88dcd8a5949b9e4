"""Who a customer is and where they live, as forms ask for it."""

import re
from typing import Any, Final

from actions import wards
from actions.forms import NOT_AN_ANSWER, TRIES_TO_ANSWER, Field, Heard, entity
from actions.talk import plain

# What comes before a name: "em tên Lan", "mình là Hùng".
BEFORE_A_NAME: Final = re.compile(
    r"^(?:(?:dạ|da|vâng|à)\s+)?"
    r"(?:(?:anh|chị|chi|em|mình|minh|tôi|toi|tui|cô|chú|bác)\s+)?"
    r"(?:(?:tên|ten|là|la|họ tên|ho ten)\s+)*",
    re.IGNORECASE,
)
TITLE: Final = re.compile(
    r"(?:anh|chị|chi|em|cô|co|chú|chu|bác|bac|ông|ong|bà|ba)\s", re.IGNORECASE
)
# Words of answers that are no name: "đổi sang màu trắng".
NO_NAME: Final = frozenset(
    "doi sang mau cai con lay mua giao ship bao gia co khong ko nay gi".split()  # noqa: SIM905
)
GOODS: Final = frozenset({"product", "category", "color", "storage", "quantity", "payment_method"})
NAMED: Final = TRIES_TO_ANSWER - {"affirm", "deny"} | {"greet", "chitchat"}
NO_NAMES: Final = NOT_AN_ANSWER | {"affirm", "deny", "cancel_order", "track_order"}
AFTER_A_NAME: Final = re.compile(r"\s+(?:nhé|nhe|nha|ạ|nghen|em|shop)$", re.IGNORECASE)
LONGEST_NAME: Final = 5  # words
STREET_WORDS: Final = (
    "số",
    "đường",
    "ngõ",
    "hẻm",
    "thôn",
    "ấp",
    "khu",
    "tổ",
    "chung cư",
    "toà",
    "xóm",
)


def read_name(heard: Heard) -> str | None:
    """A name that is said as one, or the few words that answer the question for it."""
    found: str | None = heard.first("person_name")
    if found or not heard.asked or "?" in heard.text or GOODS & heard.entities.keys():
        return found
    name = BEFORE_A_NAME.sub("", re.split(r"[,;\d]", heard.text)[0].strip(" .!"))
    words = AFTER_A_NAME.sub("", name).split()
    if not 0 < len(words) <= LONGEST_NAME or not all(word.isalpha() for word in words):
        return None
    if NO_NAME & set(plain(name).split()) or not may_be_a_name(heard, words):
        return None
    return " ".join(word.capitalize() for word in words)


def may_be_a_name(heard: Heard, words: list[str]) -> bool:
    """Whether words that were taken for something else are a name: the model knows few names."""
    if heard.intent in NAMED:
        return True
    if heard.intent in NO_NAMES:
        return False
    capitals = all(word[0].isupper() for word in words)
    if heard.intent.startswith(("ask_", "faq_")):
        return capitals and bool(TITLE.match(heard.text))
    return capitals or (len(words) == 1 and heard.intent != "insult")


def read_street(heard: Heard) -> str | None:
    """House number and street, or the words that answer the question for them."""
    found: str | None = heard.first("street")
    if found or not heard.asked or heard.intent not in TRIES_TO_ANSWER:
        return found
    street = re.split(r"[,;]", heard.text)[0].strip(" .!")
    if heard.first("phone") or "?" in heard.text:
        return None
    named = any(f" {plain(word)} " in f" {plain(street)} " for word in STREET_WORDS)
    place = heard.first("ward") or heard.first("province")
    return (
        street
        if len(street) >= 4 and not place and (named or re.search(r"\d+\s+\w", street))
        else None
    )


def read_ward(heard: Heard) -> str | None:
    """A ward, with the district of old that was told beside it."""
    ward, district = heard.first("ward"), heard.first("district")
    return f"{ward}, {district}" if ward and district else ward


def address(values: dict[str, Any]) -> str:
    """Street, ward and province in one line, the ward as it is called today."""
    ward, _, district = str(values["ward"]).partition(", ")
    province = str(values["province"])
    return ", ".join((str(values["street"]), wards.present(ward, district, province), province))


def moved(known: dict[str, Any], given: dict[str, Any]) -> tuple[str, ...]:
    """The parts of an address that no longer hold when another province is given."""
    before, after = known.get("province"), given.get("province")
    if not before or not after or before == after:
        return ()
    return tuple(part for part in ("ward", "street") if part not in given)


PERSON_NAME: Final = Field(
    "person_name", read_name, "tên người nhận", "Nguyễn Thị Lan", ask="utter_ask_receiver_name"
)
PHONE: Final = Field(
    "phone",
    entity("phone"),
    "số điện thoại 10 chữ số",
    "0900 000 001",
    ask="utter_ask_receiver_phone",
)
STREET: Final = Field("street", read_street, "số nhà và tên đường", "12 Trần Phú")
WARD: Final = Field("ward", read_ward, "phường hoặc xã", "phường Hải Châu")
PROVINCE: Final = Field("province", entity("province"), "tỉnh hoặc thành phố", "Đà Nẵng")
