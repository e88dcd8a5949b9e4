"""kill -9 at random moments, while customers talk on five channels whose platforms have faults.

    uv run python bench/chaos.py [--database sqlite|postgresql] [--kills 200] [--every 5] [--seed 1]

Real processes, started as their users start them, with the real model: `carebot up`, and a `carebot
web` and a `carebot worker` beside it; on PostgreSQL they may be a second machine's. Whatever ends
is started again, as a machine's service manager does. Killed are web, workers, the supervisor and
PostgreSQL itself (a cluster of the bench's own). Afterwards the pretend platforms' own logs and the
database are held against each other: every message of a customer stored once, and answered once or
with a person, in order; every message of ours on its screen once, or marked unknown and there once
at most; nothing on a screen that our store does not know; no processes, files or half-done rows
left behind. Ends with 1 on any breach.

Prints a table and writes bench/results/chaos_<database>.json. Everything listens on loopback.
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
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psutil
import verdict as judging
from cluster import Cluster, free_port
from crowd import AGENT, PASSWORD, Agent, Crowd, Doors, Platforms, Visitor
from sqlalchemy import select
from turn import until
from verdict import Kill, Verdict

from bot import clock, desk_rules
from bot.console.login import hash_password
from bot.models import Role
from bot.simulators import accounts
from bot.storage import agents, releases, rules, tables, users
from bot.storage.db import Database, DatabaseUnavailable
from bot.storage.migrate import migrate
from bot.supervisor import own
from bot.vault import DatabaseVault

ROOT: Final = Path(__file__).resolve().parent.parent
SECRET_KEY: Final = "c" * 40
MARK: Final = "CAREBOT_CHAOS"  # in the environment of all that the bench starts
AGAIN_SECONDS: Final = 0.5  # before what has ended is started again
QUIET_SECONDS: Final = 420.0  # for which all may take to come to rest
STOP_SECONDS: Final = 60.0
FILES: Final = 200  # that a process may have open
# How often each is killed, beside the others.
KINDS: Final = {"web": 10, "worker": 6, "supervisor": 2, "postgresql": 2}


@dataclass
class Service:
    """A process that is started again whenever it ends."""

    command: Sequence[str]
    env: dict[str, str]
    log: Path
    code: Path = ROOT
    process: asyncio.subprocess.Process | None = None

    async def keep(self) -> None:
        with self.log.open("ab") as out:
            while True:
                self.process = await asyncio.create_subprocess_exec(
                    *self.command, cwd=self.code, env=self.env, stdout=out, stderr=out
                )
                await self.process.wait()
                await asyncio.sleep(AGAIN_SECONDS)

    def tree(self) -> list[psutil.Process]:
        """The process and those below it."""
        if self.process is None or self.process.returncode is not None:
            return []
        with contextlib.suppress(psutil.Error):
            root = psutil.Process(self.process.pid)
            return [root, *root.children(recursive=True)]
        return []

    async def stop(self) -> float:
        """Seconds that it took."""
        began = time.monotonic()
        if self.process and self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.terminate()
            await asyncio.wait_for(self.process.wait(), STOP_SECONDS)
        return time.monotonic() - began


@dataclass
class Fleet:
    """All processes of a Carebot."""

    services: list[Service]
    db: Database
    cluster: Cluster | None
    dice: random.Random
    kills: list[Kill] = field(default_factory=list)

    def of(self, kind: str) -> list[psutil.Process]:
        """The processes of a role that live."""
        name, found = {"supervisor": "up"}.get(kind, kind), []
        for service in self.services:
            for each in service.tree():
                with contextlib.suppress(psutil.Error):
                    if each.cmdline()[1:4] == ["-m", "bot", name]:
                        found.append(each)
        return found

    async def kill(self, kind: str) -> None:
        now, others = clock.now(), False
        if kind == "postgresql":
            assert self.cluster
            self.cluster.kill()
            await asyncio.to_thread(self.cluster.start)
        else:
            while not (alive := self.of(kind)):
                await asyncio.sleep(0.1)  # it is being started again
            victim = self.dice.choice(alive)
            if kind == "worker":
                others = bool(await self._ready() - {victim.pid})
            now = clock.now()
            with contextlib.suppress(psutil.Error):
                victim.kill()
        self.kills.append(Kill(kind, now, others))

    async def _ready(self) -> set[int]:
        """The workers that answer, by their processes."""
        alive = {each.pid for each in self.of("worker")}
        query = select(tables.workers.c.id).where(tables.workers.c.model_id.is_not(None))
        try:
            async with self.db.read() as tx:
                ids = (await tx.execute(query)).scalars().all()
        except DatabaseUnavailable:
            return set()
        return {int(each.rsplit("-", 2)[1]) for each in ids} & alive


def plan(kills: int, kinds: dict[str, int], dice: random.Random) -> Iterator[str]:
    """What is killed, one after another: each kind at least once, if there are so many."""
    first = list(kinds)[:kills]
    rest = dice.choices([*kinds], [*kinds.values()], k=kills - len(first))
    chosen = [*first, *rest]
    dice.shuffle(chosen)
    yield from chosen


def environment(folder: Path, url: str, port: int, platforms: str) -> dict[str, str]:
    found = {**os.environ, MARK: uuid.uuid4().hex, "TMPDIR": str(folder / "tmp")}
    for settings in accounts.environment(platforms).values():
        found |= settings
    return found | {
        "DATABASE_URL": url,
        "SECRET_KEY": SECRET_KEY,
        "PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PROJECT_DIR": str(ROOT),
        "WIDGET_MESSAGES_PER_MINUTE": "6000",
        "DEBOUNCE_MS": "0",
    }


async def prepare(db: Database) -> int:
    """The agent, a desk that never closes and Zalo's consent. The agent's id."""
    now = clock.now()
    async with db.begin() as tx:
        await rules.save(tx, desk_rules.open_always(), "hours", None, now, upon=0)
        user_id = await users.add(tx, AGENT, "Lan", Role.AGENT, hash_password(PASSWORD), now)
        teams = list(desk_rules.default().teams)
        await agents.place(tx, user_id, teams, {}, 1000)
    await DatabaseVault(db, SECRET_KEY, clock.now).keep("zalo", accounts.zalo_tokens(now))
    return user_id


async def publish(db: Database, model: Path) -> None:
    async with db.begin() as tx:
        kept = await releases.store(tx, model.name, "", model.read_bytes(), clock.now())
        await releases.publish(tx, kept.id, "chaos", clock.now())


async def do(step: str, env: dict[str, str], code: Path = ROOT) -> None:
    """Run a command of Carebot's own to its end. Raises CalledProcessError."""
    await asyncio.to_thread(
        subprocess.run, own(step), cwd=code, env=env, check=True, stdout=sys.stderr
    )


async def run(
    folder: Path, database: str, model: Path | None, kills: int, every: float, seed: int
) -> dict[str, Any]:
    """The whole trial. What it found, with its `breaches`."""
    dice = random.Random(seed)
    (folder / "tmp").mkdir()
    cluster = None
    url = f"sqlite:///{folder}/carebot.db"
    if database == "postgresql":
        cluster = Cluster(folder)
        cluster.start()
        url = cluster.url
    try:
        return await _run(folder, url, cluster, model, kills, every, dice)
    finally:
        if cluster:
            cluster.stop()


async def _run(
    folder: Path,
    url: str,
    cluster: Cluster | None,
    model: Path | None,
    kills: int,
    every: float,
    dice: random.Random,
) -> dict[str, Any]:
    await migrate(url)
    ports = [free_port() for _ in range(3)]
    webs = [f"http://127.0.0.1:{port}" for port in ports[1:]]
    platforms = Platforms(ports[0], webs, random.Random(dice.random()))
    env = environment(folder, url, ports[1], platforms.url)
    db = Database(url)
    user_id = await prepare(db)
    if model:
        await publish(db, model)
    else:
        await do("train", env)
        await do("publish", env)
    beside = {**env, "PORT": str(ports[2])}
    services = [
        Service(own("up"), env, folder / "up.log"),
        Service(own("web"), beside, folder / "web.log"),
        Service(own("worker"), beside, folder / "worker.log"),
    ]
    fleet = Fleet(services, db, cluster, dice)
    doors = Doors(webs, dice)
    crowd = Crowd(doors, platforms, Agent(doors, user_id), [], dice)
    keeping = [asyncio.create_task(each.keep()) for each in services]
    working = asyncio.create_task(crowd.agent.work())
    stop = asyncio.Event()
    began = clock.now()
    try:
        async with platforms.serving():
            await until(f"{webs[0]}/health/ready", lambda answer: answer.json()["bot"])
            crowd.visitors += [Visitor(doors, dice) for _ in range(2)]
            for each in crowd.visitors:
                await each.begin()
            talking = asyncio.create_task(crowd.talk(stop))
            kinds = {k: n for k, n in KINDS.items() if cluster or k != "postgresql"}
            for kind in plan(kills, kinds, dice):
                await asyncio.sleep(dice.expovariate(1 / every))
                await fleet.kill(kind)
            await asyncio.sleep(every)
            stop.set()
            await talking
            talked = (clock.now() - began).total_seconds()
            await rest(fleet, crowd, working)
            for each in crowd.visitors:
                await each.look()
            files = {
                role: max((each.num_fds() for each in fleet.of(role)), default=0)
                for role in ("web", "worker", "supervisor")
            }
            found = await judging.of(db, crowd, clock.now())
            for task in (working, *keeping):
                task.cancel()
            stops = await asyncio.gather(*(each.stop() for each in services))
    finally:
        for task in (working, *keeping):
            task.cancel()
        for service in services:
            for process in service.tree():
                with contextlib.suppress(psutil.Error):
                    process.kill()
        await doors.close()
        await db.close()
    for role, count in files.items():
        found.judge(count <= FILES, f"a {role} has {count} files open")
    await left(found, env[MARK], folder)
    return {
        "database": "postgresql" if cluster else "sqlite",
        "machine": {
            "cores": os.cpu_count(),
            "memory_gb": round(psutil.virtual_memory().total / 2**30),
        },
        "kills": dict(Counter(each.kind for each in fleet.kills)),
        "seconds": round(talked),
        **figures(found),
        "gaps": judging.gaps(found, fleet.kills),
        "stopped_in_s": round(max(stops), 1),
        "open_files": files,
        "breaches": found.breaches,
    }


def figures(found: Verdict) -> dict[str, Any]:
    waits = sorted((answered - asked).total_seconds() for asked, answered in found.waits)
    return {
        "messages": dict(found.messages),
        "answered": len(waits),
        "with_a_person": found.handed_over,
        "said": dict(found.said),
        "unknown": {k: n for k, n in found.unknown.items() if n},
        "unknown_that_arrived": {k: n for k, n in found.unknown_arrived.items() if n},
        "answered_after_p50_s": round(waits[len(waits) // 2], 2),
        "answered_after_p95_s": round(waits[int(0.95 * (len(waits) - 1))], 1),
        "answered_after_max_s": round(waits[-1], 1),
    }


async def rest(fleet: Fleet, crowd: Crowd, working: asyncio.Task[None]) -> None:
    """Until nothing waits any more. What never comes to rest is judged as it stands."""
    end = time.monotonic() + QUIET_SECONDS
    while time.monotonic() < end:
        if working.done():
            working.result()  # the agent's own fault
        with contextlib.suppress(DatabaseUnavailable):
            if crowd.platforms.told and await judging.quiet(fleet.db):
                return
        await asyncio.sleep(0.5)


async def left(found: Verdict, mark: str, folder: Path) -> None:
    """Processes that outlive their supervisor, and files."""
    end = time.monotonic() + STOP_SECONDS
    while (alive := _marked(mark)) and time.monotonic() < end:
        await asyncio.sleep(0.2)
    for each in alive:
        found.breaches.append(f"process {each.pid} was left behind")
        with contextlib.suppress(psutil.Error):
            each.kill()
    for path in (folder / "tmp").rglob("*"):
        found.judge(path.is_dir(), f"file {path.relative_to(folder)} was left behind")


def _marked(mark: str) -> list[psutil.Process]:
    found = []
    for each in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if each.environ().get(MARK) == mark and each.status() != psutil.STATUS_ZOMBIE:
                found.append(each)
    return found


def show(result: dict[str, Any]) -> None:
    for name, value in result.items():
        if name not in ("gaps", "breaches"):
            print(f"{name:>24}  {value}")
    columns = list(result["gaps"][0])
    print("".join(f"{column:>24}" for column in columns))
    for row in result["gaps"]:
        print("".join(f"{row[column]!s:>24}" for column in columns))
    for breach in result["breaches"]:
        print(f"BREACH  {breach}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--every", type=float, default=5.0, help="seconds between two, on average")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--model", type=Path, help="an archive; trained when left out")
    parser.add_argument("--out", type=Path, default=ROOT / "bench" / "results")
    options = parser.parse_args()
    logging.getLogger("bot.simulators").setLevel(logging.ERROR)  # that a web process is away
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # that answers are lost
    with tempfile.TemporaryDirectory(prefix="chaos-") as place:
        result = asyncio.run(
            run(
                Path(place),
                options.database,
                options.model,
                options.kills,
                options.every,
                options.seed,
            )
        )
        show(result)
        if result["breaches"]:
            for log in Path(place).glob("*.log"):
                kept = options.out / f"chaos_{options.database}_{log.name}"
                kept.parent.mkdir(parents=True, exist_ok=True)
                kept.write_bytes(log.read_bytes())
    options.out.mkdir(parents=True, exist_ok=True)
    written = json.dumps(result, indent=1, ensure_ascii=False)
    (options.out / f"chaos_{options.database}.json").write_text(f"{written}\n", encoding="utf-8")
    sys.exit(bool(result["breaches"]))


if __name__ == "__main__":
    main()
