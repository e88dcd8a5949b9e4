"""When the assistant fails: it says so, offers a way on, and does not insist."""

from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.person import Event, entity, hand_off, said_at

TOPICS: Final = 3
PATIENCE: Final = 30 * 60.0  # seconds in which a second complaint about the assistant counts


class Fallback(Action):
    """First the three nearest topics, then a person is offered, then a person is asked for."""

    def name(self) -> str:
        return "action_fallback"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        if entity(tracker, "order_code"):
            return [FollowupAction("order_form")]
        failures = int(tracker.get_slot("fallback_count") or 0) + 1
        if failures > 2:
            return hand_off(dispatcher, "fallback")
        if failures == 2:
            dispatcher.utter_message(response="utter_offer_person")
        else:
            dispatcher.utter_message(response="utter_fallback", buttons=nearest(tracker, domain))
        return [SlotSet("fallback_count", failures)]


def nearest(tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, str]]:
    """Buttons for the topics the message comes closest to, and one for a person.

    The menu (`utter_capabilities`) says which intents are topics and what they are called.
    """
    menu = {b["payload"]: b for b in domain["responses"]["utter_capabilities"][0]["buttons"]}
    person = menu.pop("/request_human")
    ranking = tracker.latest_message.get("intent_ranking") or []
    heard = [menu[f"/{i['name']}"] for i in ranking if f"/{i['name']}" in menu]
    rest = [button for button in menu.values() if button not in heard]
    return [*[*heard, *rest][:TOPICS], person]


class Recover(Action):
    """One apology with a person offered; the second complaint brings the person."""

    def name(self) -> str:
        return "action_recover"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        before, now = tracker.get_slot("frustrated_at"), said_at(tracker)
        if before is not None and now - before <= PATIENCE:
            return hand_off(dispatcher, "frustration")
        dispatcher.utter_message(response="utter_sorry")
        return [SlotSet("frustrated_at", now)]
