"""Orders as they are quoted and placed."""

from dataclasses import dataclass

from demo import book, stock
from demo.book import Json
from demo.catalogue import Product, Variant
from demo.days import days_later
from demo.delivery import days_of, fee_of, surcharge_of
from demo.desk import Desk, Refused
from demo.places import Place


@dataclass(frozen=True)
class Basket:
    """What would be sold, and for how much."""

    product: Product
    variant: Variant
    quantity: int
    taken: dict[str, int]  # from which stores
    subtotal: int
    fee: int

    @property
    def total(self) -> int:
        return self.subtotal + self.fee


def fill(desk: Desk, asked: Json, place: Place) -> Basket:
    """Raises Refused, with the first rule that is against it."""
    product = desk.seeds.catalogue.products.get(asked["product_id"])
    if product is None:
        raise Refused("unknown_product")
    quantity = asked["quantity"]
    now = stock.left(desk, product)
    variant = stock.pick(now, product, asked["color"], asked["storage"], quantity)
    if variant is None:
        raise Refused("out_of_stock")
    subtotal = desk.seeds.catalogue.price(product, variant[1]) * quantity
    fee = fee_of(desk, subtotal) + surcharge_of(desk, place, product, quantity)
    basket = Basket(product, variant, quantity, stock.take(now, variant, quantity), subtotal, fee)
    if asked["payment_method"] == "cod" and basket.total > desk.amount("cod_limit"):
        raise Refused("cod_limit")
    if asked["payment_method"] == "installment" and subtotal < desk.amount("instalment_from"):
        raise Refused("instalment_from")
    return basket


def quote(desk: Desk, asked: Json) -> Json:
    basket = fill(desk, asked, desk.seeds.places.place(asked["province"]))
    return {"subtotal": basket.subtotal, "fee": basket.fee, "total": basket.total}


def place_order(desk: Desk, asked: Json) -> Json:
    place = desk.seeds.places.place(asked["address"])
    basket = fill(desk, asked, place)
    code = book.next_reference(desk.tx, "order", desk.today.strftime("BT%y%m"), after=500)
    promised_on = days_later(desk.today, days_of(desk, place)).isoformat()
    name = " ".join(filter(None, (basket.product.called, *reversed(basket.variant))))
    order = {
        "code": code,
        "placed_on": desk.today.isoformat(),
        "promised_on": promised_on,
        "phone": asked["phone"],
        "receiver": asked["name"],
        "address": asked["address"],
        "items": [{"product": basket.product.id, "name": name, "quantity": basket.quantity}],
        "color": basket.variant[0],
        "storage": basket.variant[1],
        "taken": basket.taken,
        "total": basket.total,
        "fee": basket.fee,
        "payment": asked["payment_method"],
    }
    book.write(desk.tx, "order", code, basket.product.id, desk.now, order)
    return {"code": code, "total": basket.total, "fee": basket.fee, "promised_on": promised_on}
