"""The pictures of the README, made from a real `carebot demo` in Chromium.

uv run python docs/make_pictures.py [folder]
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from browsers import chromium
from e2e.journey import Customer, demo, log_in
from playwright.async_api import Page, expect

DESKTOP = {"width": 1280, "height": 800}
PETS = (
    "dắt chó vô cửa hàng được không shop",
    "em mang mèo theo có sao hông",
    "tiệm có cho thú cưng vào ko",
    "cho cún vào trong đc k ạ",
    "đem theo thú cưng tới mua đồ được chứ",
)
PHONE = {"width": 360, "height": 740}


async def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)

    async def shoot(page: Page, name: str) -> None:
        await page.wait_for_timeout(700)  # fades end
        await page.screenshot(path=folder / f"{name}.png")

    with tempfile.TemporaryDirectory() as place:
        async with demo(Path(place)) as running, chromium() as browser:
            shop = await browser.new_context(
                locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", viewport=DESKTOP
            )
            nga = await Customer.visit(shop, running.shop)
            await nga.say("Phí ship về Huế bao nhiêu vậy shop?")
            await nga.reads("30.000")
            await nga.say("kiểm tra giúp mình đơn BT26110123")
            await nga.reads("4 số cuối")
            await nga.say("0001")
            await nga.reads("Giao Nhanh Cá Vàng")
            await shoot(nga.page, "widget")

            # Whose order arrived lately is written to in the days that follow.
            quan = await Customer.visit(await browser.new_context(locale="vi-VN"), running.shop)
            await quan.say("đơn BT26110145 của mình tới đâu rồi em")
            await quan.reads("4 số cuối")
            await quan.say("0005")
            await quan.reads("laptop Bống Book 14")

            phone = await browser.new_context(
                locale="vi-VN",
                timezone_id="Asia/Ho_Chi_Minh",
                viewport=PHONE,
                color_scheme="dark",
                has_touch=True,
            )
            tu = await Customer.visit(phone, running.shop)
            await tu.say("may gio mo cua v shop")
            await tu.reads("08:00")
            await tu.say("cho gap nhan vien voi")
            await tu.reads("vị trí thứ")
            await shoot(tu.page, "widget-phone-dark")

            await nga.say("cho mình gặp nhân viên nhé")
            await nga.reads("vị trí thứ 2")
            phones = await browser.new_page(viewport={"width": 1440, "height": 920})
            await phones.goto(running.phones)
            await phones.fill("#all-text", "cho xem mấy mẫu nồi cơm điện")
            await phones.get_by_role("button", name="Gửi cả bốn").click()
            for platform in ("messenger", "zalo", "zalo_bot", "telegram"):
                log = phones.locator(f"[data-phone={platform}] .log")
                await expect(log).to_contain_text("Thơm 1,8 lít", timeout=30_000)
            await shoot(phones, "phones")

            for scheme, size, name in (
                ("light", DESKTOP, "console"),
                ("dark", DESKTOP, "console-dark"),
                ("light", PHONE, "console-phone"),
            ):
                desk = await browser.new_context(
                    locale="vi-VN",
                    timezone_id="Asia/Ho_Chi_Minh",
                    viewport=size,
                    color_scheme=scheme,
                )
                lan = await log_in(desk, running, "lan")
                await lan.goto(running.console + "inbox")
                if name == "console":
                    await lan.select_option("#presence", "away")  # she takes whom she chooses
                    await lan.locator("#rows li").nth(1).locator("button, a").first.click()
                    await lan.click("#do-accept")
                    await lan.fill("#text", "Dạ em Lan đây ạ. Đơn của chị mai giao tới nơi ạ.")
                    await lan.click("#send")
                    await nga.reads("Dạ em Lan đây")
                    await nga.say("Ok em, cảm ơn em nhiều nha")
                    await expect(lan.locator("#log")).to_contain_text("cảm ơn em nhiều")
                    await shoot(nga.page, "widget-person")
                else:
                    await lan.click("#tab-mine")
                    await lan.locator("#rows li").first.locator("button, a").first.click()
                    await expect(lan.locator("#log")).to_contain_text("cảm ơn em nhiều")
                await shoot(lan, name)
                if name == "console-phone":
                    await lan.click("#back")
                    await shoot(lan, "console-phone-list")
            for scheme, size, name in (
                ("light", DESKTOP, "transcript"),
                ("dark", PHONE, "transcript-phone-dark"),
            ):
                review = await browser.new_context(
                    locale="vi-VN",
                    timezone_id="Asia/Ho_Chi_Minh",
                    viewport=size,
                    color_scheme=scheme,
                )
                mai = await log_in(review, running, "mai")
                await mai.goto(running.console + "transcripts")
                await shoot(mai, name.replace("transcript", "transcripts"))
                await mai.locator("a.cover").last.click()
                await shoot(mai, name)
                if name == "transcript":
                    await mai.goto(running.console + "board")
                    await expect(mai.locator("#agents-rows")).to_contain_text("Lan")
                    await shoot(mai, "board")
                    await mai.goto(running.console + "rules/routing")
                    await shoot(mai, "routing")
                    for _ in range(12):  # a round of planning comes every minute
                        await mai.goto(running.console + "care")
                        if await mai.get_by_text("BT26110145").count():
                            break
                        await mai.wait_for_timeout(10_000)
                    await expect(mai.get_by_text("BT26110145").first).to_be_visible()
                    await shoot(mai, "care")
                    await mai.goto(running.console + "figures")
                    await shoot(mai, "figures")
            content = await browser.new_context(
                locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", viewport=DESKTOP
            )
            nhi = await log_in(content, running, "nhi")
            await nhi.goto(running.console + "content/new")
            await nhi.fill("[name=title]", "Thú cưng")
            await nhi.fill("[name=lines]", "\n".join(PETS))
            await nhi.fill("[name=answer]", "Dạ anh/chị cứ dắt bé vào cùng, chỉ cần có dây dắt ạ.")
            await nhi.get_by_role("button", name="Lưu").click()
            await nhi.get_by_role("button", name="Thử bản mới").click()
            await expect(nhi.get_by_text("Đạt mọi bài")).to_be_visible(timeout=400_000)
            await nhi.locator("summary", has_text="Các bài kiểm tra").click()
            await shoot(nhi, "content")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures"))
