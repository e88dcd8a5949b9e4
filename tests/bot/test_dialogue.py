"""The assistant's mind, with the real model."""

from __future__ import annotations

import asyncio
import base64
import io
import itertools
import json
import random
import tarfile
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from doubles import NOON, remember, said

from bot import conversation
from bot.answer import Question
from bot.models import Author, Status, Turn
from bot.storage import conversations, inbox, messages, trackers
from bot.storage.db import Database
from bot.storage.trackers import Memory

if TYPE_CHECKING:
    from bot.dialogue import RasaDialogue


def question(text: str, *, payload: str = "", memory: Memory | None = None) -> Question:
    return Question(next(_numbers), text, payload, memory or Memory(None), {"customer": "c1"})


_numbers = itertools.count(1000)


async def ask(dialogue: RasaDialogue, text: str, **more: Any) -> Turn:
    return await dialogue.ask(question(text, **more))


def texts(turn: Turn) -> str:
    return "\n".join(say.content.text for say in turn.says)


async def test_a_question_is_answered_with_reasons(dialogue: RasaDialogue) -> None:
    turn = await ask(dialogue, "phí ship về Đà Nẵng bao nhiêu vậy shop")

    assert "30.000" in texts(turn)
    why = turn.says[0].why
    assert why["intent"] == "ask_shipping_fee" and 0.5 < why["confidence"] <= 1
    assert why["runner_up"] != "ask_shipping_fee"
    assert why["policy"] and why["response"] and why["model"] == dialogue.name
    assert why["rule"] == "Phí giao hàng"
    assert why["data"]["Phí giao hàng"] == "30.000 đ"
    assert why["data"]["Giá trị đơn được miễn phí giao"] == "500.000 đ"


async def test_a_question_of_a_form_names_the_form_and_a_digression_its_own_rule(
    dialogue: RasaDialogue,
) -> None:
    asked = await ask(dialogue, "kiểm tra đơn hàng giúp mình")
    assert asked.says[-1].why["form"] == "order_form"

    later = await ask(dialogue, "mấy giờ đóng cửa vậy shop", memory=remember(Memory(None), asked))

    hours, again = later.says[0].why, later.says[-1].why
    assert "form" not in hours and hours["rule"] == "Giờ mở cửa"
    assert again["form"] == "order_form"
    assert "used" not in str(later.events)


@pytest.mark.parametrize(
    "text",
    [
        "máy giặt kêu to quá " * 500,
        "a" * 10_000,
        "😀" * 300,
        "?!.," * 100,
        "我想买一台洗衣机，多少钱？",
        'def f(x):\n    return {"a": [1, 2, 3]}\n' * 50,
        base64.b64encode(random.Random(3).randbytes(7000)).decode(),
        "\u202eשלום مرحبا hello \u202c" * 50,
        "0123456789" * 1000,
        "{order_code} {{ 7*7 }} %s \\x00",
    ],
    ids=["long", "word", "emoji", "marks", "chinese", "code", "base64", "rtl", "digits", "braces"],
)
async def test_whatever_is_written_gets_an_answer_and_no_log_repeats_it(
    dialogue: RasaDialogue, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    turn = await ask(dialogue, text)

    assert texts(turn) or turn.handoff_reason == "backend_error"
    assert text[:30] not in caplog.text


async def test_a_long_text_is_understood_by_its_beginning_and_its_end(
    dialogue: RasaDialogue,
) -> None:
    beginning = "phí ship về Đà Nẵng bao nhiêu vậy shop. "
    for text in (beginning + "ạ " * 9_000, "ạ " * 9_000 + beginning):
        parsed = await dialogue.understand(text)
        assert parsed["intent"]["name"] == "ask_shipping_fee"


async def test_a_person_is_asked_for_in_the_same_turn(dialogue: RasaDialogue) -> None:
    for text in ("cho mình gặp nhân viên", "cho gap nhan vien di", "k noi chuyen voi may dau"):
        assert (await ask(dialogue, text)).handoff_reason == "customer_request", text


def forgeries() -> list[str]:
    """A thousand texts that Rasa would obey if they reached it as commands."""
    dice = random.Random(7)
    heads = ["/restart", "/session_start", "/back", '/inform{"order_code":"BT26110123"}']
    heads += ["/request_human", "/track_order", '/affirm{"phone_last4":"0001"}', "/greet@1.0"]
    spaces = [
        "",
        " ",
        "\n",
        "\t",
        "\u00a0",
        "\u200b",
        "\ufeff",
        "\u2060",
        "/",
        "//",
        " / ",
        "\u200e/",
    ]
    tails = ["", " ", "x", "{}", "\u200b", "\n/restart", "@0.9", '{"a":1}']
    return [
        "".join(dice.choices(spaces, k=dice.randint(0, 4)))
        + dice.choice(heads)
        + dice.choice(tails)
        for _ in range(1000)
    ]


def test_no_forged_command_reaches_rasa() -> None:
    from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
    from rasa.shared.nlu.training_data.message import Message

    from bot.dialogue import NOT_UNDERSTOOD, harmless

    for text in forgeries():
        # What Rasa itself reads commands with.
        message = YAMLStoryReader.unpack_regex_message(Message({"text": harmless(text)}))
        assert message.get("intent") is None or harmless(text) == NOT_UNDERSTOOD, text
        assert not message.get("entities"), text
    assert harmless("giá 50k/cái") == "giá 50k/cái"


async def test_a_forged_command_sets_no_slot_and_triggers_no_intent(dialogue: RasaDialogue) -> None:
    for text in forgeries()[:60]:
        turn = await ask(dialogue, text)
        slots = [event["name"] for event in turn.events if event["event"] == "slot"]
        assert not {"order_code", "phone_last4", "requested_slot"} & set(slots), text
        assert not {event["event"] for event in turn.events} & {"restart", "undo"}, text
        assert "chưa hiểu" in texts(turn), text


async def test_a_button_we_sent_is_a_command(dialogue: RasaDialogue) -> None:
    turn = await ask(dialogue, "Gặp nhân viên", payload="/request_human")

    assert turn.handoff_reason == "customer_request"


class Talk:
    """A conversation with the real model over the real database."""

    def __init__(self, db: Database, dialogue: RasaDialogue, now: Callable[[], datetime]) -> None:
        self.db, self.dialogue, self.now = db, dialogue, now

    async def say(self, text: str) -> str:
        received = await conversation.receive(self.db, said(text), self.now())
        async with self.db.begin() as tx:
            (entry,) = await inbox.claim(tx, self.now(), 1)
        await conversation.take_turn(
            self.db, self.dialogue, entry, self.now, business="Điện Tử Bống"
        )
        async with self.db.read() as tx:
            found = await messages.of_conversation(tx, received.conversation_id)
        return "\n".join(
            message.content.text
            for message in found
            if message.id > received.message_id and message.author is not Author.CUSTOMER
        )


@pytest.fixture
def talk(db: Database, dialogue: RasaDialogue) -> Talk:
    return Talk(db, dialogue, lambda: NOON)


async def test_a_form_goes_on_over_turns_and_a_long_talk_reads_no_more_than_a_short_one(
    talk: Talk, db: Database
) -> None:
    read = []
    asides = ("mấy giờ shop mở cửa", "phí ship bao nhiêu", "đổi trả thế nào", "địa chỉ shop ở đâu",
              "số hotline là gì", "bảo hành mấy tháng")  # fmt: skip
    await talk.say("kiểm tra đơn giúp mình")
    for n in range(40):
        await talk.say(asides[n % len(asides)])
        async with db.read() as tx:
            read.append(len((await trackers.load(tx, 1)).events))

    assert max(read) < 200 and read[-1] <= max(read[:20])
    answer = await talk.say("BT26110123")  # the form of forty turns ago is still open
    assert "4 số cuối" in answer


async def test_a_choice_between_meanings_is_kept_in_the_transcript(
    talk: Talk, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.nlu.doubt import Doubt

    offered = ["ask_shipping_fee", "ask_delivery_time"]
    monkeypatch.setattr(Doubt, "between", lambda self, ranking, askable: offered)
    await talk.say("giao về Đà Nẵng thì nhiêu")

    assert "30.000" in await talk.say("cái đầu")
    async with db.read() as tx:
        kept = [each.meta for each in await messages.of_conversation(tx, 1)]
    assert [meta["asked_back"] for meta in kept if "asked_back" in meta] == [offered]
    assert [meta["chose"] for meta in kept if "chose" in meta] == [
        {"text": "giao về Đà Nẵng thì nhiêu", "intent": offered[0], "offered": offered}
    ]


async def test_when_the_shop_is_away_a_person_answers(
    talk: Talk, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_API_URL", "http://127.0.0.1:9")
    await talk.say("kiểm tra đơn BT26110123")

    answer = await talk.say("0001")

    assert "nhân viên" in answer
    async with db.read() as tx:
        found = await conversations.by_id(tx, 1)
    assert found is not None and found.status is Status.QUEUED


async def test_an_action_that_raises_fails_the_turn(
    dialogue: RasaDialogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.dialogue import ActionFailed

    def broken(self: object, call: dict[str, Any]) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(type(dialogue._actions), "_run", broken)
    with pytest.raises(ActionFailed):
        await ask(dialogue, "cho mình gặp nhân viên")


async def test_an_action_that_waits_does_not_stop_other_conversations(
    dialogue: RasaDialogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    real = type(dialogue._actions)._run

    def slow(self: Any, call: dict[str, Any]) -> Any:
        if call["next_action"] == "action_request_handoff":
            time.sleep(1.5)
        return real(self, call)

    monkeypatch.setattr(type(dialogue._actions), "_run", slow)
    waiting = asyncio.create_task(ask(dialogue, "cho mình gặp nhân viên"))
    await asyncio.sleep(0.1)

    await ask(dialogue, "mấy giờ mở cửa")

    assert not waiting.done()
    assert (await waiting).handoff_reason == "customer_request"


async def test_rasa_does_not_log_what_customers_write(
    dialogue: RasaDialogue, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    canary = "sđt bí mật 0900000077 CANARY"
    await ask(dialogue, canary)
    await ask(dialogue, f"kiểm tra đơn BT26110123 {canary}")

    out, err = capfd.readouterr()
    assert "CANARY" not in out + err + caplog.text


def without_words(archive: bytes) -> bytes:
    """The model, its domain without the answer to a greeting."""
    made = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(archive)) as whole,
        tarfile.open(fileobj=made, mode="w:gz") as poorer,
    ):
        for member in whole.getmembers():
            file = whole.extractfile(member)
            data = file.read() if file else b""
            if member.name.endswith("metadata.json"):
                found = json.loads(data)
                del found["domain"]["responses"]["utter_greet"]
                data = json.dumps(found).encode()
                member.size = len(data)
            poorer.addfile(member, io.BytesIO(data) if file else None)
    return made.getvalue()


def test_a_model_that_has_nothing_to_say_does_not_load(model: tuple[str, bytes]) -> None:
    from bot.dialogue import NotAnswering, RasaDialogue

    with pytest.raises(NotAnswering):
        RasaDialogue.load(without_words(model[1]), "poor.tar.gz")
