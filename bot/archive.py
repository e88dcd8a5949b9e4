"""Transcripts in files: one line of JSON a talk, compressed. A file is whole on the disk, or it is
not there."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from connectors.base import Json

FORMAT = 1


def write(folder: Path, talks: Sequence[Json], now: datetime) -> Path:
    """A new file with these talks, and its place. When this returns it outlives a power cut.

    A talk may be in several files, when a night was broken off: they have its id. Raises OSError,
    and leaves nothing behind that looks like a file of ours.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    ids = [talk["conversation"]["id"] for talk in talks]
    path = folder / f"transcripts-{now:%Y%m%dT%H%M%S%f}-{min(ids)}-{max(ids)}.jsonl.gz"
    part = path.with_suffix(".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as raw:
            with gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as packed:
                for talk in talks:
                    line = json.dumps({"format": FORMAT, **talk}, ensure_ascii=False)
                    packed.write(line.encode() + b"\n")
            raw.flush()
            os.fsync(raw.fileno())
        part.rename(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    parent = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(parent)
    finally:
        os.close(parent)
    return path
