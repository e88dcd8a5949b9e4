"""The business's facts."""

import os
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from bot.facts import Facts, dong

NOON = datetime(2026, 11, 22, 5, tzinfo=timezone.utc)  # 12:00 in Hà Nội


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
    assert Facts(file).shown(NOON) == {
        "fee": "30.000 đ",
        "stores": "• Hà Nội\n• Đà Nẵng",
        "sale": "giảm 10%",
    }


@pytest.mark.parametrize(
    ("until", "last"),
    [("2026-11-22", "2026-11-22 23:59:59"), ("'2026-11-22 18:00:00'", "2026-11-22 18:00:00")],
)
def test_a_fact_ends_with_its_last_second_in_vietnam(tmp_path: Path, until: str, last: str) -> None:
    path = tmp_path / "facts.yml"
    path.write_text(f"sale: {{value: giảm 10%, until: {until}}}\n", encoding="utf-8")
    facts, end = Facts(path), datetime.fromisoformat(f"{last}.500+07:00")

    assert facts.shown(end) == {"sale": "giảm 10%"} and not facts.lapsed({"sale"})
    assert facts.shown(end + timedelta(seconds=1)) == {} and facts.lapsed({"sale", "other"})


def test_what_nobody_has_looked_at_is_named(tmp_path: Path) -> None:
    path = tmp_path / "facts.yml"
    path.write_text(
        "fee: {value: 1, label: Phí giao, review: 2026-08-01}\n"
        "phone: {value: 2, label: Hotline, review: 2026-11-01}\n"
        "shop: {value: 3, label: Tên}\n",
        encoding="utf-8",
    )
    facts = Facts(path)
    facts.shown(NOON)

    assert facts.unreviewed(date(2026, 8, 24)) == ["Phí giao (2026-08-01)", "Tên (–)"]


def test_the_parts_of_a_fact_share_its_label_and_version(tmp_path: Path) -> None:
    path = tmp_path / "facts.yml"
    record = "{version: 2, label: Chính sách, value: {scope: mọi đơn, steps: [một, hai]}}"
    path.write_text(f"policy: {record}\n", encoding="utf-8")
    facts = Facts(path)

    assert facts.shown(NOON) == {
        "policy_scope": "mọi đơn",
        "policy_steps": "• một\n• hai",
        "policy_version": "2",
    }
    assert facts.label("policy_steps") == "Chính sách"


def test_an_edit_counts_at_once(file: Path) -> None:
    facts = Facts(file)
    facts.shown(NOON)

    file.write_text("fee: {value: 0, unit: dong}\n", encoding="utf-8")
    os.utime(file, ns=(1, file.stat().st_mtime_ns + 1))

    assert facts.shown(NOON) == {"fee": "0 đ"}


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"none\.yml"):
        Facts(tmp_path / "none.yml").shown(NOON)


def test_money() -> None:
    assert dong(1234567) == "1.234.567 đ"
