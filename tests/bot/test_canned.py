"""Canned replies: variables, terms of address, what is found, what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest
from doubles import NOON, said

from bot import canned, conversation, handoff
from bot.canned import CannedReply
from bot.facts import Facts
from bot.models import Author, Content, Customer, Message, StoredFile
from bot.storage import canned as rows
from bot.storage import conversations, files, messages, tables
from bot.uploads import examine

FACTS = {"hotline": "0900 000 000", "look_before_pay": "được mở hộp xem hàng"}


def customer(name: str = "Nguyễn Thị Lan", address: str | None = None) -> Customer:
    profile = {"address": address} if address else {}
    return Customer(1, "web", "x", name, "vi", profile, None, NOON)


def known(**more: str) -> dict[str, str]:
    found = canned.values(customer(address=more.pop("address", None)), "Hùng", "Bống", "", FACTS)
    return found | more


def reply(title: str, shortcut: str = "", text: str = "", team: str = "") -> CannedReply:
    return CannedReply(0, team, shortcut or canned.shortcut_of(title), title, text or "Dạ.", ())


# --- variables


def test_variables_and_facts_are_filled_in():
    filled = canned.fill("Dạ em là {nhan_vien} của {shop}, hotline {hotline} ạ.", known())

    assert filled.text == "Dạ em là Hùng của Bống, hotline 0900 000 000 ạ."
    assert filled.missing == ()


@pytest.mark.parametrize(
    ("text", "address", "expected"),
    [
        ("Dạ em chào {xung_ho}", None, "Dạ em chào anh/chị"),
        ("Dạ em chào {xung_ho}", "chị", "Dạ em chào chị"),
        ("Em chào anh/chị. {xung_ho} chờ em nhé", "cô", "Cháu chào cô. Cô chờ cháu nhé"),
        ("{xung_ho} ơi", "bác", "Bác ơi"),
        ("{xung_ho} ơi", None, "Anh/chị ơi"),
        ("Xong rồi ạ!\n{xung_ho} xem giúp em", "anh", "Xong rồi ạ!\nAnh xem giúp em"),
        ("Mời vào. “{xung_ho}” nhé", "chú", "Mời vào. “Chú” nhé"),
        ("• {look_before_pay}", None, "• Được mở hộp xem hàng"),
        ("Dạ {xung_ho} {look_before_pay}", "chị", "Dạ chị được mở hộp xem hàng"),
    ],
)
def test_terms_of_address_fit_the_customer_with_a_capital_where_a_sentence_begins(
    text, address, expected
):
    assert canned.fill(text, known(address=address or "")).text == expected


def test_what_nobody_knows_stays_and_is_named():
    filled = canned.fill("Đơn {ma_don} của {khach}: {ma_don}", known(khach=""))

    assert filled.missing == ("ma_don", "khach")
    assert canned.left_open(filled.text) == ("ma_don", "khach")


def test_a_name_of_the_customer_is_not_read_as_a_term_of_address():
    found = canned.values(customer("Em Bé", "cô"), "Hùng", "Bống", "", {})

    assert canned.fill("Dạ {khach} ạ", found).text == "Dạ Em Bé ạ"


def message(text: str, *, internal: bool = False) -> Message:
    return Message(
        1, 1, "web", Author.CUSTOMER, None, internal, Content(text), {}, None, None, None, NOON
    )


def test_the_last_order_is_the_one_that_was_named_last_and_never_one_of_a_note():
    talk = [message("đơn BT10230001"), message("với bt10230002 nữa"), message("alo")]
    note = message("đơn của khách khác BT10239999", internal=True)

    assert canned.order_code([*talk, note]) == "BT10230002"
    assert canned.order_code([message("alo")]) == ""


# --- finding

REPLIES = [
    reply("Bảo hành bao lâu", "bao-hanh"),
    reply("Báo giá buôn", "bao-gia"),
    reply("Chính sách bảo hành", "csbh"),
    reply("Đổi trả", "doi-tra", "Dạ bảo hành và đổi trả xem ở đây."),
]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("bh", "Bảo hành bao lâu"),
        ("BH", "Bảo hành bao lâu"),
        ("bao-h", "Bảo hành bao lâu"),
        ("bảo hành", "Bảo hành bao lâu"),
        ("bao hanh", "Bảo hành bao lâu"),
        ("bao gia", "Báo giá buôn"),
        ("bgb", "Báo giá buôn"),
        ("cs", "Chính sách bảo hành"),
        ("dt", "Đổi trả"),
        ("đổi", "Đổi trả"),
        ("xem o day", "Đổi trả"),
    ],
)
def test_a_reply_is_found_by_shortcut_initials_title_and_text_without_accents(typed, first):
    assert canned.search(REPLIES, typed)[0].title == first


def test_bh_finds_every_warranty_the_one_that_begins_so_first():
    assert [each.shortcut for each in canned.search(REPLIES, "bh")] == ["bao-hanh", "csbh"]


def test_nothing_typed_shows_all_and_nonsense_none():
    assert len(canned.search(REPLIES, "")) == len(REPLIES)
    assert canned.search(REPLIES, "xyzt") == []


def test_a_teams_own_comes_before_everybodys():
    own = reply("Chào khách", "chao", team="ky_thuat")

    assert canned.search([reply("Chào khách", "chao"), own], "chao")[0] == own


# --- what is refused


def codes(each: CannedReply) -> list[str]:
    return [code for code, _ in canned.problems(each, FACTS)]


def test_bad_replies_are_told_what_is_wrong():
    good = reply("Chào", text="Dạ {xung_ho} gọi {hotline}")

    assert codes(good) == []
    assert codes(replace(good, text="{hotlin} {ten}")) == ["variable"]
    assert codes(replace(good, text="")) == ["text_empty"]
    assert codes(replace(good, text="", files=("k",))) == []
    assert codes(replace(good, text="x" * 3001)) == ["text_long"]
    assert codes(replace(good, shortcut="", title="")) == ["shortcut_empty", "title_empty"]
    assert codes(replace(good, shortcut="a/b")) == ["shortcut"]
    assert codes(replace(good, title="x" * 121)) == ["title_long"]
    assert codes(replace(good, files=tuple("abcde"))) == ["files"]


def test_an_unknown_variable_is_named():
    (problem,) = canned.problems(reply("Chào", text="{ten} {hotline}"), FACTS)

    assert problem == ("variable", {"names": "{ten}"})


def test_a_shortcut_may_be_typed_as_one_speaks():
    assert canned.shortcut_of(" /Bảo hành ") == "bao-hanh"


# --- what a shop begins with


def test_the_first_replies_are_good_ones():
    facts = Facts(Path("demo/facts.yml")).shown(datetime(2026, 11, 23, tzinfo=timezone.utc))
    first = canned.defaults()

    assert 25 <= len(first) <= 30
    assert len({each.shortcut for each in first}) == len(first)
    for each in first:
        assert canned.problems(each, facts) == []
        filled = canned.fill(each.text, facts | known(address="cô", ma_don="BT10230001"))
        assert filled.missing == (), each.shortcut
        assert "anh/chị" not in filled.text.lower()
        assert filled.text[0].isupper()


async def test_an_empty_table_is_seeded_once(db):
    async with db.begin() as tx:
        await rows.seed(tx, canned.defaults(), NOON)
        first = await rows.everything(tx)
        await rows.remove(tx, first[0].id)
        await rows.seed(tx, canned.defaults(), NOON)
        left = await rows.everything(tx)

    assert len(first) == len(canned.defaults())
    assert len(left) == len(first) - 1


# --- rows


async def test_an_agent_sees_everybodys_and_their_teams(db, lan):
    async with db.begin() as tx:
        for team in ("", "ky_thuat", "ban_hang"):
            await rows.put(tx, reply("Chào", text=team, team=team), lan.id, NOON)
        await tx.execute(tables.users.update().values(teams=["ky_thuat"]))
        seen = await rows.for_user(tx, lan.id)

    assert {each.team for each in seen} == {"", "ky_thuat"}


async def test_a_shortcut_is_taken_within_its_team_only(db, lan):
    async with db.begin() as tx:
        assert await rows.put(tx, reply("Chào", "chao"), lan.id, NOON)
        assert not await rows.put(tx, reply("Chào nữa", "chao"), lan.id, NOON)
        assert await rows.put(tx, reply("Chào", "chao", team="x"), lan.id, NOON)
        (other,) = [each for each in await rows.everything(tx) if each.team == "x"]
        assert not await rows.put(tx, replace(other, team=""), lan.id, NOON)
        assert await rows.put(tx, replace(other, title="Chào bạn"), lan.id, NOON)
        assert await rows.by_id(tx, other.id) == replace(other, title="Chào bạn")


# --- saying one


async def test_a_text_with_an_open_variable_is_never_said(db, lan):
    got = await conversation.receive(db, said("alo"), NOON)
    await handoff.accept(db, got.conversation_id, lan, NOON)

    with pytest.raises(handoff.Unresolved) as refusal:
        await handoff.reply(
            db, got.conversation_id, lan, Content("Đơn {ma_don} đây ạ"), NOON, "client-01"
        )

    assert refusal.value.names == "{ma_don}"
    async with db.read() as tx:
        assert "Đơn" not in str(await messages.of_conversation(tx, got.conversation_id))


async def test_braces_that_are_no_variable_may_be_said(db, lan):
    got = await conversation.receive(db, said("alo"), NOON)
    await handoff.accept(db, got.conversation_id, lan, NOON)

    assert await handoff.reply(
        db, got.conversation_id, lan, Content('Anh gõ {"a": 1} và {} ạ'), NOON, "client-01"
    )


async def test_files_of_a_customer_are_not_for_replies(db):
    got = await conversation.receive(db, said("alo"), NOON)
    mime, data = examine(b"%PDF-1.7 bang gia")
    ours = StoredFile("ours", None, "bang-gia.pdf", mime, len(data), NOON)
    async with db.begin() as tx:
        talk = await conversations.by_id(tx, got.conversation_id)
        await files.add(tx, ours, data)
        await files.add(tx, replace(ours, key="uploaded"), data, talk.customer_id)
        await files.add(tx, replace(ours, key="fetched", conversation_id=talk.id), data)

        found = await files.of_staff(tx, ["fetched", "ours", "uploaded", "nobodys"])

    assert found == [ours]
