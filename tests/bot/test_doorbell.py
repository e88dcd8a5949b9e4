"""What rings wake, on both databases."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from doubles import until

from bot import doorbell
from bot.doorbell import Doorbell
from bot.storage.db import Database

WORDS = ["event", "typing 7 agent", "inbox", "outbox"]
Hang = Callable[[], Doorbell]


@pytest.fixture
async def hang(db: Database) -> AsyncIterator[Hang]:
    bells: list[Doorbell] = []

    def made() -> Doorbell:
        bells.append(doorbell.for_database(db.url))
        return bells[-1]

    yield made
    for each in bells:
        await each.close()


async def test_all_who_listen_hear_what_they_listen_for(db: Database, hang: Hang) -> None:
    everything: list[str] = []
    picky: list[str] = []
    await hang().open(everything.append)
    await hang().open(picky.append, ("inbox", "typing"))
    ringer = hang()
    for word in WORDS:
        await ringer.ring(word)

    await until(lambda: everything[-len(WORDS) :] == WORDS)
    await until(lambda: [word for word in picky if word in WORDS[1:3]] == WORDS[1:3])
    if db.is_sqlite:
        assert picky == WORDS[1:3], "who is not rung for a thing is not woken by it"


@pytest.fixture
def place() -> Iterator[Path]:
    """pytest's own folder is too long for a socket's path."""
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


async def test_the_door_of_a_process_that_died_is_taken_away(
    monkeypatch: pytest.MonkeyPatch, place: Path
) -> None:
    monkeypatch.setattr(doorbell, "PLACE", place)
    bell, heard = doorbell.for_database("sqlite:////nowhere/bell.db"), list[str]()
    await bell.open(heard.append)
    (folder,) = place.iterdir()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as dead:
        dead.bind(str(folder / "dead.inbox.outbox"))

    await bell.ring("event")
    assert len(list(folder.iterdir())) == 2, "not rung for this"
    await bell.ring("inbox")
    await until(lambda: heard == ["event", "inbox"])
    assert len(list(folder.iterdir())) == 1
    await bell.close()
