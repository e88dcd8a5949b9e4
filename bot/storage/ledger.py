"""The shop's records as rows, and what was changed in them, so that it can be undone exactly.

Orders, repairs and complaints are known by their code, people by the shop's number or their phone.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import bindparam, delete, select, text, update

from bot.folded import words
from bot.storage.db import Tx, insert
from bot.storage.tables import (
    UtcDateTime,
    complaints,
    identities,
    import_rows,
    imports,
    orders,
    outreach,
    people,
    person_events,
    preferences,
    repairs,
    users,
)

Row = Mapping[str, Any]
T = TypeVar("T")

TABLES: Final = {each.name: each for each in (people, orders, repairs, complaints)}
BATCH: Final = 500  # rows of one statement
# What keeps a person's record from being taken away.
_HELD_BY: Final = (
    orders.c.person_id,
    repairs.c.person_id,
    complaints.c.person_id,
    identities.c.person_id,
    outreach.c.person_id,
    person_events.c.person_id,
    preferences.c.person_id,
    people.c.merged_into,
)


@dataclass(frozen=True)
class Change:
    """What became of one row."""

    kind: str
    row_id: int
    before: Row | None  # None: it was not there
    after: Row


@dataclass(frozen=True)
class Import:
    id: int
    kind: str
    name: str
    by: str  # "" when nobody's
    counts: Mapping[str, int]
    created_at: datetime
    undone_at: datetime | None


async def _batches(rows: Sequence[T]) -> AsyncIterator[Sequence[T]]:
    """As many rows as one statement takes; between two statements others have their turn."""
    for at in range(0, len(rows), BATCH):
        yield rows[at : at + BATCH]
        await asyncio.sleep(0)


async def alone(tx: Tx) -> None:
    """Nobody else writes records until the transaction ends. (On SQLite nobody does anyway.)"""
    if tx.dialect.name != "sqlite":
        await tx.execute(text("LOCK TABLE imports IN SHARE ROW EXCLUSIVE MODE"))


async def by_key(tx: Tx, kind: str, key: str, values: Collection[str]) -> dict[str, Row]:
    """The rows of which that column has one of these values; of several the first."""
    column = TABLES[kind].c[key]
    found: dict[str, Row] = {}
    async for batch in _batches(sorted(set(values) - {""})):
        query = select(TABLES[kind]).where(column.in_(batch))
        query = query.order_by(TABLES[kind].c.id.desc())
        found |= {row[key]: dict(row) for row in (await tx.execute(query)).mappings()}
    return found


async def by_ids(tx: Tx, kind: str, ids: Iterable[int]) -> dict[int, Row]:
    found: dict[int, Row] = {}
    async for batch in _batches(sorted(set(ids))):
        query = select(TABLES[kind]).where(TABLES[kind].c.id.in_(batch))
        found |= {row["id"]: dict(row) for row in (await tx.execute(query)).mappings()}
    return found


async def everything(tx: Tx, kind: str, *, after: int, limit: int) -> list[Row]:
    """Rows with their owners' number, phone and name, in the order they came."""
    table = TABLES[kind]
    query = select(table)
    if kind != "people":
        of = (people.c.number, people.c.phone, people.c.name)
        query = select(table, *of).outerjoin(people, people.c.id == table.c.person_id)
    query = query.where(table.c.id > after).order_by(table.c.id).limit(limit)
    return [dict(row) for row in (await tx.execute(query)).mappings()]


def filled(kind: str, values: Row, now: datetime) -> Row:
    """A new row's columns, those that were not given as they are by themselves."""
    whole: dict[str, Any] = {}
    for column in TABLES[kind].columns:
        if column.name == "id":
            continue
        own = column.server_default.arg if column.server_default is not None else None
        usual = {"{}": {}, "[]": [], "0": 0}.get(own, own) if own is not None else None
        whole[column.name] = values.get(column.name, usual)
    if "created_at" in whole:
        whole["created_at"] = now
    return folded(kind, whole)


def folded(kind: str, row: Row) -> Row:
    """The row with what it is found by."""
    if kind != "people":
        return row
    names = (row["name"], row["phone"], row["number"], row["email"], row["company"])
    return {**row, "folded": words(" ".join(names))}


async def add(tx: Tx, kind: str, rows: Sequence[Row]) -> None:
    async for batch in _batches(rows):
        await tx.execute(TABLES[kind].insert(), [dict(row) for row in batch])


async def put(tx: Tx, kind: str, rows: Sequence[Row]) -> None:
    """The rows of these ids as they are given."""
    table = TABLES[kind]
    new = {each.name: bindparam(f"new_{each.name}") for each in table.columns if each.name != "id"}
    change = update(table).where(table.c.id == bindparam("new_id")).values(**new)
    async for batch in _batches(rows):
        await tx.execute(change, [{f"new_{n}": v for n, v in row.items()} for row in batch])


async def take_away(tx: Tx, kind: str, ids: Sequence[int]) -> None:
    table = TABLES[kind]
    async for batch in _batches(ids):
        await tx.execute(delete(table).where(table.c.id.in_(batch)))


async def held(tx: Tx, ids: Sequence[int]) -> set[int]:
    """Those people of whom something else is told: their records cannot be taken away."""
    found: set[int] = set()
    async for batch in _batches(ids):
        for column in _HELD_BY:
            query = select(column).where(column.in_(batch)).distinct()
            found |= set((await tx.execute(query)).scalars())
    return found


# --- what was read in


_IMPORT = select(imports, users.c.name.label("by")).outerjoin(
    users, users.c.id == imports.c.user_id
)


def _import(row: Any) -> Import:
    values = {name: row[name] for name in Import.__dataclass_fields__}
    return Import(**{**values, "by": values["by"] or ""})


async def begin(
    tx: Tx,
    kind: str,
    name: str,
    user_id: int | None,
    counts: Mapping[str, int],
    now: datetime,
    key: str | None,
) -> int:
    """An import; `key` is the id of an event that the shop's software told."""
    values = {"kind": kind, "name": name[:255], "user_id": user_id, "counts": dict(counts)}
    return await insert(tx, imports, {**values, "key": key, "created_at": now})


async def told_before(tx: Tx, key: str) -> Import | None:
    row = (await tx.execute(_IMPORT.where(imports.c.key == key))).mappings().one_or_none()
    return _import(row) if row else None


async def keep(tx: Tx, import_id: int, changes: Sequence[Change]) -> None:
    """What an import changed."""
    kept = [
        {
            "import_id": import_id,
            "kind": each.kind,
            "row_id": each.row_id,
            "before": as_json(each.before) if each.before is not None else None,
            "after": as_json(each.after),
        }
        for each in changes
    ]
    async for batch in _batches(kept):
        await tx.execute(import_rows.insert(), list(batch))


async def by_id(tx: Tx, import_id: int, *, lock: bool = False) -> Import | None:
    query = _IMPORT.where(imports.c.id == import_id)
    if lock:
        query = query.with_for_update(of=imports)
    row = (await tx.execute(query)).mappings().one_or_none()
    return _import(row) if row else None


async def of_files(tx: Tx, limit: int = 50) -> list[Import]:
    """The files that were read in, the newest first."""
    query = _IMPORT.where(imports.c.key.is_(None)).order_by(imports.c.id.desc()).limit(limit)
    return [_import(row) for row in (await tx.execute(query)).mappings()]


async def changes_of(tx: Tx, import_id: int, limit: int | None = None) -> list[Change]:
    """What it changed, in that order."""
    query = select(import_rows).where(import_rows.c.import_id == import_id)
    rows = (await tx.execute(query.order_by(import_rows.c.id).limit(limit))).mappings()
    return [
        Change(
            row["kind"],
            row["row_id"],
            from_json(row["kind"], row["before"]) if row["before"] is not None else None,
            from_json(row["kind"], row["after"]),
        )
        for row in rows
    ]


async def undone(tx: Tx, import_id: int, now: datetime) -> None:
    await tx.execute(update(imports).where(imports.c.id == import_id).values(undone_at=now))


def as_json(row: Row) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in row.items()
    }


def from_json(kind: str, row: Row) -> Row:
    times = {each.name for each in TABLES[kind].columns if isinstance(each.type, UtcDateTime)}
    return {
        name: datetime.fromisoformat(value) if value and name in times else value
        for name, value in row.items()
    }
