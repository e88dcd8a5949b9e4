"""Trains the assistant: Rasa's training graph, run once and packed.

`rasa train` does the same and more: it fingerprints every example twice for a cache that cannot see
our components' code, and checks files that `rasa data validate` checks (`carebot test` calls it).

    python -m bot.nlu.train ARCHIVE
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from rasa.engine import validation
from rasa.engine.constants import PLACEHOLDER_IMPORTER
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.recipe import Recipe
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.data import TrainingType
from rasa.shared.importers.importer import TrainingDataImporter

from bot.nlu.runner import InOrderRunner


def train(project: Path, archive: Path) -> None:
    """Writes the model of the project's content. Raises Rasa's own exceptions for bad content."""
    importer = TrainingDataImporter.load_from_config(
        str(project / "config.yml"), str(project / "domain.yml"), [str(project / "data")]
    )
    recipe = Recipe.recipe_for_name(importer.get_config()["recipe"])
    graph = recipe.graph_config_for_recipe(
        importer.get_config(), {}, training_type=TrainingType.BOTH
    )
    validation.validate(graph)
    with tempfile.TemporaryDirectory() as folder:
        storage = LocalModelStorage(Path(folder))
        context = ExecutionContext(graph_schema=graph.train_schema)
        runner = InOrderRunner.create(graph.train_schema, storage, context)
        runner.run({PLACEHOLDER_IMPORTER: importer})
        storage.create_model_package(archive, graph, importer.get_domain())


if __name__ == "__main__":
    train(Path.cwd(), Path(sys.argv[1]))
