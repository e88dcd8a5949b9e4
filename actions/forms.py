"""Forms: what a flow asks for, how each answer is read, and what is done with them.

A flow declares a `Form`; `actions_of` makes the Rasa actions that run it. In every form a customer
may give several answers at once, correct one until they have said yes, ask something else in
between, or leave.
"""

from __future__ import annotations

import dataclasses
import logging
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from types import MappingProxyType
from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import shop
from actions.talk import (
    Event,
    intent_of,
    metadata_of,
    now_of,
    offered_a_person,
    plain,
    said_at,
)

logger = logging.getLogger(__name__)

Values = dict[str, Any]

# A message with one of these intents that holds no answer is a failed try. Any other intent is
# another matter: the form steps aside, the matter is answered, and the form asks again.
TRIES_TO_ANSWER: Final = frozenset({"inform", "affirm", "deny", "nlu_fallback", "out_of_scope"})
# Never read as the free text a form has asked for.
NOT_AN_ANSWER: Final = frozenset(
    {
        "request_human",
        "stop_form",
        "report_safety",
        "bot_challenge",
        "bot_frustration",
        "ask_capabilities",
        "opt_out",
        "say_busy",
        "thank",
        "goodbye",
    }
)
# Answered at once, whatever else the message holds and whatever form is open.
AT_ONCE: Final = frozenset({"request_human", "report_safety"})
STUCK: Final = 3  # failed tries after which a person is offered; one more brings the person
NOT_NEEDED: Final = "-"  # in a slot that this time need not be asked


@dataclass(frozen=True)
class Heard:
    """A customer's message as a form reads it."""

    text: str
    intent: str
    entities: Mapping[str, Sequence[Any]]  # values by kind, in reading order
    attachments: tuple[Mapping[str, Any], ...]  # files that came with it: kind, url, name, …
    asked: bool  # the form's last question was for the slot that is read now
    known: Mapping[str, Any] = dataclasses.field(default_factory=dict)  # the form's answers so far
    opening: bool = False  # the form begins with this message
    confidence: float = 1.0  # of the intent
    at: datetime = datetime.min  # when it was said, on a Vietnamese clock

    def first(self, kind: str) -> Any:
        """The first entity of a kind, or None."""
        found = self.entities.get(kind)
        return found[0] if found else None


Reader = Callable[[Heard], Any]  # the slot's value, or None when the message does not say it


@dataclass(frozen=True)
class Field:
    """One thing a form needs to know.

    The question is the response `utter_ask_<slot>`, or `ask` when the form asks it in its own
    words; `what` and `example` fill the sentences for answers that could not be read.
    """

    slot: str
    read: Reader
    what: str  # as in "Dạ em chưa thấy … trong tin nhắn"
    example: str
    ask: str = ""
    optional: bool = False  # "bỏ qua" leaves it out
    needed: Callable[[Values], bool] = lambda values: True
    # The response that says why a value cannot be used, with its variables; None when it can.
    refuse: Callable[[Any], tuple[str, Values] | None] = lambda value: None
    # Offered to whoever does not know it, however often it is asked.
    helps: tuple[Mapping[str, str], ...] = ()
    # What else the question is sent with: buttons, cards, variables, another response.
    extras: Callable[[Tracker, Values], Values] = lambda tracker, values: {}


Submit = Callable[[CollectingDispatcher, "Request"], list[Event]]
Settle = Submit


@dataclass(frozen=True)
class No:
    """Answers that do not go together: why, if it is said, and the slots that are asked again."""

    slots: tuple[str, ...]
    response: str = ""
    about: Values = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """A filled form, as it is carried out."""

    values: Values
    requester: str  # opaque name of the customer
    key: str  # the same for the same message: the shop does a thing once
    tracker: Tracker


@dataclass(frozen=True)
class Form:
    """A flow's questions and its end.

    `confirm` names the response that reads everything back and asks for a yes, filled by
    `summary`; nothing is written before that yes.
    """

    name: str
    fields: tuple[Field, ...]
    submit: Submit
    confirm: str = ""
    summary: Callable[[Values], Values] = lambda values: values
    # Intents that restate the form's own matter: without an answer they are a failed try.
    own: frozenset[str] = frozenset()
    # What the conversation already tells when the form begins.
    begin: Callable[[Tracker], Values] = lambda tracker: {}
    # Holds what was known and what is given now against each other, and against the shop.
    check: Callable[[Values, Values], No | None] = lambda known, given: None
    # The slots that say who asks and about what. As soon as they are filled, and after every
    # answer from then on, `settle` says what the shop makes of it: events that keep in the slot
    # `found` what is needed later, or ask again, or leave the form. Without `found` nothing is
    # submitted.
    identity: tuple[str, ...] = ()
    settle: Settle | None = None
    # Whether a message wants no more of it; `stopped` is what is said then.
    stops: Callable[[Heard], bool] = lambda heard: says_no_more(heard)
    stopped: str = "utter_form_stopped"
    # Reasons for a person: by mood whatever a message holds, by intent when it holds no answer.
    over: Mapping[str, str] = MappingProxyType({})
    # Without an answer to the question for a slot: which slots the form then does without,
    # instead of asking again.
    spares: Callable[[Tracker, str], Sequence[str]] = lambda tracker, asked: ()
    # Responses, with their variables, that answers bring at once: what was known before them
    # (None when the form begins), and what is known now.
    tells: Callable[[Values | None, Values], Sequence[tuple[str, Values]]] = lambda was, now: ()
    # Whether the answer to what was read back is a yes.
    agrees: Callable[[Heard], bool] = lambda heard: says_yes(heard)

    @property
    def slots(self) -> tuple[str, ...]:
        """Every slot the form fills, the yes last."""
        return (
            *(field.slot for field in self.fields),
            *(("found",) if self.settle else ()),
            *(("confirmed",) if self.confirm else ()),
        )

    def field(self, slot: str | None) -> Field | None:
        return next((field for field in self.fields if field.slot == slot), None)


FORMS: Final[dict[str, Form]] = {}


def register(form: Form) -> tuple[type[Action], ...]:
    """The actions that run a form: its validation and its end. Questions are `ask_action`s."""
    FORMS[form.name] = form
    stem = form.name.removesuffix("_form")
    validate = type(
        f"Validate_{stem}", (_Validate,), {"form": form, "action_name": f"validate_{form.name}"}
    )
    submit = type(
        f"Submit_{stem}", (_Submit,), {"form": form, "action_name": f"action_submit_{stem}"}
    )
    return validate, submit


def ask_action(slot: str) -> type[Action]:
    """The action that asks for a slot in whichever form is open."""
    return type(f"Ask_{slot}", (_Ask,), {"slot": slot, "action_name": f"action_ask_{slot}"})


Run = Callable[[Any, CollectingDispatcher, Tracker, dict[str, Any]], list[Event]]


def or_a_person(run: Run) -> Run:
    """An action's `run` that asks for a person when the shop does not answer."""

    @wraps(run)
    def safely(
        self: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        try:
            return run(self, dispatcher, tracker, domain)
        except shop.ShopDown as down:
            return stranded(dispatcher, tracker, down)

    return safely


class _Named(Action, ABC):
    @property
    @abstractmethod
    def action_name(self) -> str: ...

    def name(self) -> str:
        return self.action_name


class _Validate(_Named):
    """Reads every answer a message holds, in any order; counts messages that hold none."""

    form: Form

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        try:
            return self._validate(dispatcher, tracker)
        except shop.ShopDown as down:
            return stranded(dispatcher, tracker, down)

    def _validate(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        if intent_of(tracker) in AT_ONCE:
            return []
        mood = str(metadata_of(tracker).get("mood"))
        if mood in self.form.over:
            return hand_off(dispatcher, tracker, self.form.over[mood])
        begun = has_begun(tracker, self.form)
        # What another form was asking for is nothing to this one.
        asked = None if begun else tracker.get_slot("requested_slot")
        known = {slot: tracker.get_slot(slot) for slot in self.form.slots}
        if begun:
            known |= dict.fromkeys(("found", "confirmed") & known.keys())
        elif self.form.stops(hear(tracker, asked=True, known=known)):
            return stop(dispatcher, tracker)
        given, refused = self._read(tracker, asked, known)
        if asked is None:
            given = {**self.form.begin(tracker), **given}
        if refused:
            dispatcher.utter_message(response=refused[0], **refused[1])
        # The same refused answer once more brings nothing new.
        stale = bool(refused) and all(known.get(slot) == given[slot] for slot in given)
        if given and not stale:
            if no := self.form.check(known, given):
                given |= dict.fromkeys((*no.slots, "confirmed"))
                if no.response:
                    dispatcher.utter_message(response=no.response, **no.about)
            kept = _set({**known, **given}, given, self.form, tries=0)
            return self._settle(dispatcher, tracker, {**known, **given}, kept, begun)
        if asked is None:  # the form has just begun, and the message says nothing yet
            kept = _set(known, {"confirmed": None}, self.form, tries=0)
            return self._settle(dispatcher, tracker, known, kept, begun)
        intent = intent_of(tracker)
        if intent in self.form.over:
            return hand_off(dispatcher, tracker, self.form.over[intent])
        tried = intent in TRIES_TO_ANSWER | self.form.own or mutters(hear(tracker, asked=True))
        if not tried and not refused and not knows_not(hear(tracker, asked=True)):
            return []
        if intent == "affirm" and offered_a_person(tracker):
            return hand_off(dispatcher, tracker, "customer_request")
        if spared := self.form.spares(tracker, asked):
            return [SlotSet(slot, NOT_NEEDED) for slot in spared]
        tries = abs(int(tracker.get_slot("form_tries") or 0)) + 1
        if tries > STUCK:
            return hand_off(dispatcher, tracker, "no_progress")
        return [SlotSet("form_tries", -tries if refused else tries)]

    def _settle(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        values: Values,
        kept: list[Event],
        begun: bool,
    ) -> list[Event]:
        known = {slot: tracker.get_slot(slot) for slot in self.form.slots}
        fresh = begun and all(value is None for value in known.values())
        for response, about in self.form.tells(None if fresh else known, values):
            dispatcher.utter_message(response=response, **about)
        events = [*(_left_over(tracker, self.form) if begun else ()), *kept]
        if self.form.settle is None or any(values.get(s) is None for s in self.form.identity):
            return events
        return [*events, *self.form.settle(dispatcher, _request(tracker, self.form, values))]

    def _read(
        self, tracker: Tracker, asked: str | None, known: Values
    ) -> tuple[Values, tuple[str, Values] | None]:
        given: Values = {}
        refused = None
        settled = known.get("found") is not None and not self._names_another(tracker, known)
        for field in self.form.fields:
            if settled and field.slot in self.form.identity:
                continue
            heard = hear(tracker, asked=field.slot == asked, known=known, opening=asked is None)
            value = field.read(heard)
            if value is None and heard.asked and field.optional and skips(heard):
                value = NOT_NEEDED
            if value is None:
                continue
            reason = None if value == NOT_NEEDED else field.refuse(value)
            if reason:
                refused = refused or reason
            else:
                given[field.slot] = value
        if "found" in known and not settled and any(s in given for s in self.form.identity):
            given["found"] = None
        if self.form.confirm and asked == "confirmed":
            if given:  # a correction: read it all back again
                given["confirmed"] = None
            elif self.form.agrees(hear(tracker, asked=True)):
                given["confirmed"] = True
        return given, refused

    def _names_another(self, tracker: Tracker, known: Values) -> bool:
        """Whether a message is about another matter than the one that was found: four digits in
        an address are no new identity, another order's code is."""
        slot = self.form.identity[0]
        key = self.form.field(slot)
        assert key is not None, f"{self.form.name} does not ask for {slot}"
        said = key.read(hear(tracker, asked=False, known=known))
        return said is not None and said != known[slot]


class _Ask(_Named):
    """Asks for its slot, in other words after each failed try."""

    slot = ""

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        try:
            self._ask(dispatcher, tracker)
        except shop.ShopDown as down:
            return stranded(dispatcher, tracker, down)
        return []

    def _ask(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        form = FORMS[str(tracker.active_loop_name)]
        tries = min(int(tracker.get_slot("form_tries") or 0), STUCK)
        if tries < 0:  # it was told why the answer cannot be used; the question is asked as before
            tries = 0 if tries > -STUCK else STUCK
        values = {slot: tracker.get_slot(slot) for slot in form.slots}
        if self.slot == "confirmed":
            if tries == 0:
                dispatcher.utter_message(response=form.confirm, **form.summary(values))
            else:
                dispatcher.utter_message(
                    response="utter_confirm_stuck" if tries == STUCK else "utter_confirm_again"
                )
            return
        field = form.field(self.slot)
        assert field is not None, f"{form.name} does not ask for {self.slot}"
        about: Values = {"what": field.what, "example": field.example}
        if field.helps:
            about["buttons"] = list(field.helps)
        match tries:
            case 0:
                question: Values = {"response": field.ask or f"utter_ask_{self.slot}"}
                question |= field.extras(tracker, values)
                buttons = [*question.pop("buttons", ()), *field.helps]
                dispatcher.utter_message(**question, **({"buttons": buttons} if buttons else {}))
            case 1:
                dispatcher.utter_message(response="utter_ask_again", **about)
            case 2:
                dispatcher.utter_message(response="utter_ask_example", **about)
            case _ if field.optional:
                dispatcher.utter_message(response="utter_ask_stuck_optional", **about)
            case _:
                dispatcher.utter_message(response="utter_ask_stuck", **about)


class _Submit(_Named):
    """Does what the filled form is for. A shop that does not answer brings a person."""

    form: Form

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[Event]:
        values = {slot: tracker.get_slot(slot) for slot in self.form.slots}
        if any(value is None for value in values.values()):  # the form was left, not filled
            return []
        request = _request(tracker, self.form, values)
        try:
            events = self.form.submit(dispatcher, request)
        except shop.ShopDown as down:
            return [*forget(self.form), *stranded(dispatcher, tracker, down)]
        return [*forget(self.form), *events]


def _request(tracker: Tracker, form: Form, values: Values) -> Request:
    metadata = metadata_of(tracker)
    message = metadata.get("message", len(tracker.events))
    return Request(
        values={slot: None if v == NOT_NEEDED else v for slot, v in values.items()},
        requester=str(metadata.get("customer") or tracker.sender_id),
        key=f"{tracker.sender_id}-{message}-{form.name}",
        tracker=tracker,
    )


def has_begun(tracker: Tracker, form: Form) -> bool:
    """Whether the form was opened by the customer's last message."""
    for event in reversed(tracker.events):
        if event["event"] == "active_loop" and event["name"] == form.name:
            return True
        if event["event"] == "user":
            break
    return False


def _left_over(tracker: Tracker, form: Form) -> list[Event]:
    """What the form held that this one takes the place of; what both ask for is kept."""
    loops = [event["name"] for event in tracker.events if event["event"] == "active_loop"]
    before = FORMS.get(str(loops[-2])) if len(loops) > 1 else None
    return [
        SlotSet(slot, None) for slot in (before.slots if before else ()) if slot not in form.slots
    ]


def hear(
    tracker: Tracker, *, asked: bool, known: Values | None = None, opening: bool = False
) -> Heard:
    """The customer's last message."""
    message = tracker.latest_message
    entities: dict[str, list[Any]] = {}
    for found in message.get("entities") or []:
        entities.setdefault(found["entity"], []).append(found["value"])
    return Heard(
        text=_written(str(message.get("text") or "")),
        intent=intent_of(tracker),
        entities=entities,
        attachments=tuple(metadata_of(tracker).get("attachments") or ()),
        asked=asked,
        known=known or {},
        opening=opening,
        confidence=float((message.get("intent") or {}).get("confidence") or 0.0),
        at=now_of(tracker),
    )


def _written(text: str) -> str:
    """What the customer wrote; a pressed button is a command, and says nothing itself."""
    return "" if text.startswith("/") else " ".join(text.split())


def skips(heard: Heard) -> bool:
    """Whether the answer to an optional question is that there is none."""
    said = heard.text.lower().strip(" .!")
    return heard.intent == "deny" or said in SKIPS


SKIPS: Final = frozenset(
    [
        *("bỏ qua", "bo qua", "không có", "khong co", "ko có", "k có", "k co", "ko co", "không"),
        *("không cần", "khong can", "khỏi", "khoi", "khong", "ko", "k", "không nhớ", "khong nho"),
        *("chưa có", "chua co", "để sau", "de sau"),
    ]
)


SHORT: Final = 8  # words
NO_MORE: Final = re.compile(r"(?:a |da |u |uh )?(?:thoi|thui|khoi)\b.*\b(?:nua|nx|dau)$")
GOODS: Final = re.compile(r"\b(?:don|hang|huy|cai|con)\b")
BARE_STOP: Final = re.compile(r"(?:thoi )?huy(?: di| bo| luon| nha| nhe)?(?: em| shop)?")
UNKNOWN: Final = re.compile(
    r"(?:(?:minh|em|chi|anh|tui|toi) )?(?:khong|ko|k|hong|hok|hem|kg|chua|nao|quen)(?: \w+)? "
    r"?(?:nho|biet|ro|thay|tim ra|mat|roi)?(?: nua| ma| so| dau| luon| roi| em| a)*"
)

HUM: Final = re.compile(r"(?:(?:h+u*m+|u+m+|ua|ha+)(?: |$))+")


def says_no_more(heard: Heard) -> bool:
    """Like "huỷ" and "thôi không lấy nữa": outside a form about the goods, inside it about the
    form."""
    said = plain(heard.text)
    if BARE_STOP.fullmatch(said):
        return True
    return bool(NO_MORE.match(said)) and len(said.split()) <= SHORT and not GOODS.search(said)


YES: Final = re.compile(
    r"(?:(?:da|vang|u|uh|ok|co|toi|em|minh|anh|chi|tui) )*(?:dong y|xac nhan|dung (?:roi|het))"
    r"(?: (?:luon|nhe|nha|a|em|shop|roi|het|di))*"
)


def asks_back(heard: Heard) -> bool:
    """A question of theirs, which no free text may swallow."""
    return heard.intent.startswith(("ask_", "faq_", "flow_")) or heard.text.endswith("?")


def mutters(heard: Heard) -> bool:
    """Like "hmm", whatever the model takes it for, and "ủa": two words of small talk at most."""
    small_talk = heard.intent in ("chitchat", "greet") and len(heard.text.split()) <= 2
    return small_talk or bool(HUM.fullmatch(plain(heard.text)))


def says_yes(heard: Heard) -> bool:
    """Yes to what was read back. The words that we ask for count whatever the model says."""
    return heard.intent == "affirm" or bool(YES.fullmatch(plain(heard.text)))


def knows_not(heard: Heard) -> bool:
    """Like "không nhớ": no answer, and no other matter either, whatever the model takes it for."""
    return bool(heard.text) and bool(UNKNOWN.fullmatch(plain(heard.text)))


def _set(known: Values, given: Values, form: Form, *, tries: int) -> list[Event]:
    values = {**known, **given}
    spared = {
        field.slot: NOT_NEEDED
        for field in form.fields
        if values.get(field.slot) is None and not field.needed(values)
    }
    asked_again = {
        field.slot: None
        for field in form.fields
        if values.get(field.slot) == NOT_NEEDED and not field.optional and field.needed(values)
    }
    changes = {**given, **spared, **asked_again, "form_tries": tries}
    return [SlotSet(slot, value) for slot, value in changes.items()]


def forget(form: Form) -> list[Event]:
    """Nothing of the form's answers is kept."""
    return [SlotSet(slot, None) for slot in (*form.slots, "requested_slot")] + [
        SlotSet("form_tries", 0)
    ]


def leave(tracker: Tracker) -> list[Event]:
    """No form open, nothing asked, nothing of it kept."""
    form = FORMS.get(str(tracker.active_loop_name))
    return [ActiveLoop(None), *(forget(form) if form else [])]


def pause(tracker: Tracker) -> list[Event]:
    """Asks nothing in this turn: an open form goes on with the next message."""
    if not tracker.active_loop_name:
        return []
    # Rasa would remember that the form stepped aside, and pass it over the next time too.
    return [ActiveLoop(tracker.active_loop_name), FollowupAction("action_listen")]


KEPT: Final = 24 * 3600.0  # seconds in which a form that was stopped can be taken up again


def stop(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
    """Leaves the form at the customer's wish, and says what is kept of it and for how long."""
    form = FORMS.get(str(tracker.active_loop_name))
    answers = {field.slot: tracker.get_slot(field.slot) for field in form.fields} if form else {}
    answers = {slot: value for slot, value in answers.items() if value not in (None, NOT_NEEDED)}
    if form is None or not answers or form.stopped != Form.stopped:
        dispatcher.utter_message(response=form.stopped if form else Form.stopped)
        return leave(tracker)
    whats = dict.fromkeys(field.what for field in form.fields if field.slot in answers)
    *first, last = whats
    kept = f"{', '.join(first)} và {last}" if first else last
    dispatcher.utter_message(response="utter_form_kept", what=kept)
    left = {"form": form.name, "answers": answers, "at": said_at(tracker)}
    return [*leave(tracker), SlotSet("form_left", left)]


def resume(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
    """Takes up the form that was stopped, with its answers, for as long as they are kept."""
    left = tracker.get_slot("form_left")
    if not left or said_at(tracker) - left["at"] > KEPT or left["form"] not in FORMS:
        dispatcher.utter_message(response="utter_what_next")
        return [SlotSet("form_left", None)]
    answers = [SlotSet(slot, value) for slot, value in left["answers"].items()]
    return [*answers, SlotSet("form_left", None), FollowupAction(left["form"])]


def hand_off(dispatcher: CollectingDispatcher, tracker: Tracker, reason: str) -> list[Event]:
    """Asks for a person, leaves whatever form is open, and clears the counters that led here.

    `reason` is one of bot.handoff's codes; Carebot itself tells the customer their place.
    """
    dispatcher.utter_message(json_message={"handoff": {"reason": reason}})
    return [*leave(tracker), SlotSet("fallback_count", 0), SlotSet("frustrated_at", None)]


def stranded(
    dispatcher: CollectingDispatcher, tracker: Tracker, down: shop.ShopDown
) -> list[Event]:
    """The shop does not answer: a person does, and nothing is invented."""
    logger.warning("%s", down)
    dispatcher.messages.clear()
    return hand_off(dispatcher, tracker, "backend_error")


# Readers that several forms share.


def entity(kind: str, *, bare: Callable[[str], Any] | None = None) -> Reader:
    """Reads the first entity of a kind; `bare` reads the whole text when it was asked for."""

    def read(heard: Heard) -> Any:
        found = heard.first(kind)
        if found is None and heard.asked and bare is not None:
            return bare(heard.text)
        return found

    return read


def words(*, least: int = 2, longest: int = 500) -> Reader:
    """Reads the customer's own words, when they were asked for."""

    def read(heard: Heard) -> str | None:
        if not heard.asked or heard.intent in NOT_AN_ANSWER or heard.text.endswith("?"):
            return None
        return heard.text[:longest] if len(heard.text) >= least else None

    return read


def choice(options: Mapping[str, Sequence[str]]) -> Reader:
    """Reads one of several options by the words that stand for it, when it was asked for; a
    button's title is such a word. The longest word wins."""

    def read(heard: Heard) -> str | None:
        return likeliest(heard.text, options) if heard.asked else None

    return read


def likeliest(text: str, options: Mapping[str, Sequence[str]]) -> str | None:
    """The option whose longest word or phrase stands in a text, accents or not."""
    said = f" {plain(text)} "
    found = [
        (len(word), option)
        for option, likely in options.items()
        for word in likely
        if f" {plain(word)} " in said
    ]
    return max(found)[1] if found else None
