"""The page "Chấm câu trả lời": a week's random sample of the assistant's answers, one at a time and
one key each; apart from it what has to be looked at anyway."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot import sample
from bot.console.access import REVIEW, Door, Visit
from bot.console.render import missing, page
from bot.facts import HERE
from bot.figures.figure import Window
from bot.storage import reviews
from bot.storage.reviews import Review

PATH = "/console/transcripts/sample"
WEEK = timedelta(days=7)


async def shown(request: Request, visit: Visit) -> Response:
    """One answer of the sample: the one asked for, else the first that nobody has judged."""
    newest = sample.last_monday(request.app.state.clock().astimezone(HERE).date())
    window = _week(request.query_params.get("week", ""), newest)
    async with request.app.state.db.read() as tx:
        drawn = sample.draw(await reviews.answers(tx, window))
        marks = await reviews.of(tx, drawn)
        place = _place(request.query_params.get("item", ""), drawn, marks)
        answer = await reviews.answer(tx, drawn[place]) if place is not None else None
        troubled = await reviews.troubled(tx, window)
    monday = sample.monday_of(window)
    return page(
        request,
        "sample.html",
        visit.language,
        visit,
        monday=monday,
        sunday=monday + WEEK - timedelta(days=1),
        before=monday - WEEK,
        after=monday + WEEK if monday < newest else None,
        drawn=drawn,
        marks=marks,
        place=place,
        answer=answer,
        verdicts=sample.VERDICTS,
        size=sample.SIZE,
        troubled=troubled,
    )


async def judge(request: Request, visit: Visit) -> Response:
    """A key was pressed: noted, and on to the next. Only what is drawn can be judged."""
    state, form = request.app.state, await request.form()
    newest = sample.last_monday(state.clock().astimezone(HERE).date())
    window = _week(str(form.get("week", "")), newest)
    verdict, answer = str(form.get("verdict", "")), request.path_params["id"]
    async with state.db.begin() as tx:
        if answer not in sample.draw(await reviews.answers(tx, window)):
            return await missing(request, visit)
        if verdict in sample.VERDICTS:
            await reviews.judge(tx, answer, verdict, visit.user.id, state.clock())
    query = urlencode({"week": sample.monday_of(window).isoformat()})
    return RedirectResponse(f"{PATH}?{query}", 303)


def _week(asked: str, newest: date) -> Window:
    """The week that is asked for, else the last one that is over."""
    try:
        monday = date.fromisoformat(asked)
        return sample.week(monday if monday <= newest else newest)
    except (ValueError, OverflowError):
        return sample.week(newest)


def _place(asked: str, drawn: Sequence[int], marks: Mapping[int, Review]) -> int | None:
    if asked.isdecimal() and len(asked) < 4 and 0 < int(asked) <= len(drawn):
        return int(asked) - 1
    return next((place for place, id in enumerate(drawn) if id not in marks), None)


DOORS = (
    Door("GET", "/transcripts/sample", shown, REVIEW),
    Door("POST", "/transcripts/sample/{id:int}", judge, REVIEW),
)
