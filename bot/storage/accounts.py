"""Our accounts on the platforms: how they stand, where to ask on, their tokens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, or_, select, update

from bot.models import Account
from bot.storage.db import Tx, insert_once
from bot.storage.tables import UtcDateTime, accounts, unread_events
from connectors.base import Json

FRESH = timedelta(seconds=10)  # an account heard from so lately is not written to again

_CHANNEL = accounts.c.channel == bindparam("name")
_NOW: Any = bindparam("now", type_=UtcDateTime)
_PAUSE = select(accounts.c.pause).where(_CHANNEL, accounts.c.paused_at.is_not(None))
_HEARD_AT = select(accounts.c.heard_at).where(_CHANNEL)
_DELIVERED_AT = select(accounts.c.delivered_at).where(_CHANNEL)


async def _make(tx: Tx, channel: str) -> None:
    await insert_once(tx, accounts, {"channel": channel})


async def _change(tx: Tx, channel: str, **values: Any) -> None:
    await tx.execute(update(accounts).where(_CHANNEL).values(**values), {"name": channel})


async def all_of(tx: Tx) -> list[Account]:
    """Every account that has been used."""
    rows = (await tx.execute(select(accounts).order_by(accounts.c.channel))).mappings()
    return [Account(**{name: row[name] for name in Account.__dataclass_fields__}) for row in rows]


async def heard_lately(tx: Tx, channel: str, now: datetime) -> bool:
    """Whether `heard` has nothing to add."""
    at = (await tx.execute(_HEARD_AT, {"name": channel})).scalar_one_or_none()
    return at is not None and now - at < FRESH


async def heard(tx: Tx, channel: str, now: datetime) -> None:
    """An event has come."""
    await _make(tx, channel)
    await _change(tx, channel, heard_at=now)


async def delivered(tx: Tx, channel: str, now: datetime) -> None:
    """A message was taken."""
    at = (await tx.execute(_DELIVERED_AT, {"name": channel})).scalar_one_or_none()
    if at is None or now - at >= FRESH:
        await _make(tx, channel)
        await _change(tx, channel, delivered_at=now)


async def pause(tx: Tx, channel: str, code: str, text: str, now: datetime) -> None:
    """Nothing can be sent until somebody acts."""
    await _make(tx, channel)
    await tx.execute(
        update(accounts)
        .where(_CHANNEL, accounts.c.paused_at.is_(None))
        .values(paused_at=now, pause={"code": code, "text": text}),
        {"name": channel},
    )


async def resume(tx: Tx, channel: str, *, signed_in: bool = False) -> bool:
    """The account is in order again; False when it was. That we can sign in again says nothing of
    a pause that the platform has imposed, which has no code."""
    pause = (await tx.execute(_PAUSE, {"name": channel})).scalar_one_or_none()
    if pause is None or (signed_in and not pause["code"]):
        return False
    await _change(tx, channel, paused_at=None, pause=None)
    return True


async def warn(tx: Tx, channel: str, text: str, now: datetime) -> None:
    """The platform has told the account's owner something."""
    await _make(tx, channel)
    await _change(tx, channel, notice={"text": text, "at": now.isoformat()})


# Asking for events


async def begin_polling(tx: Tx, channel: str, now: datetime, until: datetime) -> int | None:
    """Where to ask on, for the one process that asks; None when another one does."""
    await _make(tx, channel)
    free = or_(accounts.c.polled_until.is_(None), accounts.c.polled_until <= _NOW)
    taken = await tx.execute(
        update(accounts).where(_CHANNEL, free).values(polled_until=until),
        {"name": channel, "now": now},
    )
    if not taken.rowcount:
        return None
    query = select(accounts.c.next_update).where(_CHANNEL)
    return int((await tx.execute(query, {"name": channel})).scalar_one())


async def end_polling(tx: Tx, channel: str, next_update: int | None = None) -> None:
    values = {} if next_update is None else {"next_update": next_update}
    await _change(tx, channel, polled_until=None, **values)


# Tokens


async def token_ends(tx: Tx) -> dict[str, datetime]:
    """Until when each account that signs in by tokens can do without a person."""
    rows = await tx.execute(select(accounts.c.channel, accounts.c.tokens))
    return {
        row.channel: datetime.fromisoformat(row.tokens["refresh_until"])
        for row in rows
        if row.tokens
    }


async def tokens(tx: Tx, channel: str) -> Json | None:
    query = select(accounts.c.tokens).where(_CHANNEL)
    found: Json | None = (await tx.execute(query, {"name": channel})).scalar_one_or_none()
    return found


async def begin_renewing(tx: Tx, channel: str, now: datetime, until: datetime) -> bool:
    """Whether this process is the one to ask for new tokens."""
    free = or_(accounts.c.renewing_until.is_(None), accounts.c.renewing_until <= _NOW)
    taken = await tx.execute(
        update(accounts).where(_CHANNEL, free).values(renewing_until=until),
        {"name": channel, "now": now},
    )
    return bool(taken.rowcount)


async def end_renewing(tx: Tx, channel: str) -> None:
    await _change(tx, channel, renewing_until=None)


async def set_tokens(tx: Tx, channel: str, values: Mapping[str, Any]) -> None:
    await _make(tx, channel)
    await _change(tx, channel, tokens=dict(values), renewing_until=None)


# What could not be read


async def keep_unread(tx: Tx, channel: str, reason: str, body: str, now: datetime) -> None:
    """An event as it came, for somebody to look at."""
    values = {"channel": channel, "reason": reason, "body": body, "created_at": now}
    await tx.execute(unread_events.insert(), values)


async def unread_counts(tx: Tx) -> dict[str, int]:
    """How many such events each account has."""
    query = select(unread_events.c.channel, func.count()).group_by(unread_events.c.channel)
    return {channel: count for channel, count in (await tx.execute(query)).all()}
