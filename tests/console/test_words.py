"""Both languages have all the words, and every word asked for is there."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest
import yaml

from bot import handoff, permission, queue, schedule
from bot.console import words
from bot.models import Author, Delivery, Role, Status

CONSOLE = Path(words.__file__).parent
ROOT = Path(__file__).parent.parent.parent
SOURCES = [
    path
    for kind in ("**/*.py", "templates/**/*.html", "static/**/*.js")
    for path in CONSOLE.glob(kind)
    if path.name != "words.py"
]
# Groups whose keys are put together from a code.
CODES = """author channel given intent language native delivery reason resolution outcome role
status attachment why""".split()  # noqa: SIM905


def asked_for() -> dict[str, str]:
    found = {}
    groups = "|".join({key.split(".")[0] for key in words.WORDS})
    pattern = rf"""["'`]((?:{groups})\.[a-z_.]+)["'`]"""
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        for key in re.findall(pattern, text):
            found[key] = path.name
    return found


@pytest.mark.parametrize("key", sorted(words.WORDS))
def test_a_key_has_both_languages_with_the_same_blanks(key):
    forms = words.WORDS[key]

    assert set(forms) == set(words.LANGUAGES)
    assert all(text.strip() for text in forms.values())
    blanks = [{name for _, name, _, _ in Formatter().parse(t) if name} for t in forms.values()]
    assert blanks[0] == blanks[1]


def test_no_word_is_missing():
    missing = {
        key: where
        for key, where in asked_for().items()
        if key not in words.WORDS and not key.endswith((".html", ".svg", ".js", ".css", "."))
    }

    assert not missing


def test_no_word_is_left_over():
    everything = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    built = {match for match in re.findall(r"[\"'`]([a-z_.]+\.)(?:[\"'`]|\$?\{)", everything)}
    left = [
        key
        for key in words.WORDS
        if key not in everything
        and key.split(".")[0] not in CODES
        and not any(key.startswith(prefix) for prefix in built)
    ]

    assert not left


def test_every_code_of_ours_has_words():
    for group, codes in (
        ("status", [each.value for each in Status]),
        ("delivery", [each.value for each in Delivery]),
        ("author", [each.value for each in Author]),
        ("role", [each.value for each in Role]),
        ("resolution", handoff.RESOLUTIONS),
        ("reason", queue.FAILURES),
        ("refused", [each.code for each in handoff.Refused.__subclasses__()]),
        ("permission", permission.REASONS),
        ("instead", permission.REASONS),
    ):
        for code in codes:
            assert f"{group}.{code}" in words.WORDS


def test_what_scripts_say_is_sent_to_them():
    sent = words.for_scripts("vi")
    asked = {
        key
        for path in CONSOLE.glob("static/**/*.js")
        for key in re.findall(r"""\bt\(\s*["']([a-z_.]+)["']""", path.read_text(encoding="utf-8"))
    }

    assert asked
    assert asked <= set(sent)


def test_an_unknown_code_shows_as_it_is():
    assert words.name_of("vi", "reason", "moon_phase") == "moon phase"


def test_every_intent_of_the_demo_shop_has_a_name() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    intents = [next(iter(each)) if isinstance(each, dict) else each for each in domain["intents"]]

    assert [code for code in intents if f"intent.{code}" not in words.WORDS] == []


def test_everything_that_can_be_wrong_with_the_desks_rules_is_said():
    raised = {
        code
        for path in (*CONSOLE.parent.glob("*.py"), *CONSOLE.glob("rules/*.py"))
        for code in re.findall(
            r"""\bInvalid\((?:[^()]|\([^()]*\))*,\s*"(\w+)"\)""", path.read_text(encoding="utf-8")
        )
    }

    assert set(get_args(schedule.Code)) <= raised
    assert len(raised) > 20
    assert [code for code in raised if f"rules.invalid.{code}" not in words.WORDS] == []
