"""The components inside Rasa's graph, and the model's quality on text it has not seen."""

import gzip
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.entities.component import VietEntityExtractor
from bot.nlu.intent import VietIntentClassifier
from bot.nlu.text import strip_accents
from bot.nlu.tokenizer import VietTokenizer

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
THRESHOLD = next(
    part["threshold"]
    for part in yaml.safe_load((PROJECT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    if part["name"] == "FallbackClassifier"
)
NOT_OURS = "out_of_scope"


@pytest.fixture(scope="module")
def data() -> TrainingData:
    return RasaFileImporter(training_data_paths=[str(PROJECT / "data" / "nlu")]).get_nlu_data()


class Pipeline:
    """Tokenizer, entities and intents, the last one loaded back from what training kept."""

    def __init__(self, data: TrainingData, folder: Path) -> None:
        storage, resource = LocalModelStorage(folder), Resource("intents")
        context = ExecutionContext(GraphSchema({}), node_name="intents")
        self.tokenizer = VietTokenizer(VietTokenizer.get_default_config())
        self.trained = VietIntentClassifier.create({}, storage, resource, context)
        self.trained.train(self.tokenizer.process_training_data(data))
        self.loaded = VietIntentClassifier.load({}, storage, resource, context)
        self.extractor = VietEntityExtractor()
        # As the archive packs it.
        files = (f for f in folder.rglob("*") if f.is_file())
        self.size = sum(len(gzip.compress(f.read_bytes())) for f in files)

    def parse(self, text: str, classifier: VietIntentClassifier | None = None) -> Message:
        messages = self.tokenizer.process([Message({"text": text})])
        messages = self.extractor.process(messages)
        return (classifier or self.loaded).process(messages)[0]

    def understood(self, text: str) -> str:
        """The intent as the dialogue sees it: anything below the threshold is not ours."""
        intent = self.parse(text).get("intent")
        return str(intent["name"]) if intent["confidence"] >= THRESHOLD else NOT_OURS


@pytest.fixture(scope="module")
def pipeline(data: TrainingData, tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    return Pipeline(data, tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def heldout() -> dict[str, dict[str, list[str]]]:
    found: Any = yaml.safe_load((HERE / "heldout.yml").read_text(encoding="utf-8"))
    return {i: {k: list(map(str, v)) for k, v in styles.items()} for i, styles in found.items()}


def test_a_loaded_model_answers_like_the_trained_one(pipeline: Pipeline) -> None:
    for text in ("phí ship bao nhiêu", "cho gap nv", "BT26110123", "giá vàng", "", "???", "👍"):
        ranking = pipeline.parse(text).get("intent_ranking")

        assert ranking == pipeline.parse(text, pipeline.trained).get("intent_ranking")


def test_the_model_is_small(pipeline: Pipeline) -> None:
    assert pipeline.size < 8_000_000


def test_the_ranking_names_every_intent_and_begins_with_the_chosen_one(
    pipeline: Pipeline, data: TrainingData
) -> None:
    message = pipeline.parse("phi ship ve Hue bn v shop")

    ranking = message.get("intent_ranking")

    assert ranking[0] == message.get("intent")
    assert {intent["name"] for intent in ranking} == data.intents
    assert all(0 <= intent["confidence"] <= 1 for intent in ranking)


def test_tokens_keep_their_raw_place_and_carry_the_normal_form(pipeline: Pipeline) -> None:
    tokens = pipeline.parse("Giao ntn v ad?").get("text_tokens")

    assert [(t.text, t.start, t.end, t.lemma) for t in tokens] == [
        ("Giao", 0, 4, "giao"),
        ("ntn", 5, 8, "như thế nào"),
        ("v", 9, 10, "vậy"),
        ("ad", 11, 13, "shop"),
    ]


@pytest.mark.parametrize(
    ("style", "floor"), [("accented", 0.9), ("stripped", 0.88), ("teencode", 0.9)]
)
def test_unseen_messages_are_understood(
    pipeline: Pipeline, heldout: dict[str, dict[str, list[str]]], style: str, floor: float
) -> None:
    said = [
        (strip_accents(text) if style == "stripped" else text, intent)
        for intent, styles in heldout.items()
        for text in styles["teencode" if style == "teencode" else "accented"]
    ]

    wrong = [(text, intent) for text, intent in said if pipeline.understood(text) != intent]

    accuracy = 1 - len(wrong) / len(said)
    print(f"{style}: {accuracy:.3f} of {len(said)}")
    assert accuracy >= floor, wrong


@pytest.mark.parametrize("accented", [True, False])
def test_asking_for_a_person_is_heard(pipeline: Pipeline, accented: bool) -> None:
    file = HERE / "asking_for_a_person.yml"
    said: list[str] = yaml.safe_load(file.read_text(encoding="utf-8"))
    said = said if accented else [strip_accents(text) for text in said]

    missed = [text for text in said if pipeline.understood(text) != "request_human"]

    assert len(missed) <= 0.03 * len(said), missed


def test_heldout_messages_are_not_in_the_training_data(
    data: TrainingData, heldout: dict[str, dict[str, list[str]]]
) -> None:
    known = {str(e.get("text")).lower() for e in data.intent_examples}
    asked = yaml.safe_load((HERE / "asking_for_a_person.yml").read_text(encoding="utf-8"))
    held = [text for styles in heldout.values() for texts in styles.values() for text in texts]

    assert [text for text in [*held, *asked] if text.lower() in known] == []


def test_every_intent_has_enough_examples(data: TrainingData) -> None:
    few = {i: n for i, n in data.number_of_examples_per_intent.items() if n < 30}

    assert few == {}
    assert data.number_of_examples_per_intent["request_human"] >= 120
