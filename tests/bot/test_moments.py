"""Times as customers are told them."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot import words
from bot.facts import HERE

NOW = datetime(2026, 11, 22, 1, 35, tzinfo=HERE)  # a Sunday


@pytest.mark.parametrize(
    ("at", "vietnamese", "english"),
    [
        ((22, 8, 5), "8:05 sáng nay", "today at 8:05"),
        ((22, 12, 0), "12:00 trưa nay", "today at 12:00"),
        ((22, 20, 30), "20:30 tối nay", "today at 20:30"),
        ((23, 14, 0), "14:00 chiều mai", "tomorrow at 14:00"),
        ((24, 9, 0), "9:00 thứ Ba (24/11)", "on Tuesday (24/11) at 9:00"),
    ],
)
def test_a_time_to_come_is_said_as_people_say_it(
    at: tuple[int, int, int], vietnamese: str, english: str
) -> None:
    moment = datetime(2026, 11, *at, tzinfo=HERE)

    assert words.moment(moment, NOW, "vi") == vietnamese
    assert words.moment(moment, NOW, "en") == english
