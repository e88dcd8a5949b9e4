"""What delivery costs and how long it takes, to where the customer is."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import shop, wards
from actions.money import dong
from actions.talk import Event, entity_of


class ShippingFee(Action):
    """The fee to the place that was named, now or last; else what holds everywhere."""

    def name(self) -> str:
        return "action_shipping_fee"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        place = place_of(tracker)
        quote = quoted(tracker, place)
        if quote is None:
            dispatcher.utter_message(response="utter_shipping_fee")
            return []
        about = {"place": name_of(place), "note": quote.note}
        if quote.fee is None:
            dispatcher.utter_message(response="utter_shipping_fee_by_weight", **about)
        elif quote.fee == 0:
            dispatcher.utter_message(response="utter_shipping_free_to", **about)
        else:
            dispatcher.utter_message(response="utter_shipping_fee_to", **about, fee=dong(quote.fee))
        return [SlotSet("place", place)]


class DeliveryTime(Action):
    """The time to the place that was named, now or last; else what holds everywhere."""

    def name(self) -> str:
        return "action_delivery_time"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        place = place_of(tracker)
        quote = quoted(tracker, place)
        if quote is None:
            dispatcher.utter_message(response="utter_delivery_time")
            return []
        dispatcher.utter_message(
            response="utter_delivery_time_to", place=name_of(place), time=quote.time
        )
        return [SlotSet("place", place)]


def place_of(tracker: Tracker) -> dict[str, str]:
    """Ward and province of the message, or the place that was asked about before."""
    said = {
        part: str(found)
        for part in ("ward", "district", "province")
        if (found := entity_of(tracker, part))
    }
    return said or dict(tracker.get_slot("place") or {})


def name_of(place: dict[str, str]) -> str:
    """Like "phường Tân Định, TP. Hồ Chí Minh"."""
    ward, district, province = (place.get(part, "") for part in ("ward", "district", "province"))
    near = wards.present(ward, district, province) if ward else district
    return ", ".join(part for part in (near, province) if part)


def quoted(tracker: Tracker, place: dict[str, str]) -> shop.ShipQuote | None:
    """What the shop says of a place; None when it cannot: what holds everywhere is still true."""
    if not place:
        return None
    ward = ", ".join(place[part] for part in ("ward", "district") if part in place)
    try:
        quote = shop.ship_quote(place.get("province", ""), ward, subtotal(tracker))
    except shop.ShopDown:
        return None
    return None if quote.zone == "unknown" else quote


def subtotal(tracker: Tracker) -> int | None:
    """The amount that is named, or the price of the product that is talked about."""
    amount = entity_of(tracker, "amount")
    if isinstance(amount, int):
        return amount
    product = entity_of(tracker, "product") or tracker.get_slot("product")
    if not isinstance(product, str):
        return None
    found = shop.products(ids=[product], limit=1)
    return found[0].price if found else None
