"""How long a customer can be answered, as the agent sees it (A7)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
import scenes
from axe_playwright_python.async_playwright import Axe
from doubles import NOON
from playwright.async_api import Page, expect
from scenes import person

from bot import clock, handoff
from bot.storage import customers
from bot.storage.db import Database

browsers = pytest.mark.asyncio(loop_scope="session")
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}


async def silent_for(
    db: Database, people: scenes.People, channel: str, now: datetime, **span: float
) -> int:
    """A conversation of Lan's whose customer wrote last so long ago."""
    then = now - timedelta(**span)
    talk = await scenes.talk(
        db, "nga", "Trần Thị Nga", [("Cho mình gặp nhân viên", person())], then, channel=channel
    )
    await handoff.accept(db, talk, people.lan, then + timedelta(minutes=1))
    return talk


async def blocked(db: Database, channel: str) -> None:
    async with db.begin() as tx:
        customer = await customers.find(tx, channel, "nga")
        assert customer
        await customers.merge_profile(tx, customer, {"reachable": False})


# --- what the server tells


async def test_a_conversation_tells_until_when_it_can_be_answered(visitor, people, db):
    talk = await silent_for(db, people, "messenger", NOON, hours=25)
    lan = await visitor("lan")

    row = (await lan.get(f"/api/conversations/{talk}")).json()["conversation"]

    assert row["window"] == {
        "free_until": "2026-11-23T04:00:00+00:00",
        "by_hand_until": "2026-11-29T04:00:00+00:00",
        "paid_until": None,
        "quota_left": None,
        "refused": "",
    }
    inbox = (await lan.get("/api/inbox")).json()
    assert inbox["conversations"][0]["window"] == row["window"]


async def test_a_reply_that_comes_too_late_is_refused_with_the_way_out(visitor, people, db):
    talk = await silent_for(db, people, "messenger", NOON, days=8)
    lan = await visitor("lan")

    answer = await lan.post(
        f"/api/conversations/{talk}/reply", text="Dạ em đây", client_id="late-0001"
    )

    assert answer.status_code == 409
    assert answer.json()["code"] == "window_closed"
    assert answer.json()["text"] == (
        "Khách im lặng đã lâu nên kênh này không nhận thêm tin của shop. Cách hợp lệ: gọi điện "
        "hoặc nhắn khách qua kênh khác. Khi khách nhắn lại, bạn trả lời được ngay."
    )


async def test_a_note_may_be_written_however_late(visitor, people, db):
    talk = await silent_for(db, people, "messenger", NOON, days=8)
    lan = await visitor("lan")

    answer = await lan.post(f"/api/conversations/{talk}/note", text="đã gọi", client_id="note-0001")

    assert answer.status_code == 200


# --- what the agent sees


async def open_silent(desk, browse, channel: str, *, where: dict | None = None, **span: float):
    """Lan's screen with such a conversation open."""
    talk = await silent_for(desk.db, desk.people, channel, clock.now(), **span)
    page = await browse("lan", f"/inbox#c{talk}", row=False, **(where or {}))
    await expect(page.locator("#log .line").first).to_be_visible()
    return page, talk


async def send(page: Page, text: str) -> None:
    await page.fill("#text", text)
    await page.click("#send")


@browsers
async def test_on_messenger_within_a_day_the_time_left_is_counted(desk, browse):
    page, _ = await open_silent(desk, browse, "messenger", hours=20, minutes=39)

    line = page.locator("#window")
    await expect(line).to_have_text(
        re.compile(
            r"^Messenger: trả lời tự do đến \d\d:\d\d (hôm nay|ngày mai), còn 3 giờ 2\d phút$"
        )
    )
    await expect(line).to_have_attribute("data-tone", "")
    await expect(page.locator("#send")).to_be_enabled()


@browsers
async def test_the_last_hour_stands_out(desk, browse):
    page, _ = await open_silent(desk, browse, "messenger", hours=23, minutes=30)

    await expect(page.locator("#window")).to_contain_text("còn 29 phút")
    await expect(page.locator("#window")).to_have_attribute("data-tone", "soon")


@browsers
async def test_on_messenger_after_a_day_the_agent_still_answers_by_hand(desk, browse):
    page, _ = await open_silent(desk, browse, "messenger", hours=25)

    await expect(page.locator("#window")).to_have_text(
        re.compile(
            r"^Messenger: chỉ nhân viên viết tay, đến \d\d:\d\d ngày \d\d.\d\d, còn 5 ngày 22 giờ$"
        )
    )
    await send(page, "Dạ em trả lời muộn ạ")
    await expect(page.locator("#log .line.agent")).to_contain_text("Dạ em trả lời muộn ạ")


@browsers
async def test_on_messenger_after_a_week_only_a_note_is_possible(desk, browse):
    page, _ = await open_silent(desk, browse, "messenger", days=8)

    await expect(page.locator("#window")).to_contain_text("Messenger: hết hạn trả lời từ")
    await expect(page.locator("#send")).to_be_disabled()
    await expect(page.locator("#text")).not_to_be_editable()
    await expect(page.locator("#blocked")).to_contain_text("kênh này không nhận thêm tin")
    await expect(page.locator("#blocked")).to_contain_text("Cách hợp lệ: gọi điện")
    await page.click("#mode-note")
    await send(page, "Đã gọi cho khách")
    await expect(page.locator("#log .line.note")).to_contain_text("Đã gọi cho khách")


@browsers
async def test_the_field_of_a_note_shows_its_whole_hint_on_a_phone(desk, browse):
    page, _ = await open_silent(desk, browse, "messenger", where=PHONE, days=8)

    await page.click("#mode-note")

    assert await page.evaluate("text.scrollHeight <= text.clientHeight")


@browsers
async def test_zalo_says_what_is_free_and_what_is_billed(desk, browse):
    page, _ = await open_silent(desk, browse, "zalo", hours=47, minutes=30)
    await expect(page.locator("#window")).to_contain_text("Zalo OA: trả lời miễn phí đến")
    await page.clock.install()

    await page.clock.fast_forward("40:00")

    await expect(page.locator("#window")).to_contain_text("Zalo OA: mỗi tin có tính phí, đến")
    await expect(page.locator("#send")).to_be_enabled()


@browsers
async def test_zalo_bot_says_how_many_messages_are_left(desk, browse):
    page, _ = await open_silent(desk, browse, "zalo_bot", hours=1)

    await expect(page.locator("#window")).to_have_text(
        re.compile(r"^Zalo Bot: còn 2\.99\d tin trong tháng này$")
    )


@browsers
@pytest.mark.parametrize("channel", ["web", "telegram"])
async def test_where_there_is_no_limit_there_is_no_line(desk, browse, channel):
    page, _ = await open_silent(desk, browse, channel, days=9)

    await expect(page.locator("#send")).to_be_enabled()
    await expect(page.locator("#window")).to_be_hidden()


@browsers
async def test_who_blocked_us_cannot_be_written_to(desk, browse):
    talk = await silent_for(desk.db, desk.people, "telegram", clock.now(), hours=1)
    await blocked(desk.db, "telegram")

    page = await browse("lan", f"/inbox#c{talk}", row=False)

    await expect(page.locator("#blocked")).to_contain_text("Khách đã chặn hoặc rời kênh này")
    await expect(page.locator("#send")).to_be_disabled()
    await expect(page.locator("#window")).to_be_hidden()


@browsers
async def test_the_window_closes_under_the_writer_and_opens_when_the_customer_writes(desk, browse):
    page, _ = await open_silent(desk, browse, "messenger", days=6, hours=23, minutes=58)
    await page.click("#text")
    await page.keyboard.type("Em đang viết dở")
    await page.clock.install()

    await page.clock.fast_forward("03:00")

    await expect(page.locator("#send")).to_be_disabled()
    await expect(page.locator("#announcer")).to_contain_text("kênh này không nhận thêm tin")
    await expect(page.locator("#text")).to_be_focused()

    await scenes.writes(desk.db, "nga", "mình đây", clock.now(), "messenger")
    await desk.live.ring()

    await expect(page.locator("#window")).to_contain_text("trả lời tự do đến")
    await expect(page.locator("#send")).to_be_enabled()
    assert await page.input_value("#text") == "Em đang viết dở"


@browsers
async def test_the_count_goes_by_the_servers_clock(desk, browse):
    page = await browse("lan")
    await page.clock.install(time=clock.now() + timedelta(hours=9))  # a clock that is wrong
    talk = await silent_for(desk.db, desk.people, "messenger", clock.now(), hours=20, minutes=39)

    await page.goto(f"{desk.url}/inbox#c{talk}")
    await page.reload()

    await expect(page.locator("#window")).to_contain_text("còn 3 giờ 2")


@browsers
async def test_english_readers_read_it_in_english(desk, browse):
    page, talk = await open_silent(desk, browse, "messenger", days=8)
    await page.locator(".account summary").click()
    await page.get_by_text("English").click()
    await page.goto(f"{desk.url}/inbox#c{talk}")

    await expect(page.locator("#window")).to_contain_text("Messenger: could be answered until")
    await expect(page.locator("#blocked")).to_contain_text("What you can do: call")


LOOKS = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": PHONE,
    "phone dark": {**PHONE, "color_scheme": "dark"},
}
STATES = {
    "free": {"hours": 20},
    "soon": {"hours": 23, "minutes": 30},
    "by hand": {"hours": 25},
    "closed": {"days": 8},
}


@browsers
@pytest.mark.parametrize("look", LOOKS)
async def test_axe_finds_nothing_serious_in_any_state(desk, browse, look):
    found = []
    where = {"bypass_csp": True, **LOOKS[look]}
    for state, span in STATES.items():
        page, talk = await open_silent(desk, browse, "messenger", where=where, **span)
        await page.wait_for_timeout(150)  # colours still fading would be measured half-way
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        results = await Axe().run(page)
        found += [
            (state, each["id"])
            for each in results.response["violations"]
            if each["impact"] in ("serious", "critical")
        ]
        await handoff.resolve(desk.db, talk, desk.people.lan, "answered", clock.now())

    assert not found
