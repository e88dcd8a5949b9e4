"""What was said: reading a conversation's last messages."""

import re
import unicodedata
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from rasa_sdk import Tracker

Event = dict[str, Any]

HERE: Final = timezone(timedelta(hours=7))  # Vietnam has no summer time

# Answers that end with "would you like a person?": a yes to them is a request.
OFFERS: Final = frozenset(
    {
        "utter_account_login",
        "utter_account_otp",
        "utter_account_person",
        "utter_ask_stuck",
        "utter_ask_stuck_optional",
        "utter_confirm_stuck",
        "utter_insult",
        "utter_locked",
        "utter_offer_person",
        "utter_order_late",
        "utter_sorry",
        "utter_sorry_about",
    }
)

# Answers that ask "would you like to …?": a yes to them begins it.
BEGINS: Final = {
    "utter_warranty_policy": "warranty_form",
    "utter_warranty_covered": "repair_form",
    "utter_warranty_over": "repair_form",
    "utter_return_policy": "return_form",
    "utter_return_late": "warranty_form",
    "utter_return_used": "repair_form",
    "utter_busy": "callback_form",
    "utter_care_honest": "honest_form",
}

# What we write of ourselves about goods: a yes to it wants to see them.
OFFERS_GOODS: Final = frozenset({"utter_care_campaign", "utter_care_news"})


def intent_of(tracker: Tracker) -> str:
    """The intent of the customer's message."""
    return str((tracker.latest_message.get("intent") or {}).get("name") or "")


def entity_of(tracker: Tracker, kind: str) -> Any:
    """The first entity of a kind in the customer's message, or None."""
    for found in tracker.latest_message.get("entities") or []:
        if found["entity"] == kind:
            return found["value"]
    return None


def entities_of(tracker: Tracker, kind: str) -> list[Any]:
    """Every entity of a kind in the customer's message, in reading order, each once."""
    found = tracker.latest_message.get("entities") or []
    return list(dict.fromkeys(e["value"] for e in found if e["entity"] == kind))


def says(text: str, words: str) -> bool:
    """Whether the words stand in the text, accents or not."""
    return f" {plain(words)} " in f" {plain(text)} "


def metadata_of(tracker: Tracker) -> dict[str, Any]:
    """What Carebot told of the message: `customer`, `channel`, `message`, `attachments`, …"""
    return tracker.latest_message.get("metadata") or {}


def said_at(tracker: Tracker) -> float:
    """When the customer wrote, seconds since 1970."""
    times = [event["timestamp"] for event in tracker.events if event["event"] == "user"]
    return float(times[-1] or 0.0) if times else 0.0


def text_of(tracker: Tracker) -> str:
    """What the customer wrote; a pressed button is a command, and says nothing itself."""
    text = str(tracker.latest_message.get("text") or "")
    return "" if text.startswith("/") else " ".join(text.split())


def now_of(tracker: Tracker) -> datetime:
    """When the customer wrote, on a Vietnamese clock."""
    return datetime.fromtimestamp(said_at(tracker), HERE)


def intent_before(tracker: Tracker) -> str:
    """The intent of the message before this one; "" when this is the first that is remembered."""
    heard = [event for event in tracker.events if event["event"] == "user"]
    if len(heard) < 2:
        return ""
    parsed = heard[-2].get("parse_data") or {}
    return str((parsed.get("intent") or {}).get("name") or "")


def spoken(text: str) -> str:
    """Lower case, without punctuation."""
    letters = unicodedata.normalize("NFC", text).lower()
    return " ".join("".join(letter if letter.isalnum() else " " for letter in letters).split())


def plain(text: str) -> str:
    """Lower case, without accents and punctuation: how words are looked for in a message."""
    letters = unicodedata.normalize("NFD", spoken(text).replace("đ", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def phrases(listed: str) -> re.Pattern[str]:
    """Finds one of the phrases, written as `plain` does with bars between them."""
    joined = re.sub(r"\s*\n\s*", "", listed)
    return re.compile(rf"\b(?:{joined})\b")


def has(text: str, *words: str) -> bool:
    """Whether one of the words stands in the text; both written as `plain` or `spoken` do."""
    return any(f" {word} " in f" {text} " for word in words)


def last_response(tracker: Tracker) -> str:
    """The name of the last response before the customer's message; "" when there was none."""
    before = [event for event in tracker.events if event["event"] in ("user", "bot")]
    while before and before[-1]["event"] == "bot":
        before.pop()
    if len(before) < 2 or before[-2]["event"] != "bot":
        return ""
    return str((before[-2].get("metadata") or {}).get("utter_action") or "")


def campaign_of(tracker: Tracker) -> dict[str, Any]:
    """What a campaign told the customer, while nothing has been said since; else nothing."""
    if last_response(tracker):
        return {}
    return metadata_of(tracker).get("campaign") or {}


def offered_goods(tracker: Tracker) -> bool:
    """Whether the last thing we said before this message, perhaps days ago, was about goods."""
    return last_response(tracker) in OFFERS_GOODS or bool(campaign_of(tracker))


def offered_a_person(tracker: Tracker) -> bool:
    """Whether the last thing the assistant said before this message offered a person."""
    return last_response(tracker) in OFFERS
