"""Names of companies: what stands after "công ty", with the legal form."""

import re
from collections.abc import Iterator
from typing import Final

from bot.nlu.entities.found import Found
from bot.nlu.entities.names import lists
from bot.nlu.entities.reading import Reading, rule

COMPANY: Final = rule(
    r"(?<!\w)(?:công ty|cty|c\.ty)(?: (?:mình|em|tôi|anh|chị|bên em) (?:là|tên))? ?:? ?"
)
FORM: Final = rule(r"(?:tnhh|cổ phần|cp|mtv|trách nhiệm hữu hạn)(?!\w)")
TAXED: Final = rule(r" ?[,\-]? ?(?:mst|mã số thuế|\x00)")
WORD: Final = re.compile(r"[^\W_][\w.]*|&")
STOP: Final = frozenset(
    "mst dia mua xuat nhe voi de bao can la co o nha nhe ạ a shop em sdt so".split()  # noqa: SIM905
)
MOST: Final = 4  # words of a name that has no capitals


def find_companies(read: Reading) -> Iterator[Found]:
    """Every company that is named."""
    for match in read.find(COMPANY):
        found = company_at(read, match.end())
        if found:
            yield found


def company_at(read: Reading, start: int) -> Found | None:
    """The legal form and the name that begin here."""
    is_formal = FORM.match(read.low, start) is not None
    has_capitals = not (read.text.isupper() or read.text.islower())
    end, named = start, 0
    for match in WORD.finditer(read.low, start, start + 100):
        if read.low[end : match.start()].strip(" "):
            break
        bare = read.bare[match.start() : match.end()]
        is_capital = has_capitals and (bare == "&" or read.text[match.start()].isupper())
        is_form = bare in lists()["legal"] and (is_formal or is_capital)
        if not (is_form or is_capital):
            if bare in STOP or len(bare) == 1 or named >= MOST or (named and has_capitals):
                break
            if not (is_formal or TAXED.match(read.low, match.end())):
                break
        named += not is_form
        end = match.end()
    if not named or not read.is_free(start, end):
        return None
    return Found("company_name", " ".join(read.text[start:end].split()), start, end)
