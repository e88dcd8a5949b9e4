"""`carebot backup` and `carebot restore`: everything durable in one file that either engine reads.

The file is gzip of JSON lines: a head (schema, moment, tables), each table's rows and its sum, and
at the end the SHA-256 of all lines before. Secrets in it are sealed as they are in the database;
customers' words are not. Nothing of it is held in memory but one page of rows.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

from bot.storage import refill, snapshot
from bot.storage.migrate import known_revisions, migrate
from bot.storage.snapshot import Row, Shape, Sum, line_of

FORMAT = 1
COMPRESSION = 3  # models and pictures, which are most of it, are compressed already


class Refused(Exception):
    """This cannot be backed up or restored; the text says the way out."""


@dataclass(frozen=True)
class Contents:
    """What an archive holds, or a database that was filled from it."""

    revision: str
    taken_at: datetime
    shapes: tuple[Shape, ...]
    sums: dict[str, Sum]  # by table


@dataclass(frozen=True)
class Restored:
    contents: Contents
    deliveries: int  # that may have gone out from the source, and are not sent again
    outreach: int


async def backup(url: str, path: Path, now: datetime) -> Contents:
    """Write the database as it is at one moment, while everybody works on; `path` is there whole,
    or as it was before. Raises Refused, DatabaseUnavailable, OSError."""
    with _replacing(path) as file:
        return await snapshot.reading(url, partial(_write, file, now))


async def restore(url: str, path: Path, now: datetime, *, source_stopped: bool) -> Restored:
    """Fill an empty database with an archive, and see that it then holds the same.

    Since the archive was taken its source may have gone on: what was due by now is not sent again
    unless `source_stopped`. Raises Refused, DatabaseUnavailable, OSError.
    """
    contents = examine(path)
    if contents.revision not in known_revisions():
        raise Refused(
            f"{path} is of a newer Carebot (schema {contents.revision}): "
            "install that version or a later one, then restore"
        )
    filled = None if _is_new(url) else await snapshot.reading(url, snapshot.first_filled)
    if filled:
        raise Refused(
            f"the database is not empty ({filled} has rows): name a new one in DATABASE_URL"
        )
    await migrate(url, contents.revision)
    work = partial(_fill, path, contents, None if source_stopped else now)
    deliveries, outreach = await snapshot.writing(url, work)
    await migrate(url)
    return Restored(contents, deliveries, outreach)


def _is_new(url: str) -> bool:
    """Whether there is not even a file yet."""
    return url.startswith("sqlite") and not Path(url.partition("///")[2]).exists()


# Writing


@contextmanager
def _replacing(path: Path) -> Iterator[IO[bytes]]:
    """A file, for its owner's eyes, that becomes `path` when all went well."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()


def _write(file: IO[bytes], now: datetime, connection: Any) -> Contents:
    revision = snapshot.revision(connection)
    if revision is None:
        raise Refused("there is nothing to back up: the database has no schema yet")
    shapes = tuple(snapshot.shapes(connection))
    sums = {}
    whole = hashlib.sha256()
    with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=COMPRESSION, mtime=0) as out:

        def write(line: bytes) -> None:
            whole.update(line + b"\n")
            out.write(line + b"\n")

        head = {
            "carebot_backup": FORMAT,
            "version": version("carebot"),
            "revision": revision,
            "taken_at": now.isoformat(),
            "tables": [asdict(shape) for shape in shapes],
        }
        write(json.dumps(head).encode())
        for shape in shapes:
            total = Sum()
            for row in snapshot.rows(connection, shape):
                line = line_of(row)
                total = total.add(line)
                write(line)
            write(_end_of(shape, total))
            sums[shape.name] = total
        out.write(json.dumps({"sha256": whole.hexdigest()}).encode() + b"\n")
    return Contents(revision, now, shapes, sums)


def _end_of(shape: Shape, total: Sum) -> bytes:
    end = {"table": shape.name, "rows": total.rows, "hash": total.hex}
    return json.dumps(end).encode()


# Reading


def examine(path: Path) -> Contents:
    """Read an archive through. Raises Refused for one that is not whole, not ours, or changed."""
    try:
        with gzip.open(path) as file:
            return _examined(file)
    except (EOFError, zlib.error, gzip.BadGzipFile, _Broken, ValueError, LookupError) as error:
        raise Refused(
            f"{path} is not a whole backup ({error or 'it breaks off'}): take another copy of it"
        ) from error


class _Broken(Exception):
    pass


def _examined(file: gzip.GzipFile) -> Contents:
    whole = hashlib.sha256()
    contents = _head(whole_line := file.readline())
    whole.update(whole_line)
    for shape in contents.shapes:
        total = Sum()
        for line in file:
            whole.update(line)
            if line.startswith(b"{"):
                break
            total = total.add(line.removesuffix(b"\n"))
        else:
            raise _Broken("it breaks off")
        if line.removesuffix(b"\n") != _end_of(shape, total):
            raise _Broken(f"{shape.name} was changed")
        contents.sums[shape.name] = total
    if json.loads(file.readline() or b"{}").get("sha256") != whole.hexdigest() or file.read(1):
        raise _Broken("it was changed")
    return contents


def _head(line: bytes) -> Contents:
    head = json.loads(line)
    if head["carebot_backup"] != FORMAT:
        raise _Broken(f"of format {head['carebot_backup']}, this Carebot reads {FORMAT}")
    shapes = tuple(
        Shape(
            each["name"],
            tuple((name, kind) for name, kind in each["columns"]),
            tuple(each["key"]),
            each["counter"],
        )
        for each in head["tables"]
    )
    return Contents(head["revision"], datetime.fromisoformat(head["taken_at"]), shapes, {})


def _fill(
    path: Path, contents: Contents, since_taken: datetime | None, connection: Any
) -> tuple[int, int]:
    refill.in_any_order(connection)
    with gzip.open(path) as file:
        file.readline()
        for shape in contents.shapes:
            try:
                refill.put(connection, shape, _rows(file))
            except refill.Unfit as error:
                raise Refused(f"the database does not take {error}") from error
    refill.in_order_again(connection)
    for shape in contents.shapes:
        found, kept = snapshot.sum_of(connection, shape), contents.sums[shape.name]
        if found != kept:
            raise Refused(
                f"{shape.name} came out otherwise than it went in ({found.rows} rows of "
                f"{kept.rows}): is somebody else writing to this database?"
            )
    if since_taken is None:
        return 0, 0
    return refill.may_have_gone(connection, contents.taken_at, since_taken)


def _rows(file: gzip.GzipFile) -> Iterator[Row]:
    """The rows of the table that comes next, its end too."""
    for line in file:
        if line.startswith(b"{"):
            return
        yield json.loads(line)
