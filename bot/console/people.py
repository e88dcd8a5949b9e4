"""The supervisor's pages of people: who the shop's customers are, what happened with them, and on
which channels they write."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime, time
from typing import Any, Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot import identity, rulebook
from bot.console.access import REVIEW, Door, Visit
from bot.console.render import missing, page, spaced
from bot.models import Person
from bot.storage import customers, identities, people, preferences, timeline
from bot.storage.db import Tx
from bot.storage.preferences import Preference
from bot.storage.timeline import Entry, Place

SHOWN: Final = 50  # people, or entries, of one page
FOUND: Final = 6  # records that a search for another one shows


async def everybody(request: Request, visit: Visit) -> Response:
    """The people, or those whom a search finds, the newest first."""
    text = request.query_params.get("text", "")[:64].strip()
    before = request.query_params.get("before", "")
    async with request.app.state.db.read() as tx:
        found = await people.search(
            tx, text, before=int(before) if before.isdecimal() else None, limit=SHOWN + 1
        )
        count = await people.count(tx)
    asked = {"text": text} if text else {}
    older = {**asked, "before": found[SHOWN - 1].person.id} if len(found) > SHOWN else {}
    return page(
        request,
        "people.html",
        visit.language,
        visit,
        found=found[:SHOWN],
        text=text,
        count=count,
        older=f"?{urlencode(older)}" if older else "",
        first=f"/console/people?{urlencode(asked)}" if before else "",
    )


async def one(request: Request, visit: Visit) -> Response:
    """One person: facts, history, accounts, and who may be the same."""
    return await _page(request, visit, request.path_params["id"])


async def _page(request: Request, visit: Visit, id: int, refused: str = "") -> Response:
    text = request.query_params.get("find", "")[:64].strip()
    after = _place(request.query_params.get("after", ""))
    async with request.app.state.db.read() as tx:
        records = await people.records_of(tx, id)
        if not records:
            return await missing(request, visit)
        if records[0].id != id:
            return RedirectResponse(f"/console/people/{records[0].id}", 303)
        ids = [each.id for each in records]
        accounts = await identities.of_people(tx, ids)
        writers = [each.customer.id for each in accounts]
        entries, older = await timeline.of_person(tx, ids, writers, after=after, limit=SHOWN)
        named = await _names(tx, entries)
        alike = await identity.suggestions(tx, records)
        wish = await preferences.of_person(tx, id)
        others = await people.search(tx, text, before=None, limit=FOUND + 1) if text else []
    return page(
        request,
        "person.html",
        visit.language,
        visit,
        status=409 if refused else 200,
        person=records[0],
        merged=records[1:],
        facts=_facts(records),
        accounts=accounts,
        wish=wish,
        channels=sorted({each.customer.channel for each in accounts}),
        entries=entries,
        older=f"?{urlencode({'after': _written(older)})}" if older else "",
        later=after is not None,
        named=named,
        alike=alike,
        text=text,
        others=[each.person for each in others if each.person.id != id][:FOUND],
        refused=refused,
        money=money,
        parsed_items=items,
    )


async def _names(tx: Tx, entries: Sequence[Entry]) -> dict[tuple[str, int], str]:
    """Whom the entries on who is who are about."""
    told = [entry.row["data"] for entry in entries if entry.place.kind == "identity"]
    others = await people.names(tx, [data["other"] for data in told if "other" in data])
    writers = await customers.names(tx, [data["customer"] for data in told if "customer" in data])
    return {
        **{("other", id): name for id, name in others.items()},
        **{("customer", id): name for id, name in writers.items()},
    }


def _facts(records: list[Person]) -> dict[str, str]:
    """What their records say, the main one's first; each thing once."""
    found = {}
    for name in ("number", "phone", "email", "birthday", "company", "tax_code"):
        values = dict.fromkeys(getattr(each, name) for each in records)
        shown = [spaced(value) if name == "phone" else value for value in values if value]
        if shown:
            found[name] = ", ".join(shown)
    return found


def money(sum_: int) -> str:
    return f"{sum_:,}".replace(",", ".") + " đ"


def items(given: list[dict[str, Any]]) -> str:
    """Like "2 quạt trần, ấm siêu tốc"."""
    return ", ".join(
        f"{each['quantity']} {each['name']}" if each.get("quantity", 1) > 1 else str(each["name"])
        for each in given
    )


def _written(place: Place) -> str:
    return f"{place.at.isoformat()}~{place.kind}~{place.id}"


def _place(text: str) -> Place | None:
    found = re.fullmatch(r"([^~]+)~([a-z.]+)~(\d{1,18})", text)
    try:
        at = datetime.fromisoformat(found[1]) if found else None
    except ValueError:
        return None
    return Place(at, found[2], int(found[3])) if found and at and at.tzinfo else None


# --- where and when they want to hear from us


async def wished(request: Request, visit: Visit) -> Response:
    """The form of a person's channel and hours, sent."""
    id, now = request.path_params["id"], request.app.state.clock()
    form = await request.form()
    given = {name: str(form.get(name, "")) for name in ("channel", "opens", "closes")}
    async with request.app.state.db.begin() as tx:
        records = await people.ids_of(tx, id)
        if not records:
            return await missing(request, visit)
        known = await identities.of_people(tx, records)
        wish = _wish(given, {each.customer.channel for each in known}, now)
        if wish is not None:
            await preferences.save(tx, records[0], wish, now, visit.user.id)
    if wish is None:
        return await _page(request, visit, id, "bad_wish")
    return RedirectResponse(f"/console/people/{id}", 303)


def _wish(given: Mapping[str, str], channels: Collection[str], now: datetime) -> Preference | None:
    """What was typed; None for a channel that they do not use, or hours that never come."""
    if given["channel"] not in ("", *channels):
        return None
    if not given["opens"] and not given["closes"]:
        return Preference(given["channel"])
    try:
        opens, closes = (time.fromisoformat(given[name]) for name in ("opens", "closes"))
    except ValueError:
        return None
    house = rulebook.house(now)
    if opens.tzinfo or closes.tzinfo or max(opens, house.quiet_to) >= min(closes, house.quiet_from):
        return None
    return Preference(given["channel"], (opens, closes))


# --- who is who


Step = Callable[[Tx, Visit, int, int, datetime], Awaitable[None]]


def _doing(step: Step) -> Callable[[Request, Visit], Awaitable[Response]]:
    """One of the page's buttons; `other` is the customer or record that it is about."""

    async def do(request: Request, visit: Visit) -> Response:
        id, other = request.path_params["id"], str((await request.form()).get("other", ""))
        if not re.fullmatch(r"\d{1,18}", other):
            return await missing(request, visit)
        try:
            async with request.app.state.db.begin() as tx:
                await step(tx, visit, id, int(other), request.app.state.clock())
        except identity.Refused as refusal:
            return await _page(request, visit, id, refusal.code)
        return RedirectResponse(f"/console/people/{id}", 303)

    return do


async def _link(tx: Tx, visit: Visit, id: int, customer: int, now: datetime) -> None:
    await identity.link(tx, customer, id, visit.user, now)


async def _unlink(tx: Tx, visit: Visit, id: int, customer: int, now: datetime) -> None:
    known = await identities.of_customer(tx, customer)
    if known is None or known.person_id not in await people.ids_of(tx, id):
        raise identity.Refused("gone")
    await identity.unlink(tx, customer, visit.user, now)


async def _merge(tx: Tx, visit: Visit, id: int, other: int, now: datetime) -> None:
    await identity.merge(tx, other, id, visit.user, now)


async def _split(tx: Tx, visit: Visit, id: int, other: int, now: datetime) -> None:
    if other not in await people.ids_of(tx, id):
        raise identity.Refused("gone")
    await identity.split(tx, other, visit.user, now)


DOORS = (
    Door("GET", "/people", everybody, REVIEW),
    Door("GET", "/people/{id:int}", one, REVIEW),
    Door("POST", "/people/{id:int}/wish", wished, REVIEW),
    Door("POST", "/people/{id:int}/link", _doing(_link), REVIEW),
    Door("POST", "/people/{id:int}/unlink", _doing(_unlink), REVIEW),
    Door("POST", "/people/{id:int}/merge", _doing(_merge), REVIEW),
    Door("POST", "/people/{id:int}/split", _doing(_split), REVIEW),
)
