"""The customer's card: what the shop itself knows of whom an agent helps (A8). It is asked of the
shop's software, or else read in our own copy of its records, there of who is proved only."""

from __future__ import annotations

import logging
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot import pack
from bot.console import words
from bot.console.access import DESK, Door, Visit
from bot.storage import customers, desk, handoffs, identities, people
from connectors.base import Json
from connectors.crm import CrmUnavailable

log = logging.getLogger(__name__)

MOST: Final = 5  # orders and warranties that are shown


async def card(request: Request, visit: Visit) -> Response:
    """`state` is off, unknown, away or known; then the card's fields."""
    state = request.app.state
    if state.crm is None:
        return JSONResponse(await _ours(request, visit))
    async with state.db.read() as tx:
        entry = await desk.entry(tx, request.path_params["id"])
        if entry is None:
            return JSONResponse({"state": "unknown"}, 404)
        asked = await handoffs.of_conversation(tx, entry.conversation.id)
        given = (await pack.of_handoff(tx, asked[-1])).facts if asked else {}
    question = {
        "channel": entry.customer.channel,
        "external_id": entry.customer.external_id,
        "phone": "".join(filter(str.isdigit, given.get("phone", ""))),
        "order_code": given.get("order_code", ""),
    }
    try:
        found = await state.crm.customer(question)
    except CrmUnavailable as error:
        log.warning("the shop's records: %s", error)
        return JSONResponse({"state": "away"})
    if found is None:
        return JSONResponse({"state": "unknown"})
    if found.get("vip") is True and not entry.customer.profile.get("vip"):
        async with state.db.begin() as tx:
            customer = await customers.lock(tx, entry.customer.id)
            await customers.merge_profile(tx, customer, {"vip": True})
    return JSONResponse({"state": "known", **_shape(found)})


async def _ours(request: Request, visit: Visit) -> Json:
    """The card by our own records; off when the customer is not proved to be anybody."""
    async with request.app.state.db.read() as tx:
        entry = await desk.entry(tx, request.path_params["id"])
        person_id = await identities.person_of(tx, entry.customer.id) if entry else None
        if person_id is None:
            return {"state": "off"}
        person, *others = await people.records_of(tx, person_id)
        bought = await people.orders_of(tx, [person.id, *(each.id for each in others)], MOST)
    shaped = {
        "name": person.name,
        "phone": person.phone,
        "orders": [
            {
                "code": each["code"],
                "status": words.name_of(visit.language, "order_state", each["state"]),
                "date": each["ordered_at"].astimezone(words.VIETNAM).date().isoformat(),
                "total": each["total"],
                "items": [f"{item['name']} × {item.get('quantity', 1)}" for item in each["items"]],
            }
            for each in bought
        ],
    }
    return {"state": "known", **_shape(shaped)}


def _shape(found: Json) -> Json:
    """Only what is of the contract, whatever else the shop sends."""
    return {
        "name": _text(found, "name"),
        "phone": _text(found, "phone"),
        "tier": _text(found, "tier"),
        "points": _number(found, "points"),
        "vip": found.get("vip") is True,
        "orders": [
            {
                "code": _text(each, "code"),
                "status": _text(each, "status"),
                "date": _text(each, "date"),
                "total": _number(each, "total"),
                "items": [str(item) for item in each.get("items") or ()][:MOST],
            }
            for each in _objects(found, "orders")
        ],
        "warranties": [
            {
                "item": _text(each, "item"),
                "until": _text(each, "until"),
                "covered": each.get("covered") is True,
            }
            for each in _objects(found, "warranties")
        ],
    }


def _text(given: Json, name: str) -> str:
    value = given.get(name)
    return value[:200] if isinstance(value, str) else ""


def _number(given: Json, name: str) -> int | None:
    value = given.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _objects(given: Json, name: str) -> list[dict[str, Any]]:
    value = given.get(name)
    return (
        [each for each in value if isinstance(each, dict)][:MOST] if isinstance(value, list) else []
    )


DOORS = (Door("GET", "/api/conversations/{id:int}/card", card, DESK, is_api=True),)
