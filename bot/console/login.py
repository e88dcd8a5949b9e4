"""Who is at the door: passwords, lock-out, sessions.

Only a hash of the cookie's token lies in the database; a stolen copy of it opens nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.storage import users
from bot.storage.db import Database

TRIES = 5
LOCKED_FOR = timedelta(minutes=15)
SESSION_LASTS = timedelta(hours=12)

# Every refusal takes at least this long, so that its time does not tell what was wrong.
REFUSAL_SECONDS = 0.3

T = TypeVar("T")
_hasher = PasswordHasher()
# One Argon2 takes tens of milliseconds and 64 MB: never on the event loop, and two at a time.
_threads = ThreadPoolExecutor(2, "argon2")


async def _aside(work: Callable[..., T], *args: str) -> T:
    return await asyncio.get_running_loop().run_in_executor(_threads, work, *args)


def hash_password(password: str) -> str:
    """Argon2id, with its settings and salt inside."""
    return _hasher.hash(password)


def verify(password_hash: str, password: str) -> bool:
    """Whether this is the password. Takes the same time for a hash that is not one."""
    try:
        return _hasher.verify(password_hash, password)
    except InvalidHashError:
        _hasher.hash(password)
        return False
    except VerificationError:
        return False


def fingerprint(token: str) -> str:
    """What the database knows of a session's token."""
    return hashlib.sha256(token.encode()).hexdigest()


async def log_in(db: Database, username: str, password: str, now: datetime) -> str | None:
    """The token of a new session, or None. Why not is never told: unknown name, wrong password,
    locked and switched off look alike, and take as long.

    After TRIES wrong passwords in a row the account is shut for LOCKED_FOR.
    """
    began = time.monotonic()
    token = await _try(db, username, password, now)
    if token is None:
        await asyncio.sleep(max(0.0, REFUSAL_SECONDS - (time.monotonic() - began)))
    return token


async def _try(db: Database, username: str, password: str, now: datetime) -> str | None:
    async with db.read() as tx:
        known = await users.account(tx, username)
    right = await _aside(verify, known.password_hash if known else "", password)
    if known is None:
        return None
    newer = None
    if right and _hasher.check_needs_rehash(known.password_hash):
        newer = await _aside(hash_password, password)

    async with db.begin() as tx:
        account = await users.account(tx, username)  # locked: tries are counted one at a time
        if account is None or (account.locked_until and now < account.locked_until):
            return None
        if not right or account.password_hash != known.password_hash:
            failed = account.failed_logins + 1
            shut = failed >= TRIES
            await users.note_login(
                tx,
                account.user.id,
                failed=0 if shut else failed,
                locked_until=now + LOCKED_FOR if shut else None,
            )
            return None
        if not account.user.active:
            return None
        await users.note_login(tx, account.user.id, failed=0)
        if newer:
            await users.rehash(tx, account.user.id, newer)
        token = secrets.token_urlsafe(32)
        await users.start_session(
            tx,
            account.user.id,
            fingerprint(token),
            secrets.token_urlsafe(32),
            now,
            now + SESSION_LASTS,
        )
    return token
