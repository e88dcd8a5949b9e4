"""Screens, tubs and engines: "50 inch", "9 kg", "200 lít", "1.5 HP"."""

from collections.abc import Iterator
from typing import Final

from bot.nlu.entities.found import Found
from bot.nlu.entities.numbers import number
from bot.nlu.entities.reading import Reading, rule

SIZE: Final = rule(
    r"(?<![\w.,/])(?P<n>\d{1,4}(?:[.,]\d{1,2})?|một|hai|ba)(?:"
    r" ?(?P<unit>inches|inch|lít|kg|kí|ký|c[â]n|hp|ngựa|btu)|(?P<glued>in|l|\"|”|''))(?!\w)"
    r"(?P<half> rưỡi)?"
)
UNITS: Final = {
    **dict.fromkeys(("inch", "inches", "in", '"', "”", "''"), "inch"),
    **dict.fromkeys(("lit", "l"), "lít"),
    **dict.fromkeys(("kg", "ki", "ky", "can"), "kg"),
    **dict.fromkeys(("hp", "ngua"), "HP"),
    "btu": "BTU",
}
SCREEN: Final = rule(
    r"(?<!\w)(?:tivi|ti vi|tv|màn hình) (?P<n>\d{2})(?![\w.,/:])(?! (?:tr|triệu|củ|k)(?!\w))"
)
SCREENS: Final = frozenset(
    {24, 27, 32, 40, 42, 43, 48, 49, 50, 55, 58, 60, 65, 70, 75, 77, 83, 85, 86, 98}
)


def find_sizes(read: Reading) -> Iterator[Found]:
    """Every size, the figure with a point and the unit in one spelling."""
    if not read.has_digit and "ngua" not in read.keys:
        return
    for match in read.find(SIZE):
        start, end = match.span()
        unit = UNITS[read.part(match, "unit") or read.part(match, "glued")]
        figures = match["n"].replace(",", ".")
        if not figures[0].isdigit():
            if unit != "HP":
                continue
            figures = str(number(read, *match.span("n")))
        if match["glued"] in ('"', "”", "''") and '"' in read.said[:start]:
            continue  # a closing quotation mark
        if match["half"]:
            if unit != "HP" or "." in figures:
                end = match.start("half")
            else:
                figures += ".5"
        yield Found("size", f"{figures} {unit}", start, end)
    if read.has(frozenset({"tivi", "ti", "tv", "man"})):
        for match in SCREEN.finditer(read.said):
            if int(match["n"]) in SCREENS:
                yield Found("size", f"{match['n']} inch", *match.span("n"))
