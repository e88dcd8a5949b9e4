"""What several forms ask a customer for: name, phone, address, photos, and their own account."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from actions import wards
from actions.contact import read_name
from actions.forms import NOT_AN_ANSWER, NOT_NEEDED, Field, Heard, entity, likeliest
from actions.order import read_last4
from actions.talk import plain

# Never an account of what happened, and what is none when it is certain.
NEVER: Final = NOT_AN_ANSWER - {"stop_form"} | {"insult", "threaten_escalation", "report_scam"}
HARDLY: Final = frozenset(
    {
        "greet",
        "chitchat",
        "track_order",
        "check_warranty",
        "place_order",
        "request_callback",
        "request_data_rights",
    }
)
CERTAIN: Final = 0.9
LONG: Final = 8  # words: no question, but a story
# "Không quay nữa" tells of a fan, "không làm nữa" leaves.
LEAVES: Final = re.compile(
    r"^(thoi|dung|huy|khoi|bo)\b|\b(thoi|huy|khoi)$|hoi cai khac|"
    r"\b(khong|ko|k|hong|hok) (lam|can|muon|dien|hoi|lay|mua|gui|sua) nua\b"
)
# How people call what the shop repairs. The longest that stands in a message is the item.
GOODS: Final = re.compile(
    r"\b(điện thoại|dien thoai|smartphone|iphone|laptop|macbook|máy tính bảng|may tinh bang|ipad|"
    r"tablet|máy tính|may tinh|tivi|ti vi|tv|tủ lạnh|tu lanh|tủ đông|tu dong|máy giặt|may giat|"
    r"máy sấy|may say|máy lạnh|may lanh|điều hoà|điều hòa|dieu hoa|máy nước nóng|may nuoc nong|"
    r"bình nóng lạnh|binh nong lanh|tai nghe|loa|đồng hồ|dong ho|quạt|quat|nồi cơm(?: điện)?|"
    r"noi com(?: dien)?|máy in|may in|router|camera|robot hút bụi|robot hut bui|màn hình máy tính|"
    r"máy ảnh|may anh|máy lọc nước|may loc nuoc|củ sạc|cu sac|sạc dự phòng|sac du phong|chuột|"
    r"bàn phím rời)((?: bống| bong)(?: [\w+]+){1,2})?\b",
    re.I,
)
ASKS: Final = re.compile(r"\b(may gio|bao nhieu|bn|bao lau|o dau|the nao|lam sao|khi nao)\b")
ASKS_YES_OR_NO: Final = re.compile(r"\b(khong|ko|k|hong|chua|sao|gi)( (a|shop|em|ad|vay|v))*$")
MOST_PHOTOS: Final = 5


def another_matter(heard: Heard) -> bool:
    """Whether the message asks for something else than what a form is about.

    Free words are often taken for some intent; only a certain one counts, or a question.
    """
    said = plain(heard.text)
    if heard.intent == "stop_form":
        return LEAVES.search(said) is not None
    if heard.intent in NEVER or heard.text.endswith("?") or ASKS.search(said):
        return True
    if heard.intent in HARDLY or heard.intent.startswith(("ask_", "faq_")):
        certain = heard.confidence >= CERTAIN and len(said.split()) < LONG
        return certain or ASKS_YES_OR_NO.search(said) is not None
    return False


def told(heard: Heard) -> str | None:
    """The customer's own account, when it was asked for."""
    fits = heard.asked and not another_matter(heard) and len(heard.text) >= 4
    return heard.text[:500] if fits else None


def picked(options: Mapping[str, Sequence[str]], sure: Mapping[str, Sequence[str]]) -> Any:
    """Reads an option by its words when it was asked for; by the `sure` ones at any time."""

    def read(heard: Heard) -> str | None:
        if heard.text.endswith("?") or ASKS.search(plain(heard.text)):
            return None
        if heard.asked and (found := likeliest(heard.text, options)):
            return found
        return None if ASKS_YES_OR_NO.search(plain(heard.text)) else likeliest(heard.text, sure)

    return read


def digits_beside(code: str, letters: str) -> Any:
    """Reads the last four digits unless the form may be waiting for the four of a bare `code`."""

    def read(heard: Heard) -> str | None:
        named = code_of(code, letters)(heard) or heard.first("phone")
        if heard.asked or (named and not bare_digits(letters)(heard.text)):
            return read_last4(heard)
        return None

    return read


def code_of(kind: str, letters: str) -> Any:
    """Reads a code, also right before the four digits of a phone; alone, its digits will do."""
    written = re.compile(rf"(?<!\w){letters}[ .\-]?(\d{{4}})(?!\d)", re.I)

    def read(heard: Heard) -> str | None:
        if match := written.search(heard.text):
            return letters + match[1]
        found: str | None = entity(kind, bare=bare_digits(letters))(heard)
        return found

    return read


def bare_digits(letters: str) -> Any:
    """Reads four digits alone as a code with these letters."""

    def read(text: str) -> str | None:
        bare = re.sub(r"[\s.\-]", "", text)
        return letters + bare if re.fullmatch(r"\d{4}", bare) else None

    return read


def read_address(heard: Heard) -> str | None:
    """Where something is fetched or brought: all that was written when it was asked for."""
    street, *place = [
        heard.first(kind) or "" for kind in ("street", "ward", "district", "province")
    ]
    if heard.asked and not another_matter(heard):
        said = re.sub(r"^(dạ|em|địa chỉ|dia chi|đc|dc)[\s:]+(là\s+)?", "", heard.text, flags=re.I)
        return wards.with_present(said[:200], *place) if len(said.split()) >= 3 else None
    if not street or not any(place):
        return None
    ward, district, province = place
    known = (street, wards.present(ward, district, province) if ward else district, province)
    return ", ".join(part for part in known if part)


def read_photos(heard: Heard) -> int | str | None:
    """How many files came with the message; the conversation keeps them, at most five count."""
    if heard.asked and re.match(r"(khong|ko|k|chua|hong) ", plain(heard.text)):
        return NOT_NEEDED  # "không chụp được"
    return min(len(heard.attachments), MOST_PHOTOS) or None


def with_photos(account: str, photos: int | None) -> str:
    """What was told, and that there is something to look at in the conversation."""
    return f"{account} ({photos} tệp trong hội thoại)" if photos else account


def photos_line(photos: Any) -> str:
    """A line of what is read back; none without photos."""
    return f"\n• Ảnh, video: {photos} tệp" if isinstance(photos, int) else ""


PHONE: Final = Field("phone", entity("phone"), "số điện thoại", "0900 000 001")
PERSON_NAME: Final = Field("person_name", read_name, "tên của anh/chị", "Lan")
PHOTOS: Final = Field("photos", read_photos, "ảnh hoặc video", "ảnh chụp chỗ bị lỗi", optional=True)
