"""Settings: from the environment only, each named in .env.example, each refusal with a way out."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from bot import app
from bot.config import ConfigError, Settings
from connectors.slack import Slack

ROOT = Path(__file__).parent.parent
GOOD = {"SECRET_KEY": "k" * 32}


def names_of_channels() -> set[str]:
    names: set[str] = set()
    for prefix in app.CHANNELS:
        names |= app.connector(prefix).settings.keys()
    return names | Slack.settings.keys()


def names_in_code() -> set[str]:
    tree = ast.parse((ROOT / "bot/config.py").read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {
        call.args[1].value
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id in ("_text", "_whole", "port_from")
        and isinstance(call.args[1], ast.Constant)
    }


def test_every_setting_is_in_the_example() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    named = {line.split("=")[0] for line in lines if "=" in line and not line.startswith("#")}

    assert names_in_code() >= {"SECRET_KEY", "DATABASE_URL"}
    in_code = names_in_code() | names_of_channels()
    assert in_code <= named
    others = {"SHOP_API_URL", "SHOP_PORT", "SIMULATOR_PORT"}
    assert named - in_code == others | {"POSTGRES_PASSWORD", "FORWARDED_ALLOW_IPS"}


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s" * 40 + "\n", encoding="utf-8")

    assert Settings.from_env({"SECRET_KEY_FILE": str(secret)}).secret_key == "s" * 40


@pytest.mark.parametrize(
    ("env", "name"),
    [
        ({}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY_FILE": "/nowhere"}, "SECRET_KEY_FILE"),
        ({**GOOD, "PORT": "many"}, "PORT"),
        ({**GOOD, "RECORDS_SECRET": "short"}, "RECORDS_SECRET"),
        ({**GOOD, "DATABASE_URL": "mysql://x"}, "DATABASE_URL"),
        ({**GOOD, "PUBLIC_URL": "chat.example"}, "PUBLIC_URL"),
    ],
)
def test_a_refusal_names_the_variable(env: dict[str, str], name: str) -> None:
    with pytest.raises(ConfigError, match=name):
        Settings.from_env(env)


def test_cookies_are_secure_behind_https() -> None:
    assert Settings.from_env({**GOOD, "PUBLIC_URL": "https://chat.example"}).secure_cookies
    assert not Settings.from_env(GOOD).secure_cookies


def test_a_channel_is_set_up_whole_or_not_at_all() -> None:
    wanted = {"X_TOKEN": "", "X_SECRET": "", "X_URL": "https://x.example"}

    assert Settings.from_env(GOOD).of_channel(wanted) is None
    whole = Settings.from_env({**GOOD, "X_TOKEN": "t", "X_SECRET": "s"}).of_channel(wanted)
    assert whole == {"X_TOKEN": "t", "X_SECRET": "s", "X_URL": "https://x.example"}
    with pytest.raises(ConfigError, match="X_SECRET"):
        Settings.from_env({**GOOD, "X_TOKEN": "t"}).of_channel(wanted)


@pytest.mark.parametrize("way", ["SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN"])
def test_slack_is_set_up_one_way_or_the_other(way: str) -> None:
    half = {**GOOD, "SLACK_BOT_TOKEN": "xoxb", "SLACK_CHANNEL": "C1", "SLACK_APP_TOKEN": ""}

    assert app.slack_values(Settings.from_env(GOOD)) is None
    assert app.slack_values(Settings.from_env({**half, way: "given"})) is not None
    with pytest.raises(ConfigError, match="SLACK_SIGNING_SECRET"):
        app.slack_values(Settings.from_env(half))
