"""Rasa's door to `model.py`: trains it, keeps it in the model archive, writes the ranking."""

import logging
import pickle
import zlib
from typing import Any, Final

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.model import IntentModel
from bot.nlu.tokenizer import VietTokenizer, normal_text

logger = logging.getLogger(__name__)

FILE: Final = "intents.pickle.z"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class VietIntentClassifier(IntentClassifier, GraphComponent):
    """Names the intent of a Vietnamese message; `confidence` is the chance that it is meant."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [VietTokenizer]

    @staticmethod
    def required_packages() -> list[str]:
        return ["sklearn"]

    def __init__(
        self, storage: ModelStorage, resource: Resource, model: IntentModel | None
    ) -> None:
        self.storage = storage
        self.resource = resource
        self.model = model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "VietIntentClassifier":
        return cls(model_storage, resource, None)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "VietIntentClassifier":
        with model_storage.read_from(resource) as directory:
            model = pickle.loads(zlib.decompress((directory / FILE).read_bytes()))  # noqa: S301
            return cls(model_storage, resource, model)

    def train(self, training_data: TrainingData) -> Resource:
        examples = [e for e in training_data.intent_examples if e.get(TEXT)]
        texts = [normal_text(example) for example in examples]
        self.model = IntentModel().fit(texts, [example.get(INTENT) for example in examples])
        with self.storage.write_to(self.resource) as directory:
            # Rasa packs the archive with all its might, four seconds long, what is not packed yet.
            packed = zlib.compress(pickle.dumps(self.model, pickle.HIGHEST_PROTOCOL), level=1)
            (directory / FILE).write_bytes(packed)
        logger.info("%d examples, %d intents learnt", len(texts), len(self.model.intents))
        return self.resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if self.model is None or not message.get(TEXT):
                continue
            ranking = [
                {"name": guess.intent, "confidence": guess.confidence}
                for guess in self.model.rank(normal_text(message))
            ]
            message.set("intent", ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages
