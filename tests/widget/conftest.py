"""A browser for the session, a shop and a watched page for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from fake_shop import Shop
from playwright.async_api import Browser, Page, expect


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/widget/" in item.path.as_posix():
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(loop_scope="session")
async def shop() -> AsyncIterator[Shop]:
    shop = Shop()
    await shop.start()
    yield shop
    if shop.server:
        await shop.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def new_page(browser: Browser, shop: Shop) -> AsyncIterator[Callable[..., Awaitable[Page]]]:
    """Opens pages; afterwards nobody may have seen a CSP violation, an error or another host."""
    contexts = []
    complaints: list[str] = []

    async def make(
        script: str = "", watch: Callable[[Any], object] | None = None, **options: Any
    ) -> Page:
        size = {"width": 1100, "height": 800}
        context = await browser.new_context(
            **{"viewport": size, "timezone_id": "Asia/Ho_Chi_Minh", **options}
        )
        context.set_default_timeout(8000)
        contexts.append(context)
        hosts = (f"//127.0.0.1:{shop.port}/", f"//localhost:{shop.port}/", "blob:", "data:")

        def guard(page: Page) -> None:
            def console(message: Any) -> None:
                if "Content Security Policy" in message.text or "TrustedHTML" in message.text:
                    complaints.append(message.text)

            def request(r: Any) -> None:
                if not any(host in r.url for host in hosts):
                    complaints.append(f"asked {r.url}")

            page.on("console", console)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("request", request)

        context.on("page", guard)
        page = await context.new_page()
        if script:
            await page.add_init_script(script)
        if watch:
            page.on("console", watch)
        await page.goto(shop.page)
        return page

    yield make
    for context in contexts:
        await context.close()
    assert not complaints


@pytest_asyncio.fixture(loop_scope="session")
async def page(new_page: Callable[..., Awaitable[Page]]) -> Page:
    return await new_page()


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(page: Page) -> Page:
    """A page whose chat is open and connected."""
    await page.locator(".launcher").click()
    await expect(page.locator(".panel")).to_be_visible()
    return page
