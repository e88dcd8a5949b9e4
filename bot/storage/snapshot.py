"""The whole database as rows of one moment, the same on both engines.

Tables are taken as the database has them and not as the code does, so that any revision of the
schema can be read.
"""

from __future__ import annotations

import base64
import hashlib
import json
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from alembic.runtime.migration import MigrationContext
from sqlalchemy import (
    Text,
    cast,
    column,
    inspect,
    select,
    table,
    text,
    tuple_,
    types,
)
from sqlalchemy.exc import SAWarning
from sqlalchemy.ext.asyncio import create_async_engine

from bot.storage.db import BUSY_SECONDS, sqlite_engine, translated
from bot.storage.tables import UtcDateTime

Result = TypeVar("Result")
Row = list[Any]  # JSON's values

# What a column's values are in a row: times in ISO 8601, bytes in base64, JSON as its text.
_KINDS: Final = (
    ("json", types.JSON),
    ("time", types.DateTime),
    ("bool", types.Boolean),
    ("bytes", types.LargeBinary),
    ("int", types.Integer),
    ("float", types.Numeric),
    ("text", types.String),
)
TYPES: Final = {
    "json": Text(),
    "time": UtcDateTime(),
    "bool": types.Boolean(),
    "bytes": types.LargeBinary(),
    "int": types.BigInteger(),
    "float": types.Float(),
    "text": Text(),
}
# Living processes, the tools' own, and what SQLite makes of messages.folded.
_LEFT_OUT: Final = ("workers", "alembic_version", "sqlite_", "message_words")
PAGE = 500  # rows; of those with bytes one, which may be a model of many megabytes


@dataclass(frozen=True)
class Shape:
    """A table: its columns with their kinds, its key, and the last number given to a row."""

    name: str
    columns: tuple[tuple[str, str], ...]
    key: tuple[str, ...]
    counter: int | None  # none: its rows are not numbered

    @property
    def page(self) -> int:
        """How many rows are held at a time."""
        return 1 if any(kind == "bytes" for _, kind in self.columns) else PAGE


@dataclass(frozen=True)
class Sum:
    """How many rows, and a hash of them in any order."""

    rows: int = 0
    hash: int = 0

    def add(self, line: bytes) -> Sum:
        digest = int.from_bytes(hashlib.sha256(line).digest(), "big")
        return Sum(self.rows + 1, (self.hash + digest) % 2**256)

    @property
    def hex(self) -> str:
        return f"{self.hash:064x}"


def line_of(row: Row) -> bytes:
    """A row as it is written and as it is hashed, the same on both engines."""
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()


async def reading(url: str, work: Callable[[Any], Result]) -> Result:
    """Do this upon one consistent view of the database, which hinders nobody. Raises
    DatabaseUnavailable."""
    return await _at_once(url, work, writes=False)


async def writing(url: str, work: Callable[[Any], Result]) -> Result:
    """Do this in one transaction. Raises DatabaseUnavailable."""
    return await _at_once(url, work, writes=True)


async def _at_once(url: str, work: Callable[[Any], Result], *, writes: bool) -> Result:
    with translated():
        if url.startswith("sqlite"):
            return _on_sqlite(url, work, writes=writes)
        engine = create_async_engine(
            url, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS}
        )
        try:
            async with engine.connect() as connection:
                await connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=not writes
                )
                async with connection.begin():
                    result: Result = await connection.run_sync(work)
                    return result
        finally:
            await engine.dispose()


def _on_sqlite(url: str, work: Callable[[Any], Result], *, writes: bool) -> Result:
    engine = sqlite_engine(url, synchronous="FULL")
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
            try:
                result = work(connection)
                connection.exec_driver_sql("COMMIT")
                return result
            except BaseException:
                connection.exec_driver_sql("ROLLBACK")
                raise
    finally:
        engine.dispose()


def revision(connection: Any) -> str | None:
    """The schema's; none when there is none."""
    found: str | None = MigrationContext.configure(connection).get_current_revision()
    return found


def shapes(connection: Any) -> list[Shape]:
    """Every table that is worth keeping, those that others refer to first."""
    seen = inspect(connection)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)  # of tables that refer to themselves
        names = [name for name, _ in seen.get_sorted_table_and_fkc_names() if name]
    return [
        Shape(
            name,
            tuple((each["name"], _kind(name, each)) for each in seen.get_columns(name)),
            tuple(seen.get_pk_constraint(name)["constrained_columns"]),
            _counter(connection, name, seen.get_columns(name)),
        )
        for name in names
        if not name.startswith(_LEFT_OUT)
    ]


def _kind(name: str, described: Any) -> str:
    for kind, type_ in _KINDS:
        if isinstance(described["type"], type_):
            return kind
    raise TypeError(f"{name}.{described['name']}: nobody can keep a {described['type']!r}")


def _counter(connection: Any, name: str, columns: Sequence[Any]) -> int | None:
    if not any(each["name"] == "id" for each in columns):
        return None
    if connection.dialect.name == "sqlite":
        query = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
        return int(connection.execute(query, {"name": name}).scalar() or 0)
    query = text(
        "SELECT sequence, pg_sequence_last_value(CAST(sequence AS regclass)) AS last "
        "FROM pg_get_serial_sequence(:name, 'id') AS sequence"
    )
    found = connection.execute(query, {"name": name}).one()
    return None if found.sequence is None else int(found.last or 0)


def first_filled(connection: Any) -> str | None:
    """A table that has a row; none when the database is empty."""
    for shape in shapes(connection):
        if connection.execute(select(column(shape.key[0])).select_from(table_of(shape))).first():
            return shape.name
    return None


def rows(connection: Any, shape: Shape) -> Iterator[Row]:
    """All rows of a table. A page of them is held at a time."""
    made = table_of(shape)
    key = [made.c[name] for name in shape.key]
    read = [
        cast(made.c[name], Text).label(name) if kind == "json" else made.c[name]
        for name, kind in shape.columns
    ]
    page = shape.page
    # The key comes once more: a row is what is written, a key is what is asked with.
    query = select(*read, *key).order_by(*key).limit(page)
    found = connection.execute(query).all()
    while found:
        for row in found:
            yield [_plain(kind, row[n]) for n, (_, kind) in enumerate(shape.columns)]
        if len(found) < page:
            return
        last = tuple(found[-1])[len(read) :]
        after = key[0] > last[0] if len(key) == 1 else tuple_(*key) > tuple_(*last)
        found = connection.execute(query.where(after)).all()


def sum_of(connection: Any, shape: Shape) -> Sum:
    total = Sum()
    for row in rows(connection, shape):
        total = total.add(line_of(row))
    return total


def table_of(shape: Shape) -> Any:
    return table(shape.name, *(column(name, TYPES[kind]) for name, kind in shape.columns))


def _plain(kind: str, value: Any) -> Any:
    if value is None:
        return None
    if kind == "time":
        return value.isoformat()
    return base64.b64encode(value).decode() if kind == "bytes" else value
