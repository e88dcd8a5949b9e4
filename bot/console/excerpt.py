"""The piece of a message that a list of hits shows."""

from __future__ import annotations

import unicodedata

from bot.folded import places, sought

LETTERS = 160
LETTERS_BEFORE = 50  # the first word found


def excerpt(text: str, search: str) -> list[tuple[str, bool]]:
    """A piece of the text around the first word found, in parts: is this what was searched for?"""
    text = " ".join(unicodedata.normalize("NFC", text).split())
    marks = places(text, sought(search))
    start = max(0, marks[0][0] - LETTERS_BEFORE) if marks else 0
    end = min(len(text), start + LETTERS)
    parts = [("…", False)] if start else []
    at = start
    for begin, upto in marks:
        if begin >= end:
            break
        parts += [(text[at:begin], False), (text[begin : min(upto, end)], True)]
        at = min(upto, end)
    parts += [(text[at:end], False), ("…" if end < len(text) else "", False)]
    return [part for part in parts if part[0]]
