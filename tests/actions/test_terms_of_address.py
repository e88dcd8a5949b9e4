"""How a customer is called through a whole conversation."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from bot.address import PAIRS
from tests.actions.conftest import Talk

SET: Final = Path(__file__).parents[1] / "nlu" / "sets" / "address.yml"
DIALOGUES: Final[list[dict[str, Any]]] = yaml.safe_load(SET.read_text(encoding="utf-8"))
NEUTRAL: Final = "anh/chị"
# "ghi chú", "bạn bè", "bà con": words that call nobody.
OTHER_SENSE: Final = re.compile(
    r"(?:ghi|chú|chăm|bạn|bác|anh|chị|ông|bà|cô)[ -](?:chú|bạn|thích|ý|trọng|bè|đọc|sĩ|em|đơn)"
)
CALLED: Final = re.compile(r"(?<!\w)(?:anh/chị|anh|chị|cô|chú|bác|dì|ông|bà|bạn)(?!\w)")


def calls(bubbles: str) -> set[str]:
    """The terms that these bubbles call the customer by."""
    return set(CALLED.findall(OTHER_SENSE.sub(" ", bubbles.lower())))


def allowed(term: str | list[str]) -> set[str]:
    return {term} if isinstance(term, str) else set(term)


@pytest.mark.parametrize("scene", DIALOGUES, ids=lambda each: each["name"])
def test_a_customer_is_called_by_one_term(
    talk_as: Callable[[str], Talk], scene: dict[str, Any]
) -> None:
    talk = talk_as(f"address-{scene['name']}")
    then = scene.get("then", {"from": 99, "term": None})
    before, after = set(), set()
    for number, text in enumerate(scene["says"], start=1):
        said = talk.say(text)
        called = calls(said)
        about = f"{number}. {text!r} -> {said!r}"
        if number < scene.get("known", 1):
            assert called <= {NEUTRAL}, about
        elif number < then["from"]:
            assert called <= allowed(scene["term"]), about
            before |= called
        else:
            assert called <= allowed(then["term"]), about
            after |= called

    assert len(before) <= 1 and len(after) <= 1, (before, after)
    last = then["term"] or scene["term"]
    assert talk.address == (last if isinstance(last, str) and last in PAIRS else None)
