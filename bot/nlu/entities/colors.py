"""Colors of goods: "đen", "xanh dương", "titan tự nhiên"."""

from collections.abc import Iterator
from typing import Final

from bot.nlu.entities.found import Found
from bot.nlu.entities.reading import BRAND, GOODS, Reading, rule
from bot.nlu.text import strip_accents

NAMES: Final = [
    "đen",
    "đen nhám",
    "đen bóng",
    "đen titan",
    "trắng",
    "trắng titan",
    "trắng bạc",
    "đỏ",
    "đỏ đậm",
    "xanh",
    "xanh dương",
    "xanh da trời",
    "xanh lá",
    "xanh ngọc",
    "xanh navy",
    "xanh đen",
    "xanh rêu",
    "xanh than",
    "xanh nhạt",
    "xanh đậm",
    "xanh mint",
    "xanh titan",
    "xanh pastel",
    "vàng",
    "vàng hồng",
    "vàng đồng",
    "vàng nhạt",
    "hồng",
    "hồng phấn",
    "hồng nhạt",
    "hồng đậm",
    "hồng gold",
    "hồng pastel",
    "tím",
    "tím nhạt",
    "tím đậm",
    "cam",
    "nâu",
    "nâu nhạt",
    "xám",
    "xám khói",
    "xám titan",
    "xám than",
    "xám bạc",
    "xám đậm",
    "xám nhạt",
    "bạc",
    "kem",
    "be",
    "ghi",
    "titan",
    "titan tự nhiên",
    "titan đen",
    "titan trắng",
    "titan xanh",
    "titan sa mạc",
    "bordeaux",
    "than chì",
]
OTHER_NAMES: Final = {
    **{"xanh lá cây": "xanh lá", "gold": "vàng", "silver": "bạc", "black": "đen"},
    **{"white": "trắng", "navy": "xanh navy"},
}
COLORS: Final = {strip_accents(name): name for name in NAMES} | {
    strip_accents(name): color for name, color in OTHER_NAMES.items()
}
FIRST_WORDS: Final = {name.split()[0]: color.split()[0] for name, color in COLORS.items()}
LONGEST_FIRST: Final = "|".join(sorted([*NAMES, *OTHER_NAMES], key=len, reverse=True))
COLOR: Final = rule(rf"(?<!\w)(?:(?P<mau>màu|mau|mầu) (?:sắc )?)?(?P<name>{LONGEST_FIRST})(?!\w)")
# Bare letters of the others are other words too: without accents they count only behind "mau".
SURE_WHEN_BARE: Final = frozenset({"xanh", "titan", "black", "white", "silver", "gold"})
BEHIND_MAU: Final = frozenset({"be", "ghi", "kem", "cam"})  # ordinary words, accents or not
NO_COLOR_BEFORE: Final = rule(
    r"(?<!\w)(?:đèn|đậu|hoá đơn|giá|hạng|thẻ|màn hình|bảo hành|tên|chị|cô|bạn|sọc|chớp|nháy|tay"
    r"|ban|danh sách|lời|nhấp nháy|sổ|khách hàng|tập|nhà|bị|thành viên|rank|hội viên|điện máy"
    r"|máy|trời|tối|cháy|khói|ố|ngả|hoa|kho|tích|nóng|hđ|khách|ám|dầu) $"
)
NO_COLOR_AFTER: Final = rule(
    r" (?:tay|cả|hết|trang|đèn|sì|xì|thui|friday|mã|ròng|nhẫn|thiệt|đủi)(?!\w)"
)
# "laptop bac 512GB": between goods and their storage a bare word is a color.
STORAGE_NEXT: Final = rule(r" ?\d{1,4} ?(?:gb|tb|g)(?!\w)")


def find_colors(read: Reading) -> Iterator[Found]:
    """Every color."""
    for match in read.find(COLOR):
        if match["mau"] or is_color(read, *match.span("name")):
            yield Found("color", COLORS[read.part(match, "name")], *match.span("name"))


def is_color(read: Reading, start: int, end: int) -> bool:
    """Whether the word is a color without "màu": not in "hoá đơn đỏ", not in "chị Hồng"."""
    bare = read.bare[start:end].split()[0]
    typed = read.low[start : start + len(bare)]
    if bare in BEHIND_MAU or typed not in (bare, FIRST_WORDS.get(bare)):
        return False  # "hông" is không
    before = read.before(start)
    if typed == bare and bare not in SURE_WHEN_BARE:
        is_of_goods = before[-2:] in (f"{GOODS} ", f"{BRAND} ")
        return is_of_goods and bool(STORAGE_NEXT.match(read.said, end))
    if NO_COLOR_BEFORE.search(before) or NO_COLOR_AFTER.match(read.low, end):
        return False
    is_name = read.text[start].isupper() and not read.text.isupper() and before.strip(" ,.")
    return not is_name
