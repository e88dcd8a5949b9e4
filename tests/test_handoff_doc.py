"""What docs/handoff.md promises is tested: every row names tests, and the tests are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOC = (ROOT / "docs" / "handoff.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| ((?:C\d+\.|[A-Z])\d+) \| (.+) \| (.+) \|$", DOC, re.M)


def test_the_triggers_are_all_there() -> None:
    # H7 is a routing rule: it stands with the queue's rows, below.
    triggers = {f"H{n}" for n in range(1, 11)} - {"H7"}

    assert triggers | {"C1.10", "C4.13"} <= {row for row, _, _ in ROWS}


def test_the_queue_is_all_there() -> None:
    queue = {f"K{n}" for n in range(1, 14)}

    assert queue | {"H7", "C1.15", "C3.15"} <= {row for row, _, _ in ROWS}


@pytest.mark.parametrize(("row", "promise", "tests"), ROWS)
def test_a_row_says_what_is_promised_and_names_tests_that_are_there(
    row: str, promise: str, tests: str
) -> None:
    named = re.findall(r"`(tests/\S+\.(?:py|js))::(\w+)`", tests)

    assert promise.strip()
    assert named and re.sub(r"`[^`]+`|[,\s]", "", tests) == "", tests
    for file, test in named:
        text = (ROOT / file).read_text(encoding="utf-8")
        assert re.search(rf"^\s*(async )?def {test}\(", text, re.M), f"{row}: {file}::{test}"
