"""Our way through Rasa's graph gives what Rasa's own gives."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from doubles import remember
from rasa.core.policies.rule_policy import RULES
from rasa.engine.loader import load_predict_graph_runner
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.core.trackers import DialogueStateTracker

from bot.answer import Question
from bot.dialogue import RasaDialogue
from bot.nlu.policy import RulePolicy
from bot.storage.trackers import Memory

SAID = (
    "chào shop",
    "phi ship ve Hue bn v shop",
    "đơn của mình tới đâu rồi",
    "mấy giờ đóng cửa vậy",
    "BT26110123",
    "thôi không hỏi nữa",
    "giá vàng hôm nay",
    "cho gặp nhân viên",
)


@pytest.fixture
def stock(model: tuple[str, bytes], tmp_path: Path) -> GraphRunner:
    archive, folder = tmp_path / "model.tar.gz", tmp_path / "stock"
    archive.write_bytes(model[1])
    folder.mkdir()
    return load_predict_graph_runner(folder, archive, LocalModelStorage, DaskGraphRunner)[1]


def test_every_prediction_is_the_one_of_rasas_own_runner(
    dialogue: RasaDialogue, stock: GraphRunner
) -> None:
    """Held against each other before every action of a talk with answers, a form and a refusal."""
    processor = dialogue._agent.processor
    ours, compared = processor.graph_runner, 0

    class Both:
        def run(self, inputs: dict[str, Any], targets: list[str]) -> dict[str, Any]:
            nonlocal compared
            theirs = stock.run(inputs=inputs, targets=targets)
            mine = ours.run(inputs=inputs, targets=targets)
            (target,) = targets
            if target == processor.model_metadata.core_target:
                assert mine[target].probabilities == theirs[target].probabilities
                assert mine[target].events == theirs[target].events
                compared += 1
            else:
                assert [m.as_dict() for m in mine[target]] == [m.as_dict() for m in theirs[target]]
            return mine

    processor.graph_runner = Both()
    try:
        memory = Memory(None)
        for text in SAID:
            turn = asyncio.run(dialogue.ask(Question(1, text, "", memory, {"customer": "c1"})))
            memory = remember(memory, turn)
    finally:
        processor.graph_runner = ours
    assert compared > len(SAID)


def test_the_index_leaves_no_rule_out(dialogue: RasaDialogue) -> None:
    runner = dialogue._agent.processor.graph_runner
    policy = next(
        node._component
        for node in runner._instantiated_nodes.values()
        if isinstance(node._component, RulePolicy)
    )
    rules = policy.lookup[RULES]

    for rule in rules:
        states = policy._rule_key_to_state(rule)
        assert rule in policy._get_possible_keys(rules, states)


def test_an_unknown_target_is_an_error(dialogue: RasaDialogue) -> None:
    tracker = DialogueStateTracker("1", [])

    with pytest.raises(KeyError):
        dialogue._agent.processor.graph_runner.run({"__tracker__": tracker}, ["no such node"])
