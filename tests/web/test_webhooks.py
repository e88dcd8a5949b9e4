"""The platforms' door, over real HTTP."""

from __future__ import annotations

import asyncio
import pickle
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from doubles import RecordingChannel, ScriptedDialogue, said, until
from servers import Server, running, settings

from bot import webhooks
from bot.models import Author
from bot.storage import accounts, messages
from connectors.base import Event, InboundMessage

SECRET = {"x-secret": "right"}


@pytest.fixture
def channel() -> RecordingChannel:
    return RecordingChannel()


@pytest.fixture
async def door(
    database_url: str, tmp_path: Path, channel: RecordingChannel
) -> AsyncIterator[Server]:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
        channels = {channel.name: channel}
        async with running(
            settings(database_url, port), ScriptedDialogue(), port, sock, channels
        ) as made:
            yield made


async def post(door: Server, body: bytes, headers: dict[str, str] | None = None) -> int:
    sent = SECRET if headers is None else headers
    return (await door.http.post("/webhooks/recording", content=body, headers=sent)).status_code


def body(*events: Event) -> bytes:
    return pickle.dumps(events)


def wrote(text: str, external_id: str) -> Event:
    return said(text, channel="recording", external_id=external_id)


async def transcript(door: Server) -> list[tuple[Author, str]]:
    async with door.db.read() as tx:
        found = await messages.of_conversation(tx, 1)
    return [(message.author, message.content.text) for message in found]


async def test_what_a_platform_tells_is_stored_answered_and_shown_as_seen(
    door: Server, channel: RecordingChannel
) -> None:
    assert await post(door, body(wrote("alo", "m1"))) == 200

    await until(lambda: bool(channel.sent))

    assert [message.text for message in channel.sent] == ["echo: alo"]
    await until(lambda: channel.noticed_ids == ["m1"])


@pytest.mark.parametrize("headers", [{}, {"x-secret": "wrong"}])
async def test_what_the_platform_did_not_send_is_refused_and_counted(
    door: Server, headers: dict[str, str]
) -> None:
    assert await post(door, body(wrote("giả mạo", "m1")), headers) == 401

    assert await transcript(door) == []
    metrics = (await door.http.get("/metrics")).text
    assert 'carebot_refused_total{channel="recording"}' in metrics


async def test_a_redelivery_is_acknowledged_and_changes_nothing(
    door: Server, channel: RecordingChannel
) -> None:
    for _ in range(5):
        assert await post(door, body(wrote("alo", "m1"))) == 200

    await until(lambda: bool(channel.sent))

    assert await transcript(door) == [(Author.CUSTOMER, "alo"), (Author.BOT, "echo: alo")]


@pytest.mark.parametrize("odd", [b"garbage", b"\x80not a pickle", b""])
async def test_what_cannot_be_read_is_kept_and_acknowledged(door: Server, odd: bytes) -> None:
    assert await post(door, odd) == 200

    async with door.db.read() as tx:
        rows = (await tx.execute(accounts.unread_events.select())).mappings().all()
    assert [row["body"] for row in rows] == [odd.decode("utf-8", "replace")]


async def test_the_handshake_is_echoed_as_it_came(door: Server) -> None:
    answer = await door.http.get("/webhooks/recording", params={"challenge": "115820<1444"})

    assert (answer.status_code, answer.text) == (200, "115820<1444")
    assert answer.headers["content-type"].startswith("text/plain")


async def test_a_channel_that_is_not_set_up_is_not_found(door: Server) -> None:
    assert (await door.http.post("/webhooks/messenger")).status_code == 404


async def test_a_body_beyond_reason_is_refused(door: Server) -> None:
    assert await post(door, b"x" * (2 * 1024 * 1024 + 1)) == 413


async def test_a_platform_that_hangs_is_not_asked_by_everybody(
    door: Server, channel: RecordingChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, answer = [], asyncio.Event()

    async def hanging(message: InboundMessage) -> None:
        asked.append(message.external_id)
        await answer.wait()

    monkeypatch.setattr(channel, "noticed", hanging)
    for n in range(12):
        assert await post(door, body(wrote("alo", f"m{n}"))) == 200
    answer.set()

    assert asked == [f"m{n}" for n in range(webhooks.NOTICES)]
