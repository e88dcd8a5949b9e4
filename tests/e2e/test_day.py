"""One day at the desk: an agent and a supervisor in their browsers, customers at the widget's door,
and a clock that is moved. Everything else runs as it always does: web process, worker, timers."""

from __future__ import annotations

import socket
import uuid
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from databases import new_sqlite
from doubles import ScriptedDialogue
from playwright.async_api import Browser, Page, expect
from servers import Server, Tab, running, settings

from bot import clocks
from bot.console.login import hash_password
from bot.facts import HERE
from bot.models import Presence, Role, Turn
from bot.storage import agents, users
from bot.storage.tables import timers

pytestmark = pytest.mark.asyncio(loop_scope="session")

PASSWORD = "mật khẩu của cả nhóm"
MONDAY = datetime(2026, 11, 23, tzinfo=HERE)


class Day:
    """The shop's day, and everybody in it."""

    def __init__(self, server: Server, browser: Browser) -> None:
        self.server = server
        self.now = MONDAY
        self._browser = browser
        self._pages: list[Page] = []

    async def at(self, hour: int, minute: int = 0) -> None:
        """The clock is moved. Consoles and widgets have been open all the time, so they have shown
        that they live; the consoles' screens tell the new hour."""
        moment = MONDAY + timedelta(hours=hour, minutes=minute)
        async with self.server.db.begin() as tx:
            for agent in await agents.all_of(tx):
                if agent.presence is Presence.ONLINE:
                    await agents.seen(tx, agent.user.id, moment)
            later = moment + timedelta(minutes=2)
            await tx.execute(
                timers.update().where(timers.c.kind == clocks.LEFT).values(due_at=later)
            )
        self.now = moment
        for page in self._pages:
            await page.reload()

    async def staff(self, username: str, name: str, role: Role, capacity: int) -> None:
        hashed = hash_password(PASSWORD)
        async with self.server.db.begin() as tx:
            made = await users.add(tx, username, name, role, hashed, self.now)
            await agents.place(tx, made, [], {}, capacity)

    async def console(self, username: str) -> Page:
        context = await self._browser.new_context(
            locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", viewport={"width": 1280, "height": 800}
        )
        context.set_default_timeout(10_000)
        page = await context.new_page()
        await page.goto(f"{self.server.url}/console/login")
        await page.fill("[name=username]", username)
        await page.fill("[name=password]", PASSWORD)
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/inbox")
        self._pages.append(page)
        return page

    async def customer(self) -> Customer:
        tab = await self.server.open()
        await tab.next("ready")
        return Customer(tab)

    async def leave(self) -> None:
        for page in self._pages:
            await page.context.close()


class Customer:
    """Somebody at the website's widget."""

    def __init__(self, tab: Tab) -> None:
        self._tab = tab

    async def says(self, text: str) -> None:
        sent = {"type": "message", "client_id": str(uuid.uuid4()), "text": text}
        await self._tab.send(sent)

    async def reads(self, words: str) -> None:
        """Waits until this is said to them."""
        while words not in (await self._tab.next("message", 15))["message"]["text"]:
            print(self._tab.frames[-1])


@pytest_asyncio.fixture(loop_scope="session")
async def day(tmp_path: Path, browser: Browser) -> AsyncIterator[Day]:
    url = await new_sqlite(tmp_path / "day.db")
    person = Turn(handoff_reason="customer_request", introduced=True)
    dialogue = ScriptedDialogue(dict.fromkeys(("cho gặp nhân viên", "/request_human"), person))
    shop_day: list[Day] = []
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]

        def now() -> datetime:
            return shop_day[0].now if shop_day else MONDAY

        async with running(settings(url, port), dialogue, port, sock, now=now) as server:
            shop_day.append(Day(server, browser))
            yield shop_day[0]
            await shop_day[0].leave()


async def ready(page: Page) -> None:
    await page.select_option("#presence", "online")
    await expect(page.locator("[data-presence=online]").first).to_be_visible()


async def opens(page: Page, number: int) -> None:
    await page.goto(page.url.split("/console")[0] + f"/console/inbox#c{number}")
    await expect(page.locator("#talk-name")).not_to_be_empty()


async def answers(page: Page, text: str) -> None:
    await page.fill("#text", text)
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#log")).to_contain_text(text)


async def test_a_day_at_the_desk(day: Day) -> None:
    await day.staff("lan", "Lan", Role.AGENT, capacity=1)
    await day.staff("mai", "Mai", Role.SUPERVISOR, capacity=4)

    # Before the shop opens, a customer is told when somebody is here, and leaves a number.
    await day.at(7, 30)
    an = await day.customer()
    await an.says("cho gặp nhân viên")
    await an.reads("8:00 sáng nay")
    await an.says("gọi mình số 0901234567 nhé, máy giặt không vắt")
    await an.reads("0901234567")

    # At eight Lan says that she is there, and is given who has waited.
    await day.at(8)
    lan = await day.console("lan")
    await ready(lan)
    await an.reads("Lan")
    await opens(lan, 1)
    await expect(lan.locator("#pack")).to_contain_text("0901234567")
    await answers(lan, "Dạ em Lan đây ạ, anh chờ em kiểm tra nhé.")
    await an.reads("em Lan đây")

    # A second customer has to wait, and hears so; the supervisor sees it on her board.
    binh = await day.customer()
    await binh.says("cho gặp nhân viên")
    await binh.reads("người thứ 1")
    mai = await day.console("mai")
    await mai.goto(f"{day.server.url}/console/board")
    await expect(mai.locator("#teams-rows")).to_contain_text("1")
    await expect(mai.locator("#agents-rows")).to_contain_text("1 / 1")

    # Two minutes later they are told again; Lan closes with a reason, and the next one is hers.
    await day.at(8, 3)
    await binh.reads("người thứ 1")
    await lan.click("#do-resolve")
    await lan.check("input[name=reason][value=answered]")
    await lan.locator("#dialog-resolve button.primary").click()
    await binh.reads("Lan")
    await opens(lan, 2)

    # She promises a call, which becomes a row of the day's list.
    await answers(lan, "Dạ chiều nay 15h em gọi lại cho chị ạ.")
    await lan.locator("#offer button, .offer button").first.click()
    await binh.reads("15h")

    # Bình writes again and Lan is silent: the talk goes back, and the supervisor hears of it.
    await binh.says("alo em ơi gấp lắm")
    await expect(lan.locator("#log")).to_contain_text("gấp lắm")
    await day.at(8, 10)
    await expect(lan.locator("#talk-state")).to_contain_text("Đang chờ")
    await opens(mai, 2)
    await mai.click("#do-accept")
    await answers(mai, "Dạ em Mai, quản lý bên em, xin hỗ trợ chị ngay ạ.")
    await binh.reads("em Mai")

    # In the afternoon the promise is due, and is kept.
    await day.at(15, 5)
    await lan.goto(f"{day.server.url}/console/today")
    await expect(lan.locator(".todo.overdue, .todo")).to_contain_text("gọi lại")
    await lan.locator("button[value=kept]").first.click()
    await expect(lan.locator(".rate")).to_contain_text("100%")

    # The assistant takes over again, and says so.
    await mai.click("#do-return")
    await mai.locator("#dialog-return button.primary").click()
    await binh.reads("trợ lý tự động")

    # The day's figures count what happened, and Lan goes home.
    await day.at(18)
    await mai.goto(f"{day.server.url}/console/board")
    await expect(mai.locator("#figures")).to_contain_text("2")
    await lan.goto(f"{day.server.url}/console/inbox")
    await lan.select_option("#presence", "off")
    await expect(lan.locator("[data-presence=off]").first).to_be_visible()

    # At night the next customer is told when somebody is here again: Tuesday the 24th is a holiday.
    await day.at(21, 30)
    chi = await day.customer()
    await chi.says("cho gặp nhân viên")
    await chi.reads("thứ Tư (25/11)")
