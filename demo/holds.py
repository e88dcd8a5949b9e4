"""Pieces put aside in a store, for somebody to look at and fetch."""

import re
from datetime import datetime, time

from demo import book, stock
from demo.book import Json
from demo.days import HERE, days_later
from demo.desk import Desk, Refused


def hold(desk: Desk, asked: Json) -> Json:
    """One piece, until the store closes on the next day."""
    product = desk.seeds.catalogue.products.get(asked["product_id"])
    city = desk.seeds.places.store(asked["city"])
    if product is None or city is None:
        raise Refused("out_of_stock")
    here = {
        variant: pieces
        for (variant, where), pieces in stock.left(desk, product).items()
        if where == city and pieces
    }
    if not here:
        raise Refused("out_of_stock")
    color, storage = max(here, key=lambda variant: here[variant])
    reference = book.next_reference(desk.tx, "hold", "GH")
    until = datetime.combine(days_later(desk.today, 1), closing(desk), HERE).isoformat()
    record = {
        "color": color,
        "storage": storage,
        "city": city,
        "until": until,
        "name": asked["name"],
        "phone": asked["phone"],
    }
    book.write(desk.tx, "hold", reference, product.id, desk.now, record)
    return {"reference": reference, "until": until}


def closing(desk: Desk) -> time:
    """When the stores close: the second time of their hours."""
    return time.fromisoformat(re.findall(r"\d\d:\d\d", desk.text("store_hours"))[1])
