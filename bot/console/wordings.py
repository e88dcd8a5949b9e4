"""Two wordings of an answer, compared: begun, stopped, and the better one taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot import conversation, faq_entries, plain, wordings
from bot.console import entries
from bot.console.access import CONTENT, Door, Visit
from bot.console.canned import facts
from bot.console.content import PAGE
from bot.console.render import missing
from bot.facts import HERE
from bot.plain import Lists
from bot.storage import audit, experiments
from bot.storage import faq_entries as rows
from bot.storage.faq_entries import FaqEntry


async def begin(request: Request, visit: Visit) -> Response:
    """From now on half of the customers are told the second wording. What is wrong with it is said,
    and what was typed stays."""
    entry = await entries.asked_for(request)
    if entry is None or not entry.answer:
        return await missing(request, visit)
    form, state = await request.form(), request.app.state
    given = {name: str(form.get(name, "")).strip() for name in ("second", "most", "until")}
    second = conversation.storable(given["second"]).replace("\r\n", "\n")
    now: datetime = state.clock()
    most, ends_at = _whole(given["most"]), _end_of(given["until"])
    wrong = _wrong(entry, second, most, ends_at, now, facts(request))
    if not wrong:
        assert ends_at is not None
        async with state.db.begin() as tx:
            begun = await experiments.start(
                tx, entry.intent, entry.answer, second, most, ends_at, now
            )
            if begun:
                await audit.note(
                    tx,
                    wordings.KIND,
                    begun.id,
                    "started",
                    visit.user.id,
                    now,
                    most=most,
                    until=ends_at.isoformat(),
                )
        wrong = "" if begun else "running"
    if wrong:
        return await entries.entry_form(request, visit, entry, trying=given, wrong=wrong)
    return _back(entry)


def _wrong(
    entry: FaqEntry,
    second: str,
    most: int,
    ends_at: datetime | None,
    now: datetime,
    known: Mapping[str, str],
) -> str:
    """A code of why it cannot begin; "" when it can."""
    if not 0 < len(second) <= faq_entries.ANSWER_LIMIT:
        return "second"
    if second == entry.answer:
        return "same"
    if faq_entries.unknown(second, known):
        return "facts"
    if any(plain.weaknesses(second, known, Lists.ours())):
        return "plain"
    if not wordings.FEWEST <= most <= wordings.MOST:
        return "most"
    if ends_at is None or not now < ends_at <= now + wordings.LONGEST + timedelta(days=1):
        return "until"
    return ""


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _end_of(day: str) -> datetime | None:
    """Midnight after a day in Vietnam."""
    try:
        return datetime.combine(date.fromisoformat(day), time(), HERE) + timedelta(days=1)
    except (ValueError, OverflowError):
        return None


async def stop(request: Request, visit: Visit) -> Response:
    """Everybody is told the first wording again."""
    entry = await entries.asked_for(request)
    if entry is None:
        return await missing(request, visit)
    state = request.app.state
    async with state.db.begin() as tx:
        if running := await experiments.running(tx, entry.intent):
            await wordings.stop(tx, running, "stopped", visit.user.id, state.clock())
    return _back(entry)


async def take(request: Request, visit: Visit) -> Response:
    """The second wording is written in place of the first; customers get it with the next
    publication. Not when the answer was changed meanwhile."""
    entry = await entries.asked_for(request)
    if entry is None:
        return await missing(request, visit)
    state, now = request.app.state, request.app.state.clock()
    async with state.db.begin() as tx:
        newest = await experiments.newest(tx, entry.intent)
        if newest is None or newest.first != entry.answer:
            return await missing(request, visit)
        taken = replace(entry, answer=newest.second)
        if not await rows.put(tx, taken, visit.user.id, now):
            await experiments.end(tx, newest.id, "taken", now)
            await audit.note(tx, wordings.KIND, newest.id, "taken", visit.user.id, now)
    return _back(entry)


def _back(entry: FaqEntry) -> Response:
    return RedirectResponse(f"{PAGE}/{entry.id}#wordings", 303)


DOORS = (
    Door("POST", "/content/{id:int}/wordings", begin, CONTENT),
    Door("POST", "/content/{id:int}/wordings/stop", stop, CONTENT),
    Door("POST", "/content/{id:int}/wordings/take", take, CONTENT),
)
