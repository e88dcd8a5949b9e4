"""The care calendar: who is to be written what of ourselves, when, and whether it may go."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot import care, outreach, sheets
from bot.console import failures, words
from bot.console.access import REVIEW, Door, Visit
from bot.console.failures import Failure
from bot.console.render import download, page
from bot.models import Message
from bot.permission import Verdict
from bot.storage import calendar, messages
from bot.storage import outreach as rows
from bot.storage.calendar import STATES, Entry, Filters
from bot.storage.db import Database, Tx

ON_A_PAGE: Final = 100
IN_A_FILE: Final = 5000
DONE: Final = ("moved", "cancelled", "gone", "wrong")


@dataclass(frozen=True)
class Line:
    """An entry as it is shown."""

    entry: Entry
    about: str
    standing: str  # whether it may go, or what became of it
    tone: str  # good, wait, bad or over
    message: Message | None  # the first bubble of what was sent
    failure: Failure | None  # why that did not arrive


async def listed(request: Request, visit: Visit) -> Response:
    """The calendar, a day after the other."""
    now = request.app.state.clock()
    asked = {key: value for key, value in request.query_params.items() if value}
    done = asked.pop("done", "")
    place = asked.pop("page", "")
    number = max(1, int(place)) if place.isdecimal() and len(place) < 6 else 1
    filters, wrong = _filters(asked, now)
    async with request.app.state.db.read() as tx:
        total = await calendar.count(tx, filters)
        found = await calendar.page(tx, filters, ON_A_PAGE, (number - 1) * ON_A_PAGE)
        lines = [await _line(tx, visit.language, each, now) for each in found]
        kinds = await calendar.kinds(tx)
    days = groupby(lines, lambda line: line.entry.planned.due_at.astimezone(words.VIETNAM).date())
    return page(
        request,
        "care.html",
        visit.language,
        visit,
        asked=asked,
        wrong=wrong,
        done=done if done in DONE else "",
        total=total,
        days=[(_day_name(visit.language, day, now), list(each)) for day, each in days],
        kinds=kinds,
        states=STATES,
        ahead=care.AHEAD.days,
        soonest=_typed(now),
        latest=_typed(now + care.AHEAD),
        typed=_typed,
        query=urlencode(asked),
        previous=urlencode({**asked, "page": number - 1}) if number > 1 else "",
        following=urlencode({**asked, "page": number + 1}) if number * ON_A_PAGE < total else "",
    )


async def exported(request: Request, visit: Visit) -> Response:
    """The same as a table's file."""
    now = request.app.state.clock()
    filters, _ = _filters(request.query_params, now)
    file = sheets.written(await _table(request.app.state.db, visit.language, filters, now))
    name = f"lich-cham-soc-{now.astimezone(words.VIETNAM):%Y-%m-%d}.csv"
    return download(file, name)


async def _table(
    db: Database, language: str, filters: Filters, now: datetime
) -> list[Sequence[object]]:
    columns = ("time", "customer", "channel", "kind", "about", "state", "standing")
    table: list[Sequence[object]] = [
        [words.say(language, f"care.column.{each}") for each in columns]
    ]
    async with db.read() as tx:
        for entry in await calendar.page(tx, filters, IN_A_FILE):
            line = await _line(tx, language, entry, now)
            table.append(
                (
                    words.moment(entry.planned.due_at),
                    entry.name
                    or words.say(language, "who.anonymous", id=entry.planned.customer_id),
                    words.name_of(language, "channel", entry.channel),
                    words.name_of(language, "outreach", entry.planned.kind),
                    line.about,
                    words.say(language, f"care.state.{entry.planned.state}"),
                    line.standing,
                )
            )
            await asyncio.sleep(0)  # colleagues come first
    return table


async def changed(request: Request, visit: Visit) -> Response:
    """Moves one that waits, or cancels it."""
    form = await request.form()
    now, planned = request.app.state.clock(), request.path_params["id"]
    async with request.app.state.db.begin() as tx:
        if form.get("do") == "cancel":
            ended = await rows.end(tx, planned, "cancelled", now, user_id=visit.user.id)
            done = "cancelled" if ended else "gone"
        else:
            at = _moment(str(form.get("at", "")))
            if at is None or not timedelta(0) < at - now <= care.AHEAD:
                done = "wrong"
            else:
                moved = await rows.later(tx, planned, at, user_id=visit.user.id)
                done = "moved" if moved else "gone"
    fields = ("kind", "state", "from", "to", "page")
    kept = {key: str(form[key]) for key in fields if form.get(key)}
    return RedirectResponse(f"/console/care?{urlencode({**kept, 'done': done})}", 303)


def _filters(asked: Mapping[str, str], now: datetime) -> tuple[Filters, list[str]]:
    """What the form asks for, and the names of the fields that are no days."""
    today = now.astimezone(words.VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)
    days = {key: _moment(f"{asked[key]}T00:00") for key in ("from", "to") if asked.get(key)}
    since = days.get("from") or today
    last = days.get("to")
    state = asked.get("state", "")
    filters = Filters(
        since,
        last + timedelta(days=1) if last else since + care.AHEAD,
        asked.get("kind", ""),
        state if state in STATES else "",
    )
    return filters, [key for key, day in days.items() if day is None]


def _moment(text: str) -> datetime | None:
    """A moment that a form tells on Vietnam's clock."""
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M").replace(tzinfo=words.VIETNAM)
    except ValueError:
        return None


def _typed(at: datetime) -> str:
    return at.astimezone(words.VIETNAM).strftime("%Y-%m-%dT%H:%M")


def _day_name(language: str, day: date, now: datetime) -> str:
    key = "today" if day == now.astimezone(words.VIETNAM).date() else "other"
    weekday = words.say(language, f"weekday.{day.weekday()}")
    name = words.say(language, f"care.day.{key}", weekday=weekday, date=f"{day:%d/%m/%Y}")
    return name[0].upper() + name[1:]


async def _line(tx: Tx, language: str, entry: Entry, now: datetime) -> Line:
    planned = entry.planned
    foreseen = await outreach.foreseen(tx, planned, now) if planned.state == "waiting" else None
    message = await messages.by_id(tx, planned.message_id) if planned.message_id else None
    failure = failures.of_message(message) if message else None
    standing, tone = _will(language, foreseen) if foreseen else _was(language, entry)
    return Line(
        entry, _about(language, entry), standing, "bad" if failure else tone, message, failure
    )


def _will(language: str, foreseen: Verdict) -> tuple[str, str]:
    why = words.name_of(language, "unsent", foreseen.reason)
    if foreseen.kind == "wait":
        until = words.moment(foreseen.until)
        return words.say(language, "care.will.wait", time=until, why=why), "wait"
    if foreseen.kind == "refuse":
        return words.say(language, "care.will.refuse", why=why), "bad"
    if foreseen.kind == "template":
        return words.say(language, "care.will.template"), "good"
    return words.say(language, "care.will.send" if foreseen.free else "care.will.paid"), "good"


def _was(language: str, entry: Entry) -> tuple[str, str]:
    planned = entry.planned
    why = words.name_of(language, "unsent", planned.reason)
    if planned.state == "sent":
        return words.say(language, "care.was.sent", time=words.moment(planned.ended_at)), "over"
    if planned.state == "cancelled" and not planned.reason:
        return words.say(language, "care.was.cancelled_by", by=entry.by), "over"
    tone = "bad" if planned.state == "refused" else "over"
    return words.say(language, f"care.was.{planned.state}", why=why), tone


def _about(language: str, entry: Entry) -> str:
    """What it is about, as far as a supervisor knows it: the goods, the order, the campaign."""
    about, kind = entry.planned.about, entry.planned.kind
    key = "care.about.repair" if kind.startswith("repair") else "care.about.code"
    code = words.say(language, key, code=about["code"]) if about.get("code") else ""
    told = (entry.campaign, about.get("festival"), about.get("item"), code)
    return " · ".join(str(each) for each in told if each)


DOORS = (
    Door("GET", "/care", listed, REVIEW),
    Door("GET", "/care.csv", exported, REVIEW),
    Door("POST", "/care/{id:int}", changed, REVIEW),
)
