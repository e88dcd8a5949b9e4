"""Content as the training reads it: quickly, and with the line of what is wrong."""

from pathlib import Path

import pytest

from bot.nlu.train import Content

# isort: split
from rasa.shared.exceptions import YamlException

DOMAIN = 'version: "3.1"\nintents:\n- greet\n'
EXAMPLES = 'version: "3.1"\nnlu:\n- intent: greet\n  examples: |\n    - chào shop\n    - shop ơi\n'


def content(folder: Path, examples: str = EXAMPLES, domain: str = DOMAIN) -> Content:
    (folder / "domain.yml").write_text(domain)
    (folder / "nlu.yml").write_text(examples)
    return Content(None, str(folder / "domain.yml"), [str(folder / "nlu.yml")])


def test_what_is_right_is_read(tmp_path: Path) -> None:
    read = content(tmp_path)

    assert [each.get("text") for each in read.get_nlu_data().intent_examples] == [
        "chào shop",
        "shop ơi",
    ]
    assert "greet" in read.get_domain().intents


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        pytest.param("- intnet: ask\n  examples: |\n    - hỏi\n", "nlu.yml:7", id="no intent"),
        pytest.param("- [unclosed\n", "line 7", id="no YAML"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, wrong: str, place: str) -> None:
    with pytest.raises(YamlException) as raised:
        content(tmp_path, EXAMPLES + wrong).get_nlu_data()

    assert "nlu.yml" in str(raised.value)
    assert place in str(raised.value)
