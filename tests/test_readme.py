"""What the README says of channels is true: each cell of its table has a test, and the test is
there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from bot.cli import CHANNELS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DEFINED = {
    label: (file, test)
    for label, file, test in re.findall(r'^\[([^\]]+)\]: (tests/\S+) "(\w+)"$', README, re.M)
}
COLUMNS = ["", "Messenger", "Zalo OA", "Zalo Bot", "Telegram", "Website widget", "on all"]


def rows() -> list[list[str]]:
    """The cells of the table of channels, its head left out."""
    head = "| " + " | ".join(COLUMNS).strip() + " |\n"
    table = README.split(head)[1].split("\n\n")[0]
    return [[cell.strip() for cell in line[1:-1].split("|")] for line in table.splitlines()[1:]]


def test_the_table_has_every_capability() -> None:
    assert len(rows()) == 21
    assert all(len(row) == len(COLUMNS) for row in rows())


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_every_cell_has_a_test_or_says_why_not(row: list[str]) -> None:
    *channels, everywhere = row[1:]
    for cell in channels:
        linked = re.fullmatch(r"\[[^\]]+\]\[([^\]]+)\]", cell)

        assert linked or re.fullmatch(r"– \w.+", cell), cell
        assert linked is None or linked[1] in DEFINED, cell
    if everywhere:
        assert everywhere.rpartition("[")[2].rstrip("]") in DEFINED, everywhere


@pytest.mark.parametrize("label", DEFINED)
def test_a_test_that_is_named_is_there(label: str) -> None:
    file, test = DEFINED[label]

    assert label.endswith(test)
    assert re.search(rf"^(async )?def {test}\(", (ROOT / file).read_text(encoding="utf-8"), re.M)


def test_no_name_is_left_over() -> None:
    used = set(re.findall(r"\]\[([^\]]+)\]", README))

    assert used == set(DEFINED)


def test_every_channel_and_its_page_are_named() -> None:
    guides = yaml.safe_load((ROOT / "connectors" / "guides.yml").read_text(encoding="utf-8"))

    assert {name.replace("_", "-") for name in guides} == set(CHANNELS)
    for guide in guides.values():
        assert f"({guide['doc']})" in README and (ROOT / guide["doc"]).is_file()
