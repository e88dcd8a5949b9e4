"""The greeting, and information nobody asked for."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.person import Event, entity


class Greet(Action):
    """Who we are, what we can do and how to reach a person; in short when that was said today."""

    def name(self) -> str:
        return "action_greet"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        # The gateway knows when the assistant last introduced itself, also in earlier talks.
        introduced = (tracker.latest_message.get("metadata") or {}).get("introduced")
        dispatcher.utter_message(response="utter_greet_again" if introduced else "utter_greet")
        return []


class Inform(Action):
    """A bare order code is a question about the order; other bare facts are asked about."""

    def name(self) -> str:
        return "action_inform"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        if entity(tracker, "order_code"):
            return [FollowupAction("order_form")]
        code = entity(tracker, "repair_code") or entity(tracker, "complaint_code")
        if code:
            dispatcher.utter_message(response="utter_code_for_person", code=code)
        else:
            dispatcher.utter_message(response="utter_what_for")
        return []
