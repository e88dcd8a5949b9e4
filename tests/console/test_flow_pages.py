"""The page of a flow: written in rows or as text, refused with its line, tried out, kept."""

from __future__ import annotations

import os

import pytest
from axe_playwright_python.async_playwright import Axe
from doubles import NOON
from flows.loan import ENTRY, LOAN
from playwright.async_api import Page, expect

from bot.storage import audit
from bot.storage import flows as rows
from bot.storage.db import Database
from bot.storage.flows import FlowEntry

SERIOUS = ("serious", "critical")


async def send(who, path: str, **fields: str):
    return await who.http.post(f"/console{path}", data={"csrf": who.csrf, **fields})


async def kept(db: Database) -> list[FlowEntry]:
    async with db.read() as tx:
        return await rows.everything(tx)


async def test_an_editor_writes_a_flow(visitor, db, people):
    ha = await visitor("ha")

    answer = await send(ha, "/content/flows/new", text=LOAN.replace("\n", "\r\n"))

    assert answer.status_code == 303
    (entry,) = await kept(db)
    assert (entry.intent, entry.title) == ("flow_muon_may_dung_thu", "Mượn máy dùng thử")
    assert entry.text == LOAN
    page = (await ha.get("/content")).text
    assert "Mượn máy dùng thử" in page and "trợ lý hỏi 3 câu" in page and "Thử bản mới" in page


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("là máy lọc nước", "là máy bay", "Dòng 12: Không có lựa chọn này"),
        ("  Gặp nhân viên\n", "  Mời nhân viên\n", "Dòng 16: Không rõ dòng này là gì"),
        ("Khách nói: đăng ký dùng thử máy\nKhách nói: mượn", "Khách nói: mượn", "ít nhất 5"),
        ("Dạ bên em", "Dạ {ten_la} bên em", "{ten_la}"),
        ("đăng ký dùng thử máy", "đăng ký (dùng thử)", "dấu ngoặc"),
    ],
)
async def test_what_is_wrong_is_said_with_its_line(visitor, db, people, before, after, told):
    ha = await visitor("ha")
    few = LOAN.replace("Khách nói: mượn về thử mấy ngày đc k ạ\n", "")
    text = few.replace("Khách nói: đăng ký dùng thử máy\n", "") if "ít nhất" in told else LOAN
    assert before in LOAN or "ít nhất" in told

    page = await send(ha, "/content/flows/new", text=text.replace(before, after))

    assert page.status_code == 422
    assert told in page.text
    assert await kept(db) == []


async def test_a_flow_begun_like_another_matter_wants_a_word(visitor, db, people):
    ha = await visitor("ha")
    near = LOAN.replace("đăng ký dùng thử máy", "phí ship về đà nẵng bao nhiêu vậy shop")

    warned = await send(ha, "/content/flows/new", text=near)
    insisted = await send(ha, "/content/flows/new", text=near, insist="1")

    assert warned.status_code == 422 and "Vẫn lưu" in warned.text
    assert insisted.status_code == 303


async def test_two_editors_do_not_overwrite_each_others_flow(visitor, db, people):
    ha, quan = await visitor("ha"), await visitor("quan")
    await send(ha, "/content/flows/new", text=LOAN)

    await send(ha, "/content/flows/1", text=LOAN.replace("7 ngày", "5 ngày"), version="1")
    late = await send(quan, "/content/flows/1", text=LOAN.replace("7 ngày", "9 ngày"), version="1")

    assert late.status_code == 422 and "người khác sửa" in late.text and "9 ngày" in late.text
    assert "5 ngày" in (await kept(db))[0].text


async def test_a_flow_is_deleted(visitor, db, people):
    ha = await visitor("ha")
    await send(ha, "/content/flows/new", text=LOAN)

    await send(ha, "/content/flows/1/delete")

    assert await kept(db) == []


async def test_who_wrote_changed_and_deleted_a_flow_is_in_the_audit_and_on_its_page(
    visitor, db, people
):
    ha, quan = await visitor("ha"), await visitor("quan")
    await send(ha, "/content/flows/new", text=LOAN)
    await send(quan, "/content/flows/1", text=LOAN.replace("7 ngày", "5 ngày"), version="1")
    await send(ha, "/content/flows/1", text=LOAN.replace("7 ngày", "9 ngày"), version="1")
    page = await ha.get("/content/flows/1")
    await send(ha, "/content/flows/1/delete")

    async with db.read() as tx:
        log = await audit.of(tx, "flow", 1)
    assert [(each.what, each.by) for each in log] == [
        ("deleted", people.ha.name),
        ("changed", people.quan.name),
        ("written", people.ha.name),
    ]
    assert "5 ngày" in log[0].data["before"]["text"] and "7 ngày" in log[1].data["before"]["text"]
    assert f"{people.quan.name}: sửa" in page.text


async def test_agents_write_no_flows(visitor, people):
    lan = await visitor("lan")

    assert (await lan.get("/content/flows/new")).status_code == 403
    assert (await lan.post("/api/flows/rehearsal", text=LOAN, said=[])).status_code == 403


async def test_a_flow_is_tried_out_before_it_is_kept(visitor, people):
    ha = await visitor("ha")

    answer = (await ha.post("/api/flows/rehearsal", text=LOAN, said=["máy xay"])).json()
    broken = (await ha.post("/api/flows/rehearsal", text="Bot: ạ", said=[])).json()

    assert [turn["said"] for turn in answer["turns"]][1] == "máy xay"
    assert "Dạ máy xay bên em luôn có sẵn ạ." in answer["turns"][1]["bubbles"]
    assert broken["problems"][0]["line"] == 1


@pytest.mark.asyncio(loop_scope="session")
async def test_a_flow_is_built_in_rows_with_the_keyboard_and_tried(desk, browse):
    page: Page = await browse("ha", "/content/flows/new")
    await page.get_by_label("Tên kịch bản").fill("Chọn quà")
    await page.get_by_label("Khách nói thế nào").fill("tư vấn quà giúp em\nquà cho mẹ")
    await page.get_by_label("Trợ lý nói gì").fill("Dạ em chọn quà cùng anh/chị ạ.")
    await page.keyboard.press("Enter")
    await page.get_by_label("Loại bước, dòng 2").select_option("Hỏi")
    await page.get_by_label("Trợ lý hỏi gì").fill("Quà có cần gói không ạ?")
    await page.get_by_label("Ghi vào").fill("gói quà")
    await page.get_by_label("Khách trả lời bằng").select_option("có/không")
    await page.get_by_label("Trợ lý hỏi gì").focus()
    await page.keyboard.press("Enter")
    await page.get_by_label("Loại bước, dòng 3").select_option("Nếu")
    await page.get_by_label("Giá trị").fill("có")
    await page.keyboard.press("Enter")
    await page.keyboard.type("Dạ em gói ạ.")
    await page.keyboard.press("Enter")
    await page.keyboard.type("Dạ xong ạ.")
    await page.keyboard.press("Alt+ArrowLeft")

    await page.get_by_role("button", name="Văn bản").click()
    text = await page.locator("#flow-text").input_value()
    assert text.endswith(
        "Bot đáp: Dạ em chọn quà cùng anh/chị ạ.\n"
        "Hỏi: Quà có cần gói không ạ? → «gói quà» (có/không)\n"
        "Nếu «gói quà» là có:\n"
        "  Bot đáp: Dạ em gói ạ.\n"
        "Bot đáp: Dạ xong ạ.\n"
    )

    await page.get_by_role("button", name="Chạy thử").click()
    await page.get_by_role("button", name="Có", exact=True).click()
    talk = page.get_by_role("log")
    await expect(talk).to_contain_text("Dạ em gói ạ.")
    await expect(talk).to_contain_text("Hết kịch bản")


LOOKS = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}},
}


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("look", LOOKS)
async def test_the_pages_of_flows_are_accessible_and_fit(desk, browse, look):
    found: list[str] = []

    async def check(page: Page, where: str) -> None:
        if shots := os.environ.get("SHOTS"):
            await page.screenshot(path=f"{shots}/{look}-{where}.png", full_page=True)
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        if await page.evaluate(wide):
            found.append(f"{where} scrolls sideways")
        results = await Axe().run(page)
        found.extend(
            f"{where}: {each['id']} {[node['html'][:120] for node in each['nodes'][:3]]}"
            for each in results.response["violations"]
            if each["impact"] in SERIOUS
        )

    async with desk.db.begin() as tx:
        await rows.put(tx, FlowEntry(0, ENTRY.intent, ENTRY.title, LOAN), None, NOON)
    page = await browse("ha", "/content", bypass_csp=True, **LOOKS[look])
    await check(page, "list")
    await page.goto(f"{desk.url}/content/flows/1")
    await page.get_by_role("button", name="Chạy thử").click()
    await page.get_by_role("log").get_by_role("button", name="máy xay").click()
    await expect(page.get_by_role("log")).to_contain_text("luôn có sẵn")
    await check(page, "rows")
    await page.get_by_role("button", name="Văn bản").click()
    await page.locator("#flow-text").fill(LOAN.replace("là máy lọc", "là bếp lọc"))
    await check(page, "text")
    await page.get_by_role("button", name="Lưu").click()
    await expect(page.get_by_role("alert")).to_contain_text("Dòng 12")
    await check(page, "wrong")

    assert found == []
