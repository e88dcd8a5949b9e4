"""Suggested answers in the composer: put in by a press, counted when they were used."""

from __future__ import annotations

import pytest
import scenes
from axe_playwright_python.async_playwright import Axe
from doubles import NOON
from playwright.async_api import Page, expect
from scenes import person

from bot import clock, handoff
from bot.storage import messages


@pytest.fixture
async def talk(db, people):
    made = await scenes.talk(db, "nga", "Trần Nga", [("cho gặp nhân viên", person())], NOON)
    await handoff.accept(db, made, people.lan, NOON)
    return made


async def suggestions(who, talk: int) -> list[dict]:
    return (await who.get(f"/api/conversations/{talk}/suggestions")).json()["suggestions"]


async def test_the_customers_last_words_bring_three_answers_with_their_source(visitor, db, talk):
    lan = await visitor("lan")
    await lan.post(f"/api/conversations/{talk}/reply", text="Dạ em nghe ạ", client_id="click-0001")
    await scenes.writes(db, "nga", "cho chị mở hộp xem", NOON)
    await scenes.writes(db, "nga", "rồi mới trả tiền được không", NOON)

    found = await suggestions(lan, talk)

    assert 0 < len(found) <= 3
    assert "được mở hộp xem hàng trước khi trả tiền" in " ".join(each["text"] for each in found)
    assert all(each["source"] == "faq" and each["title"] for each in found)


async def test_what_was_answered_brings_none(visitor, db, talk):
    lan = await visitor("lan")
    await scenes.writes(db, "nga", "phí ship bao nhiêu", NOON)
    before = await suggestions(lan, talk)

    await lan.post(f"/api/conversations/{talk}/reply", text="Dạ 30k ạ", client_id="click-0001")

    assert before
    assert await suggestions(lan, talk) == []


async def test_a_reply_tells_which_suggestion_it_began_with_and_how_many_there_were(
    visitor, db, talk
):
    lan = await visitor("lan")

    said = await lan.post(
        f"/api/conversations/{talk}/reply",
        text="Dạ 30k ạ",
        client_id="click-0001",
        suggested=2,
        offered=3,
        secret="x",
    )

    async with db.read() as tx:
        meta = (await messages.by_id(tx, said.json()["message"])).meta
    assert (meta["suggested"], meta["offered"]) == (2, 3)
    assert "secret" not in meta


# --- in a browser


async def open_talk(page: Page, desk, name: str) -> None:
    await page.goto(f"{desk.url}/inbox#c{desk.talks[name]}")
    await expect(page.locator("#log .line").first).to_be_visible()


async def asks(desk, text: str) -> None:
    await scenes.writes(desk.db, "thao", text, clock.now(), "messenger")
    await desk.live.ring()


async def last_meta(desk) -> dict:
    async with desk.db.read() as tx:
        return dict((await messages.of_conversation(tx, desk.talks["thao"]))[-1].meta)


@pytest.mark.asyncio(loop_scope="session")
async def test_a_suggestion_is_put_in_by_keyboard_and_never_sent_by_itself(desk, browse):
    await handoff.note(desk.db, desk.talks["thao"], desk.people.lan, "x", clock.now(), "note-00001")
    page = await browse()
    await open_talk(page, desk, "thao")
    await asks(desk, "phí giao hàng về Huế bao nhiêu em")
    wanted = page.locator(".suggestion").filter(has_text="phí giao hàng là 30.000 đ")
    await expect(wanted).to_be_visible(timeout=30_000)

    await wanted.focus()
    await page.keyboard.press("Enter")

    await expect(page.locator("#text")).to_be_focused()
    await expect(page.locator("#suggestions")).to_be_hidden()
    assert "30.000 đ" in await page.input_value("#text")
    await expect(page.locator(".line.pending")).to_have_count(0)
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#log .line.agent").last).to_contain_text("30.000 đ")
    await expect(page.locator(".line.pending")).to_have_count(0)
    meta = await last_meta(desk)
    assert meta["suggested"] >= 1
    assert meta["offered"] >= meta["suggested"]


@pytest.mark.asyncio(loop_scope="session")
async def test_a_suggestion_that_was_wiped_out_counts_as_offered_only(desk, browse):
    page = await browse()
    await open_talk(page, desk, "thao")
    await asks(desk, "phí giao hàng về Huế bao nhiêu em")
    await expect(page.locator(".suggestion").first).to_be_visible(timeout=30_000)
    await page.locator(".suggestion").first.click()
    await page.fill("#text", "")
    await expect(page.locator(".suggestion").first).to_be_visible()

    await page.fill("#text", "Dạ chị chờ em chút")
    await page.keyboard.press("Control+Enter")

    await expect(page.locator("#log .line.agent").last).to_contain_text("chờ em chút")
    await expect(page.locator(".line.pending")).to_have_count(0)
    meta = await last_meta(desk)
    assert "suggested" not in meta
    assert meta["offered"] >= 1


@pytest.mark.asyncio(loop_scope="session")
async def test_who_does_not_have_the_conversation_sees_none(desk, browse):
    page = await browse("hung")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    await open_talk(page, desk, "thao")
    await asks(desk, "phí giao hàng về Huế bao nhiêu em")
    await expect(page.locator("#log")).to_contain_text("về Huế")

    assert not [url for url in asked if "suggestions" in url]
    await expect(page.locator("#suggestions")).to_be_hidden()


LOOKS = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}, "has_touch": True},
}


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("look", LOOKS)
async def test_axe_finds_nothing_serious_with_suggestions(desk, browse, look):
    page = await browse("lan", bypass_csp=True, **LOOKS[look])
    await asks(desk, "phí giao hàng về Huế bao nhiêu em")
    await open_talk(page, desk, "thao")
    await expect(page.locator(".suggestion").first).to_be_visible(timeout=30_000)

    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = (await Axe().run(page)).response["violations"]

    assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == []
