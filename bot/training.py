"""Training a model with Rasa, in a process of its own, knowing whether one is needed, and putting
one to use."""

from __future__ import annotations

import asyncio
import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from bot import authored, doorbell
from bot.authored import Authored
from bot.storage import releases
from bot.storage.db import Database
from bot.storage.releases import TrainedModel

# Everything that the model is made of. The pipeline's own code counts: another tokenizer is
# another model.
CONTENT = ("config.yml", "domain.yml", "data", "bot/nlu")
PROGRESS_SECONDS = 5.0
NONE: Final = Authored()


class TrainingFailed(Exception):
    """Rasa did not train; the message carries the end of what it said."""


def fingerprint(project_dir: Path, own: Authored = NONE) -> str:
    """Names the present content: equal for equal files and equal writing of the team's own."""
    digest = hashlib.sha256(authored.digest(own))
    for path in sorted(_content(project_dir)):
        digest.update(str(path.relative_to(project_dir)).encode())
        digest.update(b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _content(project_dir: Path) -> list[Path]:
    found: list[Path] = []
    for name in CONTENT:
        place = project_dir / name
        if place.is_dir():
            found += [
                path
                for path in place.rglob("*")
                if path.is_file() and path.suffix in (".yml", ".yaml", ".py", ".txt", ".json")
            ]
        elif place.is_file():
            found.append(place)
    return found


async def train(
    db: Database, project_dir: Path, now: datetime, progress: Callable[[str], None]
) -> TrainedModel:
    """Train on the project's content and the support team's own, and keep the model in the
    database. Raises TrainingFailed.

    `progress` gets a line every few seconds.
    """
    async with db.read() as tx:
        own = await authored.read(tx)
    content = await asyncio.to_thread(fingerprint, project_dir, own)
    name = f"{now:%Y%m%d-%H%M%S}-{content[:8]}"
    with tempfile.TemporaryDirectory() as folder:
        data = await run_rasa(project_dir, Path(folder), name, progress, own)
    async with db.begin() as tx:
        return await releases.store(tx, f"{name}.tar.gz", content, data, now)


async def put_to_use(
    db: Database, database_url: str, model: TrainedModel, by: str, now: datetime
) -> None:
    """Publish a model; workers take it within seconds."""
    async with db.begin() as tx:
        await releases.publish(tx, model.id, by, now)
    bell = doorbell.for_database(database_url)
    await bell.ring("publish")
    await bell.close()


async def run_rasa(
    project_dir: Path,
    folder: Path,
    name: str,
    progress: Callable[[str], None],
    own: Authored = NONE,
) -> bytes:
    """The archive that Rasa makes of the project and the team's own. Raises TrainingFailed."""
    archive = folder / f"{name}.tar.gz"
    more = []
    if own != NONE:
        await asyncio.to_thread(authored.write, own, project_dir, folder)
        more = [str(folder)]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.nlu.train", str(archive), *more),
        cwd=project_dir,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=environment(project_dir),
    )
    talking = asyncio.create_task(process.communicate())
    seconds = 0.0
    try:
        while not talking.done():
            await asyncio.wait({talking}, timeout=PROGRESS_SECONDS)
            seconds += PROGRESS_SECONDS
            if not talking.done():
                progress(f"training the assistant … {seconds:.0f} s")
    finally:
        if not talking.done():
            process.terminate()
    said = (await talking)[0].decode(errors="replace")
    if process.returncode != 0 or not archive.is_file():
        raise TrainingFailed(f"training failed:\n{said[-4000:]}")
    return archive.read_bytes()


def environment(project_dir: Path) -> dict[str, str]:
    """Of a process of the project's that brings Rasa."""
    return {
        **os.environ,
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONPATH": str(project_dir),
    }
