"""Statements that are asked again and again, straight to the driver.

SQLAlchemy writes a statement and knows how each value travels. To have it run one takes several
times as long as SQLite takes to answer, and most of what a message costs is statements. So of a
statement that comes a second time, a constant of its module, the SQL and the types' own
processors are kept, and from then on nothing else is used. What is put together anew for each
question SQLAlchemy runs as ever.

SQLAlchemy does not promise some of what is read here of its compiler and its types; of 1.4, which
Rasa wants, no other version will come.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy.dialects.postgresql.asyncpg import _pg_types
from sqlalchemy.engine.result import IteratorResult, SimpleResultMetaData
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import SelectBase

MOST: Final = 16  # shapes of values that one statement is prepared for
_PLAIN: Final = (str, int, type(None), datetime, dict)  # what most values are, and no list
_LIST: Final = re.compile(r"__\[POSTCOMPILE_(\w+)\]")

Processor = Callable[[Any], Any] | None


class Changed(NamedTuple):
    """What became of a statement that returns no rows."""

    rowcount: int
    inserted_primary_key: tuple[Any, ...] = ()


class Prepared:
    """One statement as a driver takes it, for values of one shape."""

    def __init__(self, written: Any, lists: Mapping[str, int], dialect: Any) -> None:
        """`lists` has the names of values that are lists, and how long these are."""
        self._binds: list[tuple[str, Any, Processor, bool]] = [
            (name, written.params[name], written._bind_processors.get(name), name in lists)
            for name in written.positiontup
        ]
        if dialect.paramstyle == "qmark":
            self.sql = _LIST.sub(lambda found: ", ".join("?" * lists[found[1]]), written.string)
        else:
            places, number = [], 1
            for name in written.positiontup:
                kind = _cast(written.binds[name].type, dialect)
                after = number + lists.get(name, 1)
                places.append(", ".join(f"${n}{kind}" for n in range(number, after)))
                number = after
            self.sql = _LIST.sub("%s", written.string) % tuple(places)
        columns = written._result_columns
        self.returns_rows = bool(columns)
        self.adds = bool(written.isinsert)  # and what it returns is the new row's id
        self._names = SimpleResultMetaData([name for name, *_ in columns])
        self._read: list[Processor] = [
            type_._cached_result_processor(dialect, None) for *_, type_ in columns
        ]

    def values(self, given: Mapping[str, Any]) -> list[Any]:
        """What the driver takes, in its order."""
        found: list[Any] = []
        for name, default, process, is_list in self._binds:
            value = given.get(name, default)
            if is_list:
                found += value if process is None else map(process, value)
            else:
                found.append(value if process is None else process(value))
        return found

    def result(self, rows: Iterable[Sequence[Any]]) -> Any:
        """Rows, to be read as SQLAlchemy's own results are."""
        read = self._read
        found = [
            tuple(
                [
                    value if process is None else process(value)
                    for value, process in zip(row, read, strict=True)
                ]
            )
            for row in rows
        ]
        return IteratorResult(self._names, iter(found))


def _cast(type_: Any, dialect: Any) -> str:
    """What SQLAlchemy writes after a value's place, for PostgreSQL cannot always tell its type."""
    name = _pg_types.get(type_.dialect_impl(dialect).get_dbapi_type(dialect.dbapi))
    return f"::{name}" if name else ""


class Shelf:
    """The prepared statements of one database."""

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[Any, dict[tuple[Any, ...], Prepared | None]] = (
            WeakKeyDictionary()
        )

    def find(self, statement: Any, given: Any, dialect: Any) -> Prepared | None:
        """None for what SQLAlchemy has to run."""
        if not isinstance(statement, (SelectBase, UpdateBase)):
            return None
        shapes = self._known.get(statement)
        if shapes is None:
            self._known[statement] = {}
            return None
        shape = tuple(
            [
                name
                if type(value) in _PLAIN or not isinstance(value, Collection)
                else (name, len(value))
                for name, value in given.items()
            ]
        )
        if shape not in shapes and len(shapes) < MOST:
            shapes[shape] = _prepared(statement, given, dialect)
        return shapes.get(shape)


def _prepared(statement: Any, given: Mapping[str, Any], dialect: Any) -> Prepared | None:
    """None when a value is missing, which SQLAlchemy says better, or a list is empty."""
    written = statement.compile(dialect=dialect, column_keys=list(given))
    binds = written.binds.items()
    missing = any(bind.required and name not in given for name, bind in binds)
    lists = {name: len(given.get(name) or ()) for name, bind in binds if bind.expanding}
    if missing or not all(lists.values()):
        return None
    return Prepared(written, lists, dialect)
