"""How customers are called."""

import pytest
from doubles import NOON, ScriptedDialogue, answer_all, said

from bot import conversation
from bot.address import PAIRS, addressed
from bot.models import Content, Say, Turn
from bot.nlu.entities import term_now
from bot.storage import messages
from bot.storage.db import Database

SENTENCE = "Dạ em chào anh/chị ạ. Anh/chị cần em hỗ trợ gì, trẻ em có quà ạ?"


@pytest.mark.parametrize(
    ("term", "sentence"),
    [
        (None, SENTENCE),
        ("shop", SENTENCE),
        ("chị", "Dạ em chào chị ạ. Chị cần em hỗ trợ gì, trẻ em có quà ạ?"),
        ("cô", "Dạ cháu chào cô ạ. Cô cần cháu hỗ trợ gì, trẻ em có quà ạ?"),
        ("em", SENTENCE),
    ],
)
def test_a_sentence_is_said_in_the_customers_terms(term: str | None, sentence: str) -> None:
    assert addressed(SENTENCE, term) == sentence


def test_nobody_is_called_by_two_terms() -> None:
    for term, (you, _) in PAIRS.items():
        sentence = addressed(SENTENCE, term).lower()
        assert "anh/chị" not in sentence
        assert you in sentence


@pytest.mark.parametrize(
    ("known", "said", "text", "term"),
    [
        (None, None, "shop ơi", None),
        (None, "chị", "cho chị hỏi", "chị"),
        ("chị", "em", "em cảm ơn", "chị"),
        ("anh", None, "chị chứ không phải anh", "chị"),
        ("anh", None, "chi chu k phai anh", "chị"),
        ("chị", "cháu", "cháu gọi cô thôi nhé", "cô"),
        ("chị", None, "đừng gọi chị, gọi bạn thôi", "bạn"),
        ("chị", "em", "gọi em thôi ạ", "bạn"),
        ("chị", None, "mình là con trai mà", "anh"),
        ("chị", None, "gọi anh Hùng là được", "chị"),
        ("chị", None, "không phải chị đặt, anh Hùng đặt", "chị"),
        ("chị", None, "người nhận là chị Lan chứ không phải anh Hùng", "chị"),
        ("anh", None, "không phải chị nhân viên mà anh giao hàng", "anh"),
    ],
)
def test_a_term_is_kept_until_the_customer_asks_for_another(
    known: str | None, said: str | None, text: str, term: str | None
) -> None:
    assert term_now(known, said, text) == term


async def test_another_term_is_remembered(db: Database) -> None:
    dialogue = ScriptedDialogue(
        {
            "cho anh hỏi": Turn(says=(Say(Content("dạ")),), address="anh"),
            "chị chứ không phải anh": Turn(says=(Say(Content("dạ")),), address="chị"),
        }
    )
    for text in ("cho anh hỏi", "chị chứ không phải anh", "alo"):
        await conversation.receive(db, said(text), NOON)
        await answer_all(db, dialogue)

    assert dialogue.questions[-1].metadata["address"] == "chị"


async def test_the_term_is_kept_from_the_first_time_on(db: Database) -> None:
    dialogue = ScriptedDialogue(
        {
            "giao cho chị nhé": Turn(says=(Say(Content("dạ")),), address="chị"),
            "em cảm ơn": Turn(says=(Say(Content("dạ")),), address="em"),
            "gặp người": Turn(handoff_reason="customer_request"),
        }
    )
    for text in ("giao cho chị nhé", "em cảm ơn", "gặp người"):
        await conversation.receive(db, said(text), NOON)
        await answer_all(db, dialogue)

    async with db.read() as tx:
        told = [m.content.text for m in await messages.of_conversation(tx, 1)]

    assert dialogue.questions[-1].metadata["address"] == "chị"
    assert "Chị muốn gặp nhân viên" in told[1]  # the introduction
    assert "chuyển chị tới nhân viên" in told[-1]
    assert not any("anh/chị" in text for text in told)
