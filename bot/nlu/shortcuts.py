"""Rasa's own turn with the same outcome at less cost; in effect once this module is imported.

Rasa makes the dialogue's memory anew for each policy before each action, with a copy of every slot,
though most slots may not influence what is done.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from functools import cache
from typing import Any

from rasa.core.actions.action import ActionExtractSlots, RemoteAction
from rasa.core.processor import MessageProcessor
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker

# Rasa searches all event classes for each event of a memory; their number never changes.
Event.resolve_by_type = staticmethod(cache(Event.resolve_by_type))

# Rasa checks the form of an action server's answer at a cost of 20 ms; ours comes from the same
# process.
RemoteAction._validate_action_result = lambda self, result: True

# It puts the whole domain into words to see that it is not empty, and warns of intents and
# entities that a model knows and its own domain does not.
MessageProcessor._check_for_unseen_features = lambda self, parsed: None

# They copy all slots, to say in a log that nobody keeps what they are.
MessageProcessor._log_slots = staticmethod(lambda tracker: None)


def _copied(slot: Slot) -> Slot:
    made = object.__new__(type(slot))
    made.__dict__.update(slot.__dict__)
    return made


# A turn makes several trackers, each with a copy of every slot; `copy` alone took a fifth of it.
Slot.__copy__ = _copied


def _duplicate(tracker: DialogueStateTracker) -> DialogueStateTracker:
    """What Rasa gets by applying all events again to a tracker without any, before each action."""
    made = object.__new__(DialogueStateTracker)
    made.__dict__.update(tracker.__dict__)
    made.__dict__.pop("replay", None)
    made.events = copy(tracker.events)
    made.slots = {name: _copied(slot) for name, slot in tracker.slots.items()}
    made.active_loop = copy(tracker.active_loop)
    made.sender_source = made.model_id = made.assistant_id = None
    return made


class _Replay(DialogueStateTracker):
    """What a tracker was before each of its actions, with the slots only that policies may see."""

    def __init__(self, tracker: DialogueStateTracker) -> None:
        slots = [slot for slot in tracker.slots.values() if slot.influence_conversation]
        super().__init__(tracker.sender_id, slots, is_rule_tracker=tracker.is_rule_tracker)
        self._applied: list[Event] = []
        self._moments: list[tuple[DialogueStateTracker, bool]] = []

    def _set_slot(self, key: str, value: Any) -> None:
        if key in self.slots:
            super()._set_slot(key, value)

    def leads_to(self, events: list[Event]) -> bool:
        """Whether these are the events so far, and perhaps more."""
        return len(events) >= len(self._applied) and all(
            mine is theirs for mine, theirs in zip(self._applied, events, strict=False)
        )

    def moments(self, events: list[Event]) -> Iterator[tuple[DialogueStateTracker, bool]]:
        for event in events[len(self._applied) :]:
            if isinstance(event, ActionExecuted):
                self._moments.append((self._now(), event.hide_rule_turn))
            event.apply_to(self)
            self._applied.append(event)
        yield from self._moments
        yield self._now(), False

    def _now(self) -> DialogueStateTracker:
        seen = object.__new__(DialogueStateTracker)
        seen.slots = {name: _copied(slot) for name, slot in self.slots.items()}
        seen.latest_message, seen.latest_action = self.latest_message, self.latest_action
        seen.followup_action, seen.active_loop = self.followup_action, copy(self.active_loop)
        return seen


def _all_prior(tracker: DialogueStateTracker) -> Iterator[tuple[DialogueStateTracker, bool]]:
    """The tracker before each action and now, going on where the last policy that asked stopped."""
    events = tracker.applied_events()
    replay = tracker.__dict__.get("replay")
    if replay is None or not replay.leads_to(events):
        replay = tracker.replay = _Replay(tracker)
    moments: Iterator[tuple[DialogueStateTracker, bool]] = replay.moments(events)
    return moments


# Rasa's own
COPY = DialogueStateTracker.copy
ALL_PRIOR = DialogueStateTracker.generate_all_prior_trackers
EXTRACT_SLOTS = ActionExtractSlots.run


async def _extract(
    self: Any, output: Any, nlg: Any, tracker: DialogueStateTracker, domain: Domain
) -> Any:
    return await EXTRACT_SLOTS(self, output, nlg, tracker, _extracting(domain))


def _extracting(domain: Domain) -> Domain:
    """The domain without the slots that only actions set: most, and each is looked at in vain."""
    if "extracting" not in domain.__dict__:
        domain.extracting = copy(domain)
        domain.extracting.slots = [
            slot
            for slot in domain.slots
            if any(each["type"] != "custom" or "action" in each for each in slot.mappings)
        ]
    return domain.extracting


DialogueStateTracker.copy = _duplicate
DialogueStateTracker.generate_all_prior_trackers = _all_prior
ActionExtractSlots.run = _extract
