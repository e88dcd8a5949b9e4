"""The assistant's mind: Rasa 3.6, inside this process.

Rasa runs one turn on the memory it is handed and gives back the events that are new; writing them
is up to the turn's transaction. With `bot/nlu`, the only place that imports Rasa.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import tempfile
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# Rasa and TensorFlow warn about their own old code, a screen full at every start.
logging.captureWarnings(True)
logging.getLogger("py.warnings").setLevel(logging.ERROR)

import bot.nlu.hollow

# isort: split
import rasa.core.processor
import rasa.utils.log_utils
from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection

import bot.nlu.shortcuts  # noqa: F401
from actions import flows
from bot.answer import Question
from bot.models import Consent, Content, Promised, Proved, Say, Turn
from bot.nlu.choice import ASKED_BACK, NEITHER, choose, standing
from bot.nlu.entities import term_now
from bot.nlu.runner import InOrderRunner
from bot.storage.trackers import Memory
from connectors.base import Attachment, Button, Card, Json

log = logging.getLogger(__name__)

# Rasa's web framework has put uvloop's policy in place, under which our loop starts no process.
asyncio.set_event_loop_policy(None)

# Memory is cut when it holds more than KEEP_MOST of the customer's messages, down to KEEP_LEAST:
# policies look back fewer turns than that, and slots and the open form are carried over.
KEEP_LEAST = 2
KEEP_MOST = 3
KEPT_SECONDS = 24 * 3600.0  # for which the answers of a form that was left are kept
RANKING = 3  # intents kept with each stored message
BRIEF = 120  # letters kept of each value that an answer was made with

# Responses in which the assistant says who it is.
INTRODUCTIONS = frozenset({"utter_greet", "utter_bot_challenge", "utter_care_honest"})

# Rasa reads a leading "/" as a command, also behind white space. A customer's is answered as
# something not understood: it must set no slot and trigger no intent.
_COMMAND = re.compile(r"[\s\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]*/")
NOT_UNDERSTOOD = "/nlu_fallback"
# What a model must answer before customers have it.
GREETING = Question(0, "chào shop", "", Memory(None), {})
# Characters of a long text that are understood: reading 10 000 took a third of a second.
BEGINNING, END = 1500, 500


def quiet() -> None:
    """Stop Rasa's logs from repeating what customers write."""
    rasa.utils.log_utils.configure_structlog(logging.ERROR)
    for name in ("rasa", "rasa_sdk", "apscheduler"):
        logging.getLogger(name).setLevel(logging.ERROR)


class RasaDialogue:
    """A loaded model."""

    def __init__(self, agent: Agent, store: TurnMemory, actions: LocalActions, name: str) -> None:
        self._agent = agent
        self._store = store
        self._actions = actions
        self.name = name

    @classmethod
    def load(cls, archive: bytes, name: str) -> RasaDialogue:
        """Load a trained model and have it answer a greeting. Takes seconds: call it off the event
        loop.

        Raises rasa's own errors when the archive cannot be used, and NotAnswering when it can and
        has nothing to say.
        """
        quiet()
        actions = LocalActions("actions")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_bytes(archive)
            agent = Agent.load(
                model_path=str(path),
                action_endpoint=actions,
                generator=EndpointConfig(type="bot.nlu.phrasing.Phrasing"),
            )
        actions.learn(agent.domain.as_dict())
        store = TurnMemory(agent.domain)
        # Agent would wrap the store in one that answers from an empty memory when it fails.
        agent.tracker_store = agent.processor.tracker_store = store
        loaded = cls(agent, store, actions, name)
        with ThreadPoolExecutor(1) as apart:  # this thread may have a loop of its own
            greeted = apart.submit(asyncio.run, loaded.ask(GREETING)).result()
        if not greeted.says:
            raise NotAnswering(f"{name} has nothing to say to a greeting")
        return loaded

    async def ask(self, question: Question) -> Turn:
        """The assistant's turn. Raises ActionFailed when an action did."""
        sender = str(question.conversation_id)
        self._store.remember(sender, question.memory)
        try:
            parsed = await self._chosen(question)
            metadata = (parsed or {}).get("metadata") or question.metadata
            await self._agent.handle_message(
                UserMessage(
                    text=parsed["text"] if parsed else question.payload or harmless(question.text),
                    output_channel=CollectingOutputChannel(),
                    sender_id=sender,
                    input_channel=str(question.metadata.get("channel", "")),
                    metadata=metadata,
                    parse_data=parsed,
                )
            )
            events = self._store.new_events(sender)
        finally:
            self._store.forget(sender)
            failure = self._actions.failures.pop(sender, None)
        if failure:
            raise ActionFailed(failure[0]) from failure[1]
        return read_turn(events, question.memory, self.name)

    async def reach_out(self, question: Question) -> Turn:
        """What the assistant says of itself. Raises ActionFailed when its action did."""
        sender, processor = str(question.conversation_id), self._agent.processor
        self._store.remember(sender, question.memory)
        try:
            out = CollectingOutputChannel()
            tracker = await processor.fetch_tracker_with_initial_session(sender, out)
            tracker.update(SlotSet("outreach", question.metadata))
            await self._store.save(tracker)
            await processor.execute_action(
                sender,
                "action_reach_out",
                out,
                self._agent.nlg,
                PolicyPrediction.for_action_name(self._agent.domain, "action_reach_out"),
            )
            # The rules begin where the assistant listens.
            tracker.update(ActionExecuted(ACTION_LISTEN_NAME))
            await self._store.save(tracker)
            events = self._store.new_events(sender)
        finally:
            self._store.forget(sender)
            failure = self._actions.failures.pop(sender, None)
        if failure:
            raise ActionFailed(failure[0]) from failure[1]
        return read_turn(events, question.memory, self.name)

    async def _chosen(self, question: Question) -> Json | None:
        """What to understand instead of the answer to "A or B?"; None of any other message."""
        asked = standing(reversed(question.memory.events))
        if asked is None:
            return None
        if question.payload:
            pressed = question.payload.removeprefix("/")
            return (
                asked.meant(pressed, None, question.metadata) if pressed in asked.offered else None
            )
        answer = await self.understand(question.text)
        chosen = choose(question.text, asked.offered)
        if chosen == NEITHER:
            return asked.none_meant(question.text)
        if chosen is None and answer["intent"]["name"] in asked.offered:
            chosen = answer["intent"]["name"]
        return asked.meant(chosen, answer, question.metadata) if chosen else None

    async def understand(self, text: str) -> Json:
        """What the model alone reads in a text: `intent`, `intent_ranking`, `entities`."""
        parsed: Json = await self._agent.parse_message(harmless(text))
        return parsed


class NotAnswering(Exception):
    """A model that loads and does not answer: its words or rules are not there."""


class ActionFailed(Exception):
    """A custom action raised, so what the assistant would have said cannot be trusted."""


def harmless(text: str) -> str:
    """What a customer wrote, as Rasa may read it: never as a command of theirs, and of a very long
    text the beginning and the end. The gate and people read it whole."""
    if _COMMAND.match(text):
        return NOT_UNDERSTOOD
    return text if len(text) <= BEGINNING + END else f"{text[:BEGINNING]} … {text[-END:]}"


class TurnMemory(TrackerStore):
    """Rasa's tracker store for the length of a turn: reads what it is handed, keeps what is new."""

    def __init__(self, domain: Domain) -> None:
        super().__init__(domain)
        self._given: dict[str, list[Json]] = {}
        self._kept: dict[str, tuple[DialogueStateTracker, int]] = {}

    def remember(self, sender_id: str, memory: Memory) -> None:
        self._given[sender_id] = [*_prologue(memory.state), *memory.events]

    def new_events(self, sender_id: str) -> list[Json]:
        tracker, known = self._kept[sender_id]
        return [_lean(event.as_dict()) for event in list(tracker.events)[known:]]

    def forget(self, sender_id: str) -> None:
        self._given.pop(sender_id, None)
        self._kept.pop(sender_id, None)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        if kept := self._kept.get(sender_id):
            return kept[0]
        given = self._given.get(sender_id)
        if not given:
            return None
        return DialogueStateTracker.from_dict(
            sender_id, given, self.domain.slots, max_event_history=None
        )

    async def save(self, tracker: DialogueStateTracker) -> None:
        known = len(self._given.get(tracker.sender_id, ()))
        self._kept[tracker.sender_id] = (tracker, known)

    async def keys(self) -> list[str]:
        return list(self._given)


rasa.core.processor.DaskGraphRunner = InOrderRunner


class LocalActions(EndpointConfig):
    """The action server without a server: rasa_sdk's executor, in threads of this process, so
    that an action which waits for the shop's API does not stop other conversations."""

    def __init__(self, package: str) -> None:
        # The whole domain goes only to the actions that ask for it.
        super().__init__(url="local:", enable_selective_domain=True)
        self._executor = ActionExecutor()
        self._executor.register_package(package)
        self._threads = ThreadPoolExecutor(max_workers=16, thread_name_prefix="action")
        self._thread = threading.local()
        self.failures: dict[str, tuple[str, Exception]] = {}

    def learn(self, domain: Json) -> None:
        """Take in the actions of the flows that the support team wrote: they come with a model."""
        for intent, steps in flows.tables(domain).items():
            for action in flows.actions_of(intent, steps):
                self._executor.register_action(action)

    async def request(self, method: str = "post", **kwargs: Any) -> Any:
        call = kwargs["json"]
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._threads, self._run, call)
        except ActionExecutionRejection as refusal:
            body = json.dumps({"action_name": refusal.action_name, "error": refusal.message})
            raise ClientResponseError(400, refusal.message, body) from refusal
        except Exception as error:
            # Rasa logs an action's error and goes on as if it had said nothing.
            self.failures[call["sender_id"]] = (call["next_action"], error)
            raise

    def _run(self, call: Json) -> Any:
        # A thread's loop stays: `asyncio.run` makes one for each call.
        if not hasattr(self._thread, "loop"):
            self._thread.loop = asyncio.new_event_loop()
        return self._thread.loop.run_until_complete(self._executor.run(call))


def _prologue(state: Json | None) -> list[Json]:
    """Events that bring an empty tracker to a checkpoint's state."""
    if state is None:
        return []
    begin: list[Json] = [
        {"event": "action", "name": "action_session_start", "policy": None, "confidence": 1.0},
        {"event": "session_started"},
    ]
    slots = [
        {"event": "slot", "name": name, "value": value} for name, value in state["slots"].items()
    ]
    loop = [{"event": "active_loop", "name": state["loop"]}] if state["loop"] else []
    listen = {"event": "action", "name": "action_listen", "policy": None, "confidence": None}
    return [*begin, *slots, *loop, listen]


def _fold(state: Json | None, events: list[Json]) -> Json:
    """What a state and the events after it add up to."""
    slots = dict(state["slots"]) if state else {}
    loop = state["loop"] if state else None
    for event in events:
        match event["event"]:
            case "slot":
                slots[event["name"]] = event["value"]
            case "reset_slots" | "restart":
                slots = {}
            case "active_loop":
                loop = event["name"]
    return {"slots": slots, "loop": loop}


def _checkpoint(memory: Memory) -> tuple[int, Json] | None:
    """Where memory may be cut before the next turn, if it has grown long."""
    heard = [n for n, event in enumerate(memory.events) if event["event"] == "user"]
    if len(heard) <= KEEP_MOST:
        return None
    cut = heard[-KEEP_LEAST]
    state = _fold(memory.state, list(memory.events[:cut]))
    left = state["slots"].get("form_left")
    if left and float(memory.events[-1].get("timestamp") or 0.0) - left["at"] > KEPT_SECONDS:
        state["slots"]["form_left"] = None
    return memory.event_ids[cut - 1], state


def _lean(event: Json) -> Json:
    """The event without what no policy reads again: every turn reads it back."""
    if event["event"] != "user":
        return event
    parsed = event.get("parse_data") or {}
    kept = {key: parsed[key] for key in ("intent", "entities", "text", "metadata") if key in parsed}
    ranking = [
        {"name": intent["name"], "confidence": intent["confidence"]}
        for intent in parsed.get("intent_ranking", [])[:RANKING]
    ]
    return {**event, "parse_data": {**kept, "intent_ranking": ranking}}


def read_turn(events: list[Json], memory: Memory, model: str) -> Turn:
    """Read what Rasa did: what to say and why, and whether a person is asked for."""
    says: list[Say] = []
    promised: list[Promised] = []
    consents: list[Consent] = []
    proved: list[Proved] = []
    reason, introduced, address = None, False, None
    why: Json = {"model": model}
    loop = memory.loop
    for event in events:
        match event["event"]:
            case "user":
                parsed = event.get("parse_data") or {}
                why.update(_understood(parsed))
                address = _address(event, parsed)
            case "action":
                why.update(
                    action=event["name"],
                    policy=event["policy"],
                    action_confidence=event["confidence"],
                )
                # What an action calls for next has no rule of its own.
                if rule := (event.get("metadata") or {}).get("rule"):
                    why["rule"] = rule
            case "active_loop":
                loop = event["name"]
            case "bot":
                data = event.get("data") or {}
                custom = data.get("custom") or {}
                if asked := custom.get("handoff"):
                    reason = str(asked.get("reason", "customer_request"))
                    continue
                if made := custom.get("promised"):
                    due_at = datetime.fromisoformat(made["due_at"])
                    promised.append(Promised(made["kind"], made["text"], due_at))
                    continue
                if given := custom.get("consent"):
                    consents += (
                        Consent(purpose, given["said"], given["wording"], given.get("days", 0))
                        for purpose in given["purposes"]
                    )
                if told := custom.get("proved"):
                    proved.append(Proved(told["order_code"], told["phone_last4"]))
                    continue
                metadata = event.get("metadata") or {}
                utter = metadata.get("utter_action")
                reasons: Json = {
                    "response": utter,
                    "form": loop if loop == why.get("action") else None,
                    "data": _brief(metadata.pop("used", {})),  # kept with the message only
                    ASKED_BACK: list((custom.get(ASKED_BACK) or {}).get("offered", ())),
                }
                introduced = introduced or utter in INTRODUCTIONS
                content = _content(event.get("text") or "", data)
                if content != Content():
                    told = {key: reason for key, reason in reasons.items() if reason}
                    says.append(Say(content, {**why, **told}))
    return Turn(
        says=tuple(says),
        handoff_reason=reason,
        introduced=introduced,
        address=address,
        promised=tuple(promised),
        consents=tuple(consents),
        proved=tuple(proved),
        events=tuple(events),
        checkpoint=_checkpoint(memory),
    )


def _brief(used: Json) -> Json:
    return {
        name: textwrap.shorten(str(value), BRIEF, placeholder="…") for name, value in used.items()
    }


def _address(event: Json, parsed: Json) -> str | None:
    said = (str(e["value"]) for e in parsed.get("entities") or () if e["entity"] == "xung_ho_self")
    known = (event.get("metadata") or {}).get("address")
    return term_now(known, next(said, None), event.get("text") or "")


def _understood(parsed: Json) -> Json:
    intent = parsed.get("intent") or {}
    others = [
        other for other in parsed.get("intent_ranking", []) if other["name"] != intent.get("name")
    ]
    understood: Json = {
        "intent": intent.get("name"),
        "confidence": round(float(intent.get("confidence") or 0.0), 3),
        "entities": [
            {"entity": entity["entity"], "value": entity["value"]}
            for entity in parsed.get("entities", [])
        ],
    }
    # A customer's choice between meanings: an example of the intent that people may take up.
    if chose := (parsed.get("metadata") or {}).get("chose"):
        understood["chose"] = chose
    if others:
        understood["runner_up"] = others[0]["name"]
        understood["runner_up_confidence"] = round(float(others[0]["confidence"]), 3)
    return understood


def _content(text: str, data: Json) -> Content:
    custom = data.get("custom") or {}
    image = data.get("image")
    return Content(
        text=text,
        buttons=tuple(_button(button) for button in data.get("buttons") or ()),
        cards=tuple(
            Card(
                title=card["title"],
                subtitle=card.get("subtitle", ""),
                image=card.get("image", ""),
                buttons=tuple(_button(button) for button in card.get("buttons") or ()),
            )
            for card in custom.get("cards") or ()
        ),
        attachments=(Attachment("image", image),) if image else (),
    )


def _button(button: Json) -> Button:
    if url := button.get("url"):
        return Button(button["title"], url=url)
    return Button(button["title"], key=button["payload"])
