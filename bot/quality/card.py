"""The model card: what a model was made of and how well it does, for people who decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.quality.conflicts import Line
from bot.quality.score import Figure, Report

CONFUSIONS = 20  # told
EXAMPLES = 8  # of each figure's wrong messages


@dataclass(frozen=True)
class Facts:
    """What is told of a model besides its figures."""

    name: str
    trained_s: float
    size_mb: float
    lines: Sequence[Line]
    stories_passed: bool
    to_mend: Sequence[str]  # in the content


def write(facts: Facts, report: Report) -> str:
    """The card in Markdown."""
    counts = Counter(line.intent for line in facts.lines)
    parts = [
        f"# {facts.name}",
        f"{len(facts.lines)} examples of {len(counts)} intents "
        f"({min(counts.values())} to {max(counts.values())} each), trained in "
        f"{facts.trained_s:.0f} s, {facts.size_mb:.1f} MB. "
        f"Stories: {'all as written' if facts.stories_passed else '**not all as written**'}.",
        "Test messages are written by others than the training lines, by language models in the "
        "manner of customers; real conversations are the next test.",
        "## Figures",
        "| figure | value | bar | on |\n|---|---|---|---|\n" + "\n".join(map(_row, report.figures)),
        "## Most often taken for another",
        "| meant | understood | times |\n|---|---|---|\n"
        + "\n".join(
            f"| {meant} | {got} | {times} |"
            for (meant, got), times in report.confusions.most_common(CONFUSIONS)
        ),
        "## Went wrong",
        "\n\n".join(
            f"**{figure.name}**\n\n" + "\n".join(f"- {text}" for text in figure.wrong[:EXAMPLES])
            for figure in report.figures
            if figure.wrong
        )
        or "Nothing.",
        "## To mend in the content",
        "\n".join(f"- {each}" for each in facts.to_mend) or "Nothing.",
    ]
    return "\n\n".join(parts) + "\n"


def _row(figure: Figure) -> str:
    bar = "" if figure.bar is None else f"{figure.side} {_shown(figure.bar)}"
    mark = "" if figure.met else " ✗"
    return f"| {figure.name} | {_shown(figure.value)}{mark} | {bar} | {figure.of} |"


def _shown(value: float) -> str:
    return f"{value:g}" if value > 1 or value == int(value) else f"{value:.3f}"


def table(report: Report) -> str:
    """The figures for a terminal."""
    rows = [
        (
            "  " if figure.met else "✗ ",
            figure.name,
            _shown(figure.value),
            "" if figure.bar is None else f"{figure.side} {_shown(figure.bar)}",
            str(figure.of),
        )
        for figure in report.figures
    ]
    return "\n".join(f"{m}{n:<44}{v:>8}  {b:<16}{o:>6}" for m, n, v, b, o in rows)
