"""The people who work in the console: their accounts, their sessions, how far they have read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update

from bot.models import Role, User
from bot.storage.db import Tx, insert, insert_once
from bot.storage.tables import messages, reads, sessions, users


@dataclass(frozen=True)
class Account:
    """A user with what only the log-in needs."""

    user: User
    password_hash: str
    failed_logins: int
    locked_until: datetime | None


@dataclass(frozen=True)
class Session:
    """One browser that is logged in."""

    token_hash: str
    user: User
    csrf: str
    expires_at: datetime


def user_from(row: Any) -> User:
    """The user in a row."""
    return User(
        id=row["id"],
        username=row["username"],
        name=row["name"],
        role=Role(row["role"]),
        active=row["active"],
    )


async def add(
    tx: Tx, username: str, name: str, role: Role, password_hash: str, now: datetime
) -> int:
    """Create a user and return their id. A taken username raises the database's IntegrityError."""
    return await insert(
        tx,
        users,
        {
            "username": username.strip().lower(),
            "name": name,
            "role": role.value,
            "password_hash": password_hash,
            "active": True,
            "created_at": now,
        },
    )


async def let_in(
    tx: Tx, username: str, name: str, role: Role, password_hash: str, now: datetime
) -> int:
    """Add a user; one who exists gets this name, role and password. Returns their id."""
    known = await by_username(tx, username)
    if known is None:
        return await add(tx, username, name, role, password_hash, now)
    await set_password(tx, known.id, password_hash)
    await set_role(tx, known.id, name, role)
    return known.id


async def by_username(tx: Tx, username: str) -> User | None:
    query = select(users).where(users.c.username == username.strip().lower())
    row = (await tx.execute(query)).mappings().one_or_none()
    return user_from(row) if row else None


async def by_id(tx: Tx, user_id: int) -> User | None:
    row = (await tx.execute(select(users).where(users.c.id == user_id))).mappings().one_or_none()
    return user_from(row) if row else None


async def by_slack_id(tx: Tx, slack_id: str) -> User | None:
    """Who a person in Slack is here."""
    query = select(users).where(users.c.slack_id == slack_id)
    row = (await tx.execute(query)).mappings().one_or_none()
    return user_from(row) if row else None


async def set_slack_id(tx: Tx, user_id: int, slack_id: str) -> None:
    """Who the user is in Slack. Whoever was that before is nobody there now."""
    await tx.execute(update(users).where(users.c.slack_id == slack_id).values(slack_id=None))
    await tx.execute(update(users).where(users.c.id == user_id).values(slack_id=slack_id))


async def everyone(tx: Tx) -> list[User]:
    """All users, those who left included, by name."""
    rows = (await tx.execute(select(users).order_by(users.c.name, users.c.id))).mappings()
    return [user_from(row) for row in rows]


async def teams_of(tx: Tx, user_id: int) -> list[str]:
    """The codes of the user's teams."""
    query = select(users.c.teams).where(users.c.id == user_id)
    return list((await tx.execute(query)).scalar_one())


async def in_teams(tx: Tx, teams: Collection[str]) -> list[int]:
    """Who is in one of these teams."""
    rows = await tx.execute(select(users.c.id, users.c.teams))
    return [row.id for row in rows if not set(teams).isdisjoint(row.teams)]


async def set_password(tx: Tx, user_id: int, password_hash: str) -> None:
    """Change the password, lift a lock-out and log the user out everywhere."""
    await tx.execute(
        update(users)
        .where(users.c.id == user_id)
        .values(password_hash=password_hash, failed_logins=0, locked_until=None)
    )
    await tx.execute(delete(sessions).where(sessions.c.user_id == user_id))


async def set_active(tx: Tx, user_id: int, active: bool) -> None:
    """Let a user in or keep them out; keeping out ends their sessions at once."""
    await tx.execute(update(users).where(users.c.id == user_id).values(active=active))
    if not active:
        await tx.execute(delete(sessions).where(sessions.c.user_id == user_id))


async def account(tx: Tx, username: str) -> Account | None:
    """What the log-in needs to know. Takes the row's lock: tries are counted one at a time."""
    query = select(users).where(users.c.username == username.strip().lower()).with_for_update()
    row = (await tx.execute(query)).mappings().one_or_none()
    if row is None:
        return None
    return Account(user_from(row), row["password_hash"], row["failed_logins"], row["locked_until"])


async def note_login(
    tx: Tx, user_id: int, *, failed: int, locked_until: datetime | None = None
) -> None:
    """Write down how often in a row the log-in has failed, and until when it is shut."""
    await tx.execute(
        update(users)
        .where(users.c.id == user_id)
        .values(failed_logins=failed, locked_until=locked_until)
    )


async def rehash(tx: Tx, user_id: int, password_hash: str) -> None:
    """The same password under newer settings."""
    await tx.execute(update(users).where(users.c.id == user_id).values(password_hash=password_hash))


async def start_session(
    tx: Tx, user_id: int, token_hash: str, csrf: str, now: datetime, expires_at: datetime
) -> None:
    """Open a session, and sweep away those that have ended."""
    await tx.execute(delete(sessions).where(sessions.c.expires_at <= now))
    await tx.execute(
        sessions.insert().values(
            token_hash=token_hash,
            user_id=user_id,
            csrf=csrf,
            created_at=now,
            expires_at=expires_at,
        )
    )


async def session(tx: Tx, token_hash: str, now: datetime) -> Session | None:
    """The living session behind a cookie, of a user who may still come in."""
    query = (
        select(users, sessions.c.csrf, sessions.c.expires_at)
        .join(sessions, sessions.c.user_id == users.c.id)
        .where(
            sessions.c.token_hash == token_hash,
            sessions.c.expires_at > now,
            users.c.active.is_(True),
        )
    )
    row = (await tx.execute(query)).mappings().one_or_none()
    return Session(token_hash, user_from(row), row["csrf"], row["expires_at"]) if row else None


async def end_session(tx: Tx, token_hash: str) -> None:
    await tx.execute(delete(sessions).where(sessions.c.token_hash == token_hash))


async def mark_read(tx: Tx, user_id: int, conversation_id: int, message_id: int) -> None:
    """Note how far the user has read; a mark never moves back, nor past the conversation."""
    newest = select(func.max(messages.c.id)).where(
        messages.c.conversation_id == conversation_id, messages.c.id <= message_id
    )
    upto = (await tx.execute(newest)).scalar_one()
    if upto is None:
        return
    values = {"user_id": user_id, "conversation_id": conversation_id, "message_id": upto}
    if not await insert_once(tx, reads, values):
        await tx.execute(
            update(reads)
            .where(
                reads.c.user_id == user_id,
                reads.c.conversation_id == conversation_id,
                reads.c.message_id < upto,
            )
            .values(message_id=upto)
        )


async def set_role(tx: Tx, user_id: int, name: str, role: Role) -> None:
    """What customers call them, and what they may do."""
    values = {"name": name, "role": role.value}
    await tx.execute(update(users).where(users.c.id == user_id).values(**values))


async def count(tx: Tx) -> int:
    """How many may log in."""
    query = select(func.count()).select_from(users).where(users.c.active.is_(True))
    return int((await tx.execute(query)).scalar_one())
