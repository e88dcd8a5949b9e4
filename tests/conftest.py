"""What every test shares: real databases, people of the console, a running server."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from browsers import chromium
from databases import new_postgres, new_sqlite
from doubles import NOON, ScriptedDialogue, free_port
from playwright.async_api import Browser
from servers import Server, running, settings
from trained import trained

from bot.models import Role, User
from bot.storage import users
from bot.storage.db import Database

if TYPE_CHECKING:
    from bot.dialogue import RasaDialogue

ROOT = Path(__file__).parent.parent
IN_BROWSER = ("browser", True)


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
    free = free_port()

    def run(*command: str) -> None:
        subprocess.run([*as_user, *command], check=True, capture_output=True, cwd=place)

    run(str(folder / "initdb"), "-D", str(data), "-U", "carebot", "-A", "trust", "-E", "UTF8")
    options = f"-p {free} -c listen_addresses=127.0.0.1 -k {place} -c fsync=off -c autovacuum=off"
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


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as launched:
        yield launched


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests really ran in a browser."""
    passed = terminalreporter.getreports("passed")
    seen = sum(report.when == "call" and IN_BROWSER in report.user_properties for report in passed)
    terminalreporter.write_line(f"browser tests passed: {seen}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.user_properties.append(IN_BROWSER)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    yield from _postgres_server()


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """An empty, migrated database; every test that uses it runs on both engines."""
    if request.param == "sqlite":
        yield await new_sqlite(tmp_path / "carebot.db")
    else:
        async with new_postgres(request.getfixturevalue("postgres")) as url:
            yield url


@pytest.fixture
def in_memory(tmp_path: Path) -> Iterator[Path]:
    """A folder for the database of a long test: nothing in it waits for a disk."""
    shared = Path("/dev/shm")
    if not os.access(shared, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(prefix="carebot-", dir=shared) as place:
        yield Path(place)


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


@pytest.fixture
async def server(database_url: str, tmp_path: Path) -> AsyncIterator[Server]:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
        async with running(settings(database_url, port), ScriptedDialogue(), port, sock) as made:
            yield made


@pytest.fixture(scope="session")
def model(request: pytest.FixtureRequest) -> tuple[str, bytes]:
    """The project's own content, trained by Rasa: name and archive."""
    kept = trained(request.config, "models")
    return kept.name, kept.read_bytes()


@pytest.fixture(scope="session")
def dialogue(model: tuple[str, bytes]) -> RasaDialogue:
    from bot.dialogue import RasaDialogue

    name, archive = model
    return RasaDialogue.load(archive, name)
