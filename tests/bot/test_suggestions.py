"""What an agent is shown that might be answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

import pytest
from doubles import NOON, said

from bot import conversation, handoff
from bot.facts import Facts
from bot.faq import Faq
from bot.models import Author, Content
from bot.similar import Index
from bot.storage import faq_entries, messages
from bot.storage.faq_entries import FaqEntry
from bot.suggestions import Suggestions

ROOT = Path(__file__).parents[2]
FACTS = Facts(ROOT / "demo" / "facts.yml").shown(NOON)


@lru_cache(maxsize=1)
def faq() -> Faq:
    return Faq(ROOT)


# --- likeness


def test_the_most_alike_text_comes_first_accents_or_not():
    index = Index(["phí giao hàng bao nhiêu", "bảo hành mấy tháng", "mấy giờ mở cửa"])

    (likeness, place), *_ = index.nearest("bao hanh may thang", 2)

    assert place == 1
    assert likeness == pytest.approx(1)


def test_a_text_that_was_added_later_is_found():
    index = Index(["phí giao hàng", "mở cửa"])
    assert index.nearest("trả góp", 1) == []

    index.add("trả góp thế nào")

    assert [place for _, place in index.nearest("trả góp", 1)] == [2]


def test_words_that_no_text_has_make_it_less_alike():
    index = Index(["phí giao hàng", "bảo hành", "mở cửa", "trả góp", "đổi trả", "hoá đơn"])

    ((exact, _),) = index.nearest("hoá đơn", 1)
    ((far, _),) = index.nearest("hoá đơn xyz uvw qwerty asdf", 1)

    assert exact > 0.99 > far + 0.3


def test_nothing_is_like_nothing():
    assert Index().nearest("alo", 3) == []
    assert Index(["alo"]).nearest("", 3) == []


# --- the assistant's own answers


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("cho mình mở hộp xem trước khi trả tiền được không", "{look_before_pay}"),
        ("shop co gui xe may k", "{parking_note}"),
        ("phí ship về Đà Nẵng bao nhiêu", "{ship_fee}"),
        ("mấy giờ shop đóng cửa", "{store_hours}"),
        ("đơn của chị tới đâu rồi em", "mã đơn hàng"),
        ("doi tra the nao", "{return_"),
    ],
)
def test_one_of_three_is_the_assistants_answer(asked, answer):
    assert answer in " ".join(each.text for _, each in faq().find(asked, 3))


def test_every_answer_of_the_faq_is_there_and_each_text_is_shown_once():
    assert {each for each in faq().answers if each.startswith("faq_")} >= {
        "faq_dong_kiem",
        "faq_dat_coc_giu_hang",
        "faq_gui_xe",
    }
    found = [each.text for _, each in faq().find("huỷ đơn, đổi đơn, xem đơn tới đâu", 3)]
    assert len(found) == len(set(found)) == 3


# --- suggestions


@pytest.fixture
def suggestions(db):
    made = Suggestions(ROOT, db)
    made._faq = faq()  # read once for all tests
    return made


async def closed(db, lan, asked: str, answer: str, by: str = "nga", minutes: int = 0) -> int:
    now = NOON + timedelta(minutes=minutes)
    got = await conversation.receive(db, said(asked, by=by), now)
    await handoff.accept(db, got.conversation_id, lan, now)
    await handoff.reply(db, got.conversation_id, lan, Content(answer), now, f"reply-{by}-{minutes}")
    await handoff.resolve(db, got.conversation_id, lan, "answered", now)
    return got.conversation_id


ASKED = "loa Bống Box kêu rè rè ở bên trái thì chỉnh sao"
ANSWERED = "Dạ anh/chị giữ nút nguồn 10 giây để loa tự cân lại hai bên giúp em ạ."


async def test_facts_are_filled_in_and_the_customer_is_called_as_they_like(suggestions):
    found = await suggestions.find("cho xem hàng rồi mới trả tiền được không", FACTS, "cô")

    assert any("mở hộp xem hàng" in each.text for each in found)
    assert not any("anh/chị" in each.text.lower() or "{" in each.text for each in found)
    assert {each.source for each in found} == {"faq"}
    assert all(each.title for each in found)


async def test_answers_without_their_facts_are_left_out(suggestions):
    found = await suggestions.find("cho xem hàng rồi mới trả tiền được không", {}, "anh")

    assert not any("{" in each.text for each in found)


async def test_a_colleagues_answer_to_the_like_comes_with_its_source(suggestions, db, lan):
    talk = await closed(db, lan, ASKED, ANSWERED)

    found = await suggestions.find("loa bong box bi re ben trai chinh sao em", FACTS, "anh")

    (mine,) = [each for each in found if each.source == "talk"]
    assert (mine.text, mine.title, mine.conversation_id) == (ANSWERED, "Lan", talk)
    assert len(found) <= 3


async def test_a_talk_that_closes_later_is_learnt(suggestions, db, lan):
    await closed(db, lan, "hỏi chuyện khác hẳn", "Dạ chuyện khác hẳn thì em chịu ạ.", by="tu")
    before = await suggestions.find(ASKED, FACTS, "anh")
    await closed(db, lan, ASKED, ANSWERED, minutes=1)

    after = await suggestions.find(ASKED, FACTS, "anh")

    assert ANSWERED not in [each.text for each in before]
    assert [each.text for each in after].count(ANSWERED) == 1


@pytest.mark.parametrize(
    "somebodys",
    [
        "Dạ đơn BT10230001 của chị đang giao trong chiều nay ạ.",
        "Dạ em gọi lại chị theo số 0900 000 001 lúc chiều nhé ạ.",
        "Dạ em gửi vào mail lan@example.com cho mình rồi ạ.",
        "Dạ vâng ạ.",
    ],
)
async def test_what_is_somebodys_own_is_never_suggested(suggestions, db, lan, somebodys):
    await closed(db, lan, ASKED, somebodys)

    found = await suggestions.find(ASKED, FACTS, "anh")

    assert somebodys not in [each.text for each in found]


async def test_notes_open_talks_and_the_assistants_words_are_no_answers_of_agents(
    suggestions, db, lan
):
    got = await conversation.receive(db, said(ASKED, by="tu"), NOON)
    await handoff.accept(db, got.conversation_id, lan, NOON)
    await handoff.note(db, got.conversation_id, lan, "Khách này khó tính lắm nhé", NOON, "note-01")
    await handoff.reply(db, got.conversation_id, lan, Content(ANSWERED), NOON, "reply-01")
    still_open = await suggestions.find(ASKED, FACTS, "anh")
    async with db.begin() as tx:
        await messages.add(
            tx,
            got.conversation_id,
            "web",
            Author.BOT,
            Content("Trợ lý nói một câu dài dài ở đây"),
            NOON,
        )
    await handoff.resolve(db, got.conversation_id, lan, "answered", NOON)

    after = await suggestions.find(ASKED, FACTS, "anh")

    assert "talk" not in {each.source for each in still_open}
    assert [each.text for each in after if each.source == "talk"] == [ANSWERED]


@pytest.mark.parametrize("nothing", ["", " ", "?", "👍"])
async def test_words_that_say_nothing_suggest_nothing(suggestions, nothing):
    assert await suggestions.find(nothing, FACTS, "anh") == []


# --- the support team's own answers


PETS = FaqEntry(
    intent="faq_thu_cung",
    title="Thú cưng",
    lines=("dắt chó vô cửa hàng được không", "cho cún vào trong được không"),
    answer="Dạ {shop_name} mời anh/chị dắt thú cưng vào cùng ạ.",
)


async def test_an_own_answer_is_suggested_as_soon_as_it_is_written_or_changed(db):
    suggestions = Suggestions(ROOT, db)
    assert "thú cưng" not in str(await suggestions.find("dẫn chó vô được ko", FACTS, "anh"))
    async with db.begin() as tx:
        await faq_entries.put(tx, PETS, None, NOON)

    (first, *_) = await suggestions.find("dắt chó vô cửa hàng được ko", FACTS, "chị")
    assert first.title == "Thú cưng"
    assert first.text == f"Dạ {FACTS['shop_name']} mời chị dắt thú cưng vào cùng ạ."

    async with db.begin() as tx:
        (kept,) = await faq_entries.everything(tx)
        await faq_entries.put(tx, replace(kept, answer="Dạ chưa được ạ."), None, NOON)
    (first, *_) = await suggestions.find("dắt chó vô cửa hàng được ko", FACTS, "chị")
    assert first.text == "Dạ chưa được ạ."


def test_more_ways_of_asking_lead_to_the_answer_of_the_files():
    more = FaqEntry(intent="ask_installment", title="Trả góp", lines=("mua chịu từ từ trả dần",))

    (_, answer), *_ = Faq(ROOT, [more]).find("mua chịu trả dần", 1)

    assert answer.intent == "ask_installment"
