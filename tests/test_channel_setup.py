"""`carebot channel`, as an administrator runs it, against the pretend platforms."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from databases import new_sqlite
from doubles import ScriptedDialogue, until
from phones import free_socket, serving
from platforms import SIMULATORS, VALUES, World, theirs, world
from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot import app, channel_setup, cli, clock
from bot.menu import ITEMS
from bot.simulators.base import Person, Simulator
from bot.simulators.messenger import MessengerSimulator
from bot.simulators.telegram import TelegramSimulator
from bot.simulators.zalo import ZaloSimulator
from bot.simulators.zalo_bot import ZaloBotSimulator
from bot.storage import accounts
from bot.storage.tables import outbox
from bot.vault import DatabaseVault
from connectors import errors
from connectors.messenger import FIELDS
from connectors.slack import Slack

ROOT = Path(__file__).parent.parent
SITE = "http://127.0.0.1:8080"
NAMES = {"messenger": "messenger", "zalo": "zalo", "zalo_bot": "zalo-bot", "telegram": "telegram"}


@dataclass
class Ran:
    """What a command did."""

    code: int
    said: str
    asked: dict[str, bool] = field(default_factory=dict)  # setting: whether it was hidden


@dataclass
class Terminal:
    """Somebody at the command line who knows the platforms' settings."""

    env: dict[str, str]  # what `carebot` finds in its environment
    knows: dict[str, str]
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def answer(self, question: str, said: str) -> str:
        """What is typed, after so much was printed."""
        return self.knows[question]

    async def carebot(self, *arguments: str) -> Ran:
        asked: dict[str, bool] = {}
        said = ""

        def type_in(question: str, hidden: bool) -> str:
            nonlocal said
            said += self.capsys.readouterr().out
            name = question.rstrip(": \n").rpartition("\n")[2]
            assert name not in asked, f"{name} is asked for again"
            asked[name] = hidden
            return self.answer(name, said)

        def run() -> int:
            with pytest.raises(SystemExit) as end:
                cli.main()
            return int(end.value.code or 0)

        with self.monkeypatch.context() as patch:
            for name, value in self.env.items():
                patch.setenv(name, value)
            patch.setattr("sys.argv", ["carebot", *arguments])
            patch.setattr("builtins.input", lambda question: type_in(question, False))
            patch.setattr("getpass.getpass", lambda question: type_in(question, True))
            self.capsys.readouterr()
            code = await asyncio.to_thread(run)
        return Ran(code, said + self.capsys.readouterr().out, asked)


@dataclass
class Stage:
    """The pretend platforms and somebody who sets Carebot up for them."""

    platforms: dict[str, Simulator]
    terminal: Terminal

    def messenger(self) -> MessengerSimulator:
        found = self.platforms["messenger"]
        assert isinstance(found, MessengerSimulator)
        return found

    def methods(self, name: str) -> list[str]:
        return [method for method, _ in self.platforms[name].calls]


def needed(name: str) -> list[str]:
    return [each for each, default in kind(name).settings.items() if not default]


def kind(name: str) -> Any:
    return Slack if name == "slack" else app.connector(channel_setup.NAMES[name])


@pytest.fixture
async def stage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> AsyncIterator[Stage]:
    url = await new_sqlite(tmp_path / "carebot.db")
    env = {"SECRET_KEY": "k" * 40, "DATABASE_URL": url, "PUBLIC_URL": SITE}
    platforms: dict[str, Simulator] = {}
    async with contextlib.AsyncExitStack() as stack:
        http = await stack.enter_async_context(httpx.AsyncClient(trust_env=False))
        for made_by in SIMULATORS:
            own, address = free_socket()
            prefix = made_by.name.upper()
            env[f"{prefix}_API_URL"] = address
            if made_by is ZaloSimulator:
                env["ZALO_OAUTH_URL"] = address
            made = made_by(f"{SITE}/nowhere", {**VALUES, **env}, clock.now, http)
            platforms[made.name] = made
            await stack.enter_async_context(serving(made.routes(), own))
        yield Stage(platforms, Terminal(env, dict(VALUES), monkeypatch, capsys))


@pytest.mark.parametrize("name", NAMES)
async def test_what_is_missing_is_asked_for_and_printed(stage: Stage, name: str) -> None:
    ran = await stage.terminal.carebot("channel", "add", NAMES[name])

    assert ran.code == 0
    assert list(ran.asked) == needed(name)
    for setting in needed(name):
        assert f"{setting}={VALUES[setting]}" in ran.said.splitlines()
    assert f"docs/channels/{name}.md" in ran.said


@pytest.mark.parametrize("name", NAMES)
async def test_what_is_set_is_not_asked_for_again(stage: Stage, name: str) -> None:
    first, *others = needed(name)
    stage.terminal.env[first] = VALUES[first]

    ran = await stage.terminal.carebot("channel", "add", NAMES[name])

    assert ran.code == 0
    assert list(ran.asked) == others


@pytest.mark.parametrize("name", NAMES)
async def test_secrets_are_not_shown_and_the_rest_is(stage: Stage, name: str) -> None:
    ran = await stage.terminal.carebot("channel", "add", NAMES[name])

    hidden = {setting for setting, was in ran.asked.items() if was}
    assert hidden == {each for each in ran.asked if re.search("TOKEN|SECRET", each)}


def test_a_terminal_shows_nothing_of_a_secret_that_is_typed(tmp_path: Path) -> None:
    ours, theirs_ = pty.openpty()
    env = {
        **os.environ,
        "SECRET_KEY": "k" * 40,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'x.db'}",
        "TELEGRAM_API_URL": "http://127.0.0.1:9",
    }
    command = [sys.executable, "-m", "bot", "channel", "add", "telegram"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=env, stdin=theirs_, stdout=theirs_, stderr=theirs_,
        start_new_session=True,
    )  # fmt: skip
    os.close(theirs_)
    shown = b""
    while b"TELEGRAM_BOT_TOKEN: " not in shown:
        shown += os.read(ours, 1024)
    os.write(ours, b"700000001:not-to-be-seen\n")
    with contextlib.suppress(OSError):  # the other end is closed
        while piece := os.read(ours, 1024):
            shown += piece
    os.close(ours)

    assert process.wait() == 1, shown.decode()
    assert b"\xe2\x9c\x97 telegram" in shown
    assert b"not-to-be-seen" not in shown


async def test_messenger_is_subscribed_and_gets_its_menu(stage: Stage) -> None:
    stage.messenger().subscribed = set()

    ran = await stage.terminal.carebot("channel", "add", "messenger")

    assert "✓ messenger: Trang Shop: đang nhận tin nhắn" in ran.said
    assert stage.messenger().subscribed == set(FIELDS)
    profile = stage.messenger().api.profile
    (menu,) = profile["persistent_menu"]
    assert [item["payload"] for item in menu["call_to_actions"]] == [item.key for item in ITEMS]
    assert profile["get_started"]["payload"] == "GET_STARTED"
    assert "trợ lý tự động" in profile["greeting"][0]["text"]
    assert f"{SITE}/webhooks/messenger" in ran.said


async def test_telegram_knows_where_we_listen_and_what_we_offer(stage: Stage) -> None:
    telegram = stage.platforms["telegram"]
    assert isinstance(telegram, TelegramSimulator)

    ran = await stage.terminal.carebot("channel", "add", "telegram")

    said = {method.lower(): body for method, body in telegram.calls}
    assert telegram.updates.url == f"{SITE}/webhooks/telegram"
    assert telegram.updates.secret == VALUES["TELEGRAM_WEBHOOK_SECRET"]
    commands = {
        f"#{command['command']}" for command in json.loads(said["setmycommands"]["commands"])
    }
    assert commands == {item.key for item in ITEMS}
    assert "trợ lý tự động" in said["setmydescription"]["description"]
    assert f"webhook {SITE}/webhooks/telegram" in ran.said


async def test_zalo_bot_knows_where_we_listen(stage: Stage) -> None:
    bot = stage.platforms["zalo_bot"]
    assert isinstance(bot, ZaloBotSimulator)

    ran = await stage.terminal.carebot("channel", "add", "zalo-bot")

    assert "✓ zalo_bot: Bot Shop" in ran.said
    assert (bot.webhook, bot.secret) == (
        f"{SITE}/webhooks/zalo_bot",
        VALUES["ZALO_BOT_SECRET"],
    )


@pytest.mark.parametrize(("name", "setting"), [("telegram", "TELEGRAM"), ("zalo_bot", "ZALO_BOT")])
async def test_who_polls_has_no_webhook(stage: Stage, name: str, setting: str) -> None:
    stage.terminal.env[f"{setting}_POLLING"] = "yes"

    ran = await stage.terminal.carebot("channel", "add", NAMES[name])

    assert ran.code == 0
    assert "deletewebhook" in map(str.lower, stage.methods(name))
    assert "setwebhook" not in map(str.lower, stage.methods(name))


async def test_zalo_is_asked_nothing_before_it_lets_us_in(stage: Stage) -> None:
    ran = await stage.terminal.carebot("channel", "add", "zalo")

    assert ran.code == 0
    assert stage.methods("zalo") == []
    assert "carebot channel login zalo" in ran.said
    assert f"{SITE}/webhooks/zalo" in ran.said and f"{SITE}/console/" in ran.said
    assert "✓" not in ran.said


@pytest.mark.parametrize(
    ("name", "code"), [("messenger", "190"), ("zalo_bot", "401"), ("telegram", "401")]
)
async def test_a_refused_token_is_explained_in_vietnamese(
    stage: Stage, name: str, code: str
) -> None:
    stage.platforms[name].faults.revoked = True

    ran = await stage.terminal.carebot("channel", "add", NAMES[name])

    meaning = errors.meanings(name)[code]
    assert ran.code == 1
    assert f"✗ {name}: {' '.join(meaning.vi)}" in ran.said
    assert "TOKEN=" not in ran.said


async def test_the_explanation_comes_in_english_for_who_wants_it(stage: Stage) -> None:
    stage.platforms["telegram"].faults.revoked = True

    ran = await stage.terminal.carebot("channel", "add", "telegram", "--language", "en")

    assert " ".join(errors.meanings("telegram")["401"].en) in ran.said


async def test_a_platform_that_cannot_be_reached_is_no_platforms_refusal(stage: Stage) -> None:
    stage.terminal.env["MESSENGER_API_URL"] = "http://127.0.0.1:9"

    ran = await stage.terminal.carebot("channel", "add", "messenger")

    assert ran.code == 1
    assert channel_setup.NETWORK["vi"] in ran.said


# Slack


@dataclass
class PretendSlack:
    """Answers auth.test."""

    answer: dict[str, Any]
    tokens: list[str] = field(default_factory=list)

    async def method(self, request: Request) -> Response:
        self.tokens.append(request.headers["authorization"])
        return JSONResponse(self.answer if request.path_params["method"] == "auth.test" else {})


ME = {"ok": True, "user": "carebot", "team": "Shop", "user_id": "U1", "team_id": "T1"}
SLACKS = {
    "SLACK_BOT_TOKEN": "xoxb-carebot",
    "SLACK_CHANNEL": "C0123ABC",
    "SLACK_SIGNING_SECRET": "signing secret",
    "SLACK_APP_TOKEN": "xapp-carebot",
}


@pytest.fixture
async def slack(stage: Stage) -> AsyncIterator[PretendSlack]:
    fake, (own, address) = PretendSlack(ME), free_socket()
    stage.terminal.knows = SLACKS
    stage.terminal.env["SLACK_API_URL"] = f"{address}/api/"
    async with serving([Route("/api/{method}", fake.method, methods=["POST"])], own):
        yield fake


@pytest.mark.parametrize(
    ("site", "way", "how"),
    [
        ("https://chat.example.vn", "SLACK_SIGNING_SECRET", "HTTP"),
        (SITE, "SLACK_APP_TOKEN", "Socket Mode"),
    ],
)
async def test_slack_is_heard_the_way_our_address_allows(
    stage: Stage, slack: PretendSlack, site: str, way: str, how: str
) -> None:
    stage.terminal.env["PUBLIC_URL"] = site

    ran = await stage.terminal.carebot("channel", "add", "slack")

    assert ran.code == 0
    assert ran.asked == {"SLACK_BOT_TOKEN": True, "SLACK_CHANNEL": False, way: True}
    assert slack.tokens == ["Bearer xoxb-carebot"]
    assert f"✓ slack: carebot in Shop, channel C0123ABC, {how}" in ran.said
    assert f"{way}={SLACKS[way]}" in ran.said
    assert f"{site}/slack/events" in ran.said and "/invite" in ran.said


async def test_slacks_way_that_is_set_is_kept(stage: Stage, slack: PretendSlack) -> None:
    stage.terminal.env |= {
        "PUBLIC_URL": "https://chat.example.vn",
        "SLACK_APP_TOKEN": SLACKS["SLACK_APP_TOKEN"],
    }

    ran = await stage.terminal.carebot("channel", "add", "slack")

    assert set(ran.asked) == {"SLACK_BOT_TOKEN", "SLACK_CHANNEL"}
    assert "SLACK_APP_TOKEN=xapp-carebot" in ran.said


async def test_slacks_refusal_is_explained(stage: Stage, slack: PretendSlack) -> None:
    slack.answer = {"ok": False, "error": "invalid_auth"}

    ran = await stage.terminal.carebot("channel", "add", "slack")

    assert ran.code == 1
    assert f"✗ slack: {' '.join(errors.meanings('slack')['invalid_auth'].vi)}" in ran.said


async def test_the_doctor_tells_how_slack_stands_beside_the_others(
    stage: Stage, slack: PretendSlack
) -> None:
    telegram = {"TELEGRAM_BOT_TOKEN": VALUES["TELEGRAM_BOT_TOKEN"]}
    stage.terminal.env |= {**SLACKS, **telegram}
    good = await stage.terminal.carebot("doctor")
    slack.answer = {"ok": False, "error": "account_inactive"}

    bad = await stage.terminal.carebot("doctor")

    assert re.search(r"✓ slack +carebot in Shop", good.said)
    assert re.search(r"✓ telegram +@", good.said)
    assert "✗ slack" in bad.said and "✓ telegram" in bad.said


# Zalo's consent


@dataclass
class Office:
    """A running Carebot that Zalo does not let in any more, a customer whose answer waits, and the
    account's administrator."""

    world: World
    customer: Person
    terminal: Terminal

    async def paused(self) -> bool:
        async with self.world.carebot.db.read() as tx:
            known = await accounts.all_of(tx)
        return any(each.channel == "zalo" and each.paused_at is not None for each in known)

    async def until_the_answer_waits(self) -> None:
        held = select(outbox.c.id).where(outbox.c.due_at > clock.now() + timedelta(seconds=30))
        for _ in range(400):
            async with self.world.carebot.db.read() as tx:
                if (await tx.execute(held)).first():
                    return
            await asyncio.sleep(0.05)
        raise AssertionError("it was not held back in time")

    @property
    def vault(self) -> DatabaseVault:
        made = self.world.carebot
        return DatabaseVault(made.db, made.settings.secret_key, clock.now)

    async def log_in(self, paste: Callable[[httpx.URL], str]) -> Ran:
        """Opens the page that is printed and agrees; `paste` makes what is typed of the address
        where the browser ends up."""

        def answer(question: str, said: str) -> str:
            (page,) = re.findall(r"^http\S+$", said, re.M)
            with httpx.Client(trust_env=False) as browser:
                return paste(httpx.URL(browser.get(page).headers["location"]))

        self.terminal.answer = answer  # type: ignore[method-assign]
        return await self.terminal.carebot("channel", "login", "zalo")


@pytest.fixture
async def office(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> AsyncIterator[Office]:
    async with world(database_url, ScriptedDialogue()) as made:
        customer = made.person("zalo")
        env = dict(made.carebot.settings.env)
        shut_out = Office(made, customer, Terminal(env, {}, monkeypatch, capsys))
        made.platforms["zalo"].faults.revoked = True
        await made.does("zalo", customer, "say", text="còn hàng không")
        await shut_out.until_the_answer_waits()
        yield shut_out


async def test_after_the_log_in_what_waited_goes_out_at_once(office: Office) -> None:
    assert theirs(office.customer) == []

    ran = await office.log_in(str)

    assert ran.code == 0 and "✓ zalo: " in ran.said
    # A paused channel looks again after a minute: this is sooner.
    await until(lambda: any("echo: còn hàng không" in b.text for b in theirs(office.customer)), 20)
    assert not await office.paused()


async def test_the_consent_is_asked_for_our_app_and_comes_back_to_us(office: Office) -> None:
    ran = await office.log_in(str)

    (page,) = [httpx.URL(line) for line in ran.said.splitlines() if line.startswith("http")]
    assert page.path == "/v4/oa/permission"
    assert page.params["app_id"] == VALUES["ZALO_APP_ID"]
    assert page.params["redirect_uri"] == f"{office.world.carebot.settings.public_url}/console/"
    assert page.params["state"] and len(page.params["code_challenge"]) == 43


async def test_the_tokens_are_kept_and_not_shown(office: Office) -> None:
    zalo = office.world.platforms["zalo"]
    assert isinstance(zalo, ZaloSimulator)

    ran = await office.log_in(str)

    kept = await office.vault.tokens("zalo")
    assert kept is not None and kept.refresh == zalo.consent.refresh
    assert kept.access in zalo.consent.access
    assert kept.access not in ran.said and kept.refresh not in ran.said
    assert f"{kept.refresh_until:%d/%m/%Y}" in ran.said


async def test_the_code_alone_is_enough(office: Office) -> None:
    ran = await office.log_in(lambda back: back.params["code"])

    assert ran.code == 0


async def test_an_address_of_another_log_in_is_refused(office: Office) -> None:
    before = await office.vault.tokens("zalo")

    ran = await office.log_in(lambda back: str(back.copy_set_param("state", "another")))

    assert ran.code == 1 and channel_setup.OTHER_STATE["vi"] in ran.said
    assert await office.vault.tokens("zalo") == before
    assert await office.paused()


async def test_a_code_that_zalo_does_not_know_is_explained(office: Office) -> None:
    ran = await office.log_in(lambda back: str(back.copy_set_param("code", "invented")))

    assert ran.code == 1
    assert " ".join(errors.meanings("zalo")["consent"].vi) in ran.said
    assert await office.paused()


async def test_without_zalos_settings_there_is_no_log_in(stage: Stage) -> None:
    del stage.terminal.env["ZALO_API_URL"], stage.terminal.env["ZALO_OAUTH_URL"]

    ran = await stage.terminal.carebot("channel", "login", "zalo")

    assert ran.code == 2
