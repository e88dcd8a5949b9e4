"""What the shop tells Carebot's desk of a customer: docs/crm.md is the contract.

Only for the desk: it takes a secret, which the demo makes for itself.
"""

import hmac
import json
import os
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from demo import orders
from demo.book import Book, Json
from demo.customers import tier_of
from demo.desk import Desk, Seeds
from demo.orders import Order
from demo.warranty import covered

STATES: Final = {
    "received": "Chờ đóng gói",
    "packing": "Đang đóng gói",
    "shipping": "Đang giao",
    "delivered": "Đã giao",
    "failed": "Giao chưa thành công",
    "cancelled": "Đã huỷ",
    "returning": "Đang hoàn về",
}
MOST: Final = 5  # orders
VIP: Final = frozenset({"Vàng", "Kim Cương"})


def route(seeds: Seeds, book: Book, now: Callable[[], datetime]) -> Route:
    """POST /api/crm/customer. Shut unless CRM_TOKEN is set."""

    def answer(asked: Json) -> Json | None:
        with book.transaction() as tx:
            return known(Desk(seeds, tx, now()), asked)

    async def enter(request: Request) -> Response:
        token = os.environ.get("CRM_TOKEN", "")
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not token or not hmac.compare_digest(given.encode(), token.encode()):
            return Response(status_code=401)
        try:
            asked = json.loads(await request.body())
        except ValueError:
            return Response(status_code=422)
        if not isinstance(asked, dict):
            return Response(status_code=422)
        found = await run_in_threadpool(answer, asked)
        return Response(status_code=404) if found is None else JSONResponse(found)

    return Route("/api/crm/customer", enter, methods=["POST"])


def known(desk: Desk, asked: Json) -> Json | None:
    """By phone, or by an order's code."""
    named = orders.find(desk, str(asked.get("order_code") or ""))
    phone = str(asked.get("phone") or "") or (named.phone if named else "")
    theirs = [named] if named and named.phone != phone else []
    theirs += [
        order
        for code in desk.seeds.orders
        if (order := orders.find(desk, code)) and phone and order.phone == phone
    ]
    if named and named.code not in {order.code for order in theirs}:
        theirs.append(named)
    customer = desk.seeds.customers.get(phone)
    if customer is None and not theirs:
        return None
    theirs.sort(key=lambda order: order.promised_on, reverse=True)
    tier = tier_of(desk, customer["points"]) if customer else ""
    return {
        "name": customer["name"] if customer else theirs[0].receiver,
        "phone": phone,
        "tier": tier,
        "points": customer["points"] if customer else None,
        "vip": tier in VIP,
        "orders": [shown(order) for order in theirs[:MOST]],
        "warranties": [warranty(desk, order) for order in theirs[:MOST] if order.delivered_on],
    }


def shown(order: Order) -> Json:
    return {
        "code": order.code,
        "status": STATES[order.state],
        "date": (order.delivered_on or order.promised_on).isoformat(),
        "total": order.total,
        "items": [f"{each['name']} × {each['quantity']}" for each in order.items],
    }


def warranty(desk: Desk, order: Order) -> Json:
    assert order.delivered_on is not None
    item: dict[str, Any] = order.items[0]
    until = covered(desk, item["product"], item["name"], order.delivered_on, True)
    return {"item": until["item"], "until": until["ends_on"], "covered": until["covered"]}
