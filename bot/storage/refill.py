"""Putting rows that were read elsewhere into an empty database of the same schema."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, bindparam, cast, func, insert, inspect, or_, select, text, update
from sqlalchemy.exc import DBAPIError

from bot.storage.snapshot import TYPES, Row, Shape, table_of
from bot.storage.tables import campaigns, outbox, outreach


class Unfit(Exception):
    """A database does not take a row."""


def put(connection: Any, shape: Shape, found: Iterable[Row]) -> None:
    """Fill a table that is empty, and go on counting where it had stopped. Raises Unfit."""
    statement = insert(table_of(shape)).values(_values(connection, shape))
    names = [name for name, _ in shape.columns]
    batch: list[dict[str, Any]] = []

    def flush() -> None:
        if batch:
            try:
                connection.execute(statement, batch)
            except DBAPIError as error:
                raise Unfit(f"{shape.name}: {error.orig}") from error
            batch.clear()

    for row in found:
        values = (_typed(kind, value) for (_, kind), value in zip(shape.columns, row, strict=True))
        batch.append(dict(zip(names, values, strict=True)))
        if len(batch) == shape.page:
            flush()
    flush()
    if shape.counter is not None:
        _count_on(connection, shape.name, shape.counter)


def _values(connection: Any, shape: Shape) -> dict[str, Any]:
    bound = {name: bindparam(name, type_=TYPES[kind]) for name, kind in shape.columns}
    if connection.dialect.name == "postgresql":
        texts = [name for name, kind in shape.columns if kind == "json"]
        return bound | {name: cast(bound[name], JSON) for name in texts}
    return bound


def _count_on(connection: Any, name: str, counter: int) -> None:
    if connection.dialect.name == "sqlite":
        values = {"name": name, "seq": counter}
        connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": name})
        connection.execute(text("INSERT INTO sqlite_sequence VALUES (:name, :seq)"), values)
    else:
        sequence = func.pg_get_serial_sequence(name, "id")
        connection.execute(select(func.setval(sequence, max(counter, 1), counter > 0)))


def in_any_order(connection: Any) -> None:
    """Let rows of this transaction refer to rows that come after them in the same table."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        return
    for name, constraint in _to_itself(connection):
        connection.exec_driver_sql(
            f"ALTER TABLE {name} ALTER CONSTRAINT {constraint} DEFERRABLE INITIALLY DEFERRED"
        )


def in_order_again(connection: Any) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
        for name, constraint in _to_itself(connection):
            connection.exec_driver_sql(
                f"ALTER TABLE {name} ALTER CONSTRAINT {constraint} NOT DEFERRABLE"
            )


def _to_itself(connection: Any) -> list[tuple[str, str]]:
    seen = inspect(connection)
    return [
        (name, each["name"])
        for name in seen.get_table_names()
        for each in seen.get_foreign_keys(name)
        if each["referred_table"] == name
    ]


def may_have_gone(connection: Any, taken_at: datetime, now: datetime) -> tuple[int, int]:
    """What was to go out between those moments may have gone, from where the rows were read:
    deliveries are left for a worker to mark as unknown, messages of ours are called off. How
    many of each."""
    deliveries = connection.execute(
        update(outbox)
        .where(outbox.c.sending_until.is_(None), outbox.c.due_at <= now)
        .values(sending_until=taken_at)
    ).rowcount
    if "outreach" not in inspect(connection).get_table_names():
        return deliveries, 0
    running = select(campaigns.c.id).where(campaigns.c.state == "running")
    cancelled = connection.execute(
        update(outreach)
        .where(
            outreach.c.state == "waiting",
            outreach.c.due_at <= now,
            or_(outreach.c.campaign_id.is_(None), outreach.c.campaign_id.in_(running)),
        )
        .values(state="cancelled", reason="restored", ended_at=now)
    ).rowcount
    return deliveries, cancelled


def _typed(kind: str, value: Any) -> Any:
    if value is None:
        return None
    if kind == "time":
        return datetime.fromisoformat(value)
    return base64.b64decode(value) if kind == "bytes" else value
