"""Models for the tests: equal content is trained once, also where several processes run them."""

from __future__ import annotations

import asyncio
import fcntl
import tempfile
from pathlib import Path

import pytest

from bot import training
from bot.authored import Authored

ROOT = Path(__file__).parent.parent
NOTHING = Authored()


def trained(config: pytest.Config, name: str, own: Authored = NOTHING) -> Path:
    """The archive that Rasa makes of the project's content and the team's own; a folder of this
    name keeps the newest."""
    assert config.cache is not None
    folder, content = config.cache.mkdir(name), training.fingerprint(ROOT, own)
    kept = folder / f"{content}.tar.gz"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            for old in folder.glob("*.tar.gz"):
                old.unlink()
            with tempfile.TemporaryDirectory() as place:
                made = training.run_rasa(ROOT, Path(place), content, lambda line: None, own)
                kept.write_bytes(asyncio.run(made))
    return kept
