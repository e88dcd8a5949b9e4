"""Customers: the points they have, and what they may ask about their data."""

from demo.book import Json
from demo.days import days_later
from demo.desk import Desk
from demo.identity import prove
from demo.inbox import leave
from demo.orders import has_order, proven


def loyalty(desk: Desk, asked: Json) -> Json:
    """Points and tier. Who has bought nothing yet that counts has none, in the first tier."""
    phone, code = asked["phone"], asked["order_code"]
    subjects = [f"code {code}", f"phone {phone}"]
    prove(desk, asked["requester"], subjects, has_order(desk, phone, code))
    customer = desk.seeds.customers.get(phone, {"points": 0})
    points = customer["points"]
    tiers = [
        (desk.number(tier["from"]) if "from" in tier else 0, tier["name"])
        for tier in desk.seeds.tiers
    ]
    reached = [tier for tier in tiers if tier[0] <= points]
    above = tiers[len(reached) :]
    expires = customer.get("points_expire")
    return {
        "points": points,
        "tier": reached[-1][1],
        "next_tier": above[0][1] if above else None,
        "points_needed": above[0][0] - points if above else 0,
        "expire_points": customer.get("expiring", 0),
        "expire_on": None if expires is None else desk.day(expires).isoformat(),
    }


def request_data(desk: Desk, asked: Json) -> Json:
    """`due_on` is the day on which it is done; the first answer comes sooner."""
    proven(desk, asked["order_code"], asked["phone_last4"], asked["requester"])
    due_on = days_later(desk.today, desk.number("data_done_days"))
    return {"reference": leave(desk, "data", "DL", asked), "due_on": due_on.isoformat()}


def tier_of(desk: Desk, points: int) -> str:
    """The name of the tier that so many points are."""
    reached = [
        str(tier["name"])
        for tier in desk.seeds.tiers
        if "from" not in tier or desk.number(tier["from"]) <= points
    ]
    return reached[-1]
