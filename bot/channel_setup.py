"""`carebot channel`: set a platform up, log in to it, see how each stands."""

from __future__ import annotations

import asyncio
import functools
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import yaml

from bot import app, clock, words
from bot.config import ConfigError, Settings
from bot.menu import ITEMS
from bot.storage import accounts
from bot.storage import outbox as parcels
from bot.storage.db import Database
from bot.vault import DatabaseVault
from connectors import errors
from connectors.base import Button, Channel, DeliveryError

GUIDES: Final = Path(errors.__file__).parent.parent / "guides.yml"
NAMES: Final = {prefix.rstrip("_").lower(): prefix for prefix in app.CHANNELS}

Ask = Callable[[str, bool], str]  # a question, and whether the answer is a secret


@functools.cache
def guides() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(GUIDES.read_text(encoding="utf-8"))
    return found


async def add(
    settings: Settings,
    db: Database,
    name: str,
    language: str,
    ask: Ask,
    say: Callable[[str], None],
) -> bool:
    """Ask for what a channel needs, try it, set it up; says the lines for the environment and
    what remains to do by hand. False when the platform refuses."""
    kind, guide = app.connector(NAMES[name]), guides()[name]
    values = settings.channel_values(kind.settings)
    for setting, about in guide["settings"].items():
        while not values[setting]:
            values[setting] = ask(f"{about[language]}\n{setting}: ", bool(about.get("secret")))
    channel: Channel = kind(values, app.tools(settings, db))
    webhook = f"{settings.public_url}/webhooks/{kind.name}"
    try:
        if name != "zalo" or await _logged_in(settings, db):
            say(f"✓ {name}: {await channel.check()}")
            menu = [Button(item.title, item.key) for item in ITEMS]
            greeting = words.say("greeting", "vi", business=settings.business)
            await channel.set_up(webhook, menu, greeting)
    except DeliveryError as refusal:
        say(f"✗ {name}: {explained(kind.name, refusal, language)}")
        return False
    finally:
        await channel.close()
    say("")
    for setting in guide["settings"]:
        say(f"{setting}={values[setting]}")
    menu_text = ", ".join(f"{item.title} ({item.key})" for item in ITEMS)
    say("")
    for step in guide["by_hand"][language]:
        say(f"  - {step.format(webhook=webhook, menu=menu_text)}")
    say(f"  - {guide['doc']}")
    return True


async def _logged_in(settings: Settings, db: Database) -> bool:
    vault = DatabaseVault(db, settings.secret_key, clock.now)
    return await vault.tokens("zalo") is not None


async def login(
    settings: Settings, db: Database, language: str, ask: Ask, say: Callable[[str], None]
) -> bool:
    """Let our app into the Zalo Official Account: its messages that waited go out at once.

    False when Zalo refuses. Raises ConfigError when Zalo is not set up.
    """
    from connectors.zalo import consent_url, first_tokens, new_verifier

    values = settings.of_channel(app.connector(NAMES["zalo"]).settings)
    if values is None:
        raise ConfigError("ZALO_APP_ID: Zalo is not set up; run carebot channel add zalo")
    verifier, state = new_verifier(), secrets.token_urlsafe(12)
    redirect = f"{settings.public_url}/console/"
    say(consent_url(values, redirect, verifier, state))
    given = ask(LOGIN[language], False).strip()
    query = parse_qs(urlsplit(given).query)
    if query and query.get("state") != [state]:
        say("✗ zalo: " + OTHER_STATE[language])
        return False
    code = query.get("code", [given])[0]
    try:
        tokens = await first_tokens(values, code, verifier, clock.now)
    except DeliveryError as refusal:
        say(f"✗ zalo: {explained('zalo', refusal, language)}")
        return False
    await DatabaseVault(db, settings.secret_key, clock.now).keep("zalo", tokens)
    async with db.begin() as tx:
        await accounts.resume(tx, "zalo")
        await parcels.hurry(tx, "zalo", clock.now())
    say(f"✓ zalo: {tokens.refresh_until:%d/%m/%Y}")
    return True


LOGIN: Final = {
    "vi": "Mở địa chỉ trên, đồng ý cho ứng dụng vào Official Account, rồi dán vào đây địa chỉ mà "
    "trình duyệt dừng lại:\n",
    "en": "Open the address above, let the app in, then paste here the address where the browser "
    "ends up:\n",
}
NETWORK: Final = {
    "vi": "Kiểm tra mạng và địa chỉ máy chủ của kênh (…_API_URL).",
    "en": "Check the network and the channel's address (…_API_URL).",
}
OTHER_STATE: Final = {
    "vi": "Địa chỉ này là của một lần đăng nhập khác. Chạy lại lệnh và dùng địa chỉ mới.",
    "en": "This address is of another log-in. Run the command again and use the new address.",
}


def explained(channel: str, refusal: DeliveryError, language: str) -> str:
    """What a platform's refusal means and what to do."""
    known = errors.meaning(channel, refusal.code)
    if known is None:
        return f"{refusal}. {NETWORK[language]}"
    return " ".join(known.vi if language == "vi" else known.en) + f" ({refusal.code})"


async def standing(
    settings: Settings, db: Database, language: str = "en"
) -> list[tuple[bool, str, str]]:
    """How each channel stands: whether it is well, its name, and in a few words why."""
    async with db.read() as tx:
        known = {account.channel: account for account in await accounts.all_of(tx)}
    found = []
    for name, channel in app.channels(settings, db).items():
        account = known.get(name)
        heard = (
            f"; last event {account.heard_at:%d/%m %H:%M} UTC"
            if account and account.heard_at
            else ""
        )
        try:
            said = await asyncio.wait_for(channel.check(), 15)
            paused = account.pause if account else None
            good = paused is None
            text = said + heard + (f"; paused: {paused['text']}" if paused else "")
        except DeliveryError as refusal:
            good, text = False, explained(name, refusal, language)
        except asyncio.TimeoutError:
            good, text = False, "the platform does not answer"
        finally:
            await channel.close()
        found.append((good, name, text))
    return found
