"""The business's facts: one record each, edited in one file, put into answers when they are said.

An edit counts from the next answer on; nothing is trained anew.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml

DEFAULT: Final = "demo/facts.yml"


class Facts:
    """The records of a YAML file: `key: {value, unit?, until?}`.

    `unit: dong` is an amount of money; a list is shown as lines; a value of several parts is shown
    as `key_part`, with `key_version`. A record past its `until` (a date, that day included) is no
    fact any more.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read_at = 0
        self._records: Mapping[str, Any] = {}

    def shown(self, today: date) -> dict[str, str]:
        """Every fact of the day as customers read it. Raises OSError when there is no file, and
        keeps the last good records when it cannot be read."""
        changed = self._path.stat().st_mtime_ns
        if changed != self._read_at:
            records = yaml.safe_load(self._path.read_text(encoding="utf-8"))
            if isinstance(records, dict):
                self._records, self._read_at = records, changed
        shown: dict[str, str] = {}
        for key, record in self._records.items():
            if not record.get("until") or today <= date.fromisoformat(str(record["until"])):
                shown |= _parts(key, record)
        return shown

    def label(self, key: str) -> str:
        """What a fact is, in words."""
        return str(self._records[key].get("label", key))


def file_in(project: Path) -> Path:
    """Where the facts of a project stand: FACTS_FILE, or the demo's."""
    return project / os.environ.get("FACTS_FILE", DEFAULT)


def _parts(key: str, record: Mapping[str, Any]) -> dict[str, str]:
    if not isinstance(record["value"], dict):
        return {key: _shown(record)}
    parts = {f"{key}_{part}": _shown({"value": value}) for part, value in record["value"].items()}
    return {**parts, f"{key}_version": str(record["version"])}


def _shown(record: Mapping[str, Any]) -> str:
    value = record["value"]
    if record.get("unit") == "dong":
        return dong(value)
    if isinstance(value, list):
        return "\n".join(f"• {line}" for line in value)
    return str(value)


def dong(amount: int) -> str:
    """Like "500.000 đ"."""
    return f"{amount:,}".replace(",", ".") + " đ"
