"""docs/operations is held against running processes: its figures, alarms and commands are there."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from databases import new_sqlite
from doubles import ScriptedDialogue, free_port
from prometheus_client.parser import text_string_to_metric_families
from servers import SECRET, running, settings

from bot import cli

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs" / "operations"
RUNBOOK = DOCS / "runbook"
OURS = re.compile(r"\bcarebot_\w+")
# Of Prometheus itself, and of its client in every process.
OTHERS = {"up", "process_resident_memory_bytes", "process_cpu_seconds_total"}


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((DOCS / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((DOCS / "grafana.json").read_text(encoding="utf-8"))[
        "panels"
    ]
    return found


def asked() -> Iterator[str]:
    """Every expression of the alarms and of the dashboard."""
    yield from (rule["expr"] for rule in rules())
    yield from (target["expr"] for panel in panels() for target in panel.get("targets", ()))


PAGES = sorted(RUNBOOK.glob("*/*.md"))
EXPRESSIONS = sorted(set(asked()))


def samples_of(page: str) -> dict[str, set[str]]:
    """What an exposition can tell, by family: the names that one asks for."""
    found = {}
    for family in text_string_to_metric_families(page):
        if family.type == "histogram":
            parts: tuple[str, ...] = ("_bucket", "_sum", "_count")
        else:
            parts = ("_total",) if family.type == "counter" else ("",)
        found[family.name] = {family.name + part for part in parts}
    return found


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The families that a running web process and a running worker tell."""
    return asyncio.run(_told(tmp_path_factory.mktemp("told")))


async def _told(folder: Path) -> dict[str, set[str]]:
    url = await new_sqlite(folder / "carebot.db")
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
        given = settings(url, port)
        async with running(given, ScriptedDialogue(), port, sock) as carebot:
            web = samples_of((await carebot.http.get("/metrics")).text)
    async with worker(url) as page:
        return web | samples_of(page)


class worker:
    """A worker's page, while it runs as its user starts it."""

    def __init__(self, url: str) -> None:
        self._port = free_port()
        self._env = {
            **os.environ,
            "DATABASE_URL": url,
            "SECRET_KEY": SECRET,
            "METRICS_PORT": str(self._port),
            "PROJECT_DIR": str(ROOT),
        }

    async def __aenter__(self) -> str:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot", "worker"],
            cwd=ROOT,
            env=self._env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        async with httpx.AsyncClient() as http:
            for _ in range(600):
                try:
                    return (await http.get(f"http://127.0.0.1:{self._port}/metrics")).text
                except httpx.TransportError:
                    assert self._process.poll() is None, "the worker has ended"
                    await asyncio.sleep(0.05)
        raise AssertionError("the worker tells no figures")

    async def __aexit__(self, *error: object) -> None:
        self._process.kill()
        self._process.wait()


def test_there_is_something_to_hold() -> None:
    assert len(rules()) >= 12 and len(PAGES) == 2 * len(rules()) and len(EXPRESSIONS) > 40
    rows = [panel["title"] for panel in panels() if panel["type"] == "row"]
    assert [row.split(" · ")[1] for row in rows] == ["Customers", "Queues", "Deliveries", "Health"]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_alarms_and_dashboard_ask_for_what_is_told(
    expression: str, told: dict[str, set[str]]
) -> None:
    ours = set(OURS.findall(expression))
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\b(by|without) \([^)]*\)", "", expression)
    others = set(re.findall(r"\b(up|process_\w+)\b", bare))

    assert ours | others, "it asks for nothing"
    assert ours <= set().union(*told.values())
    assert others <= OTHERS


def test_the_page_of_figures_names_every_one_and_no_other(told: dict[str, set[str]]) -> None:
    page = (DOCS / "metrics.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `(carebot_\w+)` \|", page, re.M))
    exported = {
        family + ("_total" if f"{family}_total" in names else "")
        for family, names in told.items()
        if family.startswith("carebot_")
    }

    assert named == exported


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_an_alarm_has_its_words_and_a_page_in_both_languages(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in ("critical", "warning")
    assert rule["annotations"].keys() == {"summary", "description"}
    for language in ("vi", "en"):
        page = RUNBOOK / language / f"{rule['alert']}.md"
        text = page.read_text(encoding="utf-8")
        assert f"`{rule['alert']}`" in text and text.count("\n## ") == 3


def test_a_page_is_of_an_alarm() -> None:
    assert {page.stem for page in PAGES} == {rule["alert"] for rule in rules()}


@pytest.mark.parametrize("page", [*PAGES, DOCS / "README.md"], ids=lambda page: str(page.stem))
def test_a_page_names_commands_and_settings_that_are_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    quoted = re.findall(r"`(carebot [^`…\n]*)`", text)
    lines = re.findall(r"^(carebot .*)$", text, re.M)
    settings_named = set(re.findall(r"`([A-Z][A-Z_]+[A-Z])`", text))

    for command in (*quoted, *lines):
        arguments = shlex.split(command, comments=True)[1:]
        assert cli._parser().parse_args(arguments).run, command
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert [each for each in settings_named if not re.search(rf"^{each}=", example, re.M)] == []
    for other in re.findall(r"\bCarebot[A-Z]\w+", text):
        assert (RUNBOOK / "vi" / f"{other}.md").exists(), other


def test_the_targets_are_where_the_figures_are() -> None:
    config = yaml.safe_load((DOCS / "prometheus.yml").read_text(encoding="utf-8"))
    usual = settings("sqlite:///x")

    targets = {
        job["job_name"]: job["static_configs"][0]["targets"] for job in config["scrape_configs"]
    }

    assert targets == {
        "carebot-web": ["127.0.0.1:8080"],
        "carebot-worker": [f"127.0.0.1:{usual.metrics_port}"],
    }
    assert config["rule_files"] == ["alerts.yml"]


@pytest.mark.skipif(
    not shutil.which("promtool") and "CI" not in os.environ,
    reason="promtool is of Debian's prometheus",
)
def test_the_alarms_ring_and_stay_silent_as_they_should() -> None:
    for command in ("check rules alerts.yml", "check config prometheus.yml"):
        subprocess.run(["promtool", *command.split()], cwd=DOCS, check=True)
    subprocess.run(["promtool", "test", "rules", "alerts_test.yml"], cwd=DOCS, check=True)
