"""One trace in the log, from the platform's webhook to the delivery of the answer."""

from __future__ import annotations

import contextlib
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from databases import new_sqlite
from doubles import NOON, RecordingChannel, ScriptedDialogue, answer_all, said, until
from platforms import VALUES, world

from bot import conversation, logs, outbox
from bot.logs import Form
from bot.models import Author, Content, Delivery, Say, Turn
from bot.storage import messages
from bot.storage.db import Database
from bot.supervisor import Supervisor
from connectors.base import PermanentError, UnknownOutcomeError

CANARY = "sđt bí mật 0900000077 CANARY"


@contextlib.contextmanager
def written(form: Form) -> Iterator[io.StringIO]:
    """The log as a process writes it."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    kept, root.handlers[:] = io.StringIO(), []
    logs.set_up(form, kept)
    try:
        yield kept
    finally:
        root.handlers[:] = before
        root.setLevel(level)


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


async def test_a_message_leaves_one_trace_from_the_webhook_to_the_delivery(tmp_path: Path) -> None:
    url = await new_sqlite(tmp_path / "carebot.db")
    answer = Turn(says=(Say(Content("Dạ 30k ạ")),), introduced=True, handoff_reason="fallback")

    with written("json") as log:
        async with world(url, ScriptedDialogue({"phí ship?": answer})) as carebot:
            person = carebot.person("telegram")
            await carebot.does("telegram", person, "say", text="phí ship?")
            await carebot.answers(person)
            await until(lambda: "delivery ended" in log.getvalue())

    followed = [each for each in lines(log) if "trace" in each]
    of_first = [each for each in followed if each["trace"] == followed[0]["trace"]]
    events = [each["event"] for each in of_first]
    assert events[:4] == ["received", "turn begun", "handed over", "turn ended"]
    assert {"delivery tried", "delivery ended"} <= set(events[4:])
    for each in of_first:
        assert each["time"].endswith("Z") and each["level"] == "info" and each["logger"]
        assert each["conversation"] == 1
    ended = next(each for each in of_first if each["event"] == "delivery ended")
    assert (ended["fate"], ended["channel"]) == ("sent", "telegram") and ended["ms"] >= 0


async def test_no_line_holds_what_was_written_or_a_secret(tmp_path: Path) -> None:
    url = await new_sqlite(tmp_path / "carebot.db")
    answers = {CANARY: RuntimeError("broken")}

    with written("json") as log:
        async with world(url, ScriptedDialogue(answers)) as carebot:  # type: ignore[arg-type]
            for name in ("telegram", "messenger"):
                person = carebot.person(name)
                await carebot.does(name, person, "say", text=CANARY)
                await carebot.answers(person)

    secrets = [value for name, value in VALUES.items() if "TOKEN" in name or "SECRET" in name]
    # The pretend platforms' servers run in this process too, and tell what they are asked.
    ours = str([each for each in lines(log) if each["logger"] != "uvicorn.access"])
    assert "RuntimeError: broken" in ours
    assert not [each for each in ("CANARY", "0900000077", *secrets) if each in ours]


async def test_what_the_database_refuses_is_not_repeated_in_the_log(db: Database) -> None:
    received = await conversation.receive(db, said("alo", external_id="known"), NOON)

    with pytest.raises(Exception, match=r"(?i)unique") as refused:
        async with db.begin() as tx:
            await messages.add(
                tx,
                received.conversation_id,
                "web",
                Author.CUSTOMER,
                Content(CANARY),
                NOON,
                external_id="known",
            )

    assert "CANARY" not in str(refused.value)


async def test_messages_of_one_breath_name_each_others_traces(db: Database) -> None:
    with written("json") as log:
        for n, text in enumerate(("chị hỏi", "phí ship")):
            with logs.traced(f"trace-{n}"):
                await conversation.receive(db, said(text), NOON)
        await answer_all(db, ScriptedDialogue())

    begun = next(each for each in lines(log) if each["event"] == "turn begun")
    assert begun["traces"] == ["trace-0", "trace-1"]


@pytest.mark.parametrize(
    ("refusal", "fate"),
    [
        (PermanentError("never", "551"), Delivery.FAILED),
        (UnknownOutcomeError("silence"), Delivery.UNKNOWN),
    ],
)
async def test_a_delivery_that_fails_tells_its_fate_and_code(
    db: Database, refusal: Exception, fate: Delivery
) -> None:
    channel = RecordingChannel()
    channel.refuse = lambda message: refusal
    await conversation.receive(db, said("alo", channel=channel.name), NOON)
    await answer_all(db, ScriptedDialogue())

    with written("json") as log:
        for parcel in await outbox.claim(db, channel.name, NOON, 1):
            await outbox.deliver(db, channel, parcel, NOON)

    ended = lines(log)[-1]
    assert ended["fate"] == fate.value and ended.get("code", "") == refusal.code  # type: ignore[attr-defined]


def test_text_for_people_shows_the_facts_too() -> None:
    with written("text") as log, logs.traced("abc"):
        logging.getLogger("bot.x").warning("%s slow", "Zalo", extra={"channel": "zalo"})

    assert "warning" in log.getvalue() and "Zalo slow" in log.getvalue()
    assert "trace=abc" in log.getvalue() and "channel=zalo" in log.getvalue()


def test_an_exception_is_one_line_of_json() -> None:
    with written("json") as log:
        try:
            raise ValueError("why")
        except ValueError:
            logging.getLogger("bot.x").exception("it failed")

    (line,) = lines(log)
    assert "ValueError: why" in line["exception"] and line["level"] == "error"


def test_carebot_up_writes_json_too_whoever_speaks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOG_FORMAT", "json")

    Supervisor().say("worker 2", '{"event": "received"}')
    Supervisor().say("worker 2", "ended with 1; starting again in 0.5 s")

    theirs, ours = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert theirs == {"event": "received"}
    assert ours == {"event": "ended with 1; starting again in 0.5 s", "logger": "worker 2"}
