"""The greeting, small talk, information nobody asked for, and leaving a form."""

import re
from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.account import OWN_DATA
from actions.forms import FORMS, pause, stop
from actions.outreach import declined
from actions.product import AskProduct
from actions.recovery import menu
from actions.store import wants_it_held
from actions.talk import (
    Event,
    entity_of,
    intent_before,
    last_response,
    metadata_of,
    phrases,
    plain,
    text_of,
)

FAMILIES: Final = phrases(
    """nguyen|tran|le|pham|hoang|huynh|phan|vu|vo|dang|bui|do|ho|ngo|duong|ly|dinh|doan|trinh|truong
    |lam|mai|cao|luong|luu|ta|to|ha|thai|chau|quach|vuong"""
)


class Greet(Action):
    """Who we are, what we can do and how to reach a person; in short when that was said today."""

    def name(self) -> str:
        return "action_greet"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        metadata = metadata_of(tracker)
        name = called(str(metadata.get("name") or ""))
        # The gateway knows when the assistant last introduced itself, also in earlier talks.
        response = "utter_greet_again" if metadata.get("introduced") else "utter_greet"
        dispatcher.utter_message(response=response, to=f" {name}" if name else "")
        return []


def called(name: str) -> str:
    """How a Vietnamese is called: the last word of "Trần Thị Lan". Empty for what is no name."""
    words = name.split()
    if not 1 <= len(words) <= 5 or not all(word.isalpha() and len(word) < 20 for word in words):
        return ""
    if len(words) == 1:
        return words[0].capitalize()
    if FAMILIES.fullmatch(plain(words[0])):
        return words[-1].capitalize()
    return words[0].capitalize() if FAMILIES.fullmatch(plain(words[-1])) else ""


class Goodbye(Action):
    """Says goodbye. An open form waits for the next message and asks nothing now."""

    def name(self) -> str:
        return "action_goodbye"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        dispatcher.utter_message(response="utter_goodbye")
        return pause(tracker)


# What small talk is about, by its words; the first that fits.
SMALL_TALK: Final = {
    "utter_chat_wish": phrases(
        """chuc mung|happy new year|merry christmas|giang sinh|chuc (em|shop|bot|ad)|nam moi
        |sinh nhat (minh|em|anh|chi|toi|tui)"""
    ),
    "utter_chat_self": phrases(
        """bao nhieu tuoi|may tuoi|que quan|em o dau|bot o dau|thich mau gi
        |(dang )?lam gi (do|the|day)
        |ban be|ngu gio|khoe (khong|hong|ko|k)|ten gi|lam ca ngay
        |(em|bot|shop) co (biet )?(met|buon)
        |bot thich|buon ban|dong khach"""
    ),
    "utter_chat_love": phrases(
        """yeu|nguoi yeu|cuoi|lay (vo|chong)|ban gai|ban trai|nho (shop|em|anh|bot)|doc than"""
    ),
    "utter_chat_meal": phrases(
        """an (com|gi|sang|trua|toi|pho|bun|lau)|ca phe|cafe|nhau|doi bung|bun bo|tra sua|uong"""
    ),
    "utter_chat_praise": phrases(
        """de thuong|cute|dth|gioi|thong minh|vui tinh|hay qua|xinh|dep trai|tuyet|ngoan"""
    ),
    "utter_chat_mood": phrases(
        """buon|met|chan|nan|rau|that tinh|huhu|mat ngu|stress|e toi gia|xiu|ket xe|quay qua|chui
        |tam su"""
    ),
    "utter_chat_weather": phrases("""troi|mua (to|suot|qua|dam)|nang|lanh|nong|con bao|bao ve"""),
    "utter_chat_laugh": phrases("(ha){2,}|(hi){2,}|(he){2,}|k{3,}|vui|suong"),
}


class Chat(Action):
    """One friendly line that comes back to business; the second in a row offers topics."""

    def name(self) -> str:
        return "action_chat"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        if intent_before(tracker) == "chitchat":
            dispatcher.utter_message(response="utter_chat_topics", buttons=menu(domain))
            return []
        said = plain(text_of(tracker))
        about = (name for name, likely in SMALL_TALK.items() if likely.search(said))
        dispatcher.utter_message(response=next(about, "utter_chat"))
        return []


# A bare code is a question about what it names.
MATTERS: Final = {
    "order_code": "order_form",
    "repair_code": "repair_status_form",
    "complaint_code": "complaint_status_form",
}
MEDIA: Final = frozenset({"image", "audio", "video", "file", "sticker", "location"})


# A code with these words asks for more than where the order is.
WISHES: Final = (
    (re.compile(r"\b(?:huy|bo don|khong lay nua)\b"), "cancel_order_form"),
    (re.compile(r"\b(?:doi(?! tra| hang| may)|sua|thay|chinh lai)\b"), "change_order_form"),
)


def form_for_order(said: str) -> str:
    """The form that a message with an order's code opens, from its plain text."""
    return next((form for words, form in WISHES if words.search(said)), "order_form")


class Inform(Action):
    """A bare code or product asks about what it names; what for is asked of other facts.

    A wish told with all its details in one message looks like bare details to the model.
    """

    def name(self) -> str:
        return "action_inform"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        text = text_of(tracker)
        if wants_it_held(text):
            return [FollowupAction("hold_form")]
        if OWN_DATA.search(plain(text)):
            return [FollowupAction("data_form")]
        for code, form in MATTERS.items():
            if entity_of(tracker, code):
                wished = form_for_order(plain(text)) if code == "order_code" else form
                return [FollowupAction(wished)]
        if entity_of(tracker, "product") or entity_of(tracker, "category"):
            return AskProduct().run(dispatcher, tracker, domain)
        if last_response(tracker) == "utter_busy" and (
            entity_of(tracker, "time") or entity_of(tracker, "date")
        ):
            return [FollowupAction("callback_form")]
        files = metadata_of(tracker).get("attachments") or []
        dispatcher.utter_message(response=about_file(files[0]) if files else "utter_what_for")
        return []


def about_file(file: dict[str, Any]) -> str:
    """The response to a file, a sticker or a place: received, and not looked into."""
    kind = str(file.get("kind"))
    return f"utter_media_{kind}" if kind in MEDIA else "utter_media"


# "Thôi không lấy nữa": with no form open it is about an order.
GIVES_UP_GOODS: Final = re.compile(r"\b(?:lay|nhan|huy)\b.*\b(?:nua|nx)\b")


class StopForm(Action):
    """Leaves the form and says what is kept of it; outside a form, asks what is wanted."""

    def name(self) -> str:
        return "action_stop_form"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        if (refused := declined(dispatcher, tracker)) is not None:
            return refused
        form = FORMS.get(str(tracker.active_loop_name))
        if form is None and GIVES_UP_GOODS.search(plain(text_of(tracker))):
            return [FollowupAction("cancel_order_form")]
        if form is None:
            dispatcher.utter_message(response="utter_nothing_to_stop")
            return []
        return stop(dispatcher, tracker)
