"""Rasa's turn at less cost is Rasa's turn."""

import asyncio
from typing import Any

import pytest
from doubles import remember
from rasa.core.actions.action import ActionExtractSlots
from rasa.core.channels.channel import CollectingOutputChannel
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionReverted, ActiveLoop, SlotSet, UserUtteranceReverted
from rasa.shared.core.trackers import DialogueStateTracker

from bot.answer import Question
from bot.dialogue import RasaDialogue
from bot.nlu import shortcuts
from bot.storage.trackers import Memory

SAID = ("chào shop", "đơn của mình tới đâu rồi", "BT26110123", "thôi không hỏi nữa", "phí ship")


async def talk(dialogue: RasaDialogue) -> list[Any]:
    memory = Memory(None)
    for said in SAID:
        turn = await dialogue.ask(Question(7, said, "", memory, {}))
        memory = remember(memory, turn)
    return list(memory.events)


def states(tracker: DialogueStateTracker, domain: Domain, **more: Any) -> Any:
    return domain.states_for_tracker_history(tracker, **more)


def test_policies_see_the_states_that_rasa_would_show_them(
    dialogue: RasaDialogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    domain = dialogue._agent.domain
    told = asyncio.run(talk(dialogue))
    whole = DialogueStateTracker.from_dict("7", told, domain.slots)
    events = [*whole.events, SlotSet("requested_slot", "phone"), UserUtteranceReverted()]
    events += [*whole.events, ActionReverted(), *list(whole.events)[-3:]]
    tracker = DialogueStateTracker("7", domain.slots)
    compared = 0

    for event in events:
        tracker.update(event, domain)
        for more in ({"omit_unset_slots": True}, {"ignore_rule_only_turns": True}):
            ours = states(tracker, domain, **more)
            with monkeypatch.context() as rasas:
                method = shortcuts.ALL_PRIOR
                rasas.setattr(DialogueStateTracker, "generate_all_prior_trackers", method)
                assert ours == states(tracker, domain, **more)
            compared += len(ours)

    assert compared > 500


def test_a_copy_is_what_rasa_would_make_of_the_events(dialogue: RasaDialogue) -> None:
    domain = dialogue._agent.domain
    told = asyncio.run(talk(dialogue))
    whole = DialogueStateTracker.from_dict("7", told, domain.slots)
    events = [*whole.events, UserUtteranceReverted(), *whole.events, ActionReverted()]
    events += [ActiveLoop("order_form"), SlotSet("requested_slot", "phone")]
    tracker = DialogueStateTracker("7", domain.slots)

    for event in events:
        tracker.update(event, domain)
        states(tracker, domain)
        tracker.model_id = "m"
        ours, rasas = tracker.copy(), shortcuts.COPY(tracker)
        assert facts(ours) == facts(rasas)
        ours.update(SlotSet("requested_slot", "name"))
        ours.change_loop_to(None)
        assert facts(tracker) == facts(rasas) | {"model_id": "m"}, "a copy's own"
        tracker.model_id = None


def facts(tracker: DialogueStateTracker) -> dict[str, Any]:
    found = {name: value for name, value in vars(tracker).items() if name != "replay"}
    loop = tracker.active_loop and vars(tracker.active_loop)
    slots = {name: vars(slot) for name, slot in tracker.slots.items()}
    return found | {"slots": slots, "active_loop": loop}


def test_the_slots_that_a_message_sets_are_those_that_rasa_would_set(
    dialogue: RasaDialogue,
) -> None:
    domain = dialogue._agent.domain
    told = asyncio.run(talk(dialogue))
    set_, compared = 0, 0

    for upto in range(1, len(told) + 1):
        tracker = DialogueStateTracker.from_dict("7", told[:upto], domain.slots)
        for form in (None, "order_form"):
            tracker.change_loop_to(form)
            asked = (CollectingOutputChannel(), dialogue._agent.nlg, tracker)
            action = ActionExtractSlots(None)
            ours = asyncio.run(action.run(*asked, domain))
            assert ours == asyncio.run(shortcuts.EXTRACT_SLOTS(action, *asked, domain))
            set_, compared = set_ + len(ours), compared + 1

    assert compared > 20 and set_
    assert len(shortcuts._extracting(domain).slots) < len(domain.slots)
