"""The shop tells Carebot of its customers, orders and repairs, as docs/records.md asks for."""

import asyncio
import hashlib
import hmac
import json
import logging
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Final

import httpx

from demo import book, orders
from demo.book import Book, Json
from demo.crm import warranty
from demo.days import HERE
from demo.desk import Desk, Seeds
from demo.orders import Order

log = logging.getLogger(__name__)

EVERY: Final = 10.0  # seconds between looks at what has changed
ORDER_STATES: Final = {"received": "placed", "packing": "placed", "returning": "delivered"}
REPAIR_STATES: Final = {"checking": "waiting", "waiting_parts": "waiting", "repaired": "ready"}
ON_THE_WAY: Final = timedelta(days=3)  # from the order to the promised day


async def keep_telling(
    seeds: Seeds, records: Book, now: Callable[[], datetime], url: str, secret: str
) -> None:
    """Tell the hook at `url` what is new or has changed, until cancelled. What could not be told
    is told the next time."""
    told: dict[str, Json] = {}
    async with httpx.AsyncClient(timeout=10, trust_env=False) as http:
        while True:
            with records.transaction() as tx:
                present = known(Desk(seeds, tx, now()))
            for kind, all_of_kind in present.items():
                changed = {key: each for key, each in all_of_kind.items() if told.get(key) != each}
                if changed and await tell(http, url, secret, kind, list(changed.values()), now()):
                    told |= changed
            await asyncio.sleep(EVERY)


async def tell(
    http: httpx.AsyncClient, url: str, secret: str, kind: str, records: list[Json], now: datetime
) -> bool:
    """Tell of records in one signed event. False when it is to be told again."""
    at = int(now.timestamp())
    event = {"id": f"{kind}-{at}", "kind": kind, "records": records}
    body = json.dumps(event, ensure_ascii=False).encode()
    signed = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    try:
        headers = {"X-Carebot-Signature": f"t={at},v1={signed}"}
        answer = await http.post(url, content=body, headers=headers)
    except httpx.HTTPError:
        return False  # Carebot has not started yet
    if answer.status_code in (400, 409, 413, 422):
        log.error("Carebot does not take our %s: %s", kind, answer.text[:500])
    return answer.status_code != 503


def known(desk: Desk) -> dict[str, dict[str, Json]]:
    """All that the shop has to tell: by kind, by key."""
    codes = (*desk.seeds.orders, *(each["code"] for each in book.read_all(desk.tx, "order")))
    found = (orders.find(desk, code) for code in codes)
    return {
        "people": {
            phone: {"phone": phone, "name": customer["name"]}
            for phone, customer in desk.seeds.customers.items()
        },
        "orders": {order.code: _order(desk, order) for order in found if order},
        "repairs": {code: _repair(desk, each) for code, each in desk.seeds.repairs.items()},
    }


def _order(desk: Desk, order: Order) -> Json:
    ordered_at = _past(desk, order.promised_on - ON_THE_WAY, time(10))
    delivered_at = _past(desk, order.delivered_on, time(15)) if order.delivered_on else None
    arrived = order.payment != "cod" or order.state in ("delivered", "returning")
    return {
        "code": order.code,
        "phone": order.phone,
        "name": order.receiver,
        "state": ORDER_STATES.get(order.state, order.state),
        "items": [{"name": each["name"], "quantity": each["quantity"]} for each in order.items],
        "total": order.total + order.fee,
        "ordered_at": ordered_at,
        "promised_at": datetime.combine(order.promised_on, time(21), HERE).isoformat(),
        "delivered_at": delivered_at,
        "paid_at": (delivered_at or ordered_at) if arrived else None,
        "returned_at": delivered_at if order.state == "returning" else None,
        "warranty_until": warranty(desk, order)["until"] if order.delivered_on else None,
    }


def _repair(desk: Desk, repair: Json) -> Json:
    ready = desk.day(repair["ready"])
    returned = repair["state"] == "returned"
    return {
        "code": repair["code"],
        "phone": repair["phone"],
        "item": repair["item"],
        "state": REPAIR_STATES.get(repair["state"], repair["state"]),
        "received_at": _past(desk, min(ready, desk.today) - ON_THE_WAY, time(9)),
        "promised_at": datetime.combine(ready, time(17, 30), HERE).isoformat(),
        "returned_at": _past(desk, ready, time(18)) if returned else None,
    }


def _past(desk: Desk, day: date, hour: time) -> str:
    """That hour of a day; of a day that has just begun, its beginning."""
    return datetime.combine(
        min(day, desk.today), hour if day < desk.today else time(), HERE
    ).isoformat()
