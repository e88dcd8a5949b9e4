"""The page "Tiếng nói khách hàng": eight questions that a shop should be able to answer, and for
those that it cannot, which data is missing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from starlette.requests import Request
from starlette.responses import Response

from bot.console import numbers, window, words
from bot.console.access import REVIEW, Door, Visit
from bot.console.figures import Chart, readers
from bot.console.render import page
from bot.facts import HERE
from bot.figures import ranking, retention, winback
from bot.figures.facts import Facts
from bot.figures.figure import Figure, Window
from bot.figures.sheet import Sheet
from bot.promises import KEPT_WITHIN
from bot.storage import records
from bot.storage import rules as desk_rules


@dataclass(frozen=True)
class Question:
    """One of the eight, what answers it, and what is missing when nothing does."""

    number: int
    figures: Sequence[Figure] = ()
    chart: Chart | None = None
    notes: Sequence[str] = ()
    missing: str = ""  # a key of words


async def voice(request: Request, visit: Visit) -> Response:
    """The eight questions over the twelve months until today."""
    now = request.app.state.clock()
    asked = window.asked({}, now)
    given = request.query_params.get("margin", "").strip()
    margin = _margin(given)
    async with request.app.state.db.read() as tx:
        known = await records.read(tx, retention.years_before(asked.window.end, 1))
        rules = await desk_rules.current(tx)
    sheet = Sheet(Facts(), known, asked.window, rules.hours_of, KEPT_WITHIN)
    return page(
        request,
        "voice.html",
        visit.language,
        visit,
        questions=await asyncio.to_thread(_questions, sheet, margin, visit.language),
        margin=given,
        wrong=bool(given) and margin is None,
        **readers(visit.language),
    )


def _margin(text: str) -> Fraction | None:
    """A share of 1 from a percentage as people write it."""
    try:
        share = Fraction(text.replace(",", ".").removesuffix("%").strip()) / 100
    except (ValueError, ZeroDivisionError):
        return None
    return share if 0 < share <= 1 else None


def _questions(sheet: Sheet, margin: Fraction | None, language: str) -> list[Question]:
    found = {each.name: each for each in sheet.value(margin)}
    orders, year = sheet.records.orders, sheet.year
    today = (sheet.window.end - timedelta(days=1)).astimezone(HERE).date()
    months = retention.monthly(orders, today)
    trend = retention.trend(months, year)
    drawn = [
        (f"{month.window.start.astimezone(HERE):%m/%Y}", month)
        for month in months
        if month.value is not None
    ]
    return [
        _told(1, [found["churn"]], "voice.need.orders"),
        _told(2, [found[f"tenure_{years}"] for years in retention.YEARS], "voice.need.orders"),
        Question(
            3,
            [trend],
            Chart("months", "line", "figures.month", drawn) if drawn else None,
            missing="" if trend.value is not None else "voice.need.orders",
        ),
        _ranked(4, "leaving", sheet, language),
        _ranked(5, "expectations", sheet, language),
        _told(6, [found["clv"], found["clv_historic"], found["pareto"]], "voice.need.orders"),
        _told(7, [found["aov_mean"], found["aov_median"]], "voice.need.orders"),
        _won_back(8, sheet, found["churn"], language),
    ]


def _told(number: int, figures: Sequence[Figure], need: str) -> Question:
    known = any(each.value is not None for each in figures)
    return Question(number, figures, missing="" if known else need)


def _ranked(number: int, name: str, sheet: Sheet, language: str) -> Question:
    named = sheet.records.leaving if name == "leaving" else sheet.records.expectations
    found = ranking.ranking(name, named, sheet.year)
    if not found:
        return Question(number, missing=f"voice.need.{name}")
    points = [(numbers.choice(language, choice), share) for choice, share in found]
    vague = ranking.is_vague(named, sheet.year)
    notes = [words.say(language, "voice.vague")] if vague else []
    return Question(number, (), Chart(name, "bar", f"figures.chart.{name}", points), notes)


def _won_back(number: int, sheet: Sheet, churn: Figure, language: str) -> Question:
    lately = Window(sheet.window.end - winback.SPAN, sheet.window.end)
    figure = winback.reached(sheet.records.attempts, churn.hits, lately)
    talked, tried = len(figure.hits), len(figure.rows)
    goal = winback.GOAL
    key = "voice.goal_met" if talked >= goal else "voice.goal_open"
    notes = [
        words.say(language, key, goal=goal, left=goal - talked),
        words.say(language, "voice.tried", tried=tried, silent=tried - talked),
        words.say(language, "voice.unreachable", n=len(churn.hits)),
    ]
    need = "voice.need.orders" if churn.value is None else ""
    return Question(number, [figure], notes=notes if not need else (), missing=need)


DOORS = (Door("GET", "/voice", voice, REVIEW),)
