"""Buying by chat: what, for whom, where to and how it is paid; nothing is ordered before a yes."""

from collections.abc import Mapping
from typing import Any, Final

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import shop
from actions.contact import PERSON_NAME, PHONE, PROVINCE, STREET, WARD, address, moved
from actions.forms import Field, Form, Heard, No, Request, Values, register, says_yes
from actions.money import dong
from actions.order import say_date
from actions.product import (
    about,
    called,
    card,
    categories_of,
    last_product,
    listed,
    meaning,
    same,
    talked_of,
    variant,
)
from actions.talk import Event, entity_of, says

# Questions about a product, inside the form: they change nothing of the order.
QUESTIONS: Final = frozenset(
    {"ask_price", "ask_stock", "ask_product_spec", "ask_recommendation", "ask_installment"}
)
PAYMENTS: Final = {
    "cod": "Trả khi nhận hàng",
    "bank": "Chuyển khoản QR",
    "card": "Thẻ ngân hàng",
    "wallet": "Ví điện tử",
    "instalment": "Trả góp",
}
PAID_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "cod": ("cod", "khi nhận", "nhận hàng", "tiền mặt", "nhận rồi trả", "ship cod"),
    "bank": ("chuyển khoản", "ck", "qr", "ngân hàng", "bank"),
    "card": ("thẻ", "visa", "mastercard", "cà thẻ", "quẹt thẻ", "thẻ ngân hàng"),
    "wallet": ("ví", "momo", "zalopay", "vnpay", "ví điện tử"),
    "instalment": ("trả góp", "góp"),
}
# The reader's words for ways to pay -> the shop's.
READ_AS: Final = {"bank_transfer": "bank", "installment": "instalment"}
MOST: Final = 20  # pieces of one order; more is for the people who sell to companies


def product_of(values: Mapping[str, Any]) -> shop.Product | None:
    """The product that is being ordered. Raises ShopDown."""
    product_id = values.get("order_product")
    return next(iter(shop.products(ids=[str(product_id)], limit=1)), None) if product_id else None


# --- What is read


def asks(heard: Heard) -> bool:
    """Whether it is a question; "màu bạc" is none when the colour was asked for."""
    question = heard.text.endswith("?") or any(
        says(heard.text, word) for word in ("không", "ko", "k", "hông", "bao nhiêu", "sao")
    )
    return heard.intent in QUESTIONS and (question or not heard.asked)


def read_product(heard: Heard) -> str | None:
    product_id: str | None = heard.first("product")
    return None if asks(heard) else product_id


def read_variant(kind: str, offers: str) -> Any:
    """Reads a colour or storage as the product's own, or as it was said when it has none such."""

    def read(heard: Heard) -> str | None:
        if asks(heard):
            return None
        product = product_of(
            {
                **heard.known,
                "order_product": read_product(heard) or heard.known.get("order_product"),
            }
        )
        offered = getattr(product, offers) if product else ()
        if said := heard.first(kind):
            return same(said, offered) or str(said)
        named = [name for name in offered if heard.asked and says(heard.text, name)]
        return max(named, key=len) if named else None

    return read


def read_quantity(heard: Heard) -> int | None:
    said = heard.first("quantity")
    if said is None and heard.asked and heard.text.isdigit():
        said = heard.text
    return None if said is None or asks(heard) else int(said)


def read_payment(heard: Heard) -> str | None:
    said = str(heard.first("payment_method") or "")
    wonders = heard.intent == "ask_payment_methods" and not heard.known.get("payment_method")
    if asks(heard) or (wonders and not heard.asked):
        return None
    said = READ_AS.get(said, said)
    if said in PAYMENTS:
        return said
    text = f"{said} {heard.text}" if heard.asked else said
    found = [(len(w), way) for way, words in PAID_BY.items() for w in words if says(text, w)]
    return max(found)[1] if found else None


# --- What is asked


def choose_product(tracker: Tracker, values: Values) -> Values:
    """Cards when the message names a kind or another brand, else the categories."""
    meant = meaning(tracker)
    if meant.other_goods:
        return {
            "response": "utter_no_such_goods",
            "goods": meant.other_goods,
            "buttons": categories_of("inform"),
        }
    if not meant.products:
        return {"buttons": categories_of("inform")}
    cards = [card(p, dong(p.price), [about("Chọn mẫu này", "inform", p)]) for p in meant.products]
    response = "utter_not_sold_nearest" if meant.not_sold else "utter_which_product"
    return {"response": response, "json_message": {"cards": cards}}


def choose(kind: str, offers: str) -> Any:
    """Buttons for the product's colours or storages that are left."""

    def buttons(tracker: Tracker, values: Values) -> Values:
        product = product_of(values)
        if product is None:
            return {}
        offered = getattr(product, offers)
        left = getattr(shop.stock(product.id, **other(kind, values)), f"{offers}_left") or offered
        return {
            "name": called(product),
            "buttons": [
                {"title": name[0].upper() + name[1:], "payload": f'/inform{{"{kind}": "{name}"}}'}
                for name in offered
                if name in left
            ],
        }

    return buttons


def other(kind: str, values: Values) -> dict[str, str]:
    """The chosen storage when colours are asked for, and the reverse."""
    kinds = {"color", "storage"} - {kind}
    return {name: str(values[name]) for name in kinds if values.get(name) not in (None, "-")}


def choose_payment(tracker: Tracker, values: Values) -> Values:
    buttons = [
        {"title": title, "payload": f'/inform{{"payment_method": "{way}"}}'}
        for way, title in PAYMENTS.items()
    ]
    return {"buttons": buttons}


def has_choice(offers: str) -> Any:
    def needed(values: Values) -> bool:
        product = product_of(values)
        return product is None or len(getattr(product, offers)) > 1

    return needed


# --- What is refused


def check(known: Values, given: Values) -> No | None:
    """Whether the shop can deliver what has been said so far. Raises ShopDown."""
    values = {**known, **given}
    if (product := product_of(values)) is None:
        return No(("order_product",)) if values.get("order_product") else None
    if no := offered_variant(product, values, given) or in_stock(product, values):
        return no
    if no := payable(product, values):
        return no
    parts = moved(known, given)
    return No(parts) if parts else None


def offered_variant(product: shop.Product, values: Values, given: Values) -> No | None:
    """A colour or storage the product does not come in."""
    for kind, offers in (("color", product.colors), ("storage", product.storages)):
        said = values.get(kind)
        if said in (None, "-") or said in offers:
            continue
        about = {"name": called(product), "said": said, "offers": listed(offers)}
        # Of a product chosen anew only: what was said of the former one is silently dropped.
        told = kind in given and len(offers) > 0
        return No((kind,), "utter_order_not_offered" if told else "", about)
    return None


def in_stock(product: shop.Product, values: Values) -> No | None:
    wanted = {
        kind: str(values[kind])
        for kind in ("color", "storage")
        if values.get(kind) not in (None, "-")
    }
    left = shop.stock(product.id, **wanted)
    name = variant(product, wanted.get("color", ""), wanted.get("storage", ""))
    about: Values = {"name": name, "available": left.available}
    if left.restock_on:
        about["restock"] = say_date(left.restock_on.isoformat())
    if not left.available:
        if left.colors_left and "color" in wanted and len(product.colors) > 1:
            return No(
                ("color",), "utter_order_color_gone", {**about, "left": listed(left.colors_left)}
            )
        if left.storages_left and "storage" in wanted and len(product.storages) > 1:
            return No(
                ("storage",),
                "utter_order_storage_gone",
                {**about, "left": listed(left.storages_left)},
            )
        response = "utter_order_gone_until" if left.restock_on else "utter_order_gone"
        return No(("order_product",), response, about)
    if int(values.get("quantity") or 1) > left.available:
        return No(("quantity",), "utter_order_few", about)
    return None


def payable(product: shop.Product, values: Values) -> No | None:
    if not values.get("payment_method"):
        return None
    quote = quoted(product, values)
    if not isinstance(quote, shop.Refused) or quote.why == "out_of_stock":
        return None
    if quote.why == "unknown_product":
        return No(("order_product",))
    return No(("payment_method",), f"utter_order_{quote.why}", {"name": called(product)})


def quoted(product: shop.Product, values: Values) -> shop.Quote | shop.Refused:
    return shop.quote_order(
        product.id,
        int(values.get("quantity") or 1),
        plain_choice(values.get("color")),
        plain_choice(values.get("storage")),
        str(values.get("province") or ""),
        str(values["payment_method"]),
    )


def plain_choice(value: Any) -> str:
    """A colour or storage as the shop takes it: nothing when there is no choice."""
    return "" if value in (None, "-") else str(value)


# --- The end


def begin(tracker: Tracker) -> Values:
    """One piece, of the product that was talked of, unless the message names something else."""
    last = last_product(tracker)
    category = entity_of(tracker, "category")
    if last is None or entity_of(tracker, "brand") or category not in (None, last.category):
        return {"quantity": 1}
    return {"quantity": 1, "order_product": last.id}


def summary(values: Values) -> Values:
    """The order as it is read back. Raises ShopDown."""
    product = product_of(values)
    quote = quoted(product, values) if product else None
    if product is None or not isinstance(quote, shop.Quote):
        raise shop.ShopDown("the order cannot be quoted any more")
    name = variant(product, plain_choice(values["color"]), plain_choice(values["storage"]))
    return {
        "item": f"{values['quantity']} × {name}",
        "receiver": values["person_name"],
        "receiver_phone": values["phone"],
        "full_address": address(values),
        "paid_by": PAYMENTS[values["payment_method"]],
        **seller(),
        "subtotal": dong(quote.subtotal),
        "fee": dong(quote.fee),
        "total": dong(quote.total),
    }


def seller() -> Values:
    """Who sells, from the facts: slots of these names hold the customer's own company."""
    facts = shop.facts()
    return {key: facts.get(key, "") for key in ("company_name", "tax_code", "hotline")}


def place(dispatcher: CollectingDispatcher, request: Request) -> list[Event]:
    values = request.values
    placed = shop.place_order(
        product_id=values["order_product"],
        quantity=int(values["quantity"]),
        color=plain_choice(values["color"]),
        storage=plain_choice(values["storage"]),
        name=values["person_name"],
        phone=values["phone"],
        address=address(values),
        payment_method=values["payment_method"],
        requester=request.requester,
        key=request.key,
    )
    if isinstance(placed, shop.Refused):
        dispatcher.utter_message(response="utter_order_not_placed")
    else:
        dispatcher.utter_message(
            response="utter_order_placed",
            code=placed.code,
            total=dong(placed.total),
            promised=say_date(placed.promised_on.isoformat()),
        )
    return talked_of(request.tracker, values["order_product"])


def agrees(heard: Heard) -> bool:
    """A yes; "chốt đơn nhé" is one too, unless it speaks of something more."""
    if says_yes(heard):
        return True
    more = any(says(heard.text, word) for word in ("thêm", "nữa", "khác", "đổi", "chưa", "khoan"))
    return heard.intent == "place_order" and not heard.entities and not more


ORDER: Final = Form(
    "purchase_form",
    (
        Field(
            "order_product",
            read_product,
            "tên sản phẩm",
            "Tai nghe Bống Air 2",
            extras=choose_product,
        ),
        Field(
            "color",
            read_variant("color", "colors"),
            "màu",
            "đen",
            needed=has_choice("colors"),
            extras=choose("color", "colors"),
        ),
        Field(
            "storage",
            read_variant("storage", "storages"),
            "phiên bản",
            "128 GB",
            needed=has_choice("storages"),
            extras=choose("storage", "storages"),
        ),
        Field(
            "quantity",
            read_quantity,
            "số lượng",
            "1 cái",
            refuse=lambda n: None if 1 <= n <= MOST else ("utter_order_too_many", {"most": MOST}),
        ),
        PERSON_NAME,
        PHONE,
        STREET,
        WARD,
        PROVINCE,
        Field(
            "payment_method",
            read_payment,
            "cách thanh toán",
            "trả khi nhận hàng",
            extras=choose_payment,
        ),
    ),
    place,
    confirm="utter_confirm_purchase",
    summary=summary,
    own=frozenset({"place_order"}),
    begin=begin,
    check=check,
    agrees=agrees,
)
ValidatePurchaseForm, SubmitPurchase = register(ORDER)
