"""A backup holds one moment of everything; restored elsewhere, on either engine, it is the same
and Carebot goes on."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import os
import stat
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from books import everything
from databases import new_postgres, new_sqlite
from doubles import NOON, RecordingChannel, ScriptedDialogue, answer_all, at, said
from filled import ROWS, fill
from sqlalchemy import delete, func, select

from bot import clock, conversation, outbox
from bot.backup import Refused, backup, restore
from bot.models import Author, Content, Delivery
from bot.storage import conversations, customers, inbox, messages, tables
from bot.storage import outreach as planned
from bot.storage.db import Database, insert
from bot.storage.migrate import migrate, revisions

ROOT = Path(__file__).parent.parent.parent
HOUR = timedelta(hours=1)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "shop.carebot"


@contextlib.asynccontextmanager
async def empty(engine: str, request: pytest.FixtureRequest, folder: Path) -> AsyncIterator[str]:
    """Where a backup goes: no file at all yet, or a schema without rows."""
    if engine == "sqlite":
        yield f"sqlite:///{folder}/elsewhere/carebot.db"
    else:
        async with new_postgres(request.getfixturevalue("postgres")) as url:
            yield url


@pytest.fixture(params=["sqlite", "postgresql"])
async def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    async with empty(request.param, request, tmp_path) as url:
        yield url


@pytest.fixture
async def other(
    database_url: str, request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[str]:
    """On the engine that the source is not on."""
    engine = "postgresql" if database_url.startswith("sqlite") else "sqlite"
    async with empty(engine, request, tmp_path) as url:
        yield url


async def rows_of(url: str) -> dict[str, list[tuple[object, ...]]]:
    db = Database(url)
    try:
        found = await everything(db)
    finally:
        await db.close()
    return {name: rows for name, rows in found.items() if name != "workers"}


async def test_every_value_of_every_table_comes_back(
    db: Database, database_url: str, archive: Path, elsewhere: str
) -> None:
    await fill(db)
    before = await rows_of(database_url)

    taken = await backup(database_url, archive, NOON)
    restored = await restore(elsewhere, archive, NOON, source_stopped=True)

    assert await rows_of(elsewhere) == before
    assert set(taken.sums) == set(tables.metadata.tables) - {"workers"}
    assert {total.rows for total in taken.sums.values()} == {ROWS}
    assert (await backup(elsewhere, archive, NOON)).sums == restored.contents.sums == taken.sums


async def test_numbers_that_were_given_are_not_given_again(
    db: Database, database_url: str, archive: Path, other: str
) -> None:
    await fill(db)
    async with db.begin() as tx:  # all that a checkpoint has taken in
        await tx.execute(delete(tables.tracker_events))

    await backup(database_url, archive, NOON)
    await restore(other, archive, NOON, source_stopped=True)

    new = Database(other)
    async with new.begin() as tx:
        event = {"conversation_id": 1, "event": {}}
        assert await insert(tx, tables.tracker_events, event) == 4
        reply = {"kind": "customer", "subject_id": 1, "what": "x", "data": {}, "at": NOON}
        assert await insert(tx, tables.audit, reply) == 4
    await new.close()


async def test_an_older_schema_is_restored_and_brought_up_to_date(
    db: Database, database_url: str, archive: Path, other: str
) -> None:
    await fill(db)
    await db.close()
    await migrate(database_url, "0005")
    taken = await backup(database_url, archive, NOON)
    assert taken.revision == "0005" and "people" not in taken.sums

    await restore(other, archive, NOON, source_stopped=True)

    present, due = await revisions(other)
    assert present == due
    await migrate(database_url)
    assert await rows_of(other) == await rows_of(database_url)


# Under load


async def test_a_backup_under_load_is_one_moment_and_carebot_goes_on_from_it(
    db: Database, database_url: str, archive: Path, other: str
) -> None:
    dialogue, stop = ScriptedDialogue(), asyncio.Event()

    async def customer(name: str) -> None:
        n = 0
        while not stop.is_set():
            n += 1
            await conversation.receive(db, said(f"câu {n}", by=name), clock.now())
            await asyncio.sleep(0)

    async def worker() -> None:
        while not stop.is_set():
            await answer_all(db, dialogue, clock.now(), limit=10_000)
            await asyncio.sleep(0)

    async def count() -> int:
        async with db.read() as tx:
            return int(
                (await tx.execute(select(func.count()).select_from(tables.messages))).scalar()
            )

    talk = [asyncio.create_task(each) for each in (*map(customer, "abc"), worker())]
    before = await count()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "backup", str(archive)),
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database_url, "SECRET_KEY": "k" * 40},
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await process.communicate()
    await asyncio.sleep(0)
    stop.set()
    await asyncio.gather(*talk)
    after = await count()

    assert process.returncode == 0 and "tables" in told.decode()
    await restore(other, archive, clock.now(), source_stopped=True)
    new = Database(other)
    async with new.read() as tx:
        found = [m for n in (1, 2, 3) for m in await messages.of_conversation(tx, n, limit=100_000)]
        waiting = [row.message_id for row in await tx.execute(select(tables.inbox))]
    assert before < len(found) < after, "it was taken while all worked on"
    asked = [m.id for m in found if m.author is Author.CUSTOMER]
    answered = [m.meta["answers"] for m in found if m.author is Author.BOT]
    assert sorted(sum(answered, waiting)) == sorted(asked), "a message waits or has its answer"
    heard = await conversation.receive(new, said("còn đó không", by="a"), clock.now())
    await answer_all(new, dialogue, clock.now() + HOUR)
    async with new.read() as tx:
        assert not await inbox.any_free(tx, clock.now() + 2 * HOUR)
        last = (await messages.of_conversation(tx, heard.conversation_id, limit=1))[-1]
    await new.close()
    assert last.content.text == "echo: còn đó không"


# What was on its way


async def on_their_way(db: Database) -> list[int]:
    """Messages to three people: one is being sent, one is due, one is due in two hours."""
    ids = []
    for name in ("đang", "rồi", "sau"):
        heard = await conversation.receive(db, said("alo", by=name, channel="telegram"), NOON)
        async with db.begin() as tx:
            customer = await customers.lock_or_create(tx, "telegram", name, NOON)
            talk = await conversations.by_id(tx, heard.conversation_id)
            assert talk is not None
            made = await outbox.say(tx, talk, customer, Author.AGENT, Content(name), NOON)
            assert made is not None
            ids.append(made)
    assert [each.recipient_id for each in await outbox.claim(db, "telegram", NOON, 1)] == ["đang"]
    async with db.begin() as tx:
        later = tables.outbox.update().where(tables.outbox.c.recipient_id == "sau")
        await tx.execute(later.values(due_at=NOON + 2 * HOUR))
        await planned.plan(tx, "thanks", "thanks:1", "service", 1, NOON, NOON)
        await planned.plan(tx, "thanks", "thanks:2", "service", 1, NOON + 2 * HOUR, NOON)
    return ids


async def delivered(url: str, ids: list[int]) -> tuple[list[str], list[Delivery | None], list[str]]:
    """What goes out an hour and three after the backup, what becomes of each message, and what
    of what we meant to write."""
    db, channel = Database(url), RecordingChannel("telegram")
    for hours in (1, 3):
        for parcel in await outbox.claim(db, "telegram", NOON + hours * HOUR, 9):
            await outbox.deliver(db, channel, parcel, NOON + hours * HOUR)
    async with db.read() as tx:
        said = [await messages.by_id(tx, n) for n in ids]
        states = [row.state for row in await tx.execute(select(tables.outreach))]
    await db.close()
    sent = [message.text for message in channel.sent]
    return sent, [each.delivery for each in said if each], sorted(states)


async def test_what_may_have_gone_out_since_the_backup_is_not_sent_again(
    db: Database, database_url: str, archive: Path, other: str
) -> None:
    ids = await on_their_way(db)
    await backup(database_url, archive, NOON)

    restored = await restore(other, archive, NOON + HOUR, source_stopped=False)

    assert (restored.deliveries, restored.outreach) == (1, 1)
    sent, states, meant = await delivered(other, ids)
    assert sent == ["sau"]
    assert states == [Delivery.UNKNOWN, Delivery.UNKNOWN, Delivery.SENT]
    assert meant == ["cancelled", "waiting"]


async def test_from_a_source_that_has_stopped_all_goes_out_but_what_was_half_sent(
    db: Database, database_url: str, archive: Path, other: str
) -> None:
    ids = await on_their_way(db)
    await backup(database_url, archive, NOON)

    restored = await restore(other, archive, NOON + HOUR, source_stopped=True)

    assert (restored.deliveries, restored.outreach) == (0, 0)
    sent, states, meant = await delivered(other, ids)
    assert sent == ["rồi", "sau"]
    assert states == [Delivery.UNKNOWN, Delivery.SENT, Delivery.SENT]
    assert meant == ["waiting", "waiting"]


# What is refused


@pytest.fixture
async def taken(archive: Path, tmp_path: Path) -> Path:
    """A backup of a filled SQLite database."""
    url = await new_sqlite(tmp_path / "carebot.db")
    db = Database(url)
    await fill(db)
    await db.close()
    await backup(url, archive, NOON)
    return archive


async def refused(url: str, archive: Path) -> str:
    with pytest.raises(Refused) as refusal:
        await restore(url, archive, NOON, source_stopped=False)
    return str(refusal.value)


async def test_a_database_that_is_not_empty_stays_as_it_is(
    taken: Path, db: Database, database_url: str
) -> None:
    await conversation.receive(db, said("chào shop"), NOON)
    before = await rows_of(database_url)

    why = await refused(database_url, taken)

    assert "not empty" in why and "DATABASE_URL" in why
    assert await rows_of(database_url) == before


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.9, 0.999])
async def test_an_archive_that_breaks_off_changes_nothing(
    taken: Path, kept: float, tmp_path: Path
) -> None:
    whole = taken.read_bytes()
    taken.write_bytes(whole[: int(len(whole) * kept)])

    assert "not a whole backup" in await refused(f"sqlite:///{tmp_path}/new.db", taken)
    assert not (tmp_path / "new.db").exists()


@pytest.mark.parametrize(
    ("what", "into"),
    [
        (b'"customer"', b'"agentttt"'),  # a value
        (b'"rows": 3', b'"rows": 2'),  # a sum
        (b'"table": "users"', b'"table": "loser"'),
        (b'"counter": 3', b'"counter": 1'),  # the head
    ],
)
async def test_an_archive_that_was_changed_changes_nothing(
    taken: Path, what: bytes, into: bytes, tmp_path: Path
) -> None:
    lines = gzip.decompress(taken.read_bytes())
    assert what in lines
    taken.write_bytes(gzip.compress(lines.replace(what, into)))

    assert "changed" in await refused(f"sqlite:///{tmp_path}/new.db", taken)


async def test_rows_that_are_missing_are_noticed(taken: Path, tmp_path: Path) -> None:
    lines = gzip.decompress(taken.read_bytes()).splitlines(keepends=True)
    gone = next(n for n, line in enumerate(lines) if line.startswith(b"["))
    taken.write_bytes(gzip.compress(b"".join(lines[:gone] + lines[gone + 1 :])))

    assert "changed" in await refused(f"sqlite:///{tmp_path}/new.db", taken)


async def test_a_newer_schema_is_refused_with_the_way_out(taken: Path, tmp_path: Path) -> None:
    from hashlib import sha256

    head, *lines = gzip.decompress(taken.read_bytes()).splitlines(keepends=True)
    facts = {**json.loads(head), "revision": "9999"}
    body = json.dumps(facts).encode() + b"\n" + b"".join(lines[:-1])
    end = json.dumps({"sha256": sha256(body).hexdigest()}).encode() + b"\n"
    taken.write_bytes(gzip.compress(body + end))

    why = await refused(f"sqlite:///{tmp_path}/new.db", taken)

    assert "newer Carebot" in why and "install" in why


async def test_what_is_no_backup_is_refused(archive: Path, tmp_path: Path) -> None:
    archive.write_text("chào shop", encoding="utf-8")
    assert "not a whole backup" in await refused(f"sqlite:///{tmp_path}/new.db", archive)
    archive.write_bytes(gzip.compress(b'{"other": 1}\n'))
    assert "not a whole backup" in await refused(f"sqlite:///{tmp_path}/new.db", archive)


async def test_a_backup_is_its_owners_and_one_that_fails_leaves_the_one_before(
    taken: Path, tmp_path: Path
) -> None:
    before = taken.read_bytes()
    assert stat.S_IMODE(taken.stat().st_mode) == 0o600

    with pytest.raises(Refused, match="no schema"):
        await backup(f"sqlite:///{tmp_path}/nothing.db", taken, at(1))

    assert taken.read_bytes() == before
    assert not list(tmp_path.glob("*.part")) + list(tmp_path.glob(".*.part"))
