"""The ways people spoil a clean Vietnamese sentence, each as a function of the text and a `Random`.

    spoil("đơn hàng của tôi đâu", "telex")

One seed, one kind and one text always give the same noise, on any machine and in any order.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from bot.nlu.text import strip_accents, teencode

Noise = Callable[[str, random.Random], str]

TYPO_SHARE: Final = 0.2
HALF: Final = 0.5

KEYBOARD: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
TELEX_TONES: Final = {"\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
VNI_TONES: Final = {"\u0301": "1", "\u0300": "2", "\u0309": "3", "\u0303": "4", "\u0323": "5"}
TELEX_LETTERS: Final = {"â": "aa", "ă": "aw", "ê": "ee", "ô": "oo", "ơ": "ow", "ư": "uw", "đ": "dd"}
VNI_LETTERS: Final = {"â": "a6", "ă": "a8", "ê": "e6", "ô": "o6", "ơ": "o7", "ư": "u7", "đ": "d9"}

CENTRAL: Final = {
    "không": ("khôn", "nỏ"),
    "gì": ("chi",),
    "đâu": ("mô",),
    "nào": ("mô",),
    "sao": ("răng",),
    "vậy": ("rứa",),
    "thế": ("rứa",),
    "này": ("ni",),
    "đó": ("nớ",),
    "kia": ("tê",),
    "giờ": ("chừ",),
    "làm": ("mần",),
    "nhé": ("hí", "nghe"),
    "nhỉ": ("hè", "hỉ"),
    "tôi": ("tui",),
    "thật": ("thiệt",),
    "về": ("dìa",),
}
SOUTH: Final = {
    "không": ("hông", "hổng", "hong"),
    "vậy": ("dzậy", "dậy"),
    "thế": ("vậy", "dzậy"),
    "nhé": ("nghen", "nha", "nhen"),
    "nhỉ": ("hen", "ha"),
    "về": ("dìa", "zề"),
    "vào": ("dô", "vô"),
    "tôi": ("tui",),
    "thật": ("thiệt",),
    "biết": ("bít",),
    "rồi": ("gòi", "rùi"),
    "ạ": ("dạ", "á"),
    "đấy": ("á",),
    "giúp": ("giùm", "dùm"),
    "quá": ("dữ", "quá trời"),
    "bảo": ("biểu",),
    "này": ("nè",),
    "luôn": ("lun",),
}
TAILS: Final = ("ạ", "nhé", "nha", "shop ơi", "vs ạ", "đi", "=))", ":((", "^^")
EMOJI: Final = ("👍", "😂", "😢", "🙏", "❤️", "😡", "🥰")


def strip(text: str, rng: random.Random) -> str:
    """No accents at all."""
    return strip_accents(text)


def half_strip(text: str, rng: random.Random) -> str:
    """Every other word without its accents."""
    return " ".join(strip_accents(w) if rng.random() < HALF else w for w in text.split())


def typo(text: str, rng: random.Random) -> str:
    """One wrong key in a fifth of the words."""
    return " ".join(slip(word, rng) if rng.random() < TYPO_SHARE else word for word in text.split())


def slip(word: str, rng: random.Random) -> str:
    """The word with one letter added, lost, changed places or struck beside its key."""
    letters = [at for at, letter in enumerate(word) if letter.isalpha()]
    if not letters:
        return word
    at = rng.choice(letters)
    kind = rng.choice(("insert", "delete", "swap", "neighbour"))
    if kind == "insert":
        return word[: at + 1] + beside(word[at], rng) + word[at + 1 :]
    if kind == "neighbour" or len(letters) == 1:
        return word[:at] + beside(word[at], rng) + word[at + 1 :]
    if kind == "delete":
        return word[:at] + word[at + 1 :]
    at = min(at, len(word) - 2)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def beside(letter: str, rng: random.Random) -> str:
    """A letter whose key touches this one's."""
    key = strip_accents(letter).lower()
    for row in KEYBOARD:
        if key in row:
            at = row.index(key)
            return rng.choice(row[max(at - 1, 0) : at] + row[at + 1 : at + 2])
    return letter


def telex(text: str, rng: random.Random) -> str:
    """Half of the accented words as raw Telex keys: the input method was off."""
    return raw_keys(text, rng, telex_keys)


def vni(text: str, rng: random.Random) -> str:
    """Half of the accented words as raw VNI keys."""
    return raw_keys(text, rng, vni_keys)


def raw_keys(text: str, rng: random.Random, encode: Callable[[str, random.Random], str]) -> str:
    return " ".join(
        encode(word, rng) if strip_accents(word) != word and rng.random() < HALF else word
        for word in text.split()
    )


def telex_keys(word: str, rng: random.Random) -> str:
    """The keys of one word; "ươ" and the tone are typed in one of the usual ways."""
    keys = keyed(word, TELEX_LETTERS, TELEX_TONES, tone_last=rng.random() < 0.8)
    return keys.replace("uwow", "uow") if rng.random() < HALF else keys


def vni_keys(word: str, rng: random.Random) -> str:
    """The same with digits."""
    keys = keyed(word, VNI_LETTERS, VNI_TONES, tone_last=rng.random() < 0.8)
    return keys.replace("u7o7", "uo7") if rng.random() < HALF else keys


def keyed(word: str, letters: dict[str, str], tones: dict[str, str], tone_last: bool) -> str:
    """Letters and tone of a word as keys, the tone at the word's end or behind its vowel."""
    keys, tone = "", ""
    for letter in unicodedata.normalize("NFC", word):
        marks = unicodedata.normalize("NFD", letter)
        found = "".join(tones[mark] for mark in marks if mark in tones)
        bare = unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in tones))
        key = letters.get(bare.lower(), bare)
        keys += key.upper() if bare.isupper() else key
        if tone_last:
            tone += found
        else:
            keys += found
    end = len(word.rstrip("?!.,;:")) - len(word)
    return keys + tone if not end else keys[:end] + tone + keys[end:]


@lru_cache(maxsize=1)
def abbreviations() -> dict[str, list[str]]:
    """The lexicon turned round: what people write for a word or phrase."""
    found: dict[str, list[str]] = {}
    lexicon = teencode()
    for short, meaning in lexicon.always.items():
        found.setdefault(meaning, []).append(short)
    for short, rules in lexicon.context.items():
        for rule in rules:
            if rule.get("before") not in ("number", "end") and rule["is"] != short:
                found.setdefault(rule["is"], []).append(short)
    return found


def abbreviate(text: str, rng: random.Random) -> str:
    """Half of the words and phrases that the lexicon knows, written short."""
    return swapped(text, rng, abbreviations())


def central(text: str, rng: random.Random) -> str:
    """Words as they are said in Huế or Nghệ An."""
    return swapped(text, rng, CENTRAL, share=0.8)


def south(text: str, rng: random.Random) -> str:
    """Words as they are said in Sài Gòn or the delta."""
    return swapped(text, rng, SOUTH, share=0.8)


def regional(text: str, rng: random.Random) -> str:
    """One region or the other for a whole message."""
    return rng.choice((central, south))(text, rng)


def swapped(
    text: str,
    rng: random.Random,
    table: Mapping[str, Sequence[str]],
    share: float = HALF,
) -> str:
    """The text with a share of the table's words and phrases replaced, longest phrase first."""
    words, out, at = text.split(), [], 0
    while at < len(words):
        for size in (4, 3, 2, 1):
            phrase = " ".join(words[at : at + size])
            core = re.sub(r"[?!.,]+$", "", phrase)
            if at + size <= len(words) and core.lower() in table:
                if rng.random() < share:
                    phrase = rng.choice(table[core.lower()]) + phrase[len(core) :]
                out.append(phrase)
                at += size
                break
        else:
            out.append(words[at])
            at += 1
    return " ".join(out)


def mixed(text: str, rng: random.Random) -> str:
    """Short forms and slips, half of the time no accents, now and then stretching or emoji."""
    text = typo(abbreviate(text, rng), rng)
    if rng.random() < HALF:
        text = strip_accents(text)
    if text and rng.random() < 0.2:
        text += text[-1] * rng.randint(2, 4)
    if rng.random() < 0.2:
        text += " " + rng.choice(TAILS)
    if rng.random() < 0.2:
        text += " " + rng.choice(EMOJI) * rng.randint(1, 3)
    return text.upper() if rng.random() < 0.1 else text


NOISES: Final[dict[str, Noise]] = {
    "clean": lambda text, rng: text,
    "strip": strip,
    "half": half_strip,
    "teen": abbreviate,
    "typo": typo,
    "telex": telex,
    "vni": vni,
    "regional": regional,
    "mixed": mixed,
}


def spoil(text: str, kind: str, seed: int = 0) -> str:
    """The text with one kind of noise."""
    return NOISES[kind](text, random.Random(f"{seed} {kind} {text}"))  # noqa: S311
