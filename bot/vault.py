"""Tokens of platforms that replace them from time to time: in the database, sealed with our
secret key, and renewed by one process at a time."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken

from bot.storage import accounts
from bot.storage.db import Database, DatabaseUnavailable
from connectors.base import AuthError, Json, RetryableError, Tokens

log = logging.getLogger(__name__)

ASKING = timedelta(seconds=40)  # a process that asks for longer is dead
ASK_SECONDS = 30.0
LOOK_SECONDS = 0.2


class DatabaseVault:
    """connectors.base.Vault."""

    def __init__(self, db: Database, secret_key: str, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._clock = clock
        self._exchanges: set[asyncio.Task[Tokens]] = set()
        digest = hashlib.sha256(b"carebot vault\0" + secret_key.encode()).digest()
        self._seal = Fernet(base64.urlsafe_b64encode(digest))

    async def tokens(self, channel: str) -> Tokens | None:
        """Those in use. Raises AuthError when they were sealed with another SECRET_KEY."""
        async with self._db.read() as tx:
            return self._opened(await accounts.tokens(tx, channel))

    async def keep(self, channel: str, tokens: Tokens) -> None:
        """These are in use from now on, and the channel goes on."""
        async with self._db.begin() as tx:
            await accounts.set_tokens(tx, channel, self._sealed(tokens))

    async def renew(
        self, channel: str, used: Tokens, ask: Callable[[Tokens], Awaitable[Tokens]]
    ) -> Tokens:
        """The tokens that follow `used`: asked for here, or by another process meanwhile. They
        are stored before anybody gets them, and whether or not the caller still waits. Raises
        what `ask` raises."""
        waited = timedelta(0)
        while True:
            now = self._clock()
            async with self._db.begin() as tx:
                # Looked at under the row's lock: what another has just stored is seen.
                is_ours = await accounts.begin_renewing(tx, channel, now, now + ASKING)
                current = self._opened(await accounts.tokens(tx, channel))
                if current is not None and current.access != used.access:
                    if is_ours:
                        await accounts.end_renewing(tx, channel)
                    return current
                if is_ours:
                    break
            if waited > ASKING:
                raise RetryableError("another process is renewing the tokens")
            await asyncio.sleep(LOOK_SECONDS)
            waited += timedelta(seconds=LOOK_SECONDS)
        exchange = asyncio.create_task(self._exchange(channel, used, ask))
        self._exchanges.add(exchange)
        exchange.add_done_callback(self._exchanges.discard)
        return await asyncio.shield(exchange)

    async def _exchange(
        self, channel: str, used: Tokens, ask: Callable[[Tokens], Awaitable[Tokens]]
    ) -> Tokens:
        try:
            fresh = await asyncio.wait_for(ask(used), ASK_SECONDS)
        except asyncio.TimeoutError as silence:
            await self._give_up(channel)
            # A refresh token counts once: whether this one is burnt, nobody here can know.
            raise AuthError("no answer to the request for new tokens") from silence
        except BaseException:
            await self._give_up(channel)
            raise
        while True:
            try:
                await self.keep(channel, fresh)
                return fresh
            except DatabaseUnavailable as error:  # there is no other way to have them again
                log.warning("new tokens of %s wait for the database: %s", channel, error)
                await asyncio.sleep(LOOK_SECONDS)

    async def _give_up(self, channel: str) -> None:
        async with self._db.begin() as tx:
            await accounts.end_renewing(tx, channel)

    def _sealed(self, tokens: Tokens) -> Json:
        facts = {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in asdict(tokens).items()
        }
        # When they end is no secret: screens warn of it.
        return {
            "sealed": self._seal.encrypt(json.dumps(facts).encode()).decode(),
            "refresh_until": tokens.refresh_until.isoformat(),
        }

    def _opened(self, values: Json | None) -> Tokens | None:
        if values is None:
            return None
        try:
            facts = json.loads(self._seal.decrypt(values["sealed"].encode()))
        except InvalidToken as error:
            raise AuthError("the tokens were stored under another SECRET_KEY") from error
        return Tokens(
            facts["access"],
            facts["refresh"],
            datetime.fromisoformat(facts["access_until"]),
            datetime.fromisoformat(facts["refresh_until"]),
        )
