"""kill -9 while customers talk on five channels whose platforms have faults: a minute of
bench/chaos.py, which says what is judged."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
KILLS = 4
KINDS = {
    "sqlite": {"web", "worker", "supervisor"},
    "postgresql": {"web", "worker", "supervisor", "postgresql"},
}


@pytest.mark.timeout(900)  # on a machine that is busy; else a minute
@pytest.mark.parametrize("database", KINDS)
def test_whatever_is_killed_nothing_is_lost_doubled_or_left_behind(
    database: str, model: tuple[str, bytes], tmp_path: Path
) -> None:
    archive = tmp_path / model[0]
    archive.write_bytes(model[1])
    command = [sys.executable, "bench/chaos.py", "--database", database, "--model", str(archive)]
    command += ["--kills", str(KILLS), "--every", "2", "--out", str(tmp_path)]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    print(done.stdout)
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / f"chaos_{database}.json").read_text(encoding="utf-8"))
    assert found["breaches"] == []
    assert set(found["kills"]) == KINDS[database]
    assert len(found["messages"]) == 5, "they wrote on every channel"
    assert found["said"]["agent"] > 0
