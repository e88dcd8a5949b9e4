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

from doubles import free_port
from playwright.async_api import BrowserContext, Page, expect

ROOT = Path(__file__).parent.parent.parent


@dataclass
class Demo:
    """A running `carebot demo`."""

    shop: str
    console: str
    password: str
    log: Path
    process: asyncio.subprocess.Process


@contextlib.asynccontextmanager
async def demo(folder: Path) -> AsyncIterator[Demo]:
    """Start the demo in a folder of its own; it is ready when the assistant answers."""
    port, shop_port = free_port(), free_port()
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "demo.log"
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
                "PROJECT_DIR": str(ROOT),
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
                (folder / "var" / "demo-password").read_text(encoding="utf-8"),
                log,
                process,
            )
        finally:
            if process.returncode is None:
                process.terminate()
                await asyncio.wait_for(process.wait(), 40)


class Customer:
    """Somebody on the shop's page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.log = page.get_by_role("log")

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
