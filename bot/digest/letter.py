"""What a week's digest says: the figures of the page "Số liệu" for that week, how they moved, and
what was named most. Nothing in it tells who a customer is."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Final

from bot.console import figures, numbers, words
from bot.console.figures import Report
from bot.facts import HERE
from bot.figures import ranking
from bot.figures.figure import ENOUGH, Figure
from bot.figures.ranking import Named
from bot.folded import words as folded
from bot.redacted import redacted
from bot.storage import heard
from bot.storage.db import Tx
from connectors.base import Json

LANGUAGE: Final = "vi"
CALENDAR: Final = "_calendar"  # how figures end that also count the hours when nobody works
LOOKED_AT: Final = 1000  # questions
QUOTED: Final = 100  # characters of a question
UP: Final = "▲"
DOWN: Final = "▼"


@dataclass(frozen=True)
class Line:
    """A figure in words."""

    name: str
    value: str
    n: int
    interval: str  # "" where there is none
    change: str  # against the week before; "" where that cannot be told


@dataclass(frozen=True)
class Part:
    """A section of the page; `thin` are the names of those over too few rows."""

    title: str
    lines: tuple[Line, ...]
    thin: tuple[str, ...]


@dataclass(frozen=True)
class Top:
    """What was named most, with how often; of `n`."""

    title: str
    n: int
    items: tuple[tuple[str, int], ...]

    @property
    def is_thin(self) -> bool:
        return self.n < ENOUGH


@dataclass(frozen=True)
class Letter:
    """The whole digest. `url` is of the page with the same figures."""

    subject: str
    days: str
    business: str
    url: str
    parts: tuple[Part, ...]
    tops: tuple[Top, ...]

    def as_json(self) -> Json:
        return asdict(self)


def read(content: Json) -> Letter:
    """What `as_json` gave."""
    parts = tuple(
        Part(each["title"], tuple(Line(**line) for line in each["lines"]), tuple(each["thin"]))
        for each in content["parts"]
    )
    tops = tuple(
        Top(each["title"], each["n"], tuple((text, n) for text, n in each["items"]))
        for each in content["tops"]
    )
    return Letter(**{**content, "parts": parts, "tops": tops})


async def write(
    tx: Tx, monday: date, now: datetime, *, business: str, public_url: str, is_trial: bool
) -> Letter:
    """The digest of the week that began on that Monday, as things are known now."""
    asked = _asked(monday)
    present = await figures.report(tx, asked, now)
    before = await figures.report(tx, _asked(monday - timedelta(days=7)), now)
    missed = [
        turn.id
        for turn in present.sheet.facts.turns
        if not turn.understood and turn.at in present.asked.window
    ]
    said = await heard.asked(tx, sorted(missed)[-LOOKED_AT:])
    questions = await asyncio.to_thread(_questions, said, now.astimezone(HERE).date())
    days = present.asked.said(LANGUAGE)
    span = f"{present.asked.first:%d/%m}–{present.asked.last:%d/%m/%Y}"
    key = "digest.trial_subject" if is_trial else "digest.subject"
    return Letter(
        subject=words.say(LANGUAGE, key, business=business, days=span),
        days=days,
        business=business,
        url=f"{public_url}/console/figures?from={asked['from']}&to={asked['to']}",
        parts=tuple(
            _part(name, found, {each.name: each for each in before.sections[name]})
            for name, found in present.sections.items()
        ),
        tops=(*_named(present), questions),
    )


def _asked(monday: date) -> dict[str, str]:
    return {"from": monday.isoformat(), "to": (monday + timedelta(days=6)).isoformat()}


def _part(name: str, found: Sequence[Figure], before: dict[str, Figure]) -> Part:
    shown = [each for each in found if not each.name.endswith(CALENDAR)]
    told = [each for each in shown if each.value is not None and not each.is_thin]
    return Part(
        title=words.say(LANGUAGE, f"figures.section.{name}"),
        lines=tuple(
            Line(
                name=_name(each),
                value=numbers.value(LANGUAGE, each),
                n=each.n,
                interval=numbers.interval(LANGUAGE, each),
                change=change(each, before[each.name]),
            )
            for each in told
        ),
        thin=tuple(_name(each) for each in shown if each not in told),
    )


def _name(figure: Figure) -> str:
    return words.name_of(LANGUAGE, "figure", figure.name)


def change(figure: Figure, before: Figure) -> str:
    """How it moved: "▲ 2,3 điểm". "" when either week has too few rows to tell."""
    if figure.value is None or before.value is None or before.is_thin:
        return ""
    moved = figure.value - before.value
    if not moved:
        return words.say(LANGUAGE, "digest.same")
    unit = "points" if figure.unit == "percent" else figure.unit
    shown = numbers.amount(LANGUAGE, abs(moved), unit)
    if figure.unit == "percent":
        shown = words.say(LANGUAGE, "digest.points", n=shown)
    return f"{UP if moved > 0 else DOWN} {shown}"


def _named(report: Report) -> Iterable[Top]:
    records, window = report.sheet.records, report.asked.window
    given: Sequence[tuple[str, Sequence[Named]]] = (
        ("causes", records.causes),
        ("leaving", records.leaving),
        ("expectations", records.expectations),
    )
    today = report.asked.last
    for name, named in given:
        found = ranking.ranking(name, named, window)
        yield Top(
            title=words.say(LANGUAGE, f"figures.chart.{name}"),
            n=found[0].share.n if found else 0,
            items=tuple(
                (redacted(numbers.choice(LANGUAGE, choice), (), today), len(share.hits))
                for choice, share in found
            ),
        )


def _questions(said: Sequence[tuple[str, Sequence[str]]], today: date) -> Top:
    """The questions that the assistant did not understand, equal ones counted together."""
    clean = [redacted(text, names, today) for text, names in said]
    told = {folded(text): text for text in reversed(clean)}
    times = Counter(folded(text) for text in clean if folded(text))
    most = sorted(times.items(), key=lambda pair: (-pair[1], pair[0]))[: ranking.TOP]
    return Top(
        title=words.say(LANGUAGE, "digest.questions"),
        n=len(clean),
        items=tuple((_short(told[key]), n) for key, n in most),
    )


def _short(text: str) -> str:
    return text if len(text) <= QUOTED else text[: QUOTED - 1].rstrip() + "…"
