"""A support user adds a question, tries it and publishes it, without a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from doubles import until
from e2e.journey import Customer, demo, log_in
from playwright.async_api import Browser, expect

LINES = """\
dắt chó vô cửa hàng được không shop
em mang mèo theo có sao hông
tiệm có cho thú cưng vào ko
cho cún vào trong đc k ạ
đem theo thú cưng tới mua đồ được chứ"""


@pytest.mark.timeout(600)
@pytest.mark.asyncio(loop_scope="session")
async def test_a_question_is_written_tried_published_and_answered(
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
        await nhi.get_by_role("button", name="Thử bản mới").click()
        await expect(nhi.get_by_text("Đạt mọi bài kiểm tra")).to_be_visible(timeout=400_000)
        await nhi.get_by_role("button", name="Phát hành").click()
        await expect(nhi.get_by_text("Đã phát hành")).to_be_visible()

        shop = await browser.new_context(locale="vi-VN")
        customer = await Customer.visit(shop, running.shop)
        await until(lambda: running.log.read_text(encoding="utf-8").count("is in use") > 1, 60)
        await customer.say("em dem theo thu cung vo tiem duoc khong shop")
        await customer.is_told("chỉ cần có dây dắt")
