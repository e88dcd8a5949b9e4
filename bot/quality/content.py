"""What is to be mended in the content, told without training: lines, answers and facts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from bot import facts
from bot.quality import conflicts, plain

HERE: Final = ZoneInfo("Asia/Ho_Chi_Minh")


def find(project: Path, examples: Sequence[conflicts.Line], now: datetime) -> list[str]:
    """A sentence for each thing. Raises OSError, yaml.YAMLError or ValueError for a file that
    cannot be read."""
    records = facts.file_in(project)
    shown = facts.Facts(records).shown(now.astimezone(HERE).date())
    answers = plain.answers(project, records)
    return [*conflicts.find(examples), *plain.find(answers, shown, plain.Lists.read())]
