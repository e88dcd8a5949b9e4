"""What is to be mended in the content, told without training: lines, answers and facts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from bot import facts, plain
from bot.quality import conflicts

REVIEW: Final = timedelta(days=90)


def find(project: Path, examples: Sequence[conflicts.Line], now: datetime) -> list[str]:
    """A sentence for each thing. Raises OSError, yaml.YAMLError or ValueError for a file that
    cannot be read."""
    records = facts.file_in(project)
    shown = facts.Facts(records).shown(now)
    answers = plain.answers(project, records)
    return [*conflicts.find(examples), *plain.find(answers, shown, plain.Lists.read())]


def unreviewed(project: Path, now: datetime) -> list[str]:
    """The facts that nobody has looked at for REVIEW. Raises OSError without the file."""
    records = facts.Facts(facts.file_in(project))
    records.shown(now)
    return records.unreviewed((now - REVIEW).date())
