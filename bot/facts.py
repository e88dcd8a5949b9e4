"""The business's facts: one record each, edited in one file, put into answers when they are said.

An edit counts from the next answer on; nothing is trained anew.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import yaml

DEFAULT: Final = "demo/facts.yml"
HERE: Final = ZoneInfo("Asia/Ho_Chi_Minh")


class Facts:
    """The records of a YAML file: `key: {value, unit?, until?}`.

    `unit: dong` is an amount of money; a list is shown as lines; a value of several parts is shown
    as `key_part`, with `key_version`. A record past its `until` (a day or a second in Vietnam, that
    one included) is no fact any more.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read_at = 0
        self._records: Mapping[str, Any] = {}
        self._labels: dict[str, str] = {}
        self._lapsed: frozenset[str] = frozenset()

    def shown(self, now: datetime) -> dict[str, str]:
        """Every fact that holds now, an aware time, as customers read it. Raises OSError when there
        is no file, and keeps the last good records when it cannot be read."""
        changed = self._path.stat().st_mtime_ns
        if changed != self._read_at:
            records = yaml.safe_load(self._path.read_text(encoding="utf-8"))
            if isinstance(records, dict):
                self._records, self._read_at = records, changed
        shown: dict[str, str] = {}
        lapsed: dict[str, str] = {}
        for key, record in self._records.items():
            parts = _parts(key, record)
            (shown if _holds(record, now) else lapsed).update(parts)
            self._labels |= dict.fromkeys(parts, str(record.get("label", key)))
        self._lapsed = frozenset(lapsed)
        return shown

    def lapsed(self, names: Iterable[str]) -> bool:
        """Whether one of these was a fact and is none any more, by the time of the last `shown`."""
        return not self._lapsed.isdisjoint(names)

    def unreviewed(self, before: date) -> list[str]:
        """What was last looked at before that day, or never: labels, with the day."""
        return [
            f"{record.get('label', key)} ({record.get('review', '–')})"
            for key, record in self._records.items()
            if str(record.get("review", "")) < before.isoformat()
        ]

    def label(self, name: str) -> str:
        """What a fact that was shown is, in words."""
        return self._labels[name]


def file_in(project: Path) -> Path:
    """Where the facts of a project stand: FACTS_FILE, or the demo's."""
    return project / os.environ.get("FACTS_FILE", DEFAULT)


def _holds(record: Mapping[str, Any], now: datetime) -> bool:
    until = record.get("until")
    if until is None:
        return True
    end = datetime.fromisoformat(str(until))
    there = now.astimezone(HERE).replace(tzinfo=None, microsecond=0)
    return there.date() <= end.date() if len(str(until)) == len("2026-11-22") else there <= end


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
