"""After the sale: warranty, repairs, returns, refunds."""

from datetime import date, timedelta
from typing import Final

from demo import book
from demo.book import Json
from demo.days import months_later, working_days_later
from demo.desk import BadRequest, Desk, NotFound, Refused
from demo.identity import prove, same
from demo.orders import Order, proven

FIRST_REPAIR: Final = 1100  # the seeds have numbers below


# Warranty


def warranty(desk: Desk, asked: Json) -> Json:
    """By IMEI or serial number; or by order, of its first item, when the digits are right."""
    if asked["imei"]:
        device = desk.seeds.warranties.get(asked["imei"])
        if device is None:
            raise NotFound
        product = desk.seeds.catalogue.products[device["product"]]
        return covered(desk, product.id, product.called, desk.day(device["delivered"]), True)
    for field in ("order_code", "phone_last4", "requester"):
        if not asked[field]:
            raise BadRequest(field)
    order = proven(desk, asked["order_code"], asked["phone_last4"], asked["requester"])
    if order.state in ("cancelled", "returning"):
        raise NotFound
    item = order.items[0]
    bought_on = order.delivered_on or max(order.promised_on, desk.today)
    return covered(desk, item["product"], item["name"], bought_on, order.delivered_on is not None)


def covered(desk: Desk, product_id: str, item: str, bought_on: date, delivered: bool) -> Json:
    category = desk.seeds.catalogue.products[product_id].category
    ends_on = months_later(bought_on, desk.number(category.warranty))
    return {
        "item": item,
        "bought_on": bought_on.isoformat(),
        "ends_on": ends_on.isoformat(),
        "covered": desk.today <= ends_on,
        "terms": desk.text("warranty_not_covered" if delivered else "warranty_from"),
    }


# Repairs


def open_repair(desk: Desk, asked: Json) -> Json:
    if asked["way"] == "pickup" and not asked["address"]:
        raise BadRequest("address")
    code = book.next_reference(desk.tx, "repair", "SC", after=FIRST_REPAIR)
    fields = ("item", "symptom", "phone", "name", "way", "address")
    record = {name: asked[name] for name in fields} | {"on": desk.today.isoformat()}
    book.write(desk.tx, "repair", code, "", desk.now, record)
    return {"reference": code}


def repair_status(desk: Desk, asked: Json) -> Json:
    code = asked["code"]
    seed, opened = desk.seeds.repairs.get(code), book.read(desk.tx, "repair", code)
    known = seed or opened or {}
    phone = known.get("phone")
    prove(
        desk, asked["requester"], [f"code {code}"], same(phone and phone[-4:], asked["phone_last4"])
    )
    ready = desk.day(seed["ready"]).isoformat() if seed else None
    return {
        "code": code,
        "item": known["item"],
        "state": known.get("state", "received"),
        "ready_on": ready,
        "note": known.get("note", ""),
    }


# Returns


def open_return(desk: Desk, asked: Json) -> Json:
    order = proven(desk, asked["order_code"], asked["phone_last4"], asked["requester"])
    rule = rule_of(desk, order, asked["condition"])
    reference = book.next_reference(desk.tx, "return", "TH")
    fields = ("reason", "condition", "wish")
    record = {name: asked[name] for name in fields} | {"on": desk.today.isoformat(), "rule": rule}
    book.write(desk.tx, "return", reference, order.code, desk.now, record)
    return {
        "reference": reference,
        "rule": rule,
        "fee_paid_by": "shop" if asked["condition"] == "faulty" else "customer",
    }


def rule_of(desk: Desk, order: Order, condition: str) -> str:
    """Which promise covers the return. Raises Refused when none does."""
    if order.state != "delivered" or order.delivered_on is None:
        raise Refused("not_delivered")
    since = desk.today - order.delivered_on
    if condition == "used":
        raise Refused("used")
    if condition == "faulty" and since <= timedelta(days=desk.number("return_fault_days")):
        return "30_days"
    if condition == "unused" and since <= timedelta(days=desk.number("return_days")):
        return "7_days"
    raise Refused("too_late")


# Refunds


def refund_status(desk: Desk, asked: Json) -> Json:
    order = proven(desk, asked["order_code"], asked["phone_last4"], asked["requester"])
    amount, state, due_on = refund(desk, order)
    return {
        "amount": amount,
        "state": state,
        "due_on": None if due_on is None else due_on.isoformat(),
        "overdue": state == "waiting" and due_on is not None and due_on < desk.today,
    }


def refund(desk: Desk, order: Order) -> tuple[int, str, date | None]:
    """Amount, state and last day: counted from the cancellation of what was paid, or the return."""
    if order.refund:
        return order.refund["amount"], order.refund["state"], desk.day(order.refund["due"])
    cancelled = book.read(desk.tx, "cancellation", order.code)
    returns = book.read_about(desk.tx, "return", order.code)
    begun = [each["on"] for each in returns if each["wish"] == "refund"]
    if cancelled and order.payment != "cod":
        begun.append(cancelled["on"])
    if not begun:
        return 0, "none", None
    since = date.fromisoformat(begun[0])
    return order.total, "waiting", working_days_later(since, desk.number("refund_days"))
