"""For tests that must hold at every question of every form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tests.actions.conftest import Talk

ASIDE, ANSWER = "mấy giờ mở cửa vậy shop", "08:00–21:30"


def every_question(forms: Mapping[str, Sequence[str]]) -> Any:
    """A test's parameter: what was said until each question of each form stands open."""
    return pytest.mark.parametrize(
        "said",
        [
            pytest.param(tuple(said[:n]), id=f"{form}-{n}")
            for form, said in forms.items()
            for n in range(1, len(said))
        ],
    )


def begin(talk: Talk, said: Sequence[str]) -> str:
    """Says it all; answers with the question that stands open."""
    for text in said:
        talk.say(text)
    assert talk.handed_off is None, f"{said} brought a person"
    return talk.turn.says[-1].content.text


def check_aside(talk: Talk, said: Sequence[str]) -> None:
    """Another matter is answered, and the question repeated once."""
    question = begin(talk, said)

    answer = talk.say(ASIDE)

    assert ANSWER in answer
    assert answer.count(question) == 1, f"{question!r} is not asked again: {answer!r}"


def check_person(talk: Talk, said: Sequence[str]) -> None:
    """A person comes in the same turn, and the form is gone."""
    question = begin(talk, said)

    talk.say("cho gặp nhân viên")

    assert talk.handed_off == "customer_request"
    assert question not in talk.say(ASIDE)


def check_exit(talk: Talk, said: Sequence[str], word: str) -> None:
    """The form is left, and nothing more is asked."""
    question = begin(talk, said)

    answer = talk.say(word)

    assert "em dừng ở đây" in answer
    assert question not in talk.say(ASIDE)


def check_danger(talk: Talk, said: Sequence[str]) -> None:
    """A danger is heard at every question."""
    begin(talk, said)

    answer = talk.say("pin điện thoại bị phồng lên rồi")

    assert "gọi ngay 114" in answer
    assert talk.handed_off == "safety"
