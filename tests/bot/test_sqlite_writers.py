"""Several processes write to one SQLite file; none of them may keep it."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
from databases import new_sqlite

from bot.storage import db as storage
from bot.storage.db import Database


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    await new_sqlite(tmp_path / "carebot.db")
    return tmp_path / "carebot.db"


async def written_three_times(path: Path, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the writer paused each time, while another writer could begin."""
    paused = []
    writer = asyncio.current_task()
    sleep = asyncio.sleep

    async def pause(seconds: float) -> None:
        if asyncio.current_task() is not writer:
            await sleep(seconds)
            return
        other = sqlite3.connect(path, timeout=0, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        other.close()
        paused.append(seconds)

    monkeypatch.setattr(storage, "LEAVES_FREE", 3600.0)
    db = Database(f"sqlite:///{path}")
    with monkeypatch.context() as patch:
        patch.setattr(asyncio, "sleep", pause)
        for _ in range(3):
            async with db.begin(durable=False):
                pass
    await db.close()
    return paused


async def test_who_writes_on_and_on_leaves_the_file_to_another_process(path, monkeypatch) -> None:
    monkeypatch.setattr(storage, "WRITES_ON", 0.0)

    paused = await written_three_times(path, monkeypatch)

    assert paused == [3600.0, 3600.0]


async def test_who_has_written_for_a_moment_only_goes_on(path, monkeypatch) -> None:
    monkeypatch.setattr(storage, "WRITES_ON", 3600.0)

    paused = await written_three_times(path, monkeypatch)

    assert paused == []


def test_the_file_is_left_for_longer_than_others_take_to_look_again() -> None:
    assert storage.LEAVES_FREE > storage.LOOK_AGAIN
