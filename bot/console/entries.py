"""The form of one of the support team's questions: written, refused with a reason, deleted."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot import authored, conversation, faq_entries, plain, wordings
from bot.console import words
from bot.console.access import CONTENT, Door, Visit
from bot.console.canned import facts, labelled_facts
from bot.console.content import PAGE
from bot.console.render import missing, page
from bot.facts import HERE
from bot.faq_entries import Clash
from bot.plain import Lists, Weakness
from bot.storage import audit, unanswered
from bot.storage import faq_entries as rows
from bot.storage.faq_entries import FaqEntry

FORTNIGHT: Final = timedelta(days=14)
REASON: Final = 200  # letters
USUAL: Final = 400  # customers who are told either wording


async def form(request: Request, visit: Visit) -> Response:
    """One entry, to be written or changed."""
    entry = await asked_for(request)
    return await entry_form(request, visit, entry) if entry else await missing(request, visit)


async def asked_for(request: Request) -> FaqEntry | None:
    entry_id = request.path_params.get("id")
    if entry_id is None:
        return FaqEntry()
    async with request.app.state.db.read() as tx:
        return await rows.by_id(tx, entry_id)


async def entry_form(
    request: Request,
    visit: Visit,
    entry: FaqEntry,
    problems: Sequence[str] = (),
    clashes: Sequence[Clash] = (),
    settles: str = "",
    weak: Sequence[Weakness] = (),
    trying: Mapping[str, str] = MappingProxyType({}),
    wrong: str = "",
) -> Response:
    """The form of an entry; `settles` names the customers' messages that it will answer, `weak` is
    what makes its answer hard to read, `trying`
    what was typed to compare another wording with it, and `wrong` what is wrong with that."""
    topics, now = await topics_of(request), request.app.state.clock()
    async with request.app.state.db.read() as tx:
        comparison = await wordings.look(tx, entry.intent, now) if entry.id else None
        log = await audit.of(tx, "faq", entry.id)
    return page(
        request,
        "faq_form.html",
        visit.language,
        visit,
        status=422 if problems or clashes or weak or wrong else 200,
        entry=entry,
        problems=problems,
        clashes=clashes,
        facts=labelled_facts(request),
        limits=faq_entries,
        settles=settles,
        is_more=entry.intent in topics,
        weak=weak,
        comparison=comparison,
        log=log,
        trying=trying,
        wrong=wrong,
        usual=USUAL,
        today=now.astimezone(HERE).date(),
        fewest=wordings.FEWEST,
        most=wordings.MOST,
        longest=wordings.LONGEST,
        fortnight=FORTNIGHT,
        second_=timedelta(seconds=1),
        interval_of=wordings.interval,
    )


async def topics_of(request: Request) -> Mapping[str, str]:
    """The topics of the project's files, by their intents."""
    return await asyncio.to_thread(faq_entries.topics, request.app.state.settings.project_dir)


async def save(request: Request, visit: Visit) -> Response:
    """The form, sent. What is wrong is said above it, and what was typed stays; ways of asking
    that are nearly another matter's are kept when the writer insists, the same ones never."""
    before = await asked_for(request)
    if before is None:
        return await missing(request, visit)
    given, state = await request.form(), request.app.state
    entry = _typed(given, before)
    settles = str(given.get("settles", ""))
    is_more = before.intent in await topics_of(request)
    wrong = faq_entries.problems(entry, facts(request), more=is_more)
    async with state.db.read() as tx:
        own = await authored.read(tx)
    clashes: list[Clash] = []
    if not wrong:
        project = state.settings.project_dir
        find, others = faq_entries.clashes, own.examples()
        clashes = await asyncio.to_thread(find, entry.lines, project, others, entry.intent)
        if any(each.same for each in clashes):
            wrong.append("same")
    reason = " ".join(str(given.get("reason", "")).split())[:REASON]
    weak = [*plain.weaknesses(entry.answer, facts(request), Lists.ours())]
    weak = [] if entry.answer == before.answer else weak
    if not wrong and (not clashes or given.get("insist")) and (not weak or reason):
        if not entry.id:
            known = await asyncio.to_thread(faq_entries.intents, state.settings.project_dir)
            taken = known | own.intents()
            entry = replace(entry, intent=faq_entries.intent_of(entry.title, taken))
        async with state.db.begin() as tx:
            # Customers see flows and questions among the same topics.
            refused = "taken" if entry.title in {each.title for each in own.flows} else ""
            refused = refused or await rows.put(tx, entry, visit.user.id, state.clock())
            if not refused:
                kept = await rows.of_intent(tx, entry.intent)
                if weak and kept:
                    rules = sorted({each.rule for each in weak})
                    await audit.note(
                        tx,
                        "faq",
                        kept.id,
                        "hard_to_read",
                        visit.user.id,
                        state.clock(),
                        reason=reason,
                        rules=rules,
                    )
                if entry.answer != before.answer:
                    await wordings.changed(tx, entry.intent, visit.user.id, state.clock())
                ids = ids_in(settles)
                await unanswered.settle(tx, ids, "faq", visit.user.id, state.clock())
        if not refused:
            return RedirectResponse(f"{PAGE}/unanswered" if settles else PAGE, 303)
        wrong.append(refused)
    unknown = ", ".join(faq_entries.unknown(entry.answer, facts(request)))
    said = [
        words.say(
            visit.language,
            f"faq.bad.{code}",
            fewest=faq_entries.FEWEST,
            most=faq_entries.LINE_LIMIT,
            names=unknown,
        )
        for code in wrong
    ]
    return await entry_form(request, visit, entry, said, clashes, settles, weak)


def ids_in(text: str) -> list[int]:
    """The messages that a form names."""
    return [int(each) for each in text.split(",") if each.isdecimal() and len(each) < 16]


def _typed(given: FormData, before: FaqEntry) -> FaqEntry:
    def field(name: str) -> str:
        return conversation.storable(str(given.get(name, ""))).replace("\r\n", "\n").strip()

    version = field("version")
    return replace(
        before,
        title=" ".join(field("title").split()),
        lines=faq_entries.lines_of(field("lines")),
        checks=faq_entries.lines_of(field("checks")),
        answer=field("answer"),
        version=int(version) if version.isdecimal() else before.version,
    )


async def delete(request: Request, visit: Visit) -> Response:
    state = request.app.state
    async with state.db.begin() as tx:
        if entry := await rows.by_id(tx, request.path_params["id"]):
            await wordings.changed(tx, entry.intent, visit.user.id, state.clock())
            await rows.drop(tx, entry.id, visit.user.id, state.clock())
    return RedirectResponse(PAGE, 303)


DOORS = (
    Door("GET", "/content/new", form, CONTENT),
    Door("POST", "/content/new", save, CONTENT),
    Door("GET", "/content/{id:int}", form, CONTENT),
    Door("POST", "/content/{id:int}", save, CONTENT),
    Door("POST", "/content/{id:int}/delete", delete, CONTENT),
)
