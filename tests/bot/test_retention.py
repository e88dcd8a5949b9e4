"""What was kept long enough goes, once and with a report; what is held stays; a death loses
nothing."""

from __future__ import annotations

import asyncio
import gzip
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from doubles import NOON, RecordingChannel, ScriptedDialogue, answer_all, said
from servers import settings
from sqlalchemy import func, select

from bot import archive, conversation, doorbell, queue, retention, shelf_life
from bot.models import Author, Promised, StoredFile, User
from bot.schedule import Invalid
from bot.storage import (
    audit,
    conversations,
    customers,
    desk,
    events,
    files,
    hits,
    messages,
    promises,
    rules,
    tables,
    timeline,
)
from bot.storage import retention as due
from bot.storage.db import Database
from bot.storage.hits import Filters
from bot.worker import Worker

YEARS = timedelta(days=800)
LONG_AGO = NOON - YEARS


def clock() -> datetime:
    return NOON


async def talk(db: Database, who: str, at: datetime = LONG_AGO, text: str = "giá bao nhiêu") -> int:
    """A talk of two messages, the customer's and ours."""
    got = await conversation.receive(db, said(text, by=who, sent_at=at), at)
    await answer_all(db, ScriptedDialogue(), at)
    return got.conversation_id


async def rows(db: Database, table: Any) -> int:
    async with db.read() as tx:
        return int((await tx.execute(select(func.count()).select_from(table))).scalar_one())


async def left(db: Database, talk_id: int) -> int:
    async with db.read() as tx:
        return len(await messages.of_conversation(tx, talk_id))


async def night(db: Database, folder: Path | None = None, **more: Any) -> Any:
    return await retention.run(db, clock, folder, **more)


# --- what goes


async def test_an_old_talk_goes_and_a_young_one_stays(db: Database, mai: User) -> None:
    old, young = await talk(db, "old"), await talk(db, "young", NOON - timedelta(days=700))

    counts = await night(db)

    assert (counts["transcripts"], counts["messages"]) == (1, 2)
    assert (await left(db, old), await left(db, young)) == (0, 2)
    async with db.read() as tx:
        assert await due.cleared_in(tx, LONG_AGO - YEARS, NOON) == 1
        assert len((await hits.of_messages(tx, "giá bao nhiêu", mai))[0]) == 2


async def test_whoever_writes_again_begins_anew(db: Database) -> None:
    old = await talk(db, "old")
    await night(db)

    fresh = await talk(db, "old", NOON)

    assert fresh != old and await left(db, fresh) == 2


async def test_a_talk_with_a_person_stays_open(db: Database, lan: User) -> None:
    held = await talk(db, "nga")
    async with db.begin() as tx:
        waiting = await conversations.by_id(tx, held)
        assert waiting is not None
        whose = await customers.by_id(tx, waiting.customer_id)
        assert await queue.request(tx, waiting, whose, "asked", "", LONG_AGO)

    await night(db)

    assert await left(db, held) >= 2


async def test_each_kind_goes_by_its_own_days(db: Database) -> None:
    for days in (5, 40):
        at = NOON - timedelta(days=days)
        async with db.begin() as tx:
            await tx.execute(
                tables.unread_events.insert(),
                {"channel": "zalo", "reason": "x", "body": "{}", "created_at": at},
            )
            for done in (at, None):
                key = f"{days} {done}"
                event = {"key": key, "body": {}, "due_at": at, "done_at": done}
                await tx.execute(tables.slack_events.insert(), event)
    await talk(db, "before", NOON - timedelta(days=40))
    await talk(db, "lately", NOON - timedelta(days=5))
    told = await rows(db, tables.events)

    counts = await night(db)

    assert (counts["raw"], counts["slack"]) == (1, 1)
    assert counts["live_log"] == told / 2
    assert await rows(db, tables.messages) == 4


async def test_the_platforms_ids_go_and_their_messages_stay(db: Database) -> None:
    for days in (100, 10):
        number = await talk(db, f"p{days}", NOON - timedelta(days=days))
        async with db.begin() as tx:
            (*_, last) = await messages.of_conversation(tx, number)
            await messages.called(tx, "zalo", f"call {days}", last.id)

    counts = await night(db)

    assert counts["platform_ids"] == 1
    async with db.read() as tx:
        assert not await messages.of_calls(tx, "zalo", ["call 100"])
        assert await messages.of_calls(tx, "zalo", ["call 10"])
    assert await rows(db, tables.messages) == 4


async def test_a_file_goes_and_its_message_says_so(db: Database) -> None:
    year = NOON - timedelta(days=400)
    got = await conversation.receive(db, said("đầu", by="nga", sent_at=year), year)
    async with db.begin() as tx:
        await files.add(tx, StoredFile("k1", None, "a.png", "image/png", 3, year), b"png", 1)
        await files.add(tx, StoredFile("canned", None, "b.png", "image/png", 3, year), b"png")
    await conversation.receive(db, said("ảnh đây", by="nga", sent_at=year), year, file_keys=["k1"])
    await answer_all(db, ScriptedDialogue(), year)

    counts = await night(db)

    assert counts["files"] == 1
    async with db.read() as tx:
        assert await files.by_key(tx, "k1") is None
        assert await files.by_key(tx, "canned") is not None  # a canned reply's
        said_then = await messages.of_conversation(tx, got.conversation_id)
    (last,) = [each for each in said_then if each.content.text == "ảnh đây"]
    assert (last.content.attachments, last.meta["files_gone"]) == ((), 1)


async def test_what_names_a_message_that_went_stays_without_it(db: Database, lan: User) -> None:
    number = await talk(db, "nga")
    async with db.begin() as tx:
        (*_, last) = await messages.of_conversation(tx, number)
        values = {"message_id": last.id, "verdict": "right", "user_id": lan.id}
        await tx.execute(tables.reviews.insert(), {**values, "reviewed_at": LONG_AGO})
        await tx.execute(tables.mentions.insert(), {"message_id": last.id, "user_id": lan.id})
        consent = {"customer_id": 1, "purpose": "care", "said": "yes", "message_id": last.id}
        await tx.execute(tables.consents.insert(), {**consent, "created_at": LONG_AGO})
        promised = Promised("callback", "gọi lại", LONG_AGO)

        await promises.add(tx, number, promised, Author.AGENT, LONG_AGO, message_id=last.id)
        await tx.execute(tables.promises.update().values(done_at=LONG_AGO, outcome="kept"))

    assert (await night(db))["transcripts"] == 1

    assert await rows(db, tables.reviews) == 0
    async with db.read() as tx:
        kept = [
            (await tx.execute(select(table.c.message_id))).scalars().all()
            for table in (tables.consents, tables.promises)
        ]
    assert kept == [[None], [None]]


async def test_screens_show_a_talk_that_went(db: Database, mai: User) -> None:
    number = await talk(db, "nga")
    await night(db)

    async with db.read() as tx:
        entry = await desk.entry(tx, number, mai.id)
        lines = await desk.lines(tx, number, mai)
        found, _ = await hits.of_conversations(tx, Filters())
        history, _ = await timeline.of_person(tx, [], [1])

    assert entry is not None and entry.last is None and not lines
    assert len(found) == 1
    assert isinstance(history, list)


# --- what stays


async def test_a_hold_on_a_talk_keeps_it_until_it_is_ended(db: Database, mai: User) -> None:
    number, other = await talk(db, "nga"), await talk(db, "ly")
    async with db.begin() as tx:
        await due.hold(tx, 1, number, "kiện", mai.id, NOON)
        (hold,) = await due.open_holds(tx)
    counts = await night(db)
    assert counts["transcripts"] == 1 and await left(db, number) == 2 and not await left(db, other)

    async with db.begin() as tx:
        await due.release(tx, hold.id, mai.id, NOON)
    await night(db, key="next")

    assert await left(db, number) == 0
    async with db.read() as tx:
        assert [each.what for each in await audit.of(tx, "hold", hold.id)] == ["released", "held"]


async def test_a_hold_on_a_customer_keeps_all_of_theirs(db: Database, mai: User) -> None:
    numbers = [await talk(db, "nga"), await talk(db, "nga", LONG_AGO + timedelta(days=10))]
    async with db.begin() as tx:
        await due.hold(tx, 1, None, "kiện", mai.id, NOON)

    assert "transcripts" not in await night(db)

    assert [await left(db, each) for each in numbers] == [2, 2]


async def test_an_open_complaint_and_an_open_wish_hold(db: Database) -> None:

    complained, wished = await talk(db, "nga"), await talk(db, "ly")
    async with db.begin() as tx:
        case = {"code": "KN1", "customer_id": 1, "opened_at": LONG_AGO}
        await tx.execute(tables.complaints.insert(), case)
        wish = Promised("data_request", "xoá dữ liệu", NOON)
        await promises.add(tx, wished, wish, Author.SYSTEM, LONG_AGO)
    assert "transcripts" not in await night(db)

    async with db.begin() as tx:
        await tx.execute(tables.complaints.update().values(closed_at=NOON))
        await tx.execute(tables.promises.update().values(done_at=NOON))
    counts = await night(db, key="next")

    assert counts["transcripts"] == 2
    assert (await left(db, complained), await left(db, wished)) == (0, 0)


async def test_who_writes_after_the_archive_was_made_keeps_their_talk(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, real = await talk(db, "nga"), archive.write

    def written(*given: Any) -> Path:
        asyncio.run_coroutine_threadsafe(_touch(db, number), loop).result()
        return real(*given)

    loop = asyncio.get_running_loop()
    monkeypatch.setattr(archive, "write", written)

    await night(db, tmp_path)

    assert await left(db, number) == 2


async def _touch(db: Database, number: int) -> None:
    async with db.begin() as tx:
        await conversations.spoke(tx, number, NOON, answered=False)


# --- the archive


async def test_a_talk_is_in_the_archive_before_it_goes(db: Database, tmp_path: Path) -> None:
    number = await talk(db, "nga", text="máy hỏng rồi ạ")

    await night(db, tmp_path / "archive")

    (path,) = (tmp_path / "archive").iterdir()
    assert path.stat().st_mode & 0o077 == 0
    with gzip.open(path, "rt", encoding="utf-8") as file:
        (line,) = file
    told = json.loads(line)
    assert told["conversation"]["id"] == number and told["customer"]["external_id"] == "nga"
    assert told["messages"][0]["content"]["text"] == "máy hỏng rồi ạ"
    assert len(told["messages"]) == 2


async def test_nothing_goes_that_cannot_be_archived(db: Database, tmp_path: Path) -> None:
    number = await talk(db, "nga")
    (tmp_path / "file").write_text("no folder", encoding="utf-8")

    with pytest.raises(OSError):
        await night(db, tmp_path / "file" / "archive")

    assert await left(db, number) == 2


# --- nights


async def test_the_report_is_kept_and_the_audit_has_it(db: Database) -> None:
    await talk(db, "nga")
    counts = await night(db)

    async with db.read() as tx:
        (run,) = await due.last_runs(tx)
        (told,) = await audit.of(tx, "retention", run.id)

    assert run.counts == told.data == counts
    assert run.key == "2026-11-23" and run.ended_at == NOON


async def test_a_night_is_done_once(db: Database) -> None:
    await talk(db, "nga")

    done = [await night(db), await night(db)]

    assert done[0] and done[1] is None


async def test_of_two_workers_one_does_it(db: Database) -> None:
    other = Database(db.url)
    await talk(db, "nga")

    done = await asyncio.gather(night(db), night(other))

    assert sum(each is not None for each in done) == 1
    await other.close()


async def test_a_night_that_broke_off_is_gone_on_with(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 1)
    await talk(db, "nga")
    looks = iter([False] * 10)
    assert await night(db, stopping=lambda: next(looks, True)) is None
    remaining = await rows(db, tables.messages) + await rows(db, tables.events)
    assert remaining

    assert await night(db) is None  # whoever began it may still live
    later = NOON + retention.LEASE
    counts = await retention.run(db, lambda: later, None, key=retention.night_of(NOON))

    assert counts is not None and (counts["messages"], counts["transcripts"]) == (2, 1)
    assert await rows(db, tables.messages) == 0


async def test_a_long_talk_goes_in_short_transactions(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 1)
    number = await talk(db, "nga")
    async with db.read() as tx:
        days = retention.times(shelf_life.default(), NOON)
    async with db.begin() as tx:
        assert await due.clear(tx, number, days["transcripts"], 1, NOON) == (1, False)
    assert await left(db, number) == 1

    await night(db)

    assert await left(db, number) == 0


async def test_a_dry_run_says_what_the_night_then_does(db: Database, mai: User) -> None:
    await talk(db, "nga")
    await talk(db, "ly")
    async with db.begin() as tx:
        await due.hold(tx, 2, None, "kiện", mai.id, NOON)

    expected = await retention.expected(db, NOON)
    assert await rows(db, tables.messages) == 4

    assert (expected["transcripts"], expected["held"]) == (1, 1)
    counts = await night(db)
    assert {kind: counts.get(kind, 0) for kind in shelf_life.LEAST if kind != "live_log"} == {
        kind: expected[kind] for kind in shelf_life.LEAST if kind != "live_log"
    }


async def test_the_worker_does_it(db: Database) -> None:
    await talk(db, "nga")
    worker = Worker(
        db,
        doorbell.for_database(db.url),
        {"recording": RecordingChannel()},
        lambda archive, name: ScriptedDialogue(),
        clock,
        settings(db.url),
    )

    await worker._retain()

    assert await rows(db, tables.messages) == 0


def test_the_night_begins_at_two_in_vietnam() -> None:
    two = datetime.fromisoformat("2026-11-23T02:00:00+07:00")

    assert retention.night_of(two) == "2026-11-23"
    assert retention.night_of(two - timedelta(minutes=1)) == "2026-11-22"


# --- days


async def test_the_days_that_were_saved_hold(db: Database) -> None:
    number = await talk(db, "nga", NOON - timedelta(days=500))
    async with db.begin() as tx:
        version, document = await rules.newest(tx)
        document = {**document, "retention": {"transcripts": 450}}
        assert await rules.save(tx, document, "retention", None, NOON, upon=version)

    await night(db)

    assert await left(db, number) == 0


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"transcripts": 300}, "too_few_days"),
        ({"files": 0}, "not_a_number"),
        ({"raw": True}, "not_a_number"),
        ({"raw": "30"}, "not_a_number"),
    ],
)
def test_days_that_cannot_be_are_refused(given: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        shelf_life.read(given)

    assert refused.value.code == code


async def test_a_screen_that_stopped_before_the_log_begins_starts_anew(db: Database) -> None:
    await talk(db, "nga", NOON - timedelta(days=40))
    await talk(db, "ly", NOON)
    await night(db)

    async with db.read() as tx:
        assert await events.oldest_id(tx) > 1
