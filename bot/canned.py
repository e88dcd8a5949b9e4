"""Canned replies: their variables, and how they are found.

A reply is written to "anh/chị" from "em", like all our sentences, and said as the customer is
called. `{name}` stands for a variable: one of VARIABLES, or a fact of the business.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from bot.address import PAIRS, addressed
from bot.folded import fold
from bot.models import Author, Customer, Message
from bot.nlu.entities.codes import find_codes
from bot.nlu.entities.reading import Reading
from bot.storage.canned import CannedReply

DEFAULTS: Final = Path(__file__).parent / "canned.yml"

# What is filled in anew for every customer, in the order in which editors are told of it.
VARIABLES: Final = ("xung_ho", "khach", "nhan_vien", "shop", "ma_don")

SHORTCUT_LIMIT, TITLE_LIMIT, TEXT_LIMIT = 32, 120, 3000  # letters
FILE_LIMIT = 4

_VARIABLE: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_SHORTCUT: Final = re.compile(rf"[a-z0-9][a-z0-9_-]{{0,{SHORTCUT_LIMIT - 1}}}")
_ENDS: Final = ".!?…\n"  # after these a sentence begins
_OPENS: Final = " \t\"'“”‘(*•-–"


@dataclass(frozen=True)
class Filled:
    """A reply as it would be said now."""

    text: str
    missing: tuple[str, ...]  # variables that nothing is known for; they still stand in the text


def values(
    customer: Customer, agent: str, shop: str, order_code: str, facts: Mapping[str, str]
) -> dict[str, str]:
    """What the variables mean in this conversation; "" for what nobody knows."""
    term = customer.profile.get("address")
    return {
        **facts,
        "xung_ho": PAIRS[term][0] if term in PAIRS else "anh/chị",
        "khach": customer.name,
        "nhan_vien": agent,
        "shop": shop,
        "ma_don": order_code,
    }


def order_code(said: Sequence[Message]) -> str:
    """The order that customer and shop named last; "" when there is none."""
    for message in reversed(said):
        if not message.internal:
            for found in find_codes(Reading(message.content.text)):
                if found.kind == "order_code":
                    return str(found.value)
    return ""


def asked_last(said: Sequence[Message]) -> str:
    """What the customer wrote since anybody answered, in one."""
    lines: list[str] = []
    for message in reversed(said):
        if message.author in (Author.AGENT, Author.BOT) and not message.internal:
            break
        if message.author is Author.CUSTOMER:
            lines.append(message.content.text)
    return " ".join(line for line in reversed(lines) if line)


def fill(text: str, known: Mapping[str, str]) -> Filled:
    """The text with its variables filled in, each with a capital where it begins a sentence."""
    missing: list[str] = []
    text = addressed(text, known.get("xung_ho"))

    def value(match: re.Match[str]) -> str:
        found = known.get(match[1], "")
        if not found:
            missing.append(match[1])
            return match[0]
        before = text[: match.start()].rstrip(_OPENS)
        begins = not before or before[-1] in _ENDS
        return found[0].upper() + found[1:] if begins else found

    filled = _VARIABLE.sub(value, text)
    return Filled(filled, tuple(dict.fromkeys(missing)))


def left_open(text: str) -> tuple[str, ...]:
    """The variables that still stand in a text: nobody may be sent one."""
    return tuple(dict.fromkeys(_VARIABLE.findall(text)))


def search(replies: Iterable[CannedReply], sought: str) -> list[CannedReply]:
    """Those that fit what was typed after "/", the best first: by shortcut, by the first letters
    of the title ("bh" is "Bảo hành"), by words of the title, by words anywhere. Accents do not
    matter; among equals a team's own come first."""
    ranked = [(rank, each) for each in replies if (rank := _rank(each, sought)) is not None]
    ranked.sort(key=lambda pair: (pair[0], not pair[1].team, fold(pair[1].title)))
    return [each for _, each in ranked]


def _rank(reply: CannedReply, sought: str) -> int | None:
    words = fold(sought).split()
    joined = "".join(words)
    title = fold(reply.title)
    in_title = re.findall(r"\w+", title)
    initials = "".join(word[0] for word in in_title)
    if reply.shortcut.startswith(joined):
        return 0 if reply.shortcut == joined else 1
    if initials.startswith(joined):
        return 2
    if all(any(each.startswith(word) for each in in_title) for word in words):
        return 3
    if len(joined) > 1 and joined in initials:
        return 4
    everything = f"{reply.shortcut} {title} {fold(reply.text)}"
    return 5 if all(word in everything for word in words) else None


def shortcut_of(typed: str) -> str:
    """A shortcut as it is kept: "/Bảo hành" is bao-hanh."""
    return "-".join(fold(typed).strip().lstrip("/").split())


def problems(reply: CannedReply, facts: Mapping[str, str]) -> list[tuple[str, dict[str, str]]]:
    """What is wrong with a reply: codes, and what fills in their sentences."""
    found: list[tuple[str, dict[str, str]]] = []

    def wrong(code: str, **values: object) -> None:
        found.append((code, {name: str(value) for name, value in values.items()}))

    if not reply.shortcut:
        wrong("shortcut_empty")
    elif not _SHORTCUT.fullmatch(reply.shortcut):
        wrong("shortcut", limit=SHORTCUT_LIMIT)
    if not reply.title:
        wrong("title_empty")
    elif len(reply.title) > TITLE_LIMIT:
        wrong("title_long", limit=TITLE_LIMIT)
    if not reply.text and not reply.files:
        wrong("text_empty")
    elif len(reply.text) > TEXT_LIMIT:
        wrong("text_long", limit=TEXT_LIMIT)
    unknown = [name for name in left_open(reply.text) if name not in (*VARIABLES, *facts)]
    if unknown:
        wrong("variable", names=shown(unknown))
    if len(reply.files) > FILE_LIMIT:
        wrong("files", limit=FILE_LIMIT)
    return found


def shown(names: Iterable[str]) -> str:
    """Variables as they are written."""
    return ", ".join(f"{{{name}}}" for name in names)


@cache
def defaults() -> Sequence[CannedReply]:
    """What a shop begins with."""
    given = yaml.safe_load(DEFAULTS.read_text(encoding="utf-8"))
    return tuple(
        CannedReply(0, "", shortcut, each["title"], each["text"].strip(), ())
        for shortcut, each in given.items()
    )
