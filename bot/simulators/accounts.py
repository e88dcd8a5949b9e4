"""The accounts that the pretend platforms know. Their secrets are fixed: nothing hangs on them."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Final

from connectors.base import Tokens

TELEGRAM_TOKEN: Final = "700000001:pretend-telegram-bot"  # noqa: S105
ZALO_LIVES: Final = timedelta(hours=25)


def environment(address: str) -> dict[str, dict[str, str]]:
    """By platform, the settings with which a Carebot talks to the phones at `address`."""
    return {
        "messenger": {
            "MESSENGER_PAGE_ID": "105512345678901",
            "MESSENGER_PAGE_TOKEN": "pretend-page-token",
            "MESSENGER_APP_ID": "900800700600500",
            "MESSENGER_APP_SECRET": "pretend-app-secret",
            "MESSENGER_VERIFY_TOKEN": "pretend-verify-token",
            "MESSENGER_API_URL": f"{address}/messenger",
        },
        "zalo": {
            "ZALO_APP_ID": "4131234567890123456",
            "ZALO_APP_SECRET": "pretend-zalo-app-secret",
            "ZALO_OA_ID": "2491234567890123456",
            "ZALO_OA_SECRET": "pretend-zalo-oa-secret",
            "ZALO_API_URL": f"{address}/zalo",
            "ZALO_OAUTH_URL": f"{address}/zalo",
        },
        "zalo_bot": {
            "ZALO_BOT_TOKEN": "1459232241454765289:pretend-zalo-bot",
            "ZALO_BOT_SECRET": "pretend-zalo-bot-secret",
            "ZALO_BOT_API_URL": f"{address}/zalo_bot",
        },
        "telegram": {
            "TELEGRAM_BOT_TOKEN": TELEGRAM_TOKEN,
            "TELEGRAM_API_URL": f"{address}/telegram",
        },
    }


def telegram_secret() -> str:
    """What a Carebot would have set with its webhook."""
    return hashlib.sha256(b"carebot webhook " + TELEGRAM_TOKEN.encode()).hexdigest()


def zalo_tokens(now: datetime) -> Tokens:
    """The first pair, as if the administrator had just agreed."""
    return Tokens(
        access="pretend-zalo-access",
        refresh="pretend-zalo-refresh",
        access_until=now + ZALO_LIVES,
        refresh_until=now + timedelta(days=90),
    )
