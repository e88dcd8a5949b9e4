"""Complaints: taken with a code, followed by whoever made them."""

from datetime import date
from typing import Final

from demo import book
from demo.book import Json
from demo.days import working_days_later
from demo.desk import Desk
from demo.identity import prove, same
from demo.inbox import leave

FIRST: Final = 300  # the seeds have numbers below
TEAM: Final = "tổ chăm sóc khách hàng"


def open_complaint(desk: Desk, asked: Json) -> Json:
    return {"reference": leave(desk, "complaint", "KN", asked, after=FIRST)}


def complaint_status(desk: Desk, asked: Json) -> Json:
    code = asked["code"]
    seed, opened = desk.seeds.complaints.get(code), book.read(desk.tx, "complaint", code)
    known = seed or opened or {}
    phone = known.get("phone")
    prove(
        desk, asked["requester"], [f"code {code}"], same(phone and phone[-4:], asked["phone_last4"])
    )
    if seed:
        due_on = desk.day(seed["due"])
    else:
        opened_on = date.fromisoformat(known["on"])
        due_on = working_days_later(opened_on, desk.number("complaint_answer_days"))
    state = known.get("state", "received")
    return {
        "code": code,
        "state": state,
        "owner": known.get("owner", TEAM),
        "due_on": due_on.isoformat(),
        "overdue": state in ("received", "working") and due_on < desk.today,
    }
