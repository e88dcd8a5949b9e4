"""The line to the server: cut, refused, resumed, and shared between tabs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from fake_shop import Shop
from playwright.async_api import Page, expect

NewPage = Callable[..., Awaitable[Page]]


async def say(page: Page, text: str) -> None:
    await page.get_by_label("Nhập tin nhắn…").fill(text)
    await page.keyboard.press("Enter")


async def test_what_was_written_offline_arrives_once_and_in_order(
    shop: Shop, open_page: Page
) -> None:
    page = open_page
    await say(page, "Trước khi mất mạng")
    await expect(page.locator(".item.bot")).to_have_count(1)
    await shop.stop()

    for n in range(3):
        await say(page, f"Tin {n}")
    await expect(page.locator(".strip")).to_be_visible()
    await expect(page.locator(".item[data-state=waiting]")).to_have_count(3)
    await shop.say("Tin của shop lúc mất mạng")
    await shop.start()

    await expect(page.locator(".strip")).to_be_hidden(timeout=15_000)
    await expect(page.get_by_text("Dạ, em nhận được: Tin 2")).to_be_visible(timeout=9000)
    await expect(page.get_by_text("Tin của shop lúc mất mạng")).to_have_count(1)
    stored = [m["text"] for m in shop.talk.messages if m["author"] == "customer"]
    assert stored == ["Trước khi mất mạng", "Tin 0", "Tin 1", "Tin 2"]
    shown = await page.locator(".item.customer .bubble").all_inner_texts()
    assert shown == stored
    assert shop.hellos[-1]["after"] is not None


async def test_an_answer_lost_on_the_way_does_not_double_the_message(
    shop: Shop, open_page: Page
) -> None:
    page = open_page
    await say(page, "Một")
    await expect(page.locator(".item.bot")).to_have_count(1)
    shop.swallow_acks = True
    await say(page, "Hai")
    await shop.until(lambda: len(shop.received) == 2)
    await shop.cut()
    shop.swallow_acks = False

    await expect(page.get_by_text("Dạ, em nhận được: Hai")).to_have_count(1)
    await expect(page.locator(".item.customer")).to_have_count(2)
    await expect(page.locator(".item[data-state=sent]")).to_have_count(2)
    assert await page.evaluate("localStorage['carebot:outbox']") == "[]"


async def test_the_outbox_outlives_the_page(shop: Shop, open_page: Page, new_page: NewPage) -> None:
    page = open_page
    await say(page, "Một")
    await expect(page.locator(".item.bot")).to_have_count(1)
    shop.deaf = True
    await say(page, "Gửi lúc rời trang")
    await expect(page.locator(".item[data-state=sending]")).to_have_count(1)

    shop.deaf = False
    await page.reload()

    await expect(page.get_by_text("Dạ, em nhận được: Gửi lúc rời trang")).to_have_count(1)
    await expect(page.locator(".item[data-state=sent]")).to_have_count(2)


async def test_too_fast_is_tried_again_in_order(shop: Shop, open_page: Page) -> None:
    shop.rate_once = True

    await say(open_page, "Một")
    await say(open_page, "Hai")

    await expect(open_page.get_by_text("Dạ, em nhận được: Hai")).to_be_visible()
    stored = [m["text"] for m in shop.talk.messages if m["author"] == "customer"]
    assert stored == ["Một", "Hai"]
    await expect(open_page.get_by_role("alert")).to_be_hidden()


async def test_long_poll_takes_over_and_websocket_comes_back(shop: Shop, new_page: NewPage) -> None:
    shop.refuse_ws = True
    page = await new_page()
    await page.clock.install()
    await page.locator(".launcher").click()

    await say(page, "Qua đường vòng")
    await page.clock.run_for(3000)
    await expect(page.get_by_text("Dạ, em nhận được: Qua đường vòng")).to_be_visible()
    await expect(page.locator(".item.customer")).to_have_attribute("data-state", "sent")
    message = await shop.say("Tin đẩy")
    await expect(page.get_by_text("Tin đẩy")).to_be_visible()
    await shop.until(lambda: message["id"] in shop.talk.seen)
    await shop.set_state(speaker="agent", agent="Lan")
    await expect(page.locator(".speaker")).to_have_text("Lan – nhân viên")
    assert shop.polls > 1 and not shop.talk.sockets

    shop.refuse_ws = False
    await page.clock.fast_forward(61_000)
    await shop.say("Gọi dậy")
    await shop.until(lambda: bool(shop.talk.sockets))
    await say(page, "Qua đường chính")
    await expect(page.get_by_text("Dạ, em nhận được: Qua đường chính")).to_have_count(1)
    await expect(page.locator(".item.customer")).to_have_count(2)


async def test_two_tabs_keep_in_step(shop: Shop, open_page: Page) -> None:
    first = open_page
    await say(first, "Chào em")
    await expect(first.locator(".item.bot")).to_have_count(1)
    second = await first.context.new_page()
    await second.goto(shop.page)
    await expect(second.locator(".panel")).to_be_visible()
    await expect(second.locator(".item")).to_have_count(2)

    await say(second, "Từ thẻ thứ hai")
    await expect(first.get_by_text("Dạ, em nhận được: Từ thẻ thứ hai")).to_have_count(1)
    await expect(first.locator(".item.customer")).to_have_count(2)
    await second.locator(".shut").click()
    await expect(first.locator(".panel")).to_be_hidden()
    await shop.say("Tin khi đóng")
    await expect(first.locator(".badge")).to_have_text("1")
    await expect(second.locator(".badge")).to_have_text("1")
    await first.locator(".launcher").click()
    await expect(second.locator(".badge")).to_be_hidden()
    await expect(second.locator(".panel")).to_be_visible()
    assert len({m["client_id"] for m in shop.received}) == len(shop.received)


async def test_the_talk_stays_over_pages_and_visits(shop: Shop, open_page: Page) -> None:
    page = open_page
    await say(page, "Chào em")
    await expect(page.locator(".item.bot")).to_have_count(1)
    await page.get_by_label("Nhập tin nhắn…").fill("đang viết dở")

    await page.get_by_role("link", name="Trang sau").click()
    await page.wait_for_url("**again=1")
    await expect(page.locator(".panel")).to_be_visible()
    await expect(page.locator(".item")).to_have_count(2)
    assert await page.get_by_label("Nhập tin nhắn…").input_value() == "đang viết dở"
    visit = await page.context.new_page()
    await page.close()
    long_ago = "localStorage['carebot:panel'] = '{\"open\":true,\"at\":1}'"
    await visit.add_init_script(long_ago)
    await visit.goto(shop.page)

    await expect(visit.locator(".launcher")).to_be_visible()
    await expect(visit.locator(".panel")).to_be_hidden()
    await visit.locator(".launcher").click()
    await expect(visit.locator(".item")).to_have_count(2)
    assert len(shop.talks) == 1


async def test_a_stranger_costs_no_connection_until_the_chat_is_opened(
    shop: Shop, page: Page
) -> None:
    await expect(page.locator(".launcher")).to_be_visible()
    await page.reload()
    await expect(page.locator(".launcher")).to_be_visible()
    await asyncio.sleep(0.3)
    assert shop.hellos == []


async def test_an_expired_talk_is_said_so_once(shop: Shop, open_page: Page) -> None:
    page = open_page
    await say(page, "Chào em")
    await expect(page.locator(".item.bot")).to_have_count(1)
    shop.talks.clear()

    await page.reload()
    await expect(page.locator(".note")).to_contain_text("Phiên trước đã hết hạn")
    await expect(page.locator(".item")).to_have_count(0)
    await say(page, "Bắt đầu lại")

    await expect(page.locator(".item.bot")).to_have_count(1)
    await expect(page.locator(".note")).to_be_hidden()


async def test_a_token_refused_midway_is_replaced(shop: Shop, open_page: Page) -> None:
    page = open_page
    await say(page, "Chào em")
    await expect(page.locator(".item.bot")).to_have_count(1)
    await shop.stop()
    shop.talks.clear()
    await shop.start()

    await expect(page.locator(".note")).to_contain_text("Phiên trước đã hết hạn", timeout=15_000)
    await say(page, "Còn đó không")
    await expect(page.get_by_text("Dạ, em nhận được: Còn đó không")).to_be_visible()


@pytest.mark.parametrize("cors", [True, False], ids=["told", "kept from us by the browser"])
async def test_a_page_that_is_not_on_the_list_shows_no_chat(
    shop: Shop, new_page: NewPage, cors: bool
) -> None:
    shop.refuse_origin, shop.cors = True, cors
    warnings: list[str] = []

    page = await new_page(watch=lambda m: m.type == "warning" and warnings.append(m.text))
    await page.evaluate("Carebot.open()")
    await shop.until(lambda: any(w.startswith("Carebot:") for w in warnings))

    await expect(page.locator(".launcher")).to_be_hidden()
    await expect(page.locator(".panel")).to_be_hidden()
    assert len([w for w in warnings if w.startswith("Carebot:")]) == 1


async def test_an_origin_refused_later_hides_the_chat(shop: Shop, open_page: Page) -> None:
    shop.refuse_origin = True
    await shop.cut()
    await expect(open_page.locator(".launcher")).to_be_hidden()
    await expect(open_page.locator(".panel")).to_be_hidden()


async def test_without_storage_a_talk_still_works(shop: Shop, new_page: NewPage) -> None:
    blocked = """for (const area of ["localStorage", "sessionStorage"])
        Object.defineProperty(window, area, { get() { throw new Error("blocked") } });"""
    page = await new_page(script=blocked)
    await page.locator(".launcher").click()
    await say(page, "Chào em")
    await expect(page.get_by_text("Dạ, em nhận được: Chào em")).to_be_visible()
