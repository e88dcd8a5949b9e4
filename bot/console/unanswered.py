"""The page "Câu hỏi chưa trả lời được": what customers asked in vain, put together by what was
asked, one key a decision."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot import faq_entries, sheets, unanswered
from bot.console import content, entries, words
from bot.console.access import CONTENT, REVIEW, Door, Visit
from bot.console.render import download, missing, page
from bot.facts import HERE
from bot.figures import figure
from bot.folded import fold
from bot.storage import faq_entries as faq
from bot.storage import unanswered as rows
from bot.storage.faq_entries import FaqEntry
from bot.unanswered import Cluster

PATH: Final = f"{content.PAGE}/unanswered"
READERS: Final = CONTENT | REVIEW
DAYS: Final = (1, 7, 30, 90)
USUAL: Final = 7
ORDERS: Final = ("new", "big")
LISTED: Final = 100
SHOWN: Final = 12  # ways of asking
COLUMNS: Final = ("sample", "messages", "askers", "first", "last", "channels", "why", "guess")


@dataclass(frozen=True)
class Asked:
    """Which of it the page shows."""

    days: int
    order: str

    @property
    def query(self) -> str:
        return urlencode({"days": self.days, "order": self.order})


def _asked(given: Mapping[str, object]) -> Asked:
    days, order = str(given.get("days", "")), str(given.get("order", ""))
    return Asked(
        int(days) if days in map(str, DAYS) else USUAL, order if order in ORDERS else ORDERS[0]
    )


def _today(now: datetime) -> date:
    return now.astimezone(HERE).date()


async def _found(request: Request, asked: Asked) -> list[Cluster]:
    now: datetime = request.app.state.clock()
    async with request.app.state.db.read() as tx:
        known = await rows.since(tx, now - unanswered.KEPT)
    today = _today(now)
    window = figure.days(today - timedelta(days=asked.days - 1), today + timedelta(days=1))
    found = await asyncio.to_thread(unanswered.put_together, known, window)
    if asked.order == "big":
        found.sort(key=lambda each: (each.askers, len(each.messages), each.last), reverse=True)
    return found


async def shown(request: Request, visit: Visit) -> Response:
    """What is open in the window, and all about one of it: the one asked for, else the first."""
    item = entries.ids_in(request.query_params.get("item", ""))
    return await _page(request, visit, _asked(request.query_params), item)


async def _page(
    request: Request, visit: Visit, asked: Asked, item: Sequence[int], problem: str = ""
) -> Response:
    found = await _found(request, asked)
    place = next((n for n, each in enumerate(found) if {*item} & {*each.ids}), 0)
    one = found[place] if found else None
    topics = await _topics(request)
    today = _today(request.app.state.clock())
    first = max(0, min(place - LISTED // 2, len(found) - LISTED))
    return page(
        request,
        "unanswered.html",
        visit.language,
        visit,
        status=409 if problem else 200,
        asked=asked,
        spans=DAYS,
        orders=ORDERS,
        found=found,
        listed=[(each, (each.ways(today, 1) or [""])[0]) for each in found[first : first + LISTED]],
        one=one,
        ways=one.ways(today, SHOWN) if one else (),
        previous=found[place - 1] if place else None,
        following=found[place + 1] if place + 1 < len(found) else None,
        ids=",".join(map(str, one.ids)) if one else "",
        topics=topics,
        guess=one.guess if one and one.guess in topics else "",
        acts=visit.may(CONTENT),
        opens=visit.may(REVIEW),
        problem=problem,
    )


async def _topics(request: Request) -> dict[str, str]:
    """What a question may be about, by intent: the shop's own entries and the project's topics."""
    async with request.app.state.db.read() as tx:
        own = {each.intent: each.title for each in await faq.everything(tx)}
    return {**own, **await entries.topics_of(request)}


async def decide(request: Request, visit: Visit) -> Response:
    """A key was pressed: done, and on to the next."""
    state, form = request.app.state, await request.form()
    asked, verdict = _asked(form), str(form.get("verdict", ""))
    ids = entries.ids_in(str(form.get("ids", "")))
    if verdict in ("out_of_scope", "skipped"):
        async with state.db.begin() as tx:
            await rows.settle(tx, ids, verdict, visit.user.id, state.clock())
    elif verdict in ("accept", "relabel"):
        topics = await _topics(request)
        typed = str(form.get("guess" if verdict == "accept" else "topic", ""))
        named = {fold(title): intent for intent, title in topics.items()}
        intent = typed if typed in topics else named.get(fold(typed.strip()), "")
        if not intent:
            return await _page(request, visit, asked, ids[:1], problem="unanswered.no_topic")
        one = next(
            (each for each in await _found(request, asked) if set(ids) & set(each.ids)), None
        )
        if one is not None:
            lines = await asyncio.to_thread(one.lines, _today(state.clock()))
            problem = await _learn(request, visit, intent, topics[intent], lines, ids)
            if problem:
                return await _page(request, visit, asked, ids[:1], problem=problem)
    following = str(form.get("next", ""))
    item = f"&item={following}" if following.isdecimal() else ""
    return RedirectResponse(f"{PATH}?{asked.query}{item}", 303)


async def _learn(
    request: Request,
    visit: Visit,
    intent: str,
    title: str,
    lines: Sequence[str],
    ids: Sequence[int],
) -> str:
    """The lines become ways of asking for this; "" or why not, as a key of words."""
    state = request.app.state
    async with state.db.begin() as tx:
        entry = await faq.of_intent(tx, intent) or FaqEntry(intent=intent, title=title)
        more = faq_entries.with_lines(entry, lines)
        if more != entry and (refused := await faq.put(tx, more, visit.user.id, state.clock())):
            return f"faq.bad.{refused}"
        await rows.settle(tx, ids, "example", visit.user.id, state.clock())
    return ""


async def draft(request: Request, visit: Visit) -> Response:
    """The form of a new question, with these ways of asking it; the editor writes the rest."""
    asked, item = _asked(request.query_params), request.path_params["id"]
    found = await _found(request, asked)
    one = next((each for each in found if item in each.ids), None)
    if one is None:
        return await missing(request, visit)
    lines = tuple(one.lines(_today(request.app.state.clock())))
    settles = ",".join(map(str, one.ids))
    return await entries.entry_form(request, visit, FaqEntry(lines=lines), settles=settles)


async def exported(request: Request, visit: Visit) -> Response:
    """The same as a table's file."""
    language, asked = visit.language, _asked(request.query_params)
    topics, now = await _topics(request), request.app.state.clock()
    table: list[Sequence[object]] = [
        [words.say(language, f"unanswered.column.{each}") for each in COLUMNS]
    ]
    for each in await _found(request, asked):
        table.append(
            (
                *each.ways(_today(now), 1),
                len(each.messages),
                each.askers,
                words.moment(each.first),
                words.moment(each.last),
                ", ".join(words.name_of(language, "channel", name) for name in each.channels),
                ", ".join(words.name_of(language, "unanswered_why", why) for why in each.whys),
                topics.get(each.guess, ""),
            )
        )
    name = f"cau-hoi-chua-tra-loi-{_today(now)}.csv"
    return download(sheets.written(table), name)


DOORS = (
    Door("GET", "/content/unanswered", shown, READERS),
    Door("POST", "/content/unanswered", decide, CONTENT),
    Door("GET", "/content/unanswered.csv", exported, READERS),
    Door("GET", "/content/unanswered/{id:int}/draft", draft, CONTENT),
)
