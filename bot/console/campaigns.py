"""Campaigns in the console: written, looked at before, started, paused, and what came of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Final
from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot import campaigns, draft
from bot.console import words
from bot.console.access import REVIEW, Door, Visit
from bot.console.render import missing, page
from bot.draft import Draft, Segment, of_campaign
from bot.storage import audit, desk, reach
from bot.storage import campaigns as rows
from bot.storage.campaigns import Campaign

MORNING: Final = time(9)
BUTTONS: Final = {  # by state
    "draft": ("start", "cancel"),
    "running": ("pause", "cancel"),
    "paused": ("resume", "cancel"),
}
STATES: Final = ("waiting", "sent", "refused", "cancelled", "held_out")


@dataclass(frozen=True)
class Effect:
    """One line of the result: what those written to did, and those held out."""

    what: str  # ordered_at or wrote_at
    uplift: campaigns.Uplift


async def listed(request: Request, visit: Visit) -> Response:
    """All campaigns, the newest first."""
    async with request.app.state.db.read() as tx:
        found = await rows.everything(tx)
        counts = {each.id: await _states(tx, each) for each in found}
    return page(request, "campaigns.html", visit.language, visit, campaigns=found, counts=counts)


async def new(request: Request, visit: Visit) -> Response:
    return await _form(request, visit, Draft())


async def shown(request: Request, visit: Visit) -> Response:
    """A draft to be written on, or what has come of it."""
    now = request.app.state.clock()
    async with request.app.state.db.read() as tx:
        found = await rows.by_id(tx, request.path_params["id"])
    if found is None:
        return await missing(request, visit)
    if found.state == rows.DRAFT:
        dry = None
        if request.query_params.get("dry"):
            dry = await campaigns.preview(request.app.state.db, found, now)
        return await _form(request, visit, of_campaign(found), found, dry=dry)
    return await _result(request, visit, found)


async def _result(
    request: Request, visit: Visit, found: Campaign, problems: Sequence[str] = ()
) -> Response:
    async with request.app.state.db.read() as tx:
        counts = await rows.counts(tx, found.id)
        told = await rows.told(tx, found.id)
        decided = await audit.of(tx, campaigns.KIND, found.id)
    reasons = {
        reason: count for (state, reason), count in sorted(counts.items()) if state == "refused"
    }
    return page(
        request,
        "campaign.html",
        visit.language,
        visit,
        campaign=found,
        draft=of_campaign(found),
        said=_said(request, of_campaign(found)),
        totals=_totals(counts),
        reasons=reasons,
        effects=[Effect(what, campaigns.uplift(told, what)) for what in ("wrote_at", "ordered_at")],
        days=campaigns.MEASURED.days,
        buttons=BUTTONS.get(found.state, ()),
        decided=decided,
        problems=problems,
    )


async def saved(request: Request, visit: Visit) -> Response:
    """The form: kept as a draft when its words can be said."""
    state, now = request.app.state, request.app.state.clock()
    written, wrong = _read(await request.form())
    campaign_id = request.path_params.get("id")
    # An empty name or a day too far is told at the start; what is kept can at least be said.
    unsayable = {"honest", "variables", "text", "too_long", "name", "holdout", "purpose"}
    wrong += [code for code in draft.wrong_with(written, now) if code in unsayable]
    if wrong:
        return await _form(request, visit, written, problems=wrong, campaign_id=campaign_id)
    async with state.db.begin() as tx:
        if campaign_id is None:
            campaign_id = await rows.add(tx, written.values, visit.user.id, now)
        elif not await rows.save(tx, campaign_id, written.values, now):
            return RedirectResponse(f"/console/campaigns/{campaign_id}", 303)
    return RedirectResponse(f"/console/campaigns/{campaign_id}?{urlencode({'dry': 1})}", 303)


async def moved(request: Request, visit: Visit) -> Response:
    """One of the buttons: start, pause, resume, cancel."""
    state, campaign_id = request.app.state, request.path_params["id"]
    what = str((await request.form()).get("do", ""))
    if what in campaigns.MOVES:
        try:
            await campaigns.act(state.db, campaign_id, what, visit.user.id, state.clock())
        except campaigns.Refused as refusal:
            return await _refused(request, visit, campaign_id, refusal.codes)
        await state.live.ring("outbox")
    return RedirectResponse(f"/console/campaigns/{campaign_id}", 303)


async def _refused(
    request: Request, visit: Visit, campaign_id: int, codes: Sequence[str]
) -> Response:
    async with request.app.state.db.read() as tx:
        found = await rows.by_id(tx, campaign_id)
    if found is None:
        return await missing(request, visit)
    if found.state == rows.DRAFT:
        return await _form(request, visit, of_campaign(found), found, problems=codes)
    return await _result(request, visit, found, codes)


async def _form(
    request: Request,
    visit: Visit,
    written: Draft,
    found: Campaign | None = None,
    *,
    dry: campaigns.Preview | None = None,
    problems: Sequence[str] = (),
    campaign_id: int | None = None,
) -> Response:
    async with request.app.state.db.read() as tx:
        channels = await desk.channels(tx)
        categories = await reach.categories(tx)
    starts = written.starts_at.astimezone(words.VIETNAM) if written.starts_at else None
    return page(
        request,
        "campaign_form.html",
        visit.language,
        visit,
        status=422 if problems else 200,
        draft=written,
        campaign_id=found.id if found else campaign_id,
        starts_day=f"{starts:%d/%m/%Y}" if starts else "",
        starts_time=f"{starts or MORNING:%H:%M}",
        channels=channels,
        categories=categories,
        purposes=draft.PURPOSES,
        stages=draft.STAGES,
        variables=draft.VARIABLES,
        limits=draft,
        said=_said(request, written),
        unknown=", ".join(draft.unknown(written.text)),
        dry=dry,
        problems=problems,
    )


def _said(request: Request, written: Draft) -> str:
    """The text as a customer whose name we know would read it."""
    said = campaigns.fill(written, "Lan", request.app.state.settings.business)
    return f"[QC] {said}" if written.purpose == "promotion" and written.text else said


def _read(form: FormData) -> tuple[Draft, list[str]]:
    """What the form says, and the codes of what cannot be read."""

    def text(name: str) -> str:
        return str(form.get(name, "")).strip()

    def number(name: str, wrong_as: str) -> int:
        digits = text(name).replace(".", "").replace(",", "")
        if digits and (not digits.isdecimal() or len(digits) > 12):
            wrong.append(wrong_as)
            return 0
        return int(digits or 0)

    def day(name: str) -> Any:
        try:
            return draft.read_day(text(name)) if text(name) else None
        except ValueError:
            wrong.append(name)
            return None

    wrong: list[str] = []
    segment = Segment(
        bought=text("bought"),
        ordered_after=day("ordered_after"),
        ordered_before=day("ordered_before"),
        spent=number("spent", "spent"),
        stage=text("stage") if text("stage") in draft.STAGES else "",
    )
    starts, starts_at = day("starts_at"), None
    if starts:
        try:
            at = time.fromisoformat(text("time") or "09:00").replace(tzinfo=None)
            starts_at = datetime.combine(starts, at, words.VIETNAM)
        except ValueError:
            wrong.append("starts_at")
    written = Draft(
        name=text("name"),
        purpose=text("purpose"),
        text=text("text").replace("\r\n", "\n"),
        product=text("product"),
        segment=segment,
        channels=tuple(str(each) for each in form.getlist("channel")),
        holdout=number("holdout", "holdout"),
        starts_at=starts_at,
        honest=bool(text("honest")),
    )
    return written, list(dict.fromkeys(wrong))


async def _states(tx: Any, found: Campaign) -> dict[str, int]:
    return _totals(await rows.counts(tx, found.id))


def _totals(counts: dict[tuple[str, str], int]) -> dict[str, int]:
    return {each: sum(n for (state, _), n in counts.items() if state == each) for each in STATES}


DOORS = (
    Door("GET", "/campaigns", listed, REVIEW),
    Door("GET", "/campaigns/new", new, REVIEW),
    Door("POST", "/campaigns/new", saved, REVIEW),
    Door("GET", "/campaigns/{id:int}", shown, REVIEW),
    Door("POST", "/campaigns/{id:int}", saved, REVIEW),
    Door("POST", "/campaigns/{id:int}/do", moved, REVIEW),
)
