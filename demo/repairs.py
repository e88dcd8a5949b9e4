"""Devices at the repair desk."""

from typing import Final

from demo import book
from demo.book import Json
from demo.desk import BadRequest, Desk
from demo.identity import prove, same

FIRST: Final = 1100  # the seeds have numbers below


def open_repair(desk: Desk, asked: Json) -> Json:
    if asked["way"] == "pickup" and not asked["address"]:
        raise BadRequest("address")
    code = book.next_reference(desk.tx, "repair", "SC", after=FIRST)
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
