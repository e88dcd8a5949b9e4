"""What the shop's page gets: one small script, one global, a JS API, two languages."""

from __future__ import annotations

import gzip
import re
from collections.abc import Awaitable, Callable
from typing import Any

from fake_shop import WIDGET, Shop
from playwright.async_api import Page, expect

NewPage = Callable[..., Awaitable[Page]]
STRINGS = "customElements.get('carebot-widget').strings"


def test_it_is_small() -> None:
    assert len(gzip.compress(WIDGET.read_bytes())) <= 40_000


def test_nothing_is_read_as_html() -> None:
    code = WIDGET.read_text()
    forbidden = r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|new Function"
    assert not re.search(forbidden, code)


async def test_it_leaves_one_global(shop: Shop, page: Page) -> None:
    names = """() => {
        const frame = document.createElement("iframe");
        document.body.append(frame);
        const usual = new Set(Object.getOwnPropertyNames(frame.contentWindow));
        frame.remove();
        return Object.getOwnPropertyNames(window).filter(n => !usual.has(n) && isNaN(n));
    }"""
    await expect(page.locator(".launcher")).to_be_visible()
    assert await page.evaluate(names) == ["Carebot"]


async def test_both_languages_have_the_same_words(shop: Shop, page: Page) -> None:
    strings: dict[str, dict[str, str]] = await page.evaluate(STRINGS)
    holes = {
        language: {key: sorted(re.findall(r"\{\w+\}", text)) for key, text in table.items()}
        for language, table in strings.items()
    }

    assert set(strings) == {"vi", "en"}
    assert holes["vi"] == holes["en"]
    assert all(text.strip() for table in strings.values() for text in table.values())
    used = set(re.findall(r"""\bt\(\s*"(\w+)""", WIDGET.read_text()))
    assert used <= set(strings["vi"])


async def test_the_language_comes_from_the_tag_or_the_page(shop: Shop, new_page: NewPage) -> None:
    shop.lang, shop.attributes = "en-GB", ""
    page = await new_page()
    await page.get_by_role("button", name="Open the chat").click()
    await page.get_by_label("Write a message…").fill("Hello")
    await page.keyboard.press("Enter")
    await expect(page.locator(".item.customer .foot")).to_contain_text("Sent")

    await page.evaluate("Carebot.setLocale('vi')")

    await expect(page.locator(".item.customer .foot")).to_contain_text("Đã gửi")
    await expect(page.locator(".speaker")).to_have_text("Trợ lý tự động")
    await shop.until(lambda: shop.hellos[-1]["locale"] == "vi")
    assert shop.hellos[0]["locale"] == "en" and shop.hellos[-1]["after"] is not None
    await page.get_by_label("Nhập tin nhắn…").fill("Vẫn nói được")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Dạ, em nhận được: Vẫn nói được")).to_be_visible()


async def test_side_and_color_are_the_shops(shop: Shop, new_page: NewPage) -> None:
    shop.attributes = 'data-position="left" data-color="#ffb300" data-theme="dark"'
    page = await new_page()
    box = await page.locator(".launcher").bounding_box()

    assert box and box["x"] == 20
    await expect(page.locator(".launcher")).to_have_css("background-color", "rgb(255, 179, 0)")
    await expect(page.locator(".launcher")).to_have_css("color", "rgb(16, 21, 28)")


async def test_calls_made_before_it_loads_are_kept(shop: Shop, new_page: NewPage) -> None:
    shop.head = '<script src="/early.js"></script>'
    page = await new_page()

    await expect(page.locator(".panel")).to_be_visible()
    await expect(page.get_by_text("Dạ, em nhận được: Gửi sớm")).to_be_visible()


async def test_the_page_is_told_what_happens(shop: Shop, page: Page) -> None:
    await page.evaluate(
        """() => {
            window.heard = [];
            for (const name of ["ready", "open", "close", "message", "unread", "state", "error"])
                Carebot.on(name, detail => heard.push([name, detail]));
            window.stop = Carebot.on("open", () => heard.push(["never"]));
            stop();
            Carebot.on("open", () => { throw new Error("the page's own mistake") });
            Carebot.toggle(); Carebot.send("  Từ trang  "); Carebot.send("   ");
        }"""
    )
    await expect(page.get_by_text("Dạ, em nhận được: Từ trang")).to_be_visible()
    await page.evaluate("Carebot.send('!hỏng')")
    await expect(page.locator("[data-state=failed]")).to_be_visible()
    await page.evaluate("Carebot.close()")
    await shop.say("Khi đóng")
    await expect(page.locator(".badge")).to_have_text("1")

    heard: list[list[Any]] = await page.evaluate("heard")
    names = [name for name, *_ in heard]
    assert {"ready", "open", "close", "message", "unread", "state", "error"} == set(names)
    assert ["unread", 1] in heard
    assert [d["text"] for name, d in heard if name == "message"][-1] == "Khi đóng"
    state = [d for name, d in heard if name == "state"][-1]
    assert state["speaker"] == "bot" and state["connection"] == "online"
    assert [f["text"] for f in shop.received] == ["Từ trang", "!hỏng"]


async def test_a_known_customer_gets_their_talk_in_every_tab(shop: Shop, open_page: Page) -> None:
    page = open_page
    await page.evaluate("Carebot.send('Khách lạ')")
    await expect(page.get_by_text("Dạ, em nhận được: Khách lạ")).to_be_visible()
    other = await page.context.new_page()
    await other.goto(shop.page)
    await expect(other.locator(".item")).to_have_count(2)

    await page.evaluate("Carebot.identify({user_id: '7', name: 'An', email: '', hash: 'ok'})")

    await expect(page.locator(".item")).to_have_count(0)
    await expect(other.locator(".item")).to_have_count(0)
    await page.evaluate("Carebot.send('Khách quen')")
    await expect(other.get_by_text("Dạ, em nhận được: Khách quen")).to_be_visible()
    assert shop.talks["user-7"].identity is not None
    await page.evaluate("Carebot.identify(null)")
    await expect(page.locator(".item")).to_have_count(0)
    await expect(other.locator(".item")).to_have_count(0)
    await shop.until(lambda: len(shop.talks) == 3)


async def test_what_comes_late_for_who_signed_out_is_not_shown_to_the_next(
    shop: Shop, open_page: Page
) -> None:
    page = open_page
    await page.evaluate("Carebot.send('Của người trước')")
    await expect(page.locator(".item.bot")).to_have_count(1)
    former = shop.talk
    shop.sessions_open.clear()

    await page.evaluate("Carebot.identify(null)")
    await shop.say("Đơn của chị Lan đã giao ạ", talk=former)
    await page.wait_for_timeout(300)
    shop.sessions_open.set()

    await shop.until(lambda: len(shop.talks) == 2)
    await expect(page.locator(".item")).to_have_count(0)


async def test_identify_works_over_http_and_a_bad_hash_is_the_pages_business(
    shop: Shop, new_page: NewPage
) -> None:
    shop.refuse_ws = True
    warnings: list[str] = []
    page = await new_page(watch=lambda m: m.type == "warning" and warnings.append(m.text))
    await page.evaluate("void Carebot.on('error', e => window.wrong = e.code)")
    await page.evaluate("Carebot.identify({user_id: '7', hash: 'forged'})")
    await shop.until(lambda: any("identify" in w for w in warnings))
    assert await page.evaluate("window.wrong") == "bad_hash"
    await page.locator(".launcher").click()
    await expect(page.get_by_role("alert")).to_be_hidden()

    await page.evaluate("Carebot.identify({user_id: '7', hash: 'ok'})")
    await shop.until(lambda: "user-7" in shop.talks)
    await page.evaluate("Carebot.send('Khách quen')")

    await expect(page.get_by_text("Dạ, em nhận được: Khách quen")).to_be_visible()
    assert shop.talks["user-7"].messages
