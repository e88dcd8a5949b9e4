"""Who may import whom. Data goes round; imports go one way."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("bot", "connectors", "actions", "demo")
CONTRACT = (
    "connectors.base",
    "connectors.crm",
    "connectors.errors",
)  # of connectors, what bot may know

# These rooms of bot know a platform by its name.
PLATFORMS = {"bot.app", "bot.channel_setup", "bot.slack_desk", "bot.widget"}

# A room of bot may import those to its left and those in its own group.
ORDER = [
    {
        "bot.address",
        "bot.clock",
        "bot.doctor_words",
        "bot.facts",
        "bot.folded",
        "bot.logs",
        "bot.lunar",
        "bot.menu",
        "bot.metrics",
        "bot.scratch",
        "bot.supervisor",
        "bot.unread",
    },
    {"bot.shared"},
    {"bot.limits"},
    {"bot.archive", "bot.cells", "bot.occasions", "bot.schedule", "bot.sheets"},
    {"bot.shelf_life"},
    {"bot.birthdays"},
    {"bot.records"},
    {"bot.sla"},
    {"bot.uploads", "bot.words"},
    {"bot.config", "bot.models"},
    {"bot.rulebook"},
    {"bot.desk_rules", "bot.moves", "bot.permission"},
    {"bot.figures"},
    {"bot.sample"},
    {"bot.doorbell"},
    {"bot.storage"},
    {"bot.backup"},
    {"bot.standing"},
    {"bot.reach"},
    {"bot.identity", "bot.matching"},
    {"bot.imports"},
    {"bot.assignment", "bot.estimate", "bot.routing"},
    {"bot.clocks"},
    {"bot.health", "bot.live", "bot.outbox"},
    {"bot.nlu"},
    {"bot.phrases"},
    {"bot.gate", "bot.marks", "bot.mood"},
    {"bot.canned", "bot.mentions", "bot.tags"},
    {"bot.clusters", "bot.plain", "bot.redacted", "bot.similar"},
    {"bot.faq"},
    {"bot.faq_entries", "bot.flows"},
    {"bot.authored"},
    {"bot.training"},
    {"bot.trial"},
    {"bot.suggestions"},
    {"bot.due"},
    {"bot.promises"},
    {"bot.pack"},
    {"bot.turns"},
    {"bot.queue"},
    {"bot.handoff"},
    {"bot.alarm", "bot.pieces", "bot.pressed", "bot.progress"},
    {"bot.answer"},
    {"bot.promoters"},
    {"bot.feedback", "bot.followups", "bot.proof", "bot.survey", "bot.unanswered"},
    {"bot.thumbs", "bot.wordings"},
    {"bot.conversation"},
    {"bot.asking", "bot.care"},
    {"bot.draft", "bot.greetings"},
    {"bot.campaigns"},
    {"bot.outreach"},
    {"bot.intake", "bot.errands", "bot.pace"},
    {"bot.keeper", "bot.retention", "bot.vault"},
    {"bot.dialogue", "bot.worker", "bot.web_io"},
    {"bot.widget", "bot.console", "bot.hooks", "bot.webhooks"},
    {"bot.dead_letters"},
    {"bot.digest"},
    {"bot.slack_desk"},
    {"bot.web"},
    {"bot.simulators"},
    {"bot.app", "bot.quality"},
    {"bot.channel_setup", "bot.demo", "bot.operations"},
    {"bot.doctor"},
    {"bot.cli"},
    {"bot.__main__"},
]

# A library that may be imported in these rooms only.
ONLY_IN = {
    "rasa": {"bot.dialogue", "bot.nlu"},
    "rasa_sdk": {"actions", "bot.dialogue"},
    "sqlalchemy": {"bot.storage"},
    "alembic": {"bot.storage"},
    "redis": {"bot.doorbell", "bot.shared"},
    "starlette": {
        "bot.web",
        "bot.web_io",
        "bot.hooks",
        "bot.webhooks",
        "bot.widget",
        "bot.console",
        "bot.slack_desk",
        "bot.simulators",
        "demo",
    },
    "uvicorn": {"bot.app", "bot.simulators", "demo"},
    "jinja2": {"bot.console", "bot.digest", "bot.simulators", "demo"},
    "slack_bolt": {"connectors"},
    "slack_sdk": {"connectors"},
    "httpx": {"connectors", "bot.simulators", "demo"},
    "holidays": {"bot.schedule"},
    "lunar_vn": {"bot.lunar"},
    "structlog": {"bot.logs"},
    "sklearn": {"bot.nlu", "bot.quality"},
}


def modules() -> list[tuple[str, Path]]:
    found = []
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            found.append((name.removesuffix(".__init__"), path))
    return found


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: write the whole name"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def room_of(name: str) -> str:
    parts = name.split(".")
    return ".".join(parts[:2]) if parts[0] == "bot" else parts[0]


def place_of(room: str) -> int:
    return next((n for n, group in enumerate(ORDER) if room in group), -1)


@pytest.mark.parametrize(("name", "path"), modules(), ids=lambda value: str(value))
def test_a_module_imports_what_its_room_may(name: str, path: Path) -> None:
    room = room_of(name)
    for imported in imports(path):
        library = imported.split(".")[0]
        allowed = ONLY_IN.get(library)
        assert allowed is None or room in allowed, f"{name} may not import {library}"
        if library not in ROOMS:
            continue
        target = room_of(imported)
        if room == "connectors":
            assert library == "connectors", f"{name} may import connectors only, not {imported}"
        elif room in ("actions", "demo"):
            assert library == room, f"{name} may not import {imported}"
        elif library == "bot" and target not in ("bot", room):
            assert place_of(target) >= 0, f"{target} has no place in ORDER"
            assert place_of(target) <= place_of(room), f"{name} may not import {imported}"
        elif library == "connectors" and room not in PLATFORMS:
            assert imported.startswith(CONTRACT), f"{name} knows a platform: {imported}"
        else:
            assert library != "demo", f"{name} may not import the demo"


def test_every_room_of_bot_has_a_place() -> None:
    rooms = {room_of(name) for name, _ in modules() if name.startswith("bot.")}
    assert {room for room in rooms if place_of(room) < 0} == set()


def test_the_web_process_does_without_rasa() -> None:
    """Its modules, and all they import of ours, never reach a module that imports Rasa."""
    paths = dict(modules())
    todo, seen = ["bot.web"], set()
    while todo:
        name = todo.pop()
        if name in seen or name not in paths:
            continue
        seen.add(name)
        for imported in imports(paths[name]):
            assert imported.split(".")[0] != "rasa", f"{name} imports Rasa"
            todo += [imported, imported.rpartition(".")[0]]
    assert "bot.widget" in seen
    assert "bot.dialogue" not in seen


def test_actions_need_rasa_sdk_and_requests_only() -> None:
    known = {"actions", "rasa_sdk", "requests"} | set(sys.stdlib_module_names)
    for name, path in modules():
        if name.startswith("actions"):
            others = {each.split(".")[0] for each in imports(path)} - known
            assert not others, f"{name} imports {others}"
