"""How long a device or an order is covered."""

from datetime import date

from demo.book import Json
from demo.days import months_later
from demo.desk import BadRequest, Desk, NotFound
from demo.orders import proven


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
