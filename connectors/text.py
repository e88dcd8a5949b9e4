"""Text as platforms take it: cut to their limits, and choices written out where there are no
buttons."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from typing import Final

import regex

from connectors.base import Button, Card

# Where a text may be cut, the best place first: after a paragraph, a line, a sentence, a word.
CUTS: Final = tuple(
    regex.compile(place) for place in (r"\n\s*\n", r"\n", r"(?<=[.!?…。]['\"”’)]*)\s+", r"\s+")
)
LETTER: Final = regex.compile(r"\X")


def split(text: str, limit: int, length: Callable[[str], int] = len) -> list[str]:
    """The text in parts of at most `limit`, cut after sentences where it can be.

    A word, a link or an emoji is never cut, unless it alone is longer than the limit: then
    between letters as people see them. In NFC, as platforms count.
    """
    parts = _split(unicodedata.normalize("NFC", text).strip(), limit, length)
    return [part for part in parts if part]


def _split(text: str, limit: int, length: Callable[[str], int]) -> list[str]:
    parts = []
    while length(text) > limit:
        end = _fitting(text, limit, length)
        for cut in CUTS:
            # A cut in the first half would leave crumbs: rather cut at a lesser place further on.
            found = [m for m in cut.finditer(text, 0, end + 1) if 0 < m.start() <= end]
            if found and (found[-1].start() >= end / 2 or cut is CUTS[-1]):
                parts.append(text[: found[-1].start()].rstrip())
                text = text[found[-1].end() :].lstrip()
                break
        else:
            parts.append(text[:end])
            text = text[end:].lstrip()
    return [*parts, text]


def _fitting(text: str, limit: int, length: Callable[[str], int]) -> int:
    """How many characters of the text fit, ending between letters as people see them."""
    end, used = 0, 0
    for letter in LETTER.finditer(text):
        used += length(letter[0])
        if used > limit:
            break
        end = letter.end()
    return end or 1


def utf16(text: str) -> int:
    """The length as Telegram counts it."""
    return len(text.encode("utf-16-le")) // 2


def clip(text: str, limit: int) -> str:
    """A title of at most `limit` characters, ending with "…" when something is left out."""
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    if len(text) <= limit:
        return text
    head = text[: _fitting(text, limit - 1, len)]
    word, space, _ = head.rpartition(" ")
    return (word if space and len(word) >= limit / 2 else head).rstrip(" ,.;:-") + "…"


def numbered(buttons: Sequence[Button], first: int = 1) -> str:
    """Choices to type: their numbers from `first` on, or the address that they open. Choices that
    are numbers themselves stand in one line."""
    if buttons and all(button.title[:1].isdigit() and not button.url for button in buttons):
        return " · ".join(button.title for button in buttons)
    lines, number = [], first
    for button in buttons:
        if button.url:
            lines.append(f"{button.title}: {button.url}")
        else:
            lines.append(f"{number}. {button.title}")
            number += 1
    return "\n".join(lines)


def written(card: Card) -> str:
    """A card's words, without its picture and buttons."""
    return "\n".join(line for line in (card.title, card.subtitle) if line)


def joined(*texts: str) -> str:
    """The texts that are there, a blank line between them."""
    return "\n\n".join(text for text in texts if text)
