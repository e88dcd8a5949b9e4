"""Canned replies: what agents need not write again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, select, update

from bot.folded import fold
from bot.models import StoredFile
from bot.storage import files, users
from bot.storage.db import Tx, insert_once
from bot.storage.tables import canned_replies


@dataclass(frozen=True)
class CannedReply:
    """A reply with variables in its text. Its shortcut is unique in its team."""

    id: int
    team: str  # "" for everybody
    shortcut: str
    title: str
    text: str
    files: tuple[str, ...]  # keys, in the order in which they are sent


def _reply(row: Any) -> CannedReply:
    values = {name: row[name] for name in CannedReply.__dataclass_fields__}
    return CannedReply(**{**values, "files": tuple(values["files"])})


async def for_user(tx: Tx, user_id: int) -> list[CannedReply]:
    """Everybody's and those of the user's teams, by title."""
    teams = ["", *(await users.teams_of(tx, user_id))]
    query = select(canned_replies).where(canned_replies.c.team.in_(teams))
    return _by_title((await tx.execute(query)).mappings())


async def everything(tx: Tx) -> list[CannedReply]:
    """All, by title."""
    return _by_title((await tx.execute(select(canned_replies))).mappings())


def _by_title(rows: Any) -> list[CannedReply]:
    return sorted(map(_reply, rows), key=lambda each: (fold(each.title), each.id))


async def by_id(tx: Tx, reply_id: int) -> CannedReply | None:
    query = select(canned_replies).where(canned_replies.c.id == reply_id)
    row = (await tx.execute(query)).mappings().one_or_none()
    return _reply(row) if row else None


async def put(tx: Tx, reply: CannedReply, user_id: int | None, now: datetime) -> bool:
    """Write the reply down; one with id 0 is new. False when its team has the shortcut already."""
    values = {
        "team": reply.team,
        "shortcut": reply.shortcut,
        "title": reply.title,
        "text": reply.text,
        "files": list(reply.files),
        "changed_by": user_id,
        "changed_at": now,
    }
    if not reply.id:
        return await insert_once(tx, canned_replies, values)
    taken = exists().where(
        canned_replies.c.team == reply.team,
        canned_replies.c.shortcut == reply.shortcut,
        canned_replies.c.id != reply.id,
    )
    if (await tx.execute(select(taken))).scalar_one():
        return False
    of_this = canned_replies.c.id == reply.id
    await tx.execute(update(canned_replies).where(of_this).values(**values))
    return True


async def remove(tx: Tx, reply_id: int) -> None:
    """Forget the reply. Its files stay: messages that were sent show them."""
    await tx.execute(delete(canned_replies).where(canned_replies.c.id == reply_id))


async def seed(tx: Tx, replies: Sequence[CannedReply], now: datetime) -> None:
    """Begin with these where there is none."""
    if (await tx.execute(select(func.count()).select_from(canned_replies))).scalar_one():
        return
    for each in replies:
        await put(tx, replace(each, id=0), None, now)


async def files_of(tx: Tx, replies: Sequence[CannedReply]) -> Mapping[str, StoredFile]:
    """The replies' files by key."""
    found = await files.of_staff(tx, [key for each in replies for key in each.files])
    return {file.key: file for file in found}
