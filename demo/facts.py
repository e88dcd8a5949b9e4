"""The shop's facts as customers read them: each stands once, in facts.yml."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import yaml

FACTS: Final = Path(__file__).parent / "facts.yml"
HERE: Final = ZoneInfo("Asia/Ho_Chi_Minh")

Records = Mapping[str, Mapping[str, Any]]


def load(path: Path = FACTS, today: date | None = None) -> dict[str, str]:
    """Every fact of the day; those past their last day are left out."""
    day = today or datetime.now(HERE).date()
    shown: dict[str, str] = {}
    for key, record in records(path).items():
        if is_true(record, day):
            shown |= parts(key, record)
    return shown


def records(path: Path = FACTS) -> Records:
    """The records as they are written: to count with, and to list. An edit counts at once."""
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(path: Path, changed: int) -> Records:
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")))


def is_true(record: Mapping[str, Any], day: date) -> bool:
    until = record.get("until")
    return until is None or day <= date.fromisoformat(str(until)[:10])


def parts(key: str, record: Mapping[str, Any]) -> dict[str, str]:
    """A fact, or the parts of one that has several, with its version."""
    if not isinstance(record["value"], dict):
        return {key: show(record)}
    shown = {f"{key}_{part}": show({"value": value}) for part, value in record["value"].items()}
    return {**shown, f"{key}_version": str(record["version"])}


def show(record: Mapping[str, Any]) -> str:
    value = record["value"]
    if record.get("unit") == "dong":
        return dong(value)
    if isinstance(value, list):
        return "\n".join(f"• {line}" for line in value)
    return str(value)


def dong(amount: int) -> str:
    """Like "500.000 đ"."""
    return f"{amount:,}".replace(",", ".") + " đ"
