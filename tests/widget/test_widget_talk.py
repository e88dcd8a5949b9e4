"""What a customer sees and does in a talk."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fake_shop import Shop, picture
from playwright.async_api import Page, expect

NewPage = Callable[..., Awaitable[Page]]


async def say(page: Page, text: str) -> None:
    await page.get_by_label("Nhập tin nhắn…").fill(text)
    await page.keyboard.press("Enter")


async def test_a_question_is_answered(shop: Shop, open_page: Page) -> None:
    page = open_page

    await say(page, "Máy lọc nước giá bao nhiêu?")

    await expect(page.locator(".item.bot .bubble")).to_contain_text("Dạ, em nhận được: Máy lọc")
    await expect(page.locator(".item.bot .who")).to_have_text("Trợ lý tự động")
    await expect(page.locator(".item.customer")).to_have_attribute("data-state", "sent")
    await expect(page.locator(".item.customer .foot")).to_contain_text("Đã gửi")
    assert [frame["text"] for frame in shop.received] == ["Máy lọc nước giá bao nhiêu?"]


async def test_shift_enter_and_a_composing_enter_do_not_send(shop: Shop, open_page: Page) -> None:
    field = open_page.get_by_label("Nhập tin nhắn…")

    await field.fill("dòng một")
    await field.press("Shift+Enter")
    await field.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    await open_page.keyboard.type("dòng hai")

    assert await field.input_value() == "dòng một\ndòng hai"
    assert shop.received == []


async def test_typing_shows_until_the_answer(shop: Shop, open_page: Page) -> None:
    await say(open_page, "Chào em")
    await expect(open_page.locator(".item.bot")).to_have_count(1)

    await shop.typing("agent")
    await expect(open_page.locator(".typing")).to_be_visible()
    await expect(open_page.get_by_role("status")).to_have_text("Nhân viên đang soạn tin")

    await shop.say("Dạ em nghe", "agent", name="Lan")
    await expect(open_page.locator(".typing")).to_be_hidden()
    assert shop.talk.typed == 1


async def test_quick_replies_are_pressed_once_and_links_stay(shop: Shop, open_page: Page) -> None:
    page = open_page
    await say(page, "Chào em")
    await shop.say(
        "Anh/chị cần gì ạ?",
        buttons=[
            {"title": "Tra đơn hàng", "key": "k1", "url": ""},
            {"title": "Gặp nhân viên", "key": "k2", "url": ""},
            {"title": "Trang đổi trả", "key": "", "url": shop.page},
            {"title": "Xấu", "key": "", "url": "javascript:alert(1)"},
        ],
    )
    link = page.locator("a.choice")
    await expect(page.get_by_role("button", name="Gặp nhân viên")).to_be_enabled()
    await expect(link).to_have_count(1)
    await expect(link).to_have_attribute("rel", "noopener")
    await expect(link).to_have_attribute("target", "_blank")

    await page.get_by_role("button", name="Tra đơn hàng").click()

    await expect(page.locator(".item.customer .bubble").last).to_have_text("Tra đơn hàng")
    await expect(page.get_by_role("button", name="Gặp nhân viên")).to_have_count(0)
    await expect(link).to_be_visible()
    assert shop.received[-1]["button"] == "k1"


async def test_cards_scroll_with_the_keyboard_and_answer(shop: Shop, open_page: Page) -> None:
    page = open_page
    await say(page, "Xem hàng")
    shop.files["p"] = (picture("#7fb2d9"), "image/png", "p.png")
    cards = [
        {
            "title": f"Máy số {n}",
            "subtitle": "6.490.000đ",
            "image": "/files/p",
            "buttons": [{"title": f"Chọn {n}", "key": f"c{n}", "url": ""}],
        }
        for n in range(4)
    ]
    await shop.say("Mời anh/chị xem", cards=cards)
    deck = page.get_by_role("group", name="4 mục")
    await expect(deck.locator("img")).to_have_count(4)

    await deck.focus()
    await page.keyboard.press("ArrowRight")
    await page.wait_for_timeout(600)
    assert await deck.evaluate("row => row.scrollLeft") > 150
    await page.get_by_role("button", name="Chọn 3").click()

    await expect(page.locator(".item.customer .bubble").last).to_have_text("Chọn 3")
    assert shop.received[-1]["button"] == "c3"


async def test_the_log_stays_at_its_end_when_pictures_load(shop: Shop, open_page: Page) -> None:
    page = open_page
    await say(page, "Gửi ảnh")
    for n in range(4):
        shop.files[f"i{n}"] = (picture("#d9a57f", 500, 700), "image/png", "anh.png")
        at = {"kind": "image", "url": f"/files/i{n}", "name": "anh.png", "mime": "image/png"}
        await shop.say("", attachments=[{**at, "size": 9}])
    await expect(page.locator(".photo img")).to_have_count(4)
    await page.wait_for_timeout(400)

    below = await page.locator(".log").evaluate(
        "l => l.scrollHeight - l.scrollTop - l.clientHeight"
    )

    assert below < 5
    await expect(page.locator("a.photo").first).to_have_attribute("target", "_blank")


async def test_a_reader_of_old_messages_is_not_pulled_down(shop: Shop, open_page: Page) -> None:
    page = open_page
    await say(page, "Một")
    await expect(page.locator(".item.bot")).to_have_count(1)
    shop.fill(shop.talk, 120)
    await page.reload()
    log = page.locator(".log")
    await expect(page.locator(".item")).to_have_count(50)

    await log.evaluate("l => l.scrollTo(0, 0)")
    await expect(page.locator(".item")).to_have_count(100)
    await expect(page.get_by_text("Tin cũ số 70", exact=True)).to_be_in_viewport()
    await shop.say("Tin mới đây")

    await expect(page.get_by_role("button", name="Tin nhắn mới")).to_be_visible()
    await expect(page.get_by_text("Tin mới đây")).not_to_be_in_viewport()
    await page.get_by_role("button", name="Tin nhắn mới").click()
    await expect(page.get_by_text("Tin mới đây")).to_be_in_viewport()
    await expect(page.locator(".day:visible")).not_to_have_count(0)


async def test_html_and_script_urls_are_inert_and_links_work(shop: Shop, open_page: Page) -> None:
    page = open_page
    attack = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
    await say(page, attack)
    bad = {"title": attack, "key": "", "url": "javascript:window.hacked=1"}
    card = {"title": attack, "subtitle": attack, "image": "javascript:1", "buttons": [bad]}
    file = {
        "kind": "file",
        "url": "javascript:window.hacked=1",
        "name": attack,
        "mime": "",
        "size": 1,
    }
    await shop.say(
        f"{attack}\n(https://saoviet.example/a_(b)) http://x.example/?q=1. javascript:alert(1)",
        "agent",
        name=attack,
        buttons=[bad],
        cards=[card],
        attachments=[file],
    )
    await shop.set_state(speaker="agent", agent=attack)
    bubble = page.locator(".item.agent .bubble").first
    await expect(bubble).to_contain_text(attack)

    links = await bubble.locator("a").evaluate_all("all => all.map(a => a.href)")
    foreign = await page.locator(".panel").evaluate(
        "p => p.querySelectorAll('script, [onerror], [style*=url], a[href^=javascript]').length"
    )

    assert links == ["https://saoviet.example/a_(b)", "http://x.example/?q=1"]
    assert foreign == 0
    assert await page.evaluate("window.hacked") is None


async def test_lists_hang_links_are_short_and_sums_stay_whole(shop: Shop, open_page: Page) -> None:
    map_url = "https://www.google.com/maps/search/?api=1&query=34+duong+bong+phuong+hai+chau"
    told = f"Dạ như sau ạ:\n• Phí: 30.000 đ\n• Giờ: 08:00–21:30\n1. Mở {map_url}."

    await shop.say(told)

    bubble = open_page.locator(".item.bot .bubble").last
    await expect(bubble.locator(".point")).to_have_count(3)
    whole = await bubble.locator(".whole").all_inner_texts()
    assert whole == ["sau ạ:", "30.000 đ", "08:00–21:30"]
    link = bubble.locator("a")
    await expect(link).to_have_attribute("href", map_url)
    await expect(link).to_have_text("www.google.com/maps/search/?…")
    rows = "e => Math.round(e.clientHeight / parseFloat(getComputedStyle(e).lineHeight))"
    assert await bubble.locator(".point").first.evaluate(rows) == 1


async def test_the_header_says_who_answers(shop: Shop, open_page: Page) -> None:
    speaker = open_page.locator(".speaker")
    await say(open_page, "Cho mình gặp nhân viên")
    await expect(open_page.get_by_role("heading", level=2)).to_have_text("Điện máy Sao Việt")
    await expect(speaker).to_have_text("Trợ lý tự động")

    await shop.set_state(speaker="queue", place=3)
    await expect(speaker).to_have_text("Đang chờ nhân viên · vị trí thứ 3")
    await shop.set_state(speaker="agent", agent="Lan", place=None)
    await expect(speaker).to_have_text("Lan – nhân viên")
    await shop.say("Em chào anh/chị", "agent", name="Lan")
    await expect(open_page.locator(".item.agent .who")).to_have_text("Lan – nhân viên")
    await expect(open_page.locator(".item.customer")).to_have_attribute("data-state", "seen")
    await open_page.reload()
    await expect(speaker).to_have_text("Lan – nhân viên")
    await shop.set_state(speaker="closed", agent="")
    await expect(speaker).to_have_text("Cuộc trò chuyện đã kết thúc")


async def test_a_bot_that_is_starting_says_so(shop: Shop, open_page: Page) -> None:
    await expect(open_page.locator(".note")).to_be_hidden()
    await shop.set_state(bot_ready=False)
    await expect(open_page.locator(".note")).to_have_text(
        "Trợ lý đang khởi động, anh/chị cứ nhắn, em sẽ trả lời ngay ạ."
    )
    await shop.set_state(bot_ready=True)
    await expect(open_page.locator(".note")).to_be_hidden()


async def test_unread_messages_are_counted_and_seen_ones_reported(
    shop: Shop, open_page: Page
) -> None:
    page = open_page
    await say(page, "Chào em")
    await expect(page.locator(".item.bot")).to_have_count(1)
    await page.get_by_role("button", name="Đóng khung trò chuyện").first.click()

    first = await shop.say("Một")
    second = await shop.say("Hai")
    await expect(page.locator(".badge")).to_have_text("2")
    launcher = page.get_by_role("button", name="Mở khung trò chuyện, 2 tin chưa đọc")
    assert first["id"] not in shop.talk.seen and second["id"] not in shop.talk.seen
    await page.reload()
    await expect(page.locator(".badge")).to_have_text("2")
    await launcher.click()

    await expect(page.locator(".badge")).to_be_hidden()
    await shop.until(lambda: second["id"] in shop.talk.seen)


async def test_a_receipt_and_a_refusal_are_shown(shop: Shop, open_page: Page) -> None:
    page = open_page
    await say(page, "Chào em")
    await shop.until(lambda: len(shop.talk.messages) == 2)
    await shop.mark_seen()
    await expect(page.locator(".item.customer .foot")).to_contain_text("Đã xem")

    await say(page, "!hỏng")
    failed = page.locator(".item[data-state=failed]")
    await expect(failed).to_contain_text("Chưa gửi được: Em chưa đọc được tin này ạ.")
    await say(page, "Tin sau vẫn đi")
    await expect(page.get_by_text("Dạ, em nhận được: Tin sau vẫn đi")).to_be_visible()
    before = len(shop.received)
    await failed.get_by_role("button", name="Thử lại").click()

    await shop.until(lambda: len(shop.received) == before + 1)
    assert len({f["client_id"] for f in shop.received if f["text"] == "!hỏng"}) == 1


async def test_a_long_text_is_counted_and_not_sent(shop: Shop, new_page: NewPage) -> None:
    shop.limits = {**shop.limits, "text": 100}
    page = await new_page()
    await page.locator(".launcher").click()
    field = page.get_by_label("Nhập tin nhắn…")

    await field.fill("a" * 70)
    await expect(page.locator(".count")).to_be_hidden()
    await field.fill("a" * 90)
    await expect(page.locator(".count")).to_have_text("90 / 100")
    await field.fill("a" * 101)
    await expect(page.locator(".send")).to_be_disabled()
    await field.press("Enter")

    await expect(page.get_by_role("alert")).to_contain_text("quá 100 ký tự")
    assert shop.received == []
    await field.fill("   ")
    await expect(page.locator(".send")).to_be_disabled()


async def test_the_talk_can_be_downloaded(shop: Shop, open_page: Page) -> None:
    page = open_page
    await say(page, "Chào em")
    await expect(page.locator(".item.bot")).to_have_count(1)
    shop.talk.messages[:0] = []
    shop.fill(shop.talk, 60)
    await page.reload()
    await expect(page.locator(".item")).to_have_count(50)

    async with page.expect_download() as waiting:
        await page.get_by_role("button", name="Tải cuộc trò chuyện về máy").click()
    download = await waiting.value
    text = (await download.path()).read_text("utf-8-sig")

    assert download.suggested_filename == "Điện máy Sao Việt.txt"
    assert len(text.splitlines()) == 62
    assert "Trợ lý tự động: Dạ, em nhận được: Chào em" in text
