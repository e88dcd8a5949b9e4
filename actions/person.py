"""Asking for a person. The application says the sentence about the queue."""

from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

Event = dict[str, Any]

# Answers that end with "would you like a person?": a yes to them is a request.
OFFERS: Final = frozenset(
    {
        "utter_code_for_person",
        "utter_offer_person",
        "utter_order_late",
        "utter_order_locked",
        "utter_sorry",
    }
)


def hand_off(dispatcher: CollectingDispatcher, reason: str) -> list[Event]:
    """Asks for a person, leaves whatever form is open, and clears the counters that led here."""
    dispatcher.utter_message(json_message={"handoff": {"reason": reason}})
    return [
        *leave_form(),
        SlotSet("fallback_count", 0),
        SlotSet("frustrated_at", None),
    ]


def leave_form() -> list[Event]:
    """No form open, nothing asked, nothing of it kept."""
    return [
        ActiveLoop(None),
        SlotSet("requested_slot", None),
        SlotSet("order_code", None),
        SlotSet("phone_last4", None),
        SlotSet("order_tries", 0),
    ]


def offered_a_person(tracker: Tracker) -> bool:
    """Whether the last thing the assistant said before this message offered a person."""
    before = [event for event in tracker.events if event["event"] in ("user", "bot")]
    while before and before[-1]["event"] == "bot":
        before.pop()
    if len(before) < 2 or before[-2]["event"] != "bot":
        return False
    return (before[-2].get("metadata") or {}).get("utter_action") in OFFERS


def intent_of(tracker: Tracker) -> str:
    """The intent of the customer's message."""
    return str((tracker.latest_message.get("intent") or {}).get("name") or "")


def entity(tracker: Tracker, kind: str) -> str | None:
    """The first entity of a kind in the customer's message."""
    for found in tracker.latest_message.get("entities") or []:
        if found["entity"] == kind:
            return str(found["value"])
    return None


def said_at(tracker: Tracker) -> float:
    """When the customer wrote, seconds since 1970."""
    times = [event["timestamp"] for event in tracker.events if event["event"] == "user"]
    return float(times[-1] or 0.0) if times else 0.0


class RequestHandoff(Action):
    """A person, in the same turn, without asking whether they are sure."""

    def name(self) -> str:
        return "action_request_handoff"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        return hand_off(dispatcher, "customer_request")


class Affirm(Action):
    """A yes: to the offer of a person if one was just made, else a polite nod."""

    def name(self) -> str:
        return "action_affirm"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        if offered_a_person(tracker):
            return hand_off(dispatcher, "customer_request")
        dispatcher.utter_message(response="utter_what_next")
        return []
