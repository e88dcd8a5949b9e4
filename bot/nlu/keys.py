"""Telex and VNI keys that no input method turned into letters: "ddown hangf" is "đơn hàng".

Telex: https://vi.wikipedia.org/wiki/Telex_(kiểu_gõ), VNI: https://vi.wikipedia.org/wiki/VNI
"""

import re
from collections.abc import Container, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from bot.nlu.syllable import is_syllable, place_tone

TELEX_TONES: Final = dict(zip("sfrxj", "\u0301\u0300\u0309\u0303\u0323", strict=True))
VNI_TONES: Final = dict(zip("12345", "\u0301\u0300\u0309\u0303\u0323", strict=True))
TELEX_WORD: Final = re.compile(r"([b-df-hj-np-tvx]*)([aeiouyw][a-z]*)")
VNI_WORD: Final = re.compile(r"(?=[a-z]+[1-9])[a-z1-9]+")
VNI_LETTERS: Final = re.compile(r"([b-df-hj-np-tvx]*)([aeiouy][a-z]*)")
HORNS: Final = (("uo", "ươ"), ("ua", "ưa"), ("oa", "oă"), ("u", "ư"), ("o", "ơ"), ("a", "ă"))
VNI_MARKS: Final = {
    "6": (("uo", "uô"), ("ie", "iê"), ("ye", "yê"), ("a", "â"), ("e", "ê"), ("o", "ô")),
    "7": (("uo", "ươ"), ("ua", "ưa"), ("u", "ư"), ("o", "ơ")),
    "8": (("a", "ă"),),
    "9": (("d", "đ"),),
}
# Bare words that a number often follows without a space: "thu2" is Monday, "quan7" a district.
COUNTED: Final = frozenset(
    """an ap ban bo buoi ca cai cap chi co con cua da doi don du gia gio hang ho hop khu ki kho lan
    lo loai ma mau may mi mon muc nam ngay nhom note nguoi phan phong phien quan set size so ta tai
    tang tam thang tho thu to toa tu tuan tuoi xe y""".split()  # noqa: SIM905
)


ENOUGH: Final = 2  # evidence that a message holds raw keys


class Reading(NamedTuple):
    """What raw keys spell, and how much they tell of the whole message: 2 when they must be keys,
    1 when they may be, 0 when they likely are not unless other words are."""

    word: str
    evidence: int


def decode(words: Sequence[str], doubtful: Container[str], kept: Container[str]) -> list[str]:
    """The words of a message with raw keys read as letters; words to be `kept` are left alone.

    A reading of a `doubtful` word is no evidence of its own.
    """
    telex = [None if word in kept else from_telex(word) for word in words]
    vni = [None if word in kept else from_vni(word) for word in words]
    told = [r.evidence for r, word in zip(telex, words, strict=True) if r and word not in doubtful]
    telex_used = sum(told) >= ENOUGH
    vni_used = sum(reading.evidence for reading in vni if reading) >= ENOUGH
    decoded = []
    for word, by_telex, by_vni in zip(words, telex, vni, strict=True):
        if by_telex and telex_used:
            word = by_telex.word
        elif by_vni and vni_used:
            word = by_vni.word
        decoded.append(word)
    return decoded


@lru_cache(maxsize=20_000)
def from_telex(word: str) -> Reading | None:
    """What Telex makes of these keys; None when none of them is a key or they spell nothing."""
    parts = TELEX_WORD.fullmatch(word)
    if not parts:
        return None
    onset, rime = parts.groups()
    tones = [key for key in rime if key in TELEX_TONES]
    if len(tones) > 1:
        return None
    tone_inside = re.search(r"[sfrxj][aeiouy]", rime)
    late_d = onset == "d" and rime.endswith("d")
    if late_d or onset == "dd":
        onset, rime = "đ", rime.removesuffix("d")
    bare = re.sub("[sfrxj]", "", rime)
    rime = bare.replace("aa", "â").replace("ee", "ê").replace("oo", "ô")
    rime = horned(rime.replace("uwow", "uow").replace("uwo", "uow"))
    if onset + rime == word:
        return None
    found = spelt(onset + rime, TELEX_TONES[tones[0]] if tones else "")
    doubtful = late_d or (tone_inside and onset != "đ" and rime == bare)
    return Reading(found, 0 if doubtful else ENOUGH) if found else None


def horned(rime: str) -> str:
    """The rime with its "w" as a horn or breve, or as "ư" where no vowel stands before it."""
    if rime.startswith("w"):
        return "ư" + rime[1:]
    plain = rime.replace("w", "")
    changed = marked(plain, HORNS)
    return changed if len(rime) == len(plain) + 1 and changed != plain else rime


def marked(letters: str, marks: Sequence[tuple[str, str]]) -> str:
    """The letters with the first mark that fits them."""
    for plain, changed in marks:
        if plain in letters:
            return letters.replace(plain, changed, 1)
    return letters


@lru_cache(maxsize=20_000)
def from_vni(word: str) -> Reading | None:
    """What VNI makes of these keys; None when they spell nothing.

    Digits inside a word must be keys, and so must hats behind it; a tone behind it may be a number.
    """
    if not VNI_WORD.fullmatch(word):
        return None
    stem = word.rstrip("123456789")
    keys = [letter for letter in word if letter.isdigit()]
    if "7" in keys and keys.count("7") == 2:
        keys.remove("7")  # "nu7o7c" is "ươ" key by key
    tones = [key for key in keys if key in VNI_TONES]
    parts = VNI_LETTERS.fullmatch(re.sub(r"\d", "", word))
    if not parts or len(tones) > 1 or len(set(keys)) < len(keys):
        return None
    onset, rime = parts.groups()
    for key in keys:
        if key == "9" and "d" in onset:
            onset = marked(onset, VNI_MARKS["9"])
        elif key in VNI_MARKS:
            changed = marked(rime, VNI_MARKS[key])
            if changed == rime:
                return None
            rime = changed
    found = spelt(onset + rime, VNI_TONES[tones[0]] if tones else "")
    if not found or ("9" in keys and "đ" not in found):
        return None
    if stem in COUNTED or len(stem) == 1:
        return Reading(found, 0)
    hats_behind = len(word) - len(stem) > 1 or keys[0] in VNI_MARKS
    return Reading(found, ENOUGH if hats_behind or not stem.isalpha() else 1)


def spelt(letters: str, tone: str) -> str | None:
    """Letters under a tone as one word, or None for what no Vietnamese word looks like."""
    half_typed = "đ" in letters and not tone  # "ddat": the tone never came
    if not is_syllable(letters, "\u0301" if half_typed else tone):
        return None
    vowel = re.search("(?:qu|gi(?=[aeiouyăâêôơư]))?.*?[aăâeêioôơuưy]", letters)
    at = vowel.end() if vowel else 0
    return place_tone(letters[:at] + tone + letters[at:])
