"""Danger is answered where it is written down; and one hand-off is enough, whatever comes."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import yaml
from doubles import NOON, ScriptedDialogue, answer_all, at, said

from bot import conversation, gate, handoff, outbox, training
from bot import queue as waiting
from bot.conversation import Received
from bot.models import Author, Content, Conversation, Handoff, Message, Say, Status, Turn, User
from bot.storage import conversations, customers, handoffs, inbox, messages, trackers
from bot.storage import outbox as rows
from bot.storage import rules as desk
from bot.storage.db import Database
from bot.words import SENTENCES

ROOT = Path(__file__).parents[2]
FIRE = "ổ cắm bốc khói khét lẹt"
PERSON = Turn(handoff_reason="customer_request")


async def write(db: Database, text: str, seconds: float = 0, **more: object) -> Received:
    return await conversation.receive(db, said(text, **more), at(seconds))  # type: ignore[arg-type]


async def queue(db: Database) -> None:
    await write(db, "người", channel="recording")
    await answer_all(db, ScriptedDialogue({"người": PERSON}))


async def stands(db: Database) -> tuple[Conversation, list[Handoff], list[Message]]:
    async with db.read() as tx:
        talk = await conversations.by_id(tx, 1)
        known = await handoffs.of_conversation(tx, 1)
        transcript = await messages.of_conversation(tx, 1)
    assert talk is not None
    return talk, known, transcript


def notes(transcript: list[Message]) -> list[str]:
    return [message.meta["rule"] for message in transcript if message.internal]


def advice(transcript: list[Message]) -> list[Message]:
    return [message for message in transcript if "114" in message.content.text]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (FIRE, "safety"),
        ("em không muốn sống nữa", "safety"),
        ("shipper cầm dao doạ chồng em", "safety"),
        ("không trả tiền thì tôi báo công an", "legal"),
        ("có người giả danh shop xin mã otp", "scam"),
    ],
)
async def test_danger_waits_neither_for_a_worker_nor_for_a_model(
    db: Database, text: str, reason: str
) -> None:
    received = await write(db, text)

    talk, (found,), transcript = await stands(db)
    assert not received.for_bot
    assert talk.status is Status.QUEUED
    assert (found.reason, found.priority, found.summary) == (reason, 0, text)
    heard = gate.hear(text)
    assert heard is not None
    assert [m.author for m in transcript] == [Author.CUSTOMER, Author.BOT, Author.SYSTEM]
    assert transcript[1].content.text.startswith(heard.says["vi"][:12])
    async with db.read() as tx:
        assert not await inbox.any_free(tx, at(3600))


async def test_the_desks_rules_cannot_put_danger_behind_others(db: Database) -> None:
    async with db.begin() as tx:
        version, document = await desk.newest(tx)
        await desk.save(tx, {**document, "routing": []}, "routing", None, NOON, version)

    await write(db, FIRE)

    _, (found,), _ = await stands(db)
    assert (found.priority, found.team) == (0, document["default_team"])


def test_no_training_touches_the_gate() -> None:
    assert not [name for name in training.CONTENT if "bot/gate.yml".startswith(name)]


async def test_an_assistant_in_mid_thought_says_nothing_after_it_and_no_form_stays_open(
    db: Database,
) -> None:
    form = ({"event": "active_loop", "name": "order_form"},)
    await write(db, "tra đơn")
    await answer_all(
        db, ScriptedDialogue({"tra đơn": Turn(says=(Say(Content("Mã đơn ạ?")),), events=form)})
    )
    await write(db, "alo", 5)

    async def meanwhile() -> Turn:
        await write(db, FIRE, 6)
        return Turn(says=(Say(Content("Dạ em nghe ạ")),))

    await answer_all(db, ScriptedDialogue({"alo": lambda: meanwhile()}), at(5))

    talk, (found,), transcript = await stands(db)
    assert talk.status is Status.QUEUED and found.reason == "safety"
    assert "Dạ em nghe ạ" not in [message.content.text for message in transcript]
    async with db.read() as tx:
        assert (await trackers.load(tx, 1)).loop is None


async def test_who_waits_and_is_in_danger_is_told_what_to_do_and_comes_first(db: Database) -> None:
    await queue(db)

    await write(db, FIRE, 60, channel="recording")

    talk, (found,), transcript = await stands(db)
    (told,) = advice(transcript)
    assert told.author is Author.SYSTEM and talk.status is Status.QUEUED
    assert talk.waiting_since is not None, "nobody has answered yet"
    assert notes(transcript) == ["safety"]
    assert (found.reason, found.priority) == ("customer_request", 0)


async def test_danger_is_heard_beside_a_person_too(db: Database, lan: User) -> None:
    await queue(db)
    await handoff.accept(db, 1, lan, at(30))

    await write(db, FIRE, 60, channel="recording")

    talk, (found,), transcript = await stands(db)
    assert talk.assignee_id == lan.id and found.priority == 0
    assert len(advice(transcript)) == 1 and notes(transcript) == ["safety"]


async def test_beside_a_person_a_threat_is_only_noted(db: Database, lan: User) -> None:
    await queue(db)
    await handoff.accept(db, 1, lan, at(30))

    await write(db, "không trả tiền thì tôi báo công an", 60, channel="recording")

    _, (found,), transcript = await stands(db)
    assert found.priority == 0 and notes(transcript) == ["legal"]
    assert [m.author for m in transcript if m.id > 3 and not m.internal] == [Author.CUSTOMER]


async def test_a_note_never_reaches_the_customer(db: Database) -> None:
    await queue(db)
    await write(db, FIRE, 60, channel="recording")

    _, _, transcript = await stands(db)
    (note,) = [message for message in transcript if message.internal]
    async with db.read() as tx:
        shown = await messages.seen_by_customer(tx, 1)
    parcels = []
    while some := await outbox.claim(db, "recording", at(60), 10):
        parcels += some
        async with db.begin() as tx:
            for parcel in some:
                await rows.done(tx, parcel.id)

    assert note.id not in [message.id for message in shown]
    assert note.id not in [parcel.message_id for parcel in parcels] and parcels


async def test_the_same_advice_is_given_once_in_ten_minutes(db: Database) -> None:
    await queue(db)
    for seconds in (60, 90, 120, 60 + 700):
        await write(db, FIRE, seconds, channel="recording")

    _, known, transcript = await stands(db)

    assert len(known) == 1
    assert len(advice(transcript)) == 2 and notes(transcript) == ["safety", "safety"]


async def test_who_waits_and_asks_again_has_one_hand_off_and_a_note(db: Database) -> None:
    await queue(db)

    await write(db, "cho gặp nhân viên", 60, channel="recording")
    await write(db, "cho gặp nhân viên đi", 70, channel="recording")

    talk, (found,), transcript = await stands(db)
    assert talk.status is Status.QUEUED and found.priority == 2
    assert notes(transcript) == ["request_human"]
    assert [m.author for m in transcript].count(Author.SYSTEM) == 2  # the place, and the note


@pytest.mark.parametrize("waits", [False, True])
async def test_twenty_triggers_at_once_make_one_hand_off(db: Database, waits: bool) -> None:
    if waits:
        await queue(db)
    dangers = (FIRE, "báo công an shop này", "có người giả danh shop xin mã otp", "pin bị phồng")

    await asyncio.gather(*(write(db, dangers[n % 4], 60, channel="recording") for n in range(20)))

    talk, known, transcript = await stands(db)
    assert talk.status is Status.QUEUED
    assert len(known) == 1 and known[0].priority == 0
    assert len([m for m in transcript if m.author is Author.CUSTOMER]) == 20 + waits
    assert set(notes(transcript)) >= {"safety", "legal", "scam"} - {known[0].reason}


async def test_of_twenty_requests_at_once_on_one_conversation_one_counts(db: Database) -> None:
    await write(db, "alo")
    talk, _, _ = await stands(db)
    async with db.read() as tx:
        customer = await customers.by_id(tx, talk.customer_id)

    async def request(n: int) -> bool:
        async with db.begin() as tx:
            return await waiting.request(tx, talk, customer, f"reason_{n}", "", NOON)

    made = await asyncio.gather(*(request(n) for n in range(20)))

    _, known, transcript = await stands(db)
    assert sum(made) == 1 and len(known) == 1
    assert [m.meta.get("code") for m in transcript if m.author is Author.SYSTEM] == ["queued"]


# What is said to somebody who threatens with law or press: no admission, no promise (C4.13)

ADMITS_OR_PROMISES = (
    *(
        "xin lỗi",
        "lỗi của",
        "lỗi bên",
        "sai sót",
        "sơ suất",
        "nhận trách nhiệm",
        "chịu trách nhiệm",
    ),
    *("bồi thường", "đền", "hoàn tiền", "trả tiền", "đổi hàng", "cam kết", "đảm bảo", "bảo đảm"),
    *("hứa", "chắc chắn", "sẽ", "giải quyết", "trong vòng", "miễn phí", "tặng"),
    *("sorry", "apolog", "our fault", "mistake", "liab", "compensat", "refund", "guarantee"),
    *("promise", "will ", "'ll", "resolve", "free"),
)


def test_to_a_threat_nothing_is_admitted_and_nothing_promised() -> None:
    rules = yaml.safe_load(gate.FILE.read_text(encoding="utf-8"))
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    texts = [
        *rules["legal"]["says"].values(),
        *(each["text"] for each in domain["responses"]["utter_urgent"]),
        *SENTENCES["queued"].values(),
        *SENTENCES["kept_in_queue"].values(),
    ]

    assert [word for word in ADMITS_OR_PROMISES for text in texts if word in text.lower()] == []
    assert [word for word in ("bồi thường", "hoàn tiền", "refund", "compensat")
            for rule in rules.values() for text in rule.get("says", {}).values()
            if word in text.lower()] == []  # fmt: skip
