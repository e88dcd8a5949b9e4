"""The page of one flow: written in rows or as text, tried out, kept."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from bot import authored, conversation, faq_entries
from bot.authored import Authored
from bot.console import words
from bot.console.access import CONTENT, Door, Visit
from bot.console.canned import facts, labelled_facts
from bot.console.content import PAGE
from bot.console.render import missing, page
from bot.faq_entries import Clash
from bot.flows import play
from bot.flows.flow import Flow, Kind, texts
from bot.flows.lines import WORDS
from bot.flows.text import Problem, Unreadable, parse
from bot.storage import audit
from bot.storage import flows as rows
from bot.storage.flows import FlowEntry

LONGEST = 20_000  # letters of a flow
MOST_SAID = 60  # messages of a rehearsal
SKELETON = "Tên:\n\nKhách nói:\n\nBot đáp:\n"
EXAMPLE = """\
Tên: Đăng ký dùng thử

Khách nói: cho em mượn máy dùng thử
Khách nói: shop có cho xài thử không

Bot đáp: Dạ bên em cho dùng thử 7 ngày ạ.
Hỏi: Anh/chị muốn thử máy nào ạ? → «máy» (một trong: máy lọc nước / máy xay)
Nếu «máy» là máy lọc nước:
  Hỏi: Nhà mình mấy người ạ? → «số người» (số)
  Nếu «số người» từ 6 trở lên:
    Gặp nhân viên
Bot đáp: Dạ em giữ «máy» cho anh/chị rồi ạ.
"""


async def form(request: Request, visit: Visit) -> Response:
    """One flow, to be written or changed."""
    entry = await _asked_for(request)
    return await _form(request, visit, entry) if entry else await missing(request, visit)


async def _asked_for(request: Request) -> FlowEntry | None:
    flow_id = request.path_params.get("id")
    if flow_id is None:
        return FlowEntry(text=SKELETON)
    async with request.app.state.db.read() as tx:
        return await rows.by_id(tx, flow_id)


async def _form(
    request: Request,
    visit: Visit,
    entry: FlowEntry,
    problems: Sequence[Problem] = (),
    clashes: Sequence[Clash] = (),
) -> Response:
    told = _told(problems, visit.language)
    async with request.app.state.db.read() as tx:
        log = await audit.of(tx, "flow", entry.id)
    return page(
        request,
        "flow_form.html",
        visit.language,
        visit,
        status=422 if problems or clashes else 200,
        entry=entry,
        log=log,
        problems=[_sentence(each, visit.language) for each in told],
        clashes=clashes,
        facts=labelled_facts(request),
        limits=faq_entries,
        longest=LONGEST,
        example=EXAMPLE,
        editor=json.dumps(
            {
                "heads": WORDS,
                "kinds": [kind.value for kind in Kind],
                "problems": told,
                "words": {
                    key.removeprefix("flow."): words.say(visit.language, key)
                    for key in words.WORDS
                    if key.startswith("flow.") and not key.startswith("flow.bad.")
                    if "{" not in words.WORDS[key]["vi"]
                },
                "at": words.WORDS["flow.at"][visit.language],
                "row": words.WORDS["flow.kind"][visit.language],
            }
        ),
    )


def _told(problems: Sequence[Problem], language: str) -> list[dict[str, object]]:
    return [
        {
            "line": each.line,
            "text": words.say(
                language,
                each.code if "." in each.code else f"flow.bad.{each.code}",
                about=each.about,
                fewest=faq_entries.FEWEST,
                most=faq_entries.LINE_LIMIT,
                names=each.about,
            ),
        }
        for each in problems
    ]


def _sentence(problem: Mapping[str, object], language: str) -> str:
    if not problem["line"]:
        return str(problem["text"])
    return words.say(language, "flow.at", **problem)


async def save(request: Request, visit: Visit) -> Response:
    """The flow, sent. What is wrong is said with its line, and what was typed stays; ways of
    asking that are nearly another matter's are kept when the writer insists, the same ones
    never."""
    before = await _asked_for(request)
    if before is None:
        return await missing(request, visit)
    given, state = await request.form(), request.app.state
    version = str(given.get("version", ""))
    text = conversation.storable(str(given.get("text", "")))[:LONGEST].replace("\r\n", "\n")
    entry = replace(
        before, text=text, version=int(version) if version.isdecimal() else before.version
    )
    try:
        flow = parse(text)
    except Unreadable as error:
        return await _form(request, visit, entry, error.problems)
    entry = replace(entry, title=flow.title)
    wrong = _wrong(flow, facts(request))
    async with state.db.read() as tx:
        own = await authored.read(tx)
    clashes: list[Clash] = []
    if not wrong:
        project, others = state.settings.project_dir, own.examples(without=entry.intent)
        clashes = await asyncio.to_thread(faq_entries.clashes, flow.lines, project, others)
        if any(each.same for each in clashes):
            wrong.append(Problem(0, "faq.bad.same"))
    if not wrong and (not clashes or given.get("insist")):
        if not entry.id:
            known = await asyncio.to_thread(faq_entries.intents, state.settings.project_dir)
            name = faq_entries.intent_of(entry.title, known | own.titles().keys(), "flow")
            entry = replace(entry, intent=name)
        refused = "taken" if _is_taken(entry, own) else ""
        if not refused:
            async with state.db.begin() as tx:
                refused = await rows.put(tx, entry, visit.user.id, state.clock())
        if not refused:
            return RedirectResponse(PAGE, 303)
        wrong.append(Problem(0, refused))
    return await _form(request, visit, entry, wrong, clashes)


def _is_taken(entry: FlowEntry, own: Authored) -> bool:
    """Whether a question has the flow's name: customers see both among the topics."""
    return entry.title in {each.title for each in own.entries}


def _wrong(flow: Flow, known: Mapping[str, str]) -> list[Problem]:
    """What the text alone does not tell."""
    found = [Problem(0, f"faq.bad.{code}") for code in faq_entries.wrong_lines(flow.lines)]
    if any(set("[]{}()") & set(line) for line in flow.lines):
        found.append(Problem(0, "marks"))
    names = [name for text in texts(flow.steps) for name in faq_entries.unknown(text, known)]
    if names:
        found.append(Problem(0, "faq.bad.facts", ", ".join(names)))
    return found


async def delete(request: Request, visit: Visit) -> Response:
    state = request.app.state
    async with state.db.begin() as tx:
        await rows.drop(tx, request.path_params["id"], visit.user.id, state.clock())
    return RedirectResponse(PAGE, 303)


async def rehearse(request: Request, visit: Visit) -> Response:
    """What the flow says to these messages, as it is written now."""
    try:
        asked = await request.json()
        text, said = str(asked["text"])[:LONGEST], [str(each)[:500] for each in asked["said"]]
    except (ValueError, TypeError, KeyError):
        return JSONResponse({"code": "bad_request"}, 400)
    try:
        flow = parse(text)
    except Unreadable as error:
        return JSONResponse({"turns": [], "problems": _told(error.problems, visit.language)})
    project, shown = request.app.state.settings.project_dir, facts(request)
    turns = await asyncio.to_thread(play.play, flow, said[:MOST_SAID], project, shown)
    return JSONResponse(
        {
            "problems": [],
            "turns": [
                {
                    "said": turn.said,
                    "bubbles": turn.bubbles,
                    "buttons": turn.buttons,
                    "end": turn.end,
                }
                for turn in turns
            ],
        }
    )


DOORS = (
    Door("GET", "/content/flows/new", form, CONTENT),
    Door("POST", "/content/flows/new", save, CONTENT),
    Door("GET", "/content/flows/{id:int}", form, CONTENT),
    Door("POST", "/content/flows/{id:int}", save, CONTENT),
    Door("POST", "/content/flows/{id:int}/delete", delete, CONTENT),
    Door("POST", "/api/flows/rehearsal", rehearse, CONTENT, is_api=True),
)
