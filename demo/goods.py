"""The goods as customers see them: found, priced, in stock, promoted."""

from demo import stock
from demo.book import Json
from demo.catalogue import Product
from demo.desk import Desk, NotFound


def show(desk: Desk, product: Product) -> Json:
    """A product as customers see it."""
    catalogue = desk.seeds.catalogue
    price, off = catalogue.price(product), catalogue.off(product)
    return {
        "id": product.id,
        "name": product.name,
        "category": product.category.id,
        "category_name": product.category.name,
        "brand": product.brand,
        "price": price,
        "old_price": price + off if off else None,
        "specs": dict(product.specs),
        "colors": list(product.colors),
        "storages": list(product.storages),
        "stock": sum(stock.left(desk, product).values()),
        "warranty_months": desk.number(product.category.warranty),
        "drawback": product.drawback,
        "good_for": list(product.good_for),
        "image": f"/pictures/{product.category.id}.png",  # platforms take no SVG
        "storage_prices": {
            storage: catalogue.price(product, storage) for storage in product.storages
        },
    }


def products(desk: Desk, asked: Json) -> Json:
    narrowing = {name: value for name, value in asked.items() if name != "limit"}
    found = desk.seeds.catalogue.search(**narrowing)
    return {"products": [show(desk, each) for each in found[: asked["limit"]]]}


def nearest(desk: Desk, asked: Json) -> Json:
    found = desk.seeds.catalogue.nearest(asked["query"])
    return {"products": [show(desk, each) for each in found[: asked["limit"]]]}


def not_sold(desk: Desk, asked: Json) -> Json:
    return {"not_sold": desk.seeds.catalogue.other_brand(asked["brand"]) is not None}


def in_stock(desk: Desk, asked: Json) -> Json:
    product = desk.seeds.catalogue.products.get(asked["product_id"])
    if product is None:
        raise NotFound
    return stock.tell(desk, product, asked["color"], asked["storage"], asked["city"])


def promotions(desk: Desk, asked: Json) -> Json:
    return {
        "promotions": [
            {"title": each.title, "terms": each.terms, "ends_on": ends_on.isoformat()}
            for each, ends_on in desk.seeds.catalogue.promoted(desk.today)
        ]
    }
