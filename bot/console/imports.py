"""The supervisor's pages of tables: chosen, looked at, taken in, taken back, and written out."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot import conversation, imports, uploads
from bot.console import words
from bot.console.access import REVIEW, Door, Visit
from bot.console.people import items, money
from bot.console.render import download, grouped, missing, page
from bot.imports import NEW, Clash, Plan, Sheet
from bot.models import StoredFile
from bot.records import KINDS, STATES, Kind, Problem
from bot.sheets import ROWS, Unreadable
from bot.storage import files, ledger

MIME: Final = "text/csv"
KEPT: Final = timedelta(days=1)  # a file that nobody confirmed
FIRST: Final = 20  # rows of a preview
TOLD: Final = 200  # problems, clashes or changes of one page


async def overview(request: Request, visit: Visit) -> Response:
    """The form for a file, and the files that were taken in."""
    return await _overview(request, visit)


async def _overview(request: Request, visit: Visit, problem: str = "", kind: str = "") -> Response:
    async with request.app.state.db.read() as tx:
        done = await ledger.of_files(tx)
    return page(
        request,
        "imports.html",
        visit.language,
        visit,
        status=422 if problem else 200,
        kinds=KINDS,
        kind=kind if kind in KINDS else "orders",
        done=done,
        problem=problem,
        most=grouped(ROWS),
    )


async def upload(request: Request, visit: Visit) -> Response:
    """The form, sent: the file is kept until it is confirmed, and nothing else is written."""
    given = await request.form()
    kind, file = KINDS.get(str(given.get("kind", ""))), given.get("file")
    if kind is None:
        return await missing(request, visit)
    if not isinstance(file, UploadFile) or not file.filename:
        return await _overview(request, visit, _unreadable(visit, kind, "no_file"), kind.name)
    state, now, data = request.app.state, request.app.state.clock(), await file.read()
    try:
        await asyncio.to_thread(imports.read_file, kind, data, now)
    except Unreadable as error:
        said = _unreadable(visit, kind, error.code, **error.about)
        return await _overview(request, visit, said, kind.name)
    name = uploads.safe_name(conversation.storable(file.filename), MIME)[:255]
    key = secrets.token_urlsafe(24)
    async with state.db.begin() as tx:
        await files.drop_old(tx, MIME, now - KEPT)
        await files.add(tx, StoredFile(key, None, name, MIME, len(data), now), data)
    return RedirectResponse(f"/console/imports/{kind.name}/{key}", 303)


def _unreadable(visit: Visit, kind: Kind, code: str, **about: object) -> str:
    needed = kind.fields[kind.key].titles[0]
    most = grouped(ROWS)
    return words.say(visit.language, f"unreadable.{code}", needed=needed, **{**about, "most": most})


async def preview(request: Request, visit: Visit) -> Response:
    """What would become of the file's rows."""
    return await _preview(request, visit)


async def _preview(request: Request, visit: Visit, *, moved: bool = False) -> Response:
    found = await _read(request)
    if found is None:
        return await _overview(request, visit, words.say(visit.language, "imports.gone"))
    kind, file, sheet = found
    now = request.app.state.clock()
    async with request.app.state.db.read() as tx:
        plan = await imports.plan(tx, kind, sheet.records, now, sheet.titles)
        owners = await ledger.by_ids(
            tx, "people", {each.after.get("person_id") or 0 for each in plan.steps[:FIRST]}
        )
    return page(
        request,
        "import_preview.html",
        visit.language,
        visit,
        status=409 if moved else 200,
        kind=kind,
        file=file,
        sheet=sheet,
        plan=plan,
        moved=moved,
        titles=[(name, title) for name, title in sheet.titles.items()],
        first=[(step, _cells(kind, sheet, step, owners)) for step in plan.steps[:FIRST]],
        problems=[(each, _why(visit, each)) for each in plan.problems[:TOLD]],
        counted=",".join(str(each) for each in plan.counts.values()),
    )


async def _read(request: Request) -> tuple[Kind, StoredFile, Sheet] | None:
    kind = KINDS.get(request.path_params["kind"])
    async with request.app.state.db.read() as tx:
        kept = await files.by_key(tx, request.path_params["key"])
    if kind is None or kept is None or kept[0].mime != MIME:
        return None
    now = request.app.state.clock()
    return kind, kept[0], await asyncio.to_thread(imports.read_file, kind, kept[1], now)


def _why(visit: Visit, problem: Problem) -> str:
    return words.say(visit.language, f"wrong.{problem.code}", **problem.about)


def _cells(
    kind: Kind, sheet: Sheet, step: imports.Step, owners: Mapping[int, Mapping[str, Any]]
) -> Sequence[tuple[str, str]]:
    """What the row will say, and what it said before where that is another thing."""
    owner = step.newcomer or owners.get(step.after.get("person_id") or 0) or {}
    cells = []
    for name in sheet.titles:
        own = name in step.after
        value = shown(kind, name, step.after[name] if own else owner.get(name, ""))
        before = shown(kind, name, step.before[name]) if own and step.before else value
        cells.append((value, before if before != value else ""))
    return cells


def shown(kind: Kind, name: str, value: Any) -> str:
    """A value as people read it."""
    if value is None or value == "":
        return ""
    if isinstance(value, datetime):
        return words.moment(value).removesuffix(" 00:00")
    if name == "items":
        return items(value)
    if name == "state":
        return STATES[kind.name][value][0]
    return money(value) if isinstance(value, int) else str(value)


async def confirm(request: Request, visit: Visit) -> Response:
    """Take it in, as it was shown; when it would be something else by now, show it again."""
    found = await _read(request)
    if found is None:
        return await _preview(request, visit)
    kind, file, sheet = found
    state, now = request.app.state, request.app.state.clock()
    counted = str((await request.form()).get("counted", ""))
    async with state.db.begin() as tx:
        await ledger.alone(tx)
        plan = await imports.plan(tx, kind, sheet.records, now, sheet.titles)
        as_shown = counted == ",".join(str(each) for each in plan.counts.values())
        taken = as_shown and _worth(plan)
        if taken:
            import_id = await imports.take_in(tx, plan, file.name, visit.user, now)
            await files.delete(tx, [f"/files/{file.key}"])
    if not taken:
        return await _preview(request, visit, moved=True)
    return RedirectResponse(f"/console/imports/{import_id}", 303)


def _worth(plan: Plan) -> bool:
    return not plan.problems and any(step.outcome != imports.SAME for step in plan.steps)


async def one(request: Request, visit: Visit) -> Response:
    """What a file has changed."""
    return await _one(request, visit)


async def _one(request: Request, visit: Visit, clash: Clash | None = None) -> Response:
    import_id = request.path_params["id"]
    async with request.app.state.db.read() as tx:
        done = await ledger.by_id(tx, import_id)
        if done is None or done.kind not in KINDS:
            return await missing(request, visit)
        changes = await ledger.changes_of(tx, import_id, TOLD)
    return page(
        request,
        "import_done.html",
        visit.language,
        visit,
        status=409 if clash else 200,
        done=done,
        clash=clash.rows[:TOLD] if clash else (),
        clashes=len(clash.rows) if clash else 0,
        changes=[
            (imports.name_of(each), NEW if each.before is None else "changed", _changed(each))
            for each in changes
        ],
    )


def _changed(change: ledger.Change) -> Sequence[tuple[str, str, str]]:
    """The fields that it changed: what they are called, what they said, what they say."""
    kind, before = KINDS[change.kind], change.before or {}
    return [
        (
            each.titles[0],
            shown(kind, each.name, before.get(each.name)),
            shown(kind, each.name, change.after[each.name]),
        )
        for each in kind.fields.values()
        if each.name in change.after
        and change.after[each.name] != before.get(each.name)
        and (change.before is not None or change.after[each.name])
    ]


async def undo(request: Request, visit: Visit) -> Response:
    import_id = request.path_params["id"]
    try:
        async with request.app.state.db.begin() as tx:
            await imports.undo(tx, import_id, request.app.state.clock())
    except Clash as clash:
        return await _one(request, visit, clash)
    return RedirectResponse(f"/console/imports/{import_id}", 303)


async def export(request: Request, visit: Visit) -> Response:
    """All records of a kind."""
    kind = KINDS.get(request.path_params["kind"])
    if kind is None:
        return await missing(request, visit)
    async with request.app.state.db.read() as tx:
        data = await imports.exported(tx, kind)
    return download(data, f"{kind.name}.csv")


DOORS = (
    Door("GET", "/imports", overview, REVIEW),
    Door("POST", "/imports", upload, REVIEW, files=1),
    Door("GET", "/imports/{id:int}", one, REVIEW),
    Door("POST", "/imports/{id:int}/undo", undo, REVIEW),
    Door("GET", "/imports/{kind}.csv", export, REVIEW),
    Door("GET", "/imports/{kind}/{key}", preview, REVIEW),
    Door("POST", "/imports/{kind}/{key}", confirm, REVIEW),
)
