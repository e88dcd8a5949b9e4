"""The console's own fixtures: a logged-in visitor without a network, a browser, a running desk."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
import scenes
import uvicorn
from databases import new_sqlite
from doubles import NOON
from playwright.async_api import Browser, BrowserContext, Page
from quick import QuickServer
from servers import settings
from starlette.applications import Starlette
from visits import Clock, token_in

from bot import clock, doorbell, web
from bot.live import Live
from bot.storage.db import Database


@pytest.fixture
def time() -> Clock:
    return Clock()


@pytest.fixture
async def people(db: Database) -> scenes.People:
    return await scenes.staff(db, NOON)


class Visitor:
    """Somebody with a browser, as far as HTTP goes."""

    def __init__(self, app: Starlette) -> None:
        transport = httpx.ASGITransport(app=app)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080")
        self.csrf = ""

    async def log_in(
        self, username: str, password: str = scenes.PASSWORD, following: str = ""
    ) -> httpx.Response:
        form = (await self.http.get("/console/login")).text
        answer = await self.http.post(
            "/console/login",
            data={
                "csrf": token_in(form),
                "username": username,
                "password": password,
                "next": following,
            },
        )
        if answer.status_code == 303:
            page = await self.http.get("/console/", follow_redirects=True)
            self.csrf = token_in(page.text)
        return answer

    async def get(self, path: str) -> httpx.Response:
        return await self.http.get(f"/console{path}")

    async def post(self, path: str, **body: Any) -> httpx.Response:
        return await self.http.post(
            f"/console{path}", json=body, headers={"X-CSRF-Token": self.csrf}
        )


@pytest.fixture
async def app(db: Database, database_url: str, time: Clock) -> Starlette:
    live = Live(db, doorbell.for_database(database_url))
    return web.build(db, live, settings(database_url), time)


@pytest.fixture
async def visitor(app: Starlette) -> AsyncIterator[Callable[..., Awaitable[Visitor]]]:
    """Makes visitors, logged in when a name is given."""
    made: list[Visitor] = []

    async def make(username: str = "") -> Visitor:
        visitor = Visitor(app)
        made.append(visitor)
        if username:
            answer = await visitor.log_in(username)
            assert answer.status_code == 303, answer.text
        return visitor

    yield make
    for each in made:
        await each.http.aclose()


class Desk:
    """A running web process that can be stopped and started again on its port."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self.port = 0
        self.db = Database(database_url)
        self.people: scenes.People
        self.talks: dict[str, int] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/console"

    async def start(self) -> None:
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", self.port))
        self.port = sock.getsockname()[1]
        own = Database(self._url)
        self.live = Live(own, doorbell.for_database(self._url))
        app = self.app = web.build(own, self.live, settings(self._url, self.port), clock.now)
        config = uvicorn.Config(app, ws="wsproto", log_config=None, timeout_graceful_shutdown=1)
        self._server = QuickServer(config)
        self._task = asyncio.create_task(self._server.serve(sockets=[sock]))
        while not self._server.started:
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        self._server.should_exit = True
        await self._task


@pytest_asyncio.fixture(loop_scope="session")
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """A busy morning, served."""
    url = await new_sqlite(tmp_path / "desk.db")
    made = Desk(url)
    made.people = await scenes.staff(made.db, clock.now())
    made.talks = await scenes.busy_day(made.db, made.people, clock.now())
    await made.start()
    yield made
    await made.stop()
    await made.db.close()


@pytest_asyncio.fixture(loop_scope="session")
async def browse(browser: Browser, desk: Desk) -> AsyncIterator[Callable[..., Awaitable[Page]]]:
    """Opens a logged-in page; afterwards nobody may have seen an error, a CSP violation or a
    request to another host."""
    complaints: list[str] = []
    contexts: list[BrowserContext] = []

    async def make(
        username: str = "lan", where: str = "/inbox", row: bool = True, **options: Any
    ) -> Page:
        size = {"width": 1280, "height": 800}
        context = await browser.new_context(
            **{"viewport": size, "timezone_id": "Asia/Ho_Chi_Minh", **options}
        )
        contexts.append(context)
        context.set_default_timeout(8000)
        page = await context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: (
                complaints.append(message.text)
                if "Content Security Policy" in message.text
                else None
            ),
        )
        page.on(
            "request",
            lambda request: (
                None
                if f"127.0.0.1:{desk.port}/" in request.url or request.url.startswith("data:")
                else complaints.append(f"asked {request.url}")
            ),
        )
        if username:
            await page.goto(f"{desk.url}/login")
            await page.fill("[name=username]", username)
            await page.fill("[name=password]", scenes.PASSWORD)
            await page.keyboard.press("Enter")
            await page.wait_for_url(lambda url: "login" not in url)
        await page.goto(f"{desk.url}{where}")
        if username and where.startswith("/inbox") and row:
            await page.wait_for_selector(".row", state="attached")
        return page

    yield make
    for context in contexts:
        await context.close()
    assert not complaints
