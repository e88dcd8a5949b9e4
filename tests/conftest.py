"""What every test shares: a real database, and the few doubles of Carebot.

The doubles are `ScriptedDialogue` (a dictionary in place of Rasa) and `RecordingChannel` (a list
in place of a platform). Everything else is the real thing.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import ClassVar

import pytest

from bot import conversation
from bot.conversation import Question
from bot.models import Content, Role, Say, Turn, User
from bot.storage import inbox, users
from bot.storage.db import Database
from bot.storage.migrate import migrate
from connectors.base import (
    Audience,
    InboundMessage,
    OutboundMessage,
    WebhookRequest,
)

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=timezone.utc)  # Monday, 12:00 in Hà Nội


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@dataclass
class ScriptedDialogue:
    """Answers from a dictionary; an answer may be an exception to raise or a function to call."""

    answers: dict[str, object] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def ask(self, question: Question) -> Turn:
        said = question.payload or question.text
        self.asked.append(said)
        answer = self.answers.get(said, f"echo: {said}")
        if callable(answer):
            answer = answer()
        if asyncio.iscoroutine(answer):
            answer = await answer
        if isinstance(answer, BaseException):
            raise answer
        if isinstance(answer, Turn):
            return answer
        return Turn(
            says=(Say(Content(str(answer))),),
            introduced=True,
            events=({"event": "user", "text": said},),
        )


class RecordingChannel:
    """A platform that takes everything and remembers it."""

    audience: ClassVar[Audience] = "customer"
    settings: ClassVar[tuple[str, ...]] = ()

    def __init__(self, name: str = "recording") -> None:
        self.name = name  # type: ignore[misc]
        self.sent: list[OutboundMessage] = []
        self.refuse: Callable[[OutboundMessage], Exception | None] = lambda message: None

    def verify(self, request: WebhookRequest) -> None: ...

    def challenge(self, request: WebhookRequest) -> str | None:
        return None

    def parse(self, request: WebhookRequest) -> list[InboundMessage]:
        return []

    async def send(self, message: OutboundMessage) -> str:
        if refusal := self.refuse(message):
            raise refusal
        self.sent.append(message)
        return f"{self.name}-{len(self.sent)}"


_ids = itertools.count(1)


def said(
    text: str,
    *,
    by: str = "nga",
    channel: str = "web",
    external_id: str | None = None,
    **more: object,
) -> InboundMessage:
    return InboundMessage(
        channel=channel,
        external_id=external_id or f"test-message-{next(_ids):08d}",
        sender_id=by,
        sent_at=NOON,
        text=text,
        **more,  # type: ignore[arg-type]
    )


async def answer_all(
    db: Database, dialogue: ScriptedDialogue, now: datetime = NOON, limit: int = 100
) -> int:
    """Take turns, one after another, until nobody waits; how many were taken."""
    for taken in range(limit):
        async with db.begin(durable=False) as tx:
            entries = await inbox.claim(tx, now, 1)
        if not entries:
            return taken
        await conversation.take_turn(db, dialogue, entries[0], lambda: now, business="Điện Tử Bống")
    raise AssertionError("turns without end")


def _postgres_server() -> Iterator[str]:
    """A PostgreSQL of the tests' own, on a Unix socket and a free port, gone afterwards."""
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    found = shutil.which("initdb")
    folder = Path(found).parent if found else (binaries[-1] if binaries else None)
    assert folder is not None, "PostgreSQL is missing: apt-get install postgresql"
    place = Path(tempfile.mkdtemp(prefix="carebot-pg-"))
    data = place / "data"
    # PostgreSQL refuses to run as root.
    as_user = ["runuser", "-u", "nobody", "--"] if os.getuid() == 0 else []
    if as_user:
        shutil.chown(place, "nobody")
    free = _free_port()

    def run(*command: str) -> None:
        subprocess.run([*as_user, *command], check=True, capture_output=True, cwd=place)

    run(str(folder / "initdb"), "-D", str(data), "-U", "carebot", "-A", "trust", "-E", "UTF8")
    options = f"-p {free} -c listen_addresses=127.0.0.1 -k {place} -c fsync=off"
    run(
        str(folder / "pg_ctl"),
        "-D",
        str(data),
        "-w",
        "-o",
        options,
        "-l",
        str(place / "log"),
        "start",
    )
    try:
        yield f"postgresql+asyncpg://carebot@127.0.0.1:{free}"
    finally:
        run(str(folder / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(place, ignore_errors=True)


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    yield from _postgres_server()


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """An empty, migrated database; every test that uses it runs on both engines."""
    if request.param == "sqlite":
        url = f"sqlite+aiosqlite:///{tmp_path / 'carebot.db'}"
    else:
        import asyncpg

        server = request.getfixturevalue("postgres")
        name = f"test_{next(_ids)}"
        plain = server.replace("+asyncpg", "")
        connection = await asyncpg.connect(f"{plain}/postgres")
        await connection.execute(f"CREATE DATABASE {name}")
        await connection.close()
        url = f"{server}/{name}"
    await migrate(url)
    yield url


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
async def lan(db: Database) -> User:
    return await _user(db, "lan", "Lan", Role.AGENT)


@pytest.fixture
async def hung(db: Database) -> User:
    return await _user(db, "hung", "Hùng", Role.AGENT)


@pytest.fixture
async def mai(db: Database) -> User:
    return await _user(db, "mai", "Mai", Role.SUPERVISOR)


async def _user(db: Database, username: str, name: str, role: Role) -> User:
    async with db.begin() as tx:
        user_id = await users.add(tx, username, name, role, "x", NOON)
        user = await users.by_id(tx, user_id)
    assert user is not None
    return user
