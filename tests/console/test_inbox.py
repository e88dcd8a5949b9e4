"""The inbox in a real browser: live, kept drafts, the keyboard, small screens, axe."""

from __future__ import annotations

import asyncio
import re

import pytest
import scenes
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from bot import clock, handoff
from bot.models import Content
from bot.storage import desk as storage

pytestmark = pytest.mark.asyncio(loop_scope="session")

SERIOUS = ("serious", "critical")


async def open_talk(page: Page, desk, name: str) -> None:
    await page.goto(f"{desk.url}/inbox#c{desk.talks[name]}")
    await expect(page.locator("#log .line").first).to_be_visible()
    await expect(page.locator("#log .loading")).to_have_count(0)


async def focused(page: Page) -> str:
    return str(await page.evaluate("document.activeElement.id || document.activeElement.className"))


async def says(desk, by: str, text: str, channel: str = "web") -> None:
    """A customer writes one more line, and the screens are woken."""
    await scenes.writes(desk.db, by, text, clock.now(), channel)
    await desk.live.ring()


# --- live


async def test_a_new_message_appears_and_takes_neither_focus_nor_draft(desk, browse):
    page = await browse()
    await open_talk(page, desk, "thao")
    await page.locator("#text").click()
    await page.keyboard.type("Dạ chị không cần mang hộp")
    await page.evaluate("document.getElementById('text').setSelectionRange(3, 6)")

    await says(desk, "thao", "alo em ơi", "messenger")

    await expect(page.locator("#log")).to_contain_text("alo em ơi")
    await expect(page.locator("#announcer")).to_contain_text("alo em ơi")
    assert await focused(page) == "text"
    assert await page.input_value("#text") == "Dạ chị không cần mang hộp"
    kept = await page.evaluate("(({selectionStart: a, selectionEnd: b}) => [a, b])(text)")
    assert kept == [3, 6]


async def test_list_updates_keep_the_focus_on_the_row(desk, browse):
    page = await browse()
    await page.click("#tab-all")
    last = page.locator(".row").last
    await last.focus()
    name = await last.locator(".row-name").inner_text()

    # The last row rises to the top, and others move.
    await says(desk, "tuan", "còn hàng không", "zalo")
    await expect(page.locator(".row").first).to_contain_text("Lý Anh Tuấn")
    await says(desk, "yen", "cảm ơn em")

    await expect(page.locator(".row").first).to_contain_text("Vũ Hải Yến")
    assert (
        await page.evaluate("document.activeElement.querySelector('.row-name')?.innerText") == name
    )


async def test_drafts_stay_with_their_conversation_and_kind_even_over_a_reload(desk, browse):
    page = await browse()
    await open_talk(page, desk, "thao")
    await page.fill("#text", "cho chị Thảo")
    await page.click("#mode-note")
    await page.fill("#text", "ghi chú về chị Thảo")
    await open_talk(page, desk, "duc")
    assert await page.input_value("#text") == ""
    await page.fill("#text", "cho anh Đức")
    await page.reload()
    await expect(page.locator("#talk-name")).to_have_text("Phạm Minh Đức")
    assert await page.input_value("#text") == "cho anh Đức"

    await open_talk(page, desk, "thao")

    assert await page.input_value("#text") == "cho chị Thảo"
    await page.click("#mode-note")
    assert await page.input_value("#text") == "ghi chú về chị Thảo"


async def test_a_disconnect_loses_and_doubles_nothing(desk, browse):
    page = await browse()
    await open_talk(page, desk, "thao")
    before = await page.locator("#log .line").count()
    await desk.stop()
    await expect(page.locator("#lost")).to_be_visible()
    for number in range(3):
        await scenes.writes(desk.db, "thao", f"lúc mất mạng {number}", clock.now(), "messenger")
    await page.fill("#text", "Em vẫn trả lời đây ạ")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".line.pending")).to_contain_text("Em vẫn trả lời đây ạ")

    await desk.start()

    await expect(page.locator("#lost")).to_be_hidden(timeout=20_000)
    await expect(page.locator(".line.pending")).to_have_count(0)
    await expect(page.locator("#log .line")).to_have_count(before + 4)
    for number in range(3):
        await expect(page.get_by_text(f"lúc mất mạng {number}", exact=True)).to_have_count(1)
    assert await said_by_agent(desk, "Em vẫn trả lời đây ạ") == 1


async def test_who_missed_too_much_reads_everything_anew(desk, browse):
    page = await browse()
    await open_talk(page, desk, "thao")
    await desk.stop()
    await expect(page.locator("#lost")).to_be_visible()
    for number in range(520):
        await scenes.writes(desk.db, "thao", f"tin {number}", clock.now(), "messenger")

    await desk.start()

    await expect(page.get_by_text("tin 519", exact=True)).to_be_visible(timeout=20_000)
    await expect(page.locator("#older")).to_be_attached()


async def said_by_agent(desk, text: str) -> int:
    async with desk.db.read() as tx:
        lines = await storage.lines(tx, desk.talks["thao"], desk.people.mai, limit=1000)
    return sum(line.message.content.text == text for line in lines)


async def test_a_double_click_on_send_posts_once(desk, browse):
    page = await browse()
    await open_talk(page, desk, "thao")
    await page.fill("#text", "Dạ em gửi một lần thôi")

    await page.dblclick("#send")

    await expect(page.locator("#log .line.agent", has_text="một lần thôi")).to_have_count(1)
    await expect(page.locator(".line.pending")).to_have_count(0)
    assert await said_by_agent(desk, "Dạ em gửi một lần thôi") == 1


# --- two people


async def test_two_press_accept_one_wins_and_the_other_reads_who(desk, browse):
    lan, hung = await browse("lan"), await browse("hung")
    for page in (lan, hung):
        await open_talk(page, desk, "minh")

    # Both press before either's screen can have heard of the other.
    await asyncio.gather(
        *(page.evaluate("document.getElementById('do-accept').click()") for page in (lan, hung))
    )

    for page in (lan, hung):
        await expect(page.locator("#do-accept")).to_be_hidden()
    async with desk.db.read() as tx:
        winner = (await storage.entry(tx, desk.talks["minh"])).assignee
    won, lost = (lan, hung) if winner == "Nguyễn Thị Lan" else (hung, lan)
    await expect(won.locator("#send")).to_be_enabled()
    await expect(lost.locator("#blocked")).to_contain_text(f"{winner} đang hỗ trợ khách này")
    await expect(lost.locator("#send")).to_be_disabled()


async def test_the_loser_of_a_race_is_told_the_name(desk, browse):
    page = await browse("lan")
    await open_talk(page, desk, "minh")
    # Hùng is faster by the time a request takes.
    await page.route("**/accept", lambda route: accept_first(desk, route))

    await page.click("#do-accept")

    await expect(page.locator("#alerts")).to_contain_text("Trần Hùng đã nhận cuộc này.")
    await expect(page.locator("#do-accept")).to_be_hidden()


async def accept_first(desk, route) -> None:
    await handoff.accept(desk.db, desk.talks["minh"], desk.people.hung, clock.now())
    await route.continue_()


async def test_a_take_over_leaves_the_writers_focus_and_words(desk, browse):
    page = await browse("lan")
    await open_talk(page, desk, "thao")
    await page.locator("#text").click()
    await page.keyboard.type("Em đang viết dở")

    await handoff.take_over(desk.db, desk.talks["thao"], desk.people.mai, "đổi ca", clock.now())
    await desk.live.ring()

    await expect(page.locator("#blocked")).to_contain_text("Lê Mai đang hỗ trợ khách này")
    assert await focused(page) == "text"
    assert await page.input_value("#text") == "Em đang viết dở"


async def test_a_supervisor_takes_over_in_the_console(desk, browse):
    page = await browse("mai")
    await open_talk(page, desk, "yen")
    await expect(page.locator("#do-accept")).to_be_hidden()
    await page.click("#do-take-over")
    await page.fill("#dialog-take-over textarea", "Khách cần gấp")

    await page.click("#dialog-take-over .primary")

    await expect(page.locator("#do-resolve")).to_be_visible()
    await expect(page.locator(".line.note")).to_contain_text("Khách cần gấp")


async def test_typing_shows_both_ways(desk, browse):
    lan, hung = await browse("lan"), await browse("hung")
    for page in (lan, hung):
        await open_talk(page, desk, "thao")

    await desk.live.typing(desk.talks["thao"], "customer")
    await expect(lan.locator("#typing")).to_have_text("Trương Phương Thảo đang nhập…")
    async with desk.live.subscribe() as stream:
        await lan.fill("#text", "D")
        heard = await asyncio.wait_for(stream.__anext__(), 3)

    assert (heard.conversation_id, heard.who) == (desk.talks["thao"], "agent")
    await expect(hung.locator("#typing")).to_have_text("Nguyễn Thị Lan đang soạn trả lời…")
    await expect(lan.locator("#typing")).not_to_contain_text("đang soạn")


# --- what is shown


async def test_the_queue_is_longest_first_late_in_red_and_counted(desk, browse):
    page = await browse()

    await expect(page.locator(".row-name")).to_have_text(
        ["Bùi Kim Cúc", "Nguyễn Hoàng Minh", re.compile(r"Khách #\d+")]
    )
    await expect(page.locator(".row").first.locator(".clock.late")).to_contain_text("Trễ")
    await expect(page.locator(".row").nth(1).locator(".clock")).to_contain_text("chờ")
    await expect(page.locator("#tab-queue .count")).to_have_text("3")
    await expect(page.locator("#tab-mine .count")).to_have_text("2")
    await expect(page).to_have_title("(4) Hộp thư · Điện Tử Bống")


async def test_the_waiting_clock_ticks(desk, browse):
    page = await browse()
    clock_shown = page.locator(".row").last.locator(".clock")
    before = await clock_shown.inner_text()

    await expect(clock_shown).not_to_have_text(before, timeout=3000)


async def test_opening_reads_and_the_mark_goes_away(desk, browse):
    page = await browse()
    await page.click("#tab-mine")
    row = page.locator(".row", has_text="Trương Phương Thảo")
    await expect(row.locator(".badge")).to_contain_text("2")

    await row.click()

    await expect(row.locator(".badge")).to_have_count(0)
    await page.wait_for_timeout(400)
    await page.reload()
    await page.click("#tab-mine")
    await expect(row).to_be_visible()
    await expect(row.locator(".badge")).to_have_count(0)


async def test_notes_look_different_and_the_assistant_explains_itself(desk, browse):
    page = await browse()
    await open_talk(page, desk, "thao")

    note = page.locator(".line.note")
    await expect(note).to_contain_text("Ghi chú nội bộ")
    colours = await page.evaluate(
        "['.line.note', '.line.agent .bubble', '.line.bot .bubble', '.line.customer .bubble'].map("
        "s => getComputedStyle(document.querySelector(s)).backgroundColor)"
    )
    assert len(set(colours)) == 4
    badge = page.locator(".why summary").first
    await badge.focus()
    await page.keyboard.press("Enter")
    panel = page.locator(".why dl").first
    understood = ("chao_hoi", "99%", "tam_biet", "Khách nêu", "province: Huế")
    decided = ("Luật", "Hỏi phí giao hàng", "RulePolicy", "utter_chao_hoi")
    used = ("Dữ liệu dùng", "Phí giao hàng: 30.000 đ", "Phiên bản", scenes.MODEL)
    for words in (*understood, *decided, *used):
        await expect(panel).to_contain_text(words)


async def test_danger_told_to_a_person_shows_what_was_said_and_a_note_of_the_system(desk, browse):
    page = await browse()
    await open_talk(page, desk, "thao")

    await says(desk, "thao", "ổ cắm nhà chị bốc khói khét lẹt", "messenger")

    note = page.locator(".line.note").last
    await expect(note).to_contain_text("Ghi chú nội bộ · Hệ thống")
    await expect(note).to_contain_text("dấu hiệu nguy hiểm")
    await expect(page.locator(".line.system").last).to_contain_text("gọi 114")
    mai = await browse("mai", f"/transcripts/{desk.talks['thao']}")
    await expect(mai.locator(".line.note").last).to_contain_text("Hệ thống")


async def test_a_failed_delivery_says_so(desk, browse):
    page = await browse()
    await open_talk(page, desk, "duc")

    await expect(page.locator(".delivery.failed")).to_have_text("Không gửi được")


async def test_the_panel_shows_customer_clocks_and_earlier(desk, browse):
    page = await browse()
    await open_talk(page, desk, "cuc2")

    panel = page.locator("#panel")
    for words in ("Bùi Kim Cúc", "Zalo OA", "Khách khiếu nại", "Cần trả lời trước"):
        await expect(panel).to_contain_text(words)
    await panel.locator(".earlier a").click()
    await expect(page.locator("#log")).to_contain_text("Em đã làm lệnh hoàn tiền")
    await expect(page.locator("#blocked")).to_contain_text("Cuộc này đã đóng")


async def test_what_a_customer_writes_is_never_markup(desk, browse):
    page = await browse()
    await open_talk(page, desk, "thao")

    await says(
        desk,
        "thao",
        "<img src=x onerror=alert(1)> javascript:alert(1) https://a.vn/x?y=1.",
        "messenger",
    )

    await expect(page.locator("#log")).to_contain_text("<img src=x onerror=alert(1)>")
    await expect(page.locator("#log img")).to_have_count(0)
    link = page.locator("#log .line.customer a").last
    await expect(link).to_have_attribute("href", "https://a.vn/x?y=1")


async def test_empty_lists_say_something_kind(desk, browse):
    for name in ("cuc2", "minh", "khach"):
        await handoff.accept(desk.db, desk.talks[name], desk.people.hung, clock.now())
    page = await browse(row=False)

    await expect(page.locator("#empty")).to_have_text("Chưa có ai chờ. Nghỉ tay chút nhé!")
    await page.click("#tab-mine")
    await page.fill("#search", "không có ai tên này")
    await expect(page.locator("#empty")).to_contain_text("không có ai tên này")
    await page.fill("#search", "truong phuong")
    await expect(page.locator(".row")).to_have_count(1)


async def test_an_agent_reply_elsewhere_shows_here_too(desk, browse):
    page = await browse("hung")
    await open_talk(page, desk, "thao")

    await handoff.reply(
        desk.db,
        desk.talks["thao"],
        desk.people.lan,
        Content("từ Slack ạ"),
        clock.now(),
        "slack-001",
    )
    await desk.live.ring()

    await expect(page.locator("#log .line.agent").last).to_contain_text("từ Slack ạ")


# --- the keyboard


async def test_a_whole_case_by_keyboard_alone(desk, browse):
    page = await browse()
    press, write = page.keyboard.press, page.keyboard.type

    await press("j")
    await press("j")
    await press("Enter")
    await expect(page.locator("#talk-name")).to_have_text("Nguyễn Hoàng Minh")
    await press("a")
    await expect(page.locator("#do-resolve")).to_be_visible()
    await expect(page.locator("#text")).to_be_focused()
    await write("Dạ anh cho em xin mã số thuế ạ.")
    await press("Control+Enter")
    await expect(page.locator("#log .line.agent")).to_contain_text("mã số thuế")
    await press("Escape")
    await press("n")
    await write("Khách công ty, ưu tiên.")
    await press("Control+Enter")
    await expect(page.locator("#log .line.note")).to_contain_text("ưu tiên")
    await press("Escape")
    await press("r")
    await expect(page.locator("#mode-reply")).to_have_attribute("aria-pressed", "true")
    await press("Escape")
    await press("Escape")
    assert "row" in await focused(page) or "tab" in await focused(page)
    await page.locator("#do-resolve").focus()
    await press("Enter")
    await press("Space")
    await press("Enter")

    await expect(page.locator("#blocked")).to_contain_text("Cuộc này đã đóng")
    async with desk.db.read() as tx:
        done = (await storage.entry(tx, desk.talks["minh"])).conversation
    assert done.resolution == "answered"


async def test_who_accepts_can_write_at_once_even_while_the_live_line_is_silent(desk, browse):
    page = await browse()
    await page.route_web_socket("**/console/ws", lambda socket: None)  # opens and says nothing
    await page.reload()
    await open_talk(page, desk, "minh")

    await page.keyboard.press("a")

    await expect(page.locator("#do-resolve")).to_be_visible()
    await expect(page.locator("#text")).to_be_focused()


async def test_letters_are_letters_while_writing_and_can_be_switched_off(desk, browse):
    page = await browse()
    await page.keyboard.press("/")
    await page.keyboard.type("jar?/")
    assert await page.input_value("#search") == "jar?/"
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")
    await page.keyboard.press("?")
    await expect(page.locator("#dialog-keys")).to_be_visible()
    await page.locator("#keys-enabled").uncheck()
    await page.keyboard.press("Escape")

    await page.keyboard.press("?")

    await expect(page.locator("#dialog-keys")).to_be_hidden()


async def test_the_skip_link_comes_first_and_tabs_turn_with_arrows(desk, browse):
    page = await browse()
    await page.keyboard.press("Tab")
    assert await focused(page) == "skip"

    await page.locator("#tab-queue").focus()
    await page.keyboard.press("ArrowRight")

    assert await focused(page) == "tab-mine"
    await expect(page.locator("#tab-mine")).to_have_attribute("aria-selected", "true")


# --- small screens, and axe everywhere

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}


async def test_a_phone_goes_from_list_to_conversation_to_panel_and_back(desk, browse):
    page = await browse(**PHONE)
    await page.locator(".row").nth(1).tap()
    await expect(page.locator("#talk-name")).to_be_visible()
    await expect(page.locator(".side-list")).to_be_hidden()
    await no_sideways(page)
    await page.locator("#do-accept").tap()
    await page.locator("#text").fill("Dạ em đây ạ")
    await page.locator("#send").tap()
    await expect(page.locator("#log .line.agent")).to_contain_text("Dạ em đây ạ")
    await page.locator("#details").tap()
    await expect(page.locator("#panel")).to_contain_text("Tai nghe Bống Air Pro 2")
    await no_sideways(page)
    await page.locator("#panel-close").tap()
    await page.locator("#back").tap()

    await expect(page.locator(".side-list")).to_be_visible()
    await expect(page.locator("#talk-name")).to_be_hidden()
    await no_sideways(page)


async def no_sideways(page: Page) -> None:
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


LOOKS = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": PHONE,
    "phone dark": {**PHONE, "color_scheme": "dark"},
}


@pytest.mark.parametrize("look", LOOKS)
async def test_axe_finds_nothing_serious_on_any_screen(desk, browse, look):
    found: list[str] = []

    async def check(page: Page, where: str) -> None:
        await page.wait_for_timeout(150)  # colours still fading would be measured half-way
        await no_sideways(page)
        results = await Axe().run(page)
        found.extend(
            f"{where}: {each['id']} {[node['html'][:120] for node in each['nodes'][:3]]}"
            for each in results.response["violations"]
            if each["impact"] in SERIOUS
        )

    options = {"bypass_csp": True, **LOOKS[look]}
    await check(await browse("", "/login", **options), "login")
    page = await browse("quan", **options)
    await check(page, "inbox")
    await open_talk(page, desk, "cuc2")
    await page.locator(".why summary").first.click()
    await check(page, "waiting conversation")
    await open_talk(page, desk, "duc")
    await check(page, "another's conversation")
    if "phone" in look:
        await page.click("#details")
        await check(page, "panel")
        await page.click("#panel-close")
    await page.click("#do-take-over")
    await check(page, "dialog")
    await page.keyboard.press("Escape")
    page = await browse("lan", **options)
    await open_talk(page, desk, "thao")
    await check(page, "own conversation")
    await page.click("#mode-note")
    await check(page, "note")
    page = await browse("mai", "/transcripts?text=hoan+tien&status=x", **options)
    await check(page, "list")
    await page.locator(".account summary").click()
    await check(page, "menu")
    await page.goto(f"{desk.url}/transcripts/{desk.talks['cuc']}")
    await page.locator(".why summary").first.click()
    await check(page, "transcript")
    await page.goto(f"{desk.url}/content")
    await check(page, "refused")
    await check(await browse("ha", "/content", **options), "content")

    assert not found
