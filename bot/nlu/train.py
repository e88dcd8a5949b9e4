"""Trains the assistant: Rasa's training graph, run once and packed.

`rasa train` does the same and more: it fingerprints every example twice for a cache that cannot see
our components' code, and checks files that `rasa data validate` checks (`carebot test` calls it).

    python -m bot.nlu.train ARCHIVE [OWN]

OWN is a folder that bot.faq_entries has written: its domain takes the project's place, and what
stands beside it is learnt too.
"""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path
from typing import Final, TypeVar

import bot.nlu.hollow  # noqa: F401

# isort: split
import rasa.shared.utils.io
import rasa.utils.log_utils
from rasa.engine import validation
from rasa.engine.constants import PLACEHOLDER_IMPORTER
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.recipes.recipe import Recipe
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.data import TrainingType
from rasa.shared.exceptions import RasaException
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.formats import RasaYAMLReader
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import cached_method

from bot.nlu.runner import InOrderRunner

T = TypeVar("T")
# Nodes of Rasa's graph.
CHECKED: Final = "finetuning_validator"
EXAMPLES: Final = "nlu_training_data_provider"


def quickly(read: Callable[[], T]) -> T:
    """What `read` reads, with Rasa's check of each file but without ruamel's slow reader.

    Rasa checks a file as that reader gives it, for the numbers of lines in its errors: a file with
    an error is read again so.
    """
    kept = rasa.shared.utils.io.read_yaml
    rasa.shared.utils.io.read_yaml = lambda content, reader_type="safe": kept(content)
    try:
        return read()
    except RasaException:
        pass
    finally:
        rasa.shared.utils.io.read_yaml = kept
    return read()


class Content(RasaFileImporter):
    """The project's content, read once; Rasa's importer copies it for each file and asker."""

    def get_nlu_data(self, language: str | None = None) -> TrainingData:
        return self._read  # in whatever language: the files are the same

    @cached_property
    def _read(self) -> TrainingData:
        parts = quickly(lambda: [RasaYAMLReader().read(path) for path in self._nlu_files])
        whole = TrainingData()
        whole.training_examples = [each for part in parts for each in part.training_examples]
        for part in parts:
            whole.entity_synonyms.update(part.entity_synonyms)
            whole.regex_features += part.regex_features
            whole.lookup_tables += part.lookup_tables
        return whole

    @cached_method
    def get_domain(self) -> Domain:
        return quickly(super().get_domain)

    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        return self._told

    @cached_property
    def _told(self) -> StoryGraph:
        return quickly(super().get_stories)


def train(project: Path, archive: Path, own: Path | None = None) -> None:
    """Writes the model of the project's content. Raises Rasa's own exceptions for bad content."""
    data = [project / "data", *([own / "own.yml"] if own else [])]
    domain = (own or project) / "domain.yml"
    importer = Content(str(project / "config.yml"), str(domain), [str(place) for place in data])
    config = importer.get_config()
    recipe = Recipe.recipe_for_name(config["recipe"])
    graph = recipe.graph_config_for_recipe(config, {}, training_type=TrainingType.BOTH)
    validation.validate(graph)
    with tempfile.TemporaryDirectory() as folder:
        storage = LocalModelStorage(Path(folder))
        context = ExecutionContext(graph_schema=graph.train_schema)
        runner = InOrderRunner.create(graph.train_schema, storage, context)
        learn(graph.train_schema, partial(runner.run, {PLACEHOLDER_IMPORTER: importer}))
        storage.create_model_package(archive, graph, importer.get_domain())


def learn(schema: GraphSchema, run: Callable[[list[str]], object]) -> None:
    """Runs the graph in two processes: what is learnt from examples, and from stories and rules.

    They meet in the files of the model. What fails in the other process is run again here, for
    its error.
    """
    needs = {name: schema.minimal_graph_schema([name]).nodes for name in schema.target_names}
    understanding = [name for name, nodes in needs.items() if EXAMPLES in nodes]
    talking = [name for name, nodes in needs.items() if EXAMPLES not in nodes]
    run([CHECKED])  # all files are read by it, once
    beside = multiprocessing.get_context("fork").Process(target=run, args=(talking,))
    beside.start()
    try:
        run(understanding)
    finally:
        beside.join()
    if beside.exitcode:
        run(talking)


if __name__ == "__main__":
    os.nice(5)  # customers come first
    gc.disable()  # a short life, and hardly a circle in a million objects
    rasa.utils.log_utils.configure_structlog(logging.ERROR)  # it draws a page for every rule
    train(Path.cwd(), Path(sys.argv[1]), *map(Path, sys.argv[2:3]))
