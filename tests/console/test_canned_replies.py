"""Canned replies in the composer and on their page."""

from __future__ import annotations

import io

import pytest
import scenes
from axe_playwright_python.async_playwright import Axe
from doubles import NOON
from PIL import Image
from playwright.async_api import Page, expect
from scenes import person

from bot import canned, handoff
from bot.storage import canned as rows
from bot.storage import customers, messages
from bot.storage.canned import CannedReply

SERIOUS = ("serious", "critical")


def picture() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(data, "PNG")
    return data.getvalue()


async def seed(db, *more: CannedReply) -> None:
    async with db.begin() as tx:
        await rows.seed(tx, canned.defaults(), NOON)
        for each in more:
            await rows.put(tx, each, None, NOON)


@pytest.fixture
async def talk(db, people):
    made = await scenes.talk(db, "nga", "Trần Nga", [("cho gặp nhân viên", person())], NOON)
    await handoff.accept(db, made, people.lan, NOON)
    return made


async def form(who, path: str, files=(), **fields: str):
    return await who.http.post(
        f"/console{path}",
        data={"csrf": who.csrf, **fields},
        files=[("upload", each) for each in files] or [("upload", ("", b""))],
    )


# --- calls


async def test_slash_finds_replies_filled_in_for_this_customer(visitor, db, talk):
    await seed(db)
    async with db.begin() as tx:
        customer = await customers.find(tx, "web", "nga")
        await customers.merge_profile(tx, customer, {"address": "cô"})
    lan = await visitor("lan")

    found = (await lan.get(f"/api/conversations/{talk}/canned?q=chao")).json()["replies"]

    assert found[0]["text"].startswith("Dạ cháu chào cô, cháu là Nguyễn Thị Lan của Điện Tử Bống.")
    assert found[0]["missing"] == []


async def test_an_order_that_was_named_is_filled_in_and_else_missing(visitor, db, talk):
    await seed(db)
    lan = await visitor("lan")
    before = (await lan.get(f"/api/conversations/{talk}/canned?q=don")).json()["replies"][0]
    await scenes.writes(db, "nga", "đơn BT10230001 em ơi", NOON)

    after = (await lan.get(f"/api/conversations/{talk}/canned?q=don")).json()["replies"][0]

    assert before["missing"] == ["ma_don"]
    assert "{ma_don}" in before["text"]
    assert "đơn BT10230001" in after["text"]


async def test_an_open_variable_is_refused_with_its_name(visitor, talk):
    lan = await visitor("lan")

    refused = await lan.post(
        f"/api/conversations/{talk}/reply", text="Đơn {ma_don} ạ", client_id="click-0001"
    )

    assert refused.status_code == 409
    assert refused.json()["code"] == "unresolved"
    assert "{ma_don}" in refused.json()["text"]


async def test_a_picture_goes_with_the_reply_on_every_channel(visitor, db, people):
    mai = await visitor("mai")
    saved = await form(
        mai,
        "/canned/new",
        [("sơ đồ.png", picture())],
        title="Sơ đồ cửa hàng",
        shortcut="so-do",
        text="Dạ sơ đồ đây ạ",
        team="",
    )
    assert saved.status_code == 303, saved.text
    lan = await visitor("lan")

    for channel in ("web", "messenger", "zalo", "zalo_bot", "telegram"):
        made = await scenes.talk(db, channel, "Nga", [("gặp", person())], NOON, channel=channel)
        await handoff.accept(db, made, people.lan, NOON)
        (found,) = (await lan.get(f"/api/conversations/{made}/canned?q=so-do")).json()["replies"]
        sent = await lan.post(
            f"/api/conversations/{made}/reply",
            text=found["text"],
            files=[each["key"] for each in found["files"]],
            canned=found["id"],
            client_id=f"click-{channel}",
        )
        assert sent.status_code == 200, sent.text
        async with db.read() as tx:
            said = await messages.by_id(tx, sent.json()["message"])
        (attachment,) = said.content.attachments
        assert (attachment.kind, attachment.url) == ("image", found["files"][0]["url"])
        assert attachment.mime == "image/png"
        assert said.meta["canned"] == found["id"]


async def test_a_file_that_is_not_for_sending_is_refused(visitor, talk):
    lan = await visitor("lan")

    refused = await lan.post(
        f"/api/conversations/{talk}/reply", text="Dạ", files=["abc"], client_id="click-0001"
    )

    assert refused.status_code == 422


async def test_a_picture_alone_may_be_said(visitor, db, talk):
    mai, lan = await visitor("mai"), await visitor("lan")
    await form(mai, "/canned/new", [("a.png", picture())], title="A", shortcut="a", text="")
    (found,) = (await lan.get(f"/api/conversations/{talk}/canned?q=a")).json()["replies"]

    sent = await lan.post(
        f"/api/conversations/{talk}/reply",
        text="",
        files=[found["files"][0]["key"]],
        client_id="click-0001",
    )
    empty = await lan.post(f"/api/conversations/{talk}/reply", text="", client_id="click-0002")

    assert (sent.status_code, empty.status_code) == (200, 422)


# --- the page


async def test_what_is_wrong_is_said_and_nothing_that_was_given_is_lost(visitor, people, db):
    await seed(db)
    mai = await visitor("mai")

    answer = await form(
        mai,
        "/canned/new",
        [("virus.exe", b"MZ"), ("ảnh.png", picture())],
        title="Báo giá",
        shortcut="/Chao",
        text="Dạ {xung_hoo}",
    )

    assert answer.status_code == 422
    assert "{xung_hoo}" in answer.text
    assert "virus.exe" in answer.text
    assert 'value="chao"' in answer.text
    assert "Giữ ảnh.png" in answer.text
    taken = await form(mai, "/canned/new", title="Báo giá", shortcut="/Chao", text="Dạ")
    assert "/chao đã có mẫu khác dùng" in taken.text


async def test_a_reply_is_changed_and_deleted(visitor, people, db):
    await seed(db)
    mai = await visitor("mai")
    async with db.read() as tx:
        (wanted,) = canned.search(await rows.everything(tx), "hotline")[:1]

    changed = await form(
        mai, f"/canned/{wanted.id}", title="Gọi ai", shortcut="goi", text="{hotline}", team="x"
    )
    page = (await mai.get("/canned?text=goi ai")).text
    await form(mai, f"/canned/{wanted.id}/delete")

    assert changed.status_code == 303
    assert "Gọi ai" in page
    async with db.read() as tx:
        assert await rows.by_id(tx, wanted.id) is None
    assert (await mai.get(f"/canned/{wanted.id}")).status_code == 404


async def test_agents_do_not_edit(visitor, people):
    lan = await visitor("lan")

    assert (await lan.get("/canned")).status_code == 403
    assert (await form(lan, "/canned/new", title="A", shortcut="a", text="x")).status_code == 403
    assert "/console/canned" not in (await lan.get("/inbox")).text


async def test_a_form_without_its_token_is_refused(visitor, people, db):
    mai = await visitor("mai")
    mai.csrf = "wrong"

    answer = await form(mai, "/canned/new", title="A", shortcut="a", text="x")

    assert answer.status_code == 403
    async with db.read() as tx:
        assert await rows.everything(tx) == []


async def test_only_the_form_with_files_may_be_large(visitor, people):
    mai = await visitor("mai")
    big = "x" * 70_000

    form_answer = await form(mai, "/canned/new", title="A", shortcut="a", text=big)
    other = await mai.post("/api/canned/preview", text=big)

    assert (form_answer.status_code, other.status_code) == (422, 413)


# --- in a browser


async def open_talk(page: Page, desk, name: str) -> None:
    await page.goto(f"{desk.url}/inbox#c{desk.talks[name]}")
    await expect(page.locator("#log .line").first).to_be_visible()


@pytest.mark.asyncio(loop_scope="session")
async def test_slash_inserts_a_reply_by_keyboard_alone(desk, browse):
    page = await browse()
    await open_talk(page, desk, "thao")
    await page.locator("#text").focus()

    await page.keyboard.type("/bh")
    await expect(page.locator("#choice-list [role=option]").first).to_contain_text("Bảo hành")
    await expect(page.locator("#text")).to_have_attribute("aria-activedescendant", "choice-0")
    await page.keyboard.press("ArrowDown")
    await expect(page.locator("#choice-1")).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")

    assert (await page.input_value("#text")).startswith("Dạ thời gian bảo hành tính từ ngày")
    await expect(page.locator("#choices")).to_be_hidden()
    await expect(page.locator("#text")).to_be_focused()
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#log .line.agent").last).to_contain_text("Dạ thời gian bảo hành")


@pytest.mark.asyncio(loop_scope="session")
async def test_who_types_fast_gets_what_they_typed(desk, browse):
    page = await browse()
    await open_talk(page, desk, "thao")
    await page.locator("#text").focus()

    await page.keyboard.type("/hotline")
    await page.keyboard.press("Enter")

    await expect(page.locator("#text")).to_have_value(
        "Dạ anh/chị cần gấp thì gọi giúp em hotline 0900 000 000 ạ."
    )


@pytest.mark.asyncio(loop_scope="session")
async def test_escape_closes_the_list_and_leaves_the_words(desk, browse):
    page = await browse()
    await open_talk(page, desk, "thao")
    await page.locator("#text").focus()
    await page.keyboard.type("/bh")
    await expect(page.locator("#choices")).to_be_visible()

    await page.keyboard.press("Escape")
    await page.keyboard.type("x")

    await expect(page.locator("#choices")).to_be_hidden()
    await expect(page.locator("#text")).to_be_focused()
    assert await page.input_value("#text") == "/bhx"


@pytest.mark.asyncio(loop_scope="session")
async def test_an_open_variable_holds_the_reply_back_until_it_is_filled_in(desk, browse):
    page = await browse()
    await open_talk(page, desk, "thao")
    await page.locator("#text").focus()
    await page.keyboard.type("/don")
    await expect(page.locator("#choice-0")).to_be_visible()
    await page.keyboard.press("Enter")

    await expect(page.locator("#draft-problem")).to_contain_text("{ma_don}")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".line.pending")).to_have_count(0)
    await page.keyboard.type("BT10230009")  # over the variable, which is selected
    await expect(page.locator("#draft-problem")).to_be_hidden()
    await page.keyboard.press("Control+Enter")

    await expect(page.locator("#log .line.agent").last).to_contain_text(
        "Dạ em đang kiểm tra đơn BT10230009, anh/chị chờ em ít phút nhé ạ."
    )


@pytest.mark.asyncio(loop_scope="session")
async def test_a_picture_of_a_reply_is_shown_and_may_be_taken_out(desk, browse):
    page = await browse("mai", "/canned/new")
    await page.fill("[name=title]", "Sơ đồ")
    await page.fill("[name=shortcut]", "so-do")
    await page.fill("#canned-text", "Dạ {xung_ho} xem ")
    await page.click("[data-insert=shop]")
    await expect(page.locator("#preview")).to_have_text("Dạ chị xem Điện Tử Bống")
    upload = {"name": "so-do.png", "mimeType": "image/png", "buffer": picture()}
    await page.set_input_files("[name=upload]", [upload])
    await page.click("text=Lưu")
    await expect(page.locator("h1")).to_have_text("Mẫu trả lời")
    page = await browse()
    await open_talk(page, desk, "thao")

    async def choose() -> None:
        await page.fill("#text", "/so-do")
        await page.locator("#choice-0").click()
        await expect(page.locator("#attached li")).to_have_count(1)

    await choose()
    await page.click("#attached button")
    await expect(page.locator("#attached li")).to_have_count(0)
    await page.fill("#text", "")
    await choose()
    await page.reload()
    await expect(page.locator("#attached li")).to_have_count(1)
    await page.locator("#text").press("Control+Enter")

    await expect(page.locator("#log .line.agent").last.locator("img")).to_be_visible()
    await expect(page.locator("#attached li")).to_have_count(0)


LOOKS = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}, "has_touch": True},
}


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("look", LOOKS)
async def test_axe_finds_nothing_serious(desk, browse, look):
    found: list[str] = []

    async def check(page: Page, where: str) -> None:
        await page.wait_for_timeout(150)  # colours still fading would be measured half-way
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), where
        results = await Axe().run(page)
        found.extend(
            f"{where}: {each['id']} {[node['html'][:120] for node in each['nodes'][:3]]}"
            for each in results.response["violations"]
            if each["impact"] in SERIOUS
        )

    options = {"bypass_csp": True, **LOOKS[look]}
    page = await browse("quan", "/canned", **options)
    await check(page, "canned")
    await page.goto(f"{desk.url}/canned/new")
    await page.fill("[name=title]", "Chào")
    await page.fill("[name=shortcut]", "chao")
    await page.fill("#canned-text", "Dạ {xung_ho} {ten}")
    await page.click("text=Lưu")
    await page.click("details >> nth=-1")
    await check(page, "canned-form")
    page = await browse("lan", **options)
    await open_talk(page, desk, "thao")
    await page.fill("#text", "/bh")
    await expect(page.locator("#choice-0")).to_be_visible()
    await check(page, "canned-list")
    await page.fill("#text", "/don")
    await expect(page.locator("#choice-0")).to_contain_text("Đang kiểm tra đơn")
    await page.locator("#choice-0").click()
    await check(page, "canned-open")

    assert not found
