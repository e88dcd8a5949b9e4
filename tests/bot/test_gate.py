"""The gate: what is heard whatever the assistant was taught."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from doubles import NOON, ScriptedDialogue, answer_all, said

from bot import conversation, gate
from bot.models import Author, Status
from bot.quality.score import MEANT
from bot.storage import conversations, handoffs, messages
from bot.storage.db import Database

ROOT = Path(__file__).parents[2]
SETS = ROOT / "tests" / "nlu" / "sets"
SAFETY: list[dict[str, Any]] = [
    yaml.safe_load(file.read_text(encoding="utf-8")) for file in sorted(SETS.glob("safety*.yml"))
]
WORDS = yaml.safe_load(
    (ROOT / "tests" / "bot" / "gate" / "request_human.yml").read_text(encoding="utf-8")
)


def alarm(text: str) -> bool:
    heard = gate.hear(text)
    return heard is not None and heard.kind == "alarm"


@pytest.mark.parametrize("text", [text for each in SAFETY for text in each["must"]])
def test_danger_is_heard(text: str) -> None:
    assert alarm(text)


@pytest.mark.parametrize("each", SAFETY)
def test_harmless_words_of_danger_hardly_ever_alarm(each: dict[str, Any]) -> None:
    false = [text for text in each["must_not"] if alarm(text)]

    assert len(false) <= 0.02 * len(each["must_not"]), false


def test_what_customers_are_taught_to_say_hardly_ever_alarms() -> None:
    lines = [
        line.strip()[2:]
        for file in sorted((ROOT / "data" / "nlu").glob("*.yml"))
        for block in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]
        if block["intent"] not in MEANT.values()
        for line in block["examples"].splitlines()
    ]
    false = [line for line in lines if alarm(line)]

    assert len(lines) > 5000
    assert len(false) <= 0.002 * len(lines), false


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("cục sạc xẹt lửa", "safety"),
        ("em không muốn sống nữa", "self_harm"),
        ("shipper cầm dao doạ chồng em", "violence"),
        ("không trả tiền thì tôi báo công an", "legal"),
        ("shop lừa đảo, trả tiền lại đây", "legal"),
        ("có người giả danh shop xin mã otp", "scam"),
        ("tố cáo nick giả mạo cửa hàng", "scam"),
    ],
)
def test_each_danger_has_its_own_answer(text: str, name: str) -> None:
    heard = gate.hear(text)

    assert heard is not None and heard.name == name
    assert set(heard.says) == {"vi", "en"}


@pytest.mark.parametrize(
    "text",
    [
        "cho mình gặp nhân viên với",
        "cho gap nv",
        "k noi chuyen vs bot, cho gap ng that",
        "chuyển máy cho nhân viên giúp chị",
        "gặp quản lý",
        *WORDS["must"],
    ],
)
def test_a_wish_for_a_person_is_heard(text: str) -> None:
    heard = gate.hear(text)

    assert heard is not None and heard.name == "request_human"


@pytest.mark.parametrize(
    "text",
    [
        "nhân viên giao hàng tới chưa",
        "thôi khỏi gặp nhân viên",
        "bạn là nhân viên hay bot vậy",
        "nhân viên bên shop nói chuyện rất khó chịu",
        "có người giả danh nhân viên gọi đòi cọc",
        *WORDS["must_not"],
    ],
)
def test_talking_about_staff_is_no_wish_for_them(text: str) -> None:
    heard = gate.hear(text)

    assert heard is None or heard.name != "request_human"


@pytest.mark.parametrize(
    ("text", "hears"),
    [
        ("đừng nhắn quảng cáo cho mình nữa", True),
        ("dung nhan tin nua", True),
        ("huỷ nhận tin khuyến mãi", True),
        ("sao không nhắn lại cho mình", False),
        ("đừng huỷ đơn của mình", False),
        ("mình không nhận được mã otp", False),
    ],
)
def test_the_wish_not_to_be_written_to_is_heard(text: str, hears: bool) -> None:
    heard = gate.hear(text)

    assert (heard is not None and heard.name == "opt_out") == hears


async def test_an_alarm_is_answered_without_the_assistant_and_brings_a_person(
    db: Database,
) -> None:
    dialogue = ScriptedDialogue()
    await conversation.receive(db, said("pin dt bi phong len nong ran"), NOON)

    await answer_all(db, dialogue)

    assert dialogue.asked == []
    async with db.read() as tx:
        talk = await conversations.by_id(tx, 1)
        found = await handoffs.open_of(tx, 1)
        transcript = await messages.of_conversation(tx, 1)
    assert talk is not None and talk.status is Status.QUEUED
    assert found is not None and found.reason == "safety"
    first = next(message for message in transcript if message.author is Author.BOT)
    assert "ngắt điện" in first.content.text and "114" in first.content.text
    assert "trợ lý tự động" in first.content.text


async def test_an_alarm_is_heard_when_the_assistant_is_broken(db: Database) -> None:
    await conversation.receive(db, said("ổ cắm bốc khói khét lẹt"), NOON)

    await answer_all(db, ScriptedDialogue({"ổ cắm bốc khói khét lẹt": RuntimeError("no model")}))

    async with db.read() as tx:
        found = await handoffs.open_of(tx, 1)
    assert found is not None and found.reason == "safety"


async def test_a_wish_reaches_the_assistant_as_its_intent(db: Database) -> None:
    dialogue = ScriptedDialogue()
    await conversation.receive(db, said("dung nhan tin quang cao nua"), NOON)

    await answer_all(db, dialogue)

    assert dialogue.asked == ["/opt_out"]


def test_long_and_odd_texts_are_heard_quickly_and_do_no_harm() -> None:
    for text in ("", "…" * 5000, "không " * 5000, "\u0000\ud800", "🔥" * 3000, "cháy " * 4000):
        gate.hear(text)
