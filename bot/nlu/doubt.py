"""Two meanings that are close: the assistant asks which, instead of taking the likelier.

After Rasa's FallbackClassifier in the pipeline. A message in doubt becomes `nlu_fallback`, with the
meanings to choose from beside it; the dialogue asks (`actions/recovery.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.choice import ASKED_BACK, standing

MOST: Final = 3  # meanings to choose from
# Topics that are never asked about: they cannot wait, or asking is worse than being wrong.
NEVER: Final = frozenset({"request_human", "report_safety", "report_scam"})
WINS: Final = "opt_out"  # who may have asked not to be written to is not asked again
# Intents that one answer serves: the product's card, the complaint.
ALIKE: Final = (
    frozenset({"ask_price", "ask_stock", "ask_product_spec"}),
    frozenset(
        {"complain_delivery", "complain_quality", "complain_service", "wrong_or_missing_item"}
    ),
)

BARE: Final = Path(__file__).with_name("bare.yml")

Ranking = Sequence[Mapping[str, Any]]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Doubt(GraphComponent):
    """Sees when the best meanings of a message are too close to take one.

    `close` is how likely the next meaning must be, measured by the best one, to be in doubt;
    above the confidence `sure` nothing is.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        self.close = float(config["close"])
        self.sure = float(config["sure"])

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"close": 0.7, "sure": 0.8}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Doubt:
        return cls(config)

    def process(
        self, messages: list[Message], tracker: DialogueStateTracker, domain: Domain
    ) -> list[Message]:
        # An open form has its own way of hearing, and nobody is asked twice in a row.
        if tracker.active_loop_name or standing(e.as_dict() for e in reversed(tracker.events)):
            return messages
        askable = topics(domain) - NEVER
        for message in messages:
            ranking = message.get(INTENT_RANKING_KEY) or []
            bare = bare_words().get(words_of(message.get(TEXT) or ""), [])
            if offered := bare or self.between(ranking, askable):
                if WINS in offered:
                    message.set(INTENT, {"name": WINS, "confidence": 1.0}, add_to_output=True)
                    continue
                unsure = {"name": "nlu_fallback", "confidence": ranking[0]["confidence"]}
                message.set(INTENT, unsure, add_to_output=True)
                message.set(INTENT_RANKING_KEY, [unsure, *ranking], add_to_output=True)
                message.set(ASKED_BACK, offered, add_to_output=True)
        return messages

    def between(self, ranking: Ranking, askable: frozenset[str]) -> list[str]:
        """The meanings that a message is in doubt between; none when it is not."""
        ranked = [guess for guess in ranking if guess["name"] != "out_of_scope"]
        if not ranked or ranked[0] != ranking[0] or ranked[0]["confidence"] > self.sure:
            return []
        least = self.close * ranked[0]["confidence"]
        near = [guess["name"] for guess in ranked[:MOST] if guess["confidence"] >= least]
        while len(near) > 1 and not askable.issuperset(near):
            near.pop()
        told_apart = {next((n for n, same in enumerate(ALIKE) if i in same), i) for i in near}
        return near if len(near) > 1 and len(told_apart) == len(near) else []


@lru_cache(maxsize=1)
def bare_words() -> dict[str, list[str]]:
    """What a word typed alone may mean."""
    words: dict[str, list[str]] = yaml.safe_load(BARE.read_text(encoding="utf-8"))
    return words


def words_of(text: str) -> str:
    """The words of a text in lower case, with the accents that it has."""
    return " ".join(re.sub(r"[^\w\s]", " ", text.lower()).split())


def topics(domain: Domain) -> frozenset[str]:
    """The intents that have a topic's title."""
    buttons = domain.responses["utter_topics"][0]["buttons"]
    return frozenset(button["payload"].removeprefix("/") for button in buttons)
