"""The desk's rules as supervisors saved them: every version, the newest holds."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import select

from bot import desk_rules
from bot.desk_rules import DeskRules
from bot.storage.db import Tx, insert_once
from bot.storage.tables import desk_rules as versions
from bot.storage.tables import users
from connectors.base import Json


@dataclass(frozen=True)
class Version:
    id: int
    document: Json
    part: str  # what was changed
    by: str
    changed_at: datetime


_NEWEST = select(versions).order_by(versions.c.id.desc()).limit(1)


async def current(tx: Tx) -> DeskRules:
    """The rules that hold now; those of desk.yml when none were saved."""
    row = (await tx.execute(_NEWEST)).mappings().one_or_none()
    return _read(json.dumps(row["rules"])) if row else desk_rules.default()


@lru_cache(maxsize=4)
def _read(saved: str) -> DeskRules:
    return desk_rules.read(json.loads(saved))


async def newest(tx: Tx) -> tuple[int, Json]:
    """The document that holds now and its version, 0 for desk.yml."""
    row = (await tx.execute(_NEWEST)).mappings().one_or_none()
    return (row["id"], row["rules"]) if row else (0, desk_rules.document())


async def at(tx: Tx, version: int) -> Json:
    """The document of a version; desk.yml's for 0 and for one that there never was."""
    query = select(versions.c.rules).where(versions.c.id == version)
    saved: Json | None = (await tx.execute(query)).scalar_one_or_none()
    return saved if saved is not None else desk_rules.document()


async def save(
    tx: Tx, document: Json, part: str, user_id: int | None, now: datetime, upon: int
) -> bool:
    """Put a document in force; False when somebody has saved another since version `upon`.

    Raises schedule.Invalid and saves nothing when it cannot be.
    """
    desk_rules.read(document)
    values = {"rules": document, "part": part, "user_id": user_id, "changed_at": now}
    return await insert_once(tx, versions, {"id": upon + 1, **values})


async def history(tx: Tx, limit: int = 50, before: int | None = None) -> list[Version]:
    """Who changed what, the newest first; those before a version."""
    query = (
        select(versions, users.c.name)
        .join(users, users.c.id == versions.c.user_id, isouter=True)
        .order_by(versions.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(versions.c.id < before)
    return [
        Version(row["id"], row["rules"], row["part"], row["name"] or "", row["changed_at"])
        for row in (await tx.execute(query)).mappings()
    ]
