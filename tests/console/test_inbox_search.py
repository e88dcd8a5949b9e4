"""The inbox's search over the whole history, in a real browser and at its door."""

from __future__ import annotations

import asyncio
import re

import pytest
import scenes
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, Route, expect

from bot import clock

pytestmark = pytest.mark.asyncio(loop_scope="session")

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}


def hits(page: Page):
    return page.locator("#hits .hit")


async def test_while_one_types_the_whole_history_is_offered_below_the_list(desk, browse):
    page = await browse()

    await page.locator("#search").press_sequentially("hoan tien")

    await expect(hits(page)).to_have_count(4)
    await expect(page.locator("#found-state")).to_have_text("4 tin nhắn")
    await expect(page.locator("#announcer")).to_contain_text("Trong toàn bộ lịch sử: 4 tin nhắn")
    newest = hits(page).first
    await expect(newest).to_contain_text("Bùi Kim Cúc")
    await expect(newest).to_contain_text("Trợ lý:")
    await expect(newest.locator("mark")).to_have_text(["tiền hoàn"])
    closed = hits(page).nth(1)
    await expect(closed).to_contain_text("Bạn:")
    await expect(closed).to_contain_text("Đã đóng")
    await expect(closed.locator("mark").first).to_have_text("hoàn tiền")


async def test_a_hit_opens_its_closed_conversation_at_the_message(desk, browse):
    page = await browse()
    await page.fill("#search", "that lac")
    await expect(hits(page)).to_have_count(1)

    await hits(page).click()

    await expect(page.locator("#talk-name")).to_have_text("Bùi Kim Cúc")
    await expect(page.locator("#blocked")).to_contain_text("Cuộc này đã đóng")
    await expect(page.locator(".line.sought")).to_contain_text("Kho báo đơn này thất lạc")
    await expect(page.locator(".line.sought")).to_be_focused()
    await expect(hits(page)).to_have_attribute("aria-current", "true")
    assert re.search(rf"#c{desk.talks['cuc']}m\d+$", page.url)


async def test_a_message_deep_in_a_long_conversation_is_reached(desk, browse):
    needle = await scenes.writes(desk.db, "thao", "mã bảo hành BH-7788", clock.now(), "messenger")
    for number in range(560):
        await scenes.writes(desk.db, "thao", f"tin {number}", clock.now(), "messenger")
    page = await browse()
    await page.fill("#search", "bh7788")

    await hits(page).click()

    sought = page.locator(f"#log [data-id='{needle}']")
    await expect(sought).to_be_in_viewport()
    await expect(sought).to_be_focused()
    await expect(page.locator("#log .line", has_text="tin 559")).to_have_count(1)


async def test_another_hit_in_the_open_conversation_moves_there(desk, browse):
    for number in range(80):
        await scenes.writes(desk.db, "thao", f"loa số {number}", clock.now(), "messenger")
    page = await browse()
    await page.fill("#search", "loa so 0")
    await hits(page).click()
    await expect(page.locator(".line.sought")).to_be_in_viewport()

    await page.fill("#search", "loa so 79")
    await expect(hits(page).locator("mark").first).to_have_text("loa số 79")
    await hits(page).click()

    await expect(page.locator(".line.sought")).to_contain_text("loa số 79")
    await expect(page.locator(".line.sought")).to_be_in_viewport()


async def test_a_link_to_a_message_survives_a_reload(desk, browse):
    page = await browse()
    await page.fill("#search", "that lac")
    await hits(page).click()
    await expect(page.locator(".line.sought")).to_be_visible()

    await page.reload()

    await expect(page.locator(".line.sought")).to_contain_text("thất lạc")


async def test_only_the_newest_answer_counts(desk, browse):
    page = await browse()
    held: asyncio.Future[Route] = asyncio.Future()
    await page.route("**/api/search?text=hoan*", lambda route: held.set_result(route))
    await page.fill("#search", "hoan tien")
    late = await asyncio.wait_for(held, 5)
    await page.fill("#search", "karaoke")
    await expect(hits(page)).to_have_count(1)

    async with page.expect_response("**/api/search?text=hoan*"):
        await late.continue_()

    await expect(hits(page)).to_contain_text("Phạm Minh Đức")
    await expect(hits(page)).to_have_count(1)


async def test_older_hits_come_on_demand_and_the_focus_goes_on(desk, browse):
    for number in range(45):
        await scenes.writes(desk.db, "thao", f"hỏi giá lần {number}", clock.now(), "messenger")
    page = await browse()
    await page.fill("#search", "hoi gia")
    await expect(hits(page)).to_have_count(20)
    await expect(page.locator("#found-state")).to_have_text("20 tin nhắn mới nhất")

    await page.locator("#found-more").focus()
    await page.keyboard.press("Enter")

    await expect(hits(page)).to_have_count(40)
    await expect(hits(page).nth(20)).to_be_focused()
    await page.click("#found-more")
    await expect(hits(page)).to_have_count(45)
    await expect(page.locator("#found-more")).to_be_hidden()


async def test_by_keyboard_from_the_field_over_the_list_to_the_message_and_back(desk, browse):
    page = await browse()
    press = page.keyboard.press
    await press("/")
    await page.keyboard.type("cho chi")
    await expect(page.locator("#rows .row")).to_have_count(1)  # Cúc waits in the queue
    await expect(hits(page).nth(2)).to_be_visible()
    await press("ArrowDown")
    await expect(page.locator("#rows .row")).to_be_focused()

    await press("ArrowDown")
    await expect(hits(page).first).to_be_focused()
    await press("j")
    await press("End")
    await expect(hits(page).last).to_be_focused()
    await press("Home")
    await press("ArrowUp")
    await expect(page.locator("#rows .row")).to_be_focused()
    await press("ArrowDown")
    await press("ArrowDown")
    await press("Enter")

    await expect(page.locator(".line.sought")).to_be_focused()
    await press("Escape")
    await expect(hits(page).nth(1)).to_be_focused()
    await press("/")
    await press("Escape")
    await expect(page.locator("#found")).to_be_hidden()


async def test_what_is_not_found_and_what_fails_is_said(desk, browse):
    page = await browse()
    await page.fill("#search", "máy bay")
    await expect(page.locator("#found-state")).to_have_text(
        "Không tìm thấy tin nhắn nào có “máy bay”."
    )

    await page.route("**/api/search?*", lambda route: route.fulfill(status=503, body="{}"))
    await page.fill("#search", "máy")

    await expect(page.locator("#found-state")).to_contain_text("Bạn thử lại sau ít phút nhé.")
    await page.unroute("**/api/search?*")
    await page.fill("#search", "máy giặt")
    await expect(page.locator("#found-state")).to_contain_text("Không tìm thấy")


async def test_found_words_are_never_markup(desk, browse):
    await scenes.writes(desk.db, "yen", "<img src=x onerror=alert(1)> hỏng", clock.now())
    page = await browse()

    await page.fill("#search", "img hong")

    await expect(hits(page)).to_contain_text("<img src=x onerror=alert(1)> hỏng")
    await expect(page.locator("#hits img")).to_have_count(0)


async def test_editors_may_not_search_what_customers_wrote(desk, browse):
    page = await browse("ha", "/content")

    answer = await page.request.get(f"{desk.url}/api/search?text=hoan")

    assert answer.status == 403


@pytest.mark.parametrize("typed", ["%22%3F*%22", "", "%00", "a" * 5000])
async def test_a_search_for_nothing_finds_nothing(desk, browse, typed):
    page = await browse()

    answer = await page.request.get(f"{desk.url}/api/search?text={typed}&before=9{'9' * 30}")

    assert await answer.json() == {"hits": [], "older": None}


LOOKS = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": PHONE,
    "phone dark": {**PHONE, "color_scheme": "dark"},
}


@pytest.mark.parametrize("look", LOOKS)
async def test_axe_finds_nothing_serious_in_the_search(desk, browse, look):
    page = await browse(bypass_csp=True, **LOOKS[look])
    await page.fill("#search", "tien")
    await expect(hits(page)).to_have_count(5)
    listed = await serious(page)
    await hits(page).nth(1).click()
    await expect(page.locator(".line.sought")).to_be_visible()

    assert listed + await serious(page) == []


async def serious(page: Page) -> list[str]:
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    results = await Axe().run(page)
    return [
        f"{each['id']} {[node['html'][:120] for node in each['nodes'][:3]]}"
        for each in results.response["violations"]
        if each["impact"] in ("serious", "critical")
    ]
