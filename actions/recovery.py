"""When the assistant fails: it says so, offers a way on, and does not insist."""

from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.forms import hand_off
from actions.product import AskProduct
from actions.talk import Event, entity_of, intent_before, intent_of, metadata_of, said_at

NEAREST: Final = 3
# Failures after which a person is offered, and one more brings the person.
IN_A_ROW: Final = 2
LATELY: Final = 3  # of the last ten turns: the application counts those before
PATIENCE: Final = 30 * 60.0  # seconds in which a second complaint about the assistant counts
MENU: Final = "utter_capabilities"
ASKED_BACK: Final = "asked_back"
TOPICS: Final = "utter_topics"  # never said: every topic's title stands there

Button = dict[str, str]


class Fallback(Action):
    """First the three nearest topics. After the second failure in a row, or the third in ten
    turns, a person is offered; after one more a person comes.

    Between two or three likely meanings it only asks which: that is no failure yet.
    """

    def name(self) -> str:
        return "action_fallback"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        if offered := tracker.latest_message.get(ASKED_BACK):
            ask_back(dispatcher, tracker, domain, offered)
            return []
        if entity_of(tracker, "order_code"):
            return [FollowupAction("order_form")]
        if any(entity_of(tracker, kind) for kind in ("product", "brand")):
            return AskProduct().run(dispatcher, tracker, domain)
        failures = int(tracker.get_slot("fallback_count") or 0) + 1
        lately = int(metadata_of(tracker).get("failures") or 0) + 1
        if failures > IN_A_ROW or lately > LATELY:
            return hand_off(dispatcher, tracker, "fallback")
        if failures == IN_A_ROW or lately == LATELY:
            dispatcher.utter_message(response="utter_offer_person")
        else:
            dispatcher.utter_message(response="utter_fallback", buttons=nearest(tracker, domain))
        return [SlotSet("fallback_count", failures)]


def ask_back(
    dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any], offered: list[str]
) -> None:
    """Asks which topic is meant, in words too: not every channel shows buttons.

    What was offered goes with the question; the application reads the answer.
    """
    called = titles(domain)
    named = [f"‘{called[name]}’" for name in offered]
    ranking = tracker.latest_message.get("intent_ranking") or []
    likely = [guess["name"] for guess in ranking]
    others = [name for name in likely if name in called and name not in offered]
    dispatcher.utter_message(
        response="utter_ask_back",
        topics=" hay ".join(filter(None, [", ".join(named[:-1]), named[-1]])),
        buttons=[
            *({"title": called[name], "payload": f"/{name}"} for name in offered),
            menu(domain)[-1],
        ],
        json_message={
            ASKED_BACK: {
                "offered": {name: called[name] for name in offered},
                "others": others[:NEAREST],
            }
        },
    )


def menu(domain: dict[str, Any]) -> list[Button]:
    """The big topics, and a person."""
    return list(domain["responses"][MENU][0]["buttons"])


def titles(domain: dict[str, Any]) -> dict[str, str]:
    """What each topic is called, by its intent."""
    buttons = domain["responses"][TOPICS][0]["buttons"]
    return {button["payload"].removeprefix("/"): button["title"] for button in buttons}


def nearest(tracker: Tracker, domain: dict[str, Any]) -> list[Button]:
    """Buttons for the topics the message comes closest to, and one for a person."""
    called = titles(domain)
    ranking = tracker.latest_message.get("intent_ranking") or []
    likely = [str(guess["name"]) for guess in ranking if guess["name"] in called]
    big = [button["payload"].removeprefix("/") for button in menu(domain)]
    ordered = dict.fromkeys(name for name in [*likely, *big] if name in called)
    near = [{"title": called[name], "payload": f"/{name}"} for name in ordered]
    return [*near[:NEAREST], menu(domain)[-1]]


class Recover(Action):
    """One apology with a person offered; the second complaint brings the person."""

    def name(self) -> str:
        return "action_recover"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        before, now = tracker.get_slot("frustrated_at"), said_at(tracker)
        if before is not None and now - before <= PATIENCE:
            return hand_off(dispatcher, tracker, "frustration")
        topic = titles(domain).get(intent_before(tracker))
        if intent_of(tracker) == "insult":
            dispatcher.utter_message(response="utter_insult")
        elif topic:
            dispatcher.utter_message(response="utter_sorry_about", topic=topic)
        else:
            dispatcher.utter_message(response="utter_sorry")
        return [SlotSet("frustrated_at", now)]
