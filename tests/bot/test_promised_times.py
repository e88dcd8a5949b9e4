"""Which words of an agent promise a time, and by when."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import yaml
from doubles import NOON
from hypothesis import given
from hypothesis import strategies as st

from bot import promises
from bot.facts import HERE

LISTS = Path(__file__).parent / "promises"
MUST = yaml.safe_load((LISTS / "must.yml").read_text(encoding="utf-8"))
MUST_NOT = yaml.safe_load((LISTS / "must_not.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("text", "kind", "due"), MUST)
def test_a_promise_is_found_with_what_and_when(text, kind, due):
    found = promises.find(text, NOON)

    assert found is not None
    assert found.kind == kind
    assert f"{found.due_at.astimezone(HERE):%d/%m %H:%M}" == due


@pytest.mark.parametrize("text", MUST_NOT)
def test_what_promises_no_time_is_left_alone(text):
    assert promises.find(text, NOON) is None


def test_a_due_time_is_in_utc_and_its_words_are_the_sentence():
    found = promises.find("Dạ em ghi rồi ạ. 15h em gọi lại nhé ạ!", NOON)

    assert found.due_at == datetime(2026, 11, 23, 8, 0, tzinfo=timezone.utc)
    assert found.due_at.tzinfo is timezone.utc
    assert found.text == "15h em gọi lại nhé ạ!"


@pytest.mark.parametrize(
    ("text", "at", "due"),
    [
        ("em gọi lại lúc 3h", "15:30", "24/11 15:00"),
        ("chiều nay em báo lại", "17:10", "23/11 17:40"),
        ("em báo lại trong hôm nay", "16:45", "23/11 17:15"),
        ("sáng mai em gọi lại", "23:59", "24/11 11:00"),
        ("em gọi lại lúc 9h", "08:00", "23/11 09:00"),
        ("em gọi lại lúc 9h", "10:00", "23/11 21:00"),
    ],
)
def test_the_present_hour_tells_which_one_is_meant(text, at, due):
    hour, minute = map(int, at.split(":"))

    found = promises.find(text, datetime(2026, 11, 23, hour, minute, tzinfo=HERE))

    assert f"{found.due_at.astimezone(HERE):%d/%m %H:%M}" == due


@given(st.text(max_size=80), st.sampled_from([text for text, *_ in MUST]))
def test_no_words_break_it_and_every_promise_lies_ahead(noise, text):
    for each in (noise, f"{noise} {text}", f"{text} {noise}"):
        found = promises.find(each, NOON)
        if found:
            assert timedelta(0) < found.due_at - NOON <= promises.FARTHEST
            assert found.kind in promises.KINDS
