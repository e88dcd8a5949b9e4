"""What makes a purchase easier: promotions, instalments, trade-in, and prices for companies."""

from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import shop
from actions.forms import (
    NOT_AN_ANSWER,
    Field,
    Form,
    Heard,
    Request,
    Values,
    entity,
    hand_off,
    register,
    stranded,
    words,
)
from actions.money import dong
from actions.order import say_date
from actions.product import about, called, last_product, meaning, talked_of
from actions.talk import Event, entities_of, says


class Promotions(Action):
    """What is on today, its terms and its last day."""

    def name(self) -> str:
        return "action_promotions"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        try:
            today = shop.promotions()
        except shop.ShopDown as down:
            return stranded(dispatcher, tracker, down)
        if not today:
            dispatcher.utter_message(response="utter_no_promotion")
            return []
        dispatcher.utter_message(
            response="utter_promotions",
            promotions="\n".join(
                f"• {each.title}: {each.terms} (đến hết {say_date(each.ends_on.isoformat())})"
                for each in today
            ),
        )
        return []


class Instalments(Action):
    """How to pay in instalments; for the product of the talk, whether it can be."""

    def name(self) -> str:
        return "action_installment"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        try:
            product = named(tracker) or last_product(tracker)
            least = amount(shop.facts()["instalment_from"])
        except shop.ShopDown as down:
            return stranded(dispatcher, tracker, down)
        except (KeyError, ValueError):
            product, least = None, 0
        if product is None:
            dispatcher.utter_message(response="utter_installment")
            return []
        enough = max([product.price, *product.storage_prices.values()]) >= least
        dispatcher.utter_message(
            response="utter_installment_product" if enough else "utter_installment_too_cheap",
            name=called(product),
            price=dong(product.price),
            buttons=[about("Đặt mua", "place_order", product)] if product.stock else [],
        )
        return talked_of(tracker, product.id)


def named(tracker: Tracker) -> shop.Product | None:
    """The one product that a message names. Raises ShopDown."""
    meant = meaning(tracker).products if entities_of(tracker, "product") else ()
    return meant[0] if len(meant) == 1 else None


def amount(shown: str) -> int:
    """The đồng of a fact like "3.000.000 đ". Raises ValueError."""
    return int("".join(c for c in shown if c.isdigit()))


# --- Trade-in: nothing is written, so nothing is confirmed

CONDITIONS: Final = {
    "Như mới": ("như mới", "còn mới", "mới keng", "like new"),
    "Tốt": ("tốt", "bình thường", "ổn", "dùng ngon", "chạy ngon", "còn ngon"),
    "Trầy, pin chai": ("trầy", "xước", "cấn", "móp", "pin chai", "chai pin", "tróc sơn"),
    "Hỏng, nứt vỡ": ("hỏng", "hư", "nứt", "vỡ", "bể", "sọc", "không lên nguồn", "vào nước"),
}


def read_condition(heard: Heard) -> str | None:
    """The words that tell a device's condition; any words when they were asked for."""
    if any(says(heard.text, word) for likely in CONDITIONS.values() for word in likely):
        return heard.text
    return (
        heard.text or None
        if heard.asked and heard.intent not in NOT_AN_ANSWER | ELSEWHERE
        else None
    )


# Other matters, whose words are no description of a device.
ELSEWHERE: Final = frozenset(
    """ask_opening_hours ask_store_location ask_shipping_fee ask_delivery_time ask_payment_methods
    ask_installment ask_promotion track_order ask_warranty_policy ask_return_policy ask_contact
    greet affirm deny ask_stock ask_price ask_product_spec""".split()  # noqa: SIM905
)


def read_model(heard: Heard) -> str | None:
    """The device in the customer's words, if the shop knows it or asked for it."""
    if not heard.text:
        return None
    if (
        heard.asked
        and heard.intent not in NOT_AN_ANSWER | ELSEWHERE
        and not heard.text.endswith("?")
    ):
        return heard.text
    found = shop.trade_in(heard.text, "")
    return heard.text if isinstance(found, shop.TradeIn) else None


def value(dispatcher: CollectingDispatcher, request: Request) -> list[Event]:
    found = shop.trade_in(request.values["old_model"], request.values["old_condition"])
    if isinstance(found, shop.NotFound):
        dispatcher.utter_message(response="utter_trade_in_unknown")
    else:
        dispatcher.utter_message(
            response="utter_trade_in", low=dong(found.low), high=dong(found.high)
        )
    return []


def conditions(tracker: Tracker, values: Values) -> Values:
    return {"buttons": [{"title": title, "payload": title.lower()} for title in CONDITIONS]}


ValidateTradeInForm, SubmitTradeIn = register(
    Form(
        "trade_in_form",
        (
            Field("old_model", read_model, "tên máy cũ", "Bống Phone 4"),
            Field("old_condition", read_condition, "tình trạng máy", "còn tốt", extras=conditions),
        ),
        value,
        own=frozenset({"ask_trade_in"}),
    )
)

# --- Companies


def read_items(heard: Heard) -> str | None:
    """What and how many, in the customer's words; unasked when a number says how many."""
    if heard.asked:
        said: str | None = words(least=4)(heard) if heard.intent not in ELSEWHERE else None
        return said
    thing = heard.first("product") or heard.first("category")
    return heard.text or None if heard.first("quantity") and thing else None


def read_company(heard: Heard) -> str | None:
    found: str | None = heard.first("company_name")
    if found or not heard.asked or heard.intent in ELSEWHERE | {"ask_bulk_order"}:
        return found
    if heard.first("phone") or heard.first("tax_code"):
        return None
    company: str | None = words(least=3, longest=120)(heard)
    return company


def read_contact(heard: Heard) -> str | None:
    """A phone or an address for mail, with the name that came with it."""
    where = heard.first("phone") or heard.first("email")
    name = heard.first("person_name")
    return " ".join(filter(None, (name, where))) if where else None


def ask_for_offer(dispatcher: CollectingDispatcher, request: Request) -> list[Event]:
    values = request.values
    done = shop.b2b_request(
        company=values["company_name"],
        tax_code=values["tax_code"] or "",
        items=values["items"],
        contact=values["contact"],
        requester=request.requester,
        key=request.key,
    )
    dispatcher.utter_message(response="utter_b2b_done", code=done.reference)
    return hand_off(dispatcher, request.tracker, "b2b")


def summary(values: Values) -> Values:
    tax = values["tax_code"]
    return {
        "company": values["company_name"],
        "tax": "chưa ghi" if tax in (None, "-") else tax,
        "goods": values["items"],
        "reach": values["contact"],
    }


ValidateB2bForm, SubmitB2b = register(
    Form(
        "b2b_form",
        (
            Field("items", read_items, "tên hàng và số lượng", "20 máy in laser"),
            Field(
                "company_name",
                read_company,
                "tên công ty, đơn vị",
                "Công ty Hoa Sen",
                ask="utter_ask_b2b_company",
            ),
            Field(
                "tax_code",
                entity("tax_code"),
                "mã số thuế",
                "0000000000",
                ask="utter_ask_b2b_tax_code",
                optional=True,
            ),
            Field("contact", read_contact, "số điện thoại hoặc email", "Lan 0900 000 001"),
        ),
        ask_for_offer,
        confirm="utter_confirm_b2b",
        summary=summary,
        own=frozenset({"ask_bulk_order"}),
    )
)
