"""What a campaign says, to whom, and when: read strictly, so that nothing unclear is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any, Final

from bot import lunar
from bot.care import AHEAD
from bot.facts import HERE
from bot.figures.order import ACTIVE
from bot.folded import fold
from bot.occasions import may_sell
from bot.storage.campaigns import Campaign
from bot.storage.reach import Reachable

PURPOSES: Final = ("promotion", "care")
STAGES: Final = ("prospect", "customer", "lapsed")
VARIABLES: Final = ("xung_ho", "khach", "shop")  # as in canned replies
NAME_LIMIT, TEXT_LIMIT = 120, 1000  # letters
MOST_HELD_OUT: Final = 20  # percent
# The script of the honest talk: who we are, that we know they may be busy, how long it takes.
HONEST: Final = (
    "Dạ em là trợ lý tự động của {shop} ạ. Em biết {xung_ho} có thể đang bận, nên em chỉ xin chưa"
    " tới 2 phút với 3 câu hỏi ngắn thôi ạ."
)
MAY_I: Final = "Bây giờ {xung_ho} trả lời giúp em được không ạ?"
HONEST_WORDS: Final = 30  # of the writer's own: the whole talk is to stay below 180
WAY_OUT: Final = " Nếu không muốn nhận tin này, anh/chị chỉ cần trả lời ‘TC’."

_BRACES: Final = re.compile(r"\{([^{}]*)\}|[{}]")
_SELLS: Final = re.compile(
    r"\b(giá|giảm|ưu đãi|khuyến m[ãạ]i|mua|đặt hàng|tặng|miễn phí|trả góp|giam gia|uu dai"
    r"|khuyen mai|sale|voucher|coupon|freeship|deal|hot)\b"
    r"|\d[\d.,]*\s*(k|đ|₫|vnđ|vnd|đồng|nghìn|ngàn|triệu|tr)\b|\d\s*%",
    re.IGNORECASE,
)
_TET: Final = re.compile(r"(?:mung|mong|ngay)? ?(\d{1,2}) tet(?: nam)? (\d{4})")


class Unreadable(Exception):
    """The document is no segment; `field` is what is wrong with it."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True)
class Segment:
    """Which people: those for whom all of this holds."""

    bought: str = ""  # a category of goods
    ordered_after: date | None = None  # the last order, in Vietnam, that day included
    ordered_before: date | None = None  # that day not included
    spent: int = 0  # đồng at least
    stage: str = ""  # one of STAGES

    def has(self, person: Reachable, now: datetime) -> bool:
        day = person.ordered_at.astimezone(HERE).date() if person.ordered_at else None
        return (
            (not self.bought or self.bought in person.bought)
            and (self.ordered_after is None or (day is not None and day >= self.ordered_after))
            and (self.ordered_before is None or (day is not None and day < self.ordered_before))
            and person.spent >= self.spent
            and self.stage in ("", stage_of(person, now))
        )


@dataclass(frozen=True)
class Draft:
    """One campaign as its writer sees it."""

    name: str = ""
    purpose: str = "promotion"
    text: str = ""
    product: str = ""  # the shop's id: what "giá?" is about
    segment: Segment = Segment()
    channels: tuple[str, ...] = ()  # all when there are none
    holdout: int = 0
    starts_at: datetime | None = None
    honest: bool = False  # asks for two minutes, then three questions at most

    @property
    def sells(self) -> bool:
        return self.purpose == "promotion" or bool(self.product) or sells(self.text)

    @property
    def said(self) -> str:
        """The text with the promise of a short talk, and the way out that a promotion needs."""
        text = f"{HONEST} {self.text.strip()} {MAY_I}" if self.honest and self.text else self.text
        has_one = self.purpose != "promotion" or re.search(r"\bTC\b", text)
        return text if has_one else text.rstrip() + WAY_OUT

    @property
    def values(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "name": self.name,
            "purpose": self.purpose,
            "content": {"text": self.text, "product": self.product, "honest": self.honest},
            "segment": written(self.segment),
            "channels": list(self.channels),
            "holdout": self.holdout,
            "starts_at": self.starts_at,
        }


def stage_of(person: Reachable, now: datetime) -> str:
    """Where somebody stands: has not ordered yet, orders, or has not for a long time."""
    if person.ordered_at is None:
        return "prospect"
    return "customer" if now - person.ordered_at <= ACTIVE else "lapsed"


def read_segment(document: Mapping[str, Any]) -> Segment:
    """The segment of a stored document. Raises Unreadable: a field that nobody knows would widen
    it unseen."""
    for name in document:
        if name not in {each.name for each in fields(Segment)}:
            raise Unreadable(name)
    values = dict(document)
    for name in ("ordered_after", "ordered_before"):
        if name in values:
            try:
                values[name] = date.fromisoformat(values[name])
            except (TypeError, ValueError) as error:
                raise Unreadable(name) from error
    spent, stage, bought = (values.get(name) for name in ("spent", "stage", "bought"))
    if "spent" in values and (not isinstance(spent, int) or isinstance(spent, bool) or spent < 0):
        raise Unreadable("spent")
    if "stage" in values and stage not in STAGES:
        raise Unreadable("stage")
    if "bought" in values and not isinstance(bought, str):
        raise Unreadable("bought")
    return Segment(**values)


def written(segment: Segment) -> dict[str, Any]:
    """What `read_segment` reads: only what is asked for."""
    found = {name.name: getattr(segment, name.name) for name in fields(Segment)}
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in found.items()
        if value
    }


def of_campaign(campaign: Campaign) -> Draft:
    """Raises Unreadable."""
    return Draft(
        campaign.name,
        campaign.purpose,
        str(campaign.content.get("text", "")),
        str(campaign.content.get("product", "")),
        read_segment(campaign.segment),
        tuple(campaign.channels),
        campaign.holdout,
        campaign.starts_at,
        bool(campaign.content.get("honest")),
    )


def wrong_with(draft: Draft, now: datetime) -> list[str]:
    """Why it may not be started; saved it may be, but for its variables."""
    day = (draft.starts_at or now).astimezone(HERE).date()
    found = {
        "name": not draft.name.strip() or len(draft.name) > NAME_LIMIT,
        "purpose": draft.purpose not in PURPOSES,
        "text": not draft.text.strip(),
        "too_long": len(draft.text) > TEXT_LIMIT,
        "variables": bool(unknown(draft.text)),
        "sells": draft.purpose == "care" and (bool(draft.product) or sells(draft.text)),
        "sales_day": draft.sells and not may_sell(day),
        "honest": draft.honest and len(draft.text.split()) > HONEST_WORDS,
        "holdout": not 0 <= draft.holdout <= MOST_HELD_OUT,
        "starts_at": draft.starts_at is not None
        and not timedelta(days=-1) < draft.starts_at - now <= AHEAD,
    }
    return [code for code, holds in found.items() if holds]


def unknown(text: str) -> list[str]:
    """What stands in braces and is no variable of ours, and braces that stand alone."""
    found = (match for match in _BRACES.finditer(text))
    return [match[0] for match in found if match[1] not in VARIABLES]


def sells(text: str) -> bool:
    """Whether a text speaks of goods to buy, of prices, of offers."""
    return bool(_SELLS.search(text))


def read_day(text: str) -> date:
    """A day as people write it: "06/02/2027", "2027-02-06", "mùng 1 Tết 2027".
    Raises ValueError."""
    plain = " ".join(fold(text).split())
    if found := _TET.fullmatch(plain):
        day = lunar.of_tet(int(found[1]), int(found[2]))
        if day is None:
            raise ValueError("no day of Tết")
        return day
    for form in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(plain, form).date()
        except ValueError:
            continue
    raise ValueError("not a day")
