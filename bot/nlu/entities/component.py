"""Rasa's door to the rules."""

import logging
from pathlib import Path
from typing import Any, Final

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.entities.atlas import atlas
from bot.nlu.entities.catalogue import Catalogue
from bot.nlu.entities.extract import find
from bot.nlu.entities.goods import load

logger = logging.getLogger(__name__)

ROOT: Final = Path(__file__).resolve().parents[3]  # where a relative path begins


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class VietEntityExtractor(EntityExtractorMixin, GraphComponent):  # type: ignore[misc, unused-ignore]
    """Puts what `find` finds on the message. `catalogue` names the shop's list of goods."""

    def __init__(self, catalogue: Catalogue | None = None) -> None:
        self.catalogue = catalogue

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"catalogue": "demo/catalogue.yml"}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "VietEntityExtractor":
        path = ROOT / config["catalogue"] if config.get("catalogue") else None
        if path is not None and not path.is_file():
            logger.warning("no catalogue at %s: the shop's own products are not read", path)
        atlas()  # read now, not while the first customer waits
        return cls(load(path))

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            entities = [
                {"entity": e.kind, "value": e.value, "start": e.start, "end": e.end}
                for e in find(message.get(TEXT) or "", catalogue=self.catalogue)
            ]
            known = message.get(ENTITIES, [])
            message.set(ENTITIES, known + self.add_extractor_name(entities), add_to_output=True)
        return messages
