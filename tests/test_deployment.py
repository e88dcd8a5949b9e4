"""compose.yaml and the Kubernetes example: what they set and start is there, and what they start
answers a customer."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
import yaml
from doubles import free_port
from redises import redis_server

from bot import app, clock, worker
from bot.cli import _parser
from bot.storage import releases
from bot.storage.db import Database

ROOT = Path(__file__).parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
KUBERNETES: list[dict[str, Any]] = list(
    yaml.safe_load_all((ROOT / "docs/operations/kubernetes.yaml").read_text(encoding="utf-8"))
)


@dataclass(frozen=True)
class Process:
    """One of ours, as a file starts it."""

    name: str
    command: tuple[str, ...]
    env: dict[str, str]
    copies: int
    stops_in: float  # seconds
    probes: tuple[str, ...]


def of_compose() -> list[Process]:
    return [
        Process(
            name,
            tuple(each["command"]),
            each["environment"],
            each.get("deploy", {}).get("replicas", 1),
            float(each["stop_grace_period"].removesuffix("s")),
            tuple(
                word.split("8080")[1].split("'")[0]
                for word in each.get("healthcheck", {}).get("test", ())
                if "8080" in word
            ),
        )
        for name, each in COMPOSE["services"].items()
        if each.get("image") == "carebot"
    ]


def of_kubernetes() -> list[Process]:
    found = []
    for each in KUBERNETES:
        if each["kind"] in ("Job", "Deployment"):
            pod = each["spec"]["template"]["spec"]
            (container,) = pod["containers"]
            assert container["envFrom"] == [{"secretRef": {"name": "carebot"}}]
            probes = [container[name] for name in container if name.endswith("Probe")]
            found.append(
                Process(
                    container["name"],
                    tuple(container["command"]),
                    {one["name"]: one["value"] for one in container.get("env", ())},
                    each["spec"].get("replicas", 1),
                    pod.get("terminationGracePeriodSeconds", 30),
                    tuple(probe["httpGet"]["path"] for probe in probes),
                )
            )
    return found


BOTH = pytest.mark.parametrize("processes", [of_compose(), of_kubernetes()], ids=["compose", "k8s"])


@BOTH
def test_they_start_what_the_command_line_knows(processes: list[Process]) -> None:
    assert {each.name for each in processes} == {"migrate", "web", "worker"}
    for each in processes:
        assert each.command[0] == "carebot"
        _parser().parse_args(each.command[1:])


@BOTH
def test_they_set_what_is_a_setting(processes: list[Process]) -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    settings = {line.split("=")[0] for line in lines if "=" in line and not line.startswith("#")}

    for each in processes:
        assert each.env.keys() <= settings


@BOTH
def test_they_wait_until_a_process_has_finished(processes: list[Process]) -> None:
    by_name = {each.name: each for each in processes}
    drain = float(by_name["web"].env["DRAIN_SECONDS"])

    assert by_name["web"].stops_in > drain + app.GRACE_SECONDS + 3
    assert by_name["worker"].stops_in > worker.FINISH_SECONDS


@BOTH
def test_there_are_several_of_each_and_they_look_at_doors_that_are_there(
    processes: list[Process],
) -> None:
    by_name = {each.name: each for each in processes}

    assert by_name["web"].copies >= 2 and by_name["worker"].copies >= 2
    assert by_name["web"].probes
    assert set(by_name["web"].probes) <= {"/health/live", "/health/ready"}


def test_kubernetes_keeps_one_of_each_through_an_upgrade_and_a_nodes_end() -> None:
    budgets = [each for each in KUBERNETES if each["kind"] == "PodDisruptionBudget"]
    deployments = [each for each in KUBERNETES if each["kind"] == "Deployment"]
    pods = [each["spec"]["template"]["metadata"]["labels"] for each in deployments]

    assert [each["spec"]["selector"]["matchLabels"] for each in budgets] == pods
    assert [each["spec"]["selector"]["matchLabels"] for each in deployments] == pods
    for each in deployments:
        assert each["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0


def test_the_image_has_what_it_copies_and_starts() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = [
        line.split()[1:-1] for line in lines if line.startswith("COPY") and "--from" not in line
    ]

    assert all((ROOT / name).exists() for names in copied for name in names)
    assert lines[-1] == 'CMD ["carebot", "web"]'


# The same commands, as processes


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    while not await condition():
        await asyncio.sleep(0.2)


@pytest.fixture
async def empty_database(postgres: str) -> AsyncIterator[str]:
    """As a new PostgreSQL has it: nothing in it yet."""
    name = f"deployed_{uuid.uuid4().hex[:8]}"
    connection = await asyncpg.connect(f"{postgres.replace('+asyncpg', '')}/postgres")
    await connection.execute(f"CREATE DATABASE {name}")
    yield f"{postgres}/{name}"
    await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await connection.close()


@pytest.mark.timeout(600)  # a worker imports Rasa
async def test_what_compose_starts_answers_a_customer_over_two_web_processes(
    empty_database: str, model: tuple[str, bytes], tmp_path: Path
) -> None:
    processes = {each.name: each for each in of_compose()}
    ports = [free_port() for _ in range(processes["web"].copies)]
    async with redis_server(tmp_path) as redis, contextlib.AsyncExitStack() as stack:

        async def start(process: Process, port: int = 8080) -> asyncio.subprocess.Process:
            own = {
                "DATABASE_URL": empty_database,
                "REDIS_URL": redis.url,
                "SECRET_KEY": "k" * 40,
                "PUBLIC_URL": "http://127.0.0.1:8080",
                "HOST": "127.0.0.1",
                "PORT": str(port),
                "PROJECT_DIR": str(ROOT),
                "DEBOUNCE_MS": "0",
            }
            env = {**os.environ, **process.env, **own}
            program = Path(sys.executable).with_name(process.command[0])
            command = (str(program), *process.command[1:])
            made = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=env)

            async def stop() -> None:
                if made.returncode is None:
                    made.terminate()
                await asyncio.wait_for(made.wait(), process.stops_in + 30)

            stack.push_async_callback(stop)
            return made

        assert await (await start(processes["migrate"])).wait() == 0
        db = Database(empty_database)
        stack.push_async_callback(db.close)
        async with db.begin() as tx:
            kept = await releases.store(tx, model[0], "", model[1], clock.now())
            await releases.publish(tx, kept.id, "test", clock.now())
        for port in ports:
            await start(processes["web"], port)
        await start(processes["worker"])  # several: tests/chaos
        http = await stack.enter_async_context(httpx.AsyncClient(timeout=30))
        first, *_, last = [f"http://127.0.0.1:{port}" for port in ports]

        async def ready() -> bool:
            with contextlib.suppress(httpx.HTTPError):
                answers = [await http.get(f"{url}/health/ready") for url in (first, last)]
                return all(each.json().get("bot") for each in answers)
            return False

        await until(ready)
        session = (await http.post(f"{first}/widget/session", json={})).json()
        headers = {"Authorization": f"Bearer {session['token']}"}
        asked = {"client_id": str(uuid.uuid4()), "text": "mấy giờ shop mở cửa"}
        sent = await http.post(f"{first}/widget/messages", json=asked, headers=headers)
        assert sent.status_code == 200

        async def answered() -> bool:
            told = (await http.get(f"{last}/widget/history", headers=headers)).json()
            return any("giờ" in m["text"] for m in told["messages"] if m["author"] == "bot")

        await until(answered)
