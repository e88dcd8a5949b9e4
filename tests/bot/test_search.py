"""The whole history is found by its words, without accents, on SQLite and on PostgreSQL."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from doubles import NOON, RecordingChannel, at, said
from sqlalchemy import update

from bot import conversation, handoff, intake
from bot import queue as waiting
from bot.folded import places, sought
from bot.models import AT_ONCE, Author, Content, Role, Status, User
from bot.storage import conversations, customers, hits, messages, search
from bot.storage.db import Database
from bot.storage.hits import Filters
from bot.storage.migrate import migrate
from bot.storage.tables import messages as table
from connectors.base import Recall

MAI = User(0, "mai", "Mai", Role.SUPERVISOR, True)
NFD = unicodedata.normalize("NFD", "Hoàn Tiền")


@pytest.fixture(autouse=True)
def only_the_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a small database everything would be read, and the index never asked."""
    monkeypatch.setattr(search, "READ", dict.fromkeys(search.READ, 0))


async def writes(db: Database, text: str, by: str = "nga", when: float = 0, **more: Any) -> int:
    received = await conversation.receive(db, said(text, by=by, **more), at(when))
    return received.message_id


async def queue(db: Database, conversation_id: int, reason: str) -> None:
    async with db.begin() as tx:
        talk = await conversations.by_id(tx, conversation_id)
        assert talk
        customer = await customers.by_id(tx, talk.customer_id)
        await waiting.request(tx, talk, customer, reason, "", at(3600))


async def found(db: Database, typed: str, **page: int) -> list[str]:
    """The texts that are found. What is read and what is asked of the index is the same."""

    async def texts() -> list[str]:
        async with db.read() as tx:
            page_of_hits, _ = await hits.of_messages(tx, typed, MAI, **page)
        return [each.line.message.content.text for each in page_of_hits]

    asked = await texts()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(search, "READ", dict.fromkeys(search.READ, 10_000))
        assert await texts() == asked
    return asked


async def misses(db: Database, pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those texts that are not found by what stands beside them."""
    for text in dict.fromkeys(text for text, _ in pairs):
        await writes(db, text)
    return [(text, typed) for text, typed in pairs if text not in await found(db, typed)]


# --- which words find which


async def test_accents_capitals_and_the_order_of_words_do_not_count(db: Database) -> None:
    pairs = [
        ("Em muốn HOÀN TIỀN ạ", "hoan tien"),
        ("em muon hoan tien", "Hoàn tiền"),
        ("em muon hoan tien", NFD),
        (NFD, "hoàn tiền"),
        ("tiền của em hoàn chưa", "hoan tien"),
        ("Đổi trả ở ĐÀ NẴNG", "đổi da nang"),
        ("khách gửi hoá đơn", "ho do"),
        ("𝐒𝐀𝐋𝐄 lớn", "sale"),
        ("dạ", "d"),
    ]

    assert await misses(db, pairs) == []


async def test_what_is_no_letter_or_digit_only_parts_words(db: Database) -> None:
    pairs = [
        ("giao hàng😡nhanh,lên!", "hang nhanh len"),
        ("cảm ơn", "cảm ơn 😍"),
        ("a/b_c", "b c"),
        ("dòng một\ndòng hai", "mot hai"),
    ]

    assert await misses(db, pairs) == []


async def test_a_code_is_found_however_it_is_written(db: Database) -> None:
    forms = ("đơn DH-1024 đâu", "đơn dh1024 đâu", "đơn Dh 1024 đâu", "đơn DH#1024 đâu")
    typed = ("dh1024", "DH-1024", "đơn dh 1024", "1024", "dh10")
    pairs = [(form, each) for form in forms for each in typed]

    assert (
        await misses(db, [*pairs, ("giảm 500k nhé", "500K"), ("iphone 15 pro", "iphone15")]) == []
    )


async def test_a_number_is_found_however_it_is_grouped(db: Database) -> None:
    phone = ("0901234567", "0901 234 567", "090.123.4567", "(090) 123-4567", "+84 901 234 567")
    pairs = [(f"gọi em {form} nhé", typed) for form in phone for typed in phone]
    prices = ("1500000", "1.500.000", "1,500,000")
    pairs += [(f"giá {form}đ", typed) for form in prices for typed in prices]

    assert await misses(db, pairs) == []


async def test_a_number_is_found_by_its_beginning_and_among_others(db: Database) -> None:
    pairs = [
        ("gọi 0901234567", "0901 23"),
        ("lấy 2 0901 234 567", "0901234567"),
        ("0901 234 567 0902 345 678", "0902345678"),
        ("0901 234 567 0902 345 678", "234567"),
        ("2 cái của đơn 10234", "10234 2"),
        ("tài khoản 1903 4567 8901 2345", "1903456789012345"),
    ]

    assert await misses(db, pairs) == []


async def test_every_word_must_begin_one_of_the_message(db: Database) -> None:
    pairs = [
        ("hoàn tiền", "hoan tien gap"),
        ("em muốn hoàn tiền đơn hàng", "muon hoan tien hang ko"),
        ("hoàn tiền", "oan"),
        ("đơn DH-1024", "024"),
        ("gọi 0901 234 567", "0901 234 568"),
        ("500 không", "500k"),  # letters with digits are a word
        ("hoàn tiền", ""),
        ("hoàn tiền", "  "),
        ("hoàn tiền", "?!"),
        ("hoàn tiền", "😡"),
        ("50% hoàn_tiền", "%"),
        ("50% hoàn_tiền", "_"),
    ]

    assert await misses(db, pairs) == pairs


async def test_words_of_two_messages_are_not_found_together(db: Database) -> None:
    await writes(db, "hoàn")
    await writes(db, "tiền")

    assert await found(db, "hoan tien") == []


SIGNS = (
    '"hoan', "hoan'", 'hoan" "tien', "hoan*", "hoan:*", "(hoan", "hoan & !tien", "^hoan", "-tien",
    "hoan | tien", "hoan <-> tien", "'); DROP TABLE messages; --", "hoan\\", "hoan\x00tien",
    "{hoan}", "+hoan", "%hoan%", "hoan_", "$1 hoan", ":words hoan", "{0}hoan",
)  # fmt: skip


async def test_signs_and_operators_of_the_index_mean_nothing(db: Database) -> None:
    text = "hoàn tiền drop table messages words 1 0"
    await writes(db, text)
    await writes(db, "trắng or đen, and not near")

    assert [typed for typed in SIGNS if await found(db, typed) != [text]] == []
    for typed in ("trang OR den", "den AND trang", "NOT trang", "NEAR trang"):
        assert await found(db, typed) == ["trắng or đen, and not near"]
    assert await found(db, "hoan OR tien") == []


async def test_what_is_endless_is_cut(db: Database) -> None:
    texts = ["a" * 3000, "0" * 3000, "中" * 3000]
    for text in texts:
        await writes(db, text)

    assert [await found(db, text) for text in texts] == [[text] for text in texts]
    assert len(sought(" ".join(f"từ{chr(97 + n)}" for n in range(26)))) == 12


# --- what changes, and what was there


async def test_an_edited_message_is_found_by_its_new_words_only(db: Database) -> None:
    await writes(db, "hoàn tiền", external_id="m1")

    async with db.begin() as tx:
        message = await messages.by_id(tx, 1)
        assert message
        await messages.change(tx, message, NOON, content=Content("đổi hàng"))

    assert await found(db, "hoan tien") == []
    assert await found(db, "doi hang") == ["đổi hàng"]


async def test_what_was_taken_back_is_not_found(db: Database) -> None:
    await writes(db, "mật khẩu là 1234", external_id="m1")

    channel = RecordingChannel("web")
    events = [Recall("web", "m1", "nga", NOON)]
    await intake.take(db, channel, events, lambda: NOON, AT_ONCE)

    assert await found(db, "mat khau") == await found(db, "1234") == []


async def test_what_is_deleted_is_not_found(db: Database) -> None:
    await writes(db, "hoàn tiền")
    async with db.begin() as tx:
        gone = await messages.add(tx, 1, "web", Author.AGENT, Content("hoàn lại"), NOON)
        await tx.execute(table.delete().where(table.c.id == gone))

    assert await found(db, "hoan") == ["hoàn tiền"]
    assert await found(db, "lai") == []


async def test_what_a_transaction_undoes_is_not_found(db: Database) -> None:
    await writes(db, "hoàn tiền")
    with pytest.raises(RuntimeError):
        async with db.begin() as tx:
            await messages.add(tx, 1, "web", Author.AGENT, Content("hoàn lại"), NOON)
            raise RuntimeError

    assert await found(db, "hoan") == ["hoàn tiền"]


async def test_messages_of_before_are_found_after_the_migration(
    database_url: str, db: Database
) -> None:
    await writes(db, "Đơn DH-1024, sđt 0901 234 567")
    async with db.begin() as tx:
        await messages.add(tx, 1, "web", Author.SYSTEM, Content("vị trí thứ 1024"), NOON)
    await migrate(database_url, "0003")
    async with db.begin() as tx:
        await tx.execute(update(table).values(folded="don dh-1024, sdt 0901 234 567"))

    await migrate(database_url)

    assert await found(db, "dh1024 0901234567") == ["Đơn DH-1024, sđt 0901 234 567"]
    assert await found(db, "1024") == ["Đơn DH-1024, sđt 0901 234 567"]


async def test_notes_are_found_and_what_the_system_tells_customers_is_not(
    db: Database, lan: User
) -> None:
    await writes(db, "cho gặp nhân viên")
    await queue(db, 1, "customer_request")
    await handoff.accept(db, 1, lan, NOON)
    await handoff.note(db, 1, lan, "nhân viên kho báo mất", NOON, "note-0001")
    async with db.begin() as tx:
        noted = Content("Khách doạ gặp luật sư")
        await messages.add(tx, 1, "web", Author.SYSTEM, noted, NOON, internal=True)

    assert await found(db, "nhan vien") == ["nhân viên kho báo mất", "cho gặp nhân viên"]
    assert await found(db, "luat su") == ["Khách doạ gặp luật sư"]


# --- pages


@pytest.mark.parametrize("read", [0, 4, 10_000])
async def test_pages_of_messages_are_newest_first_without_gap_or_double(
    db: Database, monkeypatch: pytest.MonkeyPatch, read: int
) -> None:
    monkeypatch.setattr(search, "READ", dict.fromkeys(search.READ, read))
    for number in range(11):
        await writes(db, f"hàng {number}", by=f"k{number % 3}")
        await writes(db, "khác")

    seen: list[str] = []
    before = None
    async with db.read() as tx:
        while True:
            page, before = await hits.of_messages(tx, "hang", MAI, before=before, limit=3)
            seen += [each.line.message.content.text for each in page]
            assert len(page) <= 3
            if before is None:
                break

    assert seen == [f"hàng {number}" for number in reversed(range(11))]


@pytest.mark.parametrize("read", [0, 40, 10_000])
async def test_pages_of_conversations_name_each_once_with_its_newest_hit(
    db: Database, monkeypatch: pytest.MonkeyPatch, read: int
) -> None:
    monkeypatch.setattr(search, "READ", dict.fromkeys(search.READ, read))
    for text in ("hàng cũ", "hàng mới", "khác"):
        for number in range(11):
            await writes(db, f"{text} {number}", by=f"k{number}")

    seen: list[tuple[int, str]] = []
    before = None
    async with db.read() as tx:
        while True:
            page, before = await hits.of_conversations(tx, Filters("hang"), before=before, limit=3)
            seen += [
                (each.entry.conversation.id, each.found.content.text) for each in page if each.found
            ]
            if before is None:
                break

    assert seen == [(number + 1, f"hàng mới {number}") for number in reversed(range(11))]


@pytest.mark.parametrize("read", [0, 10_000])
async def test_filters_and_words_combine(
    db: Database, monkeypatch: pytest.MonkeyPatch, read: int, lan: User
) -> None:
    monkeypatch.setattr(search, "READ", dict.fromkeys(search.READ, read))
    for number, channel in enumerate(("web", "zalo", "zalo", "telegram")):
        await writes(db, "hoàn tiền", by=f"k{number}", channel=channel, when=number * 3600)
    await queue(db, 2, "complaint")

    async def of(**filters: Any) -> list[int]:
        async with db.read() as tx:
            page, _ = await hits.of_conversations(tx, Filters("hoan tien", **filters))
        return [each.entry.conversation.id for each in page]

    assert await of() == [4, 3, 2, 1]
    assert await of(channel="zalo") == [3, 2]
    assert await of(status=Status.QUEUED) == [2]
    assert await of(reason="complaint", channel="zalo") == [2]
    assert await of(reason="complaint", channel="web") == []
    assert await of(agent_id=lan.id) == []
    assert await of(since=at(1800), until=at(2 * 3600 + 1)) == [3, 2]
    assert await of(until=at(-1)) == []


# --- what is marked


@pytest.mark.parametrize(
    ("text", "typed", "marked"),
    [
        ("Em muốn hoàn  tiền ạ, hoàn ngay", "hoan tien", ["hoàn  tiền", "hoàn"]),
        (f"… {NFD}!", "hoan tie", [unicodedata.normalize("NFD", "Hoàn Tiề")]),
        ("ﬁ ½ … giá tốt", "gia", ["giá"]),
        ("sđt +84 901 234 567", "0901234", ["84 901 234"]),
        ("sđt 0901234567 hay 0901 234 568", "0901 234 567", ["0901234567"]),
        ("đơn DH-1024", "dh10", ["DH", "10"]),
        ("đơn 10234, 2 cái", "2 10234", ["10234", "2"]),
        ("không có", "hoan", []),
        ("gì cũng được", "?", []),
    ],
)
def test_what_was_found_is_marked_where_it_stands(text: str, typed: str, marked: list[str]) -> None:
    assert [text[begin:end] for begin, end in places(text, sought(typed))] == marked
