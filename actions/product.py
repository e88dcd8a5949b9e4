"""Price, stock and specs: of the product a message names, or of the one talked about last."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import shop
from actions.forms import stranded
from actions.money import dong
from actions.order import say_date
from actions.talk import (
    Event,
    campaign_of,
    entities_of,
    entity_of,
    intent_of,
    offered_goods,
    plain,
    said_at,
    says,
    text_of,
)

Buttons = list[dict[str, str]]

KEPT: Final = 15 * 60.0  # seconds for which "còn màu đen không" is about the last product
CARDS: Final = 5  # products to choose from at a time
CATEGORIES: Final = 8  # buttons
ALL: Final = 50  # more products than the shop has of a category

# "cái đó", "con này": about what was talked of, also beside the name of its kind.
POINTS_BACK: Final = (
    "này",
    "đó",
    "đấy",
    "kia",
    "ấy",
    "nó",
    "ni",
    "nớ",
    "vừa rồi",
    "lúc nãy",
    "hồi nãy",
)
# Goods people ask an electronics shop for, which ours does not have: no question about the last
# product, whatever else the sentence says.
OTHER_GOODS: Final = (
    "nồi chiên", "nồi áp suất", "bếp từ", "bếp ga", "bếp hồng ngoại", "lò vi sóng", "lò nướng",
    "máy lọc nước", "máy lọc không khí", "máy sấy", "bàn ủi", "bàn là", "ấm siêu tốc",
    "bình đun", "máy xay", "máy ép", "máy ảnh", "máy chiếu", "máy massage", "vợt muỗi",
    "tủ đông", "thẻ nhớ", "ổ cứng di động", "micro", "tay cầm", "radio", "xe điện",
)  # fmt: skip
# A spec's label -> other words that ask for it. The label's own words always do.
ASKED_AS: Final = {
    "Màn hình": ("inch", "hz", "oled", "lcd", "màn", "độ phân giải", "4k"),
    "RAM": ("ram",),
    "Bộ nhớ": ("gb", "rom", "dung lượng", "lưu trữ", "thẻ nhớ"),
    "Ổ cứng": ("ssd", "hdd", "gb", "bộ nhớ", "dung lượng"),
    "Pin": ("mah", "pin", "trâu"),
    "Sạc": ("sạc nhanh", "củ sạc"),
    "Máy ảnh": ("chụp", "camera", "cam", "chấm", "quay", "selfie"),
    "SIM": ("sim", "5g", "4g", "esim"),
    "Chống nước": ("nước", "bơi", "mưa", "ngâm"),
    "Trong hộp": ("kèm", "hộp", "tặng kèm"),
    "Khối lượng": ("nặng", "nhẹ", "ký", "kg", "cân"),
    "Khối lượng giặt": ("kg", "ký", "kí"),
    "Cổng": ("hdmi", "usb", "type c", "jack", "cắm"),
    "Giắc": ("jack", "3 5", "cắm"),
    "Hệ điều hành": ("win", "windows", "android", "bản quyền"),
    "Card đồ hoạ": ("card", "vga", "game"),
    "Kết nối": ("wifi", "hdmi", "bluetooth", "lan"),
    "Tiện ích": ("youtube", "netflix", "điều khiển", "remote", "hẹn giờ", "giọng nói"),
    "Điện": ("inverter", "tốn điện", "số điện", "kwh", "watt"),
    "Dung tích": ("lít", "mấy người", "bao nhiêu người"),
    "Kích thước": ("ngang", "cao", "rộng", "sâu", "vừa"),
    "Độ ồn": ("ồn", "êm", "db"),
    "Công suất": ("watt", "hp", "ngựa", "btu", "mạnh"),
    "Phòng": ("mét vuông", "m2", "phòng"),
    "Vùng phủ": ("tầng", "phủ sóng", "mét vuông", "m2"),
    "Ban đêm": ("đêm", "tối", "hồng ngoại"),
    "Lưu": ("thẻ nhớ", "mấy ngày", "lưu"),
    "Đo": ("nhịp tim", "giấc ngủ", "oxy", "huyết áp"),
    "Dùng với": ("iphone", "android", "máy nào", "lắp vừa"),
    "Kiểu": ("in màu", "hai mặt", "scan", "cửa trên", "cửa trước", "có dây", "không dây"),
    "Lực hút": ("hút", "lau"),
    "Mực": ("mực",),
    "Hộp mực": ("mực",),
}
EVERYTHING: Final = ("cấu hình", "thông số", "chi tiết", "tính năng", "đặc điểm", "có gì")


@dataclass(frozen=True)
class Meant:
    """What a message is about: one product, several to choose from, or nothing of ours."""

    products: Sequence[shop.Product] = ()
    not_sold: bool = False  # another brand's; `products` are ours that come nearest
    other_goods: str = ""  # what we do not have at all


class AskProduct(Action):
    """What `ask_price`, `ask_stock` and `ask_product_spec` have in common: which product."""

    def name(self) -> str:
        return "action_product"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        try:
            meant = meaning(tracker)
            if len(meant.products) != 1 or meant.not_sold:
                offer(dispatcher, tracker, meant)
                return []
            product = meant.products[0]
            ANSWERS.get(intent_of(tracker), tell_price)(dispatcher, tracker, product)
        except shop.ShopDown as down:
            return stranded(dispatcher, tracker, down)
        return talked_of(tracker, product.id)


def talked_of(tracker: Tracker, product_id: str) -> list[Event]:
    """Keeps the product for the questions that follow."""
    return [SlotSet("product", product_id), SlotSet("product_at", said_at(tracker))]


def last_product(tracker: Tracker) -> shop.Product | None:
    """What is being ordered, or the product of the last answer while it is fresh.

    Raises ShopDown.
    """
    if ordered := tracker.get_slot("order_product"):
        return next(iter(shop.products(ids=[str(ordered)], limit=1)), None)
    kept, at = tracker.get_slot("product"), tracker.get_slot("product_at")
    if offered_goods(tracker):  # they answer when they like
        kept, at = campaign_of(tracker).get("product") or kept, said_at(tracker)
    if not kept or at is None or said_at(tracker) - float(at) > KEPT:
        return None
    return next(iter(shop.products(ids=[str(kept)], limit=1)), None)


def meaning(tracker: Tracker) -> Meant:
    """Which product a message is about. Raises ShopDown."""
    text = text_of(tracker)
    if ids := entities_of(tracker, "product"):
        return Meant(shop.products(ids=ids, limit=CARDS))
    category = str(entity_of(tracker, "category") or "")
    last = last_product(tracker)
    brand = str(entity_of(tracker, "brand") or "")
    points_back = any(says(text, word) for word in POINTS_BACK)
    if last and points_back and category in ("", last.category):
        return Meant([last])
    # "con nay mac k": dear, not a Mac.
    if shop.not_sold(brand or ("" if points_back and not category else text)):
        return Meant(shop.nearest(text or brand, limit=3), not_sold=True)
    other = next((goods for goods in OTHER_GOODS if says(text, goods)), "")
    if category or brand:
        found = of_kind(tracker, category, brand)
        return Meant(found, other_goods="" if found else other or "loại này")
    if other:
        return Meant(other_goods=other)
    return Meant([last] if last else [])


def of_kind(tracker: Tracker, category: str, brand: str) -> list[shop.Product]:
    """Ours of a category and brand, in the colour and size that are asked for if there are any."""
    found = shop.products(text_of(tracker), category=category, brand=brand, limit=ALL)
    found = found or shop.products(category=category, brand=brand, limit=ALL)
    color, storage = entity_of(tracker, "color"), entity_of(tracker, "storage")
    narrow = [
        product
        for product in found
        if (not color or same(color, product.colors))
        and (not storage or same(storage, product.storages))
    ]
    return (narrow or found)[:CARDS]


def same(wanted: Any, offered: Sequence[str]) -> str:
    """The offered name that is the wanted one, accents and spaces aside; "" when none is.

    "64GB" is also "thẻ 64 GB".
    """
    bare = plain(str(wanted)).replace(" ", "")
    names = {name: plain(name).replace(" ", "") for name in offered if bare}
    like = [name for name, spelt in names.items() if spelt.endswith(bare)]
    return next((name for name in like if names[name] == bare), like[0] if like else "")


# --- Which one?


def offer(dispatcher: CollectingDispatcher, tracker: Tracker, meant: Meant) -> None:
    """Products to choose from, or the categories when nothing of ours was named."""
    if meant.not_sold and not meant.products:
        dispatcher.utter_message(response="utter_not_sold", buttons=categories(tracker))
    elif meant.products:
        say = "utter_not_sold_nearest" if meant.not_sold else "utter_which_product"
        cards = [choice_card(product, question_of(tracker)) for product in meant.products]
        dispatcher.utter_message(response=say, json_message={"cards": cards})
    elif meant.other_goods:
        dispatcher.utter_message(
            response="utter_no_such_goods", goods=meant.other_goods, buttons=categories(tracker)
        )
    else:
        dispatcher.utter_message(response="utter_which_category", buttons=categories(tracker))


def choice_card(product: shop.Product, intent: str) -> dict[str, Any]:
    """A card whose button asks the same question of this product."""
    return card(product, dong(product.price), [about("Chọn mẫu này", intent, product)])


def card(product: shop.Product, subtitle: str, buttons: Buttons) -> dict[str, Any]:
    return {
        "title": product.name,
        "subtitle": subtitle,
        "image": picture(product),
        "buttons": buttons,
    }


def picture(product: shop.Product) -> str:
    """Where the shop's server shows it."""
    server = os.environ.get("SHOP_API_URL", shop.DEFAULT_URL).rstrip("/")
    return server + product.image if product.image.startswith("/") else product.image


def about(title: str, intent: str, product: shop.Product) -> dict[str, str]:
    """A button for an intent about a product."""
    return {"title": title, "payload": f'/{intent}{{"product": "{product.id}"}}'}


def categories(tracker: Tracker) -> Buttons:
    """Buttons that ask the same question of a category. Raises ShopDown."""
    return categories_of(question_of(tracker))


def categories_of(intent: str) -> Buttons:
    """Buttons for an intent about each category. Raises ShopDown."""
    kinds = {each.category: each.category_name for each in shop.products(limit=ALL)}
    return [
        {"title": name.capitalize(), "payload": f'/{intent}{{"category": "{category}"}}'}
        for category, name in list(kinds.items())[:CATEGORIES]
    ]


# --- The answers


def tell_price(dispatcher: CollectingDispatcher, tracker: Tracker, product: shop.Product) -> None:
    storage = same(entity_of(tracker, "storage") or "", product.storages)
    facts = {"name": called(product), "price": dong(product.price)}
    if storage:
        facts |= {"name": f"{called(product)} bản {storage}"}
        facts |= {"price": dong(product.storage_prices[storage])}
        response = "utter_price"
    elif product.old_price:
        facts["old_price"] = dong(product.old_price)
        response = "utter_price_reduced"
    elif len(set(product.storage_prices.values())) > 1:
        prices = product.storage_prices.items()
        facts["prices"] = "\n".join(f"• {name}: {dong(price)}" for name, price in prices)
        response = "utter_price_of_each"
    else:
        response = "utter_price"
    dispatcher.utter_message(response=response, buttons=next_steps(product, "ask_stock"), **facts)


def tell_stock(dispatcher: CollectingDispatcher, tracker: Tracker, product: shop.Product) -> None:
    wanted = entity_of(tracker, "color") or ""
    color = same(wanted, product.colors)
    facts = {"name": called(product), "color": str(wanted), "colors": listed(product.colors)}
    if wanted and not color:
        dispatcher.utter_message(
            response="utter_no_such_color", buttons=next_steps(product, "ask_price"), **facts
        )
        return
    storage = same(entity_of(tracker, "storage") or "", product.storages)
    left = shop.stock(product.id, color=color, storage=storage)
    facts["name"] = variant(product, color, storage)
    city = same_city(str(entity_of(tracker, "province") or ""), left.by_city)
    cities = [name for name, pieces in left.by_city.items() if pieces]
    facts |= {"city": city, "cities": listed(cities), "left": listed(left.colors_left)}
    if left.restock_on:
        facts["restock"] = say_date(left.restock_on.isoformat())
    if not left.available:
        buttons = [about("Xem mẫu khác", "ask_recommendation", product)]
        if color and left.colors_left:
            response, buttons = "utter_color_sold_out", next_steps(product, "ask_price")
        elif left.restock_on:
            response = "utter_sold_out_until"
        else:
            response = "utter_sold_out"
        dispatcher.utter_message(response=response, buttons=buttons, **facts)
        return
    if city and not left.by_city[city]:
        response = "utter_stock_elsewhere"
    elif city:
        response = "utter_stock_in_city"
    elif not color and len(left.colors_left) > 1:
        response = "utter_stock_colors"
    else:
        response = "utter_stock"
    dispatcher.utter_message(response=response, buttons=next_steps(product, "ask_price"), **facts)


def tell_specs(dispatcher: CollectingDispatcher, tracker: Tracker, product: shop.Product) -> None:
    text = text_of(tracker)
    asked = {label: spec for label, spec in product.specs.items() if asks_for(text, label)}
    if asked:
        response = "utter_spec"
    elif not text or any(says(text, words) for words in EVERYTHING):
        asked, response = product.specs, "utter_specs"
    else:
        asked, response = product.specs, "utter_spec_unknown"
    dispatcher.utter_message(
        response=response,
        buttons=next_steps(product, "ask_price"),
        name=called(product),
        specs="\n".join(f"• {label}: {spec}" for label, spec in asked.items()),
    )


ANSWERS: Final = {
    "ask_price": tell_price,
    "ask_stock": tell_stock,
    "ask_product_spec": tell_specs,
}


def question_of(tracker: Tracker) -> str:
    """The question that buttons ask again; of a bare name the price."""
    intent = intent_of(tracker)
    return intent if intent in ANSWERS else "ask_price"


def asks_for(text: str, label: str) -> bool:
    return any(says(text, words) for words in (label, *ASKED_AS.get(label, ())))


def next_steps(product: shop.Product, question: str) -> Buttons:
    """Buy it, or ask on."""
    titles = {"ask_price": "Xem giá", "ask_stock": "Còn hàng không"}
    buy = [about("Đặt mua", "place_order", product)] if product.stock else []
    return [*buy, about(titles[question], question, product)]


def called(product: shop.Product) -> str:
    """As in a sentence: "tai nghe Bống Air 2"."""
    return product.name[0].lower() + product.name[1:]


def variant(product: shop.Product, color: str, storage: str) -> str:
    """Like "điện thoại Bống Phone 5 256 GB màu đen"."""
    return " ".join(filter(None, (called(product), storage, color and f"màu {color}")))


def listed(names: Sequence[str]) -> str:
    return ", ".join(names)


def same_city(wanted: str, cities: Any) -> str:
    """The store's city that is meant; "" when none is."""
    return next((city for city in cities if wanted and says(city, wanted)), "")
