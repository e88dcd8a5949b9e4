"""What old devices are worth, from what their owners say of them."""

import re
from typing import Final

from demo.book import Json
from demo.desk import Desk, NotFound
from demo.spelling import find, words

NOT: Final = {"không", "khong", "chưa", "chua", "chẳng", "hông", "hổng", "hong", "ko", "k"}
CLAUSE: Final = re.compile(r"[,.;\n]|\bnhưng\b|\bnhung\b|\bmà\b|\bchỉ\b")
ROUNDED: Final = 50_000


def trade_in(desk: Desk, asked: Json) -> Json:
    """A range: the final price is named when the shop has seen the device."""
    typed = words(asked["model"])
    known = [
        (len(words(alias)), model["best"])
        for model in desk.seeds.trade_in["models"]
        for alias in model["aliases"]
        if find(words(alias), typed) >= 0
    ]
    if not known:
        raise NotFound
    low, high = pays(desk, asked["condition"])
    best = max(known)[1]
    return {
        "low": best * low // 100 // ROUNDED * ROUNDED,
        "high": best * high // 100 // ROUNDED * ROUNDED,
    }


def pays(desk: Desk, condition: str) -> tuple[int, int]:
    """Per cent of the best price. The worst that is said counts; "không trầy" is not said of it."""
    grades = desk.seeds.trade_in["conditions"]
    said = {condition} & grades.keys() or {
        grade
        for grade, each in grades.items()
        for clause in CLAUSE.split(condition.lower())
        if any(says(clause, saying) for saying in each["said"])
    }
    for grade in ("broken", "worn", "like_new", "good"):
        if grade in said:
            low, high = grades[grade]["pays"]
            return low, high
    return grades["worn"]["pays"][0], grades["like_new"]["pays"][1]


def says(clause: str, saying: str) -> bool:
    """Whether a clause says so, and does not deny it."""
    typed = words(clause)
    start = find(words(saying), typed)
    return start >= 0 and not NOT & set(typed[:start])
