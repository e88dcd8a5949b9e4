"""The supervisor's pages: all conversations with filters, one transcript, its export."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from bot.console import export, left_out, words
from bot.console.access import DESK, REVIEW, Door, Visit
from bot.console.render import download, missing, page
from bot.console.shapes import WHY
from bot.models import Status
from bot.storage import audit, desk, handoffs, hits, identities, retention, tags, users
from bot.storage.hits import Filters

WHOLE = 5000  # messages of one transcript


async def transcripts(request: Request, visit: Visit) -> Response:
    """The supervisor's list of all conversations."""
    asked = {key: value for key, value in request.query_params.items() if value}
    filters, wrong = _filters(asked)
    before = asked.pop("before", "")
    async with request.app.state.db.read() as tx:
        found, older = await hits.of_conversations(
            tx, filters, before=int(before) if before.isdecimal() else None
        )
        people = await users.everyone(tx)
        channels = await desk.channels(tx)
        reasons = await desk.reasons(tx)
        used_tags = await tags.used(tx)
    return page(
        request,
        "transcripts.html",
        visit.language,
        visit,
        hits=found,
        older=f"?{urlencode({**asked, 'before': older})}" if older else "",
        newest=f"?{urlencode(asked)}" if before else "",
        asked=asked,
        filtered=filters != Filters(),
        wrong=wrong,
        agents=[person for person in people if person.role in DESK],
        channels=channels,
        reasons=reasons,
        tags=used_tags,
        statuses=[status.value for status in Status],
        now=request.app.state.clock(),
    )


def _filters(asked: Mapping[str, str]) -> tuple[Filters, list[str]]:
    """What the form asks for, and the names of the fields that make no sense."""
    wrong: list[str] = []
    agent, status = asked.get("agent", ""), asked.get("status", "")
    if agent and not agent.isdecimal():
        wrong.append("agent")
    if status and status not in [each.value for each in Status]:
        wrong.append("status")
    since, until = _day(asked.get("from", "")), _day(asked.get("to", ""))
    wrong += [key for key, day in (("from", since), ("to", until)) if asked.get(key) and not day]
    filters = Filters(
        text=asked.get("text", "").strip(),
        channel=asked.get("channel", ""),
        agent_id=int(agent) if agent.isdecimal() else None,
        status=Status(status) if status and "status" not in wrong else None,
        reason=asked.get("reason", ""),
        tag=asked.get("tag", ""),
        since=since,
        until=until + timedelta(days=1) if until else None,
    )
    return filters, wrong


def _day(text: str) -> datetime | None:
    """The first moment of that day in Vietnam."""
    try:
        day = date.fromisoformat(text)
        return datetime(day.year, day.month, day.day, tzinfo=words.VIETNAM)
    except ValueError:
        return None


async def transcript(request: Request, visit: Visit) -> Response:
    """One conversation, whole."""
    conversation_id = request.path_params["id"]
    async with request.app.state.db.read() as tx:
        entry = await desk.entry(tx, conversation_id)
        if entry is None:
            return await missing(request, visit)
        lines = await desk.lines(tx, conversation_id, visit.user, limit=WHOLE)
        all_handoffs = await handoffs.of_conversation(tx, conversation_id)
        person_id = await identities.person_of(tx, entry.customer.id)
        agents = {person.id: person.name for person in await users.everyone(tx)}
        decided = await audit.of(tx, "customer", entry.customer.id)
        cleared_at = await retention.cleared_at(tx, conversation_id)
        holds = await retention.holds_on(tx, entry.conversation)
    return page(
        request,
        "transcript.html",
        visit.language,
        visit,
        entry=entry,
        lines=lines,
        handoffs=all_handoffs,
        person_id=person_id,
        agents=agents,
        why=WHY,
        whys=left_out.WHY,
        decided=decided,
        cleared_at=cleared_at,
        holds=holds,
        now=request.app.state.clock(),
    )


async def exported(request: Request, visit: Visit) -> Response:
    """One conversation as a file."""
    conversation_id = request.path_params["id"]
    now = request.app.state.clock()
    async with request.app.state.db.read() as tx:
        entry = await desk.entry(tx, conversation_id)
        if entry is None:
            return await missing(request, visit)
        lines = await desk.lines(tx, conversation_id, visit.user, limit=WHOLE)
        all_handoffs = await handoffs.of_conversation(tx, conversation_id)
    if request.url.path.endswith(".json"):
        kind, mime = "json", "application/json"
        text = export.as_json(entry, lines, all_handoffs, visit.user, now)
    else:
        kind, mime = "txt", "text/plain"
        text = "\ufeff" + export.as_text(  # Notepad and Excel need the mark to see UTF-8
            visit.language, entry, lines, all_handoffs, visit.user, now
        )
    name = f"hoi-thoai-{conversation_id}.{kind}"
    return download(text, name, mime)


DOORS = (
    Door("GET", "/transcripts", transcripts, REVIEW),
    Door("GET", "/transcripts/{id:int}", transcript, REVIEW),
    Door("GET", "/transcripts/{id:int}.txt", exported, REVIEW),
    Door("GET", "/transcripts/{id:int}.json", exported, REVIEW),
)
