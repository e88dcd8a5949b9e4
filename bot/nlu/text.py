"""Vietnamese as people type it, brought to one form: letters, tones, stretched words, teencode.

`words` keeps where each word stood in the raw text; `normalise` joins them. The normal form is for
the machine only: nobody reads it, so it may choose one spelling where people use two.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

import yaml

from bot.nlu.keys import decode
from bot.nlu.syllable import place_tone, untoned

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
BARE: Final = str.maketrans(
    "đĐàáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ",
    "dDaaaaaaaaaaaaaaaaaeeeeeeeeeeeiiiiiooooooooooooooooouuuuuuuuuuuyyyyy",
)
INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)
TOKEN: Final = re.compile(
    r"(?P<smile>(?<![\w:])[:=;]['-]?(?:\)+|D+|[pPvV3*])(?!\w)|(?<!\w)\^_?\^|(?<!\w)[xX]D+(?!\w))"
    r"|(?P<tears>(?<![\w:])[:=;]['-]?\(+|(?<!\w)T_+T(?!\w))"
    r"|(?P<heart><3(?!\w))"
    r"|\w(?:\w|[\u0300-\u036f\u00ad\u200b-\u200f\u2060\ufeff])*"  # a word, unseen letters too
    "|[\u2600-\u27bf\u2b50\u2b55\U0001f000-\U0001f3fa\U0001f400-\U0001faff]"  # emoji, no skin tones
)
EMOTICONS: Final = {"smile": "🙂", "tears": "🙁", "heart": "❤"}
# One picture for all that say the same.
FACES: Final = str.maketrans(
    {
        **dict.fromkeys("♥♡💓💔💕💖💗💘💙💚💛💜💝💞🖤🤍🤎🧡🥰😍😘🫶", "❤"),
        **dict.fromkeys("😀😁😂😃😄😅😆😉😊😋😎🤣🤗🤭🙃☺", "🙂"),
        **dict.fromkeys("😞😔😟😢😥😩😪😫😭🥲🥹🥺☹", "🙁"),
        **dict.fromkeys("😠😤🤬👿💢", "😡"),
    }
)
LAUGHTER: Final = re.compile(
    r"k{2,}|(?:[hk][aáàiíìeéè]){2,}h?|(?:ha+){2,}h?|(?:hi+){2,}|(?:he+){2,}"
)
RUN: Final = re.compile(r"([aăâeêioôơuưy])\1*$")
# English words, and teencode that would be another word with one letter.
KEEPS_DOUBLE: Final = frozenset(
    """add all app bass boss buff call class cuff dell fee free full kiss less loss mass miss off
    pass press sell staff too toss zoo
    bb bill gg pp sll tt tvv""".split()  # noqa: SIM905
)


class Word(NamedTuple):
    """One word in its normal form, and the stretch of raw text it came from."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Teencode:
    """Abbreviations: `always` one meaning, `context` by the neighbours (first rule that fits).

    `english` words are never read as Telex keys, `either` only beside words that must be keys.
    """

    always: dict[str, str]
    context: dict[str, list[dict[str, str]]]
    english: frozenset[str]
    either: frozenset[str]

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
    if "|" in wanted:
        return any(fits(one, neighbour) for one in wanted.split("|"))
    if wanted == "number":
        return neighbour[:1].isdigit()
    if wanted == "end":
        return not neighbour
    if wanted in ("", "any"):
        return bool(neighbour) or not wanted
    return neighbour == wanted


@lru_cache(maxsize=1)
def teencode() -> Teencode:
    """The lexicon, read once, its keys and meanings in the same normal spelling as the text."""
    raw = yaml.load(TEENCODE.read_text(encoding="utf-8"), yaml.CSafeLoader)
    always = {spell(str(word)): respell(meaning) for word, meaning in raw["always"].items()}
    context = {
        spell(str(word)): [{**rule, "is": respell(rule["is"])} for rule in rules]
        for word, rules in raw["context"].items()
    }
    english, either = (frozenset(raw[kind].split()) for kind in ("english", "either"))
    return Teencode(always, context, english, either)


@lru_cache(maxsize=1)
def never_keys() -> frozenset[str]:
    """Words that are what they are, even if they could be Telex keys."""
    lexicon = teencode()
    return lexicon.english.union(lexicon.always, lexicon.context)


def respell(phrase: str) -> str:
    """`spell` for every word of a phrase."""
    return " ".join(spell(word) for word in phrase.split())


def strip_accents(text: str) -> str:
    """The text as someone without a Vietnamese keyboard types it."""
    bare = unicodedata.normalize("NFC", text).translate(BARE)
    if bare.isascii():
        return bare
    marks = unicodedata.normalize("NFD", bare)
    return "".join(mark for mark in marks if not unicodedata.combining(mark))


def has_accents(text: str) -> bool:
    """Whether the writer uses Vietnamese letters at all."""
    return not text.isascii() and strip_accents(text) != unicodedata.normalize("NFC", text)


def normalise(text: str) -> str:
    """The one normal form of a message. Normalising it again changes nothing."""
    return " ".join(word.text for word in words(text))


def words(text: str) -> list[Word]:
    """The words of a message in normal form; several may share one raw stretch ("ntn")."""
    found = [
        Word(part, match.start(), match.end())
        for match in TOKEN.finditer(text)
        for part in ((EMOTICONS[match.lastgroup],) if match.lastgroup else pieces(match.group()))
    ]
    lexicon = teencode()
    typed = [word.text for word in found]
    letters = decode(typed, lexicon.either, never_keys())
    if letters != typed:
        found = [Word(new, word.start, word.end) for new, word in zip(letters, found, strict=True)]
    for _ in range(5):  # a word written out may be the neighbour that explains the next one
        full = expand(found)
        if full == found:
            break
        found = full
    return [
        word
        for at, word in enumerate(found)
        if not at or word.text != found[at - 1].text or word.text[0].isalnum()
    ]


def expand(found: list[Word]) -> list[Word]:
    """Teencode written out, each word judged by its neighbours as they stand."""
    lexicon = teencode()
    if not any(word.text in lexicon.always or word.text in lexicon.context for word in found):
        return found
    full: list[Word] = []
    for at, word in enumerate(found):
        before = found[at - 1].text if at else ""
        after = found[at + 1].text if at + 1 < len(found) else ""
        meaning = lexicon.expand(word.text, before, after)
        if meaning == word.text:
            full.append(word)
        else:
            full += [Word(part, word.start, word.end) for part in meaning.split()]
    return full


@lru_cache(maxsize=20_000)
def pieces(raw: str) -> tuple[str, ...]:
    """A raw word in normal spelling; odd characters such as "½" may fall into several."""
    spelt = spell(raw)
    for _ in range(4):
        again = [spell(part.group()) for part in TOKEN.finditer(spelt)]
        if again == [spelt]:
            break
        spelt = " ".join(again)
    return tuple(spelt.split())


def spell(word: str) -> str:
    """One spelling for one word: composed, lower case, one tone place, no stretching."""
    word = INVISIBLE.sub("", word).translate(LOOK_ALIKES)
    word = unicodedata.normalize("NFKC", word).lower().translate(LOOK_ALIKES)
    word = unicodedata.normalize("NFC", INVISIBLE.sub("", word)).translate(FACES)
    return "haha" if LAUGHTER.fullmatch(word) else place_tone(shrink(word))


def shrink(word: str) -> str:
    """No stretching: "đẹppp" is "đẹp", "quáaa" is "quá"; "full" and "1000" stay."""
    word = re.sub(r"([^\W\d_])\1{2,}", r"\1", word)
    run = RUN.search(word)
    if run and run.start() and word[run.start() - 1] != run[1]:
        stem = word[: run.start()]
        word = stem if untoned(stem[-1]) == run[1] else word
    if word in KEEPS_DOUBLE:
        return word
    # Doubled a, e, o, d are left alone: they may be raw Telex keys for â, ê, ô, đ.
    return re.sub(r"([^\W\d_aeod])\1+$", r"\1", word)
