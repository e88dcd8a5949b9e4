"""What every form hears in a message."""

import pytest

from actions.forms import Heard, mutters


@pytest.mark.parametrize(
    ("text", "intent", "muttered"),
    [
        ("hmm", "insult", True),
        ("Hừm… hmmmm", "ask_price", True),
        ("ủa ủa", "track_order", True),
        ("trời ơi", "chitchat", True),
        ("bạn tên là gì thế", "chitchat", False),
        ("ừ", "affirm", False),
        ("hmm giá bao nhiêu", "ask_price", False),
        ("", "inform", False),
    ],
)
def test_a_hum_says_nothing_whatever_the_model_takes_it_for(
    text: str, intent: str, muttered: bool
) -> None:
    assert mutters(Heard(text, intent, {}, (), asked=True)) is muttered
