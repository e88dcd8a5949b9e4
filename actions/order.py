"""Where is my order: the form that asks for code and digits, and the answer."""

import logging
import math
import re
from datetime import date
from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import shop
from actions.person import Event, entity, hand_off, intent_of, leave_form, offered_a_person

logger = logging.getLogger(__name__)

# Messages that try to answer the form. Any other intent is another matter: the form steps aside,
# the matter is answered, and the form asks again.
ANSWERS: Final = frozenset(
    {"inform", "track_order", "affirm", "deny", "nlu_fallback", "out_of_scope"}
)
STUCK: Final = 3  # failed tries after which a person is offered; one more brings the person
WORDINGS: Final = ("", "_again", "_example", "_stuck")
WEEKDAYS: Final = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
WHERE: Final = {
    "received": "đang chờ đóng gói",
    "packing": "đang được đóng gói",
    "shipping": "đang trên đường giao",
}
SAID: Final = frozenset(
    {"received", "packing", "shipping", "delivered", "failed", "cancelled", "returning"}
)


class ValidateOrderForm(Action):
    """Reads code and digits from the message, in any order; counts messages that have neither."""

    def name(self) -> str:
        return "validate_order_form"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        asked = tracker.get_slot("requested_slot")
        given = read(tracker, asked)
        if given:
            return [
                *(SlotSet(slot, value) for slot, value in given.items()),
                SlotSet("order_tries", 0),
            ]
        if asked is None or intent_of(tracker) not in ANSWERS:
            return []
        if intent_of(tracker) == "affirm" and offered_a_person(tracker):
            return hand_off(dispatcher, "customer_request")
        tries = int(tracker.get_slot("order_tries") or 0) + 1
        if tries > STUCK:
            return hand_off(dispatcher, "no_progress")
        return [SlotSet("order_tries", tries)]


def read(tracker: Tracker, asked: str | None) -> dict[str, str]:
    """What the message says about the order, slot by slot."""
    phone = entity(tracker, "phone")
    found = {
        "order_code": entity(tracker, "order_code"),
        "phone_last4": phone[-4:] if phone else entity(tracker, "phone_last4"),
    }
    # A bare number is the answer to the question just asked, however it is spaced.
    bare = re.sub(r"[\s.\-]", "", str(tracker.latest_message.get("text") or ""))
    if asked == "order_code" and re.fullmatch(r"\d{8}", bare):
        found["order_code"] = "BT" + bare
    if asked == "phone_last4" and re.fullmatch(r"\d{4}", bare):
        found["phone_last4"] = bare
    return {slot: value for slot, value in found.items() if value}


def ask(dispatcher: CollectingDispatcher, tracker: Tracker, slot: str) -> list[Event]:
    """Asks for a slot, in other words after each failed try."""
    tries = min(int(tracker.get_slot("order_tries") or 0), STUCK)
    dispatcher.utter_message(response=f"utter_ask_{slot}{WORDINGS[tries]}")
    return []


class AskOrderCode(Action):
    """Asks for the order code."""

    def name(self) -> str:
        return "action_ask_order_code"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        return ask(dispatcher, tracker, "order_code")


class AskPhoneLast4(Action):
    """Asks for the last four digits of the phone used on the order."""

    def name(self) -> str:
        return "action_ask_phone_last4"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        return ask(dispatcher, tracker, "phone_last4")


class StopForm(Action):
    """Leaves the form and forgets what it held; outside a form, asks what is wanted."""

    def name(self) -> str:
        return "action_stop_form"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        if not tracker.active_loop_name:
            dispatcher.utter_message(response="utter_nothing_to_stop")
            return []
        dispatcher.utter_message(response="utter_form_stopped")
        return leave_form()


class LookUpOrder(Action):
    """Asks the shop and tells what it said. A shop that does not answer brings a person."""

    def name(self) -> str:
        return "action_look_up_order"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        code, last4 = tracker.get_slot("order_code"), tracker.get_slot("phone_last4")
        if not code or not last4:  # the form was left, not filled
            return []
        metadata = tracker.latest_message.get("metadata") or {}
        requester = str(metadata.get("customer") or tracker.sender_id)
        try:
            tell(dispatcher, shop.look_up_order(code, last4, requester))
        except shop.ShopDown as down:
            logger.warning("%s", down)
            return hand_off(dispatcher, "backend_error")
        return [event for event in leave_form() if event != ActiveLoop(None)]


def tell(dispatcher: CollectingDispatcher, found: shop.Order | shop.NotFound | shop.Locked) -> None:
    """Says the shop's answer. Raises ShopDown when an order lacks what we would say about it."""
    if isinstance(found, shop.NotFound):
        dispatcher.utter_message(response="utter_order_not_found")
        return
    if isinstance(found, shop.Locked):
        minutes = max(1, math.ceil(found.retry_after / 60))
        dispatcher.utter_message(response="utter_order_locked", minutes=minutes)
        return
    try:
        response, facts = sentence(found)
    except (KeyError, TypeError, ValueError) as exc:
        raise shop.ShopDown(f"order not understood: {type(exc).__name__}") from exc
    dispatcher.utter_message(response=response, **facts)


def sentence(order: shop.Order) -> tuple[str, dict[str, str]]:
    """The response for an order's state, and what it is filled with."""
    state = order["state"]
    if state not in SAID:
        raise ValueError(f"unknown state {state!r}")
    facts = {
        "code": order["code"],
        "items": ", ".join(name_items(item) for item in order["items"]),
    }
    if order["late"] and state in WHERE:
        promised = say_date(order["promised_on"])
        return "utter_order_late", {**facts, "promised": promised, "where": WHERE[state]}
    if state in ("received", "packing", "shipping", "failed"):
        facts["promised"] = say_date(order["promised_on"])
    if state in ("shipping", "failed"):
        facts["carrier"] = order["carrier"]
    if state == "shipping":
        facts["tracking"] = order["tracking"]
    if state == "delivered":
        facts["delivered"] = say_date(order["delivered_on"])
    return f"utter_order_{state}", facts


def name_items(item: dict[str, Any]) -> str:
    """Like "2 cáp sạc": the number only when there are several."""
    quantity = int(item["quantity"])
    return f"{quantity} {item['name']}" if quantity > 1 else str(item["name"])


def say_date(iso: str) -> str:
    """Like "thứ Hai 23/11"."""
    day = date.fromisoformat(iso)
    return f"{WEEKDAYS[day.weekday()]} {day.day}/{day.month}"
