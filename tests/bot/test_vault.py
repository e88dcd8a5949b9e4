"""Tokens that count once are renewed once, whoever asks, and stored before they are used."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from databases import new_postgres
from doubles import NOON, at

from bot.storage import accounts
from bot.storage.db import Database, DatabaseUnavailable, Tx
from bot.vault import DatabaseVault
from connectors.base import AuthError, RetryableError, Tokens

DAY = timedelta(days=1)


def tokens(number: int) -> Tokens:
    return Tokens(f"access-{number}", f"refresh-{number}", NOON + DAY, NOON + 90 * DAY)


def vault(db: Database, secret: str = "x" * 32, now: datetime = NOON) -> DatabaseVault:
    return DatabaseVault(db, secret, lambda: now)


async def test_twenty_who_ask_at_once_get_the_same_tokens(db: Database, database_url: str) -> None:
    others = [Database(database_url) for _ in range(3)]
    vaults = [vault(each) for each in (db, *others)]
    await vaults[0].keep("zalo", tokens(1))
    asked = []

    async def ask(used: Tokens) -> Tokens:
        asked.append(used)
        await asyncio.sleep(0.05)
        return tokens(2)

    got = await asyncio.gather(*(vaults[n % 4].renew("zalo", tokens(1), ask) for n in range(20)))

    assert asked == [tokens(1)] and set(got) == {tokens(2)}
    assert await vaults[3].tokens("zalo") == tokens(2)
    for each in others:
        await each.close()


async def test_who_asks_with_old_tokens_gets_those_in_use(db: Database) -> None:
    await vault(db).keep("zalo", tokens(2))

    async def ask(used: Tokens) -> Tokens:
        raise AssertionError("nobody has to be asked")

    assert await vault(db).renew("zalo", tokens(1), ask) == tokens(2)


async def test_who_looked_just_before_another_had_new_tokens_does_not_ask_again(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite nobody can look in between: there is one writer."""
    async with new_postgres(postgres) as url:
        own, other = Database(url), Database(url)
        await vault(other).keep("zalo", tokens(1))
        async with other.begin() as tx:
            assert await accounts.begin_renewing(tx, "zalo", NOON, at(40))
        look, looked = accounts.tokens, []

        async def look_too_early(tx: Tx, channel: str) -> Any:
            found = await look(tx, channel)
            if not looked:
                looked.append(found)
                await vault(other).keep("zalo", tokens(2))
            return found

        async def never(used: Tokens) -> Tokens:
            raise AssertionError("the refresh token is burnt")

        monkeypatch.setattr(accounts, "tokens", look_too_early)

        assert await vault(own).renew("zalo", tokens(1), never) == tokens(2)

        await own.close()
        await other.close()


async def test_a_failure_frees_the_way_for_the_next(db: Database) -> None:
    await vault(db).keep("zalo", tokens(1))

    async def fail(used: Tokens) -> Tokens:
        raise RetryableError("no connection")

    async def ask(used: Tokens) -> Tokens:
        return tokens(2)

    with pytest.raises(RetryableError):
        await vault(db).renew("zalo", tokens(1), fail)

    assert await vault(db).renew("zalo", tokens(1), ask) == tokens(2)


async def test_a_process_that_died_asking_blocks_nobody_for_long(db: Database) -> None:
    await vault(db).keep("zalo", tokens(1))
    async with db.begin() as tx:
        assert await accounts.begin_renewing(tx, "zalo", NOON, at(40))

    async def ask(used: Tokens) -> Tokens:
        return tokens(2)

    assert await vault(db, now=at(41)).renew("zalo", tokens(1), ask) == tokens(2)


async def test_tokens_are_unreadable_in_the_database_and_under_another_key(db: Database) -> None:
    await vault(db).keep("zalo", tokens(1))

    async with db.read() as tx:
        kept = await accounts.tokens(tx, "zalo")

    assert "access-1" not in str(kept) and "refresh-1" not in str(kept)
    with pytest.raises(AuthError, match="SECRET_KEY"):
        await vault(db, "y" * 32).tokens("zalo")


async def test_who_is_cancelled_while_asking_loses_no_tokens(db: Database) -> None:
    await vault(db).keep("zalo", tokens(1))
    own, asked, answer = vault(db), asyncio.Event(), asyncio.Event()

    async def ask(used: Tokens) -> Tokens:
        asked.set()
        await answer.wait()
        return tokens(2)

    asking = asyncio.create_task(own.renew("zalo", tokens(1), ask))
    await asked.wait()
    asking.cancel()
    await asyncio.wait({asking})
    answer.set()

    async def never(used: Tokens) -> Tokens:
        raise AssertionError("the refresh token is burnt")

    assert await vault(db).renew("zalo", tokens(1), never) == tokens(2)


async def test_new_tokens_wait_for_a_database_that_is_away(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await vault(db).keep("zalo", tokens(1))
    away, keep = [1, 2], accounts.set_tokens

    async def set_tokens(*given: Any) -> None:
        if away:
            away.pop()
            raise DatabaseUnavailable("restarting")
        await keep(*given)

    async def ask(used: Tokens) -> Tokens:
        return tokens(2)

    monkeypatch.setattr(accounts, "set_tokens", set_tokens)

    assert await vault(db).renew("zalo", tokens(1), ask) == tokens(2)
    assert await vault(db).tokens("zalo") == tokens(2)
