"""Training goes on in two processes, and neither's error is lost."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.nlu.train import CHECKED, EXAMPLES, learn

# isort: split
from rasa.engine.graph import GraphSchema, SchemaNode
from rasa.shared.exceptions import RasaException
from rasa.shared.importers.importer import TrainingDataImporter


def node(*needs: str, is_target: bool = False) -> SchemaNode:
    return SchemaNode(
        {need: need for need in needs}, TrainingDataImporter, "load", "run", {}, is_target=is_target
    )


SCHEMA = GraphSchema(
    {
        CHECKED: node(),
        EXAMPLES: node(CHECKED),
        "intents": node(EXAMPLES, is_target=True),
        "domain": node(CHECKED, is_target=True),
        "rules": node("domain", is_target=True),
    }
)


def writing(folder: Path, wrong: str = "") -> Callable[[list[str]], None]:
    def run(targets: list[str]) -> None:
        if wrong in targets:
            raise RasaException(f"{wrong} is wrong")
        for target in targets:
            (folder / target).write_text(str(os.getpid()))

    return run


def test_examples_are_learnt_here_and_rules_in_another_process(tmp_path: Path) -> None:
    learn(SCHEMA, writing(tmp_path))

    by = {place.name: place.read_text() == str(os.getpid()) for place in tmp_path.iterdir()}
    assert by == {CHECKED: True, "intents": True, "domain": False, "rules": False}


@pytest.mark.parametrize("wrong", [CHECKED, "intents", "rules"])
def test_what_is_wrong_is_raised_wherever_it_was_found(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(RasaException, match=f"{wrong} is wrong"):
        learn(SCHEMA, writing(tmp_path, wrong))
