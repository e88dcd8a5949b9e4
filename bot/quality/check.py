"""`carebot test`: train the present content, hold it against every bar, write its card."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from bot import clock, training
from bot.dialogue import RasaDialogue
from bot.quality import card, conflicts, content, sets
from bot.quality.score import Report, Understood, evaluate

SETS: Final = Path("tests/nlu/sets")
PROGRESS: Final = re.compile(r"[^\n]*\r")  # a bar drawn over itself
STORIES: Final = Path("tests/stories")


def run(project: Path, now: datetime, say: Callable[[str], None]) -> bool:
    """Whether everything is as it should be. Writes models/<name>.tar.gz and .card.md.

    Raises TrainingFailed, and OSError or yaml.YAMLError for a test set that cannot be read.
    """
    models = project / "models"
    models.mkdir(exist_ok=True)
    name = f"{now:%Y%m%d-%H%M%S}-{training.fingerprint(project)[:8]}"
    test_sets = sets.load(project / SETS)
    examples = conflicts.lines(project / "data" / "nlu")
    valid = _rasa(project, "data", "validate", "--fail-on-warnings", said=say)
    began = time.monotonic()
    archive = asyncio.run(training.run_rasa(project, models, name, say))
    trained_s = time.monotonic() - began
    report = judge(RasaDialogue.load(archive, name), test_sets)
    passed = _rasa(
        project,
        *("test", "core", "--model", f"models/{name}.tar.gz", "--stories", str(STORIES)),
        *("--fail-on-prediction-errors", "--no-plot", "--out", "results"),
        said=say,
    )
    found = content.find(project, examples, now)
    facts = card.Facts(name, trained_s, len(archive) / 1e6, examples, passed, found)
    path = models / f"{name}.card.md"
    path.write_text(card.write(facts, report), encoding="utf-8")
    say(card.table(report))
    say(f"trained in {trained_s:.1f} s; stories {'passed' if passed else 'FAILED'}; {path}")
    for each in found:
        say(each)
    return valid and passed and report.met and not found


def judge(model: RasaDialogue, test_sets: sets.Sets) -> Report:
    """The model's figures."""
    with understanding(model) as understand, clock.held(test_sets.said_at):
        return evaluate(test_sets, understand)


@contextlib.contextmanager
def understanding(model: RasaDialogue) -> Iterator[Callable[[str], Understood]]:
    """What the model understands, asked without an event loop."""
    loop = asyncio.new_event_loop()

    def understand(text: str) -> Understood:
        parsed = loop.run_until_complete(model.understand(text))
        asked = tuple(parsed.get("asked_back", ()))
        return Understood(
            asked[0] if asked else parsed["intent"]["name"],
            frozenset((each["entity"], str(each["value"])) for each in parsed["entities"]),
            asked,
        )

    try:
        yield understand
    finally:
        loop.close()


def _rasa(project: Path, *arguments: str, said: Callable[[str], None]) -> bool:
    """Whether one of Rasa's own commands succeeds; what it says is shown when it does not."""
    done = subprocess.run(  # noqa: S603  # our own words only
        [sys.executable, "-m", "rasa", *arguments],
        cwd=project,
        env={**os.environ, "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
    )
    if done.returncode:
        told = PROGRESS.sub("", (done.stdout + done.stderr).decode(errors="replace"))
        said(f"rasa {' '.join(arguments)} failed:\n{told[-4000:]}")
    return done.returncode == 0
