"""The same question on every phone of `carebot demo`."""

from __future__ import annotations

from pathlib import Path

import pytest
from journey import demo
from playwright.async_api import Browser, expect

pytestmark = pytest.mark.asyncio(loop_scope="session")

PHONES = ("messenger", "zalo", "zalo_bot", "telegram")


async def test_the_same_question_is_answered_on_four_phones(
    browser: Browser, model: tuple[str, bytes], tmp_path: Path
) -> None:
    async with demo(tmp_path / "demo", model) as running:
        page = await browser.new_page(viewport={"width": 1440, "height": 900})
        await page.goto(running.phones)

        for question in ("cho xem mấy mẫu nồi cơm điện", "shop mấy giờ đóng cửa"):
            await page.fill("#all-text", question)
            await page.get_by_role("button", name="Gửi cả bốn").click()
            for phone in PHONES:
                log = page.locator(f"[data-phone={phone}] .log")
                words = "Thơm 1,8 lít" if "nồi cơm" in question else "08:00–21:30"
                await expect(log).to_contain_text(words, timeout=30_000)

        for phone in PHONES:
            await expect(page.locator(f"[data-phone={phone}] .log .broken")).to_have_count(0)
            picture = page.locator(f"[data-phone={phone}] .log img").last
            assert await picture.evaluate("image => image.naturalWidth") > 0
        await page.close()
