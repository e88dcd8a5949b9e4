"""The bar on top of every page: its names, and the menu of the pages that are opened rarely."""

from __future__ import annotations

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

pytestmark = pytest.mark.asyncio(loop_scope="session")

SHOWN = ("Hộp thư", "Việc hôm nay", "Bảng theo dõi", "Hội thoại", "Khách hàng", "Số liệu")


async def test_a_supervisors_pages_have_their_names_at_1280(browse) -> None:
    page = await browse("mai", "/inbox")

    for name in SHOWN:
        box = await page.get_by_role("link", name=name).locator(".nav-name").bounding_box()
        assert box is not None
        assert box["width"] > 30, name
        assert box["x"] + box["width"] < 1100


@pytest.mark.parametrize("width", [360, 768, 1280])
async def test_nothing_of_the_bar_has_to_be_scrolled_to(browse, width: int) -> None:
    page = await browse("quan", "/board", viewport={"width": width, "height": 740})

    inside = await page.evaluate(
        """() => {
          const nav = document.querySelector(".topbar nav");
          return nav.scrollWidth <= nav.clientWidth
            && document.documentElement.scrollWidth <= innerWidth;
        }"""
    )

    assert inside


@pytest.mark.parametrize("width", [360, 1280])
async def test_the_menu_is_opened_and_left_by_keyboard(browse, width: int) -> None:
    page = await browse("mai", "/board", viewport={"width": width, "height": 740})
    more = page.locator(".more summary")
    inside = page.locator(".more-menu").get_by_role("link", name="Bàn hỗ trợ")

    await more.focus()
    await page.keyboard.press("Enter")
    await expect(inside).to_be_visible()
    found = await Axe().run(page)
    await page.keyboard.press("Escape")

    await expect(inside).to_be_hidden()
    await expect(more).to_be_focused()
    assert [each["id"] for each in found.response["violations"]] == []


async def test_a_press_elsewhere_closes_the_menu(browse) -> None:
    page = await browse("mai", "/board")
    await page.locator(".more summary").click()

    await page.locator("main").click(position={"x": 4, "y": 4})

    await expect(page.locator(".more-menu")).to_be_hidden()


async def test_on_a_phone_no_page_is_lost(browse) -> None:
    page = await browse("mai", "/people", viewport={"width": 360, "height": 740})

    await page.locator(".more summary").click()

    here = page.locator(".more-menu").get_by_role("link", name="Khách hàng", exact=True)
    await expect(here).to_have_attribute("aria-current", "page")
