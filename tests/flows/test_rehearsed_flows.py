"""What an editor sees a flow do before any training is what customers get from the model."""

from __future__ import annotations

from pathlib import Path

import pytest
from flows.loan import LOAN

from bot.dialogue import RasaDialogue
from bot.flows.play import Turn, play
from bot.flows.text import parse
from tests.actions.conftest import Talk

ROOT = Path(__file__).parents[2]
ASKS_FOR_ONE = "mượn máy về xài thử đc ko shop"

DIALOGUES = {
    "one way": ["máy xay ạ", "0912345678"],
    "the other way": ["máy lọc nước", "4 người", "sđt 0912 345 678 nha"],
    "to a person": ["máy lọc nước", "nhà 8 người lận"],
    "a try that fails": ["ừm", "nồi cơm", "hmm", "0912345678"],
    "nothing is understood": ["hmm", "ừm", "hmm", "ừm"],
    "left": ["máy xay", "thôi"],
    "asks for a person": ["máy lọc nước", "cho gặp nhân viên"],
}


def rehearsed(messages: list[str]) -> list[Turn]:
    return play(parse(LOAN), messages, ROOT, {})


@pytest.mark.parametrize("dialogue", DIALOGUES)
def test_the_rehearsal_says_what_the_model_says(dialogue: str, assistant: RasaDialogue) -> None:
    talk = Talk(assistant)
    messages = DIALOGUES[dialogue]

    told = [talk.say(text) for text in (parse(LOAN).lines[0], *messages)]

    turns = rehearsed(messages)
    assert [text.splitlines() for text in told] == [
        [line for bubble in turn.bubbles for line in bubble.splitlines()] for turn in turns
    ]
    assert (talk.handed_off is not None) == (turns[-1].end == "person")


def test_another_matter_is_answered_and_the_question_asked_again(assistant: RasaDialogue) -> None:
    talk = Talk(assistant)
    talk.say(ASKS_FOR_ONE)

    told = talk.say("mấy giờ shop đóng cửa vậy")

    turn = rehearsed(["mấy giờ shop đóng cửa vậy"])[-1]
    assert turn.end == "aside"
    assert "mở cửa" in told and told.endswith(turn.bubbles[0])


def test_an_answer_in_the_first_message_is_not_asked_for(assistant: RasaDialogue) -> None:
    talk = Talk(assistant)
    talk.say(f"{ASKS_FOR_ONE}, số em 0912345678")

    told = talk.say("máy xay")

    assert "Em gọi số 0912345678" in told
