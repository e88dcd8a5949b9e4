"""The supervisor's pages of tables: looked at, taken in, taken back."""

from __future__ import annotations

import csv
import io
import re

import pytest
from axe_playwright_python.async_playwright import Axe
from books import everything, order, person
from doubles import NOON
from playwright.async_api import expect
from test_people import LOOKS

from bot.storage import ledger, tables

GOOD = """Mã đơn;SĐT;Khách hàng;Trạng thái;Sản phẩm;Tổng tiền;Ngày đặt;Ghi chú
BT1;0912.345.678;Nguyễn Thị Hoa;Đã giao;2 x Quạt trần;1.290.000đ;20/11/2025;gọi trước
BT2;0912345678;Nguyễn Thị Hoa;Đang giao;Ấm siêu tốc;290.000;21/11/2025 14:30;
BT3;0987654321;=1+1;Đã đặt;Cáp sạc x3;90.000;22/11/2025;
"""
BAD = """Mã đơn;SĐT;Trạng thái;Tổng tiền;Ngày đặt
BT7;09123;bay;1,5tr;20/11/2925
BT8;0912345678;Đã giao;1.000;20/11/2025
BT8;0912345678;Đã giao;1.000;31/02/2025
"""


async def choose(who, text: str | bytes, kind: str = "orders", name: str = "đơn hàng.csv"):
    data = text.encode() if isinstance(text, str) else text
    return await who.http.post(
        "/console/imports",
        data={"csrf": who.csrf, "kind": kind},
        files=[("file", (name, data, "text/csv"))],
    )


async def confirm(who, where: str, page: str):
    counted = re.search(r'name="counted" value="([\d,]*)"', page)
    return await who.http.post(
        where, data={"csrf": who.csrf, "counted": counted[1] if counted else ""}
    )


async def take(who, text: str, kind: str = "orders") -> str:
    """Where its page is."""
    where = (await choose(who, text, kind)).headers["location"]
    answer = await confirm(who, where, (await who.http.get(where)).text)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def codes(db) -> list[str]:
    async with db.read() as tx:
        return [each["code"] for each in await ledger.everything(tx, "orders", after=0, limit=99)]


async def test_a_table_is_shown_before_anything_is_written(visitor, db, people) -> None:
    hoa = await person(db, "Hoa", phone="0912345678")
    await order(db, hoa, "BT2", state="placed")
    before = await everything(db)
    mai = await visitor("mai")

    where = (await choose(mai, GOOD)).headers["location"]
    page = (await mai.http.get(where)).text

    for words in (
        "Xem trước: đơn hàng.csv", "Nhập 3 dòng", "Thêm 1 khách hàng", "Cột bỏ qua: Ghi chú",
        "<del>Đã đặt</del> Đang giao", "1.290.000 đ", "2 Quạt trần",
    ):  # fmt: skip
        assert words in page, words
    after = await everything(db)
    for book in ("files", "sessions", "users"):
        before.pop(book), after.pop(book)
    assert after == before


async def test_what_is_confirmed_is_taken_in_and_its_file_forgotten(visitor, db, people) -> None:
    mai = await visitor("mai")

    done = await take(mai, GOOD)

    assert await codes(db) == ["BT1", "BT2", "BT3"]
    page = (await mai.http.get(done)).text
    assert "Lê Mai nhập lúc" in page and "Đơn hàng BT1" in page and "Khách hàng 0987654321" in page
    assert (await everything(db))["files"] == []


async def test_every_mistake_is_told_with_line_column_and_reason(visitor, db, people) -> None:
    mai = await visitor("mai")

    where = (await choose(mai, BAD)).headers["location"]
    page = (await mai.http.get(where)).text

    cells = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.split("<tbody>")[1]))
    for row in (
        "Dòng 2 SĐT 09123 Không phải số điện thoại Việt Nam",
        "Dòng 2 Trạng thái bay Trạng thái lạ. Dùng một trong: Đã đặt, Đang giao",
        "Dòng 2 Tổng tiền 1,5tr Không phải số tiền",
        "Dòng 2 Ngày đặt 20/11/2925 Ngày ở tương lai",
        "Dòng 4 Ngày đặt 31/02/2025 Không phải ngày",
        "Dòng 4 Mã đơn BT8 Trùng với dòng 3.",
    ):
        assert row in cells, (row, cells)
    assert "Có 6 chỗ cần sửa. Chưa có gì được lưu." in page
    refused = await confirm(mai, where, page)
    assert refused.status_code == 409
    assert await codes(db) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"PK\x03\x04 rest of a workbook", "Đây là tệp Excel"),
        (b"code;name\n1;Nguy\xd4n Th\xde Hoa\n2;\xae\xb5o", "phông cũ"),
        ("Tên,Tuổi\nHoa,30\n", "Không thấy cột “Mã đơn hàng”. Tệp có các cột: Tên, Tuổi."),
        ("Mã đơn\n" + "BT1\n" * 10_002, "hơn 10.000 dòng"),
        ("", "không có dòng dữ liệu nào"),
        ('Mã đơn\nBT1\n"BT2\n', "Dòng 3: dấu ngoặc kép"),
    ],
    ids=["excel", "font", "columns", "rows", "empty", "quotes"],
)
async def test_what_cannot_be_read_is_told_so_at_once(visitor, db, people, text, words) -> None:
    mai = await visitor("mai")

    answer = await choose(mai, text)

    assert answer.status_code == 422
    assert words in answer.text
    assert (await everything(db))["files"] == []


async def test_a_hundred_thousand_rows_are_refused_in_words(visitor, db, people) -> None:
    mai = await visitor("mai")
    lines = "BT26110145;0912345678;Nguyễn Thị Hoa;Đã giao;1.290.000đ;20/11/2025\n" * 100_000

    answer = await choose(mai, f"Mã đơn;SĐT;Khách hàng;Trạng thái;Tổng tiền;Ngày đặt\n{lines}")

    assert (answer.status_code, "chia thành nhiều tệp" in answer.text) == (422, True)


async def test_what_is_larger_than_we_look_at_is_refused_in_words(visitor, people) -> None:
    mai = await visitor("mai")

    answer = await choose(mai, b"x" * (33 * 1024 * 1024))

    assert (answer.status_code, "Tệp quá lớn" in answer.text) == (413, True)


@pytest.mark.parametrize("name", ["bảng", "x" * 400, "../../etc/đơn.csv", "a\u202ecsv.exe"])
async def test_a_file_may_be_called_anything(visitor, people, name: str) -> None:
    mai = await visitor("mai")

    assert (await choose(mai, GOOD, name=name)).status_code == 303


async def test_a_form_without_a_file_says_so(visitor, people) -> None:
    mai = await visitor("mai")

    assert "Bạn chưa chọn tệp" in (await choose(mai, "", name="")).text


async def test_what_changed_while_it_was_looked_at_is_shown_again(visitor, db, people) -> None:
    mai = await visitor("mai")
    where = (await choose(mai, GOOD)).headers["location"]
    page = (await mai.http.get(where)).text
    await order(db, await person(db, "Hoa", phone="0912345678"), "BT2")

    answer = await confirm(mai, where, page)

    assert (answer.status_code, "Dữ liệu vừa thay đổi" in answer.text) == (409, True)
    assert await codes(db) == ["BT2"]
    assert (await confirm(mai, where, answer.text)).status_code == 303


async def test_the_same_table_again_is_nothing_new(visitor, people) -> None:
    mai = await visitor("mai")
    await take(mai, GOOD)

    where = (await choose(mai, GOOD)).headers["location"]

    page = (await mai.http.get(where)).text
    assert "Không có gì mới" in page
    assert 'name="counted"' in page and "Nhập 0" not in page


async def test_a_preview_that_was_confirmed_is_gone(visitor, db, people) -> None:
    mai = await visitor("mai")
    where = (await choose(mai, GOOD)).headers["location"]
    page = (await mai.http.get(where)).text
    await confirm(mai, where, page)

    again = await confirm(mai, where, page)

    assert "Tệp xem trước này không còn nữa" in again.text
    assert len(await codes(db)) == 3


async def test_a_file_that_nobody_confirmed_is_forgotten_after_a_day(
    visitor, db, people, time
) -> None:
    mai = await visitor("mai")
    await choose(mai, GOOD)
    time.passes(hours=11)
    mai = await visitor("mai")
    await choose(mai, GOOD)
    assert len((await everything(db))["files"]) == 2

    time.passes(hours=14)
    mai = await visitor("mai")
    await choose(mai, GOOD)

    assert len((await everything(db))["files"]) == 2


async def test_an_import_is_undone_from_its_page(visitor, db, people) -> None:
    mai = await visitor("mai")
    done = await take(mai, GOOD)

    await mai.http.post(f"{done}/undo", data={"csrf": mai.csrf})

    assert await codes(db) == []
    page = (await mai.http.get(done)).text
    assert "Đã hoàn tác" in page and "Hoàn tác lần nhập này" not in page


async def test_what_keeps_an_import_from_being_undone_is_named(visitor, db, people) -> None:
    mai = await visitor("mai")
    done = await take(mai, GOOD)
    await take(mai, "Mã đơn;Trạng thái\nBT2;Đã giao\n")

    answer = await mai.http.post(f"{done}/undo", data={"csrf": mai.csrf})

    assert answer.status_code == 409
    assert "1 dòng đã được sửa" in answer.text and "Đơn hàng BT2" in answer.text
    assert len(await codes(db)) == 3


async def test_what_is_written_out_opens_in_excel_and_runs_nothing(visitor, db, people) -> None:
    mai = await visitor("mai")
    await take(mai, GOOD)

    answer = await mai.http.get("/console/imports/orders.csv")

    assert answer.headers["content-disposition"] == 'attachment; filename="orders.csv"'
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [each["Tên khách hàng"] for each in rows] == [
        "Nguyễn Thị Hoa",
        "Nguyễn Thị Hoa",
        "'=1+1",
    ]


async def test_a_colleagues_file_of_another_kind_is_no_table(visitor, db, people) -> None:
    mai = await visitor("mai")
    key = (await choose(mai, GOOD)).headers["location"].rsplit("/", 1)[1]
    async with db.begin() as tx:
        await tx.execute(tables.files.update().values(mime="image/png"))

    answer = await mai.http.get(f"/console/imports/orders/{key}")

    assert "không còn nữa" in answer.text
    assert (await mai.http.get("/console/imports/salaries.csv")).status_code == 404
    assert NOON.year == 2026


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("look", LOOKS)
async def test_axe_finds_nothing_serious_on_the_way_through(desk, browse, look) -> None:
    page = await browse("mai", "/imports", bypass_csp=True, **LOOKS[look])

    async def check(what: str) -> None:
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), what
        found = (await Axe().run(page)).response["violations"]
        bad = [each["id"] for each in found if each["impact"] in ("serious", "critical")]
        assert bad == [], what

    for text in (BAD, GOOD):
        await page.goto(f"{desk.url}/imports")
        await check("the form")
        table = {"name": "đơn.csv", "mimeType": "text/csv", "buffer": text.encode()}
        await page.set_input_files("[name=file]", files=[table])
        await page.get_by_role("button", name="Xem trước").press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Xem trước")
        await check("the preview")
    await page.get_by_role("button", name="Nhập 3 dòng").press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("đơn.csv")
    await page.locator("summary", has_text="Hoàn tác").press("Enter")
    await check("what was done")
    await page.get_by_role("button", name="Hoàn tác lần nhập này").press("Enter")
    await expect(page.locator(".page-head")).to_contain_text("Đã hoàn tác")
