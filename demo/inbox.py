"""What customers leave for staff to take up: payments, invoices, calls, feedback, offers."""

from demo import book
from demo.book import Json
from demo.desk import Desk


def leave(desk: Desk, kind: str, letters: str, asked: Json, after: int = 0) -> str:
    """Writes down all that was asked, for somebody to take up."""
    reference = book.next_reference(desk.tx, kind, letters, after)
    record = {name: value for name, value in asked.items() if name != "idempotency_key"}
    about = asked.get("order_code", "")
    book.write(desk.tx, kind, reference, about, desk.now, record | {"on": desk.today.isoformat()})
    return reference


def report_payment(desk: Desk, asked: Json) -> Json:
    return {"reference": leave(desk, "payment", "TT", asked)}


def request_invoice(desk: Desk, asked: Json) -> Json:
    return {"reference": leave(desk, "invoice", "HD", asked)}


def book_callback(desk: Desk, asked: Json) -> Json:
    return {"reference": leave(desk, "callback", "GL", asked)}


def give_feedback(desk: Desk, asked: Json) -> Json:
    return {"reference": leave(desk, "feedback", "GY", asked)}


def ask_offer(desk: Desk, asked: Json) -> Json:
    return {"reference": leave(desk, "b2b", "BG", asked)}
