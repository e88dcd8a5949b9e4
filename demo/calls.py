"""All that the shop can be asked: what may be asked where, and who answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from demo import (
    complaints,
    customers,
    delivery,
    facts,
    goods,
    holds,
    inbox,
    orders,
    repairs,
    returns,
    selling,
    trade_in,
    warranty,
)
from demo.book import Json
from demo.desk import Desk
from demo.fields import (
    NAME,
    Field,
    email,
    key,
    last4,
    moment,
    money,
    number,
    one_of,
    order_code,
    pattern,
    payment,
    phone,
    requester,
    serial,
    several,
    some_of,
    tax_code,
    text,
)


@dataclass(frozen=True)
class Call:
    """What may be asked at a path, and who answers."""

    path: str
    answer: Callable[[Desk, Json], Json]
    fields: Mapping[str, Field]
    writes: bool = False


def tell_facts(desk: Desk, asked: Json) -> Json:
    return {"facts": facts.load(today=desk.today)}


PROOF: Final = {"phone_last4": last4, "requester": requester}
OF_ORDER: Final = {"order_code": order_code, **PROOF}
GOODS: Final = {
    "product_id": text(NAME),
    "quantity": number(1, 99),
    "color": text(NAME) | "",
    "storage": text(NAME) | "",
    "payment_method": payment,
}
WRITES: Final = {"requester": requester, "idempotency_key": key}

GETS: Final = (
    Call("facts", tell_facts, {}),
    Call("promotions", goods.promotions, {}),
)
POSTS: Final = (
    # Goods
    Call(
        "products",
        goods.products,
        {
            "query": text() | "",
            "category": text(NAME) | "",
            "brand": text(NAME) | "",
            "ids": several(text(NAME), 50),
            "max_price": money | None,
            "min_price": money | None,
            "good_for": several(text(NAME), 10),
            "limit": number(1, 50) | 3,
        },
    ),
    Call("nearest", goods.nearest, {"query": text(), "limit": number(1, 50) | 3}),
    Call("not-sold", goods.not_sold, {"brand": text() | ""}),
    Call(
        "stock",
        goods.in_stock,
        {
            "product_id": text(NAME),
            "color": text(NAME) | "",
            "storage": text(NAME) | "",
            "city": text(NAME) | "",
        },
    ),
    Call(
        "ship-quote",
        delivery.shipping,
        {"province": text(NAME) | "", "ward": text(NAME) | "", "subtotal": money | None},
    ),
    Call("trade-in", trade_in.trade_in, {"model": text(), "condition": text() | ""}),
    # Orders
    Call("orders/lookup", orders.look_up, {"code": order_code, **PROOF}),
    Call(
        "orders/cancel",
        orders.cancel,
        {"code": order_code, **PROOF, "reason": text() | ""},
        writes=True,
    ),
    Call(
        "orders/change",
        orders.change,
        {
            "code": order_code,
            **PROOF,
            "change": some_of(
                {"address": text(NAME), "phone": phone, "receiver": text(NAME), "item": text()}
            ),
        },
        writes=True,
    ),
    Call(
        "orders/quote",
        selling.quote,
        {**GOODS, "payment_method": payment | "", "province": text(NAME) | ""},
    ),
    Call(
        "orders/place",
        selling.place_order,
        {**GOODS, "name": text(NAME), "phone": phone, "address": text(NAME)},
        writes=True,
    ),
    Call(
        "holds",
        holds.hold,
        {"product_id": text(NAME), "city": text(NAME), "name": text(NAME), "phone": phone},
        writes=True,
    ),
    # Money
    Call("refunds/status", returns.refund_status, OF_ORDER),
    Call(
        "payments/report",
        inbox.report_payment,
        {
            "order_code": order_code | "",
            "amount": money | None,
            "paid_at": text(NAME) | "",
            "kind": one_of("transfer", "problem"),
            "note": text() | "",
        },
        writes=True,
    ),
    Call(
        "invoices",
        inbox.request_invoice,
        {
            "order_code": order_code | "",
            "tax_code": tax_code,
            "company": text(NAME),
            "address": text(NAME),
            "email": email,
        },
        writes=True,
    ),
    # After the sale
    Call(
        "warranty",
        warranty.warranty,
        {
            "imei": serial | "",
            "order_code": order_code | "",
            "phone_last4": last4 | "",
            "requester": requester | "",
        },
    ),
    Call(
        "repairs",
        repairs.open_repair,
        {
            "item": text(NAME),
            "symptom": text(),
            "phone": phone,
            "name": text(NAME) | "",
            "way": one_of("store", "pickup"),
            "address": text(NAME) | "",
        },
        writes=True,
    ),
    Call("repairs/status", repairs.repair_status, {"code": pattern(r"SC\d{4}"), **PROOF}),
    Call(
        "returns",
        returns.open_return,
        {
            **OF_ORDER,
            "reason": text() | "",
            "condition": one_of("unused", "used", "faulty"),
            "wish": one_of("refund", "swap"),
        },
        writes=True,
    ),
    # What is left for staff
    Call(
        "complaints",
        complaints.open_complaint,
        {
            "kind": pattern(r"[a-z_]{1,40}"),
            "matter": text(),
            "order_code": order_code | "",
            "phone": phone | "",
            "name": text(NAME) | "",
        },
        writes=True,
    ),
    Call("complaints/status", complaints.complaint_status, {"code": pattern(r"KN\d{4}"), **PROOF}),
    Call(
        "callbacks",
        inbox.book_callback,
        {"phone": phone, "at": moment, "matter": text() | ""},
        writes=True,
    ),
    Call(
        "feedback",
        inbox.give_feedback,
        {"kind": one_of("praise", "suggestion"), "text": text()},
        writes=True,
    ),
    Call(
        "b2b",
        inbox.ask_offer,
        {
            "company": text(NAME),
            "tax_code": tax_code | "",
            "items": text(),
            "contact": text(NAME),
        },
        writes=True,
    ),
    # The customer
    Call(
        "loyalty",
        customers.loyalty,
        {"phone": phone, "order_code": order_code, "requester": requester},
    ),
    Call(
        "data-requests",
        customers.request_data,
        {**OF_ORDER, "kind": one_of("see", "correct", "delete", "stop"), "note": text() | ""},
        writes=True,
    ),
)
