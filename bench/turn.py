"""One message from the widget's socket to the reply on it, with the real model; beside it, in the
same run, stock `rasa run` with the pipeline of `rasa init`, retrained on our content.

    uv run python bench/turn.py [--messages 300] [--no-stock]

Prints a table and writes results/turn.json. Everything listens on loopback.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import psutil
import websockets

ROOT = Path(__file__).resolve().parent.parent
QUESTIONS = (
    "phí ship bao nhiêu vậy shop",
    "may gio mo cua",
    "bảo hành mấy tháng ạ",
    "có nhận chuyển khoản k",
    "đổi trả thế nào",
    "dia chi shop o dau",
)
STOCK_CONFIG = """
recipe: default.v1
assistant_id: stock
language: vi
pipeline:
- name: WhitespaceTokenizer
- name: RegexFeaturizer
- name: LexicalSyntacticFeaturizer
- name: CountVectorsFeaturizer
- name: CountVectorsFeaturizer
  analyzer: char_wb
  min_ngram: 1
  max_ngram: 4
- name: DIETClassifier
  epochs: EPOCHS
  constrain_similarities: true
- name: EntitySynonymMapper
- name: ResponseSelector
  epochs: EPOCHS
  constrain_similarities: true
- name: FallbackClassifier
  threshold: 0.3
  ambiguity_threshold: 0.1
policies:
- name: MemoizationPolicy
- name: RulePolicy
- name: UnexpecTEDIntentPolicy
  max_history: 5
  epochs: EPOCHS
- name: TEDPolicy
  max_history: 5
  epochs: EPOCHS
  constrain_similarities: true
"""

Row = dict[str, Any]
Ask = Callable[[str], Awaitable[None]]


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def process(command: list[str], log: Path, **env: str) -> Any:
    with log.open("ab") as out:
        started = subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=out,
            stderr=out,
            env={**os.environ, "RASA_TELEMETRY_ENABLED": "false", **env},
        )
        try:
            yield started
        finally:
            started.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                started.wait(20)
            started.kill()


async def until(url: str, good: Callable[[httpx.Response], bool], seconds: float = 240) -> float:
    """Seconds until the address answers well."""
    began = time.monotonic()
    async with httpx.AsyncClient() as http:
        while time.monotonic() - began < seconds:
            with contextlib.suppress(httpx.HTTPError, ValueError, KeyError):
                if good(await http.get(url)):
                    return time.monotonic() - began
            await asyncio.sleep(0.02)
    raise SystemExit(f"{url} did not come up")


def memory(root: subprocess.Popen[bytes]) -> dict[str, float]:
    """Resident memory of each process under `root`, MB."""
    found = {}
    for each in [psutil.Process(root.pid), *psutil.Process(root.pid).children(recursive=True)]:
        with contextlib.suppress(psutil.Error):
            name = " ".join(part for part in each.cmdline()[1:4] if not part.startswith("/"))
            found[f"{name} [{each.pid}]"] = round(each.memory_info().rss / 1e6, 1)
    return found


async def measure(customers: list[Ask], messages: int) -> Row:
    """Each customer asks, waits for the reply, asks again."""
    times: list[float] = []
    share = max(1, messages // len(customers))

    async def talk(ask: Ask, n: int) -> None:
        for k in range(share):
            began = time.perf_counter()
            await ask(QUESTIONS[(n + k) % len(QUESTIONS)])
            times.append(1000 * (time.perf_counter() - began))

    for ask in customers:  # the first turn of a talk also introduces the assistant
        await ask(QUESTIONS[0])
    began = time.perf_counter()
    await asyncio.gather(*(talk(ask, n) for n, ask in enumerate(customers)))
    seconds = time.perf_counter() - began
    times.sort()
    return {
        "customers": len(customers),
        "messages": len(times),
        "p50_ms": round(statistics.median(times), 1),
        "p95_ms": round(times[int(0.95 * (len(times) - 1))], 1),
        "per_second": round(len(times) / seconds, 1),
    }


@contextlib.asynccontextmanager
async def widget_customer(url: str) -> AsyncIterator[Ask]:
    async with httpx.AsyncClient(base_url=url) as http:
        token = (await http.post("/widget/session", json={})).json()["token"]
    async with websockets.connect(url.replace("http", "ws") + "/widget/ws") as socket:  # type: ignore[attr-defined]
        await socket.send(json.dumps({"type": "hello", "token": token, "after": None}))

        async def ask(text: str) -> None:
            client_id, mine = str(uuid.uuid4()), None
            frame = {"type": "message", "client_id": client_id, "text": text}
            await socket.send(json.dumps(frame))
            while True:
                got = json.loads(await asyncio.wait_for(socket.recv(), 30))
                if got["type"] == "ack" and got["client_id"] == client_id:
                    mine = got["id"]
                elif got["type"] == "error":
                    raise SystemExit(got)
                elif got["type"] == "message":
                    shown = got["message"]
                    if shown.get("client_id") == client_id:
                        mine = shown["id"]
                    introduction = "trợ lý tự động của" in shown["text"]
                    after = mine is not None and shown["id"] > mine
                    if shown["author"] == "bot" and after and not introduction:
                        return

        yield ask


async def carebot(
    messages: int, folder: Path, database_url: str, workers: int
) -> tuple[list[Row], Row]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    env = {
        "DATABASE_URL": database_url or f"sqlite:///{folder}/carebot.db",
        "SECRET_KEY": "b" * 40,
        "PORT": str(port),
        "PUBLIC_URL": url,
        "WIDGET_MESSAGES_PER_MINUTE": "1000000",
        "DEBOUNCE_MS": "0",  # stock Rasa waits for nobody either
    }
    for step in ("migrate", "train", "publish"):
        command = [sys.executable, "-m", "bot", step]
        subprocess.run(command, cwd=ROOT, env={**os.environ, **env}, check=True, stdout=sys.stderr)
    command = [sys.executable, "-m", "bot", "up", "--workers", str(workers)]
    name = f"carebot, {workers} worker" + ("s" if workers > 1 else "")
    with process(command, folder / "carebot.log", **env) as up:
        # The supervisor first migrates; the web process's own start is measured apart below.
        await until(f"{url}/health/live", lambda answer: answer.status_code == 200)
        loading = await until(f"{url}/health/ready", lambda answer: answer.json()["bot"])
        log = folder / "carebot.log"
        while log.read_text(encoding="utf-8").count("is in use") < workers:
            await asyncio.sleep(0.2)
        rows = []
        for count in (1, 20):
            async with contextlib.AsyncExitStack() as stack:
                asks = [await stack.enter_async_context(widget_customer(url)) for _ in range(count)]
                rows.append({"system": name, **await measure(asks, messages)})
        facts = {"memory_mb": memory(up), "worker_ready_s": round(loading, 1)}
    port = free_port()
    began = time.monotonic()
    own = {**env, "PORT": str(port)}
    with process([sys.executable, "-m", "bot", "web"], folder / "web.log", **own):
        await until(f"http://127.0.0.1:{port}/health/live", lambda answer: answer.is_success)
        facts["web_start_s"] = round(time.monotonic() - began, 2)
    return rows, facts


async def stock(messages: int, folder: Path, epochs: int) -> tuple[list[Row], Row]:
    for name in ("data", "actions", "bot", "connectors"):
        shutil.copytree(ROOT / name, folder / name)
    domain = (ROOT / "domain.yml").read_text(encoding="utf-8")
    (folder / "domain.yml").write_text(domain, encoding="utf-8")
    (folder / "config.yml").write_text(
        STOCK_CONFIG.replace("EPOCHS", str(epochs)), encoding="utf-8"
    )
    (folder / "credentials.yml").write_text("rest:\n", encoding="utf-8")
    port, actions = free_port(), free_port()
    endpoint = f"action_endpoint:\n  url: http://localhost:{actions}/webhook\n"
    (folder / "endpoints.yml").write_text(endpoint, encoding="utf-8")
    rasa = [sys.executable, "-m", "rasa"]
    began = time.monotonic()
    env = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [*rasa, "train", "--fixed-model-name", "stock"]
    subprocess.run(command, cwd=folder, env=env, check=True, stdout=sys.stderr)
    facts: Row = {"train_s": round(time.monotonic() - began), "epochs": epochs}
    command = [*rasa, "run", "-p", str(port), "-i", "127.0.0.1", "--model", f"{folder}/models"]
    command += ["--credentials", f"{folder}/credentials.yml"]
    command += ["--endpoints", f"{folder}/endpoints.yml"]
    acting = [*rasa, "run", "actions", "-p", str(actions), "--actions", "actions"]
    url = f"http://127.0.0.1:{port}"
    with (
        process(acting, folder / "actions.log"),
        process(command, folder / "rasa.log") as server,
    ):
        await until(f"{url}/", lambda answer: answer.status_code == 200)
        rows = []
        async with httpx.AsyncClient(base_url=url, timeout=60) as http:

            def customer() -> Ask:
                sender = str(uuid.uuid4())

                async def ask(text: str) -> None:
                    body = {"sender": sender, "message": text}
                    answer = await http.post("/webhooks/rest/webhook", json=body)
                    answer.raise_for_status()
                    if not answer.json():
                        raise SystemExit(f"stock rasa had no answer to {text!r}")

                return ask

            for count in (1, 20):
                asks = [customer() for _ in range(count)]
                rows.append({"system": "stock rasa run", **await measure(asks, messages)})
        facts["memory_mb"] = memory(server)
    return rows, facts


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=300)
    parser.add_argument("--no-stock", action="store_true")
    parser.add_argument(
        "--stock-epochs",
        type=int,
        default=100,
        help="fewer train sooner; an answer takes as long with a poorly trained network",
    )
    parser.add_argument("--database-url", default="", help="SQLite in a new folder when left out")
    options = parser.parse_args()
    results: dict[str, Any] = {"rows": []}
    for workers in (1, 2):
        with tempfile.TemporaryDirectory() as place:
            rows, facts = await carebot(
                options.messages, Path(place), options.database_url, workers
            )
            results["rows"] += rows
            results.setdefault("carebot", {})[f"{workers} workers"] = facts
    if not options.no_stock:
        with tempfile.TemporaryDirectory() as place:
            rows, results["stock"] = await stock(
                options.messages, Path(place), options.stock_epochs
            )
            results["rows"] += rows
    columns = ("system", "customers", "messages", "p50_ms", "p95_ms", "per_second")
    print("".join(f"{column:>20}" for column in columns))
    for row in results["rows"]:
        print("".join(f"{row[column]:>20}" for column in columns))
    if not options.no_stock:
        at_20 = {r["system"]: r["per_second"] for r in results["rows"] if r["customers"] == 20}
        stock_rate = at_20.pop("stock rasa run")
        results["throughput_ratio_at_20"] = {
            system: round(rate / stock_rate, 1) for system, rate in at_20.items()
        }
        print(f"throughput at 20 customers, of stock: {results['throughput_ratio_at_20']}")
    print(
        json.dumps({key: results[key] for key in ("carebot", "stock") if key in results}, indent=1)
    )
    (ROOT / "results").mkdir(exist_ok=True)
    (ROOT / "results" / "turn.json").write_text(json.dumps(results, indent=1), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
