"""What is left in the stores. A lorry comes every night: what was sold counts until midnight, what
is put aside until it is fetched or its time is up."""

from collections import Counter
from datetime import datetime, time, timedelta
from typing import Final

from demo.book import Json, read, read_since
from demo.catalogue import Product, Variant
from demo.days import HERE, days_later
from demo.desk import Desk
from demo.spelling import bare, words

HELD_AT_MOST: Final = timedelta(days=2)

Left = dict[tuple[Variant, str], int]  # (colour and storage, city) -> pieces


def left(desk: Desk, product: Product) -> Left:
    """What can be sold now."""
    midnight = datetime.combine(desk.today, time.min, HERE)
    gone: Counter[tuple[Variant, str]] = Counter()
    for order in read_since(desk.tx, "order", product.id, midnight):
        if read(desk.tx, "cancellation", order["code"]) is None:
            for city, pieces in order["taken"].items():
                gone[(order["color"], order["storage"]), city] += pieces
    for hold in read_since(desk.tx, "hold", product.id, desk.now - HELD_AT_MOST):
        if datetime.fromisoformat(hold["until"]) > desk.now:
            gone[(hold["color"], hold["storage"]), hold["city"]] += 1
    return {
        (variant, city): max(0, pieces - gone[variant, city])
        for variant, cities in product.stock.items()
        for city, pieces in cities.items()
    }


def like(wished: str, name: str) -> bool:
    """Whether a wish ("màu den", "xanh dương", "256gb", "") can mean this colour or storage."""
    asked = {bare(word) for word in words(wished)} - {"mau", "ban", "dung", "luong"}
    given = {bare(word) for word in words(name)}
    return asked <= given or (bool(given) and given <= asked)


def fits(variant: Variant, color: str, storage: str) -> bool:
    return like(color, variant[0]) and like(storage, variant[1])


def tell(desk: Desk, product: Product, color: str, storage: str, city: str) -> Json:
    """The answer to "còn hàng không"."""
    now = left(desk, product)
    store = desk.seeds.places.store(city)

    def pieces(color: str, storage: str, city: str | None) -> int:
        return sum(
            each
            for (variant, where), each in now.items()
            if fits(variant, color, storage) and city in (None, where)
        )

    where = store or ("nowhere" if city else None)
    available = pieces(color, storage, where)
    return {
        "available": available,
        "by_city": {
            name: pieces(color, storage, key) for key, name in desk.seeds.places.stores.items()
        },
        "colors_left": [each for each in product.colors if pieces(each, storage, where)],
        "storages_left": [each for each in product.storages if pieces(color, each, where)],
        "restock_on": None if available else days_later(desk.today, product.restock).isoformat(),
    }


def pick(now: Left, product: Product, color: str, storage: str, quantity: int) -> Variant | None:
    """The variant to sell: as wished, else the smallest storage and then the colour with most."""
    sizes = list(product.storages)
    fitting = {
        variant: sum(each for (one, _), each in now.items() if one == variant)
        for variant in product.stock
        if fits(variant, color, storage)
    }
    enough = [variant for variant, pieces in fitting.items() if pieces >= quantity]
    return min(
        enough,
        key=lambda each: (sizes.index(each[1]) if each[1] else 0, -fitting[each]),
        default=None,
    )


def take(now: Left, variant: Variant, quantity: int) -> dict[str, int]:
    """From which stores so many pieces go, the fullest first."""
    taken = {}
    cities = sorted(
        ((each, city) for (one, city), each in now.items() if one == variant), reverse=True
    )
    for pieces, city in cities:
        if quantity and pieces:
            taken[city] = min(pieces, quantity)
            quantity -= taken[city]
    return taken
