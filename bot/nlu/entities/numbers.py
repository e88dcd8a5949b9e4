"""Whole numbers in figures or in words: "3", "ba", "mười lăm", "hai chục"."""

from typing import Final

from bot.nlu.entities.reading import Reading

DIGITS: Final = {
    **{"mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "lam": 5, "nham": 5},
    **{"sau": 6, "bay": 7, "tam": 8, "chin": 9},
}
TENS: Final = {"ham": 20, "muoi": 10, "chuc": 10, "tram": 100}
# Someone who uses accents means "after", "man", "from" with these, not a number.
OTHER_WORDS: Final = frozenset({"tu", "nam", "lam", "sau", "bay", "tam", "le", "chuc"})
NUMBER_WORDS: Final = frozenset(
    {*DIGITS, "ham", "muoi", "chuc", "tram", "linh", "le", "ruoi", "nua", "nghin", "ngan"}
)
DIGIT: Final = "(?:một|hai|ba|bốn|tư|năm|sáu|bảy|bẩy|tám|chín)"
LAST: Final = "(?:một|mốt|hai|ba|bốn|tư|năm|lăm|nhăm|sáu|bảy|bẩy|tám|chín)"  # behind tens
WORD: Final = rf"(?:{LAST}|hăm|mười|mươi|chục|trăm|linh|lẻ)"  # any one word of a number
BELOW_100: Final = rf"(?:{DIGIT} (?:mươi|chục)(?: {LAST})?|(?:mười|hăm)(?: {LAST})?|chục|{DIGIT})"
# For `loose`; read with `number`.
IN_WORDS: Final = rf"(?:{DIGIT} trăm(?: (?:linh|lẻ) {DIGIT}| {BELOW_100})?|{BELOW_100})"
NUMBER: Final = rf"(?:\d{{1,4}}|{IN_WORDS})"


def number(read: Reading, start: int, end: int) -> int | None:
    """What a stretch that fits NUMBER comes to, if it is a number at all."""
    if read.bare[start:end].isdigit():
        return int(read.bare[start:end])
    total, digit = 0, None
    at = start
    for word in read.bare[start:end].split(" "):
        typed = read.low[at : at + len(word)]
        at += len(word) + 1
        if not is_number(typed, word, read.accented):
            return None
        if word in DIGITS:
            if digit is not None:
                return None
            digit = DIGITS[word]
        elif word in TENS:
            total += (1 if digit is None else digit) * TENS[word]
            digit = None
    return total + (digit or 0)


def is_number(typed: str, bare: str, accented: bool) -> bool:
    """Whether a word as typed is a number word: "năm" is; "nam" only where nothing has accents."""
    return typed != "bây" and not (accented and typed == bare and bare in OTHER_WORDS)
