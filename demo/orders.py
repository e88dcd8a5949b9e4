"""Orders: the seeds' and those placed here; looked up, cancelled, changed by their owner."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from demo import book
from demo.book import Json
from demo.days import days_later
from demo.desk import Desk, Refused
from demo.identity import prove, same
from demo.places import hint

UNFINISHED: Final = frozenset({"received", "packing", "shipping"})
OPEN: Final = frozenset({"received", "packing"})  # may be cancelled and changed
WHY_NOT: Final = {
    "shipping": "shipped",
    "failed": "shipped",
    "returning": "shipped",
    "delivered": "delivered",
    "cancelled": "cancelled",
}
CARRIER: Final = "Giao Nhanh Cá Vàng"


@dataclass(frozen=True)
class Order:
    code: str
    phone: str  # who ordered, and whose digits prove it; a change of phone does not touch it
    receiver: str
    address: str
    state: str  # received, packing, shipping, delivered, failed, cancelled, returning
    items: tuple[Json, ...]
    promised_on: date
    delivered_on: date | None
    carrier: str | None
    tracking: str | None
    total: int
    fee: int
    payment: str
    refund: Mapping[str, Any]  # of the seeds: state, amount, due (days from today)

    @property
    def why_not(self) -> str:
        return WHY_NOT.get(self.state, "")


def find(desk: Desk, code: str) -> Order | None:
    """The order as it is today."""
    seed = desk.seeds.orders.get(code)
    if seed is not None:
        order = of_seed(desk, seed)
    else:
        placed = book.read(desk.tx, "order", code)
        if placed is None:
            return None
        order = of_placed(desk, placed)
    for change in book.read_about(desk.tx, "change", code):
        order = replace(
            order,
            address=change.get("address", order.address),
            receiver=change.get("receiver", order.receiver),
        )
    if book.read(desk.tx, "cancellation", code) is not None:
        order = replace(order, state="cancelled")
    return order


def of_seed(desk: Desk, seed: Json) -> Order:
    delivered = seed.get("delivered")
    return Order(
        code=seed["code"],
        phone=seed["phone"],
        receiver=seed["receiver"],
        address=seed["address"],
        state=seed["state"],
        items=tuple(seed["items"]),
        promised_on=desk.day(seed["promised"]),
        delivered_on=None if delivered is None else desk.day(delivered),
        carrier=seed.get("carrier"),
        tracking=seed.get("tracking"),
        total=seed["total"],
        fee=seed["fee"],
        payment=seed["payment"],
        refund=seed.get("refund", {}),
    )


def of_placed(desk: Desk, placed: Json) -> Order:
    """An order placed here travels by itself: packed the next day, delivered as promised."""
    placed_on = date.fromisoformat(placed["placed_on"])
    promised_on = date.fromisoformat(placed["promised_on"])
    if desk.today > promised_on:
        state = "delivered"
    elif desk.today == placed_on:
        state = "received"
    elif desk.today == days_later(placed_on, 1) != promised_on:
        state = "packing"
    else:
        state = "shipping"
    sent = state in ("shipping", "delivered")
    return Order(
        code=placed["code"],
        phone=placed["phone"],
        receiver=placed["receiver"],
        address=placed["address"],
        state=state,
        items=tuple(placed["items"]),
        promised_on=promised_on,
        delivered_on=promised_on if state == "delivered" else None,
        carrier=CARRIER if sent else None,
        tracking=placed["code"].replace("BT", "CV0") if sent else None,
        total=placed["total"],
        fee=placed["fee"],
        payment=placed["payment"],
        refund={},
    )


def proven(desk: Desk, code: str, last4: str, requester: str) -> Order:
    """The order, when the digits are those of its phone. Raises NotFound or Locked."""
    order = find(desk, code)
    prove(desk, requester, [f"code {code}"], same(order.phone[-4:] if order else None, last4))
    assert order is not None
    return order


def has_order(desk: Desk, phone: str, code: str) -> bool:
    """Whether the order is that phone's."""
    order = find(desk, code)
    return same(order.phone if order else None, phone)


def look_up(desk: Desk, asked: Json) -> Json:
    """What the customer may know."""
    order = proven(desk, asked["code"], asked["phone_last4"], asked["requester"])
    delivered = order.delivered_on
    return {
        "code": order.code,
        "state": order.state,
        "items": [{"name": item["name"], "quantity": item["quantity"]} for item in order.items],
        "carrier": order.carrier,
        "tracking": order.tracking,
        "promised_on": order.promised_on.isoformat(),
        "delivered_on": None if delivered is None else delivered.isoformat(),
        "late": order.state in UNFINISHED and order.promised_on < desk.today,
        "total": order.total,
        "fee": order.fee,
        "payment": order.payment,
        "address_hint": hint(order.address, desk.seeds.places.province(order.address)),
        "receiver_name": mask(order.receiver),
        "can_cancel": order.state in OPEN,
        "can_change": order.state in OPEN,
        "why_not": order.why_not,
    }


def mask(name: str) -> str:
    """ "Trần Thị Lan" is "T*** Lan": enough to recognise oneself."""
    first, *rest = name.split()
    return f"{first[0]}*** {rest[-1]}" if rest else f"{first[0]}***"


def cancel(desk: Desk, asked: Json) -> Json:
    """Before it is sent only."""
    order = proven(desk, asked["code"], asked["phone_last4"], asked["requester"])
    if order.why_not:
        raise Refused(order.why_not)
    record = {"code": order.code, "reason": asked["reason"], "on": desk.today.isoformat()}
    book.write(desk.tx, "cancellation", order.code, order.code, desk.now, record)
    return {"reference": order.code}


def change(desk: Desk, asked: Json) -> Json:
    """Another address, receiver or phone to call holds at once; another item is a wish to staff."""
    order = proven(desk, asked["code"], asked["phone_last4"], asked["requester"])
    if order.why_not:
        raise Refused(order.why_not)
    reference = book.next_reference(desk.tx, "change", "SD")
    book.write(desk.tx, "change", reference, order.code, desk.now, asked["change"])
    return {"reference": reference}
