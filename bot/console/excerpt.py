"""The piece of a message that a list of hits shows."""

from __future__ import annotations

import unicodedata

from bot.folded import places, sought

LETTERS = 160
LETTERS_BEFORE = 30  # what tells most: the longest run of words found


def excerpt(text: str, search: str) -> list[tuple[str, bool]]:
    """A piece of the text around what was found, in parts: is this what was searched for?"""
    text = " ".join(unicodedata.normalize("NFC", text).split())
    marks = places(text, sought(search))
    best = max(marks, key=lambda mark: mark[1] - mark[0], default=(0, 0))
    start = max(0, best[0] - LETTERS_BEFORE)
    if start:
        start = text.find(" ", start, best[0]) + 1 or start
    end = min(len(text), start + LETTERS)
    parts = [("…", False)] if start else []
    at = start
    for begin, upto in marks:
        if start <= begin < end:
            parts += [(text[at:begin], False), (text[begin : min(upto, end)], True)]
            at = min(upto, end)
    parts += [(text[at:end], False), ("…" if end < len(text) else "", False)]
    return [part for part in parts if part[0]]
