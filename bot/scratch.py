"""A folder for all that a process keeps for a moment. Unpacking a model takes tens of megabytes:
what a process that was killed left behind goes when the next one begins."""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import shutil
import tempfile
from pathlib import Path


def begin() -> Path:
    """From now on this process's temporary files are in a folder of its own, which goes with it."""
    place = Path(tempfile.gettempdir())
    prefix = f"carebot-{os.getuid()}-scratch-"
    for each in place.glob(f"{prefix}*"):
        with contextlib.suppress(OSError), (each / "lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # fails while its process lives
            shutil.rmtree(each, ignore_errors=True)
    mine = Path(tempfile.mkdtemp(prefix=prefix))
    own = os.open(mine / "lock", os.O_CREAT | os.O_WRONLY, 0o600)  # ends with the process
    fcntl.flock(own, fcntl.LOCK_EX)
    tempfile.tempdir = str(mine)
    atexit.register(shutil.rmtree, mine, ignore_errors=True)
    return mine
