"""A support user adds a question and a flow, tries them and publishes them, without a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from doubles import until
from e2e.journey import Customer, demo, log_in
from playwright.async_api import Browser, Page, expect

LINES = """\
dắt chó vô cửa hàng được không shop
em mang mèo theo có sao hông
tiệm có cho thú cưng vào ko
cho cún vào trong đc k ạ
đem theo thú cưng tới mua đồ được chứ"""


LOAN = """\
bên mình có cho mượn máy dùng thử không
em muốn dùng thử vài hôm rồi mới quyết
cho xài thử trước được hông shop
shop có chương trình trải nghiệm máy tại nhà ko
mượn về thử mấy ngày đc k ạ"""


async def build_a_flow(page: Page) -> None:
    """In rows, with the keyboard, tried out before it is kept."""
    await page.get_by_role("link", name="Thêm kịch bản").click()
    await page.get_by_label("Tên kịch bản").fill("Mượn máy dùng thử")
    await page.get_by_label("Khách nói thế nào").fill(LOAN)
    await page.get_by_label("Trợ lý nói gì").fill("Dạ bên em cho dùng thử 7 ngày ạ.")
    await page.keyboard.press("Enter")
    await page.get_by_label("Loại bước, dòng 2").select_option("Hỏi")
    await page.get_by_label("Ghi vào").fill("máy")
    await page.get_by_label("Khách trả lời bằng").select_option("một trong")
    await page.get_by_label("Các lựa chọn").fill("nồi cơm / máy xay")
    await page.get_by_label("Trợ lý hỏi gì").fill("Anh/chị muốn thử máy nào ạ?")
    await page.keyboard.press("Enter")
    await page.get_by_label("Loại bước, dòng 3").select_option("Nếu")
    await page.get_by_label("Giá trị").fill("máy xay")
    await page.keyboard.press("Enter")
    await page.keyboard.type("Dạ máy xay đang hết, em mời nhân viên báo lịch ạ.")
    await page.keyboard.press("Enter")
    await page.get_by_label("Loại bước, dòng 5").select_option("Gặp nhân viên")
    await page.get_by_role("button", name="Thêm bước").click()
    await page.keyboard.type("Dạ em giữ «máy» cho anh/chị rồi ạ.")
    await page.keyboard.press("Alt+ArrowLeft")
    await page.get_by_role("button", name="Chạy thử").click()
    await page.get_by_role("button", name="nồi cơm", exact=True).click()
    await expect(page.get_by_role("log")).to_contain_text("Dạ em giữ nồi cơm", timeout=15_000)
    await page.get_by_role("button", name="Lưu").click()
    await expect(page.get_by_role("link", name="Mượn máy dùng thử")).to_be_visible()


@pytest.mark.timeout(600)
@pytest.mark.asyncio(loop_scope="session")
async def test_a_question_and_a_flow_are_written_tried_published_and_answered(
    tmp_path: Path, browser: Browser, model: tuple[str, bytes]
) -> None:
    async with demo(tmp_path / "demo", model) as running:
        nhi = await log_in(await browser.new_context(locale="vi-VN"), running, "nhi")
        await nhi.goto(running.console + "content")
        await nhi.get_by_role("link", name="Thêm câu hỏi").click()
        await nhi.fill("[name=title]", "Thú cưng")
        await nhi.fill("[name=lines]", LINES)
        await nhi.fill(
            "[name=answer]", "Dạ anh/chị cứ dắt thú cưng vào cùng, chỉ cần có dây dắt ạ."
        )
        await nhi.fill("[name=checks]", "tới mua hàng có được dắt theo cún không em")
        await nhi.get_by_role("button", name="Lưu").click()
        await build_a_flow(nhi)
        await nhi.get_by_role("button", name="Thử bản mới").click()
        await expect(nhi.get_by_text("Đạt mọi bài kiểm tra")).to_be_visible(timeout=400_000)
        await nhi.get_by_role("button", name="Phát hành").click()
        await expect(nhi.get_by_text("Đã phát hành")).to_be_visible()

        shop = await browser.new_context(locale="vi-VN")
        customer = await Customer.visit(shop, running.shop)
        await until(lambda: running.log.read_text(encoding="utf-8").count("is in use") > 1, 60)
        await customer.say("em dem theo thu cung vo tiem duoc khong shop")
        await customer.is_told("chỉ cần có dây dắt")

        # One way, with another question in the middle.
        await customer.say("cho em mượn máy về xài thử được không")
        await customer.is_told("cho dùng thử 7 ngày", "muốn thử máy nào")
        await customer.say("tiệm có cho dắt cún vào không ạ")
        await customer.is_told("chỉ cần có dây dắt", "muốn thử máy nào")
        await customer.press("nồi cơm")
        await customer.is_told("Dạ em giữ nồi cơm cho anh/chị rồi ạ.")
        # Left in the middle.
        await customer.say("shop cho xài thử trước được hông")
        await customer.is_told("muốn thử máy nào")
        await customer.say("thôi không cần nữa")
        await customer.is_told("em dừng ở đây")
        # The other way, for somebody else.
        customer = await Customer.visit(await browser.new_context(locale="vi-VN"), running.shop)
        await customer.say("mượn về thử mấy ngày được ko ạ")
        await customer.is_told("muốn thử máy nào")
        await customer.say("máy xay nha")
        await customer.is_told("em mời nhân viên báo lịch")
