"""The shop's records from a file: looked at first, taken in whole or not at all, undone exactly."""

from __future__ import annotations

from datetime import timedelta

import pytest
from books import customer, everything, order, person
from doubles import NOON

from bot import identity, imports
from bot.records import KINDS
from bot.sheets import Unreadable
from bot.storage import ledger, people

ORDERS = """Mã đơn;SĐT;Khách hàng;Trạng thái;Sản phẩm;Tổng tiền;Ngày đặt;Ngày giao;Ghi chú
BT1;0912.345.678;Nguyễn Thị Hoa;Đã giao;2 x Quạt trần;1.290.000đ;20/11/2026;22/11/2026;gọi trước
BT2;+84912345678;Hoa;Đang giao;Ấm siêu tốc;290.000;21/11/2026 14:30;;
BT3;0987654321;Trần Đức;Đã đặt;Cáp sạc x3;90.000;22/11/2026;;
"""


def sheet(text: str, kind: str = "orders"):
    return imports.read_file(KINDS[kind], text.encode(), NOON)


async def planned(db, text: str, kind: str = "orders"):
    read = sheet(text, kind)
    async with db.read() as tx:
        return await imports.plan(tx, KINDS[kind], read.records, NOON, read.titles)


async def take(db, text: str, kind: str = "orders", by=None, now=NOON) -> int:
    read = sheet(text, kind)
    async with db.begin() as tx:
        await ledger.alone(tx)
        made = await imports.plan(tx, KINDS[kind], read.records, now, read.titles)
        assert made.problems == []
        return await imports.take_in(tx, made, "tep.csv", by, now)


async def undo(db, import_id: int) -> bool:
    async with db.begin() as tx:
        return await imports.undo(tx, import_id, NOON)


async def rows(db, kind: str):
    async with db.read() as tx:
        return await ledger.everything(tx, kind, after=0, limit=10_000)


async def wrong(db, text: str, kind: str = "orders") -> list[tuple[int, str, str]]:
    found = (await planned(db, text, kind)).problems
    return sorted((each.line, each.field, each.code) for each in found)


# --- taking in


async def test_orders_come_with_whose_they_are(db) -> None:
    await take(db, ORDERS)

    found = {each["code"]: each for each in await rows(db, "orders")}
    first = found["BT1"]
    assert (first["state"], first["total"], first["name"]) == (
        "delivered", 1_290_000, "Nguyễn Thị Hoa",
    )  # fmt: skip
    assert first["items"] == [{"name": "Quạt trần", "quantity": 2}]
    assert first["ordered_at"].isoformat() == "2026-11-19T17:00:00+00:00"
    assert found["BT2"]["person_id"] == first["person_id"]
    assert found["BT3"]["phone"] == "0987654321"
    assert [each["name"] for each in await rows(db, "people")] == ["Nguyễn Thị Hoa", "Trần Đức"]


async def test_a_plan_counts_and_writes_nothing(db) -> None:
    await take(db, ORDERS)
    before = await everything(db)

    plan = await planned(
        db, ORDERS.replace("Đang giao", "Đã giao") + "BT4;0912345678;;mới;;1;1/11/2026;;\n"
    )

    assert plan.counts == {"new": 1, "changed": 1, "same": 2}
    assert await everything(db) == before


async def test_what_a_table_does_not_say_stays(db) -> None:
    await take(db, ORDERS)

    await take(db, "Mã đơn,Ngày thanh toán,Tổng tiền\nBT1,23/11/2026,\n")

    found = {each["code"]: each for each in await rows(db, "orders")}["BT1"]
    assert found["paid_at"].isoformat() == "2026-11-22T17:00:00+00:00"
    assert (found["total"], found["state"]) == (1_290_000, "delivered")


async def test_columns_that_we_do_not_know_are_named_and_left_out(db) -> None:
    read = sheet(ORDERS)

    assert read.ignored == ["Ghi chú"]
    assert read.titles["phone"] == "SĐT"


async def test_people_are_known_by_number_or_else_by_phone(db) -> None:
    await take(db, "Mã KH;Tên;SĐT\nKH1;Hoa;0912345678\n;Đức;0987654321\n", "people")

    plan = await planned(
        db, "Mã KH;Tên;SĐT;Email\nKH1;Hoà;0900000001;\nKH2;Đức;0987654321;duc@a.vn\n", "people"
    )

    assert plan.counts == {"new": 0, "changed": 2, "same": 0}


async def test_a_birthday_may_go_by_the_moon(db) -> None:
    given = "KH1;15/08/1990\nKH2;mùng 1 tháng giêng\nKH3;15-8 âm lịch\n"
    await take(db, f"Mã KH;Ngày sinh\n{given}", "people")

    assert [each["birthday"] for each in await rows(db, "people")] == [
        "15/8/1990", "1/1 âm lịch", "15/8 âm lịch",
    ]  # fmt: skip
    assert await wrong(db, "Mã KH;Ngày sinh\nKH4;31/2/1990\n", "people") == [
        (2, "birthday", "birthday")
    ]


async def test_two_with_one_phone_and_their_own_numbers_are_two(db) -> None:
    await take(db, "Mã KH;Tên;SĐT\nKH1;Hoa;0912345678\nKH2;Con Hoa;0912345678\n", "people")

    assert [each["number"] for each in await rows(db, "people")] == ["KH1", "KH2"]


async def test_people_are_found_by_their_names_without_accents(db) -> None:
    await take(
        db, "Mã KH;Tên;SĐT\nKH1;Nguyễn Thị Hoà;0912345678\nKH2;Đỗ Đức;0987654321\n", "people"
    )

    async def found(text: str) -> list[str]:
        async with db.read() as tx:
            return [
                each.person.number for each in await people.search(tx, text, before=None, limit=9)
            ]

    assert await found("nguyen hoa") == ["KH1"]
    assert await found("Đức") == await found("duc") == await found("0987 654 321") == ["KH2"]
    assert await found("") == ["KH2", "KH1"]
    assert await found("hoa duc") == []


async def test_repairs_and_complaints_come_too(db) -> None:
    await take(db, ORDERS)
    await take(
        db,
        "Số phiếu;SĐT;Máy;Tình trạng;Ngày nhận\nSC1;0912345678;Quạt;đang sửa;1/11/2026\n",
        "repairs",
    )
    await take(db, "Mã KN;Mã đơn;Lý do;Ngày mở\nKN1;BT3;giao chậm;22/11/2026\n", "complaints")

    (repair,), (complaint,) = await rows(db, "repairs"), await rows(db, "complaints")
    assert (repair["state"], repair["name"]) == ("waiting", "Nguyễn Thị Hoa")
    assert (complaint["name"], complaint["order_code"]) == ("Trần Đức", "BT3")


async def test_a_formula_is_only_words(db) -> None:
    await take(db, "Mã KH;Tên\nKH1;=HYPERLINK(A1)\n", "people")

    (found,) = await rows(db, "people")
    assert found["name"] == "=HYPERLINK(A1)"


# --- refusing


@pytest.mark.parametrize(
    ("line", "field", "code"),
    [
        ("BT9;0912345678;;Đã giao;;1.000;24/11/2026;;", "ordered_at", "future"),
        ("BT9;0912345678;;Đã giao;;1.000;20/11/2026;19/11/2026;", "delivered_at", "before_start"),
        ("BT9;12345;;Đã giao;;1.000;20/11/2026;;", "phone", "phone"),
        ("BT9;0912345678;;bay;;1.000;20/11/2026;;", "state", "state"),
        ("BT9;0912345678;;Đã giao;;1.000;;;", "ordered_at", "needed"),
        ("BT9;0912345678;;Đã giao;;;20/11/2026;;", "total", "needed"),
        (";0912345678;;Đã giao;;1;20/11/2026;;", "code", "needed"),
        ("BT9;;;Đã giao;;1.000;20/11/2026;;", "phone", "owner"),
        ("BT9;0912345678;;Đã giao;;1,5tr;20/11/2026;;", "total", "money"),
        ("BT9;0912345678;;Đã giao;;1;20/11/2026;;;thừa", "", "too_wide"),
        ("bt3;0912345678;;Đã giao;;1;20/11/2026;;", "code", "twice"),
    ],
)  # fmt: skip
async def test_a_wrong_row_is_told_with_its_line_and_field(db, line, field, code) -> None:
    assert await wrong(db, ORDERS + line + "\n") == [(5, field, code)]


async def test_every_mistake_is_told_at_once(db) -> None:
    text = "Mã đơn;SĐT;Trạng thái;Tổng tiền;Ngày đặt\nBT1;1;x;y;z\nBT1;0912345678;mới;1;1/1/2027\n"

    found = await wrong(db, text)

    assert {(line, code) for line, _, code in found} == {
        (2, "phone"), (2, "state"), (2, "money"), (2, "day"), (3, "twice"), (3, "future"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "kind", "why"),
    [
        ("Tên,Tuổi\nHoa,30\n", "orders", "columns"),
        ("Tên,Tuổi\nHoa,30\n", "people", "columns"),
        ("Mã đơn,Mã đơn hàng\n1,2\n", "orders", "column_twice"),
        ("Mã đơn,SĐT\n", "orders", "empty"),
    ],
)
def test_a_table_of_something_else_is_refused_whole(text: str, kind: str, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        sheet(text, kind)


# --- undoing


async def test_undoing_gives_back_everything_byte_for_byte(db, mai) -> None:
    await take(db, ORDERS)
    before = await everything(db)
    done = await take(
        db,
        ORDERS.replace("Đang giao", "Đã giao") + "BT4;0900000004;Lan;mới;;1;1/11/2026;;\n",
        by=mai,
    )
    assert await everything(db) != before

    assert await undo(db, done)

    after = await everything(db)
    for book in ("imports", "import_rows"):  # which tell of it
        del before[book], after[book]
    assert after == before


async def test_what_was_undone_is_not_undone_again(db) -> None:
    done = await take(db, ORDERS)

    assert [await undo(db, done), await undo(db, done)] == [True, False]


async def test_a_row_that_was_changed_since_keeps_all_from_being_undone(db) -> None:
    first = await take(db, ORDERS)
    await take(db, "Mã đơn;Trạng thái\nBT2;đã giao\n")
    before = await everything(db)

    with pytest.raises(imports.Clash) as clash:
        await undo(db, first)

    assert clash.value.rows == [("orders", "BT2")]
    assert await everything(db) == before


async def test_undone_in_turn_both_go(db) -> None:
    first = await take(db, ORDERS)
    second = await take(db, "Mã đơn;Trạng thái\nBT2;đã giao\n")

    assert [await undo(db, second), await undo(db, first)] == [True, True]

    assert (await rows(db, "orders"), await rows(db, "people")) == ([], [])


async def test_a_person_who_is_linked_since_stays(db, mai) -> None:
    done = await take(db, "Mã KH;Tên\nKH1;Hoa\n", "people")
    (hoa,) = await rows(db, "people")
    nga = await customer(db, "nga")
    async with db.begin() as tx:
        await identity.link(tx, nga, hoa["id"], mai, NOON)

    with pytest.raises(imports.Clash) as clash:
        await undo(db, done)

    assert clash.value.rows == [("people", "KH1")]


async def test_an_order_that_came_since_keeps_its_person(db) -> None:
    done = await take(db, "SĐT;Tên\n0912345678;Hoa\n", "people")
    (hoa,) = await rows(db, "people")
    await order(db, hoa["id"], "BT1")

    with pytest.raises(imports.Clash) as clash:
        await undo(db, done)

    assert clash.value.rows == [("people", "0912345678")]


# --- many


async def test_thousands_of_rows_are_as_right_as_one(db) -> None:
    known = await person(db, "Hoa", phone="0900000007")
    lines = [
        f"BT{n};{900000000 + n % 700};Khách {n % 700};mới;1.000;1/11/2026" for n in range(1700)
    ]
    text = "Mã đơn;SĐT;Tên;Trạng thái;Tổng tiền;Ngày đặt\n" + "\n".join(lines)

    done = await take(db, text)

    async with db.read() as tx:
        owner = await people.of_order(tx, "BT1407")
    assert owner.id == known
    assert len(await rows(db, "people")) == 700
    assert await undo(db, done)
    assert (len(await rows(db, "people")), await rows(db, "orders")) == (1, [])


async def test_what_is_exported_is_taken_in_as_the_same(db) -> None:
    await take(db, ORDERS)
    async with db.read() as tx:
        data = await imports.exported(tx, KINDS["orders"])

    read = imports.read_file(KINDS["orders"], data, NOON)
    async with db.read() as tx:
        plan = await imports.plan(tx, KINDS["orders"], read.records, NOON, read.titles)

    assert plan.problems == []
    assert plan.counts == {"new": 0, "changed": 0, "same": 3}


async def test_an_import_is_told_with_who_did_it(db, mai) -> None:
    await take(db, ORDERS, by=mai, now=NOON + timedelta(minutes=1))

    async with db.read() as tx:
        (found,) = await ledger.of_files(tx)

    assert (found.kind, found.name, found.by) == ("orders", "tep.csv", "Mai")
    assert found.counts == {"new": 3, "changed": 0, "same": 0}
