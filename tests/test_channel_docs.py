"""What is written about each channel: every setting, every error, every step."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from bot import app, channel_setup
from bot.menu import ITEMS
from connectors import errors
from connectors.messenger import FIELDS
from connectors.slack import Slack

ROOT = Path(__file__).parent.parent
NAMES = (*channel_setup.NAMES, Slack.name)


def settings(name: str) -> dict[str, str]:
    kind: Any = Slack if name == Slack.name else app.connector(channel_setup.NAMES[name])
    return dict(kind.settings)


def needed(name: str) -> set[str]:
    found = {each for each, default in settings(name).items() if not default}
    return found | set(channel_setup.SLACK_WAYS) if name == Slack.name else found


def page(name: str) -> tuple[str, str]:
    """The Vietnamese half of a channel's page, and the English one."""
    doc = channel_setup.guides()[name]["doc"]
    assert doc == f"docs/channels/{name}.md"
    vietnamese, english = (ROOT / doc).read_text(encoding="utf-8").split("\n# English\n")
    return vietnamese, english


def test_every_channel_has_a_guide() -> None:
    assert set(channel_setup.guides()) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_that_is_needed_is_asked_for_in_both_languages(name: str) -> None:
    asked = channel_setup.guides()[name]["settings"]

    assert set(asked) == needed(name)
    for setting, about in asked.items():
        assert about["vi"] and about["en"] and about["vi"] != about["en"], setting


@pytest.mark.parametrize("name", NAMES)
def test_a_setting_is_hidden_when_it_is_a_secret(name: str) -> None:
    for setting, about in channel_setup.guides()[name]["settings"].items():
        assert bool(about.get("secret")) is bool(re.search("TOKEN|SECRET", setting)), setting


@pytest.mark.parametrize("name", NAMES)
def test_the_steps_by_hand_are_the_same_in_both_languages(name: str) -> None:
    steps = channel_setup.guides()[name]["by_hand"]

    assert len(steps["vi"]) == len(steps["en"]) > 0
    for vi, en in zip(steps["vi"], steps["en"], strict=True):
        blanks = [re.findall(r"{\w+}", step) for step in (vi, en)]
        assert sorted(blanks[0]) == sorted(blanks[1])
        assert {*blanks[0]} <= {"{site}", "{webhook}", "{menu}"}


@pytest.mark.parametrize("name", NAMES)
def test_the_page_names_every_setting_in_both_languages(name: str) -> None:
    for half in page(name):
        missing = [each for each in settings(name) if f"`{each}`" not in half]

        assert missing == []


@pytest.mark.parametrize("name", NAMES)
def test_the_page_names_every_error_with_its_way_out(name: str) -> None:
    vietnamese, english = page(name)

    for code, meaning in errors.meanings(name).items():
        row = f"| {meaning.vi[0]} | {meaning.vi[1]} |"
        assert any(f"`{code}`" in line and row in line for line in vietnamese.splitlines()), code
        row = f"| {meaning.en[0]} | {meaning.en[1]} |"
        assert any(f"`{code}`" in line and row in line for line in english.splitlines()), code


@pytest.mark.parametrize("name", NAMES)
def test_the_page_says_the_same_in_both_languages(name: str) -> None:
    halves = [re.findall("^## ", half, re.M) for half in page(name)]

    assert len(halves[0]) == len(halves[1]) >= 7
    for half in page(name):
        assert f"carebot channel add {name.replace('_', '-')}" in half


def test_the_pages_name_what_the_platforms_are_to_be_told() -> None:
    assert [field for field in FIELDS if f"`{field}`" not in page("messenger")[0]] == []
    assert [item.key for item in ITEMS if f"`{item.key}`" not in page("zalo")[0]] == []
