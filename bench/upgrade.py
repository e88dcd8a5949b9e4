"""A rolling upgrade and the way back, while customers talk on five channels whose platforms have
faults: processes of an earlier version and of this one side by side on one PostgreSQL.

    uv run python bench/upgrade.py [--old COMMIT] [--seconds 20] [--seed 1]

Two web processes and two workers of the earlier version begin, on its schema and with the model
that it has trained. Then, as docs/operations/machines.md says: this version migrates, trains and
publishes; its workers take the place of the old ones, then its web processes, one at a time. At
last it all goes back, upon the new schema and the new model, as after a night of regret: web
processes, then workers. Judged as bench/chaos.py does: nothing lost, nothing answered or delivered
twice, nothing left behind. Ends with 1 on any breach.

Prints a table and writes bench/results/upgrade.json. Wants the history of the repository.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psutil
import verdict as judging
from chaos import MARK, ROOT, Fleet, Service, do, environment, figures, left, prepare, rest, show
from cluster import Cluster, free_port
from crowd import Agent, Crowd, Doors, Platforms, Visitor
from turn import until
from verdict import Kill

from bot import clock
from bot.storage.db import Database
from bot.supervisor import own

EARLIER: Final = "c8344a5"  # with the schema 0007
# Two messages a second of ten customers: of twice as many, with the platforms' faults, that version
# had the two cores full.
PAUSE: Final = (1.5, 7.5)


@dataclass
class Running:
    """One process that is started again whenever it ends."""

    service: Service
    keeping: asyncio.Task[None]

    async def stop(self) -> float:
        """Seconds that it took."""
        self.keeping.cancel()
        return await self.service.stop()


class Machines:
    """Web processes, each at its address, and as many workers, of either version."""

    def __init__(self, env: dict[str, str], ports: Sequence[int], folder: Path) -> None:
        self._env = env
        self._folder = folder
        self._started = 0
        self.webs: dict[int, Running | None] = dict.fromkeys(ports)
        self.workers: list[Running | None] = [None for _ in ports]

    @property
    def running(self) -> list[Running]:
        return [each for each in (*self.webs.values(), *self.workers) if each]

    async def change_workers(self, code: Path) -> list[float]:
        """One at a time: the new one is ready before the old one stops. Seconds of each stop."""
        stops = []
        for place, old in enumerate(self.workers):
            new = self._start("worker", code)
            while b"is in use" not in new.service.log.read_bytes():
                await asyncio.sleep(0.2)
            self.workers[place] = new
            stops.append(await old.stop() if old else 0.0)
        return stops

    async def change_webs(self, code: Path) -> list[float]:
        """One at a time; the other serves meanwhile."""
        stops = []
        for port, old in self.webs.items():
            stops.append(await old.stop() if old else 0.0)
            self.webs[port] = self._start("web", code, PORT=str(port))
            await until(f"http://127.0.0.1:{port}/health/ready", lambda answer: answer.is_success)
        return stops

    def _start(self, role: str, code: Path, **settings: str) -> Running:
        self._started += 1
        log = self._folder / f"{role}_{self._started}.log"
        log.touch()
        env = self._env | {"PROJECT_DIR": str(code), **settings}
        service = Service(own(role), env, log, code)
        return Running(service, asyncio.create_task(service.keep()))


async def run(folder: Path, old: Path, seconds: float, dice: random.Random) -> dict[str, Any]:
    """The whole trial. What it found, with its `breaches`."""
    (folder / "tmp").mkdir()
    cluster = Cluster(folder)
    cluster.start()
    try:
        return await _run(folder, old, cluster.url, seconds, dice)
    finally:
        cluster.stop()


async def _run(
    folder: Path, old: Path, url: str, seconds: float, dice: random.Random
) -> dict[str, Any]:
    ports = [free_port() for _ in range(3)]
    webs = [f"http://127.0.0.1:{port}" for port in ports[1:]]
    platforms = Platforms(ports[0], webs, random.Random(dice.random()))
    env = environment(folder, url, ports[1], platforms.url)
    machines = Machines(env, ports[1:], folder)
    earlier = env | {"PROJECT_DIR": str(old)}
    for command in ("migrate", "train", "publish"):
        await do(command, earlier, old)
    db = Database(url)
    user_id = await prepare(db)
    doors = Doors(webs, dice)
    crowd = Crowd(doors, platforms, Agent(doors, user_id), [], dice, PAUSE)
    swaps: list[Kill] = []
    stops: list[float] = []
    stop = asyncio.Event()
    began = clock.now()

    async def step(kind: str, change: Callable[[Path], Awaitable[list[float]]], to: Path) -> None:
        swaps.append(Kill(kind, clock.now()))
        stops.extend(await change(to))
        await asyncio.sleep(seconds)

    try:
        async with platforms.serving():
            await machines.change_webs(old)
            await machines.change_workers(old)
            working = asyncio.create_task(crowd.agent.work())
            crowd.visitors += [Visitor(doors, dice) for _ in range(2)]
            for each in crowd.visitors:
                await each.begin()
            talking = asyncio.create_task(crowd.talk(stop))
            await asyncio.sleep(seconds)
            swaps.append(Kill("migrate", clock.now()))
            for command in ("migrate", "train", "publish"):
                await do(command, env)
            await asyncio.sleep(seconds)
            await step("workers upgraded", machines.change_workers, ROOT)
            await step("webs upgraded", machines.change_webs, ROOT)
            await step("webs back", machines.change_webs, old)
            await step("workers back", machines.change_workers, old)
            stop.set()
            await talking
            talked = (clock.now() - began).total_seconds()
            fleet = Fleet([each.service for each in machines.running], db, None, dice)
            await rest(fleet, crowd, working)
            for each in crowd.visitors:
                await each.look()
            found = await judging.of(db, crowd, clock.now())
            working.cancel()
            stops += [await each.stop() for each in machines.running]
    finally:
        for running in machines.running:
            running.keeping.cancel()
            for process in running.service.tree():
                with contextlib.suppress(psutil.Error):
                    process.kill()
        await doors.close()
        await db.close()
    await left(found, env[MARK], folder)
    return {
        "database": "postgresql",
        "machine": {
            "cores": os.cpu_count(),
            "memory_gb": round(psutil.virtual_memory().total / 2**30),
        },
        "seconds": round(talked),
        **figures(found),
        "gaps": judging.gaps(found, swaps),
        "stopped_in_s": round(max(stops), 1),
        "breaches": found.breaches,
    }


@contextlib.contextmanager
def checkout(commit: str, folder: Path) -> Iterator[Path]:
    """The repository's files as they were."""
    place = folder / "earlier"
    git = ["git", "-C", str(ROOT)]
    command = [*git, "worktree", "add", "--quiet", "--detach", str(place), commit]
    subprocess.run(command, check=True, stdout=sys.stderr)
    try:
        yield place
    finally:
        subprocess.run([*git, "worktree", "remove", "--force", str(place)], check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--old", default=EARLIER, help="the commit to upgrade from")
    parser.add_argument("--seconds", type=float, default=20.0, help="between two steps")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=ROOT / "bench" / "results")
    options = parser.parse_args()
    logging.getLogger("bot.simulators").setLevel(logging.ERROR)  # that a web process is away
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # that answers are lost
    with tempfile.TemporaryDirectory(prefix="upgrade-") as place:
        folder = Path(place)
        with checkout(options.old, folder) as old:
            result = asyncio.run(run(folder, old, options.seconds, random.Random(options.seed)))
        result["from"] = options.old
        show(result)
        options.out.mkdir(parents=True, exist_ok=True)
        if result["breaches"]:
            for log in folder.glob("*.log"):
                (options.out / f"upgrade_{log.name}").write_bytes(log.read_bytes())
    written = json.dumps(result, indent=1, ensure_ascii=False)
    (options.out / "upgrade.json").write_text(f"{written}\n", encoding="utf-8")
    sys.exit(bool(result["breaches"]))


if __name__ == "__main__":
    main()
