"""The command line, as its users run it."""

from __future__ import annotations

import itertools
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from doubles import free_port

from bot import app, demo
from bot.config import Settings

ROOT = Path(__file__).parent.parent


def carebot(*arguments: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if k not in ("SECRET_KEY", "DATABASE_URL")}
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env={**clean, "PROJECT_DIR": str(ROOT), **env},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "có dấu cách"
    made.mkdir()
    return made


def test_the_doctor_says_what_is_wrong_and_the_way_out(folder: Path) -> None:
    without = carebot("doctor", folder=folder)
    assert without.returncode == 1 and "✗ Cài đặt" in without.stdout
    assert "openssl rand" in without.stdout

    secret = {"SECRET_KEY": "k" * 40}
    (folder / "var").mkdir()
    empty = carebot("doctor", folder=folder, **secret)
    assert empty.returncode == 1 and "carebot migrate" in empty.stdout

    assert carebot("migrate", folder=folder, **secret).returncode == 0
    bare = carebot("doctor", "--language", "en", folder=folder, **secret)
    assert bare.returncode == 1 and "✗ Workers" in bare.stdout
    for way_out in ("carebot train", "carebot worker", "carebot user add"):
        assert way_out in bare.stdout
    away = carebot(
        "doctor", folder=folder, DATABASE_URL="postgresql+asyncpg://nobody@127.0.0.1:9/x", **secret
    )
    assert away.returncode == 1 and "DATABASE_URL" in away.stdout


def test_a_second_replay_finds_nothing_and_a_time_that_is_none_is_named(folder: Path) -> None:
    secret = {"SECRET_KEY": "k" * 40}
    carebot("migrate", folder=folder, **secret)

    replayed = carebot("replay", "--since", "2h", folder=folder, **secret)
    listed = carebot("dead-letters", "--language", "en", folder=folder, **secret)
    retried = carebot("dead-letters", "retry", "7", folder=folder, **secret)
    wrong = carebot("replay", "--since", "hôm qua", folder=folder, **secret)

    assert replayed.returncode == 0 and "Đã xếp lại: 0" in replayed.stdout
    assert listed.returncode == 0 and "Nothing lies there" in listed.stdout
    assert retried.returncode == 1 and "✗ 7:" in retried.stdout
    assert wrong.returncode == 2 and "hôm qua" in wrong.stderr


def test_a_user_is_added_with_a_password_from_a_file(folder: Path) -> None:
    secret = {"SECRET_KEY": "k" * 40}
    carebot("migrate", folder=folder, **secret)
    (folder / "password").write_text("một mật khẩu dài", encoding="utf-8")
    add = ("user", "add", "lan", "--name", "Lan", "--password-file", "password")

    first = carebot(*add, folder=folder, **secret)
    again = carebot(*add, "--role", "supervisor", folder=folder, **secret)

    assert first.returncode == 0 and "agent" in first.stdout, first.stderr
    assert again.returncode == 0 and "supervisor" in again.stdout
    (folder / "password").write_text("ngắn", encoding="utf-8")
    assert carebot(*add, folder=folder, **secret).returncode == 1


def test_publish_and_rollback_say_when_there_is_nothing(folder: Path) -> None:
    secret = {"SECRET_KEY": "k" * 40}
    carebot("migrate", folder=folder, **secret)

    publish = carebot("publish", folder=folder, **secret)
    rollback = carebot("rollback", folder=folder, **secret)

    assert publish.returncode == 1 and "carebot train" in publish.stderr
    assert rollback.returncode == 1 and "no earlier model" in rollback.stderr


def test_the_demo_names_a_port_that_is_taken(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        demo = carebot("demo", folder=folder, PORT=port)

    assert (
        demo.returncode == 2 and f"port {port} is taken" in demo.stderr and "PORT=" in demo.stderr
    )


def test_the_phones_say_how_a_carebot_talks_to_them(folder: Path) -> None:
    port, env = str(free_port()), {**os.environ, "PUBLIC_URL": "http://127.0.0.1:9"}
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "simulate"],
        cwd=ROOT,
        env={**env, "SIMULATOR_PORT": port},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        lines = list(itertools.takewhile(lambda line: "channel login" not in line, process.stdout))
    finally:
        process.terminate()
        process.wait(20)

    given = dict(line.strip().split("=", 1) for line in lines if "=" in line)
    assert given["MESSENGER_API_URL"] == f"http://127.0.0.1:{port}/messenger"
    chosen = Settings.from_env({**given, "SECRET_KEY": "k" * 40})
    for prefix in app.CHANNELS:
        assert chosen.of_channel(app.connector(prefix).settings), prefix


def test_the_demo_pretends_only_the_platforms_that_are_not_set_up() -> None:
    env = {"TELEGRAM_BOT_TOKEN": "123:real", "MESSENGER_API_URL": "https://graph.facebook.com"}

    pretended = demo.connect(env, "http://127.0.0.1:8095")

    assert pretended == {"messenger", "zalo", "zalo_bot"}
    assert env["TELEGRAM_BOT_TOKEN"] == "123:real" and "TELEGRAM_API_URL" not in env
    assert env["MESSENGER_API_URL"] == "http://127.0.0.1:8095/messenger"


def test_a_database_that_was_never_migrated_is_named(folder: Path) -> None:
    missing = carebot("publish", folder=folder, SECRET_KEY="k" * 40)

    assert missing.returncode == 1
    assert "Traceback" not in missing.stderr and "carebot" in missing.stderr
