"""Putting texts together that ask the same, in customers' many ways of writing it.

In plain Python, when somebody looks: 5 000 different texts take about a second, so no worker has
to keep a result up to date, and the web process loads neither NumPy nor scikit-learn.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations
from typing import Final

from bot.nlu.text import normalise, strip_accents

ALIKE: Final = 0.3  # likeness to a group's first text from which another joins it
LONGEST: Final = 14  # words that are looked at
MANY: Final = 500  # of fewer texts nobody knows what is common
# Politeness, and how questions are framed: what any text may have, without accents.
FRAME: Final = frozenset(
    """a ah oi shop em anh chi minh toi tui ban ad admin cho hoi voi vay the nhe nha nhi di ma
    thi la dc duoc khong co da vang u uh nay nua gi sao hay cai con va ben nhu muon can xin giup
    bao nhieu""".split()  # noqa: SIM905
)


def plain(text: str) -> str:
    """A text's words without accents, teencode written out."""
    return " ".join(strip_accents(normalise(text)).split())


@lru_cache(maxsize=1)
def clusters(texts: tuple[str, ...]) -> tuple[tuple[int, ...], ...]:
    """The places of the texts, each in one group with those that ask the same.

    The groups are the same in whatever order the texts come; a group begins with what was written
    most often.
    """
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, text in enumerate(texts):
        places[plain(text)].append(place)
    ways = sorted(places, key=lambda way: (-len(places[way]), way))
    groups = _grouped([_pairs(way) for way in ways])
    return tuple(tuple(place for way in group for place in places[ways[way]]) for group in groups)


def _pairs(way: str) -> frozenset[str]:
    """Every two words of a text, whatever their order. Of all that was tried on the demo's training
    lines these kept lines of one topic together best: single words join too much, runs of letters
    too little."""
    words = [word for word in way.split() if any(map(str.isalnum, word))]
    core = sorted({word for word in words[:LONGEST] if word not in FRAME})
    if len(core) > 1:
        return frozenset(f"{one} {other}" for one, other in combinations(core, 2))
    return frozenset(core or [way])


def _grouped(ways: Sequence[frozenset[str]]) -> list[list[int]]:
    """Each way joins the group whose first one it is most like, or begins one.

    Ways that are alike by ALIKE share one of the rarer features of either, for the rest of them
    weighs too little. So only a few are compared, and none is missed.
    """
    found = Counter(feature for way in ways for feature in way)
    size = max(len(ways), MANY)
    weight = {each: math.log((size + 1) / (n - 0.5)) for each, n in found.items()}
    having: defaultdict[str, list[int]] = defaultdict(list)  # groups whose first way has it
    firsts: list[tuple[frozenset[str], float]] = []
    groups: list[list[int]] = []
    for number, way in enumerate(ways):
        rarest = sorted(way, key=lambda each: (-weight[each], each))
        whole = math.fsum(weight[each] for each in rarest)
        shared: defaultdict[int, float] = defaultdict(float)
        left = whole
        for feature in rarest:
            if left < ALIKE * ALIKE * whole:
                break
            for group in having[feature]:
                shared[group] += weight[feature]
            left -= weight[feature]
        best, joins = ALIKE, -1
        for group, sure in sorted(shared.items()):
            first, length = firsts[group]
            root = math.sqrt(whole * length)
            if sure + math.sqrt(max(left, 0.0) * length) <= best * root:
                continue
            likeness = math.fsum(weight[each] for each in way & first) / root
            if likeness > best:
                best, joins = likeness, group
        if joins >= 0:
            groups[joins].append(number)
            continue
        for feature in way:
            having[feature].append(len(groups))
        firsts.append((way, whole))
        groups.append([number])
    return groups
