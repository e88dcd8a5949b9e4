"""How our accounts on the platforms stand: on every page, and on a page of their own."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import platform_scenes as tell
import pytest
from doubles import NOON, RecordingChannel
from playwright.async_api import expect

from bot import clock
from bot.storage import accounts

browsers = pytest.mark.asyncio(loop_scope="session")


def plain(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", "", page)).split())


async def alerts_on(visitor, path: str = "/content", username: str = "quan") -> str:
    somebody = await visitor(username)
    page = (await somebody.get(path)).text
    return plain(page.partition('id="channel-alerts"')[2].partition("<main")[0])


async def pause(db, channel: str, code: str, text: str = "", *, ago: timedelta = timedelta(0)):
    async with db.begin() as tx:
        await accounts.pause(tx, channel, code, text, NOON - ago)


async def token_ends(db, after: timedelta) -> None:
    async with db.begin() as tx:
        end = (NOON + after).isoformat()
        await accounts.set_tokens(tx, "zalo", {"sealed": "x", "refresh_until": end})


@pytest.mark.parametrize(
    ("username", "path"),
    [("lan", "/inbox"), ("ha", "/content"), ("mai", "/transcripts"), ("mai", "/channels"),
     ("lan", "/nowhere")],
)  # fmt: skip
async def test_a_paused_channel_is_told_on_every_page(visitor, people, db, username, path):
    await pause(db, "zalo", "-216")

    told = await alerts_on(visitor, path, username)

    assert "Kênh Zalo OA đang tạm dừng từ 12:00: Quyền truy cập Zalo đã hết hạn" in told
    assert "Chạy carebot channel login zalo để cấp quyền lại." in told
    assert "Tin nhắn được giữ lại và tự gửi tiếp khi kênh hoạt động. -216" in told


async def test_a_pause_of_another_day_says_which(visitor, people, db):
    await pause(db, "zalo", "-216", ago=timedelta(days=1))

    assert "tạm dừng từ 12:00 ngày 22/11/2026:" in await alerts_on(visitor)


async def test_a_pause_without_a_known_code_shows_what_the_platform_said(visitor, people, db):
    await pause(db, "messenger", "", "block: spam")

    told = await alerts_on(visitor)

    assert "nền tảng không nhận tin của shop. Quản trị chạy carebot doctor" in told
    assert told.endswith("block: spam")


async def test_what_is_well_is_not_told(visitor, people, db):
    await pause(db, "zalo", "-216")
    async with db.begin() as tx:
        await accounts.resume(tx, "zalo")
    await token_ends(db, timedelta(days=7, minutes=1))

    assert "Zalo" not in await alerts_on(visitor)


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (timedelta(days=6, hours=23), "sẽ hết hạn lúc 11:00 ngày 30/11/2026."),
        (-timedelta(hours=1), "đã hết hạn từ 11:00."),
    ],
)
async def test_a_token_that_ends_soon_is_told_calmly(visitor, people, db, after, words):
    await token_ends(db, after)
    somebody = await visitor("lan")

    page = (await somebody.get("/inbox")).text

    assert f"Quyền truy cập Zalo OA {words}" in page
    assert "carebot channel login zalo" in page
    assert 'data-tone="soon"' in page
    assert 'data-tone="late"' not in page


async def test_a_paused_channel_is_not_warned_of_twice(visitor, people, db):
    await token_ends(db, timedelta(days=1))
    await pause(db, "zalo", "-216")

    assert "sẽ hết hạn" not in await alerts_on(visitor)


@pytest.mark.parametrize(
    ("username", "path", "days", "told"),
    [
        ("mai", "/transcripts", 6, True),
        ("quan", "/content", 6, True),
        ("mai", "/transcripts", 8, False),
        ("lan", "/inbox", 1, False),
        ("ha", "/content", 1, False),
    ],
)
async def test_a_platforms_notice_is_for_those_who_answer_for_the_account(
    visitor, people, db, username, path, days, told
):
    async with db.begin() as tx:
        await accounts.warn(tx, "messenger", "Trang bị cảnh báo", NOON - timedelta(days=days))

    assert ("Trang bị cảnh báo" in await alerts_on(visitor, path, username)) is told


async def test_a_block_is_told_once(visitor, people, db):
    async with db.begin() as tx:
        await accounts.warn(tx, "messenger", "block: spam", NOON)
    await pause(db, "messenger", "", "block: spam")

    assert (await alerts_on(visitor)).count("block: spam") == 1


async def test_what_a_platform_says_is_never_markup(visitor, people, db):
    async with db.begin() as tx:
        await accounts.warn(tx, "messenger", "`<script>alert(1)</script>`", NOON)
    mai = await visitor("mai")

    for path in ("/transcripts", "/channels"):
        assert "<script>alert" not in (await mai.get(path)).text


# --- the page of the channels


async def test_the_page_tells_of_each_channel(visitor, people, db, app):
    await tell.trouble(db, NOON)
    app.state.channels = {"zalo_bot": RecordingChannel("zalo_bot")}
    mai = await visitor("mai")

    page = (await mai.get("/channels")).text

    cards = {
        name: plain(page.partition(f'id="channel-{name}"')[2].partition("</section>")[0])
        for name in ("messenger", "zalo", "telegram", "zalo_bot")
    }
    for words in (
        "Tạm dừng",
        "carebot channel add messenger",
        "chưa đọc được3",
        "23/11/2026 11:57",
    ):
        assert words in cards["messenger"]
    assert "Quyền truy cập đến28/11/2026 12:00" in cards["zalo"]
    assert "Hoạt động" in cards["telegram"]
    assert "chưa đọc được0" in cards["telegram"]
    assert "Sự kiện gần nhấtchưa có" in cards["zalo_bot"]


async def test_the_page_is_for_supervisors(visitor, people):
    assert (await (await visitor("lan")).get("/channels")).status_code == 403


async def test_without_channels_the_page_says_how_to_add_one(visitor, people):
    page = (await (await visitor("mai")).get("/channels")).text

    assert "<code>carebot channel add</code>" in page


# --- in the browser


@browsers
async def test_a_pause_and_its_end_reach_an_open_inbox(desk, browse):
    page = await browse("lan")
    await page.clock.install()
    await expect(page.locator(".banner")).to_have_count(0)
    async with desk.db.begin() as tx:
        await accounts.pause(tx, "zalo", "-216", "", clock.now())
    await page.goto(f"{desk.url}/inbox")
    await expect(page.locator(".banner")).to_contain_text("Kênh Zalo OA đang tạm dừng")
    await expect(page.locator("#lost")).to_be_hidden()
    async with desk.db.begin() as tx:
        await accounts.resume(tx, "zalo")
        await accounts.pause(tx, "telegram", "401", "", clock.now())
    await page.wait_for_timeout(300)

    await page.clock.fast_forward("00:26")

    await expect(page.locator(".banner")).to_contain_text("Kênh Telegram đang tạm dừng")
    await expect(page.locator(".banner code")).to_have_text("carebot channel add telegram")


@browsers
async def test_on_a_phone_the_inbox_folds_it_to_one_line(desk, browse):
    await tell.trouble(desk.db, clock.now())
    page = await browse("lan", viewport={"width": 360, "height": 740}, has_touch=True)
    step = page.locator(".banner code").first
    await expect(step).to_be_hidden()

    await page.locator(".banner summary").first.tap()

    await expect(step).to_be_visible()
