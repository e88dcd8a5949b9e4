"""A flow played without a model: the same actions, and what Rasa does around a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.flows import Step, actions_of, asks, walk
from actions.forms import hand_off, stop
from actions.talk import Event

PERSON: Final = "person"
DONE: Final = "done"
ASIDE: Final = "aside"  # the message is another matter: the assistant answers it, and asks again


@dataclass(frozen=True)
class Heard:
    """A customer's message, understood."""

    text: str
    intent: str
    entities: Sequence[Mapping[str, Any]] = ()  # entity, value


@dataclass(frozen=True)
class Answer:
    """What the assistant does with a message: bubbles as actions utter them, and how it ends."""

    bubbles: Sequence[Mapping[str, Any]]
    end: str = ""  # PERSON, DONE or ASIDE; "" while the flow goes on


@dataclass
class Rehearsal:
    """One conversation about one flow; it begins with a message of the flow's intent."""

    intent: str
    steps: Sequence[Step]
    events: list[Event] = field(default_factory=list)
    loop: str = ""

    def __post_init__(self) -> None:
        made = [action() for action in actions_of(self.intent, self.steps)]
        self.actions: dict[str, Action] = {action.name(): action for action in made}
        self.form = f"{self.intent}_form"
        self.asked = [step["ask"] for step in asks(self.steps)]
        # The slots that Rasa's forms and ours use besides.
        kept = (*self.asked, "requested_slot", "form_tries", "form_left")
        self.slots: dict[str, Any] = dict.fromkeys(kept)
        self.latest: dict[str, Any] = {}

    def hear(self, heard: Heard) -> Answer:
        told = CollectingDispatcher()
        parsed = {
            "text": heard.text,
            "intent": {"name": heard.intent, "confidence": 1.0},
            "entities": [dict(each) for each in heard.entities],
        }
        self.events.append({"event": "user", "timestamp": 0.0, "parse_data": parsed})
        self.latest = parsed
        if heard.intent == "request_human":
            self._apply(hand_off(told, self._tracker(), "customer_request"))
        elif self.loop and heard.intent == "stop_form":
            self._apply(stop(told, self._tracker()))
        elif not self.loop and heard.intent != self.intent:
            return Answer((), ASIDE)
        elif not self.asked:
            return self._at_once()
        elif not self._go_on(told):
            self._ask(told)
            return self._answer(told, ASIDE)
        return self._answer(told)

    def _at_once(self) -> Answer:
        """A flow without a question."""
        gone = walk(self.steps, {})
        bubbles = [{"response": each} for each in gone.said]
        return Answer(bubbles, PERSON if gone.stop == "person" else DONE)

    def _go_on(self, told: CollectingDispatcher) -> bool:
        """Whether the message was an answer, or a failed try at one."""
        if not self.loop:
            self.loop = self.form
            self.events.append({"event": "active_loop", "name": self.form})
        begun = self.slots["requested_slot"] is None
        events = self._run(f"validate_{self.form}", told)
        if not events and not begun:
            return False
        if self.loop:
            self._ask(told)
        return True

    def _ask(self, told: CollectingDispatcher) -> None:
        """The next question, or the end of the form."""
        following = next((slot for slot in self.asked if self.slots[slot] is None), None)
        self.slots["requested_slot"] = following
        if following:
            self._run(f"action_ask_{following}", told)
            return
        self.loop = ""
        self._run(f"action_submit_{self.intent}", told)

    def _run(self, name: str, told: CollectingDispatcher) -> list[Event]:
        events: list[Event] = self.actions[name].run(told, self._tracker(), {})
        self._apply(events)
        self.events += [
            {"event": "bot", "metadata": {"utter_action": each.get("response")}}
            for each in told.messages
        ]
        return events

    def _apply(self, events: Sequence[Event]) -> None:
        for event in events:
            if event["event"] == "slot":
                self.slots[event["name"]] = event["value"]
            elif event["event"] == "active_loop":
                self.loop = event["name"] or ""
        self.events += events

    def _tracker(self) -> Tracker:
        loop, events = {"name": self.loop} if self.loop else {}, list(self.events)
        return Tracker("", dict(self.slots), self.latest, events, False, None, loop, None)

    def _answer(self, told: CollectingDispatcher, end: str = "") -> Answer:
        handed = any("handoff" in each["custom"] for each in told.messages)
        bubbles = [each for each in told.messages if each["response"]]
        if handed:
            return Answer(bubbles, PERSON)
        return Answer(bubbles, end if self.loop else DONE)
