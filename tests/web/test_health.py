"""What probes and Prometheus are told, over real HTTP."""

from __future__ import annotations

import asyncio
import pickle
import socket
import urllib.request
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from doubles import (
    NOON,
    RecordingChannel,
    ScriptedDialogue,
    answer_all,
    at,
    open_always,
    said,
)
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from servers import Server, running, settings

from bot import clock, conversation, doorbell, handoff, health, metrics, outbox, web
from bot.live import Live
from bot.models import Content, Say, Turn, User
from bot.storage import accounts, releases
from bot.storage.db import Database
from connectors.base import PermanentError, UnknownOutcomeError

SECRET = {"x-secret": "right"}


@pytest.fixture
def channel() -> RecordingChannel:
    return RecordingChannel()


@pytest.fixture
async def door(database_url: str, channel: RecordingChannel) -> AsyncIterator[Server]:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
        channels = {channel.name: channel}
        async with running(
            settings(database_url, port), ScriptedDialogue(), port, sock, channels
        ) as made:
            yield made


def value(page: str | bytes, name: str, **labels: str) -> float:
    """One sample of an exposition, read by Prometheus' own parser; 0 when it is not there."""
    text = page.decode() if isinstance(page, bytes) else page
    return next(
        (
            sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        ),
        0.0,
    )


def here(name: str, **labels: str) -> float:
    """What this process has counted."""
    return value(generate_latest(), name, **labels)


async def wait_in_queue(db: Database) -> None:
    """A customer asks for a person at NOON, and nobody is there."""
    await open_always(db)
    answer = Turn(says=(Say(Content("Dạ vâng")),), handoff_reason="customer_request")
    await conversation.receive(db, said("gặp người"), NOON)
    await answer_all(db, ScriptedDialogue({"gặp người": answer}))


async def test_deep_health_tells_how_everything_stands(
    door: Server, channel: RecordingChannel
) -> None:
    event = said("alo", channel=channel.name)
    await door.http.post("/webhooks/recording", content=pickle.dumps([event]), headers=SECRET)

    async def seen() -> Any:
        return (await door.http.get("/health/deep")).json()

    while (await seen())["channels"][channel.name]["last_delivery_at"] is None:
        await asyncio.sleep(0.02)
    async with door.db.begin() as tx:
        await accounts.pause(tx, channel.name, "190", "expired", clock.now())

    told = await seen()

    assert told["database"]["ms"] >= 0
    (worker,) = told["workers"]
    assert worker["alive"] and worker["model"] == "scripted"
    standing = told["channels"][channel.name]
    assert standing["last_event_at"] and standing["pause"] == {"code": "190", "text": "expired"}
    assert told["handoffs"] == {"waiting": 0, "oldest_seconds": 0.0, "overdue": 0}


@pytest.mark.parametrize("path", ["/health/deep", "/metrics"])
async def test_others_than_this_machine_find_nothing(door: Server, path: str) -> None:
    elsewhere = await door.http.get(path, headers={"X-Forwarded-For": "203.0.113.9"})
    here = await door.http.get(path)

    assert (elsewhere.status_code, here.status_code) == (404, 200)


@pytest.mark.parametrize(("seconds", "moves"), [(59, True), (61, False)])
async def test_ready_says_when_somebody_waits_too_long_for_the_assistant(
    db: Database, seconds: float, moves: bool
) -> None:
    await conversation.receive(db, said("alo"), NOON)
    live = Live(db, doorbell.for_database(db.url))
    app = web.build(db, live, settings(db.url), lambda: at(seconds))

    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://carebot") as http:
        ready = await http.get("/health/ready")

    assert ready.status_code == 200
    assert ready.json() == {"database": True, "bot": False, "queue": moves}


async def test_the_depth_of_every_queue_is_told_with_its_age(db: Database) -> None:
    await conversation.receive(db, said("alo", by="a", channel="zalo"), NOON)
    await conversation.receive(db, said("alo", by="b", channel="zalo"), at(10))
    await wait_in_queue(db)
    await conversation.receive(db, said("alo", by="c", channel="telegram"), NOON)

    page = health.exposition(await health.look(db, ["zalo", "telegram"], at(60)))

    assert value(page, "carebot_inbox_waiting", channel="telegram") == 1
    assert value(page, "carebot_inbox_oldest_seconds", channel="telegram") == 60
    assert value(page, "carebot_outbox_waiting", channel="zalo") == 2
    assert value(page, "carebot_outbox_oldest_seconds", channel="zalo") == 60
    assert value(page, "carebot_handoffs_waiting") == 1
    assert value(page, "carebot_handoffs_oldest_seconds") == 60
    assert value(page, "carebot_handoffs_overdue") == 0
    later = health.exposition(await health.look(db, [], at(24 * 3600)))
    assert value(later, "carebot_handoffs_overdue") == 1


async def test_workers_count_by_whether_they_have_a_model(db: Database) -> None:
    async with db.begin() as tx:
        model = await releases.store(tx, "m", "", b"", NOON)
        await releases.worker_alive(tx, "with", model.id, NOON)
        await releases.worker_alive(tx, "without", None, NOON)
        await releases.worker_alive(tx, "dead", model.id, NOON - timedelta(minutes=5))

    found = await health.look(db, [], NOON)

    page = health.exposition(found)
    assert value(page, "carebot_workers", state="ready") == 1
    assert value(page, "carebot_workers", state="loading") == 1
    alive = {each["id"]: each["alive"] for each in health.as_json(found)["workers"]}
    assert alive == {"with": True, "without": True, "dead": False}


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [(PermanentError("never"), "failed"), (UnknownOutcomeError("silence"), "unknown")],
)
async def test_a_message_that_never_arrived_is_counted(
    db: Database, channel: RecordingChannel, refusal: Exception, kind: str
) -> None:
    channel.refuse = lambda message: refusal
    counted = here("carebot_deliveries_total", channel=channel.name, fate=kind)
    await conversation.receive(db, said("alo", channel=channel.name), NOON)
    await answer_all(db, ScriptedDialogue())
    (parcel,) = await outbox.claim(db, channel.name, NOON, 1)

    await outbox.deliver(db, channel, parcel, NOON)

    assert here("carebot_deliveries_total", channel=channel.name, fate=kind) == counted + 1
    page = health.exposition(await health.look(db, [], NOON))
    assert value(page, "carebot_dead_letters", kind=kind) == 1
    next_week = health.exposition(await health.look(db, [], NOON + timedelta(days=7)))
    assert value(next_week, "carebot_dead_letters", kind=kind) == 0


async def test_how_long_a_delivery_took_counts_from_when_it_was_written(
    db: Database, channel: RecordingChannel
) -> None:
    before = here("carebot_delivery_seconds_sum", channel=channel.name)
    await conversation.receive(db, said("alo", channel=channel.name), NOON)
    await answer_all(db, ScriptedDialogue())
    (parcel,) = await outbox.claim(db, channel.name, at(40), 1)

    await outbox.deliver(db, channel, parcel, at(40))

    took = here("carebot_delivery_seconds_sum", channel=channel.name) - before
    assert 40 <= took < 45


async def test_a_customers_wait_counts_from_their_first_word_to_the_answer(
    db: Database, lan: User
) -> None:
    await wait_in_queue(db)
    await handoff.accept(db, 1, lan, at(100))
    before = here("carebot_wait_seconds_sum", author="agent")

    await handoff.reply(db, 1, lan, Content("Dạ em đây"), at(130), "client-id-0001")
    await handoff.reply(db, 1, lan, Content("ạ"), at(135), "client-id-0002")

    assert here("carebot_wait_seconds_sum", author="agent") - before == 130


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("Dạ", "answered"),
        (Turn(says=(Say(Content("Dạ")),), handoff_reason="fallback"), "handed_over"),
        (RuntimeError("broken"), "handed_over"),
    ],
)
async def test_a_turn_is_counted_by_its_outcome(db: Database, answer: object, outcome: str) -> None:
    before = here("carebot_turn_seconds_count", outcome=outcome)
    failed = here("carebot_rasa_seconds_count", outcome="failed")
    await conversation.receive(db, said("alo"), NOON)

    await answer_all(db, ScriptedDialogue({"alo": answer}))

    assert here("carebot_turn_seconds_count", outcome=outcome) == before + 1
    broke = isinstance(answer, RuntimeError)
    assert here("carebot_rasa_seconds_count", outcome="failed") == failed + broke


def test_workers_on_one_machine_find_a_port_each() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        first = taken.getsockname()[1]

        port = metrics.serve(first)

    assert port is not None and first < port < first + metrics.TRIED
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as page:
        assert b"carebot_turn_seconds" in page.read()
