"""The pretend Zalo Bot Platform: our connector on it, and python-zalo-bot, written by others."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import httpx
import pytest
from phones import Door, free_socket, serving

from bot.simulators.base import Person
from bot.simulators.zalo_bot import MESSAGES_A_MONTH, USERS, ZaloBotSimulator
from connectors.base import (
    AuthError,
    Button,
    DeliveryError,
    File,
    InboundMessage,
    OutboundMessage,
    PermanentError,
    RetryableError,
    Tools,
    UnknownOutcomeError,
)
from connectors.zalo_bot import ZaloBot

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=timezone.utc)
TOKEN = "12345689:abc-xyz"
CLIENT = "python-zalo-bot==0.1.9"


async def _no_file(url: str) -> File:
    raise PermanentError("no files here")


@dataclass
class Stage:
    """A platform, our connector on it, and the door where it posts."""

    platform: ZaloBotSimulator
    connector: ZaloBot
    door: Door
    url: str
    clock: Clock

    async def heard(self) -> list[InboundMessage]:
        """What the connector makes of all that was posted."""
        await self.platform.settled()
        found = []
        for request in self.door.came:
            self.connector.verify(request)
            found += [e for e in self.connector.parse(request) if isinstance(e, InboundMessage)]
        return found

    async def person(self, name: str = "Lan") -> Person:
        """Somebody who has written to the bot."""
        person = self.platform.begin(name)
        await self.platform.act(person, "say", {"text": "Chào shop"})
        await self.platform.settled()
        return person

    async def say(self, to: str, **content: Any) -> str:
        calls = self.connector.render(OutboundMessage("zalo_bot", to, **content))
        return [await self.connector.deliver(to, call) for call in calls][-1]


@dataclass
class Clock:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    door, clock, (sock, url) = Door(), Clock(), free_socket()
    values = {
        "ZALO_BOT_TOKEN": TOKEN,
        "ZALO_BOT_SECRET": "a secret of the shop",
        "ZALO_BOT_API_URL": url,
        "ZALO_BOT_POLLING": "no",
    }
    async with httpx.AsyncClient() as http:
        platform = ZaloBotSimulator(f"{url}/webhook", values, clock, http)
        connector = ZaloBot(values, Tools(clock, _no_file, vault=None))  # type: ignore[arg-type]
        async with serving([*door.routes(), *platform.routes()], sock):
            yield Stage(platform, connector, door, url, clock)
            await connector.close()
            await platform.settled()


# Our connector


async def test_what_a_person_says_is_heard_and_answered(stage: Stage) -> None:
    person = await stage.person()
    (message,) = await stage.heard()

    await stage.connector.noticed(message)
    assert person.typing_until == NOON + timedelta(seconds=5)
    message_id = await stage.say(message.sender_id, text="Dạ", buttons=(Button("Mua", "k"),))

    assert (message.text, message.sender_name) == ("Chào shop", "Lan")
    assert message.sent_at == NOON
    assert [(each.by, each.text) for each in person.bubbles] == [
        ("customer", "Chào shop"),
        ("business", "Dạ\n\n1. Mua"),
    ]
    assert (person.bubbles[1].id, person.typing_until) == (message_id, None)


@pytest.mark.parametrize(
    ("name", "mime", "kind"),
    [("áo rách.png", "image/png", "image"), ("lời nói.aac", "audio/aac", "audio")],
)
async def test_a_file_is_fetched(stage: Stage, name: str, mime: str, kind: str) -> None:
    person = await stage.person()
    stage.platform.files[name] = (b"bytes", mime)

    await stage.platform.act(person, "attach", {"file": name, "text": ""})

    message = (await stage.heard())[1]
    (attachment,) = message.attachments
    assert (attachment.kind, message.text) == (kind, "")
    assert await stage.connector.fetch(attachment.url) == File(b"bytes", name, mime)


async def test_a_sticker_is_fetched(stage: Stage) -> None:
    person = await stage.person()

    await stage.platform.act(person, "sticker", {})

    (attachment,) = (await stage.heard())[1].attachments
    assert attachment.kind == "sticker"
    assert (await stage.connector.fetch(attachment.url)).mime == "image/png"


@pytest.mark.parametrize(
    ("act", "value"),
    [
        ("attach", {"file": "hoá đơn.pdf"}),
        ("place", {"latitude": 10.76, "longitude": 106.65}),
        ("contact", {"phone": "0900000001"}),
    ],
)
async def test_what_the_platform_keeps_is_still_heard_of(
    stage: Stage, act: str, value: dict[str, Any]
) -> None:
    person = await stage.person()
    stage.platform.files["hoá đơn.pdf"] = (b"%PDF", "application/pdf")

    await stage.platform.act(person, act, value)

    (attachment,) = (await stage.heard())[1].attachments
    assert (attachment.kind, attachment.url) == ("file", "")


async def test_a_group_is_heard_when_it_mentions_the_bot(stage: Stage) -> None:
    lan, tam = stage.platform.begin("Lan"), stage.platform.begin("Tâm")
    await stage.platform.act(lan, "group_say", {"text": "chiều nay đi đâu"})
    await stage.platform.act(tam, "group_say", {"text": "còn loa không", "mention": True})

    (message,) = await stage.heard()
    await stage.say(message.sender_id, text="Dạ còn ạ.")

    assert (message.in_group, message.text) == (True, "@Bot Shop còn loa không")
    assert [bubble.text for bubble in tam.bubbles][-1] == "Dạ còn ạ."


async def test_who_never_wrote_cannot_be_written_to(stage: Stage) -> None:
    person = stage.platform.begin("Lan")

    with pytest.raises(PermanentError):
        await stage.say(person.id, text="Chào chị")

    assert person.bubbles == []


async def test_who_blocked_the_bot_is_not_reached(stage: Stage) -> None:
    person = await stage.person()
    await stage.platform.act(person, "block", {})

    with pytest.raises(PermanentError):
        await stage.say(person.id, text="Chào chị")


async def test_the_51st_user_is_not_heard(stage: Stage) -> None:
    people = [await stage.person(f"{number}") for number in range(USERS + 1)]
    await stage.platform.act(people[0], "say", {"text": "vẫn là tôi"})

    heard = [(message.sender_name, message.text) for message in await stage.heard()]

    assert len(heard) == USERS + 1
    assert ("0", "vẫn là tôi") in heard
    assert (f"{USERS}", "Chào shop") not in heard


async def test_a_month_has_its_messages_and_the_next_month_new_ones(stage: Stage) -> None:
    person = await stage.person()
    stage.platform.sent["2026-11"] = MESSAGES_A_MONTH - 1
    await stage.say(person.id, text="tin cuối")

    with pytest.raises(RetryableError) as refused:
        await stage.say(person.id, text="một tin nữa")
    stage.clock.now = datetime(2026, 12, 1, tzinfo=timezone.utc)
    await stage.say(person.id, text="tháng mới")

    assert refused.value.everybody
    assert [bubble.text for bubble in person.bubbles[1:]] == ["tin cuối", "tháng mới"]


@pytest.mark.parametrize(
    "call",
    [
        {"method": "sendMessage", "text": "x" * 2001},
        {"method": "sendMessage", "text": ""},
        {"method": "sendPhoto", "photo": "https://a.vn/1.jpg", "caption": "x" * 2001},
    ],
)
async def test_what_is_over_the_limits_is_refused(stage: Stage, call: dict[str, Any]) -> None:
    person = await stage.person()

    with pytest.raises(PermanentError):
        await stage.connector.deliver(person.id, call)

    assert len(person.bubbles) == 1


@pytest.mark.parametrize(
    ("fault", "fate", "shown"),
    [
        ({"busy": 1}, RetryableError, 0),
        ({"down": 1}, UnknownOutcomeError, 0),
        ({"lost": 1}, UnknownOutcomeError, 1),
        ({"revoked": True}, AuthError, 0),
    ],
)
async def test_faults_are_told_apart(
    stage: Stage, fault: dict[str, Any], fate: type[DeliveryError], shown: int
) -> None:
    person = await stage.person()
    for name, value in fault.items():
        setattr(stage.platform.faults, name, value)

    with pytest.raises(DeliveryError) as refused:
        await stage.say(person.id, text="Dạ")

    assert type(refused.value) is fate
    assert len(person.bubbles) == 1 + shown


async def test_without_a_webhook_updates_are_asked_for_one_by_one(stage: Stage) -> None:
    stage.platform.webhook = ""
    person = await stage.person()
    await stage.platform.act(person, "say", {"text": "còn loa không"})

    texts = []
    for _ in range(2):
        events, _ = await stage.connector.poll(0)
        texts += [event.text for event in events if isinstance(event, InboundMessage)]

    assert texts == ["Chào shop", "còn loa không"]
    assert stage.door.came == []


async def test_an_update_whose_answer_is_lost_does_not_come_again(stage: Stage) -> None:
    stage.platform.webhook = ""
    person = await stage.person()
    stage.platform.faults.lost = 1
    with pytest.raises(DeliveryError):
        await stage.connector.poll(0)

    await stage.platform.act(person, "say", {"text": "alo"})

    events, _ = await stage.connector.poll(0)
    assert [event.text for event in events if isinstance(event, InboundMessage)] == ["alo"]


async def test_with_a_webhook_there_is_nothing_to_ask_for(stage: Stage) -> None:
    with pytest.raises(PermanentError):
        await stage.connector.poll(0)


# python-zalo-bot

SCRIPT = """
import asyncio, json, sys
import zalo_bot

async def main():
    bots = {}
    for line in sys.stdin:
        token, method, values = json.loads(line)
        bot = bots.setdefault(token, zalo_bot.Bot(token, base_url=sys.argv[1]))
        try:
            if method == "parse":
                made = zalo_bot.Update.de_json(values, bot)
            else:
                made = await getattr(bot, method)(**values)
            said = json.dumps(made, default=lambda each: each.to_dict())
        except zalo_bot.error.ZaloError as error:
            said = json.dumps({"error": type(error).__name__, "message": str(error)})
        print(said, flush=True)

asyncio.run(main())
"""


@pytest.fixture(scope="session")
def python_zalo_bot() -> Path:
    """The Python of an environment with python-zalo-bot, which pins older libraries than ours."""
    place = Path(tempfile.gettempdir()) / f"carebot-{CLIENT}-{os.getuid()}"
    python = place / "bin" / "python"
    ready = place / "ready"
    if not ready.exists():
        commands = [
            [sys.executable, "-m", "venv", "--clear", str(place)],
            [str(python), "-m", "pip", "install", "-q", "--retries", "1", CLIENT],
        ]
        for command in commands:
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode:
                reason = f"{CLIENT} cannot be installed: {done.stderr.strip()[-300:]}"
                (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
        ready.touch()
    return python


@dataclass
class Client:
    """python-zalo-bot in a process of its own."""

    process: asyncio.subprocess.Process

    async def call(self, method: str, token: str = TOKEN, **values: Any) -> Any:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps([token, method, values]).encode() + b"\n")
        line = await asyncio.wait_for(self.process.stdout.readline(), 30)
        return json.loads(line)


@pytest.fixture
async def client(python_zalo_bot: Path, stage: Stage) -> AsyncIterator[Client]:
    process = await asyncio.create_subprocess_exec(
        python_zalo_bot,
        "-c",
        SCRIPT,
        stage.url,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    yield Client(process)
    assert process.stdin
    process.stdin.close()
    await process.wait()


async def test_python_zalo_bot_knows_the_bot(client: Client) -> None:
    me = await client.call("get_me")

    assert (me["display_name"], me["account_type"]) == ("Bot Shop", "BASIC")


async def test_python_zalo_bot_is_told_of_a_wrong_token(client: Client) -> None:
    assert (await client.call("get_me", token="1:wrong"))["error"] == "InvalidToken"


async def test_python_zalo_bot_polls_and_answers(client: Client, stage: Stage) -> None:
    assert await client.call("_delete_webhook_async") is True
    person = await stage.person()

    update = await client.call("get_update", timeout=10)
    idle = await client.call("get_update", timeout=1)
    sent = await client.call("send_message", chat_id=person.id, text="Dạ, em nghe ạ")

    assert update["message"]["text"] == "Chào shop"
    assert idle is None
    assert sent["message_id"] == person.bubbles[1].id
    assert person.bubbles[1].text == "Dạ, em nghe ạ"


async def test_python_zalo_bot_sends_pictures_stickers_and_typing(
    client: Client, stage: Stage
) -> None:
    person = await stage.person()
    picture = "https://shop.vn/a.jpg"

    await client.call("send_chat_action", chat_id=person.id, action="typing")
    typing = person.typing_until
    await client.call("send_photo", chat_id=person.id, caption="Loa A", photo=picture)
    await client.call("send_sticker", chat_id=person.id, sticker="bfe458bf64fa8da4d4eb")

    assert typing is not None
    assert (person.bubbles[1].pictures, person.bubbles[1].text) == ([picture], "Loa A")
    assert person.bubbles[2].file == "bfe458bf64fa8da4d4eb"


async def test_python_zalo_bot_sets_the_webhook(client: Client, stage: Stage) -> None:
    url, secret = f"{stage.url}/webhook?new", "eight or more"

    short = await client.call("_set_webhook_async", url=url, secret_token="short")
    assert await client.call("_set_webhook_async", url=url, secret_token=secret) is True
    info = await client.call("_get_webhook_info_async")
    await stage.person()
    await stage.platform.settled()

    assert short["error"] == "BadRequest"
    assert info["url"] == url
    (request,) = stage.door.came
    assert request.headers["x-bot-api-secret-token"] == secret
    assert "new" in request.query


async def test_python_zalo_bot_hears_of_limits(client: Client, stage: Stage) -> None:
    person = await stage.person()

    long = await client.call("send_message", chat_id=person.id, text="x" * 2001)
    stranger = await client.call("send_message", chat_id="nobody", text="x")
    while_webhook = await client.call("get_update", timeout=1)

    assert [each["error"] for each in (long, stranger, while_webhook)] == ["BadRequest"] * 3


async def test_python_zalo_bot_reads_our_webhooks_as_we_do(client: Client, stage: Stage) -> None:
    person = await stage.person()
    stage.platform.files["áo.png"] = (b"bytes", "image/png")
    await stage.platform.act(person, "attach", {"file": "áo.png"})
    ours = await stage.heard()

    theirs = [
        (await client.call("parse", **json.loads(request.body)))["message"]
        for request in stage.door.came
    ]

    assert [message["message_id"] for message in theirs] == [each.external_id for each in ours]
    assert [message["chat"]["id"] for message in theirs] == [person.id] * 2
    assert theirs[0]["text"] == ours[0].text
    assert theirs[1]["photo_url"] == ours[1].attachments[0].url
