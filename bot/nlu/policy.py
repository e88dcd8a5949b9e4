"""Rasa's rule policy, asked only about the rules that could fit."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import Any, Final

from rasa.core.policies import rule_policy
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import RULES
from rasa.shared.core.constants import PREVIOUS_ACTION, USER
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ACTION_NAME, INTENT, TEXT

Key = tuple[str | None, str | None]  # last action, last intent
NAMES: Final = "names"  # of the rules, as the content calls them, by what they match


class RulePolicy(rule_policy.RulePolicy):
    """Decides as Rasa's own does, and bears its name: events and the ensemble go by that.

    Rasa's holds every rule against every state of the conversation, so that a turn's cost grows
    with the number of rules; here the rules are looked up by the last action and the last intent
    first.
    """

    @cached_property
    def _by_last_state(self) -> dict[int, dict[Key, list[str]]]:
        return {}

    def _index(self, lookup: dict[str, str]) -> dict[Key, list[str]]:
        if id(lookup) not in self._by_last_state:
            index = defaultdict(list)
            for rule in lookup:
                index[_key(self._rule_key_to_state(rule)[-1])].append(rule)
            self._by_last_state[id(lookup)] = dict(index)
        return self._by_last_state[id(lookup)]

    def _get_possible_keys(self, lookup: dict[str, str], states: list[State]) -> set[str]:
        index = self._index(lookup)
        action, intent = _key(states[-1])
        near = {(a, i) for a in (action, None) for i in (intent, None)}
        candidates = {rule: lookup[rule] for key in near for rule in index.get(key, ())}
        fitting: set[str] = super()._get_possible_keys(candidates, states)
        return fitting

    def _analyze_rules(self, *trackers_and_domain: Any) -> list[str]:
        unused: list[str] = super()._analyze_rules(*trackers_and_domain)
        # Rasa knows them while it trains only.
        sources = self._rules_sources.items()
        self.lookup[NAMES] = {
            key: rules[0][0] for key, rules in sources if key in self.lookup[RULES]
        }
        return unused

    def _rule_prediction(
        self, probabilities: list[float], prediction_source: str, **more: bool
    ) -> PolicyPrediction:
        prediction = super()._rule_prediction(probabilities, prediction_source, **more)
        if name := self.lookup.get(NAMES, {}).get(prediction_source):
            prediction.action_metadata = {"rule": name}
        return prediction

    def _find_action_from_rules(
        self, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
    ) -> tuple[str | None, str | None, bool]:
        if use_text_for_last_user_input and not self._has_text_rules:
            return None, None, False
        found: tuple[str | None, str | None, bool] = super()._find_action_from_rules(
            tracker, domain, use_text_for_last_user_input
        )
        return found

    @cached_property
    def _has_text_rules(self) -> bool:
        return any(
            TEXT in state.get(USER, {})
            for rule in self.lookup[RULES]
            for state in self._rule_key_to_state(rule)
        )


def _key(state: State) -> Key:
    return (
        state.get(PREVIOUS_ACTION, {}).get(ACTION_NAME),
        state.get(USER, {}).get(INTENT),
    )
