"""What docs/metrics.md says of the figures is tested: every row names tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOC = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (all|C\d+\.\d+|[A-Z]\d+) \| (.+) \| (.+) \|$", DOC, re.M)
NAMED = re.compile(r"`(tests/\S+\.py)::(\w+)`")


def test_the_figures_are_all_there() -> None:
    named = {row for row, _, _ in ROWS}

    assert {f"M{n}" for n in range(1, 13)} <= named


@pytest.mark.parametrize(("row", "formula", "tests"), ROWS)
def test_a_row_gives_a_formula_and_names_tests_that_are_there(
    row: str, formula: str, tests: str
) -> None:
    assert formula.strip()
    assert NAMED.search(tests) and re.sub(r"`[^`]+`|[,\s]", "", tests) == "", tests
    for file, test in NAMED.findall(tests):
        text = (ROOT / file).read_text(encoding="utf-8")
        assert re.search(rf"^(async )?def {test}\(", text, re.M), f"{row}: {file}::{test}"


def test_every_test_of_a_formula_is_named() -> None:
    written = {
        name
        for file in (ROOT / "tests" / "figures").glob("test_*.py")
        if file.name not in ("test_shares.py",)
        for name in re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.M)
    }

    assert written - {name for _, name in NAMED.findall(DOC)} == set()
