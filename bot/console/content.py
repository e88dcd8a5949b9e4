"""The assistant's content in the console: the support team's questions and answers, tried out on a
new model and published."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot import authored, canned, training
from bot.authored import Authored
from bot.console import helped
from bot.console.access import CONTENT, Door, Visit
from bot.console.canned import facts
from bot.console.render import page
from bot.flows.flow import questions, texts
from bot.flows.text import parse
from bot.storage import releases, trials
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
        rates = await helped.read(tx, request.app.state.clock())
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
        helped=rates,
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
    Door("POST", "/content/trial", ask_trial, CONTENT),
    Door("POST", "/content/publish", publish, CONTENT),
    Door("POST", "/content/back", roll_back, CONTENT),
)
