"""Holds a model against the test sets, and against what the support team expects of it. Reads the
expected intent of each text as JSON from standard input and writes the report as one line of JSON.

    python -m bot.quality.judge ARCHIVE
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.dialogue import RasaDialogue
from bot.quality import sets
from bot.quality.check import SETS, judge, understanding
from bot.quality.score import Report, through_gate


def report_of(project: Path, archive: Path, expected: Mapping[str, str]) -> dict[str, Any]:
    """Raises OSError or yaml.YAMLError for a test set that cannot be read."""
    model = RasaDialogue.load(archive.read_bytes(), archive.name)
    # A shop that has no test sets yet is held against its own questions alone.
    folder = project / SETS
    report = judge(model, sets.load(folder)) if folder.is_dir() else Report()
    with understanding(model) as understand:
        heard = through_gate(understand)
        missed = [
            {"text": text, "meant": intent, "heard": heard(text).intent}
            for text, intent in expected.items()
            if heard(text).intent != intent
        ]
    return {
        "met": report.met and not missed,
        "figures": [
            {
                "name": each.name,
                "value": each.value,
                "bar": each.bar,
                "side": each.side,
                "met": each.met,
            }
            for each in report.figures
        ],
        "missed": missed,
    }


if __name__ == "__main__":
    os.nice(5)  # customers come first
    print(json.dumps(report_of(Path.cwd(), Path(sys.argv[1]), json.load(sys.stdin))))
