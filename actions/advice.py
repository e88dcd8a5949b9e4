"""Which one to buy: at most four questions, then at most three products, each with a drawback."""

from collections.abc import Sequence
from typing import Any, Final

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import shop
from actions.forms import (
    NOT_NEEDED,
    TRIES_TO_ANSWER,
    Field,
    Form,
    Heard,
    Request,
    Values,
    hand_off,
    register,
    skips,
)
from actions.money import dong
from actions.product import POINTS_BACK, about, card, categories_of, last_product
from actions.talk import Event, entity_of, plain, says, text_of

SHOWN: Final = 3
ALL: Final = 50
LONGEST: Final = 200  # letters of a wish that the shop reads
ROUGHLY: Final = 1.1  # "tầm 7 triệu" may be a little more
ANY: Final = (
    "sao cũng được", "gì cũng được", "nào cũng được", "bao nhiêu cũng được", "tuỳ", "tùy",
    "không quan trọng", "thoải mái", "chưa biết",
)  # fmt: skip
# Intents that a wish may look like when it is put in a few words.
A_WISH: Final = TRIES_TO_ANSWER | {
    "ask_product_spec",
    "ask_recommendation",
    "ask_stock",
    "give_feedback",
    "place_order",
    "tech_support",
}


# --- What is read


def any_will_do(heard: Heard) -> bool:
    return heard.asked and (skips(heard) or any(says(heard.text, words) for words in ANY))


def read_category(heard: Heard) -> str | None:
    if product_id := heard.first("product"):
        found = shop.products(ids=[product_id], limit=1)
        return found[0].category if found else None
    return heard.first("category") or (NOT_NEEDED if any_will_do(heard) else None)


def read_use(heard: Heard) -> str | None:
    """What it is for; in the customer's own words when they were asked."""
    if any_will_do(heard):
        return NOT_NEEDED
    if not heard.text or (heard.known.get("use_case") and not heard.asked):
        return None
    free = heard.asked and heard.intent in A_WISH and not heard.entities
    return heard.text if free or suited([heard.text]) else None


def suited(wishes: Sequence[str], **narrow: Any) -> list[shop.Product]:
    """What the shop has for such wishes; nothing when they narrow nothing. Raises ShopDown."""
    wishes = [wish[:LONGEST] for wish in wishes]
    found = shop.products(good_for=wishes, limit=ALL, **narrow)
    return found if len(found) < len(shop.products(limit=ALL, **narrow)) else []


def read_budget(heard: Heard) -> dict[str, int] | str | None:
    """From and up to, in đồng."""
    least, most = heard.first("amount_min"), heard.first("amount_max")
    if about_that := heard.first("amount"):
        most = most or int(int(about_that) * ROUGHLY)
    if least or most:
        return {**({"least": int(least)} if least else {}), **({"most": int(most)} if most else {})}
    return NOT_NEEDED if any_will_do(heard) else None


def read_must_have(heard: Heard) -> str | None:
    if any_will_do(heard):
        return NOT_NEEDED
    return heard.text or None if heard.asked and heard.intent in A_WISH else None


def begin(tracker: Tracker) -> Values:
    """ "Mẫu nào tương tự mà rẻ hơn" is about the kind of product talked of."""
    text = text_of(tracker)
    alike = any(says(text, words) for words in ("tương tự", "rẻ hơn", "mẫu khác", *POINTS_BACK))
    last = last_product(tracker) if alike and not entity_of(tracker, "category") else None
    return {"category": last.category} if last else {}


# --- The end


def advise(dispatcher: CollectingDispatcher, request: Request, most: int = SHOWN) -> list[Event]:
    """A few products and what speaks against each, or a person."""
    values = request.values
    response, found = search(values) if any(values.values()) else ("", [])
    if not found:
        dispatcher.utter_message(response="utter_advice_person")
        return hand_off(dispatcher, request.tracker, "no_progress")
    wish = values.get("must_have") or ""
    best = sorted(found, key=lambda product: -hits(product, wish))[:most]
    dispatcher.utter_message(
        response=response, json_message={"cards": [advice_card(product) for product in best]}
    )
    return []


def search(values: Values) -> tuple[str, list[shop.Product]]:
    """What fits, or what comes nearest, and the response that says which. Raises ShopDown."""
    category, budget = values["category"] or "", values["budget"] or {}
    wishes = [wish for wish in (values["use_case"], values.get("must_have")) if wish]
    narrow: dict[str, Any] = {
        "category": category,
        "min_price": budget.get("least"),
        "max_price": budget.get("most"),
    }
    if wishes and (best := in_stock(suited(wishes, **narrow))):
        return "utter_advice", best
    if affordable := in_stock(shop.products(limit=ALL, **narrow)):
        return ("utter_advice_check" if wishes else "utter_advice"), affordable
    if not budget or not category:
        return "", []
    aim = budget.get("most") or budget["least"]
    every = in_stock(shop.products(category=category, limit=ALL))
    return "utter_advice_other_price", sorted(every, key=lambda p: abs(p.price - aim))[:SHOWN]


def in_stock(products: Sequence[shop.Product]) -> list[shop.Product]:
    return [product for product in products if product.stock]


def hits(product: shop.Product, wish: str) -> int:
    """How many words of a wish stand in what is known of a product."""
    known = " ".join(
        (product.name, *product.specs, *product.specs.values(), *product.colors, *product.good_for)
    )
    return len(set(plain(wish).split()) & set(plain(known).split()))


def advice_card(product: shop.Product) -> dict[str, Any]:
    subtitle = f"{dong(product.price)}\nĐiểm trừ: {product.drawback}"
    buttons = [
        about("Đặt mua", "place_order", product),
        about("Xem cấu hình", "ask_product_spec", product),
    ]
    return card(product, subtitle, buttons)


def plain_words(*titles: str) -> Sequence[dict[str, str]]:
    """Buttons that say their own title."""
    return [{"title": title, "payload": title.lower()} for title in titles]


def kinds(tracker: Tracker, values: Values) -> Values:
    return {"buttons": [*categories_of("inform"), *plain_words("Bỏ qua")]}


ValidateAdviceForm, SubmitAdvice = register(
    Form(
        "advice_form",
        (
            Field(
                "category",
                read_category,
                "loại sản phẩm",
                "điện thoại",
                optional=True,
                extras=kinds,
            ),
            Field("use_case", read_use, "nhu cầu dùng", "chụp ảnh, đi học", optional=True),
            Field("budget", read_budget, "khoảng giá", "dưới 7 triệu", optional=True),
            Field("must_have", read_must_have, "điều cần có", "pin lâu", optional=True),
        ),
        advise,
        own=frozenset({"ask_recommendation"}),
        begin=begin,
    )
)
