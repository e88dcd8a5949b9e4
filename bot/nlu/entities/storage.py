"""Memory to keep things in, as "128GB"; working memory (RAM) is not meant."""

from collections.abc import Iterator
from typing import Final

from bot.nlu.entities.found import Found
from bot.nlu.entities.reading import Reading, rule

STORAGE: Final = rule(
    r"(?<![\w.,\-])(?:(?P<ram>\d{1,2}) ?(?:gb|g)? ?[/+\-|] ?)?(?P<n>\d{1,4}) ?(?P<unit>gb|gig|tb"
    r"|g(?=\W|$))(?!\w)"
)
BARE_STORAGE: Final = rule(
    r"(?<!\w)(?:bản|bộ nhớ(?: trong)?|dung lượng|rom|ổ cứng|ssd|hdd|[\x01\x02]) (?P<n>64|128|256"
    r"|512)(?![\w.,/])"
)
RAM_BEFORE: Final = rule(r"(?<!\w)ram(?: (?:là|tầm|khoảng|lên|:))?\s?$")
RAM_AFTER: Final = rule(r" ?(?:ram|data|mỗi ngày|/ngày|/tháng)(?!\w)")
MOST_RAM: Final = 24  # the smaller of two, up to this, is working memory: "8GB 256GB"
MEMORIES: Final = frozenset({16, 32, 64, 128, 256, 512})


def find_storage(read: Reading) -> Iterator[Found]:
    """Every size of storage."""
    if not read.has_digit:
        return
    sizes: list[tuple[int, Found]] = []
    for match in read.find(STORAGE):
        count = int(match["n"])
        unit = "TB" if match["unit"] == "tb" else "GB"
        if match["unit"] == "g" and (
            count not in MEMORIES or match["n"] + "g" not in match.group()
        ):
            continue
        if not match["ram"] and (
            RAM_BEFORE.search(read.before(match.start())) or RAM_AFTER.match(read.low, match.end())
        ):
            continue
        found = Found("storage", f"{count}{unit}", match.start("n"), match.end())
        sizes.append((count * (1024 if unit == "TB" else 1), found))
    most = max((size for size, _ in sizes), default=0)
    yield from (found for size, found in sizes if size == most or size > MOST_RAM)
    for match in read.find(BARE_STORAGE):
        yield Found("storage", f"{match['n']}GB", *match.span("n"))
