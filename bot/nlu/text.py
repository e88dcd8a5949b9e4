"""Vietnamese as people type it, brought to one form: letters, tones, stretched words, teencode.

`words` keeps where each word stood in the raw text; `normalise` joins them. The normal form is for
the machine only: nobody reads it, so it may choose one spelling where people use two.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import yaml

TEENCODE: Final = Path(__file__).parent / "teencode.yml"

# What a phone keyboard, a copied page or a prankster puts in place of a letter.
LOOK_ALIKES: Final = str.maketrans(
    {
        **dict(zip("асеорхуіјѕԁһ", "aceopxyijsdh", strict=True)),  # Cyrillic
        **dict(zip("АВЕКМНОРСТХ", "ABEKMHOPCTX", strict=True)),
        **dict(zip("οαινυκ", "oaivuk", strict=True)),  # Greek
        "ð": "đ",
        "Ð": "Đ",
        "ɖ": "đ",
        "Ɖ": "Đ",
    }
)
INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)
TOKEN: Final = re.compile(
    r"\w(?:\w|[\u0300-\u036f\u00ad\u200b-\u200f\u2060\ufeff])*"  # a word, invisible letters too
    "|[\u2600-\u27bf\u2b50\u2b55\U0001f000-\U0001faff]"  # emoji and friends
)

TONES: Final = "\u0300\u0301\u0303\u0309\u0323"
SYLLABLE: Final = re.compile(
    r"(?P<onset>ngh|ng|nh|ch|gh|gi(?=[aeiouyăâêôơư])|kh|ph|qu|th|tr|[bcdđghklmnpqrstvx]?)"
    r"(?P<nucleus>[aăâeêioôơuưy]{1,3})"
    r"(?P<coda>ng|nh|ch|[cmnpt]?)"
)
SECOND_VOWEL: Final = frozenset({"oa", "oe", "uy"})
# English words, and teencode that would be another word with one letter.
KEEPS_DOUBLE: Final = frozenset(
    """add all app call class dell fee free full less miss off pass press sell too zoo
    bb bill gg pp sll tt tvv""".split()  # noqa: SIM905
)


@dataclass(frozen=True)
class Word:
    """One word in its normal form, and the stretch of raw text it came from."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Teencode:
    """Abbreviations: `always` one meaning, `context` by the neighbours (first rule that fits)."""

    always: dict[str, str]
    context: dict[str, list[dict[str, str]]]

    def expand(self, word: str, before: str, after: str) -> str:
        """The full words for `word` between two neighbours, or `word` itself."""
        if word in self.always:
            return self.always[word]
        for rule in self.context.get(word, ()):
            if fits(rule.get("before", ""), before) and fits(rule.get("after", ""), after):
                return rule["is"]
        return word


def fits(wanted: str, neighbour: str) -> bool:
    """Whether a neighbour is what a rule asks for: `number`, `end`, `any`, or one of its words.

    A leading `not` turns the answer round.
    """
    if wanted.startswith("not "):
        return not fits(wanted[4:], neighbour)
    if wanted == "number":
        return neighbour[:1].isdigit()
    if wanted == "end":
        return not neighbour
    if wanted in ("", "any"):
        return bool(neighbour) or not wanted
    return neighbour in wanted.split("|")


@lru_cache(maxsize=1)
def teencode() -> Teencode:
    """The lexicon, read once, its keys and meanings in the same normal spelling as the text."""
    raw = yaml.safe_load(TEENCODE.read_text(encoding="utf-8"))
    always = {spell(str(word)): respell(meaning) for word, meaning in raw["always"].items()}
    context = {
        spell(str(word)): [{**rule, "is": respell(rule["is"])} for rule in rules]
        for word, rules in raw["context"].items()
    }
    return Teencode(always, context)


def respell(phrase: str) -> str:
    """`spell` for every word of a phrase."""
    return " ".join(spell(word) for word in phrase.split())


def strip_accents(text: str) -> str:
    """The text as someone without a Vietnamese keyboard types it."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return bare.replace("đ", "d").replace("Đ", "D")


def has_accents(text: str) -> bool:
    """Whether the writer uses Vietnamese letters at all."""
    return strip_accents(text) != unicodedata.normalize("NFC", text)


def normalise(text: str) -> str:
    """The one normal form of a message. Normalising it again changes nothing."""
    return " ".join(word.text for word in words(text))


def words(text: str) -> list[Word]:
    """The words of a message in normal form; several may share one raw stretch ("ntn")."""
    found = [
        Word(part, match.start(), match.end())
        for match in TOKEN.finditer(text)
        for part in pieces(match.group())
    ]
    for _ in range(5):  # a word written out may be the neighbour that explains the next one
        full = expand(found)
        if full == found:
            break
        found = full
    return found


def expand(found: list[Word]) -> list[Word]:
    """Teencode written out, each word judged by its neighbours as they stand."""
    full: list[Word] = []
    for at, word in enumerate(found):
        before = found[at - 1].text if at else ""
        after = found[at + 1].text if at + 1 < len(found) else ""
        meaning = teencode().expand(word.text, before, after)
        full += [Word(part, word.start, word.end) for part in meaning.split()]
    return full


def pieces(raw: str) -> list[str]:
    """A raw word in normal spelling; odd characters such as "½" may fall into several."""
    spelt = spell(raw)
    for _ in range(4):
        again = [spell(part) for part in TOKEN.findall(spelt)]
        if again == [spelt]:
            break
        spelt = " ".join(again)
    return spelt.split()


def spell(word: str) -> str:
    """One spelling for one word: composed, lower case, one tone place, no stretching."""
    word = INVISIBLE.sub("", word).translate(LOOK_ALIKES)
    word = unicodedata.normalize("NFKC", word).lower().translate(LOOK_ALIKES)
    word = unicodedata.normalize("NFC", INVISIBLE.sub("", word))
    return place_tone(shrink(word))


def shrink(word: str) -> str:
    """No stretching: "đẹppp" is "đẹp", "quáaa" is "quá"; "full" and "1000" stay."""
    word = re.sub(r"([^\W\d_])\1{2,}", r"\1", word)
    if len(word) > 1 and word[-2] != word[-1] and untoned(word[-2]) == word[-1]:
        word = word[:-1]
    if word in KEEPS_DOUBLE:
        return word
    # Doubled a, e, o, d are left alone: they may be raw Telex keys for â, ê, ô, đ.
    return re.sub(r"([^\W\d_aeod])\1+$", r"\1", word)


def untoned(text: str) -> str:
    """The text without its tones: hats, horns and breves stay."""
    marks = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in TONES))


def place_tone(word: str) -> str:
    """The tone mark where the modern rule puts it ("hóa" → "hoá"), and open "y" as "i" ("kỹ")."""
    tones = [mark for mark in unicodedata.normalize("NFD", word) if mark in TONES]
    syllable = SYLLABLE.fullmatch(untoned(word))
    if not syllable or len(tones) > 1:
        return word
    onset, nucleus, coda = syllable["onset"], syllable["nucleus"], syllable["coda"]
    if nucleus == "y" and not coda and onset in ("h", "k", "l", "m", "qu", "s", "t", "v"):
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
