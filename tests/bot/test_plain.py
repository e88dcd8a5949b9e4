"""Answers are short, blame nobody and speak the customer's language."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest

from bot import facts, plain
from bot.plain import Answer, Lists
from bot.quality import content

ROOT = Path(__file__).parents[2]
LISTS = Lists.read()


def told(text: str, shown: dict[str, str] | None = None, lists: Lists = LISTS) -> list[str]:
    return plain.find([Answer("utter_x", text, "domain.yml:7")], shown or {}, lists)


def test_our_own_content_has_nothing_to_mend() -> None:
    now = datetime(2026, 11, 23, tzinfo=timezone.utc)

    assert content.find(ROOT, [], now) == []


def test_every_text_that_customers_read_is_looked_at() -> None:
    found = plain.answers(ROOT, facts.file_in(ROOT))

    where = {answer.name: answer.where for answer in found}
    lines = (ROOT / "domain.yml").read_text(encoding="utf-8").splitlines()
    assert lines[int(where["utter_greet"].rpartition(":")[2]) - 1] == "  utter_greet:"
    assert where["ship_inner"].startswith("demo/facts.yml:")
    assert where["words.queued"] == "bot/words.py"
    assert "{" not in next(a.text for a in found if a.name == "ship_inner")
    assert len(found) > 400


def test_a_long_sentence_is_told_with_where_it_stands() -> None:
    assert told("Dạ " + "rất " * 24) == []
    assert told("Dạ " + "rất " * 24 + "dài.")[0].startswith("domain.yml:7: utter_x: 26 words")


def test_a_fact_counts_with_its_words() -> None:
    assert told("Dạ {note} ạ.", {"note": "một " * 22 + "hai"}) == []
    assert len(told("Dạ {note} ạ.", {"note": "một " * 24 + "hai"})) == 1


def test_a_bubble_has_three_sentences_and_rows_are_none() -> None:
    three = "Dạ có ạ. Giao ở TP. Hồ Chí Minh. Anh/chị lấy không ạ?"

    assert told(three) == []
    assert told(three + "\n• Hàng mới. Hàng cũ.\n2. Hàng khác") == []
    assert "4 sentences" in told(three + " Dạ.")[0]


@pytest.mark.parametrize(
    "text",
    [
        "Dạ lỗi do khách ạ.",
        "Tại anh/chị không đọc ạ.",
        "Đây là lỗi của quý khách.",
        "Anh/chị nhập sai mã rồi ạ.",
        "Anh/chị phải gửi hoá đơn.",
        "Hệ thống ghi nhận yêu cầu ạ.",
        "Dạ SKU là 12 ạ.",
        "Dạ đơn này trả COD ạ.",
        "Ticket của anh/chị là SC1234.",
    ],
)
def test_blame_and_words_of_the_trade_are_told(text: str) -> None:
    assert len(told(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Dạ trả tiền khi nhận hàng (COD) ạ.",
        "Dạ COD (trả tiền khi nhận hàng) được ạ.",
        "Dạ em xin lỗi vì anh/chị phải chờ ạ.",
        "Dạ lỗi do nhà sản xuất được đổi máy ạ.",
        "Dạ mã này chưa khớp, anh/chị xem lại giúp em ạ.",
        "Dạ đơn {code} đã được giao ạ.",
    ],
)
def test_what_is_explained_or_owned_by_the_shop_is_no_weakness(text: str) -> None:
    assert told(text) == []


def test_a_reviewed_answer_stays_until_it_needs_it_no_more() -> None:
    reviewed = Lists({}, LISTS.jargon, {"utter_x": {"từ khó": "khách doanh nghiệp hỏi theo SKU"}})

    assert told("Dạ SKU là 12 ạ.", lists=reviewed) == []
    assert "take the entry out" in told("Dạ mã là 12 ạ.", lists=reviewed)[0]
    assert len(told("Dạ SKU " + "rất " * 25, lists=reviewed)) == 1


@pytest.mark.parametrize("entry", ["{từ khó: ''}", "{khác: vì thế}", "{dài: }"])
def test_an_entry_needs_a_known_rule_and_a_reason(tmp_path: Path, entry: str) -> None:
    path = tmp_path / "plain.yml"
    path.write_text(f"blame: {{}}\njargon: {{}}\nreviewed: {{utter_x: {entry}}}", "utf-8")

    with pytest.raises(ValueError, match="utter_x"):
        Lists.read(path)


def test_a_word_that_cannot_be_matched_is_named(tmp_path: Path) -> None:
    path = tmp_path / "plain.yml"
    path.write_text("blame: {'(do khách': x}\njargon: {}\nreviewed: {}", "utf-8")

    with pytest.raises(ValueError, match="do khách"):
        Lists.read(path)
