"""Questions and answers that the support team keeps in the console."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.storage import titled
from bot.storage.db import Tx
from bot.storage.tables import faq_entries


@dataclass(frozen=True)
class FaqEntry:
    """One question, in the ways customers ask it, and its answer; or, without an answer, more ways
    of asking what the project's files answer."""

    id: int = 0  # 0: not kept yet
    intent: str = ""
    title: str = ""
    lines: tuple[str, ...] = ()  # how customers ask
    checks: tuple[str, ...] = ()  # asked of a new model, and never learnt
    answer: str = ""  # facts in braces
    version: int = 1


def _entry(row: Any) -> FaqEntry:
    values = {name: row[name] for name in FaqEntry.__dataclass_fields__}
    return FaqEntry(**values | {name: tuple(values[name]) for name in ("lines", "checks")})


async def everything(tx: Tx) -> list[FaqEntry]:
    """All, in the order in which they were written."""
    query = select(faq_entries).order_by(faq_entries.c.id)
    return [_entry(row) for row in (await tx.execute(query)).mappings()]


async def by_id(tx: Tx, entry_id: int) -> FaqEntry | None:
    query = select(faq_entries).where(faq_entries.c.id == entry_id)
    row = (await tx.execute(query)).mappings().one_or_none()
    return _entry(row) if row else None


async def of_intent(tx: Tx, intent: str) -> FaqEntry | None:
    query = select(faq_entries).where(faq_entries.c.intent == intent)
    row = (await tx.execute(query)).mappings().one_or_none()
    return _entry(row) if row else None


async def put(tx: Tx, entry: FaqEntry, user_id: int | None, now: datetime) -> str:
    """Write the entry down, as `titled.put` says."""
    row = asdict(entry) | {"lines": list(entry.lines), "checks": list(entry.checks)}
    return await titled.put(tx, faq_entries, row, user_id, now)


async def drop(tx: Tx, entry_id: int, user_id: int | None, now: datetime) -> None:
    await titled.drop(tx, faq_entries, entry_id, user_id, now)
