"""Statements that go straight to the driver say what SQLAlchemy's own way says."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from databases import new_postgres
from sqlalchemy import bindparam, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from bot.storage.db import Database, DatabaseUnavailable, insert, insert_once, into
from bot.storage.prepared import MOST
from bot.storage.tables import accounts, customers, users

NOW = datetime(2026, 11, 23, 5, 0, 0, 123456, tzinfo=timezone(timedelta(hours=7)))
_OF = (
    select(customers)
    .where(customers.c.external_id.in_(bindparam("ids", expanding=True)))
    .where(customers.c.created_at <= bindparam("upto"))
    .order_by(customers.c.id)
    .limit(bindparam("most"))
)
_GREET = (
    update(customers)
    .where(customers.c.external_id == bindparam("who"))
    .values(greeted_at=bindparam("at", type_=customers.c.greeted_at.type))
)


def person(external_id: str, **more: Any) -> dict[str, Any]:
    values = {"channel": "zalo", "external_id": external_id, "created_at": NOW}
    return {**values, "profile": {"tên": "Đỗ", "tags": [1, None, {"a": "'?%s$1"}]}, **more}


async def again(db: Database, statement: Any, values: Any = None, times: int = 3) -> list[Any]:
    """What a statement says, the first time by SQLAlchemy and later straight."""
    found = []
    for _ in range(times):
        async with db.read() as tx:
            found.append([dict(row) for row in (await tx.execute(statement, values)).mappings()])
    return found


async def test_values_of_every_kind_come_back_as_they_were(db: Database) -> None:
    ids = []
    for n in range(4):
        async with db.begin() as tx:
            ids.append(await insert(tx, customers, person(f"p{n}", name="Nguyễn", greeted_at=None)))
            bytes_ = {"username": f"u{n}", "name": "U", "role": "agent", "password_hash": ""}
            await insert(tx, users, {**bytes_, "active": n % 2 == 0, "created_at": NOW})
    assert ids == sorted(set(ids))

    for statement, values in (
        (_OF, {"ids": ["p0", "p3"], "upto": NOW, "most": 5}),
        (_OF, {"ids": ("p2",), "upto": NOW, "most": 5}),
        (_OF, {"ids": {"p2", "p0"}, "upto": NOW, "most": 5}),
        (_OF, {"ids": frozenset({"p2"}), "upto": NOW, "most": 5}),
        (_OF, {"ids": {"p1": 1, "p3": 2, "p2": 3}.keys(), "upto": NOW, "most": 5}),
        (_OF, {"ids": [], "upto": NOW, "most": 5}),
        (_OF, {"ids": ["p0", "p1"], "upto": NOW - timedelta(microseconds=1), "most": 5}),
        (_OF, {"ids": ["p0", "p1", "p2"], "upto": NOW, "most": 1}),
        (select(users).order_by(users.c.id), {}),
    ):
        first, *rest = await again(db, statement, values)
        assert rest == [first, first]

    first, *_ = await again(db, _OF, {"ids": ["p0", "p3"], "upto": NOW, "most": 5})
    assert [row["external_id"] for row in first] == ["p0", "p3"]
    assert first[0]["profile"] == person("p0")["profile"]
    assert first[0]["created_at"] == NOW
    assert first[0]["created_at"].utcoffset() == timedelta(0)


async def test_results_are_read_in_every_way(db: Database) -> None:
    one = select(customers.c.id, customers.c.name.label("called")).order_by(customers.c.id)
    for n in range(3):
        async with db.begin() as tx:
            await insert(tx, customers, person(f"p{n}", name=f"N{n}"))
    for _ in range(3):
        async with db.read() as tx:
            assert [row.called for row in await tx.execute(one)] == ["N0", "N1", "N2"]
            assert (await tx.execute(one)).scalars().all() == [1, 2, 3]
            assert (await tx.execute(one)).first() == (1, "N0")
            assert [name for _, name in (await tx.execute(one)).all()] == ["N0", "N1", "N2"]


async def test_it_is_told_how_many_rows_were_changed(db: Database) -> None:
    async with db.begin() as tx:
        await tx.execute(into(customers), [person("a"), person("b")])
    for n in range(4):
        async with db.begin() as tx:
            await tx.execute(into(customers), [person(f"c{n}"), person(f"d{n}")])
            changed = await tx.execute(_GREET, {"who": "a", "at": NOW})
            nobody = await tx.execute(_GREET, {"who": "nobody", "at": None})
        assert (changed.rowcount, nobody.rowcount) == (1, 0)
    async with db.read() as tx:
        assert len((await tx.execute(select(customers))).all()) == 10


async def test_what_is_there_is_not_added_twice(db: Database) -> None:
    added = []
    for n in (1, 2, 1, 1, 3):
        async with db.begin() as tx:
            added.append(await insert_once(tx, accounts, {"channel": f"c{n}"}))
    assert added == [True, True, False, False, True]


async def test_a_broken_rule_is_the_caller_s_error_and_not_the_database_s_absence(
    db: Database,
) -> None:
    for n in range(3):
        async with db.begin() as tx:
            await insert(tx, customers, person(f"p{n}"))
    for _ in range(2):
        with pytest.raises(IntegrityError, match=r"(?i)unique") as refused:
            async with db.begin() as tx:
                await insert(tx, customers, person("p1", name="Nguyễn"))
        assert "Nguyễn" not in str(refused.value)
        async with db.begin() as tx:
            await insert(tx, customers, person(f"after{_}"))


async def test_a_value_that_was_forgotten_is_an_error_each_time(db: Database) -> None:
    for _ in range(3):
        with pytest.raises(StatementError, match="who"):
            async with db.begin() as tx:
                await tx.execute(_GREET, {"at": NOW})


async def test_a_time_without_its_zone_is_refused_each_time(db: Database) -> None:
    for _ in range(3):
        with pytest.raises((StatementError, ValueError), match="no time zone"):
            async with db.begin() as tx:
                await tx.execute(_GREET, {"who": "a", "at": datetime(2026, 1, 1)})


async def test_lists_of_many_lengths_are_no_leak(db: Database) -> None:
    for length in [*range(1, MOST + 5)] * 2:
        async with db.read() as tx:
            ids = [f"p{n}" for n in range(length)]
            assert (await tx.execute(_OF, {"ids": ids, "upto": NOW, "most": 9})).all() == []
    shapes = db._engine._shelf._known[_OF]
    assert len(shapes) == MOST


async def test_who_gives_up_leaves_no_transaction_open(db: Database) -> None:
    async def write(n: int) -> None:
        async with db.begin() as tx:
            await insert(tx, customers, person(f"w{n}"))
            await asyncio.sleep(30)

    writers = [asyncio.create_task(write(n)) for n in range(3)]
    await asyncio.sleep(0.2)
    for each in writers:
        each.cancel()
    ended = await asyncio.gather(*writers, return_exceptions=True)
    assert all(isinstance(each, asyncio.CancelledError) for each in ended)
    for n in range(12):  # more than there are connections
        async with db.begin() as tx:
            await insert(tx, customers, person(f"w{n}"))
    async with db.read() as tx:
        assert len((await tx.execute(select(customers.c.id))).all()) == 12


async def test_a_postgresql_that_was_away_is_found_again_at_once(postgres: str) -> None:
    async with new_postgres(postgres) as url:
        db = Database(url)

        async def look() -> int:
            async with db.read() as tx:
                return len((await tx.execute(_OF, {"ids": ["a"], "upto": NOW, "most": 1})).all())

        async def write(n: int) -> None:
            async with db.begin() as tx:
                await tx.execute(into(customers), person(f"p{n}"))

        for _ in range(2):
            await asyncio.gather(
                *(look() for _ in range(10)), *(write(_ * 9 + n) for n in range(9))
            )
        outside = Database(url)
        async with outside.begin() as tx:
            others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> "
            here = "pg_backend_pid() AND datname = current_database()"
            await tx.execute(text(others + here))
        with pytest.raises(DatabaseUnavailable):
            await write(100)
        await asyncio.gather(*(write(101 + n) for n in range(10)))
        await outside.close()
        await db.close()


async def test_what_failed_in_silence_is_not_taken_for_committed(postgres: str) -> None:
    async with new_postgres(postgres) as url:
        db = Database(url)
        for _ in range(2):
            with pytest.raises(DatabaseUnavailable, match="rolled back"):
                async with db.begin() as tx:
                    await tx.execute(into(customers), person("a"))
                    with contextlib.suppress(DBAPIError):
                        await tx.execute(text("SELECT 1 / 0"))
        async with db.read() as tx:
            assert (await tx.execute(select(customers))).first() is None
        await db.close()
