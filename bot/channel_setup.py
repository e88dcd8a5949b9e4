"""`carebot channel`: set a platform up, log in to it, see how each stands."""

from __future__ import annotations

import asyncio
import functools
import secrets
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import yaml

from bot import app, clock, words
from bot.config import ConfigError, Settings
from bot.facts import HERE
from bot.menu import ITEMS
from bot.models import Account
from bot.storage import accounts
from bot.storage import outbox as parcels
from bot.storage.db import Database
from bot.vault import DatabaseVault
from connectors import errors
from connectors.base import Button, Channel, DeliveryError
from connectors.slack import UNSET, Slack

GUIDES: Final = Path(errors.__file__).parent.parent / "guides.yml"
NAMES: Final = {prefix.rstrip("_").lower(): prefix for prefix in app.CHANNELS}
SLACK_WAYS: Final = ("SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN")  # one is enough: HTTP, Socket Mode

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
    guide = guides()[name]
    values = settings.channel_values(_connector(name).settings)
    wanted = _wanted(settings, name, values)
    for setting in wanted:
        about = guide["settings"][setting]
        while values[setting] in ("", UNSET):
            values[setting] = ask(f"{about[language]}\n{setting}: ", bool(about.get("secret")))
    webhook = f"{settings.public_url}/webhooks/{name}"
    try:
        if said := await _set_up(settings, db, name, values, webhook):
            say(f"✓ {name}: {said}")
    except DeliveryError as refusal:
        say(f"✗ {name}: {explained(name, refusal, language)}")
        return False
    say(f"\n{KEEP[language]}\n")
    for setting in wanted:
        say(f"{setting}={values[setting]}")
    say(f"\n{REMAINS[language]}\n")
    menu = ", ".join(f"{item.title} ({item.key})" for item in ITEMS)
    for step in guide["by_hand"][language]:
        say(f"  - {step.format(site=settings.public_url, webhook=webhook, menu=menu)}")
    say(f"  - {guide['doc']}")
    return True


def _connector(name: str) -> Any:
    """The class that speaks to a platform. Slack's is no Channel: agents are there, not
    customers."""
    return Slack if name == Slack.name else app.connector(NAMES[name])


def _wanted(settings: Settings, name: str, values: Mapping[str, str]) -> list[str]:
    """The settings a channel cannot do without."""
    named = list(guides()[name]["settings"])
    if name != Slack.name:
        return named
    given = [way for way in SLACK_WAYS if values[way] != UNSET]
    usual = SLACK_WAYS[0 if settings.public_url.startswith("https://") else 1]
    return [each for each in named if each not in SLACK_WAYS or each in (given or [usual])]


async def _set_up(
    settings: Settings, db: Database, name: str, values: Mapping[str, str], webhook: str
) -> str:
    """Whom the platform takes us for, after it was told all that it takes from a program; "" when
    it lets nobody in yet. Raises DeliveryError."""
    if name == Slack.name:
        return await Slack(values).check()
    if name == "zalo" and not await _logged_in(settings, db):
        return ""
    channel: Channel = app.connector(NAMES[name])(values, app.tools(settings, db))
    try:
        await channel.check()
        menu = [Button(item.title, item.key) for item in ITEMS]
        greeting = words.say("greeting", "vi", business=settings.business)
        await channel.set_up(webhook, menu, greeting)
        return await channel.check()
    finally:
        await channel.close()


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


KEEP: Final = {
    "vi": "Đặt các dòng này vào môi trường của Carebot rồi khởi động lại (web và worker):",
    "en": "Put these lines into Carebot's environment and start it anew (web and worker):",
}
REMAINS: Final = {"vi": "Phần còn lại phải làm bằng tay:", "en": "What remains to do by hand:"}
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
SILENT: Final = {
    "vi": "Kênh không trả lời. Kiểm tra mạng của máy chủ.",
    "en": "The platform does not answer. Look at the machine's network.",
}
LAST_EVENT: Final = {
    "vi": "; sự kiện gần nhất {at:%d/%m %H:%M}",
    "en": "; last event {at:%d/%m %H:%M}, Vietnam's time",
}
PAUSED: Final = {"vi": "; đang tạm dừng: {why}", "en": "; paused: {why}"}
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


async def standing(settings: Settings, db: Database, language: str) -> list[tuple[bool, str, str]]:
    """How each channel stands: whether it is well, its name, and in a few words why."""
    async with db.read() as tx:
        known = {account.channel: account for account in await accounts.all_of(tx)}
    found = []
    for name, channel in app.channels(settings, db).items():
        try:
            found.append(await _standing(name, channel.check(), known.get(name), language))
        finally:
            await channel.close()
    if values := app.slack_values(settings):
        check, account = Slack(values).check(), known.get(Slack.name)
        found.append(await _standing(Slack.name, check, account, language))
    return found


async def _standing(
    name: str, check: Awaitable[str], account: Account | None, language: str
) -> tuple[bool, str, str]:
    try:
        text = await asyncio.wait_for(check, 15)
    except DeliveryError as refusal:
        return False, name, explained(name, refusal, language)
    except asyncio.TimeoutError:
        return False, name, SILENT[language]
    if account and account.heard_at:
        text += LAST_EVENT[language].format(at=account.heard_at.astimezone(HERE))
    pause = account.pause if account else None
    if pause:
        text += PAUSED[language].format(why=pause["text"])
    return pause is None, name, text
