"""What holds at every question of the forms that care after a sale."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.actions import test_complaint, test_returns, test_tech, test_warranty
from tests.actions.conftest import Talk

ASIDE, ANSWER = "mấy giờ mở cửa vậy shop", "08:00–21:30"

every_question = pytest.mark.parametrize(
    "said",
    [
        pytest.param(said[:n], id=f"{module.__name__.rpartition('_')[2]}-{form}-{n}")
        for module in (test_complaint, test_returns, test_tech, test_warranty)
        for form, said in module.FORMS.items()
        for n in range(1, len(said))
    ],
)


def begin(talk: Talk, said: Sequence[str]) -> str:
    """Says it all; answers with the question that stands open."""
    for text in said:
        talk.say(text)
    assert talk.handed_off is None, f"{said} brought a person"
    return talk.turn.says[-1].content.text


@every_question
def test_another_matter_is_answered_and_the_question_repeated(
    talk: Talk, said: Sequence[str]
) -> None:
    question = begin(talk, said)

    answer = talk.say(ASIDE)

    assert ANSWER in answer
    assert answer.count(question) == 1, f"{question!r} is not asked again: {answer!r}"


@every_question
def test_a_person_comes_at_every_question(talk: Talk, said: Sequence[str]) -> None:
    question = begin(talk, said)

    talk.say("cho gặp nhân viên")

    assert talk.handed_off == "customer_request"
    assert question not in talk.say(ASIDE)


@pytest.mark.parametrize("word", ["thôi", "huỷ"])
@every_question
def test_every_question_can_be_left(talk: Talk, said: Sequence[str], word: str) -> None:
    question = begin(talk, said)

    answer = talk.say(word)

    assert "em dừng ở đây" in answer
    assert question not in talk.say(ASIDE)


@every_question
def test_danger_is_heard_at_every_question(talk: Talk, said: Sequence[str]) -> None:
    begin(talk, said)

    answer = talk.say("pin điện thoại bị phồng lên rồi")

    assert "gọi ngay 114" in answer
    assert talk.handed_off == "safety"
