"""The pretend Zalo, seen by our connector and by a client we did not write, over real HTTP."""

from __future__ import annotations

import asyncio
import io
import json
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from PIL import Image
from quick import QuickServer
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from vaults import MemoryVault

from bot.simulators.base import Bubble, Person
from bot.simulators.zalo import ZaloSimulator
from connectors.base import (
    Arrival,
    Attachment,
    AuthError,
    Button,
    Card,
    DeliveryError,
    Echo,
    Event,
    File,
    InboundMessage,
    OutboundMessage,
    PermanentError,
    Reach,
    Reaction,
    Receipt,
    RetryableError,
    SignatureError,
    Tools,
    UnknownOutcomeError,
    WebhookRequest,
)
from connectors.zalo import ZaloOA, consent_url, first_tokens, new_verifier

FIXTURES = Path(__file__).parent.parent / "fixtures" / "zalo"
SDK = ("zalo-sdk==0.3.0", "requests==2.32.3")


class World:
    """A pretend Zalo and our connector on one server; time stands still unless it is moved."""

    def __init__(self, url: str, http: httpx.AsyncClient) -> None:
        self.now = datetime(2026, 3, 21, 5, 0, tzinfo=timezone.utc)
        self.files: dict[str, File] = {}
        self.events: list[Event] = []
        self.refused = 0
        self.values = {
            "ZALO_APP_ID": "360846524940903967",
            "ZALO_APP_SECRET": "app secret",
            "ZALO_OA_ID": "388613280878808645",
            "ZALO_OA_SECRET": "oa secret",
            "ZALO_API_URL": url,
            "ZALO_OAUTH_URL": url,
        }
        self.zalo = ZaloSimulator(f"{url}/webhook", self.values, self.clock, http)
        self.vault = MemoryVault()
        self.ours = ZaloOA(self.values, Tools(self.clock, self.read_file, self.vault))

    def clock(self) -> datetime:
        return self.now

    async def read_file(self, url: str) -> File:
        return self.files[url]

    async def webhook(self, request: Request) -> Response:
        body = await request.body()
        came = WebhookRequest(request.method, body, dict(request.headers), {})
        try:
            self.ours.verify(came)
        except SignatureError:
            self.refused += 1
            return Response(status_code=401)
        self.events += self.ours.parse(came)
        return Response()

    async def let_in(self) -> None:
        verifier = new_verifier()
        page = consent_url(self.values, "http://127.0.0.1:1/back", verifier, "s1")
        answer = await self.zalo.http.get(page)
        back = httpx.URL(answer.headers["location"]).params
        assert (back["state"], back["oa_id"]) == ("s1", self.values["ZALO_OA_ID"])
        self.vault.now = await first_tokens(self.values, back["code"], verifier, self.clock)

    async def does(self, person: Person, act: str, **value: Any) -> list[Event]:
        """What we are told of something a person does."""
        await self.zalo.settled()
        before = len(self.events)
        await self.zalo.act(person, act, value)
        await self.zalo.settled()
        return self.events[before:]

    async def hears(self, person: Person, act: str, **value: Any) -> InboundMessage:
        (event,) = await self.does(person, act, **value)
        assert isinstance(event, InboundMessage)
        return event

    async def say(self, person: Person, **said: Any) -> list[str]:
        message = OutboundMessage("zalo", person.id, **said)
        return [await self.ours.deliver(person.id, call) for call in self.ours.render(message)]


@pytest.fixture
async def world() -> AsyncIterator[World]:
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    async with httpx.AsyncClient(trust_env=False) as http:
        made = World(f"http://127.0.0.1:{sock.getsockname()[1]}", http)
        hook = Route("/webhook", made.webhook, methods=["POST"])
        app = Starlette(routes=[*made.zalo.routes(), hook])
        server = QuickServer(uvicorn.Config(app, ws="none", log_config=None))
        serving = asyncio.create_task(server.serve(sockets=[sock]))
        while not server.started:
            await asyncio.sleep(0.01)
        await made.let_in()
        try:
            yield made
        finally:
            await made.ours.close()
            server.should_exit = True
            await serving


@pytest.fixture
async def lan(world: World) -> Person:
    """A customer who has written just now."""
    person = world.zalo.begin("Nguyễn Lan")
    await world.hears(person, "say", text="Chào shop")
    return person


def last(person: Person) -> Bubble:
    return person.bubbles[-1]


def png(side: int = 8) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side), "red").save(out, "PNG")
    return out.getvalue()


# What people do


async def test_a_text_arrives_as_it_was_written(world: World, lan: Person) -> None:
    message = await world.hears(lan, "say", text="Còn hàng không ạ? 🎉")

    assert (message.sender_id, message.text) == (lan.id, "Còn hàng không ạ? 🎉")
    assert message.sent_at == world.now


async def test_a_button_comes_back_as_its_key_and_is_not_shown(world: World, lan: Person) -> None:
    await world.say(lan, text="Anh/chị cần gì ạ?", buttons=(Button("Giờ mở cửa", key="k" * 12),))
    shown = last(lan)

    message = await world.hears(lan, "press", bubble=shown.id, title="Giờ mở cửa")

    assert (message.button, message.text) == ("k" * 12, "")
    assert last(lan) is shown


async def test_a_link_is_opened_and_nobody_is_told(world: World, lan: Person) -> None:
    await world.say(lan, text="Dạ", buttons=(Button("Web", url="https://shop.example.vn"),))

    assert await world.does(lan, "press", bubble=last(lan).id, title="Web") == []
    assert last(lan).buttons[0].url == "https://shop.example.vn"


@pytest.mark.parametrize(
    ("name", "mime", "kind"),
    [
        ("a.png", "image/png", "image"),
        ("a.gif", "image/gif", "image"),
        ("a.mp3", "audio/mpeg", "audio"),
        ("a.mp4", "video/mp4", "video"),
        ("Hoá đơn 1.pdf", "application/pdf", "file"),
    ],
)
async def test_a_file_arrives_with_its_bytes(
    world: World, lan: Person, name: str, mime: str, kind: str
) -> None:
    world.zalo.files[name] = (b"bytes of it", mime)

    message = await world.hears(lan, "attach", file=name)

    (attachment,) = message.attachments
    assert attachment.kind == kind
    fetched = await world.ours.fetch(attachment.url)
    assert (fetched.data, fetched.mime) == (b"bytes of it", mime)


async def test_a_sticker_is_a_picture_that_can_be_fetched(world: World, lan: Person) -> None:
    message = await world.hears(lan, "sticker")

    (attachment,) = message.attachments
    assert attachment.kind == "sticker"
    assert (await world.ours.fetch(attachment.url)).data.startswith(b"\x89PNG")


async def test_a_place_and_a_phone_number(world: World, lan: Person) -> None:
    place = await world.hears(lan, "place", latitude=10.76, longitude=106.65)
    contact = await world.hears(lan, "contact", phone="0901234567")

    assert [each.url for each in place.attachments + contact.attachments] == [
        "geo:10.76,106.65",
        "tel:+84901234567",
    ]
    assert (place.text, contact.text) == ("", "")


async def test_who_follows_leaves_and_opens_the_talk(world: World) -> None:
    person = world.zalo.begin("Minh")

    events = [
        *await world.does(person, "start"),
        *await world.does(person, "follow", source="message_invite"),
        *await world.does(person, "block"),
    ]

    assert events == [
        Arrival("zalo", person.id, world.now),
        Reach("zalo", person.id, True, world.now, "message_invite"),
        Reach("zalo", person.id, False, world.now, "oa_profile"),
    ]


async def test_a_reaction_and_its_end(world: World, lan: Person) -> None:
    (sent,) = await world.say(lan, text="Dạ")

    events = [
        *await world.does(lan, "react", bubble=sent, emoji="❤️"),
        *await world.does(lan, "react", bubble=sent, emoji=""),
    ]

    assert events == [Reaction("zalo", sent, lan.id, emoji, world.now) for emoji in ("❤️", "")]


async def test_what_was_seen(world: World, lan: Person) -> None:
    sent = await world.say(lan, text="Dạ một. " * 300)

    assert await world.does(lan, "see") == [Receipt("zalo", lan.id, True, tuple(sent))]
    assert await world.does(lan, "see") == []


async def test_what_a_person_writes_in_oa_manager(world: World, lan: Person) -> None:
    (event,) = await world.does(lan, "staff", text="Chào chị, em là Mai ạ")

    assert isinstance(event, Echo)
    assert (event.recipient_id, event.text, event.ours) == (lan.id, "Chào chị, em là Mai ạ", False)
    assert last(lan).by == "person"


async def test_a_recall_is_not_told(world: World, lan: Person) -> None:
    assert await world.does(lan, "recall", bubble=lan.bubbles[0].id) == []
    assert lan.bubbles[0].recalled


async def test_zalo_has_no_editing(world: World, lan: Person) -> None:
    with pytest.raises(NotImplementedError):
        await world.zalo.act(lan, "edit", {"bubble": lan.bubbles[0].id, "text": "x"})


async def test_another_secret_signs_for_nobody(world: World, lan: Person) -> None:
    world.zalo.secrets = {**world.values, "ZALO_OA_SECRET": "another"}
    heard = len(world.events)

    await world.zalo.act(lan, "say", {"text": "giả mạo"})
    while not world.refused:
        await asyncio.sleep(0.01)

    assert len(world.events) == heard
    world.zalo.secrets = world.values
    for posting in world.zalo._posting:
        posting.cancel()


# What we say


async def test_what_is_said_is_on_the_screen_and_comes_back(world: World, lan: Person) -> None:
    (sent,) = await world.say(lan, text="Dạ em chào anh/chị ạ")
    await world.zalo.settled()

    assert (last(lan).id, last(lan).text, last(lan).by) == (
        sent,
        "Dạ em chào anh/chị ạ",
        "business",
    )
    assert sorted(world.events[1:], key=repr) == [
        Echo("zalo", sent, lan.id, world.now, "Dạ em chào anh/chị ạ"),
        Receipt("zalo", lan.id, False, (sent,)),
    ]


async def test_all_forms_of_a_message(world: World, lan: Person) -> None:
    world.files["/files/1"] = File(png(), "1", "image/png")
    world.files["/files/2"] = File(b"%PDF-", "2", "application/pdf")

    await world.say(
        lan,
        text="Dạ có ạ",
        buttons=tuple(Button(f"Nút {n}", key=f"key-{n}") for n in range(7)),
        cards=(Card("Máy lọc nước", "2.990.000 ₫", "https://shop.example.vn/m.jpg"),),
        attachments=(
            Attachment("image", "/files/1"),
            Attachment("file", "/files/2", "Bảng giá.pdf"),
            Attachment("video", "https://shop.example.vn/v.mp4", "Cách lắp"),
        ),
    )

    first, card, document = lan.bubbles[1:]
    assert first.text.startswith("Dạ có ạ\n\nCách lắp: https://shop.example.vn/v.mp4\n\n1. Nút 0")
    assert [each.title for each in first.buttons] == [f"Nút {n}" for n in range(5)]
    assert (await world.ours.fetch(first.pictures[0])).data == png()
    assert (card.text, card.pictures) == (
        "Máy lọc nước\n2.990.000 ₫",
        ["https://shop.example.vn/m.jpg"],
    )
    assert document.file.endswith("Bảng giá.pdf")


async def test_a_large_picture_fits(world: World, lan: Person) -> None:
    noise = Image.effect_noise((2400, 1800), 120)
    out = io.BytesIO()
    noise.save(out, "PNG")
    world.files["/files/1"] = File(out.getvalue(), "1", "image/png")

    await world.say(lan, attachments=(Attachment("image", "/files/1"),))

    assert len(last(lan).pictures) == 1


async def test_who_has_not_signed_in_can_be_answered(world: World) -> None:
    person = world.zalo.begin("Khách")
    person.id = "anon:conv1:a1"
    world.zalo.people[person.id] = person
    message = await world.hears(person, "say", text="Cho hỏi giờ mở cửa")
    assert message.sender_id == "anon:conv1:a1"

    (sent,) = await world.say(person, text="Dạ 8 giờ ạ")
    await world.zalo.settled()

    assert last(person).id == sent
    (echo,) = world.events[1:]
    assert isinstance(echo, Echo)
    assert echo.recipient_id == "anon:conv1:a1"


async def test_who_is_behind_an_id(world: World, lan: Person) -> None:
    assert (await world.ours.profile(lan.id)).name == "Nguyễn Lan"
    with pytest.raises(PermanentError) as unknown:
        await world.ours.profile("1")
    assert unknown.value.code == "-210"


async def test_whom_zalo_takes_us_for(world: World) -> None:
    assert await world.ours.check() == "Cửa hàng · Gói Nâng cao"


# Limits and windows


async def code_of(world: World, person: Person, message: dict[str, Any]) -> str:
    with pytest.raises(DeliveryError) as refused:
        await world.ours.deliver(person.id, {"message": message})
    return refused.value.code


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"text": "d" * 2001}, "-201"),
        ({}, "-201"),
        ({"text": "?", "attachment": {"payload": {"buttons": [{"title": "a"}] * 6}}}, "-201"),
        ({"text": "?", "attachment": {"payload": {"buttons": [{"title": "a" * 101}]}}}, "-201"),
        ({"attachment": {"type": "file", "payload": {"token": "gone"}}}, "-100"),
        (
            {
                "attachment": {
                    "payload": {"elements": [{"media_type": "image", "attachment_id": ""}]}
                }
            },
            "-100",
        ),
        ({"attachment": {"payload": {"elements": [{"media_type": "video"}]}}}, "-233"),
    ],
)
async def test_what_is_over_the_limits_is_refused(
    world: World, lan: Person, message: dict[str, Any], code: str
) -> None:
    assert await code_of(world, lan, message) == code
    assert len(lan.bubbles) == 1


async def test_an_upload_over_the_limits_is_refused(world: World, lan: Person) -> None:
    assert world.vault.now is not None
    for kind, name, mime, size in (
        ("image", "a.png", "image/png", 1024 * 1024 + 1),
        ("image", "a.gif", "image/gif", 9),
        ("file", "a.zip", "application/zip", 9),
        ("file", "a.pdf", "application/pdf", 5 * 1024 * 1024 + 1),
    ):
        answer = await world.zalo.http.post(
            f"{world.values['ZALO_API_URL']}/v2.0/oa/upload/{kind}",
            headers={"access_token": world.vault.now.access},
            files={"file": (name, b"x" * size, mime)},
        )

        assert (answer.status_code, answer.json()["error"]) == (200, -201)


async def test_the_window_closes_after_seven_days_and_a_message_opens_it(
    world: World, lan: Person
) -> None:
    world.now += timedelta(days=7)
    await world.say(lan, text="Dạ")
    world.now += timedelta(seconds=1)
    assert await code_of(world, lan, {"text": "Dạ"}) == "-230"

    await world.hears(lan, "say", text="Còn đó không shop")

    assert len(await world.say(lan, text="Dạ còn ạ")) == 1


async def test_after_two_days_a_reply_is_not_free(world: World, lan: Person) -> None:
    kinds = []
    for wait in (timedelta(hours=48), timedelta(seconds=1)):
        world.now += wait
        await world.let_in()
        assert world.vault.now is not None
        answer = await world.zalo.http.post(
            f"{world.values['ZALO_API_URL']}/v3.0/oa/message/cs",
            headers={"access_token": world.vault.now.access},
            json={"recipient": {"user_id": lan.id}, "message": {"text": "Dạ"}},
        )
        kinds.append(answer.json()["data"]["quota"]["quota_type"])

    assert kinds == ["reply", "sub_quota"]


async def test_the_answer_has_the_fields_of_the_real_one(world: World, lan: Person) -> None:
    assert world.vault.now is not None
    answer = await world.zalo.http.post(
        f"{world.values['ZALO_API_URL']}/v3.0/oa/message/cs",
        headers={"access_token": world.vault.now.access},
        json={"recipient": {"user_id": lan.id}, "message": {"text": "Dạ"}},
    )

    assert shape(answer.json()) == shape(json.loads((FIXTURES / "out_ok.json").read_bytes()))


async def test_the_profile_has_the_fields_of_the_real_one(world: World, lan: Person) -> None:
    assert world.vault.now is not None
    answer = await world.zalo.http.get(
        f"{world.values['ZALO_API_URL']}/v3.0/oa/user/detail",
        headers={"access_token": world.vault.now.access},
        params={"data": json.dumps({"user_id": lan.id})},
    )

    assert shape(answer.json()) == shape(json.loads((FIXTURES / "user_detail.json").read_bytes()))


def shape(value: Any) -> Any:
    """The names and types in an answer."""
    if isinstance(value, dict):
        return {key: shape(child) for key, child in value.items()}
    return type(value).__name__


async def test_who_left_cannot_be_reached(world: World, lan: Person) -> None:
    await world.does(lan, "block")

    with pytest.raises(PermanentError) as gone:
        await world.say(lan, text="Dạ")

    assert gone.value.unreachable


# Faults


async def test_a_lost_answer_leaves_the_message_on_the_screen(world: World, lan: Person) -> None:
    world.zalo.faults.lost = 1

    with pytest.raises(UnknownOutcomeError):
        await world.say(lan, text="Dạ")

    assert last(lan).text == "Dạ"


async def test_too_many_requests(world: World, lan: Person) -> None:
    world.zalo.faults.busy = 1

    with pytest.raises(RetryableError):
        await world.say(lan, text="Dạ")

    assert len(await world.say(lan, text="Dạ")) == 1


async def test_a_doubled_webhook_has_one_id(world: World, lan: Person) -> None:
    world.zalo.faults.doubled = 1

    first, second = await world.does(lan, "say", text="Dạ")

    assert first == second


# Tokens


async def test_an_access_token_expires_and_is_replaced(world: World, lan: Person) -> None:
    before = world.vault.now
    world.now += timedelta(hours=26)

    assert len(await world.say(lan, text="Dạ")) == 1
    assert world.vault.now != before


async def test_a_refresh_token_serves_once(world: World, lan: Person) -> None:
    old = world.vault.now
    world.now += timedelta(hours=26)
    await world.say(lan, text="Dạ")

    world.vault.now = old

    with pytest.raises(AuthError):
        await world.say(lan, text="Dạ")


async def test_a_refresh_whose_answer_is_lost_needs_consent(world: World, lan: Person) -> None:
    world.now += timedelta(hours=26)
    world.zalo.faults.lost = 1

    for _ in range(2):
        with pytest.raises(AuthError):
            await world.say(lan, text="Dạ")

    await world.let_in()
    assert len(await world.say(lan, text="Dạ")) == 1


async def test_two_connectors_replace_an_expired_token_once(world: World, lan: Person) -> None:
    other = ZaloOA(world.values, Tools(world.clock, world.read_file, world.vault))
    world.now += timedelta(hours=26)
    call = {"message": {"text": "Dạ"}}

    await asyncio.gather(*(each.deliver(lan.id, call) for each in (world.ours, other) * 3))
    await other.close()

    refreshes = [body for name, body in world.zalo.calls if name == "oauth"][1:]
    assert refreshes == [{"grant_type": "refresh_token"}]
    assert len(lan.bubbles) == 7


async def test_a_revoked_account_is_let_in_again(world: World, lan: Person) -> None:
    world.zalo.faults.revoked = True
    with pytest.raises(AuthError):
        await world.say(lan, text="Dạ")

    await world.let_in()

    assert len(await world.say(lan, text="Dạ")) == 1


async def test_a_code_serves_its_own_verifier_and_once(world: World) -> None:
    async def code() -> str:
        page = consent_url(world.values, "http://127.0.0.1:1/back", "v" * 43, "s")
        answer = await world.zalo.http.get(page)
        return str(httpx.URL(answer.headers["location"]).params["code"])

    with pytest.raises(AuthError):
        await first_tokens(world.values, await code(), "w" * 43, world.clock)

    used = await code()
    await first_tokens(world.values, used, "v" * 43, world.clock)
    with pytest.raises(AuthError):
        await first_tokens(world.values, used, "v" * 43, world.clock)


# A client we did not write


@pytest.fixture(scope="session")
def sdk(request: pytest.FixtureRequest) -> Path:
    """A Python of its own with zalo-sdk in it, made once."""
    assert request.config.cache is not None
    place = request.config.cache.mkdir("zalo-sdk") / "venv"
    python = place / "bin" / "python"
    if not (place / "done").exists():
        commands = (
            [sys.executable, "-m", "venv", "--clear", str(place)],
            [str(python), "-m", "pip", "install", "-q", *SDK],
        )
        for command in commands:
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode:
                pytest.skip(f"zalo-sdk cannot be installed: {done.stderr.strip()[-200:]}")
        (place / "done").touch()
    return python


SCRIPT = """
import json, sys
import zalo_sdk, zalo_sdk.oa as m
from zalo_sdk.oa.Client import Client
url, access, user = sys.argv[1:]
oa = Client("360846524940903967", "app secret", access_token=access, endpoint_prefix=url)
found = {"detail": oa.get_user_detail(user)["data"]["display_name"]}
to = m.ZaloRecipient(user_id=user)
found["text"] = oa.send_message(to, m.ZaloMessageBody(text="Chào từ SDK"))["data"]["message_id"]
token = oa.upload_file(b"%PDF-1.4", "file", "a.pdf", "application/pdf")["data"]["token"]
attached = m.ZaloAttachment("file", {"token": token})
found["file"] = oa.send_message(to, m.ZaloMessageBody(attachment=attached))["data"]["message_id"]
try:
    oa.send_message(to, m.ZaloMessageBody(text="d" * 2001))
except zalo_sdk.ZaloOAException as error:
    found["refused"] = str(error._code)
oa.access_token = "wrong"
try:
    oa.get_user_detail(user)
except zalo_sdk.ZaloOAException as error:
    found["stranger"] = str(error._code)
print(json.dumps(found))
"""


async def test_the_python_sdk_understands_the_pretend_zalo(
    world: World, lan: Person, sdk: Path
) -> None:
    assert world.vault.now is not None
    running = await asyncio.create_subprocess_exec(
        *(str(sdk), "-c", SCRIPT, world.values["ZALO_API_URL"], world.vault.now.access, lan.id),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    told, errors = await running.communicate()

    assert running.returncode == 0, errors.decode()
    found = json.loads(told)
    text, file = lan.bubbles[1:]
    assert (text.text, file.file.rpartition("-")[2]) == ("Chào từ SDK", "a.pdf")
    assert found == {
        "detail": "Nguyễn Lan",
        "text": text.id,
        "file": file.id,
        "refused": "-201",
        "stranger": "-216",
    }
