"""The doctor: what is wrong is said, with the way out."""

from __future__ import annotations

import os
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from doubles import NOON, RecordingChannel, ScriptedDialogue, answer_all, at, said
from servers import settings

from bot import clock, conversation, doctor, outbox
from bot.doctor_words import WORDS
from bot.models import User
from bot.storage import accounts, releases
from bot.storage.db import Database
from connectors.base import PermanentError


async def examined(
    db: Database, now: datetime | None = None, language: str = "vi", **env: str
) -> dict[str, tuple[str, str]]:
    given = settings(db.url, **env)
    found = [each async for each in doctor.examine(given, db, language, now or clock.now())]
    return {about: (state, text) for state, about, text in found}


async def test_a_machine_that_works_has_no_fault(db: Database, lan: User) -> None:
    async with db.begin() as tx:
        model = await releases.store(tx, "m", "", b"", clock.now())
        await releases.publish(tx, model.id, "test", clock.now())
        await releases.worker_alive(tx, "w", model.id, clock.now())

    found = await examined(db)

    assert [each for each, (state, _) in found.items() if state == "bad"] == []
    assert found["workers"] == ("good", "1 đang trả lời khách")


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_an_empty_database_wants_model_worker_and_people(db: Database, language: str) -> None:
    found = await examined(db, language=language)

    for about, command in (("model", "train"), ("workers", "up"), ("users", "user add")):
        state, text = found[about]
        assert state == "bad" and f"carebot {command}" in text


async def test_a_worker_that_loads_is_no_fault(db: Database) -> None:
    async with db.begin() as tx:
        await releases.worker_alive(tx, "w", None, clock.now())

    assert (await examined(db))["workers"][0] == "hint"


async def test_who_waits_for_too_long_is_told(db: Database) -> None:
    await conversation.receive(db, said("alo"), NOON)

    assert (await examined(db, at(59)))["queue"][0] == "good"
    state, text = (await examined(db, at(75)))["queue"]
    assert state == "bad" and "75 giây" in text


@pytest.mark.parametrize(("days", "words"), [(5, "hết hạn 28/11/2026"), (-1, "đã hết hạn")])
async def test_a_login_that_ends_soon_is_told_with_its_day(
    db: Database, days: int, words: str
) -> None:
    end = NOON + timedelta(days=days)
    async with db.begin() as tx:
        await accounts.set_tokens(tx, "zalo", {"sealed": "", "refresh_until": end.isoformat()})

    state, text = (await examined(db, NOON))["token"]

    assert state == "bad" and words in text and "carebot channel login zalo" in text
    assert "token" not in await examined(db, NOON - timedelta(days=30))


async def test_dead_letters_are_counted(db: Database) -> None:
    channel = RecordingChannel()
    channel.refuse = lambda message: PermanentError("no")
    await conversation.receive(db, said("alo", channel=channel.name), NOON)
    await answer_all(db, ScriptedDialogue())
    for parcel in await outbox.claim(db, channel.name, NOON, 10):
        await outbox.deliver(db, channel, parcel, NOON)

    state, text = (await examined(db, at(9)))["dead"]

    assert state == "hint" and "1 tin gửi lỗi" in text and "carebot dead-letters" in text


async def test_a_clock_that_is_apart_from_the_databases_is_told(db: Database) -> None:
    found = await examined(db, clock.now() + timedelta(minutes=10))

    assert found["clock"][0] == ("good" if db.is_sqlite else "bad")


async def test_a_full_disk_is_told(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "LEAST_FREE", 2**62)

    assert (await examined(db))["disk"][0] == "bad"


async def test_a_file_that_others_may_read_or_whose_log_grows_is_told(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not db.is_sqlite:
        assert "file" not in await examined(db)
        return
    path = Path(db.url.removeprefix("sqlite:///"))
    os.chmod(path, 0o600)
    assert (await examined(db))["file"][0] == "good"

    os.chmod(path, 0o644)
    state, text = (await examined(db))["file"]
    assert state == "hint" and f"chmod 600 {path}*" in text

    monkeypatch.setattr(doctor, "LONGEST_WAL", -1)
    await conversation.receive(db, said("alo"), NOON)
    assert (await examined(db))["file"][0] == "bad"


async def test_a_redis_that_is_set_and_away_is_told(db: Database) -> None:
    assert "redis" not in await examined(db)

    state, text = (await examined(db, REDIS_URL="redis://127.0.0.1:1"))["redis"]

    assert state == "bad" and "REDIS_URL" in text


def test_both_languages_say_the_same_things() -> None:
    for key, texts in WORDS.items():
        named = {tuple(sorted(set(re.findall(r"{\w+}", text)))) for text in texts.values()}
        assert texts.keys() == {"vi", "en"} and len(named) == 1, key
