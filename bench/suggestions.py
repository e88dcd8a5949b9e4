"""How fast suggestions come, what they cost in memory, and how often one of three is right.

Right is the assistant's own answer to the intent that people gave a held-out line; lines whose
intent has no answer are left out. Run: python -m bench.suggestions
"""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

import bot.web  # what the web process holds anyway
from bot.canned import fill
from bot.clock import now
from bot.facts import Facts, file_in
from bot.faq import Faq
from bot.storage.db import Database
from bot.storage.suggestions import Exchange
from bot.suggestions import Suggestions

ROOT = Path(__file__).parents[1]
SETS = ("heldout.yml", "sets/heldout_a.yml", "sets/heldout_b.yml")
EXCHANGES = 2000


def main() -> None:
    assert bot.web
    before = _megabytes()
    began = time.perf_counter()
    faq = Faq(ROOT)
    faq.find("alo", 1)
    figures: dict[str, Any] = {
        "build_s": round(time.perf_counter() - began, 2),
        "memory_mb": round(_megabytes() - before, 1),
        "answers": len(faq.answers),
    }
    for name in SETS:
        figures[name] = _right(faq, ROOT / "tests" / "nlu" / name)
    figures["ms"] = asyncio.run(_speed(faq))
    figures["memory_with_talks_mb"] = round(_megabytes() - before, 1)
    for key, value in figures.items():
        print(f"{key:24} {value}")
    (ROOT / "results").mkdir(exist_ok=True)
    target = ROOT / "results" / "suggestions.json"
    target.write_text(json.dumps(figures, indent=1), encoding="utf-8")


def _right(faq: Faq, path: Path) -> dict[str, float]:
    facts = Facts(file_in(ROOT)).shown(now())
    first = three = lines = 0
    for intent, line in _lines(yaml.safe_load(path.read_text(encoding="utf-8"))):
        if intent not in faq.answers or fill(faq.answers[intent].text, facts).missing:
            continue
        found = [answer.text for _, answer in faq.find(line, 3)]
        lines += 1
        first += found[:1] == [faq.answers[intent].text]
        three += faq.answers[intent].text in found
    return {
        "lines": lines,
        "first": round(first / lines, 3),
        "one_of_three": round(three / lines, 3),
    }


def _lines(found: Any, intent: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(found, str):
        yield intent, found
    elif isinstance(found, list):
        for each in found:
            yield from _lines(each, intent)
    elif isinstance(found, dict):
        for key, each in found.items():
            yield from _lines(each, intent or key)


async def _speed(faq: Faq) -> dict[str, float]:
    """Whole suggestions, with as many talks learnt as are ever kept."""
    from bot.storage.migrate import migrate

    url = "sqlite:////tmp/bench-suggestions.db"
    Path("/tmp/bench-suggestions.db").unlink(missing_ok=True)
    await migrate(url)
    db = Database(url)
    suggestions = Suggestions(ROOT, db)
    suggestions._faq = faq
    held = list(
        _lines(yaml.safe_load((ROOT / "tests/nlu/sets/heldout_a.yml").read_text(encoding="utf-8")))
    )
    suggestions._learn(
        [
            Exchange(n, f"{held[n % len(held)][1]} {n}", f"Dạ em trả lời câu {n} ạ", "Lan")
            for n in range(EXCHANGES)
        ]
    )
    facts = Facts(file_in(ROOT)).shown(now())
    await suggestions.find("alo em ơi", facts, "anh")
    took = []
    for _, line in held[:400]:
        began = time.perf_counter()
        await suggestions.find(line, facts, "anh")
        took.append((time.perf_counter() - began) * 1000)
    await db.close()
    took.sort()
    return {
        "p50": round(statistics.median(took), 1),
        "p95": round(took[int(len(took) * 0.95)], 1),
        "max": round(took[-1], 1),
    }


def _megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1e6


if __name__ == "__main__":
    main()
