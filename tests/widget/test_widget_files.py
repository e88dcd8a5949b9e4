"""Files and pictures: chosen, pasted, dropped, refused, taken back."""

from __future__ import annotations

import asyncio

from fake_shop import Shop, picture
from playwright.async_api import Page, expect


def file(name: str, data: bytes, mime: str = "image/png") -> dict[str, object]:
    return {"name": name, "mimeType": mime, "buffer": data}


async def test_a_picture_is_sent_with_its_words(shop: Shop, open_page: Page) -> None:
    page = open_page
    await page.locator("input.picker").set_input_files(file("mop.png", picture("#777fa9")))
    await expect(page.locator(".chip")).to_contain_text("mop.png")
    await page.get_by_label("Nhập tin nhắn…").fill("Máy bị móp")

    await page.get_by_role("button", name="Gửi", exact=True).click()

    photo = page.locator(".item.customer .photo img")
    await expect(photo).to_have_attribute("alt", "mop.png")
    assert await photo.evaluate("i => new Promise(r => i.complete ? r(1) : i.onload = () => r(1))")
    assert await photo.evaluate("i => i.naturalWidth") == 600
    await expect(page.locator(".chip")).to_have_count(0)
    assert shop.received[0]["files"] == ["k0"] and shop.received[0]["text"] == "Máy bị móp"


async def test_a_picture_sent_before_it_is_up_waits_for_itself(shop: Shop, open_page: Page) -> None:
    page = open_page
    shop.upload_gate = asyncio.Event()
    await page.locator("input.picker").set_input_files(file("mop.png", picture("#777fa9")))
    await expect(page.get_by_role("progressbar")).to_be_visible()
    await page.get_by_label("Nhập tin nhắn…").press("Enter")
    await asyncio.sleep(0.2)
    assert shop.received == []

    shop.upload_gate.set()

    await expect(page.locator(".item.customer .photo")).to_be_visible()
    assert len(shop.received) == 1


async def test_an_upload_can_be_taken_back(shop: Shop, open_page: Page) -> None:
    page = open_page
    shop.upload_gate = asyncio.Event()
    await page.locator("input.picker").set_input_files(file("mop.png", picture("#777fa9")))
    await page.get_by_role("button", name="Bỏ tệp mop.png").click()

    await expect(page.locator(".chip")).to_have_count(0)
    await expect(page.locator(".send")).to_be_disabled()
    shop.upload_gate.set()


async def test_too_large_wrong_and_empty_files_are_refused_in_words(
    shop: Shop, open_page: Page
) -> None:
    page = open_page
    alert = page.get_by_role("alert")
    picker = page.locator("input.picker")

    await picker.set_input_files(file("to.png", picture("#777fa9") + b"0" * 250_000))
    await expect(alert).to_contain_text("Tệp “to.png” nặng")
    await expect(alert).to_contain_text("quá mức 195 kB cho phép")
    await picker.set_input_files(file("a.zip", b"PK", "application/zip"))
    await expect(alert).to_contain_text("Em chưa nhận được loại tệp này: “a.zip”")
    await picker.set_input_files(file("trong.png", b""))
    await expect(alert).to_contain_text("không có nội dung")
    await expect(page.locator(".chip")).to_have_count(0)
    await picker.set_input_files(file("virus.png", b"MZ..."))

    await expect(alert).to_have_text("Em không nhận tệp chương trình ạ.")
    await expect(page.locator(".chip.failed")).to_contain_text("Chưa gửi được")
    await expect(page.locator(".send")).to_be_disabled()


async def test_an_upload_that_broke_is_tried_again(shop: Shop, open_page: Page) -> None:
    page = open_page
    await page.route("**/widget/files?*", lambda route: route.abort())
    await page.locator("input.picker").set_input_files(file("mop.png", picture("#777fa9")))
    await expect(page.get_by_role("alert")).to_contain_text("Chưa tải lên được “mop.png”")
    await page.unroute("**/widget/files?*")

    await page.get_by_role("button", name="Thử lại").click()

    await expect(page.locator(".send")).to_be_enabled()
    await expect(page.locator(".chip.failed")).to_have_count(0)


async def test_pasted_and_dropped_pictures_are_taken(shop: Shop, open_page: Page) -> None:
    page = open_page
    give = """(field, [kind, name]) => {
        const data = new DataTransfer();
        const bytes = Uint8Array.from([0x89, 80, 78, 71, 1, 2, 3]);
        data.items.add(new File([bytes], name, { type: "image/png" }));
        const event = kind === "paste"
            ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
            : new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true });
        field.dispatchEvent(event);
    }"""
    field = page.get_by_label("Nhập tin nhắn…")

    await field.evaluate(give, ["paste", "dan.png"])
    await field.evaluate(give, ["dragover", "tha.png"])
    await expect(page.locator(".panel.dropping")).to_have_count(1)
    await field.evaluate(give, ["drop", "tha.png"])

    await expect(page.locator(".chip")).to_have_count(2)
    await expect(page.locator(".panel.dropping")).to_have_count(0)
    await page.get_by_label("Nhập tin nhắn…").press("Enter")
    await shop.until(lambda: len(shop.received) == 1)
    assert len(shop.received[0]["files"]) == 2


async def test_a_file_is_shown_with_its_size(shop: Shop, open_page: Page) -> None:
    page = open_page
    pdf = file("hóa đơn.pdf", b"%PDF-1.7" + b"0" * 5000, "application/pdf")
    await page.locator("input.picker").set_input_files(pdf)
    await expect(page.locator(".send")).to_be_enabled()
    await page.get_by_label("Nhập tin nhắn…").press("Enter")

    paper = page.locator("a.paper")
    await expect(paper).to_contain_text("hóa đơn.pdf")
    await expect(paper).to_contain_text("4,9 kB")
    await expect(paper).to_have_attribute("target", "_blank")
