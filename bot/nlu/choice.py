"""The answer to "A or B?": which of the meanings offered a customer chose. No Rasa in this file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.nlu.text import normalise, strip_accents

ASKED_BACK: Final = "asked_back"  # what the question carries beside its words
NEITHER: Final = ""
LONGEST: Final = 10  # words of an answer; what is longer says something of its own

Json = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """A question that stands open, and the message that it was asked about."""

    message: Json  # the event
    offered: Mapping[str, str]  # titles by intent, the likeliest first
    others: Sequence[str]  # the next likely intents

    def meant(self, intent: str, answer: Json | None, metadata: Json) -> Json:
        """What Rasa is to understand: the first message, as if it had been understood.

        An answer that says more than the choice adds to it.
        """
        first = self.message["parse_data"]
        said = (answer or {}).get("entities") or []
        kinds = {entity["entity"] for entity in said}
        entities = [e for e in first.get("entities") or [] if e["entity"] not in kinds]
        text = str(first.get("text") or "")
        before = self.message.get("metadata") or {}
        return {
            "text": f"{text}. {answer['text']}" if answer and said else text,
            "intent": {"name": intent, "confidence": 1.0},
            "intent_ranking": [],
            "entities": [*entities, *said],
            "metadata": {
                **metadata,
                "attachments": [
                    *(before.get("attachments") or ()),
                    *(metadata.get("attachments") or ()),
                ],
                "mood": _stronger(before.get("mood"), metadata.get("mood")),
                "chose": {"text": text, "intent": intent, "offered": list(self.offered)},
            },
        }

    def none_meant(self, text: str) -> Json:
        """What Rasa is to understand of "neither": nothing, and which topics come next."""
        unsure = {"name": "nlu_fallback", "confidence": 1.0}
        others = [{"name": name, "confidence": 0.0} for name in self.others]
        return {
            "text": text,
            "intent": unsure,
            "intent_ranking": [unsure, *others],
            "entities": [],
        }


def _stronger(before: str | None, now: str | None) -> str:
    return now if now and now != "neutral" else before or "neutral"


def standing(newest_first: Iterable[Json]) -> Asked | None:
    """The question that the assistant's last words were, if it was "A or B?"."""
    question: Json = {}
    for event in newest_first:
        if event["event"] == "bot":
            custom = (event.get("data") or {}).get("custom") or {}
            question = question or custom.get(ASKED_BACK) or {}
            if not question:
                return None
        elif event["event"] == "user":
            if not question:
                return None
            return Asked(event, question["offered"], question["others"])
    return None


def plain(text: str) -> str:
    words = re.sub(r"[^\w\s]", " ", strip_accents(normalise(text)))
    return " ".join(words.split())


# How people point at one of two or three things; without accents.
_LEAD = r"(?:(?:da|u|uh|vang|a|em|minh|toi|tui|anh|chi|chon|hoi|lay|la|o|cho|y|ve|thi) )*"
_THING = r"(?:(?:cai|muc|y|ve|phan|chuyen|dieu|viec|lua chon|ben|so|thu) )*"
_TAIL = r"(?: (?:do|nay|kia|a|nhe|em|shop|di|ban|oi|tien|cung|tren|dau tien))*"


def _position(words: str) -> re.Pattern[str]:
    return re.compile(rf"{_LEAD}{_THING}(?:{words}){_TAIL}")


_POSITIONS: Final = (
    _position("dau|nhat|mot|1|truoc|tren"),
    _position("hai|nhi|2|sau|duoi|cuoi"),
    _position("ba|3|cuoi"),
)
_LAST: Final = _position("cuoi|sau cung")
_BOTH: Final = re.compile(rf"{_LEAD}(?:ca (?:hai|2|ba|3)|(?:hai|2) cai)(?: deu)?(?: duoc)?{_TAIL}")
_YES: Final = re.compile(rf"(?:dung|phai|u|uh|vang|ok|co|chuan|da)(?: (?:roi|vay|the|day))?{_TAIL}")
_NO: Final = r"(?:khong|chang|deo)"
_NEITHER: Final = re.compile(
    rf"""\b(?:ca (?:hai|2|ba|3)|(?:hai|2) cai(?: do| nay)?)\ (?:deu\ )?{_NO}\b
    |\bdeu\ (?:{_NO}|sai)\b
    |\b{_NO}\ (?:phai\ |dung\ |co\ |hoi\ |can\ |la\ )*
      (?:ca\ (?:hai|2|ba|3)|(?:cai|y|muc|chuyen|dieu|ve|ben)\ nao|(?:hai|2)\ (?:cai|y|muc|chuyen))\b
    |^{_LEAD}(?:cai|y|muc|chuyen|viec)\ khac{_TAIL}$
    |^(?:da\ )?(?:{_NO}|sai)(?:\ (?:phai|dung|roi|vay|the|dau|co))*{_TAIL}$""",
    re.VERBOSE,
)


def choose(text: str, offered: Mapping[str, str]) -> str | None:
    """The intent that an answer names; NEITHER; None when it says something else.

    By its place ("cái đầu") or by its title ("ý mình là trả góp"). A bare yes, and "both", take
    the likeliest.
    """
    said = plain(text)
    if not said or len(said.split()) > LONGEST:
        return None
    intents = list(offered)
    if _NEITHER.search(said):
        return NEITHER
    if _LAST.fullmatch(said):
        return intents[-1]
    for intent, place in zip(intents, _POSITIONS, strict=False):
        if place.fullmatch(said):
            return intent
    if _BOTH.fullmatch(said) or _YES.fullmatch(said):
        return intents[0]
    titles = {intent: plain(title) for intent, title in offered.items()}
    denied = {i for i, title in titles.items() if re.search(rf"\b{_NO} .*\b{title}\b", said)}
    left = [intent for intent in intents if intent not in denied]
    if denied and len(left) == 1:
        return left[0]
    return None if denied else _named(said, titles)


def _named(said: str, titles: Mapping[str, str]) -> str | None:
    """The one title that stands in an answer, or else the one whose own words do."""
    whole = [intent for intent, title in titles.items() if f" {title} " in f" {said} "]
    longest = max(whole, key=lambda intent: len(titles[intent]), default=None)
    if longest and all(titles[intent] in titles[longest] for intent in whole):
        return longest
    counted = []
    for intent, title in titles.items():
        others = {w for i, other in titles.items() if i != intent for w in other.split()}
        own = set(title.split()) - others
        counted.append((len(own & set(said.split())), intent))
    named = [intent for count, intent in counted if count]
    return named[0] if len(named) == 1 else None
