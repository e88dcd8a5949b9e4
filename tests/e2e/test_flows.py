"""The demo shop's flows to their end, as customers walk them: in the widget, with the real
assistant and the real shop, whose own records tell what was written."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from e2e.journey import Customer, Demo, demo
from playwright.async_api import Browser, expect

pytestmark = pytest.mark.asyncio(loop_scope="session")

Visit = Callable[[], Awaitable[Customer]]
Ask = Callable[..., Awaitable[dict[str, Any]]]

READY_TO_SEND = "Anh/chị đồng ý đặt đơn này không ạ?"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def running(
    model: tuple[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Demo]:
    # These customers wait for each answer: nothing more comes.
    async with demo(tmp_path_factory.mktemp("demo"), model, DEBOUNCE_MS="0") as started:
        yield started
        said = started.log.read_text(encoding="utf-8")
        assert "Traceback" not in said, said


@pytest_asyncio.fixture(loop_scope="session")
async def visit(running: Demo, browser: Browser) -> AsyncIterator[Visit]:
    """Somebody new opens the chat on the shop's page."""
    contexts = []

    async def come() -> Customer:
        contexts.append(await browser.new_context(locale="vi-VN"))
        return await Customer.visit(contexts[-1], running.shop)

    yield come
    for context in contexts:
        await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def ask(running: Demo) -> AsyncIterator[Ask]:
    """Asks the shop's API, which knows what was written."""
    async with httpx.AsyncClient(base_url=f"{running.shop}/api/") as http:

        async def post(path: str, **body: object) -> dict[str, Any]:
            answer = await http.post(path, json=body)
            assert answer.status_code == 200, answer.text
            told: dict[str, Any] = answer.json()
            return told

        yield post


def owner(digits: str) -> dict[str, str]:
    return {"phone_last4": digits, "requester": "test"}


async def test_from_a_price_over_stock_to_an_order_with_a_correction(
    visit: Visit, ask: Ask
) -> None:
    nga = await visit()
    await nga.say("tai nghe bống air 2 giá bao nhiêu vậy shop")
    await nga.is_told("990.000 đ còn 890.000 đ")
    await nga.say("con mau den k")
    await nga.is_told("tai nghe Bống Air 2 màu đen còn hàng")
    await nga.press("Đặt mua")
    await nga.is_told("lấy màu nào")
    await nga.press("Đen")
    await nga.is_told("tên người nhận")
    await nga.say("may gio dong cua v shop")
    await nga.is_told("08:00–21:30", "tên người nhận")
    await nga.say("Nga, 0900000021, 12 Trần Phú P. Hải Châu Đà Nẵng")
    await nga.is_told("thanh toán bằng cách nào")
    await nga.press("Trả khi nhận hàng")
    await nga.is_told("Nga, 0900000021", "12 Trần Phú, phường Hải Châu, Đà Nẵng", READY_TO_SEND)

    await nga.say("à nhầm số là 0900000022")
    await nga.is_told("Nga, 0900000022", "tổng cộng 890.000 đ", READY_TO_SEND)
    await nga.press("Đồng ý")
    await nga.is_told("em đã ghi đơn BT", "890.000 đ")

    order = await ask("orders/lookup", code=await nga.code("BT"), **owner("0022"))
    assert order["items"] == [{"name": "tai nghe Bống Air 2 đen", "quantity": 1}]
    assert (order["state"], order["total"], order["payment"]) == ("received", 890_000, "cod")


async def test_where_an_order_is_after_a_wrong_try(visit: Visit) -> None:
    tam = await visit()
    await tam.say("đơn của mình tới đâu rồi")
    await tam.is_told("mã đơn hàng")
    await tam.say("bt 2611 0123")
    await tam.is_told("4 số cuối")
    await tam.say("0009")
    await tam.is_told("không tìm thấy đơn nào")
    await expect(tam.answers).not_to_contain_text("tai nghe")
    await tam.press("Nhập lại")
    await tam.is_told("mã đơn hàng")
    await tam.say("BT26110123 dt 0900 000 001 nha")
    await tam.is_told("đang trên đường giao", "Giao Nhanh Cá Vàng", "CV000000123")


async def test_cancelling_an_order(visit: Visit, ask: Ask) -> None:
    ha = await visit()
    await ha.say("huy don giup e voi, dat nham r")
    await ha.is_told("mã đơn hàng")
    await ha.say("BT26110131")
    await ha.is_told("4 số cuối")
    await ha.say("0003")
    await ha.is_told("BT26110131 (2 cáp sạc, củ sạc 30 W)", "Huỷ rồi thì không lấy lại được")
    order = await ask("orders/lookup", code="BT26110131", **owner("0003"))
    assert order["state"] == "packing"

    await ha.press("Đồng ý huỷ")
    await ha.is_told("em đã huỷ đơn BT26110131")

    order = await ask("orders/lookup", code="BT26110131", **owner("0003"))
    assert order["state"] == "cancelled"


async def test_another_address_for_an_order(visit: Visit, ask: Ask) -> None:
    trang = await visit()
    await trang.say("sửa lại đơn hàng giúp mình với")
    await trang.is_told("mã đơn hàng")
    await trang.say("BT26110109 đuôi 0009")
    await trang.is_told("muốn đổi phần nào")
    await trang.press("Địa chỉ")
    await trang.is_told("địa chỉ mới")
    await trang.say("45 Lê Lợi, phường Thuận Hoá, Huế")
    await trang.is_told("Đổi địa chỉ giao hàng: 45 Lê Lợi, phường Thuận Hoá, Huế")
    await trang.press("Đồng ý")
    await trang.is_told("em đã đổi địa chỉ giao hàng của đơn BT26110109")

    order = await ask("orders/lookup", code="BT26110109", **owner("0009"))
    assert "Huế" in order["address_hint"]


async def test_giving_something_back(visit: Visit, ask: Ask) -> None:
    quan = await visit()
    await quan.say("doi tra trong bao lau v ad")
    await quan.is_told("Trong 7 ngày", "Trong 30 ngày")
    await quan.press("Yêu cầu đổi trả")
    await quan.is_told("mã đơn hàng")
    await quan.say("BT26110145 0005")
    await quan.is_told("lý do gì")
    await quan.say("máy nặng quá so với mình nghĩ")
    await quan.is_told("chưa dùng, đã dùng hay bị lỗi")
    await quan.press("Chưa dùng")
    await quan.is_told("hoàn tiền hay đổi hàng")
    await quan.press("Hoàn tiền")
    await quan.is_told("ảnh hoặc video")
    await quan.press("Bỏ qua")
    await quan.is_told("Lý do: máy nặng quá so với mình nghĩ", "Mong muốn: hoàn tiền")
    await quan.press("Đúng rồi")
    await quan.is_told(re.compile(r"yêu cầu đổi trả, mã TH\d{4}"))

    refund = await ask("refunds/status", order_code="BT26110145", **owner("0005"))
    assert (refund["state"], refund["amount"]) == ("waiting", 15_990_000)


async def test_from_the_warranty_to_a_repair_with_a_photo(
    visit: Visit, ask: Ask, tmp_path: Path
) -> None:
    lan = await visit()
    await lan.say("check bh imei 004999010640018")
    await lan.is_told("đã hết bảo hành")
    await lan.press("Gửi sửa máy")
    await lan.is_told("gửi sửa máy gì")
    await lan.say("dien thoai Bong Phone 4")
    await lan.is_told("máy đang bị gì")
    await lan.say("màn hình bị sọc ngang")
    await lan.is_told("ảnh hoặc video")
    photo = tmp_path / "màn hình.png"
    photo.write_bytes(await lan.page.locator("body").screenshot())
    await lan.attach(photo)
    await lan.page.get_by_role("button", name="Gửi", exact=True).click()
    await lan.is_told("mang máy ra cửa hàng, hay để bên em đến nhà lấy")
    await lan.press("Mang ra cửa hàng")
    await lan.is_told("xin tên")
    await lan.say("Lan 0900000031")
    await lan.is_told("màn hình bị sọc ngang", "Lan, 0900000031", "Ảnh, video: 1 tệp")
    await lan.press("Đúng rồi")
    await lan.is_told("em đã tạo phiếu sửa chữa SC", "sao lưu dữ liệu")

    repair = await ask("repairs/status", code=await lan.code("SC"), **owner("0031"))
    assert repair["state"] == "received" and "bong phone 4" in repair["item"].lower()


async def test_a_complaint_gets_a_code_and_a_person(visit: Visit, ask: Ask) -> None:
    vo = await visit()
    await vo.say("đặt cả tuần rồi vẫn chưa thấy giao, giao hàng chậm quá shop ơi")
    await vo.is_told("em rất tiếc", "mã đơn hàng liên quan")
    await vo.say("BT26110102")
    await vo.is_told("số điện thoại để người phụ trách liên hệ")
    await vo.say("0900 000 002")
    await vo.is_told("đặt cả tuần rồi vẫn chưa thấy giao", "BT26110102")
    await vo.press("Gửi đi")
    await vo.is_told(re.compile(r"khiếu nại, mã KN\d{4}"), "4 giờ làm việc")
    await vo.header(re.compile(r"[Đđ]ang\schờ"))

    complaint = await ask("complaints/status", code=await vo.code("KN"), **owner("0002"))
    assert complaint["state"] == "received"


async def test_from_advice_over_a_card_into_an_order_and_out_and_back(
    visit: Visit, ask: Ask
) -> None:
    minh = await visit()
    await minh.say("tu van giup m dt voi, tam 7tr")
    await minh.is_told("loại sản phẩm nào")
    await minh.press("Điện thoại")
    await minh.is_told("mua cho ai dùng")
    await minh.say("chup hinh dep")
    await minh.is_told("nhất định phải có")
    await minh.press("Bỏ qua")
    await minh.is_told("lựa chọn em thấy hợp nhất")
    card = minh.answers.locator(".card").filter(has_text="Bống Phone 5")
    await expect(card).to_contain_text("Điểm trừ: ")
    picture = card.locator("img")
    assert await picture.evaluate("img => img.decode().then(() => img.naturalWidth)") > 0
    await minh.press_on_card("Bống Phone 5", "Đặt mua")
    await minh.is_told("lấy màu nào")
    before = await ask("stock", product_id="bong-phone-5")

    await minh.say("thôi")
    await minh.is_told("em dừng ở đây", "trong 24 giờ")
    await minh.press("Làm tiếp")
    await minh.is_told("lấy màu nào")
    await minh.say("huỷ")
    await minh.is_told("em dừng ở đây")

    assert await ask("stock", product_id="bong-phone-5") == before


async def test_a_piece_put_aside_in_a_store(visit: Visit, ask: Ask) -> None:
    async def left() -> int:
        washer = {"product_id": "bong-clean-9", "city": "Hà Nội"}
        return int((await ask("stock", **washer))["available"])

    hoa, before = await visit(), await left()
    await hoa.say("giữ giúp mình máy giặt Bống Clean 9, mai mình qua lấy")
    await hoa.is_told("nhận ở cửa hàng nào")
    await hoa.press("Hà Nội")
    await hoa.is_told("tên người đến nhận")
    await hoa.say("chi Hoa")
    await hoa.is_told("số điện thoại của người đến nhận")
    await hoa.say("090 0000 041")
    await hoa.is_told("người nhận Hoa, số 0900000041")
    await hoa.press("Đúng rồi")
    await hoa.is_told(re.compile(r"Mã giữ hàng: GH\d{4}"), "12 Hàng Bống", "đến 21:30")

    assert await left() == before - 1


async def test_a_busy_customer_is_called_back(visit: Visit) -> None:
    an = await visit()
    await an.say("dang ban lam e oi")
    await an.is_told("em không làm phiền nữa")
    times = an.answers.get_by_role("button")
    await expect(times).to_have_count(4)
    chosen = await times.nth(1).inner_text()
    await an.press(chosen)
    await an.is_told("số điện thoại để nhân viên gọi")
    await an.say("0900000051")
    await an.is_told("việc gì")
    await an.say("tư vấn máy lạnh cho phòng ngủ")
    await an.is_told("nhân viên gọi số 0900000051", "tư vấn máy lạnh cho phòng ngủ")
    await an.press("Đúng rồi")
    await an.is_told("em đặt lịch xong rồi", "0900000051")


async def test_help_step_by_step_until_it_works(visit: Visit) -> None:
    binh = await visit()
    await binh.say("tivi không kết nối được wifi, chỉ mình với")
    await binh.is_told("đợi 10 giây rồi bật lại")
    await binh.press("Chưa được")
    await binh.is_told("rút nguồn cục phát Wi-Fi 30 giây")
    await binh.press("Được rồi")
    await binh.is_told("máy chạy được rồi")


async def test_who_waits_for_a_person_goes_back_to_the_assistant_by_a_button(visit: Visit) -> None:
    nga = await visit()
    await nga.say("cho mình gặp nhân viên")
    back = nga.log.get_by_role("button", name="Tiếp tục với trợ lý")
    await expect(back).to_be_visible(timeout=15_000)

    await back.click()

    await nga.reads("em đã huỷ chỗ chờ nhân viên")
    await nga.say("mấy giờ mở cửa")
    await nga.is_told("08:00–21:30")
