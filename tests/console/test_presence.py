"""Who takes conversations: chosen in the top bar, seen by colleagues; what is mine is told."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest
import scenes
from doubles import NOON
from playwright.async_api import Page, expect
from scenes import person

from bot import clock, keeper
from bot.models import Presence
from bot.storage import agents

browsers = pytest.mark.asyncio(loop_scope="session")


async def waiting(db, by: str = "nga", text: str = "cho gặp nhân viên", start=NOON) -> int:
    return await scenes.talk(db, by, "Trần Nga", [(text, person())], start - timedelta(minutes=1))


async def desk_of(visitor) -> dict:
    return (await visitor.get("/api/inbox")).json()


def colleague(answer: dict, user) -> dict:
    return next(each for each in answer["colleagues"] if each["id"] == user.id)


async def placed(db, user, *teams: str, presence: Presence | None = None, now=NOON) -> None:
    async with db.begin() as tx:
        await agents.place(tx, user.id, teams, {}, 3)
        if presence:
            await agents.appear(tx, user.id, presence, now)


async def test_an_agent_begins_off_and_gets_nothing_pushed(visitor, people, db):
    await placed(db, people.lan, "cskh")
    wanted = await waiting(db)
    lan = await visitor("lan")

    await keeper.look(db, NOON)

    answer = await desk_of(lan)
    assert answer["presence"] == "off"
    row = next(each for each in answer["conversations"] if each["id"] == wanted)
    assert row["status"] == "queued"


async def test_who_says_they_are_there_gets_the_one_who_waits(visitor, people, db):
    await placed(db, people.lan, "cskh")
    wanted = await waiting(db)
    lan = await visitor("lan")

    await lan.post("/api/presence", presence="online")
    await keeper.look(db, NOON)

    row = next(each for each in (await desk_of(lan))["conversations"] if each["id"] == wanted)
    assert row["assignee"]["id"] == people.lan.id


async def test_logging_out_sets_off(visitor, people, db):
    lan, mai = await visitor("lan"), await visitor("mai")
    await lan.post("/api/presence", presence="online")
    assert colleague(await desk_of(mai), people.lan)["presence"] == "online"

    await lan.http.post("/console/logout", data={"csrf": lan.csrf})

    assert colleague(await desk_of(mai), people.lan)["presence"] == "off"


async def test_colleagues_read_presence_load_and_teams(visitor, people, db):
    await placed(db, people.lan, "cskh", "ky_thuat")
    wanted = await waiting(db)
    lan, hung = await visitor("lan"), await visitor("hung")
    await lan.post("/api/presence", presence="away")
    await lan.post(f"/api/conversations/{wanted}/accept")

    answer = await desk_of(hung)

    assert colleague(answer, people.lan) == {
        "id": people.lan.id,
        "username": "lan",
        "name": people.lan.name,
        "presence": "away",
        "load": 1,
        "capacity": 3,
        "teams": ["cskh", "ky_thuat"],
    }
    assert answer["teams"]["ky_thuat"] == "Kỹ thuật"
    names = [each["name"] for each in answer["colleagues"]]
    assert people.ha.name not in names  # the editor answers nobody


@pytest.mark.parametrize("presence", ["online", "away"])
async def test_a_console_without_a_sign_of_life_counts_as_off(visitor, people, time, presence):
    lan, hung = await visitor("lan"), await visitor("hung")
    await lan.post("/api/presence", presence=presence)

    time.passes(seconds=61)

    assert colleague(await desk_of(hung), people.lan)["presence"] == "off"
    assert (await desk_of(lan))["presence"] == presence  # what they chose stays theirs


async def test_a_presence_that_is_none_is_refused(visitor, people):
    lan = await visitor("lan")

    answer = await lan.post("/api/presence", presence="asleep")

    assert answer.status_code == 422
    assert (await desk_of(lan))["presence"] == "off"


async def test_since_when_is_the_moment_of_the_choice(people, db):
    await placed(db, people.lan, "cskh", presence=Presence.ONLINE)
    await placed(db, people.lan, "cskh", presence=Presence.ONLINE, now=NOON + timedelta(hours=1))

    async with db.read() as tx:
        lan = await agents.by_id(tx, people.lan.id)

    assert lan is not None
    assert lan.presence_at == NOON
    assert lan.seen_at == NOON + timedelta(hours=1)


async def test_rows_carry_rank_team_and_clocks(visitor, people, db):
    wanted = await waiting(db, text="máy bị lỗi, cho gặp kỹ thuật")
    lan = await visitor("lan")

    row = next(each for each in (await desk_of(lan))["conversations"] if each["id"] == wanted)

    assert row["handoff"]["team"] == "ky_thuat"
    assert row["handoff"]["priority"] == 2
    assert row["handoff"]["rank_at"] == row["handoff"]["requested_at"]
    assert row["handoff"]["reply_by"] is None
    assert row["handoff"]["resolve_by"] > row["handoff"]["respond_by"]


# --- in a browser

HEARD = """() => {
  window.heard = [];
  window.Notification = class {
    static permission = "granted";
    static requestPermission() { window.asked = true; return Promise.resolve("granted"); }
    constructor(title, { body }) { window.heard.push(["shown", title, body]); }
    close() {}
  };
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (at) {
    window.heard.push(["note"]);
    document.documentElement.dataset.heard = "yes";
    return start.call(this, at);
  };
}"""


async def heard(page: Page) -> list[list[str]]:
    return json.loads(await page.evaluate("JSON.stringify(window.heard)"))


async def given(desk, user, by: str = "nga") -> int:
    """A customer whom the queue gives to this agent."""
    async with desk.db.begin() as tx:
        await agents.place(tx, user.id, ["cskh"], {}, 9)
        await agents.appear(tx, user.id, Presence.ONLINE, clock.now())
    wanted = await waiting(desk.db, by, start=clock.now())
    await keeper.look(desk.db, clock.now())
    await desk.live.ring()
    return wanted


@browsers
async def test_presence_is_chosen_in_the_top_bar_and_kept(desk, browse):
    page = await browse()
    await expect(page.locator("#presence")).to_have_value("off")
    await page.keyboard.press("p")
    await expect(page.locator("#presence")).to_be_focused()

    await page.select_option("#presence", "online")

    await expect(page.locator(".toast")).to_contain_text("tự động chuyển đến bạn")
    await page.reload()
    await expect(page.locator("#presence")).to_have_value("online")


@browsers
async def test_what_the_queue_gives_me_is_mine_with_a_sound_and_a_notification(desk, browse):
    page = await browse()
    await page.evaluate(HEARD)
    await page.evaluate("localStorage.setItem('carebot-desktop', 'on')")
    await page.evaluate("document.hasFocus = () => false")
    await page.click("#tab-mine")

    await given(desk, desk.people.lan)

    await expect(page.locator(".row", has_text="Trần Nga")).to_be_visible()
    await expect(page.locator(".toast", has_text="Trần Nga")).to_be_visible()
    told = await heard(page)
    assert ["note"] in told
    assert ["shown", "Khách mới chuyển đến bạn: Trần Nga", "cho gặp nhân viên"] in told


@browsers
async def test_sound_and_notification_are_switched_off_and_stay_so(desk, browse):
    page = await browse()
    await page.click(".account summary")
    await page.uncheck("#notify-sound")
    await page.reload()
    await page.evaluate(HEARD)
    await page.evaluate("document.hasFocus = () => false")
    await page.click("#tab-mine")
    assert not await page.is_checked("#notify-sound")
    assert not await page.is_checked("#notify-desktop")

    await given(desk, desk.people.lan)

    await expect(page.locator(".row", has_text="Trần Nga")).to_be_visible()
    assert await heard(page) == []


@browsers
async def test_the_browser_is_asked_for_notifications_by_the_click_only(desk, browse):
    page = await browse()
    await page.evaluate(HEARD)
    await page.evaluate("Notification.permission = 'default'")
    await page.click(".account summary")
    assert not await page.evaluate("window.asked")

    await page.check("#notify-desktop")

    assert await page.evaluate("window.asked")


@browsers
async def test_what_i_accept_myself_is_no_news(desk, browse):
    page = await browse()
    await page.evaluate(HEARD)
    await page.locator(".row").first.click()
    await page.evaluate("document.hasFocus = () => false")

    await page.click("#do-accept")

    await expect(page.locator("#do-resolve")).to_be_visible()
    assert await heard(page) == []


@browsers
async def test_a_message_in_the_conversation_before_my_eyes_makes_no_sound(desk, browse):
    page = await browse()
    await page.goto(f"{desk.url}/inbox#c{desk.talks['thao']}")
    await expect(page.locator("#log .line").first).to_be_visible()
    await page.evaluate(HEARD)
    await page.evaluate("document.hasFocus = () => true")
    await page.locator("#log").click()

    await scenes.writes(desk.db, "thao", "em ơi", clock.now(), "messenger")
    await desk.live.ring()

    await expect(page.locator("#log")).to_contain_text("em ơi")
    assert await heard(page) == []
    await scenes.writes(desk.db, "duc", "phòng 20 mét", clock.now(), "telegram")
    await desk.live.ring()
    await expect(page.locator("html[data-heard]")).to_have_count(1)


@browsers
async def test_the_queue_stands_by_rank_with_urgency_and_team(desk, browse):
    page = await browse()
    await scenes.talk(desk.db, "khan", "Lý Khẩn", [("bị điện giật", person("safety"))], clock.now())
    await desk.live.ring()

    first = page.locator(".row").first

    await expect(first).to_contain_text("Lý Khẩn")
    await expect(first.locator(".urgency")).to_have_text("Khẩn")
    await expect(first).to_contain_text("Quản lý")


@browsers
async def test_my_teams_only_is_a_filter_that_is_kept(desk, browse):
    async with desk.db.begin() as tx:
        await agents.place(tx, desk.people.lan.id, ["quan_ly"], {}, 3)
    await scenes.talk(desk.db, "khan", "Lý Khẩn", [("kiện", person("legal"))], clock.now())
    page = await browse()
    assert await page.locator(".row").count() > 1

    await page.check("#my-teams")

    await expect(page.locator(".row")).to_have_count(1)
    await page.reload()
    await expect(page.locator(".row")).to_have_count(1)
    await expect(page.locator("#tab-queue .count")).to_have_text("1")


@browsers
async def test_the_clock_of_the_next_reply_runs_after_the_first(desk, browse):
    page = await browse()

    await page.click("#tab-mine")

    late = page.locator(".row", has_text="Trương Phương Thảo").locator(".clock")
    until = await late.get_attribute("data-until")
    assert until  # she wrote again after Lan's first reply


@browsers
async def test_a_page_whose_own_clocks_hardly_run_in_the_background_is_still_there(
    desk, browse, monkeypatch
):
    monkeypatch.setattr("bot.console.live.BEAT_SECONDS", 0.2)
    page = await browse()
    await page.evaluate("window.setInterval = window.setTimeout = () => 0")

    async def seen_at():
        async with desk.db.read() as tx:
            return (await agents.by_id(tx, desk.people.lan.id)).seen_at

    first = await seen_at()
    for _ in range(300):
        if await seen_at() != first:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the server does not know that the page is open")
