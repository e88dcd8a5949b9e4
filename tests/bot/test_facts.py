"""The business's facts."""

import os
from datetime import date
from pathlib import Path

import pytest

from bot.facts import Facts, dong

TODAY = date(2026, 11, 22)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "facts.yml"
    path.write_text(
        "fee: {value: 30000, unit: dong}\n"
        "stores: {value: [Hà Nội, Đà Nẵng]}\n"
        "sale: {value: giảm 10%, until: 2026-11-22}\n"
        "over: {value: giảm 20%, until: '2026-11-21'}\n",
        encoding="utf-8",
    )
    return path


def test_facts_are_shown_as_customers_read_them(file: Path) -> None:
    assert Facts(file).shown(TODAY) == {
        "fee": "30.000 đ",
        "stores": "• Hà Nội\n• Đà Nẵng",
        "sale": "giảm 10%",
    }


def test_an_edit_counts_at_once(file: Path) -> None:
    facts = Facts(file)
    facts.shown(TODAY)

    file.write_text("fee: {value: 0, unit: dong}\n", encoding="utf-8")
    os.utime(file, ns=(1, file.stat().st_mtime_ns + 1))

    assert facts.shown(TODAY) == {"fee": "0 đ"}


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"none\.yml"):
        Facts(tmp_path / "none.yml").shown(TODAY)


def test_money() -> None:
    assert dong(1234567) == "1.234.567 đ"
