"""Carebot between four pretend platforms, all over real HTTP."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
from doubles import until
from phones import free_socket, serving
from servers import Server, running, settings

from bot import app, clock
from bot.answer import Dialogue
from bot.simulators.base import Bubble, Person, Simulator
from bot.simulators.messenger import MessengerSimulator
from bot.simulators.telegram import TelegramSimulator
from bot.simulators.zalo import ZaloSimulator
from bot.simulators.zalo_bot import ZaloBotSimulator
from bot.storage.db import Database
from bot.vault import DatabaseVault
from connectors.zalo import consent_url, first_tokens, new_verifier

SIMULATORS = (MessengerSimulator, ZaloSimulator, ZaloBotSimulator, TelegramSimulator)
NAMES = tuple(each.name for each in SIMULATORS)
TOKEN = "700000001:AAH-secret_of_the_bot"
VALUES = {
    "MESSENGER_PAGE_ID": "1067280970047460",
    "MESSENGER_PAGE_TOKEN": "EAAB_demo_page_token",
    "MESSENGER_APP_ID": "1517776481860111",
    "MESSENGER_APP_SECRET": "fb_app_secret_demo",
    "MESSENGER_VERIFY_TOKEN": "our word",
    "MESSENGER_API_VERSION": "v25.0",
    "ZALO_APP_ID": "360846524940903967",
    "ZALO_APP_SECRET": "app secret",
    "ZALO_OA_ID": "388613280878808645",
    "ZALO_OA_SECRET": "oa secret",
    "ZALO_BOT_TOKEN": "12345689:abc-xyz",
    "ZALO_BOT_SECRET": "a-secret-of-the-shop",
    "ZALO_BOT_POLLING": "no",
    "TELEGRAM_BOT_TOKEN": TOKEN,
    "TELEGRAM_WEBHOOK_SECRET": hashlib.sha256(b"carebot webhook " + TOKEN.encode()).hexdigest(),
    "TELEGRAM_POLLING": "no",
}


@dataclass
class World:
    """A running Carebot and the platforms around it."""

    carebot: Server
    platforms: dict[str, Simulator]

    def person(self, name: str) -> Person:
        return self.platforms[name].begin("Lan")

    async def does(self, name: str, person: Person, act: str, **value: Any) -> None:
        await self.platforms[name].act(person, act, value)

    async def answers(self, person: Person, more_than: int = 0) -> list[Bubble]:
        """What the business has said on this phone, once it has said more than so much."""
        await until(lambda: len(theirs(person)) > more_than, 20)
        return theirs(person)


def theirs(person: Person) -> list[Bubble]:
    return [bubble for bubble in person.bubbles if bubble.by != "customer"]


@contextlib.asynccontextmanager
async def world(database_url: str, dialogue: Dialogue) -> AsyncIterator[World]:
    async with contextlib.AsyncExitStack() as stack:
        http = await stack.enter_async_context(httpx.AsyncClient(trust_env=False))
        sock, url = free_socket()
        port = int(url.rpartition(":")[2])
        env = dict(VALUES)
        platforms: dict[str, Simulator] = {}
        for kind in SIMULATORS:
            own, address = free_socket()
            prefix = kind.name.upper()
            env |= {f"{prefix}_API_URL": address}
            if kind is ZaloSimulator:
                env["ZALO_OAUTH_URL"] = address
            made = kind(f"{url}/webhooks/{kind.name}", env, clock.now, http)
            platforms[kind.name] = made
            await stack.enter_async_context(serving(made.routes(), own))
        given = settings(database_url, port, **env)
        db = Database(database_url)
        stack.push_async_callback(db.close)
        await let_in(http, env, DatabaseVault(db, given.secret_key, clock.now))
        channels = app.channels(given, db)
        carebot = await stack.enter_async_context(running(given, dialogue, port, sock, channels))
        yield World(carebot, platforms)


async def let_in(http: httpx.AsyncClient, env: dict[str, str], vault: DatabaseVault) -> None:
    """The Zalo account's administrator agrees."""
    verifier = new_verifier()
    page = consent_url(env, "http://127.0.0.1:1/back", verifier, "s")
    back = httpx.URL((await http.get(page)).headers["location"]).params
    await vault.keep("zalo", await first_tokens(env, back["code"], verifier, clock.now))
