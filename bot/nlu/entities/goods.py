"""Products, brands and kinds of goods: the shop's catalogue on top of what is well known.

The catalogue is a list of products (id, name, aliases, category, brand), or a mapping with
`products`, and if wanted `categories` (id, name, aliases) and `not_sold` (name, aliases): brands
that people ask for in vain.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import yaml

from bot.nlu.entities.catalogue import Catalogue, Good, good
from bot.nlu.entities.found import Found
from bot.nlu.entities.reading import GOODS, Reading, place_tones, rule

WELL_KNOWN: Final = Path(__file__).parent / "goods.yml"

# Words that mean something else, by what stands around them.
COUNTED_BEFORE: Final = rule(
    r"(?<!\w)(?:con|cái|chiếc|cục|củ|dây|bộ|cây|mua|bán|lấy|đặt|giá|tìm|cần|mẫu|loại|dòng|màn"
    r"|smart|\d) $"
)
PHONE_BEFORE: Final = rule(r"(?<!\w)(?:số|gọi|qua|bằng|nghe|cuộc|bắt|nhấc|sđt|mã) $")
PHONE_AFTER: Final = rule(r" ?(?:[:\x00]|nhận hàng|liên hệ|đặt hàng|(?:là|em là|mình là) \x00)")
CLOCK_BEFORE: Final = rule(r"(?:h|giờ|tiếng) ?$")
BROKEN_AFTER: Final = rule(r" (?:bị|sọc|đen|xanh|vỡ|bể|nứt|nhấp nháy|tối|lỗi|không lên|chớp)(?!\w)")
PHOTO_AFTER: Final = rule(r" (?:đẹp|trước|sau|chấm|selfie|nét|chụp)(?!\w)")
SWEARING_AFTER: Final = rule(r" (?:hiểu|biết|phải|thèm|tin|nói|chịu|care)(?!\w)")
ADDRESS_BEFORE: Final = rule(r"(?<!\w)(?:đường|phố|hàng|ngõ|hẻm|điện tử|shop|tử) $")
NUMBER_BEFORE: Final = re.compile(r"\d ?$")
GOODS_BEFORE: Final = rule(r"(?<!\w)(?:con|cái|chiếc|máy|hàng|hãng|hiệu|mẫu|dòng|đồ) $")
OTHER_WHEN_BARE: Final = frozenset({("ban", "la"), ("bao", "da")})  # "bạn là", "báo đã"
SIZE_AFTER: Final = re.compile(r" \d\d(?!\w)")
MODEL_AFTER: Final = re.compile(r" ?[a-z]?\d")
DOUBTFUL_BRANDS: Final = frozenset({("mac",), ("ss",)})  # "mắc", "so sánh"
SHORT: Final = 3  # letters of a word that is too short to be sure of
SURE: Final = frozenset({"loa"})


def load(path: Path | None) -> Catalogue:
    """The well-known goods, and the shop's catalogue on top where its file is there."""
    known = yaml.safe_load(WELL_KNOWN.read_text(encoding="utf-8"))
    shop: dict[str, Any] = {}
    if path is not None and path.is_file():
        raw = yaml.safe_load(path.read_text(encoding="utf-8")) or []
        shop = raw if isinstance(raw, dict) else {"products": raw}
    return Catalogue(goods(known, shop))


def goods(known: dict[str, Any], shop: dict[str, Any]) -> Iterator[Good]:
    """Every phrase. Of two meanings of a phrase the later wins."""
    kinds = {phrase: kind for kind, phrases in known["categories"].items() for phrase in phrases}
    renamed = renames(kinds, shop)
    for phrase, kind in kinds.items():
        yield good("category", renamed.get(kind, kind), phrase)
    for name, aliases in known["brands"].items():
        for phrase in (name, *aliases):
            yield good("brand", name, phrase)
    yield from iphones()
    for row in shop.get("categories") or ():
        for phrase in phrases_of(row):
            yield good("category", str(row["id"]), phrase)
    for row in shop.get("not_sold") or ():
        for phrase in phrases_of(row):
            yield good("brand", str(row["name"]), phrase)
    products = shop.get("products") or ()
    named = {good("product", "", phrase).words for row in products for phrase in phrases_of(row)}
    for product in products:
        if product.get("brand"):
            yield good("brand", str(product["brand"]), str(product["brand"]))
        for phrase in phrases_of(product):
            yield good("product", str(product["id"]), phrase)
        short = product["name"][len(leading(product["name"], kinds)) :].strip()
        # "Bống Air 2" of "Tai nghe Bống Air 2", but not "Bống Phone 5" of "Ốp lưng Bống Phone 5":
        # that is what the phone itself is called.
        if len(short.split()) > 1 and good("product", "", short).words not in named:
            yield good("product", str(product["id"]), short)


def phrases_of(row: dict[str, Any]) -> list[str]:
    """What a row of the catalogue is called."""
    return [str(row.get("name", row.get("id"))), *map(str, row.get("aliases") or ())]


def renames(kinds: dict[str, str], shop: dict[str, Any]) -> dict[str, str]:
    """Our ids of categories and the shop's own, where they share a phrase."""
    ours = {place_tones(phrase): kind for phrase, kind in kinds.items()}
    pairs = [
        (ours.get(place_tones(phrase.lower())), str(row["id"]))
        for row in shop.get("categories") or ()
        for phrase in phrases_of(row)
    ] + [
        (ours.get(place_tones(leading(product["name"], kinds))), str(product["category"]))
        for product in shop.get("products") or ()
        if product.get("category")
    ]
    renamed: dict[str, str] = {}
    for kind, name in pairs:
        if kind is not None:
            renamed.setdefault(kind, name)
    return renamed


def iphones() -> Iterator[Good]:
    """iPhones with their model, so that "ip 15 pro" is no number."""
    for model in [*range(5, 20), "x", "xs", "xr", "se"]:
        for name in (f"iphone {model}", f"ip {model}"):
            for suffix in ("", " pro", " pro max", " plus", " mini", " air", " promax", " prm"):
                yield good("brand", "Apple", name + suffix)


def leading(name: str, phrases: Iterable[str]) -> str:
    """The longest of these phrases that a name begins with."""
    low = place_tones(name.lower())
    return max((p for p in phrases if low.startswith(place_tones(p) + " ")), key=len, default="")


def find_goods(read: Reading, catalogue: Catalogue) -> Iterator[Found]:
    """Every product, brand and category of the message."""
    for each, start, end in catalogue.find(read):
        if not is_elsewhere(read, each, start, end):
            yield Found(each.kind, each.value, start, end)


def is_elsewhere(read: Reading, each: Good, start: int, end: int) -> bool:
    """Whether the words mean something else: "số điện thoại", "2 giờ đồng hồ", "tv giúp em"."""
    before, after = read.before(start), read.after(end)
    if each.kind == "brand":
        return is_no_brand(read, each, start, end)
    if each.words in (("dien", "thoai"), ("dt",)) and (
        PHONE_BEFORE.search(before) or PHONE_AFTER.match(after)
    ):
        return True
    if each.words == ("dong", "ho") and CLOCK_BEFORE.search(before):
        return True
    if each.words in OTHER_WHEN_BARE:
        return read.low[start:end] == read.bare[start:end]
    if each.words == ("camera",):
        return bool(PHOTO_AFTER.match(after))
    if each.kind == "category" and is_doubtful(each):
        is_sized = each.words == ("tv",) and SIZE_AFTER.match(after)
        return not (is_sized or (COUNTED_BEFORE.search(before) and not BROKEN_AFTER.match(after)))
    return False


def is_no_brand(read: Reading, each: Good, start: int, end: int) -> bool:
    """Whether a brand's name is a street, a horse-power, a swear word, the shop or its cake."""
    before, after = read.before(start), read.after(end)
    if ADDRESS_BEFORE.search(before) or after.startswith(" pay"):
        return True
    if each.full != each.words:  # a Vietnamese name, mostly the shop's own
        return not (before.endswith(f"{GOODS} ") or GOODS_BEFORE.search(before))
    if each.words == ("hp",) and NUMBER_BEFORE.search(before):
        return True
    if each.words in DOUBTFUL_BRANDS and not COUNTED_BEFORE.search(before):
        return not MODEL_AFTER.match(after)
    return each.words == ("dell",) and SWEARING_AFTER.match(after) is not None


def is_doubtful(each: Good) -> bool:
    """Whether the words alone are too little: "sạc", "cáp", "lap"; "màn hình" is mostly a part."""
    word = each.words[0]
    return each.words == ("man", "hinh") or (
        len(each.words) == 1 and len(word) <= SHORT and word not in SURE
    )
