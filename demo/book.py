"""What the shop writes down: one sqlite file, one transaction for each call."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

Json = dict[str, Any]
Tx = sqlite3.Connection

TABLES: Final = """
create table if not exists wrong_tries (
    subject text primary key, tries integer not null, last_at real not null,
    locked_until real not null
);
create table if not exists written (
    kind text not null, reference text not null, about text not null, at real not null,
    data text not null, primary key (kind, reference)
);
create index if not exists written_about on written (kind, about);
create index if not exists written_at on written (kind, at);
create table if not exists answered (
    call text not null, requester text not null, key text not null, asked text not null,
    status integer not null, answer text not null, primary key (call, requester, key)
);
"""
LAST: Final = 9999  # references have four digits


class Book:
    """The file, opened anew for each transaction."""

    def __init__(self, data_dir: Path) -> None:
        data_dir.mkdir(parents=True, exist_ok=True)
        self.path = data_dir / "shop.sqlite3"
        db = sqlite3.connect(self.path, timeout=5)
        try:
            db.executescript(f"begin immediate; {TABLES} commit;")  # waits for the disk once
        finally:
            db.close()

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """One at a time, also between processes: what is asked in parallel is all counted."""
        db = sqlite3.connect(self.path, timeout=5, isolation_level=None)
        try:
            db.execute("begin immediate")
            yield db
            db.execute("commit")
        finally:
            db.close()


def write(tx: Tx, kind: str, reference: str, about: str, now: datetime, data: Json) -> None:
    """A record of a kind, under its reference, about an order or a product."""
    text = json.dumps(data, ensure_ascii=False)
    row = (kind, reference, about, now.timestamp(), text)
    tx.execute("insert into written values (?, ?, ?, ?, ?)", row)


def read(tx: Tx, kind: str, reference: str) -> Json | None:
    query = "select data from written where kind = ? and reference = ?"
    row = tx.execute(query, (kind, reference)).fetchone()
    return json.loads(row[0]) if row else None


def read_all(tx: Tx, kind: str) -> list[Json]:
    """The records of a kind, oldest first."""
    query = "select data from written where kind = ? order by at, rowid"
    return [json.loads(data) for (data,) in tx.execute(query, (kind,))]


def read_about(tx: Tx, kind: str, about: str) -> list[Json]:
    """The records of a kind about something, oldest first."""
    query = "select data from written where kind = ? and about = ? order by at, rowid"
    return [json.loads(data) for (data,) in tx.execute(query, (kind, about))]


def read_since(tx: Tx, kind: str, about: str, since: datetime) -> list[Json]:
    """As `read_about`, those written at a time or later."""
    query = "select data from written where kind = ? and about = ? and at >= ? order by at, rowid"
    return [json.loads(data) for (data,) in tx.execute(query, (kind, about, since.timestamp()))]


def next_reference(tx: Tx, kind: str, letters: str, after: int = 0) -> str:
    """The next free reference of a kind, like SC1039; those up to `after` are taken."""
    query = (
        "select max(cast(substr(reference, -4) as integer)) from written "
        "where kind = ? and reference like ?"
    )
    (highest,) = tx.execute(query, (kind, f"{letters}____")).fetchone()
    number = max(highest or 0, after) + 1
    if number > LAST:
        raise RuntimeError(f"no number is left for {letters}")
    return f"{letters}{number:04}"
