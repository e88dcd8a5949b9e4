"""Orders that go back, and the money that follows."""

from datetime import date, timedelta

from demo import book
from demo.book import Json
from demo.days import working_days_later
from demo.desk import Desk, Refused
from demo.orders import Order, proven


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
