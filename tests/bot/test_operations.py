"""The words of those who look after Carebot."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from doubles import NOON, RecordingChannel, ScriptedDialogue, answer_all, said

from bot import conversation, operations, outbox
from bot.config import ConfigError
from bot.storage.db import Database
from bot.storage.dead_letters import Span
from connectors.base import PermanentError

ALL = Span(NOON - timedelta(days=1), NOON + timedelta(days=1))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("30m", NOON - timedelta(minutes=30)),
        ("2h", NOON - timedelta(hours=2)),
        ("7d", NOON - timedelta(days=7)),
        ("2026-11-23T08:00", datetime(2026, 11, 23, 1, tzinfo=timezone.utc)),
        ("2026-11-23T08:00+00:00", datetime(2026, 11, 23, 8, tzinfo=timezone.utc)),
    ],
)
def test_times_are_typed_as_people_say_them(typed: str, meant: datetime) -> None:
    assert operations.moment(typed, NOON) == meant


@pytest.mark.parametrize("typed", ["hôm qua", "2", "2h30", "-1h", ""])
def test_what_is_no_time_is_refused(typed: str) -> None:
    with pytest.raises(ConfigError):
        operations.moment(typed, NOON)


async def test_the_list_tells_code_meaning_and_way_out_but_no_words_of_a_customer(
    db: Database,
) -> None:
    channel = RecordingChannel("zalo")
    channel.refuse = lambda message: PermanentError("no", "-201")
    await conversation.receive(db, said("CANARY", channel="zalo"), NOON)
    await answer_all(db, ScriptedDialogue())
    for parcel in await outbox.claim(db, "zalo", NOON, 10):
        await outbox.deliver(db, channel, parcel, NOON)
    lines: list[str] = []

    await operations.tell_dead(db, ALL, "vi", lines.append)

    assert "2  23/11 12:00  zalo       gửi lỗi (-201): Zalo không nhận" in lines[0]
    assert lines[1].lstrip().startswith("→ ") and "carebot replay" in lines[2]
    assert "CANARY" not in "".join(lines)


def test_who_puts_back_reads_what_was_left_and_why() -> None:
    lines: list[str] = []

    assert not operations.tell_done({2: "", 3: "unknown"}, "en", lines.append)

    assert lines[0] == "✓ 2: waits to be done again"
    assert "--unknown" in lines[1] and lines[2] == "Put back: 1, left: 1"
