"""Figures in words: how a value, its interval and its flags are read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from bot import survey
from bot.console import words
from bot.facts import HERE
from bot.figures.figure import Figure

NONE = "–"
SIGNED = ("nps", "crr_trend")  # of which a plus tells as much as a minus
COLUMNS = ("name", "value", "unit", "n", "low", "high", "from", "to", "note")


def value(language: str, figure: Figure) -> str:
    """The value with its unit: "81,2%", "3.888.000 đ", "4 phút 30 giây"."""
    shown = amount(language, figure.value, figure.unit)
    return f"+{shown}" if figure.name in SIGNED and figure.value and figure.value > 0 else shown


def interval(language: str, figure: Figure) -> str:
    """The 95 % interval, "" where there is none."""
    if figure.low is None or figure.high is None:
        return ""
    low, high = (amount(language, each, figure.unit) for each in (figure.low, figure.high))
    return words.say(language, "figures.interval", low=low, high=high)


def flags(language: str, figure: Figure) -> str:
    return "; ".join(words.name_of(language, "flag", flag) for flag in figure.flags)


def choice(language: str, code: str) -> str:
    """What somebody chose, as our surveys say it; a cause that the shop wrote as it is."""
    for asked in survey.questions().values():
        for question in asked:
            if code in question.choices:
                return question.choices[code][language]
    return code.replace("_", " ")


def amount(language: str, number: Decimal | None, unit: str) -> str:
    if number is None:
        return NONE
    if unit == "seconds":
        return _span(language, number)
    shown = plain(language, number)
    if unit == "percent":
        return f"{shown}%"
    if unit == "dong":
        return f"{shown}\u00a0đ"
    return shown


def plain(language: str, number: Decimal) -> str:
    """With Vietnam's separators, or the English ones."""
    shown = f"{number:,}".replace("-", "−")
    return shown if language == "en" else shown.translate(str.maketrans(",.", ".,"))


def _span(language: str, seconds: Decimal) -> str:
    span = timedelta(seconds=float(seconds))
    if 60 <= seconds < 3600 and seconds % 60:
        parts = (timedelta(minutes=int(seconds // 60)), timedelta(seconds=float(seconds % 60)))
        return " ".join(words.duration(language, part) for part in parts)
    return words.duration(language, span)


def as_csv(language: str, figures: Iterable[Figure]) -> str:
    """One line a figure, thin ones too; numbers with a point, times in ISO 8601."""
    file = io.StringIO()
    lines = csv.writer(file)
    lines.writerow(words.say(language, f"figures.column_{column}") for column in COLUMNS)
    for figure in figures:
        thin = [words.say(language, "figures.thin")] if figure.is_thin else []
        lines.writerow(
            (
                words.name_of(language, "figure", figure.name),
                figure.value,
                words.name_of(language, "unit", figure.unit),
                figure.n,
                figure.low,
                figure.high,
                figure.window.start.astimezone(HERE).isoformat(),
                figure.window.end.astimezone(HERE).isoformat(),
                "; ".join([*thin, flags(language, figure)]).strip("; "),
            )
        )
    return file.getvalue()
