"""The Vietnamese syllable: which letters may stand together, and where its tone mark goes."""

import re
import unicodedata
from typing import Final

TONES: Final = "\u0300\u0301\u0303\u0309\u0323"
STOP_TONES: Final = frozenset({"\u0301", "\u0323"})  # the only ones that -c -ch -p -t can carry
SYLLABLE: Final = re.compile(
    r"(?P<onset>ngh|ng|nh|ch|gh|gi(?=[aeiouyăâêôơư])|kh|ph|qu|th|tr|[bcdđghklmnpqrstvx]?)"
    r"(?P<nucleus>[aăâeêioôơuưy]{1,3})"
    r"(?P<coda>ng|nh|ch|[cmnpt]?)"
)
SECOND_VOWEL: Final = frozenset({"oa", "oe", "uy"})
BEFORE_I: Final = frozenset({"k", "gh", "ngh"})  # spelt so only before e, ê, i, y
BEFORE_A: Final = frozenset({"c", "g", "ng"})  # and these only before other vowels
ENDINGS: Final = {
    "a": "c ch m n ng nh p t",
    "ă": "c m n ng p t",
    "â": "c m n ng p t",
    "e": "c m n ng p t",
    "ê": "ch m n nh p t",
    "i": "ch m n nh p t",
    "o": "c m n ng p t",
    "ô": "c m n ng p t",
    "ơ": "m n p t",
    "u": "c m n ng p t",
    "ư": "c m n ng t",
    "y": "ch n nh t",
    "iê": "c m n ng p t",
    "yê": "m n ng t",
    "oa": "c ch m n ng nh p t",
    "oă": "c m n ng t",
    "oe": "n t",
    "uâ": "n ng t",
    "uê": "ch n nh",
    "uô": "c m n ng p t",
    "ươ": "c m n ng p t",
    "uy": "ch n nh p t",
    "uyê": "n t",
}
OPEN: Final = frozenset(
    """a e ê i o ô ơ u ư y ai ao au ay âu ây eo êu ia iu iêu oa oe oi ôi ơi ua ui ưa ưi ưu uê uơ
    uy uya uyu uây uôi ươi ươu yêu oai oay oao oeo""".split()  # noqa: SIM905
)


def untoned(text: str) -> str:
    """The text without its tones: hats, horns and breves stay."""
    marks = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in TONES))


def is_syllable(letters: str, tone: str) -> bool:
    """Whether Vietnamese spelling allows these untoned letters under this tone mark."""
    parts = SYLLABLE.fullmatch(letters)
    if not parts or parts["onset"] == "q":
        return False
    onset, nucleus, coda = parts["onset"], parts["nucleus"], parts["coda"]
    if onset in BEFORE_I | BEFORE_A and (nucleus[0] in "eêiy") != (onset in BEFORE_I):
        return onset == "g" and nucleus == "i"  # "gì", "gìn"
    if not coda:
        return nucleus in OPEN
    closed = coda in ENDINGS.get(nucleus, "").split()
    return closed and (coda not in ("c", "ch", "p", "t") or tone in STOP_TONES)


def place_tone(word: str) -> str:
    """The tone mark where the modern rule puts it ("hóa" → "hoá"), and open "y" as "i" ("kỹ")."""
    tones = [mark for mark in unicodedata.normalize("NFD", word) if mark in TONES]
    syllable = SYLLABLE.fullmatch(untoned(word))
    if not syllable or len(tones) > 1:
        return word
    onset, nucleus, coda = syllable["onset"], syllable["nucleus"], syllable["coda"]
    if nucleus == "y" and not coda and onset:
        nucleus = "i"
    at = tone_position(nucleus, coda)
    toned = nucleus[: at + 1] + "".join(tones) + nucleus[at + 1 :]
    return unicodedata.normalize("NFC", onset + toned + coda)


def tone_position(nucleus: str, coda: str) -> int:
    """Which vowel of a syllable carries its tone."""
    for at in range(len(nucleus) - 1, -1, -1):
        if nucleus[at] in "ăâêôơư":
            return at
    if len(nucleus) == 3:
        return 1
    return len(nucleus) - 1 if coda or nucleus in SECOND_VOWEL else 0
