"""A trial of what the support team wrote: trained beside the assistant in use, then held against
every bar and every way of asking. Only a model that passed may be published."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from bot import authored, training
from bot.storage import releases, trials
from bot.storage.db import Database
from bot.storage.trials import Trial

log = logging.getLogger(__name__)

TRIES: Final = 2  # a worker may die over it once
TIME: Final = 600.0  # seconds for the figures


class Broken(Exception):
    """The trial could not be finished; the message says why, for whoever runs the machine."""


async def run(db: Database, project_dir: Path, trial: Trial, clock: Callable[[], datetime]) -> None:
    """Train, judge, and keep what came of it. What goes wrong ends the trial as broken;
    a worker that is stopped leaves it to another."""
    try:
        if trial.attempts > TRIES:
            raise Broken(f"begun {TRIES} times and never finished")
        async with db.read() as tx:
            own = await authored.read(tx)
        model = await training.train(db, project_dir, clock(), log.info)
        async with db.read() as tx:
            archive = await releases.data_of(tx, model.id)
        report = await judge(project_dir, archive, authored.expected(own))
        state = "passed" if report["met"] else "failed"
        async with db.begin() as tx:
            await trials.end(tx, trial.id, state, report, clock(), model.id)
    except asyncio.CancelledError:
        async with db.begin() as tx:
            await trials.release(tx, trial)
        raise
    except (training.TrainingFailed, Broken, OSError) as error:
        log.error("trial %s is broken: %s", trial.id, error)
        async with db.begin() as tx:
            report = {"met": False, "why": str(error)[-2000:]}
            await trials.end(tx, trial.id, "broken", report, clock())


async def judge(project_dir: Path, archive: bytes, expected: Mapping[str, str]) -> dict[str, Any]:
    """The figures of a model, by a process of its own: `met`, `figures` (name, value, bar, side,
    met) and `missed` (what was asked, the intent meant, the one understood). Raises Broken."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "model.tar.gz"
        place.write_bytes(archive)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot.quality.judge", str(place)),
            cwd=project_dir,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=training.environment(project_dir),
        )
        try:
            given = json.dumps(expected).encode()
            told, errors = await asyncio.wait_for(process.communicate(given), TIME)
        except asyncio.TimeoutError as error:
            raise Broken("the figures took too long") from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    if process.returncode != 0:
        raise Broken(errors.decode(errors="replace")[-2000:])
    report: dict[str, Any] = json.loads(told.splitlines()[-1])
    return report
