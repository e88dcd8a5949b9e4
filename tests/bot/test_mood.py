"""The mood of a message."""

from pathlib import Path

import pytest
import yaml
from doubles import NOON, said

from bot import conversation
from bot.mood import mood_of
from bot.storage import messages
from bot.storage.db import Database

SET = yaml.safe_load(
    (Path(__file__).parents[1] / "nlu" / "sets" / "mood.yml").read_text(encoding="utf-8")
)


def test_anger_is_told_with_precision() -> None:
    cried = [item for item in SET if mood_of(str(item["text"])) == "angry"]

    right = [item for item in cried if item["mood"] == "angry"]

    assert len(cried) >= 50
    assert len(right) / len(cried) >= 0.80


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("phí ship bao nhiêu vậy shop", "neutral"),
        ("chờ mãi chẳng ai trả lời, chán quá", "annoyed"),
        ("CHỜ MÃI CHẲNG AI TRẢ LỜI", "angry"),
        ("đồ lừa đảo", "angry"),
        ("do lua dao", "angry"),
        ("làm phiền shop xíu", "neutral"),
        ("", "neutral"),
    ],
)
def test_moods(text: str, mood: str) -> None:
    assert mood_of(text) == mood


async def test_the_mood_is_kept_with_the_message(db: Database) -> None:
    await conversation.receive(db, said("làm ăn kiểu gì vậy, đồ lừa đảo"), NOON)
    await conversation.receive(db, said("cảm ơn shop"), NOON)

    async with db.read() as tx:
        kept = await messages.of_conversation(tx, 1)

    assert [message.meta.get("mood") for message in kept] == ["angry", None]
