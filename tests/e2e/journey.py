"""The main road, as its users walk it: `carebot demo` as a newcomer starts it, and Chromium."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from databases import new_sqlite
from doubles import NOON, free_port
from playwright.async_api import BrowserContext, Page, expect

from bot.storage import releases
from bot.storage.db import Database

ROOT = Path(__file__).parent.parent.parent


@dataclass
class Demo:
    """A running `carebot demo`."""

    shop: str
    console: str
    phones: str
    password: str
    log: Path
    process: asyncio.subprocess.Process


@contextlib.asynccontextmanager
async def demo(
    folder: Path, model: tuple[str, bytes] | None = None, **settings: str
) -> AsyncIterator[Demo]:
    """Start the demo in a folder of its own; it is ready when the assistant answers. It trains,
    unless it is given a model of the present content, as the `model` fixture names it."""
    port, shop_port, simulator_port = free_port(), free_port(), free_port()
    folder.mkdir(parents=True, exist_ok=True)
    if model:
        await _keep(folder / "var", *model)
    log = folder / "demo.log"
    try:
        asyncio.get_child_watcher()
    except NotImplementedError:  # Rasa's web framework may have put uvloop's policy in place
        asyncio.set_event_loop_policy(asyncio.DefaultEventLoopPolicy())
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "demo"),
            cwd=folder,
            stdout=out,
            stderr=out,
            env={
                **{k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "SECRET_KEY")},
                "PORT": str(port),
                "SHOP_PORT": str(shop_port),
                "SIMULATOR_PORT": str(simulator_port),
                "PROJECT_DIR": str(ROOT),
                **settings,
            },
        )
        try:
            end = time.monotonic() + 240
            while "is in use" not in log.read_text(encoding="utf-8"):
                assert process.returncode is None, log.read_text(encoding="utf-8")
                assert time.monotonic() < end, log.read_text(encoding="utf-8")
                await asyncio.sleep(0.2)
            yield Demo(
                f"http://127.0.0.1:{shop_port}",
                f"http://127.0.0.1:{port}/console/",
                f"http://127.0.0.1:{simulator_port}",
                (folder / "var" / "demo-password").read_text(encoding="utf-8"),
                log,
                process,
            )
        finally:
            if process.returncode is None:
                process.terminate()
                await asyncio.wait_for(process.wait(), 40)


async def _keep(var: Path, name: str, archive: bytes) -> None:
    var.mkdir()
    url = await new_sqlite(var / "carebot.db")
    db = Database(url)
    async with db.begin() as tx:
        await releases.store(tx, name, name.removesuffix(".tar.gz"), archive, NOON)
    await db.close()


class Customer:
    """Somebody on the shop's page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.log = page.get_by_role("log")
        # What was said since the customer last spoke.
        self.answers = page.locator("carebot-widget .item.bot:not(:has(~ .item.customer))")

    @classmethod
    async def visit(cls, context: BrowserContext, url: str) -> Customer:
        page = await context.new_page()
        await page.goto(url)
        customer = cls(page)
        await customer.open()
        await expect(page.locator("carebot-widget textarea")).to_be_visible()
        return customer

    async def open(self) -> None:
        await self.page.get_by_role("button", name="Mở khung trò chuyện").click()

    async def say(self, text: str) -> None:
        box = self.page.locator("carebot-widget textarea")
        await box.fill(text)
        await box.press("Enter")

    async def attach(self, *files: Path) -> None:
        await self.page.locator("carebot-widget input.picker").set_input_files(files)
        await expect(self.page.locator("carebot-widget .chip progress")).to_be_hidden()

    async def press(self, title: str) -> None:
        await self.answers.get_by_role("button", name=title, exact=True).click()

    async def press_on_card(self, card: str, title: str) -> None:
        found = self.answers.locator(".card").filter(has_text=card)
        await found.get_by_role("button", name=title, exact=True).click()

    async def is_told(self, *texts: str | re.Pattern[str]) -> None:
        """The answers to what was said last hold each of these."""
        for text in texts:
            said = self.answers.filter(has_text=text)
            await expect(said.first, f"no answer with {text!r}").to_be_visible(timeout=15_000)

    async def code(self, letters: str) -> str:
        """The code that the answer gives, like SC1101."""
        found = re.search(rf"{letters}\d+", " ".join(await self.answers.all_inner_texts()))
        assert found
        return found[0]

    async def reads(self, text: str | re.Pattern[str]) -> None:
        await expect(self.log).to_contain_text(text, timeout=15_000)

    async def header(self, text: str | re.Pattern[str]) -> None:
        header = self.page.locator("carebot-widget header")
        await expect(header).to_contain_text(text, timeout=15_000)


async def log_in(context: BrowserContext, demo: Demo, username: str) -> Page:
    page = await context.new_page()
    await page.goto(demo.console)
    await page.fill("input[name=username]", username)
    await page.fill("input[name=password]", demo.password)
    await page.press("input[name=password]", "Enter")
    await page.wait_for_url("**/console/**")
    return page
