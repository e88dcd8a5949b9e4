"""The support team's own questions: what may be kept, what comes too near to another matter, and
what the assistant learns of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from doubles import NOON

from bot import authored, faq_entries, training
from bot.authored import Authored
from bot.faq_entries import problems, unknown
from bot.storage import audit
from bot.storage import faq_entries as rows
from bot.storage.db import Database
from bot.storage.faq_entries import FaqEntry

ROOT = Path(__file__).parents[2]
PETS = FaqEntry(
    intent="faq_thu_cung",
    title="Thú cưng",
    lines=(
        "dắt chó vô cửa hàng được không shop",
        "em mang mèo theo có sao hông",
        "tiệm có cho thú cưng vào ko",
        "cho cún vào trong đc k ạ",
        "đem theo thú cưng tới mua đồ được chứ",
    ),
    checks=("tới mua dắt theo cún được không em",),
    answer="Dạ {shop_name} mời anh/chị dắt thú cưng vào cùng, chỉ cần có dây dắt ạ.",
)
FACTS = {"shop_name"}


def test_an_entry_with_five_ways_and_an_answer_is_good() -> None:
    assert problems(PETS, FACTS) == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 81}, "title"),
        ({"lines": PETS.lines[:4]}, "lines"),
        ({"lines": ("dài " * 60, *PETS.lines)}, "line"),
        ({"lines": ("/restart", *PETS.lines)}, "command"),
        ({"lines": ("Tiem co cho thu cung vao ko", *PETS.lines)}, "twice"),
        ({"checks": PETS.lines[:1]}, "twice"),
        ({"answer": ""}, "answer"),
        ({"answer": "Dạ {gia_ve} ạ."}, "facts"),
        ({"answer": "Dạ } ạ."}, "facts"),
    ],
)
def test_what_cannot_be_kept_has_a_reason(changed: dict[str, object], code: str) -> None:
    assert problems(replace(PETS, **changed), FACTS) == [code]  # type: ignore[arg-type]


def test_an_unknown_fact_is_named() -> None:
    assert unknown("Dạ {shop_name} mở {gio} ạ {", FACTS) == ["{gio}", "{"]


def test_ways_of_asking_are_one_a_line_each_once() -> None:
    assert faq_entries.lines_of(" thú cưng \n\nthú   cưng\r\nchó mèo\n") == ("thú cưng", "chó mèo")


def test_intents_are_named_after_their_title_and_never_twice() -> None:
    assert faq_entries.intent_of("Thú cưng, chó mèo?", set()) == "faq_thu_cung_cho_meo"
    assert faq_entries.intent_of("Thú cưng", {"faq_thu_cung", "faq_thu_cung_2"}) == "faq_thu_cung_3"


def test_a_way_of_asking_of_another_matter_is_found() -> None:
    entry = replace(PETS, lines=("phi ship ve da nang bao nhieu", *PETS.lines))

    found = faq_entries.clashes(entry.lines, ROOT, [])

    assert "ask_shipping_fee" in {each.intent for each in found}


def test_a_way_of_asking_of_another_entry_is_found_and_not_its_own() -> None:
    other = replace(PETS, id=2, intent="faq_bai_do", title="Bãi đỗ")

    own = Authored((PETS, other))
    found = faq_entries.clashes(PETS.lines, ROOT, own.examples(without=PETS.intent))

    assert {each.intent for each in found if each.same} == {"faq_bai_do"}


def test_what_is_learnt_keeps_the_rest_of_the_domain(tmp_path: Path) -> None:
    authored.write(Authored((PETS,)), ROOT, tmp_path)

    domain = yaml.safe_load((tmp_path / "domain.yml").read_text(encoding="utf-8"))
    before = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    assert domain["intents"] == [*before["intents"], "faq_thu_cung"]
    assert domain["responses"]["utter_faq_thu_cung"] == [{"text": PETS.answer}]
    assert domain["slots"] == before["slots"] and domain["forms"] == before["forms"]
    learnt = yaml.safe_load((tmp_path / "own.yml").read_text(encoding="utf-8"))
    assert learnt["nlu"][0]["examples"].splitlines()[0] == "- dắt chó vô cửa hàng được không shop"
    assert PETS.checks[0] not in str(learnt)


def test_other_entries_are_other_content_and_other_checks_are_not() -> None:
    content = training.fingerprint(ROOT, Authored((PETS,)))

    assert content != training.fingerprint(ROOT)
    assert content != training.fingerprint(ROOT, Authored((replace(PETS, answer="Dạ không ạ."),)))
    assert content == training.fingerprint(ROOT, Authored((replace(PETS, id=7, checks=()),)))


async def test_an_entry_is_kept_changed_and_dropped(db: Database) -> None:
    async with db.begin() as tx:
        assert await rows.put(tx, PETS, None, NOON) == ""
        (kept,) = await rows.everything(tx)
        assert await rows.put(tx, replace(kept, answer="Dạ có ạ."), None, NOON) == ""
        assert await rows.put(tx, replace(PETS, intent="faq_khac"), None, NOON) == "taken"

    async with db.begin() as tx:
        (changed,) = await rows.everything(tx)
        assert (changed.answer, changed.version) == ("Dạ có ạ.", 2)
        assert await rows.put(tx, kept, None, NOON) == "changed"  # an old copy
        await rows.drop(tx, changed.id, None, NOON)
        await rows.drop(tx, changed.id, None, NOON)
        assert await rows.everything(tx) == []
        log = await audit.of(tx, "faq", changed.id)
    assert [each.what for each in log] == ["deleted", "changed", "written"]
    assert [each.data["before"]["answer"] for each in log[:2]] == ["Dạ có ạ.", PETS.answer]
