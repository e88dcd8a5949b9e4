"""The assistant's content in the console: the support team's questions and answers, tried out on a
new model and published."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot import authored, canned, conversation, faq_entries, training
from bot.authored import Authored
from bot.console import words
from bot.console.access import CONTENT, Door, Visit
from bot.console.canned import facts
from bot.console.render import missing, page
from bot.faq_entries import Clash
from bot.flows.flow import questions, texts
from bot.flows.text import parse
from bot.storage import faq_entries as rows
from bot.storage import releases, trials
from bot.storage.faq_entries import FaqEntry
from bot.storage.flows import FlowEntry
from bot.storage.releases import TrainedModel
from bot.storage.trials import Trial

PAGE = "/console/content"


@dataclass(frozen=True)
class Written:
    """What is written now, and how the newest trial of it or of something older stands."""

    own: Authored
    content: str  # its fingerprint
    trial: Trial | None
    tried: TrainedModel | None  # the model that the trial made


async def _written(request: Request) -> Written:
    state = request.app.state
    async with state.db.read() as tx:
        own = await authored.read(tx)
        trial = await trials.newest(tx)
        tried = await releases.by_id(tx, trial.model_id) if trial and trial.model_id else None
    content = await asyncio.to_thread(training.fingerprint, state.settings.project_dir, own)
    return Written(own, content, trial, tried)


async def everything(request: Request, visit: Visit) -> Response:
    """The entries, how the newest trial stands, and the model in use."""
    return await _page(request, visit)


async def _page(request: Request, visit: Visit, problem: str = "") -> Response:
    written = await _written(request)
    trial, tried, content = written.trial, written.tried, written.content
    async with request.app.state.db.read() as tx:
        current = await releases.current(tx)
        before = await releases.before(tx)
    known = facts(request)
    return page(
        request,
        "content.html",
        visit.language,
        visit,
        status=409 if problem else 200,
        entries=written.own.entries,
        flows=[_shown(each) for each in written.own.flows],
        shown=lambda answer: canned.fill(answer, known).text,
        trial=trial,
        current=current,
        before=before,
        unpublished=current is None or current.fingerprint != content,
        # What was tried may be published while nobody has written on.
        fits=tried is not None and tried.fingerprint == content,
        is_used=tried is not None and current is not None and tried.id == current.id,
        titles=written.own.titles(),
        problem=problem,
    )


@dataclass(frozen=True)
class ShownFlow:
    """A flow in the list."""

    entry: FlowEntry
    lines: int
    questions: int
    begins: str  # what the assistant says first


def _shown(entry: FlowEntry) -> ShownFlow:
    flow = parse(entry.text)
    asked = sum(1 for _ in questions(flow.steps))
    return ShownFlow(entry, len(flow.lines), asked, next(texts(flow.steps), ""))


async def form(request: Request, visit: Visit) -> Response:
    """One entry, to be written or changed."""
    entry = await _asked_for(request)
    return await _form(request, visit, entry) if entry else await missing(request, visit)


async def _asked_for(request: Request) -> FaqEntry | None:
    entry_id = request.path_params.get("id")
    if entry_id is None:
        return FaqEntry()
    async with request.app.state.db.read() as tx:
        return await rows.by_id(tx, entry_id)


async def _form(
    request: Request,
    visit: Visit,
    entry: FaqEntry,
    problems: Sequence[str] = (),
    clashes: Sequence[Clash] = (),
) -> Response:
    facts_file = request.app.state.facts
    shown = facts(request)
    return page(
        request,
        "faq_form.html",
        visit.language,
        visit,
        status=422 if problems or clashes else 200,
        entry=entry,
        problems=problems,
        clashes=clashes,
        facts=[(name, facts_file.label(name), value) for name, value in shown.items()],
        limits=faq_entries,
    )


async def save(request: Request, visit: Visit) -> Response:
    """The form, sent. What is wrong is said above it, and what was typed stays; ways of asking
    that are nearly another matter's are kept when the writer insists, the same ones never."""
    before = await _asked_for(request)
    if before is None:
        return await missing(request, visit)
    given, state = await request.form(), request.app.state
    entry = _typed(given, before)
    wrong = faq_entries.problems(entry, facts(request))
    async with state.db.read() as tx:
        own = await authored.read(tx)
    clashes: list[Clash] = []
    if not wrong:
        project = state.settings.project_dir
        others = own.examples(without=entry.intent)
        clashes = await asyncio.to_thread(faq_entries.clashes, entry.lines, project, others)
        if any(each.same for each in clashes):
            wrong.append("same")
    if not wrong and (not clashes or given.get("insist")):
        if not entry.id:
            known = await asyncio.to_thread(faq_entries.intents, state.settings.project_dir)
            taken = known | own.titles().keys()
            entry = replace(entry, intent=faq_entries.intent_of(entry.title, taken))
        # Customers see flows and questions among the same topics.
        refused = "taken" if entry.title in {each.title for each in own.flows} else ""
        if not refused:
            async with state.db.begin() as tx:
                refused = await rows.put(tx, entry, visit.user.id, state.clock())
        if not refused:
            return RedirectResponse(PAGE, 303)
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
    return await _form(request, visit, entry, said, clashes)


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
    async with request.app.state.db.begin() as tx:
        await rows.drop(tx, request.path_params["id"])
    return RedirectResponse(PAGE, 303)


async def ask_trial(request: Request, visit: Visit) -> Response:
    """Train and judge what is written now."""
    state = request.app.state
    async with state.db.begin() as tx:
        await trials.ask(tx, visit.user.id, state.clock())
    return RedirectResponse(PAGE, 303)


async def publish(request: Request, visit: Visit) -> Response:
    """Put the model that passed to use, unless somebody has written on since."""
    written = await _written(request)
    trial, model = written.trial, written.tried
    if (
        trial is None
        or model is None
        or trial.state != "passed"
        or model.fingerprint != written.content
    ):
        return await _page(request, visit, problem="content.not_tried")
    await _use(request, visit, model.id)
    return RedirectResponse(PAGE, 303)


async def roll_back(request: Request, visit: Visit) -> Response:
    """The model before the present one; nothing is trained."""
    async with request.app.state.db.read() as tx:
        before = await releases.before(tx)
    if before is None:
        return await _page(request, visit, problem="content.no_before")
    await _use(request, visit, before.id)
    return RedirectResponse(PAGE, 303)


async def _use(request: Request, visit: Visit, model_id: int) -> None:
    state = request.app.state
    async with state.db.begin() as tx:
        await releases.publish(tx, model_id, visit.user.username, state.clock())
    await state.live.ring("publish")


DOORS = (
    Door("GET", "/content", everything, CONTENT),
    Door("GET", "/content/new", form, CONTENT),
    Door("POST", "/content/new", save, CONTENT),
    Door("GET", "/content/{id:int}", form, CONTENT),
    Door("POST", "/content/{id:int}", save, CONTENT),
    Door("POST", "/content/{id:int}/delete", delete, CONTENT),
    Door("POST", "/content/trial", ask_trial, CONTENT),
    Door("POST", "/content/publish", publish, CONTENT),
    Door("POST", "/content/back", roll_back, CONTENT),
)
