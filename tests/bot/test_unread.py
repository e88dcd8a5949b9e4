"""An event that was not taken is kept so that it can be read again."""

from __future__ import annotations

import json

import pytest
from doubles import NOON, RecordingChannel, said

from bot import unread
from connectors.base import (
    Arrival,
    Attachment,
    Echo,
    Edit,
    Event,
    Notice,
    Reach,
    Reaction,
    Recall,
    Receipt,
    UnreadableError,
)

PICTURE = Attachment("image", "https://a.vn/1.jpg", size=7)


@pytest.mark.parametrize(
    "event",
    [
        said("alo\n{", attachments=(PICTURE,), raw={"mid": "m", "at": [1, None]}),
        Edit("zalo", "m1", "nga", "sửa", NOON),
        Recall("zalo", "m1", "nga", NOON),
        Reaction("zalo", "m1", "nga", "♥", NOON),
        Receipt("zalo", "nga", True, ("m1", "m2")),
        Receipt("zalo", "nga", False, upto=NOON),
        Echo("zalo", "m1", "nga", NOON, "dạ", (PICTURE,), ours=False),
        Reach("zalo", "nga", False, NOON),
        Arrival("zalo", "nga", NOON, "qr", {"phone": "+84901234567"}),
        Notice("zalo", NOON, "cảnh báo", stops=True),
    ],
)
def test_an_event_of_ours_is_read_as_it_was_written(event: Event) -> None:
    assert unread.read(RecordingChannel(), unread.written(event)) == [event]


@pytest.mark.parametrize("text", ["garbage", "", "Recall {}", "Recall {", "{", "Unknown {}"])
def test_what_is_still_not_to_be_read_says_so(text: str) -> None:
    with pytest.raises(UnreadableError):
        unread.read(RecordingChannel(), text)


def test_what_a_platform_sent_is_kept_as_json() -> None:
    sent = {"event_name": "mới", "at": [1, None, True]}

    assert json.loads(unread.written(sent)) == sent
