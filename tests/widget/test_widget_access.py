"""Everybody can use it: keyboard, screen reader, phone, light and dark."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from axe_playwright_python.async_playwright import Axe
from fake_shop import Shop, picture
from playwright.async_api import Page, expect

NewPage = Callable[..., Awaitable[Page]]
PHONE = {
    "viewport": {"width": 360, "height": 740},
    "is_mobile": True,
    "has_touch": True,
    "reduced_motion": "reduce",
}
FOCUS = """(() => {
    const here = document.querySelector("carebot-widget").shadowRoot.activeElement;
    return here ? here.className || here.localName : "";
})()"""


async def talk(shop: Shop) -> None:
    shop.files["p"] = (picture("#7fb2d9"), "image/png", "p.png")
    buttons = [
        {"title": "Có", "key": "1", "url": ""},
        {"title": "Trang", "key": "", "url": "/page"},
    ]
    at = {"kind": "image", "url": "/files/p", "name": "ảnh.png", "mime": "image/png", "size": 9}
    cards = [
        {"title": f"Máy {n}", "subtitle": "1đ", "image": "/files/p", "buttons": buttons}
        for n in range(3)
    ]
    await shop.say("Mời anh/chị xem https://saoviet.example", cards=cards)
    await shop.say("Lan đã vào trò chuyện", "system")
    await shop.say("", "agent", name="Lan", attachments=[at, {**at, "kind": "file"}])
    await shop.say("Đúng không ạ?", buttons=buttons)
    await shop.typing("bot")


async def test_the_keyboard_alone_is_enough(shop: Shop, page: Page) -> None:
    for _ in range(10):
        await page.keyboard.press("Tab")
        if await page.evaluate(FOCUS) == "launcher":
            break
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Nhập tin nhắn…")).to_be_focused()
    await page.keyboard.type("Chào em")
    await page.keyboard.press("Enter")
    await shop.until(lambda: len(shop.talk.messages) == 2)
    await shop.say("Chọn giúp em ạ", buttons=[{"title": "Tra đơn", "key": "k", "url": ""}])
    await expect(page.get_by_role("button", name="Tra đơn")).to_be_visible()
    for _ in range(10):
        await page.keyboard.press("Shift+Tab")
        if "choice" in await page.evaluate(FOCUS):
            break
    await page.keyboard.press("Enter")
    await shop.until(lambda: bool(shop.received[-1].get("button") == "k"))
    await expect(page.get_by_label("Nhập tin nhắn…")).to_be_focused()

    await page.keyboard.press("Escape")

    await expect(page.locator(".panel")).to_be_hidden()
    assert await page.evaluate(FOCUS) == "launcher"
    await expect(page.locator(".launcher")).to_have_attribute("aria-expanded", "false")


async def test_on_a_phone_focus_stays_in_the_dialog(shop: Shop, new_page: NewPage) -> None:
    page = await new_page(**PHONE)
    await page.locator(".launcher").click()
    dialog = page.get_by_role("dialog", name="Điện máy Sao Việt")
    await expect(dialog).to_have_attribute("aria-modal", "true")
    await expect(page.locator(".camera")).to_be_visible()
    await expect(page.locator("input.lens")).to_have_attribute("capture", "environment")
    assert await page.evaluate("getComputedStyle(document.documentElement).overflow") == "hidden"

    visited = set()
    for key in ["Tab"] * 12 + ["Shift+Tab"] * 12:
        await page.keyboard.press(key)
        visited.add(await page.evaluate(FOCUS))
    box = await dialog.bounding_box()
    await page.keyboard.press("Escape")

    assert "" not in visited and len(visited) > 4
    assert box == {"x": 0, "y": 0, "width": 360, "height": 740}
    assert await page.evaluate(FOCUS) == "launcher"
    assert await page.evaluate("document.documentElement.style.overflow") == ""


async def test_the_keyboard_of_a_phone_does_not_cover_the_field(
    shop: Shop, new_page: NewPage
) -> None:
    page = await new_page(**PHONE)
    await page.locator(".launcher").click()
    keyboard = """() => {
        const fake = { height: 400, offsetTop: 30 };
        for (const [key, value] of Object.entries(fake))
            Object.defineProperty(visualViewport, key, { get: () => value });
        visualViewport.dispatchEvent(new Event("resize"));
    }"""
    await page.evaluate(keyboard)

    panel = await page.locator(".panel").bounding_box()
    field = await page.get_by_label("Nhập tin nhắn…").bounding_box()

    assert panel and field
    assert (panel["y"], panel["height"]) == (30, 400)
    assert field["y"] + field["height"] <= 430


@pytest.mark.parametrize(
    "look",
    [
        {"reduced_motion": "reduce"},
        {"reduced_motion": "reduce", "color_scheme": "dark"},
        PHONE,
        {**PHONE, "color_scheme": "dark"},
    ],
    ids=["light", "dark", "phone", "dark phone"],
)
@pytest.mark.parametrize("color", ["#0b66c3", "#ffb300"])
async def test_axe_finds_nothing_serious(
    shop: Shop, new_page: NewPage, look: dict[str, object], color: str
) -> None:
    shop.attributes = f'data-locale="vi" data-color="{color}"'
    page = await new_page(**look, bypass_csp=True)
    closed = await Axe().run(page)
    await page.locator(".launcher").click()
    field = page.get_by_label("Nhập tin nhắn…")
    for text in ("Chào em, xem https://saoviet.example", "!hỏng"):
        await field.fill(text)
        await field.press("Enter")
    await expect(page.locator("[data-state=failed]")).to_be_visible()
    await talk(shop)
    await shop.set_state(speaker="queue", place=2, bot_ready=False)
    await expect(page.locator(".typing")).to_be_visible()
    await page.locator("input.picker").set_input_files(
        {"name": "to.png", "mimeType": "image/png", "buffer": b"0" * 300_000}
    )
    opened = await Axe().run(page)
    await page.locator(".log").evaluate("log => log.scrollTo(0, 0)")
    above = await Axe().run(page)
    sizes = await page.locator(".panel").evaluate(
        "p => [p.scrollHeight - p.clientHeight, p.scrollTop]"
    )

    bad = [
        f"{v['id']}: {node['html']} {node['any'][:1]}"
        for results in (closed, opened, above)
        for v in results.response["violations"]
        if v["impact"] in ("serious", "critical")
        for node in v["nodes"]
    ]
    assert bad == []
    assert sizes == [0, 0]  # only the log scrolls


async def test_the_log_is_live_but_old_messages_are_not_read_out(
    shop: Shop, open_page: Page
) -> None:
    log = open_page.get_by_role("log", name="Nội dung trò chuyện")
    await expect(log).to_have_attribute("aria-live", "polite")
    await expect(log).to_have_attribute("tabindex", "0")

    await shop.cut(forget=True)

    await expect(log).to_have_attribute("aria-live", "polite")


async def test_the_look_follows_the_system_and_motion_can_be_off(
    shop: Shop, new_page: NewPage
) -> None:
    page = await new_page(reduced_motion="reduce")
    await page.locator(".launcher").click()
    panel = page.locator(".panel")
    await expect(panel).to_have_css("background-color", "rgb(255, 255, 255)")
    await expect(panel).to_have_css("animation-name", "none")

    await page.emulate_media(color_scheme="dark")

    await expect(panel).to_have_css("background-color", "rgb(21, 25, 31)")


async def test_the_page_cannot_restyle_it(shop: Shop, open_page: Page) -> None:
    button = open_page.locator(".attach")
    await expect(button).to_have_css("background-color", "rgba(0, 0, 0, 0)")
    await expect(button).to_have_css("text-transform", "none")
    await expect(open_page.locator(".speaker")).to_have_css("letter-spacing", "normal")
