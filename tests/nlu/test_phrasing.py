"""Answers as they are said."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

from bot.nlu.phrasing import Phrasing

RESPONSES = """
responses:
  utter_sale:
  - text: Dạ hiện có {sale} ạ.
  utter_lapsed:
  - text: Dạ em chưa có thông tin mới ạ.
"""


@pytest.mark.parametrize(
    ("until", "said"),
    [("2999-01-01", "Dạ hiện có giảm 10% ạ."), ("2020-01-01", "Dạ em chưa có thông tin mới ạ.")],
)
def test_what_is_no_longer_true_is_not_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, until: str, said: str
) -> None:
    facts = tmp_path / "facts.yml"
    facts.write_text(f"sale: {{value: giảm 10%, until: {until}}}\n", encoding="utf-8")
    monkeypatch.setenv("FACTS_FILE", str(facts))
    phrasing = Phrasing(None, Domain.from_yaml(RESPONSES))

    answer = asyncio.run(
        phrasing.generate("utter_sale", DialogueStateTracker.from_events("c1", []), "web")
    )

    assert answer is not None and answer["text"] == said
