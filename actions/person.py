"""Asking for a person. The application says the sentence about the queue."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions import honest
from actions.account import did_not_help
from actions.forms import hand_off, resume
from actions.outreach import NoNeed, consent, declined
from actions.product import AskProduct
from actions.sales import Promotions
from actions.talk import BEGINS, Event, campaign_of, last_response, offered_a_person, offered_goods


class RequestHandoff(Action):
    """A person, in the same turn, without asking whether they are sure."""

    def name(self) -> str:
        return "action_request_handoff"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        return hand_off(dispatcher, tracker, "customer_request")


class Affirm(Action):
    """A yes: to whatever was just offered, else a polite nod."""

    def name(self) -> str:
        return "action_affirm"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        if offered_a_person(tracker):
            return hand_off(dispatcher, tracker, "customer_request")
        last = last_response(tracker)
        if last == "utter_ask_news":
            return consent(dispatcher, tracker, given=True)
        if last == "utter_form_kept":
            return resume(dispatcher, tracker)
        if campaign_of(tracker).get("honest"):
            return [FollowupAction(honest.NAME)]
        if offered_goods(tracker):
            product = tracker.get_slot("product") or campaign_of(tracker).get("product")
            shown = AskProduct() if product else Promotions()
            return shown.run(dispatcher, tracker, domain)
        if form := BEGINS.get(last):
            return [FollowupAction(form)]
        dispatcher.utter_message(response="utter_what_next")
        return []


class Deny(Action):
    """A no: to whatever was just offered, else a polite nod."""

    def name(self) -> str:
        return "action_deny"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        if (refused := declined(dispatcher, tracker)) is not None:
            return refused
        if did_not_help(tracker):
            return hand_off(dispatcher, tracker, "no_progress")
        if BEGINS.get(last_response(tracker)) == honest.NAME:
            return NoNeed().run(dispatcher, tracker, domain)
        dispatcher.utter_message(response="utter_what_next")
        return []
