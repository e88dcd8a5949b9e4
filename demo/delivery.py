"""What delivery costs and how long it takes."""

import math
from typing import Final

from demo.book import Json
from demo.catalogue import Product
from demo.desk import Desk
from demo.places import Place

FACT_OF_ZONE: Final = {"inner": "ship_inner", "city": "ship_city", "remote": "ship_remote"}


def shipping(desk: Desk, asked: Json) -> Json:
    """An island's surcharge depends on what is sent, so it is not told here."""
    place = desk.seeds.places.place(asked["province"], asked["ward"])
    told = bool(asked["province"].strip() or asked["ward"].strip())
    known = place.zone != "unknown"
    fact = FACT_OF_ZONE.get(place.zone, "ship_city")
    return {
        "fee": None
        if place.island or (told and not known)
        else fee_of(desk, asked["subtotal"] or 0),
        "zone": place.zone,
        "time": desk.text(fact),
        "note": desk.text("ship_island") if place.island else "",
    }


def fee_of(desk: Desk, subtotal: int) -> int:
    return 0 if subtotal >= desk.amount("ship_free_from") else desk.amount("ship_fee")


def surcharge_of(desk: Desk, place: Place, product: Product, quantity: int) -> int:
    """What an island costs on top, by weight."""
    if not place.island:
        return 0
    return math.ceil(product.kg * quantity) * desk.amount("ship_island_per_kg")


def days_of(desk: Desk, place: Place) -> int:
    """Until when it is promised at the latest."""
    if place.zone == "inner":
        return 1
    return desk.number(FACT_OF_ZONE.get(place.zone, "ship_city"))
